"""Whatever figures stand in whatever layout: reading gives every cell, and no other."""

from __future__ import annotations

import os
import random
from dataclasses import dataclass
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.form import load_form
from knowledge.model import CellId
from tests.reading_cases import (
    cells_read,
    distinct_figures,
    misplaced,
    read_back,
    unnamed,
    value_of,
    wrong_cells,
)
from tests.render import (
    CELL_MARKED,
    LAYOUTS,
    Layout,
    Style,
    all_cells,
    draft_report,
    print_report,
)

EXAMPLES = int(os.environ.get("ZHENWEN_RENDERED_REPORTS", "300"))
"""Rendered reports in CI; the long run outside it sets the variable to 10000."""

VISIBLE_BLANKS = ("-", "—", "/", "无")

STYLES = st.builds(
    Style,
    half_width_brackets=st.booleans(),
    full_width_digits=st.booleans(),
    thousands=st.booleans(),
    padding=st.sampled_from(("", "\u3000", "\u00a0", " ")),
    header_breaks=st.booleans(),
    inner_blanks=st.booleans(),
    trailing_cells=st.integers(0, 2),
    ragged=st.booleans(),
    page_break=st.booleans(),
    torn_header=st.booleans(),
    groups_on_the_line=st.booleans(),
    header_on_a_line=st.booleans(),
)


@dataclass(frozen=True)
class Case:
    """A report to render; its figures follow from `seed` and the shares of zeros and blanks."""

    edition: str
    layout: Layout
    style: Style
    zeros: float
    blanks: float
    start: int
    seed: int

    def printed(self) -> dict[CellId, str]:
        """What stands in each cell: mostly distinct counts, money with decimals, changes."""
        chance = random.Random(self.seed)
        printed = distinct_figures(self.edition, self.start)
        for cell in printed:
            roll = chance.random()
            if roll < self.blanks:
                printed[cell] = chance.choice(("", "", "", *VISIBLE_BLANKS))
            elif roll < self.blanks + self.zeros:
                printed[cell] = "0"
            elif load_form().unit(cell, self.edition) == "万元":
                printed[cell] = chance.choice((f"{chance.random() * 10**6:.4f}", "1859950.00"))
            elif cell.column == "change":
                printed[cell] = chance.choice(("+", "-", "增", "减", "")) + printed[cell]
        return printed


CASES = st.builds(
    Case,
    edition=st.sampled_from(("2019", "2021")),
    layout=st.sampled_from(LAYOUTS),
    style=STYLES,
    zeros=st.sampled_from((0.0, 0.3, 0.95)),
    blanks=st.sampled_from((0.0, 0.01, 0.1, 0.6)),
    start=st.sampled_from((1, 101, 995, 31_210_000)),
    seed=st.integers(0, 10**6),
)


def check(case: Case) -> None:
    edition, layout, printed = case.edition, case.layout, case.printed()
    text = print_report(draft_report(edition, printed), layout, case.style, case.seed)
    report = read_back(text)
    read = cells_read(report)
    wanted = {
        cell: value for cell, text in printed.items() if (value := value_of(text)) is not None
    }
    assert wrong_cells(report, printed) == {}
    lost = set(wanted) - set(read) - misplaced(report)
    if layout in CELL_MARKED:
        hard = {cell for cell in lost if not _blank_at_an_edge(edition, printed, cell)}
        assert hard == set()
        assert unnamed(report, lost) == set()
        blank = {gap.cell for gap in report.gaps if gap.kind == "blank"}
        assert blank <= set(printed) - set(wanted)
        return
    # Without marks an empty cell is not to be seen: its row has too few figures and is left out.
    uncountable = {_row_of(edition, cell) for cell, text in printed.items() if text == ""}
    assert {cell for cell in lost if _row_of(edition, cell) not in uncountable} == set()
    assert {cell for cell in read if _row_of(edition, cell) in uncountable} == set()
    assert unnamed(report, lost) == set()


def _row_of(edition: str, cell: CellId) -> str:
    """The printed row of a cell; the table of reviews has one for all its items."""
    return "reviews" if load_form().part_of(cell.item) == "reviews" else cell.item


def _blank_at_an_edge(edition: str, printed: dict[CellId, str], cell: CellId) -> bool:
    """Whether the cell's row begins or ends with an empty cell, so that its place among
    further empty cells may be uncertain."""
    row = [c for c in all_cells(edition) if _row_of(edition, c) == _row_of(edition, cell)]
    return not printed[row[0]] or not printed[row[-1]]


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("edition", ["2019", "2021"])
def test_a_form_with_a_different_figure_in_every_cell(edition: str, layout: Layout) -> None:
    printed = distinct_figures(edition)
    report = read_back(print_report(draft_report(edition, printed), layout))
    assert cells_read(report) == {cell: Decimal(text) for cell, text in printed.items()}
    assert report.gaps == ()
    assert {f.rule for f in report.findings} <= {
        "row_total",
        "column_balance",
        "handled_total",
        "review_total",
    }
    assert set(report.editions.values()) == {edition}


@pytest.mark.parametrize("layout", ["pipes", "markdown", "tabs"])
@pytest.mark.parametrize("edition", ["2019", "2021"])
def test_a_form_with_every_cell_blank_is_blank_not_unread(edition: str, layout: Layout) -> None:
    report = read_back(print_report(draft_report(edition, {}), layout))
    assert cells_read(report) == {}
    assert {gap.cell for gap in report.gaps} == set(all_cells(edition))
    assert {gap.kind for gap in report.gaps} == {"blank"}


@given(CASES)
@settings(max_examples=EXAMPLES)
def test_every_cell_and_no_other(case: Case) -> None:
    check(case)
