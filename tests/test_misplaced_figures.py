"""Figures that stand under another label than their own, as the form's sums show.

Tables as real publishers misprint them: the total in front, a cell lost and an empty one put
at the end of its row, two figures run together. Whatever is read is what belongs there.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from knowledge.model import CellId
from tests.reading_cases import read_back, wrong_cells
from tests.render import Draft, Layout, draft_report, print_report
from tests.test_table_cells import balanced


def misprint_rows(change: Callable[[list[str]], list[str]]) -> Callable[[Draft], None]:
    def whole(draft: Draft) -> None:
        draft.applications = [[*row[:3], *change(row[3:])] for row in draft.applications]

    return whole


def total_in_front(draft: Draft) -> None:
    draft.header = [[*row[:3], row[-1], *row[3:-1]] for row in draft.header]
    misprint_rows(lambda figures: [figures[-1], *figures[:-1]])(draft)


MISPRINTS: dict[str, Callable[[Draft], None]] = {
    "the total in front": total_in_front,
    "a cell lost, the rest one to the left": misprint_rows(lambda f: [*f[:1], *f[2:], ""]),
    "the first cell lost": misprint_rows(lambda f: [*f[1:], ""]),
    "the last cell lost, the rest one to the right": misprint_rows(lambda f: ["", *f[:-1]]),
    "two figures run together": misprint_rows(lambda f: [f[0], f[1] + f[2], "", *f[3:]]),
    "run together, the rest one to the left": misprint_rows(lambda f: [f[0] + f[1], *f[2:], ""]),
}


@pytest.mark.parametrize("misprint", MISPRINTS)
@pytest.mark.parametrize("layout", ["pipes", "tabs", "lines", "spaced"])
def test_no_figure_is_read_under_another_label(layout: Layout, misprint: str) -> None:
    printed = balanced("2021")
    draft = draft_report("2021", printed)
    MISPRINTS[misprint](draft)
    report = read_back(print_report(draft, layout))
    assert wrong_cells(report, printed) == {}


def test_a_row_that_only_does_not_add_up_stays_as_printed() -> None:
    printed = balanced("2021")
    wrong = CellId("granted", "total")
    printed[wrong] = str(int(printed[wrong]) + 1)
    report = read_back(print_report(draft_report("2021", printed), "pipes"))
    assert wrong in {figure.cell for figure in report.figures}
    assert wrong_cells(report, printed) == {}


def test_the_misprinted_row_is_named() -> None:
    printed = balanced("2021")
    draft = draft_report("2021", printed)
    row = next(row for row in draft.applications if "予以公开" in "".join(row[:3]))
    row[3:] = [*row[3:4], *row[5:], ""]
    report = read_back(print_report(draft, "pipes"))
    named = {c.item for f in report.findings if f.rule == "incomplete_table" for c in f.cells}
    assert named == {"granted"}
    assert {gap.cell.item for gap in report.gaps if gap.kind == "unread"} == {"granted"}
