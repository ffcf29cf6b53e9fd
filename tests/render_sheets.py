"""Renders reports as spreadsheets: Excel workbooks and CSV files with the three tables."""

from __future__ import annotations

import csv
import io
import random
from dataclasses import dataclass
from typing import Literal

from tests.render_formats import PARTS, MadeReport, Printed, Table, spread

SHEET_NAMES = {"disclosure": "主动公开", "applications": "依申请公开", "reviews": "复议诉讼"}


@dataclass(frozen=True, slots=True)
class SheetLook:
    """How a spreadsheet is made."""

    sheets: Literal["one", "three"] = "one"
    numbers: Literal["numbers", "text"] = "numbers"
    merged: bool = True
    text: bool = True
    """Title, headings and sentences stand in rows of their own."""
    hidden: bool = False
    """A hidden row and a hidden sheet with other figures."""
    offset: bool = False
    """The table begins in the second column."""
    encoding: Literal["utf-8", "utf-8-sig", "gb18030"] = "utf-8-sig"
    delimiter: Literal[",", ";", "\t"] = ","
    line_end: Literal["\r\n", "\n"] = "\r\n"
    label_breaks: bool = False
    """CSV: labels with a line end inside, quoted."""


def render_xlsx(made: MadeReport, tables: Printed, look: SheetLook, seed: int = 0) -> bytes:
    """A workbook; its cells are the same for the same seed (its bytes hold the time)."""
    from openpyxl import Workbook

    chance = random.Random(seed)
    book = Workbook()
    sheet = book.active
    sheet.title = "年报"
    row = 1
    left = 2 if look.offset else 1
    if look.text:
        for line in [made.title, made.draft.headings["overview"] or "", *made.draft.overview]:
            sheet.cell(row, 1, line)
            row += 1
    for part in PARTS:
        if look.sheets == "three":
            sheet, row = book.create_sheet(SHEET_NAMES[part]), 1
        heading = made.draft.headings[part]
        if look.text and heading:
            sheet.cell(row, 1, heading)
            row += 1
        for table in tables.tables[part]:
            row = _write_table(sheet, table, row, left, look, chance)
    if look.hidden:
        ghost = book.create_sheet("底稿")
        ghost.sheet_state = "hidden"
        ghost.append(["一、本年新收政府信息公开申请数量", *range(90001, 90008)])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _write_table(  # type: ignore[no-untyped-def] # a worksheet has no type of its own here
    sheet, table: Table, top: int, left: int, look: SheetLook, chance: random.Random
) -> int:
    at = top
    for cells in spread(table):
        for x, slot in enumerate(cells):
            if slot is None:
                continue
            cell = sheet.cell(at, left + x)
            figure = slot.kind == "figure"
            cell.value = _value(slot.text, look) if figure else slot.text or None
            if look.merged and (slot.rows > 1 or slot.columns > 1):
                sheet.merge_cells(
                    start_row=at,
                    start_column=left + x,
                    end_row=at + slot.rows - 1,
                    end_column=left + x + slot.columns - 1,
                )
        at += 1
        last = cells[-1]
        if look.hidden and last is not None and last.kind == "figure" and chance.random() < 0.1:
            if any(slot is None or slot.rows > 1 for slot in cells):
                continue  # A row put in there would cut a merged cell.
            for x, slot in enumerate(cells):
                if slot is not None:
                    sheet.cell(at, left + x, 90100 + x if slot.kind == "figure" else slot.text)
            sheet.row_dimensions[at].hidden = True
            at += 1
    return at + 1


def _value(text: str, look: SheetLook) -> int | float | str | None:
    if not text:
        return None
    if look.numbers == "numbers":
        if text.isdigit() or (text[0] == "-" and text[1:].isdigit()):
            return int(text)
        if text.replace(".", "", 1).isdigit():
            return float(text)
    return text


def render_csv(made: MadeReport, tables: Printed, look: SheetLook, seed: int = 0) -> bytes:
    """The tables as a CSV file; what a merged cell covers is an empty field."""
    chance = random.Random(seed)
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=look.delimiter, lineterminator=look.line_end)
    width = 12
    if look.text:
        for line in [made.title, made.draft.headings["overview"] or "", *made.draft.overview]:
            writer.writerow([line, *[""] * (width - 1)])
    for part in PARTS:
        heading = made.draft.headings[part]
        if look.text and heading:
            writer.writerow([heading, *[""] * (width - 1)])
        for table in tables.tables[part]:
            for row in spread(table):
                fields = ["" if slot is None else slot.text for slot in row]
                if look.label_breaks:
                    fields = [_broken(field, chance) for field in fields]
                writer.writerow([*([""] if look.offset else []), *fields])
            if chance.random() < 0.5:
                writer.writerow([])
    return buffer.getvalue().encode(look.encoding)


def _broken(text: str, chance: random.Random) -> str:
    if len(text) < 5 or any(c.isdigit() for c in text):
        return text
    cut = chance.randrange(2, len(text))
    return f"{text[:cut]}\n{text[cut:]}"
