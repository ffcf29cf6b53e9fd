"""Whatever lies in the folder: a report or a reason, never another error, never a long wait."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import zhenwen
from ingest.pipeline import parse_report
from ingest.readers.text import MAX_BYTES, MAX_CHARACTERS, read_text
from knowledge.errors import InputRejected
from knowledge.model import Report
from tests.reading_cases import cells_read, distinct_figures, wrong_cells
from tests.render import LAYOUTS, draft_report, print_report

TITLE = "景芝镇人民政府2020年政府信息公开工作年度报告\n"
GOOD = print_report(draft_report("2021", distinct_figures("2021")), "markdown")
SECONDS = 5.0
"""Generous: on the machine where it was set the slowest of these took 1.1 s. It is there to
notice work that grows with the square of the input, which takes minutes."""


def read(content: bytes) -> Report | str:
    try:
        return parse_report(read_text(content, "a.txt"), "a.txt")
    except InputRejected as rejected:
        reason = rejected.reason
    assert reason
    assert "\n" not in reason
    return reason


DAMAGED = int(os.environ.get("ZHENWEN_DAMAGED_REPORTS", "150"))

# ── any bytes, any text ──

PIECES = st.sampled_from(
    (
        TITLE, "一、总体情况\n", "二、主动公开政府信息情况\n", "三、收到和处理政府信息公开申请情况\n",
        "四、政府信息公开行政复议、行政诉讼情况\n", "（一）予以公开", "四、结转下年度继续办理", "其他", "总计", "自然人",
        "商业企业", "规章", "行政许可", "信息内容", "本年增/减", "行政复议", "结果维持", "结果\n纠正", "第二十条第（一）项",
        "0", "５", "-8", "１,2", "1,234", "增2", "12.5", "—", "/", "无", "\t", " ", "\n", "\n\n", "|", "|---|", "||||",
        "\u3000", "\u00a0", "\u200b", "\ufeff", "\u2028", "\r", "\x0c", "<td>", "</p>", "**", "# ", "- 1 -", "第3页",
        "共收到政府信息公开申请", "5件", "、", "，", "。", "（", "）", "“", "”", "其中", "历年", "2020年", "20201231", "〔2021〕30号",
        "主动公开信息", "未收到", "均", "一百", "余", "约", "%", "𠮷", "ﷺ", "㈠", "½", "景芝镇人民政府", "2021年1月26日",
    )
)  # fmt: skip


@given(st.lists(PIECES, max_size=120).map("".join), st.booleans())
@settings(max_examples=300)
def test_any_text_of_pieces_of_reports(text: str, titled: bool) -> None:
    read(((TITLE if titled else "") + text).encode())


@given(st.text(max_size=2000))
@settings(max_examples=100)
def test_any_text(text: str) -> None:
    read((TITLE + "一、总体情况\n" + text).encode("utf-8", "surrogatepass"))


@given(st.binary(max_size=2000), st.sampled_from((b"", b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")))
@settings(max_examples=200)
def test_any_bytes(content: bytes, mark: bytes) -> None:
    read(mark + content)


@given(
    st.sampled_from(LAYOUTS),
    st.lists(st.tuples(st.floats(0, 1), st.integers(0, 3), PIECES), min_size=1, max_size=4),
)
@settings(max_examples=DAMAGED)
def test_a_report_damaged_anywhere_has_no_cell_under_another_label(
    layout: Any, cuts: list[tuple[float, int, str]]
) -> None:
    """Lines lost and pieces put in: a cell may be lost, or a figure grow by what was put in,
    but no figure may come from another cell."""
    printed = distinct_figures("2021")
    lines = print_report(draft_report("2021", printed), layout).split("\n")
    for place, lost, piece in cuts:
        at = int(place * (len(lines) - 1))
        lines[at : at + lost] = piece.split("\n") if not piece.strip().isdecimal() else []
    report = read("\n".join(lines).encode())
    if isinstance(report, Report):
        others = set(printed.values())
        for cell, (value, own) in wrong_cells(report, printed).items():
            assert str(value) not in others, (cell, value, own)


# ── time ──

LONG = {
    "one cell a line": "商业企业\n总计\n一、本年新收政府信息公开申请数量\n0\n",
    "one label": "其他\n",
    "short lines": "一\n二\n三\n",
    "rows": "| 其他 | 0 | 0 |\n",
    "one wide row": "|",
    "tabs": "\t",
    "one sentence": "公开信息5条，",
    "nested lists": "公开信息5条，其中网站公开3条、公众号2条（含转载1条），",
    "words of zero": "没有收到无未收到",
    "harmless words": "公开信息",
    "long clauses": "政府信息公开申请" * 600 + "5件。\n",
    "titles": "2020年景芝镇政府信息公开\n",
    "one title": "2020年景芝镇政府信息公开",
    "issuers": "景芝镇人民政府",
    "towns": "镇镇镇镇",
    "periods": "2020年1月1日起至",
    "headings": "一、总体情况\n",
    "blanks": " \n 5",
    "digits": "5",
    "figures": "5 ",
    "tags": "<p ",
    "stars": "**",
    "rules": "|-",
    "quotes": "“a",
    "commas": "1,111",
    "reviews": "结果维持\n结果纠正\n",
    "compatibility": "ﷺ",
}


@pytest.mark.parametrize("name", LONG)
def test_much_of_the_same_takes_no_longer_than_it_must(name: str) -> None:
    head = TITLE + "一、总体情况\n二、主动公开政府信息情况\n三、收到和处理政府信息公开申请情况\n"
    piece = LONG[name]
    text = head + piece * (MAX_CHARACTERS // 3 // len(piece))
    start = time.process_time()
    read(text.encode())
    assert time.process_time() - start < SECONDS


def test_two_megabytes_are_refused_at_once() -> None:
    start = time.process_time()
    assert "太长" in str(read(("公开信息5条，" * 100_000).encode()))
    assert "太大" in str(read(b"5" * (MAX_BYTES + 1)))
    assert time.process_time() - start < SECONDS


# ── encodings ──


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_encodings(encoding: str) -> None:
    report = read(GOOD.encode(encoding))
    assert isinstance(report, Report)
    assert len(cells_read(report)) == 200


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "空"),
        (b" \r\n\t\n", "空"),
        (b"\xef\xbb\xbf", "空"),
        (b"\x00" * 99, "二进制"),
        (b"PK\x03\x04\x00\x00" * 99, "二进制"),
        (b"\xff\xfe\x00", "utf-16"),
        (bytes(range(128, 256)) * 9, "编码"),
        ("购物清单：苹果3个".encode(), "年报"),
    ],
)
def test_no_reports(content: bytes, reason: str) -> None:
    assert reason in str(read(content))


# ── folders ──


def ingest(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, list[dict[str, Any]]]:
    status = zhenwen.main(["ingest", *arguments, "--json"])
    captured = capsys.readouterr()
    assert "Traceback" not in captured.err
    return status, [json.loads(line) for line in captured.out.splitlines()]


def test_a_folder_of_everything(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "reports"
    folder.mkdir()
    for name in ("good.txt", "长" * 80 + ".md", "line\nbreak \x1b[31m.txt"):
        place = folder / name
        year = 2010 + len(list(folder.iterdir()))
        place.write_text(GOOD.replace("2020", str(year)), encoding="utf-8")
    (folder / "x.txt").mkdir()
    (folder / "x.txt" / "deep.txt").write_text(GOOD.replace("2020", "2008"), encoding="utf-8")
    for skipped in ("README.md", "readme.txt", "Readme", ".hidden.txt", "photo.jpg", "notes"):
        (folder / skipped).write_text("x")
    (folder / ".git").mkdir()
    (folder / ".git" / "a.txt").write_text("x")
    for rejected, content in (
        ("empty.txt", b""),
        ("noise.txt", os.urandom(5000)),
        ("page.html", b"<p>x</p>"),
        ("scan.PDF", b"%PDF"),
        ("other.txt", "购物清单".encode()),
    ):
        (folder / rejected).write_bytes(content)
    (folder / "loop.txt").symlink_to("loop.txt")
    (folder / "gone.txt").symlink_to("nowhere.txt")
    (folder / "round").symlink_to(folder)
    status, lines = ingest(capsys, str(folder), "--db", str(tmp_path / "z.db"))
    assert status == 1
    outcomes = {line["file"]: line["outcome"] for line in lines}
    stored = {file for file, outcome in outcomes.items() if outcome == "stored"}
    assert stored == {"good.txt", "长" * 80 + ".md", "line\nbreak \x1b[31m.txt", "x.txt/deep.txt"}
    rejected_files = {file for file, outcome in outcomes.items() if outcome == "rejected"}
    assert rejected_files >= {"empty.txt", "noise.txt", "page.html", "scan.PDF", "other.txt"}
    assert set(outcomes) <= stored | rejected_files
    assert all(line["reason"] for line in lines if line["outcome"] == "rejected")


def test_without_json_a_name_cannot_write_to_the_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name = tmp_path / "a\n\x1b[31mb.txt"
    name.write_text("x")
    assert zhenwen.main(["ingest", str(name), "--db", str(tmp_path / "z.db")]) == 1
    captured = capsys.readouterr()
    assert "\x1b" not in captured.out + captured.err
    assert len(captured.err.splitlines()) == 1


@pytest.mark.parametrize("name", ["photo.jpg", "notes", ".hidden", "README"])
def test_a_file_named_itself_is_read_or_rejected(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    (tmp_path / name).write_text(GOOD, encoding="utf-8")
    status, (line,) = ingest(capsys, str(tmp_path / name), "--db", str(tmp_path / "z.db"))
    assert (status, line["outcome"]) == (1, "rejected")
    assert line["reason"]


def test_a_symbolic_link_to_itself_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "loop.txt").symlink_to("loop.txt")
    status = zhenwen.main(["ingest", str(tmp_path / "loop.txt"), "--db", str(tmp_path / "z.db")])
    captured = capsys.readouterr()
    assert status in (1, 2)
    assert len(captured.err.splitlines()) == 1


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_named_pipe_is_not_waited_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    status, (line,) = ingest(capsys, str(tmp_path), "--db", str(tmp_path / "z.db"))
    assert (status, line["outcome"]) == (1, "rejected")
    status, (line,) = ingest(capsys, str(tmp_path / "pipe.txt"), "--db", str(tmp_path / "z.db"))
    assert (status, line["outcome"]) == (1, "rejected")


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser reads every file")
def test_a_file_that_may_not_be_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.txt").write_text(GOOD, encoding="utf-8")
    (tmp_path / "a.txt").chmod(0)
    status, (line,) = ingest(capsys, str(tmp_path), "--db", str(tmp_path / "z.db"))
    assert (status, line["outcome"]) == (1, "rejected")
    assert "读不出来" in line["reason"]


def test_a_path_that_is_not_there_and_an_empty_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert zhenwen.main(["ingest", str(tmp_path / "missing"), "--db", str(tmp_path / "z.db")]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
    (tmp_path / "empty").mkdir()
    assert ingest(capsys, str(tmp_path / "empty"), "--db", str(tmp_path / "z.db")) == (0, [])
