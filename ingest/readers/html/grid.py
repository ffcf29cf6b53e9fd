"""Tables as written to rows of an exact grid: spans resolved, frames of a layout dissolved.

The rules are those of HTML: a cell takes the first free place of its row and covers as many
columns and rows as it says; the head is printed first and the foot last, wherever they stand.
"""

from __future__ import annotations

import itertools
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from functools import partial
from operator import attrgetter
from typing import NamedTuple

from ingest.document import Cell, Paragraph, Row
from ingest.readers.grids import MAX_CELLS, join_lines, table_row
from ingest.readers.html.parts import SINGLE, Item, Line, Picture, Slot, Table, TableRow
from ingest.sections import is_row_label

MAX_COLUMNS = 256
"""Columns of a table as written; a lone cell that spans more is as wide as its table."""

MAX_PIECE = 40
"""Characters of a line that may be half a label."""

MIN_LAYOUT = 300
"""Characters of one cell, in several lines, that make its row the frame of a layout: notes
inside labels reach 120 (湖北, field-notes section 3)."""


_NUMBER = re.compile(r"[（(]?(?:[一二三四五六七八九十]{1,2}|\d{1,2})[）)]?[、.．]?")


class GridRow(NamedTuple):
    """A row of a table and the block in which its table stands."""

    row: Row
    node: int


Printed = Line | Picture | GridRow


def print_items(items: Iterable[Item]) -> list[Printed]:
    """Lines, pictures and rows in reading order, each table with its own number as grid."""
    return _whole_labels(list(_items(items, itertools.count())))


def _whole_labels(printed: list[Printed]) -> list[Printed]:
    """Lines with each label of the form that `<br>` breaks put together again.

    Half a label may look like something else: `四、结转下` like a heading. Only lines of one
    block are joined, and only where the whole is a label.
    """
    whole: list[Printed] = []
    number = 0
    while number < len(printed):
        first = printed[number]
        number += 1
        if isinstance(first, Line) and not first.text.isascii() and len(first.text) <= MAX_PIECE:
            text = first.text
            for ahead in range(number, min(number + 3, len(printed))):
                follow = printed[ahead]
                if not isinstance(follow, Line) or follow.node != first.node:
                    break
                if len(follow.text) > MAX_PIECE or follow.text.isdigit():
                    break
                text += follow.text
                if is_row_label(text) and (
                    not is_row_label(follow.text) or _NUMBER.fullmatch(first.text)
                ):
                    first, number = first._replace(text=text), ahead + 1
                    break
        whole.append(first)
    return whole


def _items(items: Iterable[Item], numbers: Iterator[int]) -> Iterator[Printed]:
    for item in items:
        if isinstance(item, Table):
            yield from _table(item, numbers)
        else:
            yield item


class _Placed(NamedTuple):
    """A row with the column where each of its cells begins; `width` is where the row ends.

    `lead`: how many of its cells stand before those that simply follow on one another.
    """

    row: TableRow
    columns: list[int]
    width: int
    lead: int


def _table(table: Table, numbers: Iterator[int]) -> Iterator[Printed]:
    yield from _items(table.loose, numbers)
    placed = _place(table)
    kept = sorted(set().union(*(row.columns for row in placed)))
    places = {column: place for place, column in enumerate(kept)}
    full = max((row.width for row in placed), default=0)
    number = next(numbers)
    for row in placed:
        slots = row.row.slots
        if slots and (
            len(kept) == 1
            or (
                len(slots) == 1
                and row.columns[0] == 0
                and row.width >= full
                and slots[0].columns > 1
            )
            or (row.row.cells is None and _is_layout(slots))
        ):
            for cell in row.row.cells or ():
                if cell.text:
                    yield Line(cell.text, cell.line or 0, row.row.node, False, False)
            for slot in slots:
                yield from _items(slot.items, numbers)
        elif slots:
            block = _row(row, kept, places, number if row.width >= full else None)
            if isinstance(block, Paragraph):
                line = block.line or row.row.line
                yield Line(block.text, line, table.node, False, False)
            elif block is not None:
                yield GridRow(block, table.node)
            if row.row.cells is None:
                for slot in slots:
                    for item in slot.items:
                        if type(item) is Picture:
                            yield item
        yield from _items(row.row.loose, numbers)


