"""Layouts met on real pages, each with every figure it must give and no other."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from knowledge.form import load_form
from knowledge.model import Part, Report
from tests.layout_cases import (
    Case,
    difference,
    expected_rows,
    is_read,
    layout_cases,
    read_case,
    silent_errors,
    write_expected,
)

CASES = layout_cases()
PARTS: tuple[Part, ...] = ("disclosure", "applications", "reviews")


def params(wrong_only: bool = False) -> list[Any]:
    marked = []
    for case in CASES:
        marks = []
        failing = case.about.wrong_now if wrong_only else case.about.known_failure is not None
        if failing and is_read(case):
            reason = str(case.about.known_failure)
            marks.append(pytest.mark.xfail(reason=reason, strict=True))
        marked.append(pytest.param(case, id=case.folder.name, marks=marks))
    return marked


def read(case: Case) -> Report | str:
    if not is_read(case):
        pytest.skip(f"{case.source.suffix} is not among ingest.formats.EXTENSIONS yet")
    return read_case(case)


@pytest.mark.parametrize("case", params())
def test_a_layout_gives_every_figure_and_no_other(case: Case) -> None:
    report = read(case)
    about = case.about
    if about.refused is not None:
        assert isinstance(report, str), f"read as {report.entity.name} {report.year}"
        assert about.refused in report
        return
    assert not isinstance(report, str), f"refused: {report}"
    if not case.expected.exists():
        write_expected(case, report)
        pytest.fail(f"{case.expected} was missing and is written: compare it with the source")
    found = difference(case, report)
    assert not found, f"\n{found}"
    assert (report.entity.name, report.year) == (about.entity, about.year)
    if about.county is not None:
        assert report.entity.county == about.county
    if about.title is not None:
        assert report.title == about.title
    assert {part: report.editions[part] for part in about.editions} == about.editions
    assert set(about.findings) <= {finding.rule for finding in report.findings}
    for kind, items in (("unread", about.unread), ("blank", about.blank)):
        gaps = {gap.cell for gap in report.gaps if gap.kind == kind}
        cells = {
            cell
            for part in PARTS
            if report.editions[part] is not None
            for cell in load_form().editions[str(report.editions[part])].tables[part].cells
            if cell.item in items
        }
        assert cells <= gaps


@pytest.mark.parametrize("case", params(wrong_only=True))
def test_no_layout_gives_a_wrong_figure(case: Case) -> None:
    """Also where the reader does not master a layout yet: too few figures, never a wrong one."""
    report = read(case)
    if isinstance(report, str):
        return
    assert case.about.refused is None, f"read as {report.entity.name} {report.year}"
    assert silent_errors(case, report) == Counter(), str(difference(case, report))
    assert (report.entity.name, report.year) == (case.about.entity, case.about.year)


def test_cases_are_complete() -> None:
    assert len(CASES) >= 45
    for case in CASES:
        about = case.about
        assert about.odd, case.folder.name
        assert about.known_failure is not None or not about.wrong_now, case.folder.name
        if about.refused is not None:
            assert not case.expected.exists(), case.folder.name
        else:
            assert about.entity is not None, case.folder.name
            assert about.year is not None, case.folder.name
            assert set(about.other_cells_zero) <= set(about.editions), case.folder.name


def test_most_cases_have_distinct_figures() -> None:
    """A table of zeros proves nothing about labels."""
    distinct = 0
    for case in CASES:
        if case.expected.exists():
            values = [row.value for row in expected_rows(case) if row.value != "0"]
            distinct += len(values) >= 10 and len(set(values)) > 0.8 * len(values)
    assert distinct >= 25
