"""Whatever figures stand in whatever layout: reading gives every cell, and no other."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from knowledge.form import load_form
from knowledge.model import CellId
from tests.reading_cases import (
    cells_read,
    distinct_figures,
    read_back,
    unnamed,
    value_of,
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

COUNTS = st.one_of(st.just("0"), st.integers(1, 99).map(str), st.integers(100, 9_999_999).map(str))
CHANGES = st.tuples(st.sampled_from(("", "+", "-", "增", "减")), COUNTS).map("".join)
MONEY = st.decimals(0, 10**7, places=4, allow_nan=False).map(lambda d: format(d, "f"))
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


@st.composite
def figures(draw: st.DrawFn, edition: str) -> dict[CellId, str]:
    """A form filled in: mostly distinct counts, with zeros, blanks, money and changes."""
    cells = all_cells(edition)
    printed = distinct_figures(edition, draw(st.sampled_from((11, 101, 995, 20_210_000))))
    form = load_form()
    for cell in cells:
        if form.unit(cell, edition) == "万元":
            printed[cell] = draw(MONEY)
        elif cell.column == "change":
            printed[cell] = draw(CHANGES)
    for cell in draw(st.lists(st.sampled_from(cells), max_size=60)):
        printed[cell] = draw(COUNTS)
    for cell in draw(st.lists(st.sampled_from(cells), max_size=draw(st.sampled_from((0, 3, 40))))):
        printed[cell] = draw(st.sampled_from(("", "", *VISIBLE_BLANKS)))
    return printed


@st.composite
def cases(draw: st.DrawFn) -> tuple[str, dict[CellId, str], Layout, Style, int]:
    edition = draw(st.sampled_from(("2019", "2021")))
    layout = draw(st.sampled_from(LAYOUTS))
    return edition, draw(figures(edition)), layout, draw(STYLES), draw(st.integers(0, 999))


def check(case: tuple[str, dict[CellId, str], Layout, Style, int]) -> None:
    edition, printed, layout, style, seed = case
    text = print_report(draft_report(edition, printed), layout, style, seed)
    report = read_back(text)
    read = cells_read(report)
    wanted = {cell: value for cell, text in printed.items() if (value := value_of(text)) is not None}
    wrong = {cell: (value, printed.get(cell)) for cell, value in read.items() if wanted.get(cell) != value}
    assert wrong == {}, text
    lost = set(wanted) - set(read)
    if layout in CELL_MARKED:
        hard = {cell for cell in lost if not _blank_at_an_edge(edition, printed, cell)}
        assert hard == set(), text
        assert unnamed(report, lost) == set()
        blank = {gap.cell for gap in report.gaps if gap.kind == "blank"}
        assert blank <= set(printed) - set(wanted)
        return
    # Without marks an empty cell is not to be seen: its row has too few figures and is left out.
    uncountable = {_row_of(edition, cell) for cell, text in printed.items() if text == ""}
    assert {cell for cell in lost if _row_of(edition, cell) not in uncountable} == set(), text
    assert {cell for cell in read if _row_of(edition, cell) in uncountable} == set(), text
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


@given(cases())
@settings(max_examples=300)
def test_every_cell_and_no_other(case: tuple[str, dict[CellId, str], Layout, Style, int]) -> None:
    check(case)
