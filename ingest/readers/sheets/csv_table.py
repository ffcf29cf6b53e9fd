"""CSV and TSV files: fields as cells, lines right even where quoted fields hold line ends."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from ingest.document import Block, Cell, Document, Row
from ingest.readers.encoding import decode_text
from ingest.readers.grids import MAX_CELLS, join_lines, table_row
from ingest.readers.text import MAX_BYTES, MAX_CHARACTERS
from knowledge.errors import InputRejected

DELIMITERS = ("\t", ";", "|", ",")
"""In the order in which they win where several stand in equally many lines: a comma stands
inside figures too (`12,000;13,000`)."""

MAX_BREAKS = 20
"""Line ends inside one quoted field; more is a quotation mark without its other half."""

SAMPLE = 400
"""Lines that the delimiter is told from; a whole report has under 200."""


def read_csv_table(content: bytes, file: str) -> Document:
    """Each record as a row of cells, or as a paragraph where one text fills it.

    Rows between blank lines and paragraphs that have equally many fields are one grid.
    Raises: InputRejected if the file is empty, too large, no text, or a quotation mark in it
    has no other half.
    """
    if len(content) > MAX_BYTES:
        raise InputRejected(file, f"文件有 {len(content) // 1024 // 1024} MB，太大，不像一份年报")
    text = decode_text(content, file)
    if not text.strip():
        raise InputRejected(file, "文件是空的")
    if len(text) > MAX_CHARACTERS:
        raise InputRejected(file, f"文件有 {len(text) // 10_000} 万字，太长，不像一份年报")
    blocks: list[Block] = []
    rows: list[tuple[int, list[str]]] = []
    grid = 0
    for line, fields in [*_records(text, _delimiter(text), file), (0, [])]:
        block = table_row(_cells(fields, line), None) if fields else None
        if isinstance(block, Row):
            rows.append((line, fields))
            continue
        if rows:
            blocks += _rows(rows, grid)
            grid, rows = grid + 1, []
        if block is not None:
            blocks.append(block)
    if not blocks:
        raise InputRejected(file, "文件是空的")
    return Document(tuple(blocks))


def _delimiter(text: str) -> str:
    """The mark that stands in the most lines."""
    lines = text.splitlines()[:SAMPLE]
    return max(DELIMITERS, key=lambda mark: sum(mark in line for line in lines))


def _records(text: str, delimiter: str, file: str) -> Iterator[tuple[int, list[str]]]:
    """The fields of each record with the line, from 1, on which it begins."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    begin = 1
    try:
        for fields in reader:
            if any(len(field.splitlines()) > MAX_BREAKS for field in fields):
                raise InputRejected(file, f"第 {begin} 行起有一个引号没有配对，分不出单元格")
            yield begin, fields
            begin = reader.line_num + 1
    except csv.Error:
        raise InputRejected(file, f"第 {begin} 行不是正常的 CSV，分不出单元格") from None


def _cells(fields: list[str], line: int) -> list[Cell]:
    return [Cell(join_lines(field.splitlines()), line) for field in fields]


def _rows(rows: list[tuple[int, list[str]]], grid: int) -> Iterator[Block]:
    """Rows of one table; their columns are certain where all have equally many fields.

    Columns that are empty in every row, which wider tables leave behind, are cut off.
    """
    width = max(len(fields) for _, fields in rows)
    exact = all(len(fields) == width for _, fields in rows) and width <= MAX_CELLS
    used = max(n for _, fields in rows for n, f in enumerate(fields) if f.strip() or not n) + 1
    for line, fields in rows:
        cells = tuple(_cells(fields[:used] if exact else fields, line))
        if any(cell.text for cell in cells) or len(cells) > 1:
            yield Row(cells[:MAX_CELLS], grid if exact else None)
