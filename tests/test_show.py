"""`zhenwen show`: what people send with a report of a misread file."""

from __future__ import annotations

import multiprocessing
import sys
import zipfile
from pathlib import Path

import pytest

import zhenwen
from ingest import inspection
from ingest.document import Document
from ingest.running import workers
from ingest.running.bounds import Limits
from ingest.running.workers import Task
from knowledge.model import CellId
from tests.reading_cases import distinct_figures
from tests.render import draft_report, print_report

TITLE = "官坡镇人民政府2021年政府信息公开工作年度报告"


def page(**changes: str) -> str:
    figures = distinct_figures("2021")
    figures[CellId("granted", "business")] = "-"
    sentence = "全年主动公开政府信息417条，其中微信公众号发布98条。"
    text = print_report(draft_report("2021", figures, title=TITLE, overview=[sentence]), "markdown")
    for old, new in changes.items():
        text = text.replace(old, new)
    return text


def show(path: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, list[str]]:
    status = zhenwen.main(["show", str(path)])
    return status, capsys.readouterr().out.splitlines()


def test_a_report_is_shown_with_all_that_was_decided(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "guanpo.md"
    file.write_text(page(), encoding="utf-8")
    status, lines = show(file, capsys)
    assert status == 0
    assert "单位  官坡镇（河南省/三门峡市/卢氏县）" in lines
    assert "年度  2021" in lines
    witness = next(line for line in lines if line.startswith("凭据"))
    assert "标题（第 1 行）" in witness
    assert witness.endswith("→ 官坡镇，2021")
    assert any("三、收到和处理政府信息公开申请情况〔申请〕" in line for line in lines)
    table = next(line for line in lines if line.startswith("表格  三、申请"))
    assert "2021 版" in table
    assert "读出 174，空白 1，没读出 0" in table
    received = next(line for line in lines if "一、本年新收" in line)
    figures = distinct_figures("2021")
    assert figures[CellId("received_new", "total")] in received
    granted = next(line for line in lines if "（一）予以公开" in line)
    assert " 空 " in granted
    assert any("【全年主动公开政府信息417条】" in line for line in lines)
    assert any(line.startswith("  ✗ row_total：") for line in lines)


def test_figures_that_are_not_the_years_own_and_those_not_understood(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old = "全年主动公开政府信息417条，其中微信公众号发布98条。"
    new = "2020年收到政府信息公开申请5417件。向县政府网站报送信息61篇。"
    file = tmp_path / "guanpo.md"
    file.write_text(page(**{old: new}), encoding="utf-8")
    status, lines = show(file, capsys)
    assert status == 0
    aside = lines.index("看懂了、但不是本年实数的  1 个（没有收录）")
    assert lines[aside + 1].startswith("  别的年度：")
    assert "5417 件" in lines[aside + 1]
    assert "正文里的数  0 个" in lines
    assert any("报送信息61篇" in line for line in lines)


def test_a_row_that_was_not_read_has_question_marks_and_its_finding(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    figures = distinct_figures("2021")
    damaged = figures[CellId("granted", "research")]
    file = tmp_path / "guanpo.md"
    file.write_text(page(**{f"| {damaged} |": "| ** |"}), encoding="utf-8")
    status, lines = show(file, capsys)
    assert status == 0
    granted = next(line for line in lines if "（一）予以公开" in line)
    assert "?" in granted
    assert damaged not in granted
    assert any(line.startswith("  ⚠ ") and "予以公开" in line for line in lines)


def test_a_file_that_is_refused_still_shows_what_was_seen(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "nobody.md"
    file.write_text(page(**{TITLE: "年报", "2021年": "某年"}), encoding="utf-8")
    status, lines = show(file, capsys)
    assert status == 1
    assert lines[0].startswith("拒收  nobody.md：")
    assert any("年报" in line for line in lines[2:])


def test_manifest_and_archive(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = page(**{TITLE: "年报", "2021年": "某年"})
    rows = "file,entity,region,year\nnobody.md,寒葱沟镇,,2021\n"
    archive = tmp_path / "all.zip"
    with zipfile.ZipFile(archive, "w") as pack:
        pack.writestr("nobody.md", text)
        pack.writestr("manifest.csv", rows)
        pack.writestr("other.md", page())
    status, lines = show(archive / "nobody.md", capsys)
    assert status == 0
    assert any(line.startswith("单位  寒葱沟镇") for line in lines)
    assert any(line.startswith("凭据  清单") for line in lines)
    status = zhenwen.main(["show", str(archive)])
    complaint = capsys.readouterr().err
    assert status == 2
    assert "2 个文件" in complaint


@pytest.mark.parametrize("name", ["missing.md", "all.zip/missing.md"])
def test_no_such_file(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as pack:
        pack.writestr("a.md", page())
    assert zhenwen.main(["show", str(tmp_path / name)]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux forks, and counts memory so")
@pytest.mark.parametrize("monster", ["loops", "swells"])
def test_a_monstrous_file_is_told_in_one_line(
    monster: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def read(task: Task) -> Document:
        kept = []
        while True:
            kept.append(bytearray(1 << 20) if monster == "swells" else b"")
            if monster == "loops":
                kept.clear()

    monkeypatch.setattr(inspection, "document_of", read)
    monkeypatch.setattr(workers, "LIMITS", Limits(cpu=1, memory=64 << 20))
    file = tmp_path / "monster.md"
    file.write_text(page(), encoding="utf-8")
    status, lines = show(file, capsys)
    assert status == 1
    (line,) = lines
    assert line.startswith("拒收  monster.md：")
    assert ("64 MB" if monster == "swells" else "1 秒") in line
    assert not multiprocessing.active_children()
