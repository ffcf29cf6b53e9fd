"""Blank rows and cells in drawn grids: the walk over exact tables gives what the search gives."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.document import Block, Cell, Document, Paragraph, Row
from ingest.sections import find_sections, part_section
from ingest.tables.exact import read_exactly
from ingest.tables.matching import PARTS
from knowledge.form import load_form, strip_numbering
from knowledge.model import CellId, Gap, Part
from knowledge.text import solid
from tests.grid_blocks import COVERED, grid_document
from tests.reading_cases import distinct_figures
from tests.render import Draft, all_cells, cells_of, draft_report
from tests.test_exact_tables import (
    EDITIONS,
    EXAMPLES,
    WORDS,
    compare,
    damage,
    with_lines_for_groups,
)


def blank_in_grid(edition: str, blank: set[CellId]) -> Document:
    figures = {cell: f for cell, f in distinct_figures(edition).items() if cell not in blank}
    return grid_document(draft_report(edition, figures))


def exact_gaps(document: Document, edition: str, part: Part) -> tuple[Gap, ...] | None:
    """The gaps that the walk gives, None if it leaves the table to the search."""
    section = part_section(find_sections(document), part)
    assert section is not None
    exact = read_exactly(section.blocks, edition, part, "三")
    return exact.gaps if exact is not None else None


DOWN: tuple[Part, ...] = ("disclosure", "applications")


@pytest.mark.parametrize("part", DOWN)
@pytest.mark.parametrize("edition", EDITIONS)
def test_a_blank_row_of_a_grid_is_read_exactly(edition: str, part: Part) -> None:
    for item in dict.fromkeys(cell.item for cell in cells_of(edition, part)):
        blank = [cell for cell in cells_of(edition, part) if cell.item == item]
        document = blank_in_grid(edition, set(blank))
        assert compare(document) == 3
        assert exact_gaps(document, edition, part) == tuple(Gap(cell, "blank") for cell in blank)


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("edition", EDITIONS)
def test_a_blank_cell_of_a_grid_is_read_exactly(edition: str, part: Part) -> None:
    for cell in cells_of(edition, part):
        document = blank_in_grid(edition, {cell})
        assert compare(document) == 3
        assert exact_gaps(document, edition, part) == (Gap(cell, "blank"),)


def test_blank_rows_and_cells_of_a_grid_are_read_exactly() -> None:
    wanted = [c for c in cells_of("2021", "applications") if c.item.startswith(("denied", "other"))]
    wanted += [CellId("total_handled", column) for column in ("business", "research", "other")]
    document = blank_in_grid("2021", set(wanted))
    assert compare(document) == 3
    assert exact_gaps(document, "2021", "applications") == tuple(Gap(c, "blank") for c in wanted)


def changed_rows(document: Document, change: Callable[[Row], Row]) -> Document:
    blocks = [change(block) if isinstance(block, Row) else block for block in document.blocks]
    return Document(tuple(blocks))


def with_row(document: Document, change: Callable[[Row], Row]) -> Document:
    """The document with the row of the total changed."""
    return changed_rows(document, lambda row: change(row) if TOTAL in row.texts else row)


TOTAL = "（七）总计"
TOTALS = {cell for cell in cells_of("2021", "applications") if cell.item == "total_handled"}
BLANK_TOTALS = blank_in_grid("2021", TOTALS)
NO_BUSINESS = blank_in_grid("2021", {CellId("total_handled", "business")})


def searched(document: Document) -> bool:
    """Whether the walk leaves the table of applications to the search; what it reads is alike."""
    compare(document)
    return exact_gaps(document, "2021", "applications") is None


@pytest.mark.parametrize(
    "change",
    [
        lambda cells: (*cells[:4], *[COVERED] * 6),  # one cell over all columns
        lambda cells: (*cells[:-1], Cell("7", None)),
        lambda cells: (*cells[:2], Cell("7", None), *cells[3:]),
    ],
)
def test_a_row_without_figures_that_is_not_blank_is_searched(
    change: Callable[[Sequence[Cell]], Sequence[Cell]],
) -> None:
    assert not searched(BLANK_TOTALS)
    wide = changed_rows(BLANK_TOTALS, lambda row: Row((*row.cells, Cell("", None)), row.grid))
    assert not searched(wide)
    assert searched(with_row(wide, lambda row: Row(change(row.cells), row.grid)))
    assert searched(with_row(wide, lambda row: Row(row.cells[:-2], None)))


@pytest.mark.parametrize("text", ["—", " ", "无", "约5", None])
def test_what_only_looks_blank_is_searched(text: str | None) -> None:
    assert not searched(NO_BUSINESS)
    cell = COVERED if text is None else Cell(text, None)

    def change(row: Row) -> Row:
        return Row((*row.cells[:4], cell, *row.cells[5:]), row.grid)

    assert searched(with_row(NO_BUSINESS, change))


@pytest.mark.parametrize(
    "texts",
    [
        ["（三）不予公开", *[""] * 9],  # the heading of a group once more
        ["一、本年新收云上办公申请数量", *[""] * 9],  # a brand in a label
        ["", "", "", *"1234567"],
        ["其中：网络", "", "", *"1234567"],
    ],
)
def test_blanks_beside_other_rows_are_searched(texts: list[str]) -> None:
    def with_other(document: Document) -> Document:
        blocks: list[Block] = []
        for block in document.blocks:
            if isinstance(block, Row) and TOTAL in block.texts:
                blocks.append(Row([Cell(text, None) for text in texts], block.grid))
            blocks.append(block)
        return Document(tuple(blocks))

    assert searched(with_other(BLANK_TOTALS))
    assert searched(with_other(NO_BUSINESS))


def test_a_text_with_blanks_is_searched() -> None:
    for document in (BLANK_TOTALS, NO_BUSINESS):
        assert searched(changed_rows(document, lambda row: Row(row.cells, None)))


def test_a_form_left_blank_is_searched() -> None:
    document = blank_in_grid("2021", set(all_cells("2021")))
    assert compare(document) == 0


LABELS = sorted(
    {
        label
        for edition in load_form().editions.values()
        for table in edition.tables.values()
        for row in table.rows
        for label in (row.label, *row.group, *(column.label for column in row.columns))
    }
)
BLANKINGS = st.lists(
    st.tuples(st.floats(0, 1), st.sampled_from(("row", "row", "cell", "cells")), st.integers(0)),
    min_size=1,
    max_size=6,
)
SEEN = st.sampled_from((*WORDS, *LABELS, "一、本年新收云上办公申请数量", "（五", "）不予处理"))
ODD_LINES = st.lists(st.tuples(st.floats(0, 1), SEEN), max_size=2)
FEW_DAMAGES = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 5), SEEN), max_size=2)


def blank_out(draft: Draft, place: float, kind: str, number: int) -> None:
    """One row of figures, one figure or several of one row blanked."""
    tables = [(draft.disclosure, 1), (draft.applications, 3), (draft.reviews[3:], 0)]
    rows = [(row, front) for table, front in tables for row in table if row[front].strip()]
    row, front = rows[int(place * (len(rows) - 1))]
    filled = [n for n in range(front, len(row)) if row[n]]
    if kind == "row" and front:
        chosen = filled
    elif kind == "cells":
        chosen = [n for n in filled if number >> n & 1]
    else:
        chosen = filled[number % len(filled) :][:1]
    for n in chosen:
        row[n] = ""


def drawn_otherwise(document: Document, number: int) -> Document:
    """The document with blank cells that are parts of others, with another grid from some row
    on, or with its lines counted in every cell."""
    kind = number % 4

    def change(row: Row, at: int) -> Row:
        cells = list(row.cells)
        if kind == 1 and at % 7 == number % 7:
            cells = [COVERED if not cell.text else cell for cell in cells]
        if kind == 2:
            cells = [cell._replace(line=at * 20 + n) for n, cell in enumerate(cells)]
        return Row(
            cells, row.grid + 10 * (at > number % 60) if kind == 3 and row.grid else row.grid
        )

    blocks = [
        change(block, at) if isinstance(block, Row) else block
        for at, block in enumerate(document.blocks)
    ]
    return Document(tuple(blocks))


def bare(draft: Draft) -> None:
    """The row labels of applications without their numbers."""
    for row in draft.applications:
        row[:3] = [strip_numbering(solid(label)) for label in row[:3]]


@given(
    st.sampled_from(EDITIONS),
    BLANKINGS,
    FEW_DAMAGES,
    ODD_LINES,
    st.integers(0, 10**4),
    st.booleans(),
)
@settings(max_examples=EXAMPLES * 2)
def test_blanks_in_grids_read_alike(
    edition: str,
    blankings: list[tuple[float, str, int]],
    damages: list[tuple[float, int, str]],
    lines: list[tuple[float, str]],
    number: int,
    zeros: bool,
) -> None:
    figures = distinct_figures(edition)
    if zeros:
        figures = {
            cell: f if n % 9 == number % 9 else "0" for n, (cell, f) in enumerate(figures.items())
        }
    draft = draft_report(edition, figures)
    if number % 5 == 0:
        bare(draft)
    for place, kind, chosen in blankings:
        blank_out(draft, place, kind, chosen)
    for place, damaged, text in damages:
        damage(draft, place, damaged, text)
    document = grid_document(draft)
    for place, text in lines:
        at = int(place * len(document.blocks))
        blocks = document.blocks
        document = Document((*blocks[:at], Paragraph(text, None), *blocks[at:]))
    compare(document)
    compare(with_lines_for_groups(document))
    compare(drawn_otherwise(document, number))
    compare(drawn_otherwise(with_lines_for_groups(document), number))
