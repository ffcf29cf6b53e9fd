"""Blank cells in tables that otherwise print exactly the form, where a drawn grid shows whose.

In a grid a blank cell stands under the label of its column as a figure does, so the walk over
exact tables need not leave the whole table to the search for it. The search finds labels by
what follows them, though, and a row without figures speaks less for its label than one with
them: a blank is taken here only where the labels leave the search no other way to read the
table, and it then gives just these gaps. Everything else is left to it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import groupby
from typing import NamedTuple

from ingest.document import Block, Paragraph, Row
from ingest.tables.alignment import may_be_label, slot_index, slots_of
from ingest.tables.exact_figures import VALUE, ZERO, PrintedRows, RowFigures, Stretch, printed_rows
from ingest.tables.exact_rows import Column, word_of
from ingest.tables.exact_sheets import sheet_of
from ingest.tables.tokens import line_tokens
from knowledge.form import MAX_LABEL, load_form
from knowledge.model import Gap, Part

CLOSING = ("）", ")")
"""With these begins the rest of a number that was cut in two (`（五` / `）不予处理`): the search
puts the two lines together, and they may be a label."""


class BlankRow(NamedTuple):
    """A row with blank cells: what stands between them, and the cells without a figure."""

    figures: tuple[Stretch, ...]
    gaps: tuple[Gap, ...]


def row_with_blanks(
    row: Row, left: int, columns: Sequence[Column], rows: PrintedRows
) -> BlankRow | None:
    """The figures and blanks of a row whose columns begin at `left` in its grid.

    None unless every column has a cell of its own, not part of a merged one, that is empty or
    holds a figure beyond doubt, and nothing stands beside them: a figure over two columns, or
    one that stands under none, may have moved.
    """
    behind = left + len(columns)
    texts = row.texts
    if row.grid is None or left < 0 or len(texts) < behind or any(texts[behind:]):
        return None
    if any(cell.covered for cell in row.cells[left:behind]):
        return None
    cells = texts[left:behind]
    # With 0 in the blanks it is a row like any other, and all that follows from it is known.
    full = rows[(*texts[:left], *[text or ZERO for text in cells])]
    if full.figures is None or full.start != left:
        return None
    heads, cautions = full.figures.heads, full.figures.cautions
    figures: list[Stretch] = []
    # A sum with a blank in it is decided by nobody; over nothing but 0 it cannot be wrong.
    zeros = not any(head[VALUE] for head in heads)
    for filled, places in groupby(range(len(cells)), lambda place: bool(cells[place])):
        if filled:
            first, *others = places
            end = first + 1 + len(others)
            own = RowFigures(heads[first:end], cautions[first:end], zeros)
            figures.append((row, left + first, own))
    gaps = tuple(
        Gap(column.cell, "blank") for column, text in zip(columns, cells, strict=True) if not text
    )
    return BlankRow(tuple(figures), gaps)


def blanks_are_certain(blocks: Sequence[Block], edition: str, part: Part) -> bool:
    """Whether the search can read a table with blanks, of which the walk knows that it has every
    row and column of the form, only as the walk does.

    It can if all stands in one grid, every label that it looks at has a slot of its own, in the
    order of the form (then no other assignment counts as much, however little a blank row
    counts), and no row of figures stands there whose label is none of the form's.
    """
    if not _in_one_grid(blocks):
        return False
    index, above = _labels(edition, part)
    rows = printed_rows(edition, part)
    last = -1
    for block in blocks:
        if isinstance(block, Paragraph):
            labels = [(word_of(t.text), t.text) for t in line_tokens(block, 0)]
            if any(text.startswith(CLOSING) for _, text in labels):
                return False
        else:
            printed = rows[block.texts]
            if printed.start >= 0 and printed.line is None:
                return False
            labels = [(word, text) for word, _, text in printed.labels]
        for word, text in labels:
            if word is None or (last < 0 and word in above):
                continue
            places = index.get(word)
            if places is None:
                if _looked_at(text[:MAX_LABEL], part):
                    return False
                continue
            place = next((place for place in places if place > last), None)
            if place is None:
                return False
            last = place
    return True


def stand_alone(blocks: Sequence[Block], edition: str, part: Part) -> bool:
    """Whether the figures of a table that goes across the page, one of them blank, are the only
    ones there and in its grid: else a second row of them may be the table's own."""
    rows = printed_rows(edition, part)
    figures = sum(isinstance(block, Row) and rows[block.texts].start >= 0 for block in blocks)
    return figures == 1 and _in_one_grid(blocks)


def _in_one_grid(blocks: Sequence[Block]) -> bool:
    grids = {block.grid for block in blocks if isinstance(block, Row) and any(block.texts)}
    return len(grids) == 1 and None not in grids


@lru_cache(maxsize=8)
def _labels(edition: str, part: Part) -> tuple[Mapping[str, Sequence[int]], frozenset[str]]:
    """The slots of every label of a table, and the labels of its columns where they stand once
    above all rows: there they may be words that a row has too (其他, 总计)."""
    sheet = sheet_of(edition, part)
    header = sheet.lines[0].header if sheet.one_header else ()
    return slot_index(slots_of(edition, part)), frozenset[str]().union(*header)


@lru_cache(maxsize=2048)
def _looked_at(text: str, part: Part) -> bool:
    """Whether a text that is no label of this edition may be one of another, or a piece."""
    return any(may_be_label(text, slots_of(edition, part)) for edition in load_form().editions)