def _place(table: Table) -> list[_Placed]:
    """The rows in printed order with the place of each cell; rows without cells have none."""
    rows = table.rows
    if any(row.section != 1 for row in rows):
        rows = sorted(rows, key=lambda row: row.section)
    placed: list[_Placed] = []
    taken: dict[int, int] = {}  # column to the row up to which it is covered from above
    reach, expiry = -1, 0  # the last of these columns, and the row at which one of them ends
    group, end = -1, len(rows)
    for number, row in enumerate(rows):
        if row.group != group:
            group = row.group
            taken.clear()
            reach = -1
            end = next((n for n in range(number, len(rows)) if rows[n].group != group), len(rows))
        elif taken and number >= expiry:
            taken = {at: until for at, until in taken.items() if until > number}
            reach, expiry = max(taken, default=-1), min(taken.values(), default=0)
        columns: list[int] = []
        column = lead = 0
        slots = row.slots
        spanning = len(slots) - slots.count(SINGLE)
        for slot in slots:
            if column > reach and not spanning:
                # Nothing from above or in the row itself stands in the way any more.
                follow = min(column + len(slots) - lead, MAX_COLUMNS)
                columns += range(column, follow)
                column = follow
                break
            lead += 1
            while column in taken:
                column += 1
            if column >= MAX_COLUMNS:
                break
            columns.append(column)
            if slot is not SINGLE:
                spanning -= 1
                down, span, _, _ = slot
                if span != 1:
                    span = min(max(span, 1), MAX_COLUMNS)
                if down != 1:
                    down = end if down == 0 else min(number + down, end)
                    expiry = min(expiry, down) if taken else down
                    for covered in range(column, column + span):
                        taken[covered] = max(down, taken.get(covered, 0))
                    reach = max(reach, column + span - 1)
                column += span
            else:
                column += 1
        while column in taken:
            column += 1
        placed.append(_Placed(row, columns, column, lead))
    return placed


def _is_layout(slots: list[Slot]) -> bool:
    """Whether a cell of the row holds a table, or the text of a page in several lines."""
    for slot in slots:
        items = slot.items
        if not items or (len(items) == 1 and type(items[0]) is not Table):
            continue
        if any(isinstance(item, Table) for item in items):
            return True
        lines = [item for item in items if isinstance(item, Line)]
        if len(lines) > 2 and sum(len(line.text) for line in lines) > MIN_LAYOUT:
            return True
    return False


def _row(
    row: _Placed, kept: list[int], places: dict[int, int], grid: int | None
) -> Row | Paragraph | None:
    """The cells of a row, one for each column in which some row begins a cell (`kept`, and
    where each stands among them).

    A row that ends before its table has no cells there: it carries no grid, since its columns
    may be shifted.
    """
    cells = [_new_cell(("", row.row.line, True))] * bisect_left(kept, row.width)
    whole = row.row.cells
    if whole is None:
        for column, slot in zip(row.columns, row.row.slots, strict=False):
            cells[places[column]] = _cell(slot)
    else:
        lead = row.lead if kept[-1] < len(kept) else len(whole)  # then columns are places
        for column, cell in zip(row.columns, whole[:lead], strict=False):
            cells[places[column]] = cell
        rest = whole[lead : len(row.columns)]
        if rest:
            first = row.columns[lead]
            cells[first : first + len(rest)] = rest
    if len(cells) > MAX_CELLS:
        cells, grid = [cell for cell in cells if cell.text][:MAX_CELLS], None
        return Row(tuple(cells), None) if cells else None
    if cells and cells[0].text and not any(map(_text_of, cells[1:])):
        block = table_row(cells, grid)
        return block if isinstance(block, Row | Paragraph) else None
    return Row(tuple(cells), grid)


_text_of = attrgetter("text")
_new_cell = partial(tuple.__new__, Cell)


def _cell(slot: Slot) -> Cell:
    items = slot.items
    if not items:
        return _new_cell(("", slot.line, False))
    first = items[0]
    if len(items) == 1 and type(first) is Line:
        return _new_cell((first.text, first.line, False))
    lines = [item for item in items if isinstance(item, Line)]
    return Cell(join_lines(line.text for line in lines), lines[0].line if lines else slot.line)
