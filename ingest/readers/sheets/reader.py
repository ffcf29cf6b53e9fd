"""Spreadsheets (.xlsx): the visible cells of the visible sheets, as they print.

`line` is the row's number in its sheet. Rows between blank rows and lines of prose are one
grid each, so that tables one below the other do not share their columns.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from ingest.document import Block, Cell, Document, Paragraph, Row, Witness
from ingest.readers.grids import MAX_CELLS, table_row
from ingest.readers.packages import Package
from ingest.readers.sheets.cells import Sheet, read_book, read_sheet
from knowledge.errors import InputRejected

KIND = "Excel 工作簿（.xlsx）"

MAX_SHEETS = 60
"""Sheets that are read; a report has one to six."""

_DEFAULT_NAME = re.compile(r"(?:sheet|工作表|表)\s*\d*", re.IGNORECASE)
_HAN = re.compile("[\u3400-\u9fff]")
_HEAD_CODE = re.compile(r'&(?:"[^"]*"|\d{1,3}|[A-Za-z&])')


def read_xlsx(content: bytes, file: str) -> Document:
    """The rows of all visible sheets in their order; the name of each but the first stands
    before it as a paragraph, that of the first is a witness.

    Left out: hidden sheets, rows and columns. A formula whose result the file does not hold
    is printed as `□`: it is not blank, and no figure.
    Raises: InputRejected if the file is damaged, encrypted, empty or far too large.
    """
    package = Package(content, file, KIND)
    book = read_book(package)
    blocks: list[Block] = []
    witnesses: list[Witness] = []
    title = package.title()
    if title:
        witnesses.append(Witness("properties", title[:200], None))
    pictures = grids = 0
    for name, part in book.sheets[:MAX_SHEETS]:
        root = package.tree(part)
        sheet = read_sheet(root, book, file)
        found = list(_blocks(sheet, grids))
        grids += 1 + max(
            (b.grid - grids for b in found if isinstance(b, Row) and b.grid is not None), default=-1
        )
        if found and _HAN.search(name) and not _DEFAULT_NAME.fullmatch(name):
            # Before the title nothing may stand that could be taken for a part of it.
            if blocks:
                blocks.append(Paragraph(name, None))
            else:
                witnesses.append(Witness("properties", name, None))
        blocks += found
        pictures += _pictures(package, part)
        witnesses += _heads(root)
    if not blocks and not pictures:
        raise InputRejected(file, f"{KIND}里没有内容")
    return Document(tuple(blocks), tuple(dict.fromkeys(witnesses)), pictures)


def _blocks(sheet: Sheet, number: int) -> Iterator[Block]:
    """The rows of a sheet as blocks; grids are numbered from `number` on."""
    segment: list[Row] = []
    last: int | None = None
    columns = _columns(sheet)
    for row in sheet.rows:
        texts = sheet.texts.get(row, {})
        cells = [
            Cell(texts.get(column, ""), row, (row, column) in sheet.covered) for column in columns
        ]
        block = table_row(cells, number)
        is_blank = not any(cell.text for cell in cells)
        after_blank = bool(segment) and not any(cell.text for cell in segment[-1].cells)
        # One blank row with drawn cells may be a table's row of blank figures.
        apart = (is_blank and after_blank) or not _adjoins(last, row, sheet.hidden_rows)
        if apart or not isinstance(block, Row):
            if segment:
                yield from _trimmed(segment)
                number += 1
            segment = []
        last = row
        if isinstance(block, Paragraph):
            yield block
        elif isinstance(block, Row) and (segment or not is_blank):
            segment.append(Row(block.cells, number if block.grid is not None else None))
    yield from _trimmed(segment)


def _adjoins(last: int | None, row: int, hidden: set[int]) -> bool:
    """Whether a row stands right under the last one as the sheet shows them."""
    return last is None or (
        row - last <= len(hidden) + 1 and hidden.issuperset(range(last + 1, row))
    )


def _columns(sheet: Sheet) -> list[int]:
    """The visible columns from the first with a text to the last; without the empty ones where
    they are more than any table has."""
    filled = sorted({column for row in sheet.rows for column in sheet.texts.get(row, ())})
    if not filled:
        return []
    if filled[-1] - filled[0] < 4 * MAX_CELLS:
        return [c for c in range(filled[0], filled[-1] + 1) if c not in sheet.hidden_columns]
    return filled


def _trimmed(rows: Sequence[Row]) -> Iterator[Row]:
    """Rows without the empty columns at either side that belong to other tables."""
    used = [
        place
        for row in rows
        for place, cell in enumerate(row.cells)
        if cell.text or (cell.covered and row.grid is not None)
    ]
    if not used:
        return
    first, last = min(used), max(used)
    for row in rows:
        yield Row(row.cells[first : last + 1], row.grid) if row.grid is not None else row


def _pictures(package: Package, part: str) -> int:
    """How many pictures are laid over a sheet, of whatever size."""
    drawings = [target for kind, target in package.relations(part).values() if kind == "drawing"]
    return sum(
        kind == "image" for drawing in drawings for kind, _ in package.relations(drawing).values()
    )


def _heads(root: Any) -> Iterator[Witness]:
    """Heads and feet of the printed sheet, without their codes."""
    for element in root.iter("{*}oddHeader", "{*}oddFooter"):
        text = _HEAD_CODE.sub(" ", element.text or "").strip()
        if _HAN.search(text):
            yield Witness("running_head", " ".join(text.split())[:200], None)
