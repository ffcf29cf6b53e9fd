"""Sentences and exactly the figures that they state: too few is acceptable, a wrong one never."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from ingest.pipeline import parse_report
from ingest.readers.text import read_text
from knowledge.numerals import plain

CASES = Path(__file__).parent / "cases" / "statements"
HEADINGS = (
    "一、总体情况",
    "二、主动公开政府信息情况",
    "三、收到和处理政府信息公开申请情况",
    "四、政府信息公开行政复议、行政诉讼情况",
    "五、存在的主要问题及改进情况",
)


def cases() -> list[Any]:
    return [
        pytest.param(case, id=f"{path.stem}-{case['name']}")
        for path in sorted(CASES.glob("*.toml"))
        for case in tomllib.loads(path.read_text(encoding="utf-8"))["case"]
    ]


def stated(case: dict[str, Any]) -> list[str]:
    place = case.get("section", HEADINGS[0])
    lines = ["清河镇人民政府2021年政府信息公开工作年度报告"]
    for heading in HEADINGS:
        lines += [heading, case["text"] if heading == place else "略。"]
    report = parse_report(read_text("\n".join(lines).encode(), "case.txt"), "case.txt")
    assert all(figure.cell.is_narrative for figure in report.figures)
    return [
        f"{figure.cell.item.removeprefix('narrative.')} {plain(figure.value)} {figure.unit}"
        + (" ~" if "approximate" in figure.cautions else "")
        + "".join(
            f" {code}" for code in ("includes_carry_over", "cumulative") if code in figure.cautions
        )
        for figure in report.figures
    ]


@pytest.mark.parametrize("case", cases())
def test_exactly_the_figures_stated(case: dict[str, Any]) -> None:
    assert sorted(stated(case)) == sorted(case["facts"])


def test_names_are_unique() -> None:
    names = [param.id for param in cases()]
    assert len(set(names)) == len(names) > 350


def test_a_bureau_is_named_without_its_county() -> None:
    """县自然资源局 is the bureau's own name in its own report."""
    text = (
        "临泽县自然资源局2021年政府信息公开工作年度报告\n一、总体情况\n"
        "2021年县自然资源局收到政府信息公开申请7件。\n二、主动公开政府信息情况\n略。"
    )
    report = parse_report(read_text(text.encode(), "case.txt"), "case.txt")
    assert [(f.cell.item, plain(f.value)) for f in report.figures] == [
        ("narrative.applications_received", "7")
    ]


def test_people_trained_are_no_trainings() -> None:
    case = {"text": "召开业务培训会3次，培训69人次。"}
    assert stated(case) == ["trainings 3 次"]


def test_all_that_a_bureau_publishes_is_no_kind() -> None:
    """各类财政信息 of a 财政局 are its total, 预决算信息 one kind of it."""
    text = (
        "临泽县财政局2021年政府信息公开工作年度报告\n一、总体情况\n"
        "全年主动公开各类财政信息1113条。\n全年公开预决算信息60条。\n"
        "二、主动公开政府信息情况\n略。\n三、收到和处理政府信息公开申请情况\n略。"
    )
    report = parse_report(read_text(text.encode(), "case.txt"), "case.txt")
    assert [(f.cell.item, plain(f.value)) for f in report.figures] == [
        ("narrative.disclosed_category.finance", "60")
    ]


def test_published_is_no_total_beside_disclosed_in_the_next_paragraph() -> None:
    text = (
        "清河镇人民政府2021年政府信息公开工作年度报告\n一、总体情况\n"
        "我镇政务信息网全年主动公开政府信息729条。\n全年共发布信息4432篇。\n"
        "二、主动公开政府信息情况\n略。\n三、收到和处理政府信息公开申请情况\n略。"
    )
    assert not parse_report(read_text(text.encode(), "case.txt"), "case.txt").figures
