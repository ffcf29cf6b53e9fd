"""Ingesting again: what is the same file, what a rejected file leaves, what stops nothing else."""

from __future__ import annotations

import csv
import json
import os
from pathlib import Path
from typing import Any

import pytest

import zhenwen
from ingest.running.files import plan_ingest
from ingest.running.run import ingest_inputs
from knowledge import query, rows
from knowledge.errors import UnknownCell
from knowledge.store import open_for_writing
from tests.conftest import EXAMPLES
from tests.made_store import write_reports

PRINTED = "官坡镇人民政府2022年政府信息公开工作年度报告"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_reports(tmp_path / "reports")


@pytest.fixture
def db(tmp_path: Path) -> str:
    return str(tmp_path / "z.db")


def ingest(
    capsys: pytest.CaptureFixture[str], db: str, *paths: Path | str
) -> tuple[int, list[dict[str, Any]]]:
    capsys.readouterr()
    status = zhenwen.main(["ingest", *map(str, paths), "--db", db, "--json"])
    captured = capsys.readouterr()
    assert captured.err == ""
    return status, [json.loads(line) for line in captured.out.splitlines()]


def refused(capsys: pytest.CaptureFixture[str], db: str, *paths: Path | str) -> str:
    capsys.readouterr()
    assert zhenwen.main(["ingest", *map(str, paths), "--db", db]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    (line,) = captured.err.splitlines()
    return line


def exported(capsys: pytest.CaptureFixture[str], db: str, path: Path) -> list[dict[str, str]]:
    assert zhenwen.main(["export", "--db", db, "-o", str(path)]) == 0
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_same_file_by_another_path_is_unchanged(
    tmp_path: Path,
    folder: Path,
    db: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (folder / "sub").mkdir()
    path = folder / "sub" / "guanpo-2022.md"
    (folder / path.name).rename(path)
    _, lines = ingest(capsys, db, folder)
    stored = next(line for line in lines if line["file"] == "sub/guanpo-2022.md")
    rows = exported(capsys, db, tmp_path / "before.csv")
    # The row beside the file itself, spelt otherwise.
    (path.parent / "manifest.csv").write_text(
        "file,entity,region,year,url\n"
        "guanpo-2022.md,官坡镇,河南省/三门峡市/卢氏县,2022,https://example.org/gp?a=1&b=2\n",
        encoding="utf-8",
    )
    monkeypatch.chdir(folder)
    for spelling in (folder, path, "sub/guanpo-2022.md", "../reports/sub"):
        status, again = ingest(capsys, db, spelling)
        assert (status, {line["outcome"] for line in again}) == (0, {"unchanged"})
        line = next(line for line in again if line["file"].endswith("guanpo-2022.md"))
        for key in ("entity", "county", "year", "facts"):
            assert line[key] == stored[key]
    assert stored["facts"] > 0
    assert exported(capsys, db, tmp_path / "after.csv") == rows


def test_a_file_that_is_now_rejected_keeps_what_was_stored(
    tmp_path: Path, folder: Path, db: str, capsys: pytest.CaptureFixture[str]
) -> None:
    ingest(capsys, db, folder)
    rows = exported(capsys, db, tmp_path / "before.csv")
    (folder / "guanpo-2022.md").write_text("购物清单", encoding="utf-8")
    (folder / "new.md").write_text("购物清单", encoding="utf-8")
    status, lines = ingest(capsys, db, folder)
    assert status == 1
    reasons = {line["file"]: line["reason"] for line in lines if line["outcome"] == "rejected"}
    assert reasons["guanpo-2022.md"].endswith("；库里仍保留上次读入的内容")
    assert "保留" not in reasons["new.md"]
    assert exported(capsys, db, tmp_path / "after.csv") == rows


@pytest.mark.parametrize("mark", ["（更正）", "（重新发布）", "修订版"])
def test_a_corrected_report_answers_in_place_of_the_first(
    tmp_path: Path, folder: Path, db: str, capsys: pytest.CaptureFixture[str], mark: str
) -> None:
    first = (folder / "guanpo-2022.md").read_text(encoding="utf-8")
    assert f"# {PRINTED}\n" in first
    second = first.replace(PRINTED, PRINTED + mark).replace(
        "| 行政许可 | 83 |", "| 行政许可 | 91 |"
    )
    (folder / "again.md").write_text(second, encoding="utf-8")
    status, lines = ingest(capsys, db, folder)
    assert (status, [line["outcome"] for line in lines]) == (0, ["stored"] * 3)
    rows = [
        row
        for row in exported(capsys, db, tmp_path / "facts.csv")
        if row["entity"] == "官坡镇" and row["value"] in ("83", "91")
    ]
    found = {row["value"]: (row["superseded"], row["report"], row["cautions"]) for row in rows}
    assert found == {
        "83": ("true", PRINTED, ""),
        "91": ("false", PRINTED + mark, "revised"),
    }
    assert zhenwen.main(["ask", "官坡镇2022年行政许可多少件", "--json", "--db", db]) == 0
    reply = json.loads(capsys.readouterr().out)
    assert [fact["value"] for fact in reply["facts"]] == [91]


@pytest.mark.parametrize("extension", [".jpg", ".json", ".rar", ".JPG"])
def test_what_is_no_format_of_reports(
    folder: Path, db: str, capsys: pytest.CaptureFixture[str], extension: str
) -> None:
    (folder / f"facts{extension}").write_text("entity,county\n", encoding="utf-8")
    status, lines = ingest(capsys, db, folder)
    assert (status, len(lines)) == (0, 2)
    status, (line,) = ingest(capsys, db, folder / f"facts{extension}")
    assert (status, line["outcome"]) == (1, "rejected")
    assert "不是年报的文件格式" in line["reason"]


def test_a_name_that_is_too_long(db: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert "打不开" in refused(capsys, db, "长" * 400)
    assert "打不开" in refused(capsys, db, "a/" * 4000)


def test_a_folder_that_may_not_be_read(
    folder: Path, db: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "closed").mkdir()
    scandir = os.scandir

    def closed(path: str | os.PathLike[str]) -> Any:
        if os.fspath(path).endswith("closed"):
            raise PermissionError(13, "Permission denied", os.fspath(path))
        return scandir(path)

    # The superuser, who runs the tests in a container, may read every folder.
    monkeypatch.setattr(os, "scandir", closed)
    line = refused(capsys, db, folder)
    assert "closed" in line
    assert "打不开" in line


def test_a_name_that_is_no_utf_8(folder: Path, db: str, capsys: pytest.CaptureFixture[str]) -> None:
    try:
        (folder / os.fsdecode("景芝".encode("gb18030") + b".txt")).write_bytes(b"x")
    except OSError:
        pytest.skip("this file system takes UTF-8 names only")
    status, lines = ingest(capsys, db, folder)
    assert (status, len(lines)) == (1, 3)
    (line,) = (line for line in lines if line["outcome"] == "rejected")
    assert line["file"].startswith(r"\xbe\xb0")
    assert "UTF-8" in line["reason"]
    other = folder.rename(folder.with_name(os.fsdecode(b"\xbe\xb0")))
    status, lines = ingest(capsys, db, other)
    assert (status, {line["outcome"] for line in lines}) == (1, {"rejected"})


@pytest.mark.parametrize("error", [ValueError("1E+30"), UnknownCell("x / y")])
def test_what_the_store_cannot_hold_rejects_its_file_alone(
    tmp_path: Path,
    folder: Path,
    db: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
) -> None:
    ingest(capsys, db, folder)
    before = exported(capsys, db, tmp_path / "before.csv")
    write = rows.write_report

    def write_report(connection: Any, path: str, *rest: Any) -> tuple[int, int]:
        written = write(connection, path, *rest)
        if path.endswith("guanpo-2022.md"):
            raise error
        return written

    monkeypatch.setattr(rows, "write_report", write_report)
    for path in folder.glob("*.md"):
        path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    status, lines = ingest(capsys, db, folder)
    assert (status, [line["outcome"] for line in lines]) == (1, ["rejected", "replaced"])
    assert str(error) in lines[0]["reason"]
    assert exported(capsys, db, tmp_path / "after.csv") == before


def test_a_manifest_against_the_title_is_told_and_marks_every_figure(tmp_path: Path) -> None:
    """A row gone astray must not turn one town's figures into another's without a word."""
    text = (EXAMPLES / "jingzhi-2020.md").read_text(encoding="utf-8")
    (tmp_path / "a.md").write_text(text, encoding="utf-8")
    (tmp_path / "manifest.csv").write_text("file,entity,year\na.md,木耳镇,2019\n", encoding="utf-8")
    with open_for_writing(tmp_path / "a.db") as store:
        (result,) = ingest_inputs(store, plan_ingest([tmp_path], None).inputs)
        facts = list(query.every_fact(store))
    told = [finding.text for finding in result.findings if finding.rule == "identity_disagrees"]
    assert ["景芝镇" in told[0], "2020" in told[1]] == [True, True]
    assert facts
    assert all("entity_inferred" in fact.cautions for fact in facts)


def test_an_export_never_overwrites_the_store(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    db = tmp_path / "a.db"
    assert zhenwen.main(["ingest", str(EXAMPLES), "--db", str(db)]) == 0
    before = db.read_bytes()
    capsys.readouterr()
    assert zhenwen.main(["export", "--db", str(db), "-o", str(db)]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert db.read_bytes() == before
