"""Tables of a Word file as grids: merged cells resolved, frames of a layout dissolved."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ingest.document import Block, Cell, Paragraph, Row
from ingest.readers.grids import MAX_CELLS, join_lines, table_row
from ingest.readers.word.names import (
    CELL,
    CONTROL,
    CONTROL_CONTENT,
    ROW,
    VAL,
    WRAPPERS,
    is_on,
    number_of,
    w,
)

MAX_ROWS = 3_000
"""Rows of one table that are read; the longest of the form has 40."""

MIN_LAYOUT = 300
"""Characters of one cell, in several lines, that make its row the frame of a layout: notes
inside labels reach 120 (湖北, field-notes section 3)."""

_ROW_PROPERTIES, _CELL_PROPERTIES = w("trPr"), w("tcPr")
_BEFORE, _AFTER, _HIDDEN, _DELETED = w("gridBefore"), w("gridAfter"), w("hidden"), w("del")
_SPAN, _DOWN, _ACROSS, _CELL_DELETED = w("gridSpan"), w("vMerge"), w("hMerge"), w("cellDel")


@dataclass(frozen=True, slots=True)
class CellContent:
    """What stands in a cell: the lines of its own text, and where there is more than these
    (a table, a picture that was read) all of it as blocks in reading order."""

    lines: list[str]
    blocks: list[Block]

    def in_order(self) -> Iterator[Block]:
        """All that stands in the cell, one block after the other."""
        return iter(self.blocks or lines_to_blocks(self.lines))


_LIST_MARK = re.compile(
    r"\s*[（(]?(?:[一二三四五六七八九十]{1,3}|\d{1,2})[）)]?[、.．]?\s*|\s*[①-⑳●•·◆■▪-]\s*"
)

ReadCell = Callable[[Any], CellContent]


@dataclass(frozen=True, slots=True)
class _Slot:
    """One cell of a row as the file has it. `down` and `across` are its merges."""

    columns: int
    down: str
    across: str
    content: CellContent | None
    """None for a place of the grid in which the row has no cell."""


def read_table(table: Any, read_cell: ReadCell, number: int) -> Iterator[Block]:
    """The blocks of a table; its rows carry `number` as their grid if its columns are certain.

    They are where every row covers equally many columns. A row that holds another table or a
    column of running text is the frame of a layout: its cells follow one another as blocks.
    """
    rows = [slots for row in _rows(table) if (slots := _slots(row, read_cell))]
    widths = {sum(slot.columns for slot in row) for row in rows}
    grid = number if len(widths) == 1 and max(widths) <= MAX_CELLS else None
    going_on: dict[int, int] = {}
    one_column = widths == {1}
    for row in rows:
        if one_column or any(_is_layout(slot) for slot in row):
            going_on = {}
            for slot in row:
                if slot.content is not None:
                    yield from slot.content.in_order()
            continue
        cells, going_on = _cells(row, going_on)
        block = table_row(cells, grid)
        if block is not None:
            yield block


def lines_to_blocks(lines: Sequence[str]) -> list[Block]:
    """Lines of running text; rows where tabs certainly part several cells. Blank ones go."""
    blocks: list[Block] = []
    for line in lines:
        if "\t" in line:
            pieces = line.strip(" ").split("\t")
            filled = [piece for piece in pieces if piece.strip()]
            if len(filled) > 1 and not (len(filled) == 2 and _LIST_MARK.fullmatch(filled[0])):
                blocks.append(Row(tuple(Cell(piece.strip(), None) for piece in pieces)))
                continue
        text = " ".join(line.split())
        if text:
            blocks.append(Paragraph(text, None))
    return blocks


def _is_layout(slot: _Slot) -> bool:
    content = slot.content
    if content is None:
        return False
    if content.blocks:
        return True
    return len(content.lines) > 2 and sum(map(len, content.lines)) > MIN_LAYOUT


def _rows(parent: Any) -> Iterator[Any]:
    """The rows that are printed, content controls and tracked changes around them resolved."""
    count = 0
    for row in _inside(parent, ROW):
        properties = row.find(_ROW_PROPERTIES)
        if properties is not None:
            if properties.find(_DELETED) is not None or is_on(properties.find(_HIDDEN)):
                continue
        count += 1
        if count > MAX_ROWS:
            return
        yield row


def _inside(parent: Any, tag: str) -> Iterator[Any]:
    for child in parent:
        if child.tag == tag:
            yield child
        elif child.tag in WRAPPERS:
            yield from _inside(child, tag)
        elif child.tag == CONTROL:
            content = child.find(CONTROL_CONTENT)
            if content is not None:
                yield from _inside(content, tag)


def _slots(row: Any, read_cell: ReadCell) -> list[_Slot]:
    slots: list[_Slot] = []
    properties = row.find(_ROW_PROPERTIES)
    before = after = 0
    if properties is not None:
        before = min(number_of(properties.find(_BEFORE), 0), MAX_CELLS)
        after = min(number_of(properties.find(_AFTER), 0), MAX_CELLS)
    if before > 0:
        slots.append(_Slot(before, "", "", None))
    for cell in _inside(row, CELL):
        columns, down, across = 1, "", ""
        properties = cell.find(_CELL_PROPERTIES)
        if properties is not None:
            if properties.find(_CELL_DELETED) is not None:
                continue
            for one in properties:
                if one.tag == _SPAN:
                    columns = min(max(number_of(one, 1), 1), MAX_CELLS + 1)
                elif one.tag == _DOWN:
                    down = one.get(VAL, "continue")
                elif one.tag == _ACROSS:
                    across = one.get(VAL, "continue")
        slots.append(_Slot(columns, down, across, read_cell(cell)))
        if len(slots) > 16 * MAX_CELLS:
            break
    if after > 0 and slots:
        slots.append(_Slot(after, "", "", None))
    return slots


def _cells(row: Sequence[_Slot], going_on: dict[int, int]) -> tuple[list[Cell], dict[int, int]]:
    """The cells of a row, one for each column, and by column what goes on into the next row.

    What Word hides is not printed: the text of a cell that goes on from above or from the left.
    """
    cells: list[Cell] = []
    below: dict[int, int] = {}
    for slot in row:
        at = len(cells)
        covered = slot.content is None
        if slot.across == "continue" and at:
            covered = True
        elif slot.down == "continue" and at in going_on:
            covered = True
            below[at] = going_on[at]
        elif slot.down:
            below[at] = slot.columns
        if slot.content is None or covered:
            cells.append(Cell("", None, covered=True))
        else:
            cells.append(Cell(join_lines(slot.content.lines), None))
        cells.extend(Cell("", None, covered=True) for _ in range(slot.columns - 1))
    return cells, below
