"""The cells of a workbook's parts: texts as printed, merged cells, what is hidden.

Read with lxml from the parts themselves: openpyxl gives either results or formulas, so that a
formula without a result cannot be told from a blank cell unless the file is loaded twice.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from ingest.readers.grids import join_lines
from ingest.readers.packages import Package, damaged
from ingest.readers.sheets.formats import UNREADABLE, shown_number
from knowledge.errors import InputRejected

MAX_FILLED = 100_000
"""Cells with a text in one sheet; the tables of a report have under 500."""

MAX_ROWS = 20_000
MAX_COLUMN = 16_384
MAX_TEXT = 32_767
"""Characters of one cell, the limit of the format."""

_S = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_TEXT, _RUN, _RUN_PROPERTIES = f"{_S}t", f"{_S}r", f"{_S}rPr"
_VALUE, _FORMULA, _INLINE = f"{_S}v", f"{_S}f", f"{_S}is"
_REFERENCE = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7})")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


@dataclass(frozen=True, slots=True)
class Book:
    """What all sheets share. `sheets` are the visible ones: name and part, in order."""

    sheets: tuple[tuple[str, str], ...]
    strings: tuple[str, ...]
    formats: tuple[tuple[str | int, bool], ...]
    """Of each cell style: its number format, and whether its text is struck out."""
    epoch_1904: bool


@dataclass(slots=True)
class Sheet:
    """The visible cells of a sheet; rows and columns count from 1 as in the sheet."""

    rows: list[int] = field(default_factory=list)
    """Rows that hold cells, blank ones included, up to the last with a text."""
    texts: dict[int, dict[int, str]] = field(default_factory=dict)
    covered: set[tuple[int, int]] = field(default_factory=set)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)


def read_book(package: Package) -> Book:
    """The sheets, strings and formats of a workbook. Raises: InputRejected if it is damaged."""
    name = package.main_part("xl/workbook.xml")
    root = package.tree(name)
    relations = package.relations(name)
    parts = dict(relations.values())
    sheets: list[tuple[str, str]] = []
    for sheet in root.iter(f"{_S}sheet"):
        kind, part = relations.get(sheet.get(f"{_R}id", ""), ("", ""))
        if sheet.get("state", "visible") == "visible" and kind == "worksheet":
            if not package.has(part):
                raise InputRejected(package.file, damaged(package.kind))
            sheets.append((sheet.get("name", "").strip(), part))
    strings: list[str] = []
    shared = parts.get("sharedStrings")
    if shared is not None and package.has(shared):
        strings = [_string(item) for item in package.tree(shared).iterfind(f"{_S}si")]
    styles = parts.get("styles")
    found = package.tree(styles) if styles is not None and package.has(styles) else None
    properties = root.find(f"{_S}workbookPr")
    epoch = properties is not None and properties.get("date1904") in ("1", "true")
    return Book(tuple(sheets), tuple(strings), _formats(found), epoch)


def _string(item: Any) -> str:
    """A text of a cell: its runs without phonetic readings; struck-out and raised ones marked."""
    text = ""
    for child in item:
        if child.tag == _TEXT:
            text += child.text or ""
        elif child.tag == _RUN:
            piece = child.findtext(_TEXT) or ""
            looks = child.find(_RUN_PROPERTIES)
            if looks is not None and piece:
                if _is_on(looks.find(f"{_S}strike")):
                    piece = UNREADABLE
                raised = looks.find(f"{_S}vertAlign")
                if raised is not None and raised.get("val") != "baseline":
                    piece = f"[{piece}]" if any(c.isdigit() for c in piece) else piece
            text += piece
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text[:MAX_TEXT])


def _is_on(element: Any | None) -> bool:
    return element is not None and element.get("val", "1") not in ("0", "false")


def _formats(root: Any | None) -> tuple[tuple[str | int, bool], ...]:
    if root is None:
        return ()
    codes: dict[int, str] = {}
    for element in root.iter(f"{_S}numFmt"):
        codes[_integer(element.get("numFmtId"), -1)] = element.get("formatCode", "")
    struck = [
        _is_on(font.find(f"{_S}strike")) for fonts in root.iterfind(f"{_S}fonts") for font in fonts
    ]
    formats: list[tuple[str | int, bool]] = []
    for cell in (cell for xfs in root.iterfind(f"{_S}cellXfs") for cell in xfs):
        number, font = _integer(cell.get("numFmtId"), 0), _integer(cell.get("fontId"), -1)
        formats.append((codes.get(number, number), 0 <= font < len(struck) and struck[font]))
    return tuple(formats)


def _integer(text: str | None, default: int) -> int:
    try:
        return int(text or "")
    except ValueError:
        return default


def read_sheet(root: Any, book: Book, file: str) -> Sheet:
    """The visible cells of one sheet. Raises: InputRejected if it has far too many."""
    sheet = Sheet()
    for column in root.iter(f"{_S}col"):
        if column.get("hidden") in ("1", "true"):
            first = max(_integer(column.get("min"), 1), 1)
            last = min(_integer(column.get("max"), first), MAX_COLUMN)
            sheet.hidden_columns.update(range(first, last + 1))
    views = list(root.iter(f"{_S}sheetView"))
    zeros = not any(view.get("showZeros") in ("0", "false") for view in views)
    number = filled = 0
    for row in root.iter(f"{_S}row"):
        number = _integer(row.get("r"), number + 1)
        if row.get("hidden") in ("1", "true") or row.get("ht") in ("0", "0.0"):
            sheet.hidden_rows.add(number)
            if len(sheet.hidden_rows) > MAX_ROWS:
                raise InputRejected(file, "工作表大得不正常，不像一份年报")
            continue
        texts: dict[int, str] = {}
        column_number = 0
        for cell in row:
            match = _REFERENCE.fullmatch(cell.get("r", ""))
            column_number = _column(match[1]) if match else column_number + 1
            text = _cell_text(cell, book)
            if text == "0" and not zeros:
                text = ""
            if text:
                texts[column_number] = text
        filled += len(texts)
        if filled > MAX_FILLED or len(sheet.rows) > MAX_ROWS:
            raise InputRejected(file, "工作表大得不正常，不像一份年报")
        if len(row):
            sheet.rows.append(number)
            sheet.texts[number] = texts
    _merge(root, sheet)
    for texts in sheet.texts.values():
        for column_number in sheet.hidden_columns.intersection(texts):
            del texts[column_number]
    while sheet.rows and not sheet.texts.get(sheet.rows[-1]):
        # The row of figures under a table may be blank; what follows it is drawing paper.
        if len(sheet.rows) > 1 and sheet.texts.get(sheet.rows[-2]):
            break
        sheet.rows.pop()
    return sheet


def _merge(root: Any, sheet: Sheet) -> None:
    """Marks what merged cells cover: all that is shown of one whose first cell is hidden."""
    rows = sheet.rows
    widest = max((column for texts in sheet.texts.values() for column in texts), default=0)
    area = 0
    for merged in root.iter(f"{_S}mergeCell"):
        corners = _REFERENCE.findall(merged.get("ref", ""))
        if len(corners) != 2:
            continue
        (left_name, top_name), (right_name, bottom_name) = corners
        left, right = _column(left_name), min(_column(right_name), widest)
        top, bottom = int(top_name), int(bottom_name)
        shown = [row for row in rows if top <= row <= bottom]
        columns = [c for c in range(left, right + 1) if c not in sheet.hidden_columns]
        area += len(shown) * len(columns)
        if not shown or not columns or area > MAX_FILLED:
            continue
        for row in shown:
            for column in columns:
                if (row, column) != (top, left):
                    sheet.covered.add((row, column))
                    sheet.texts[row].pop(column, None)


def _column(name: str) -> int:
    number = 0
    for letter in name:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def _cell_text(cell: Any, book: Book) -> str:
    """The text that a cell prints, on one line."""
    if not len(cell):
        return ""
    kind = cell.get("t", "n")
    if kind == "inlineStr":
        inline = cell.find(_INLINE)
        text = _string(inline) if inline is not None else ""
    else:
        raw = cell.findtext(_VALUE)
        if raw is None or raw == "":
            return UNREADABLE if cell.find(_FORMULA) is not None and kind != "str" else ""
        if kind == "s":
            place = _integer(raw, -1)
            text = book.strings[place] if 0 <= place < len(book.strings) else UNREADABLE
        elif kind == "n":
            code, struck = _format_of(cell, book)
            return UNREADABLE if struck else shown_number(raw, code, book.epoch_1904)
        elif kind == "b":
            text = "TRUE" if raw == "1" else "FALSE"
        else:
            text = _ESCAPED.sub(lambda match: chr(int(match[1], 16)), raw[:MAX_TEXT])
    if text and _format_of(cell, book)[1]:
        return UNREADABLE
    return join_lines(text.splitlines())


def _format_of(cell: Any, book: Book) -> tuple[str | int, bool]:
    place = _integer(cell.get("s"), 0)
    return book.formats[place] if 0 <= place < len(book.formats) else (0, False)
