"""Ruled tables over page breaks: pieces with the same edges are one grid, torn labels whole.

A piece goes on the table before it if nothing but heads and feet stands between them and
their outer edges are the same.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from ingest.document import Cell
from ingest.readers.pdf.grid import Table, cells_of, merged_places
from knowledge.form import label_core, load_form

_HAN = re.compile("[\u3400-\u9fff]")

SAME_EDGE = 5.0
"""Points by which the edges of a table may differ from page to page."""


def goes_on(above: Table, below: Table) -> bool:
    """Whether a table at the top of a page has the edges of the one at the end of the last."""
    return (
        abs(above.columns[0] - below.columns[0]) <= SAME_EDGE
        and abs(above.columns[-1] - below.columns[-1]) <= SAME_EDGE
    )


def rows_of(pieces: Sequence[Table]) -> list[list[Cell]]:
    """The rows of a table that stands in pieces on one page or more, all equally wide.

    Every piece is cut where any of them is, so that cells stand under one another. A label
    torn by the page break is put together again where only the whole is a label of the form.
    """
    places = _common([piece.columns for piece in pieces])
    for piece in pieces:
        piece.columns = places
    rows: list[list[Cell]] = []
    for piece in pieces:
        own = cells_of(piece)
        if rows and own:
            own = _mended(rows, own)
        rows += own
    lefts = [x for x in range(len(places) - 1) if any(not row[x].covered for row in rows)]
    return [[row[x] for x in lefts] for row in rows]


def _common(columns: Sequence[Sequence[float]]) -> list[float]:
    """The places of all pieces, those of one piece nearer than SAME_EDGE to another's as one."""
    places = list(columns[0])
    for own in columns[1:]:
        places += [x for x in own if all(abs(x - known) > SAME_EDGE for known in places)]
    return merged_places(places)


def _mended(above: list[list[Cell]], below: list[list[Cell]]) -> list[list[Cell]]:
    """The rows under a page break, without the rest of what was torn by it.

    `above` is changed: torn labels, and rows cut in two, become whole there.
    """
    first = below[0]
    torn = {}
    for x, cell in enumerate(first):
        owner = _owner(above, x)
        if cell.text and owner is not None:
            upper = above[owner][x].text
            whole = upper + cell.text
            if _is_torn(upper, cell.text):
                torn[x] = (owner, whole)
    if not torn:
        return below
    last = above[-1]
    label = max(x for x, cell in enumerate(first) if _HAN.search(cell.text))
    if label in torn and torn[label][0] == len(above) - 1:
        # The row itself was cut: every column has its text on one side of the break only.
        rest = [x for x, cell in enumerate(first) if cell.text and x not in torn]
        same = all(a.covered == b.covered for a, b in zip(last, first, strict=True))
        if same and not any(last[x].text for x in rest):
            for x in rest:
                last[x] = Cell(first[x].text, first[x].line)
            below = below[1:]
        else:
            del torn[label]
    for x, (owner, whole) in torn.items():
        above[owner][x] = Cell(whole, above[owner][x].line)
    if below and below[0] is first:
        below[0] = [
            Cell("", cell.line, covered=True) if x in torn else cell for x, cell in enumerate(first)
        ]
    return below


def _is_torn(upper: str, lower: str) -> bool:
    """Whether two texts are one label of the form, and the lower is no label by itself."""
    words = _HAN.search(upper) is not None and _HAN.search(lower) is not None
    known = form_labels()
    return words and label_core(upper + lower) in known and label_core(lower) not in known


def _owner(above: list[list[Cell]], x: int) -> int | None:
    """The row in which the last cell of a column begins; None if it begins further left."""
    row = len(above) - 1
    while row >= 0 and above[row][x].covered:
        row -= 1
    return row if row >= 0 else None


@lru_cache(maxsize=1)
def form_labels() -> frozenset[str]:
    """Every label of the form, folded to its core: those of rows, groups and columns."""
    form = load_form()
    cores = set(form_columns())
    for edition in form.editions.values():
        for table in edition.tables.values():
            for row in table.rows:
                cores.update(form.row_cores(row.item, row.label))
                cores.update(map(label_core, row.group))
    return frozenset(cores)


@lru_cache(maxsize=1)
def form_columns() -> frozenset[str]:
    """Every label of a column of the form, folded to its core."""
    form = load_form()
    tables = [table for edition in form.editions.values() for table in edition.tables.values()]
    columns = [column for table in tables for row in table.rows for column in row.columns]
    columns += [extra for table in tables for _, extra in table.extra_columns]
    return frozenset(core for column in columns for core in form.column_cores(column.label))
