"""The promise to scripts: exit statuses, one clear line on standard error, the JSON's keys."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

import zhenwen
from tests.conftest import EXAMPLES, ROOT

KEYS = ["question", "status", "text", "interpretation", "facts", "computed", "passages", "choices", "cautions"]  # fmt: skip


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    status = zhenwen.main(list(arguments))
    captured = capsys.readouterr()
    return status, captured.out, captured.err


def wrong_call(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """The one line of a call that is wrong; checks that it is one line and status 2."""
    status, out, err = run(capsys, *arguments)
    assert status == 2
    assert out == ""
    assert err.startswith("zhenwen: ")
    assert err.count("\n") == 1, err
    assert "Traceback" not in err
    return err


@pytest.mark.parametrize(
    ("question", "status"),
    [
        ("景芝镇2020年收到多少申请", "answered"),
        ("2020年收到多少申请", "clarify"),
        ("景芝镇2019年收到多少申请", "no_data"),
        ("呜哩哇啦", "not_understood"),
        ("", "not_understood"),
        ("帮助", "answered"),
        ("景芝镇2020年存在什么问题", "answered"),
    ],
)
def test_every_status_has_the_same_keys(
    capsys: pytest.CaptureFixture[str], examples_path: Path, question: str, status: str
) -> None:
    code, out, err = run(capsys, "ask", question, "--json", "--db", str(examples_path))
    reply = json.loads(out)
    assert (code, err) == (0, "")
    assert list(reply) == KEYS
    assert reply["status"] == status
    assert reply["question"] == question
    assert list(reply["interpretation"]) == ["intent", "entities", "years", "items"]
    assert bool(reply["facts"]) <= (status == "answered")
    assert bool(reply["choices"]) == (
        status in ("clarify", "no_data")
    )  # of a year not held: others


def test_the_sample_answer(capsys: pytest.CaptureFixture[str], examples_path: Path) -> None:
    _, out, _ = run(capsys, "ask", "景芝镇2020年收到多少申请", "--json", "--db", str(examples_path))
    reply: dict[str, Any] = json.loads(out)
    fact = reply["facts"][0]
    assert reply["interpretation"] == {
        "intent": "lookup",
        "entities": [{"entity": "景芝镇", "county": "安丘市", "region": "山东省/潍坊市/安丘市"}],
        "years": [2020],
        "items": [{"item": "received_new", "column": "total"}],
    }
    assert list(fact) == ["entity", "county", "year", "item", "column", "value", "unit", "citation", "cautions"]  # fmt: skip
    assert (fact["value"], fact["unit"], fact["cautions"]) == (5, "件", [])
    citation = fact["citation"]
    assert list(citation) == ["report", "section", "label", "quote", "file", "line", "url"]
    assert citation["report"] == "景芝镇人民政府2020年政府信息公开工作年度报告"
    assert citation["section"] == "三、收到和处理政府信息公开申请情况"
    assert citation["label"] == "一、本年新收政府信息公开申请数量 / 总计"
    assert reply["text"].splitlines()[0] == "景芝镇 2020 年新收政府信息公开申请 5 件"
    printed = (EXAMPLES / citation["file"]).read_text(encoding="utf-8").splitlines()
    assert "本年新收" in printed[citation["line"] - 1]


def test_cautions_of_a_report_that_contradicts_itself(
    capsys: pytest.CaptureFixture[str], examples_path: Path
) -> None:
    _, out, _ = run(capsys, "ask", "景芝镇2020年予以公开几件", "--json", "--db", str(examples_path))
    reply = json.loads(out)
    sides = {fact["item"]: fact for fact in reply["facts"] if fact["column"] == "total"}
    assert sides["granted"]["value"] == 4
    assert sides["narrative.applications_outcome.granted"]["value"] == 5
    for item in ("granted", "narrative.applications_outcome.granted"):
        assert "report_disagrees" in [caution["code"] for caution in sides[item]["cautions"]]
    assert [caution["code"] for caution in reply["cautions"]] == ["report_disagrees"]


def test_an_amount_without_a_unit(capsys: pytest.CaptureFixture[str], examples_path: Path) -> None:
    _, out, _ = run(
        capsys, "ask", "木耳镇2019年采购花了多少钱", "--json", "--db", str(examples_path)
    )
    reply = json.loads(out)
    assert reply["facts"][0]["value"] == 1859950
    assert reply["facts"][0]["unit"] is None
    assert [caution["code"] for caution in reply["cautions"]] == ["unit_not_stated"]
    assert reply["text"].splitlines()[0].endswith("1859950.00")


def test_sums_point_at_their_operands(
    capsys: pytest.CaptureFixture[str], examples_path: Path
) -> None:
    _, out, _ = run(capsys, "ask", "景芝镇2020年无法提供几件", "--json", "--db", str(examples_path))
    reply = json.loads(out)
    (computed,) = reply["computed"]
    operands = [reply["facts"][number] for number in computed["of"]]
    assert (computed["operation"], computed["value"]) == ("sum", 1)
    assert sum(fact["value"] for fact in operands) == 1
    assert {fact["item"].split(".")[0] for fact in operands} == {"unavailable"}


def test_a_rate_of_nothing_is_undefined(
    capsys: pytest.CaptureFixture[str], examples_path: Path
) -> None:
    _, out, _ = run(capsys, "ask", "官坡镇2023年公开率", "--json", "--db", str(examples_path))
    reply = json.loads(out)
    assert reply["computed"] == []
    assert "算不出来" in reply["text"]


def test_batch_lines_end_at_line_feeds_only(
    capsys: pytest.CaptureFixture[str], examples_path: Path, tmp_path: Path
) -> None:
    lines = "景芝镇2020年收到多少申请\r\n\n官坡镇2023年\u2028收到多少申请\n\x85木耳镇".encode()
    (tmp_path / "questions.txt").write_bytes(b"\xef\xbb\xbf" + lines)
    code, out, err = run(capsys, "ask", "--batch", str(tmp_path / "questions.txt"), "--db", str(examples_path))  # fmt: skip
    replies = [json.loads(line) for line in out.splitlines()]
    assert (code, err) == (0, "")
    assert [reply["question"] for reply in replies] == [
        "景芝镇2020年收到多少申请",
        "",
        "官坡镇2023年\u2028收到多少申请",
        "\x85木耳镇",
    ]
    assert [reply["status"] for reply in replies][:2] == ["answered", "not_understood"]


def test_today_decides_last_year(capsys: pytest.CaptureFixture[str], examples_path: Path) -> None:
    for today, status in (("2021-03-01", "answered"), ("2024-03-01", "no_data")):
        _, out, _ = run(capsys, "ask", "景芝镇去年收到多少申请", "--json", "--today", today, "--db", str(examples_path))  # fmt: skip
        assert json.loads(out)["status"] == status


def test_wrong_calls(
    capsys: pytest.CaptureFixture[str], examples_path: Path, tmp_path: Path
) -> None:
    db = str(examples_path)
    assert "--nonsense" in wrong_call(capsys, "ask", "x", "--nonsense", "--db", db)
    assert "--today" in wrong_call(capsys, "ask", "x", "--today", "gestern", "--db", db)
    assert "nirgends.db" in wrong_call(capsys, "ask", "x", "--db", str(tmp_path / "nirgends.db"))
    assert "ingest" in wrong_call(capsys, "ask", "x", "--db", str(tmp_path / "nirgends.db"))
    assert "fehlt.txt" in wrong_call(capsys, "ask", "--batch", str(tmp_path / "fehlt.txt"), "--db", db)  # fmt: skip
    assert "fehlt" in wrong_call(capsys, "ingest", str(tmp_path / "fehlt"), "--db", str(tmp_path / "a.db"))  # fmt: skip
    wrong_call(capsys)
    wrong_call(capsys, "ask", "--db", db)
    wrong_call(capsys, "ask", "x", "--batch", "-", "--db", db)
    assert "--csv" in wrong_call(capsys, "ask", "x", "--csv", "--json", "--db", db)
    assert "--csv" in wrong_call(capsys, "ask", "--batch", "-", "--csv", "--db", db)
    assert "--csv" in wrong_call(capsys, "ask", "x", "--csv", "--explain", "--db", db)
    wrong_call(capsys, "export", "--format", "xml", "--db", db)
    wrong_call(capsys, "bot", "--config", str(tmp_path / "fehlt.toml"))
    noise = tmp_path / "noise.db"
    noise.write_bytes(b"not a database at all, just words" * 100)
    assert "noise.db" in wrong_call(capsys, "ask", "x", "--db", str(noise))
    empty = tmp_path / "empty.db"
    empty.touch()
    assert "empty.db" in wrong_call(capsys, "ask", "x", "--db", str(empty))


@pytest.mark.parametrize(
    ("name", "first"),
    [("export", "entity,county,region,year,item,column,value,unit,stated,"), ("audit", "景芝镇")],
)
def test_output_to_a_closed_pipe_is_no_error(examples_path: Path, name: str, first: str) -> None:
    command = f"{sys.executable} -m zhenwen {name} --db {examples_path} | head -1"
    done = subprocess.run(
        command, shell=True, cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    assert done.stdout.startswith(first)


def test_help_of_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    for command in ("ingest", "ask", "export", "chat", "bot"):
        with pytest.raises(SystemExit) as left:
            zhenwen.main([command, "--help"])
        assert left.value.code == 0
        assert command in capsys.readouterr().out


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize(
    "call",
    [
        "ask 景芝镇2020年收到多少申请",
        "ask 景芝镇2020年收到多少申请 --json",
        "ask 景芝镇2020年收到多少申请 --csv",
        "ask --batch -",
        "export",
        "export --format jsonl",
        "chat --json",
    ],
)
def test_a_full_disk_behind_standard_output(examples_path: Path, call: str) -> None:
    for redirect, lines in ((">/dev/full", 1), (">&-", 1), (">/dev/full 2>/dev/full", 0)):
        done = subprocess.run(
            f"echo 帮助 | {sys.executable} -m zhenwen {call} --db {examples_path} {redirect}",
            shell=True,
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 2
        assert len(done.stderr.splitlines()) == lines, done.stderr
        assert all(line.startswith("zhenwen: ") for line in done.stderr.splitlines())


def test_the_wheel_carries_what_the_readme_speaks_of() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    shipped = project["tool"]["setuptools"]["data-files"]["share/zhenwen"]
    assert shipped == ["config.example.toml", "datasette.yaml"]
    assert all((ROOT / name).is_file() for name in shipped)


def test_explain_tells_the_steps_before_the_reply(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    db = str(tmp_path / "explain.db")
    run(capsys, "ingest", str(EXAMPLES), "--db", db)
    status, out, _ = run(capsys, "ask", "景芝镇2020年收到多少申请", "--explain", "--db", db)
    assert status == 0
    assert "received_new" in out
    assert "5 件" in out
    wrong_call(capsys, "ask", "景芝镇2020年收到多少申请", "--explain", "--json", "--db", db)
