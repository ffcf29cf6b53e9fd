"""What one process read arrives at the other as it was."""

from __future__ import annotations

from ingest.pipeline import parse_report
from ingest.readers.text import read_text
from ingest.running.transport import answer_from_bytes, answer_to_bytes
from knowledge.model import CellId, Figure, Report
from tests.conftest import EXAMPLES


def test_a_report_arrives_whole() -> None:
    file = EXAMPLES / "jingzhi-2020.md"
    report = parse_report(read_text(file.read_bytes(), file.name), file.name)
    arrived = answer_from_bytes(answer_to_bytes(report))
    assert isinstance(arrived, Report)
    assert arrived == report
    assert len(arrived.figures) > 200
    assert {type(figure) for figure in arrived.figures} == {Figure}
    assert {type(figure.cell) for figure in arrived.figures} == {CellId}


def test_a_report_without_a_figure_arrives() -> None:
    text = (
        "景芝镇2020年政府信息公开工作年度报告\n一、总体情况\n略。\n二、主动公开政府信息情况\n略。"
    )
    report = parse_report(read_text(text.encode(), "a.txt"), "a.txt")
    assert report.figures == ()
    assert answer_from_bytes(answer_to_bytes(report)) == report


def test_a_reason_arrives() -> None:
    assert answer_from_bytes(answer_to_bytes("文件是空的")) == "文件是空的"
