"""A draft as a format with drawn tables gives it: exact grids with merged cells.

What readers of web pages, Word files and ruled PDFs hand on, without any of them.
"""

from __future__ import annotations

from collections.abc import Sequence

from ingest.document import Block, Cell, Document, Paragraph, Row
from tests.render import Draft, Grid

LABELS = 3
"""Columns of row labels in the table of applications."""


def grid_document(draft: Draft, *, grids: bool = True) -> Document:
    """The draft with its tables as rows; without `grids` as ragged rows, merged cells gone."""
    blocks: list[Block] = [Paragraph(text, None) for text in draft.title]
    tables = {
        "disclosure": disclosure_cells(draft.disclosure),
        "applications": application_cells(draft.header, draft.applications),
        "reviews": review_cells(draft.reviews),
    }
    for number, (key, heading) in enumerate(draft.headings.items()):
        if heading is not None:
            blocks.append(Paragraph(heading, None))
        if key == "overview":
            blocks += [Paragraph(text, None) for text in draft.overview]
        blocks += [Paragraph(text, None) for text in draft.before.get(key, []) if text]  # type: ignore[call-overload]
        blocks += rows_of(tables.get(key, []), number if grids else None)
    return Document(tuple(blocks))


def rows_of(cells: Sequence[Sequence[Cell]], grid: int | None) -> list[Row]:
    if grid is None:
        return [Row(tuple(c for c in row if not c.covered)) for row in cells]
    return [Row(tuple(row), grid) for row in cells]


COVERED = Cell("", None, covered=True)


def disclosure_cells(grid: Grid) -> list[list[Cell]]:
    """A header cell reaches over what its row leaves empty at the end; so do the figures below."""
    cells: list[list[Cell]] = []
    width = 4
    for row in grid:
        if row[0].startswith("第二十条"):
            cells.append([Cell(row[0], None), *[COVERED] * 3])
            continue
        if row[0] == "信息内容":
            width = max(n + 1 for n, text in enumerate(row) if text)
        cells.append([Cell(t, None) if n < width else COVERED for n, t in enumerate(row)])
    return cells


def application_cells(header: Grid, rows: Grid) -> list[list[Cell]]:
    cells = [[Cell(t, None) if t else COVERED for t in row] for row in header]
    for row in rows:
        labels = [Cell(t, None) if t else COVERED for t in row[:LABELS]]
        cells.append([*labels, *(Cell(t, None) for t in row[LABELS:])])
    return cells


def review_cells(grid: Grid) -> list[list[Cell]]:
    cells = [[Cell(t, None) if t else COVERED for t in row] for row in grid[:-1]]
    return [*cells, [Cell(t, None) for t in grid[-1]]]
