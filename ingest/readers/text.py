"""Plain text and Markdown: lines, and the tables that pages leave in them.

Two layouts of rows are recognised here, because both mark where a cell ends: cells between
vertical bars (with or without Markdown's rule under the header) and cells between tabs.
A table with one cell a line has no such marks, and bars that stand behind every single cell
part no rows either: its lines stay paragraphs, and the labels of the form bring its rows back
(`ingest.tables.matching`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from ingest.document import Block, Document, Paragraph, Row, cells_on
from ingest.readers.encoding import decode_text
from knowledge.errors import InputRejected

MAX_BYTES = 16 * 1024 * 1024
"""No report in text form comes near this; a larger file is noise and is refused unread."""

MAX_CHARACTERS = 300_000
"""The longest town's report met has under 30,000, a province's under 100,000. What lies
between this and MAX_BYTES is noise too, and would only cost time."""

MAX_CELLS = 64
"""Cells of one row; the widest table of the form has 15. Pages glue hundreds of empty cells
together (field-notes, section 3): of a longer row the blank cells say nothing."""

MIN_SINGLE_FIGURES = 3
"""Lines with a figure alone (`0 |`) that show a table to be printed one cell a line; an empty
form between bars has none, and its blank cells must stay cells."""

_SINGLE_FIGURE = re.compile(r"\s*\d[\d.]*\s*\|(?:\s*\|)?\s*")

_LINE_END = re.compile(r"\r\n|\r|\n")
_RULE = re.compile(r"[\s|:+\-—=]*-{2,}[\s|:+\-—=]*")
_TAG = re.compile(r"<(/?(?:p|td|tr|th|br|span|div|b|strong|font))\b[^<>]{0,200}>", re.IGNORECASE)
_EMPHASIS = re.compile(
    r"(?<!\*)\*\*(?!\*|[条件项个篇次份起期%％](?:[，,。；;、（(]|$))(.+?)(?<!\*)\*\*(?!\*)"
)
"""Bold text, and not digits that a copy has masked (`发布**条，其中网站**条`)."""


MAX_CELL = 300
"""Characters of a cell; the longest label of the form, with its notes, has 200."""


def read_text(content: bytes, file: str) -> Document:
    """The lines of a text file as paragraphs and table rows, each with its line from 1.

    Raises: InputRejected if the file is empty, too large, binary, or in no known encoding.
    """
    if len(content) > MAX_BYTES:
        raise InputRejected(file, f"文件有 {len(content) // 1024 // 1024} MB，太大，不像一份年报")
    text = decode_text(content, file)
    if not text.strip():
        raise InputRejected(file, "文件是空的")
    if len(text) > MAX_CHARACTERS:
        raise InputRejected(file, f"文件有 {len(text) // 10_000} 万字，太长，不像一份年报")
    lines = _lines(text)
    stripped = [line.strip() for line in lines]
    bars = _outer_bars(stripped) if "|" in text else {}
    blocks: list[Block] = []
    for number, line in enumerate(lines, 1):
        block = _block(line, stripped[number - 1], number, bars)
        if block is not None:
            blocks.append(block)
    return Document(tuple(blocks))


def _lines(text: str) -> list[str]:
    lines = _LINE_END.split(text) if "\r" in text else text.split("\n")
    return [_cleaned(line) for line in lines] if "<" in text or "**" in text else lines


def _cleaned(line: str) -> str:
    """A line without the marks of HTML and Markdown that stand inside cells and words."""
    if "<" in line or "**" in line:
        return _EMPHASIS.sub(r"\1", _TAG.sub(_parted, line))
    return line


def _parted(tag: re.Match[str]) -> str:
    """What stands for a tag: two cells or paragraphs on one line must not become one figure."""
    name = tag[1].lower()
    if name in ("td", "th"):
        return "\t"
    return (
        " "
        if name.strip("/") in ("p", "tr", "br", "div") and tag.string[tag.start() - 1].isdigit()
        else ""
    )


def _outer_bars(lines: list[str]) -> dict[int, tuple[bool, bool] | None]:
    """For each line with bars, counted from 1, whether those at the left and at the right edge
    of its table are its frame; `lines` are stripped.

    `| a | b |` is framed. Where other rows of the table (lines with bars, only blank lines
    between) do without, a bar at the edge has an empty cell outside it. None for the lines of
    a table with one cell a line, a bar behind each (`规章 |`, `0 |`). A rule is in no table.
    """
    bars: dict[int, tuple[bool, bool] | None] = {}
    table: list[tuple[int, str]] = []
    for number, line in enumerate([*lines, "."], 1):
        if "|" in line:
            if not _is_rule(line):
                table.append((number, line))
        elif line and table:
            left = all(row.startswith("|") for _, row in table)
            right = all(row.endswith("|") for _, row in table)
            framed = None if right and _one_cell_a_line(table) else (left, right)
            for row, _ in table:
                bars[row] = framed
            table = []
    return bars


def _one_cell_a_line(table: list[tuple[int, str]]) -> bool:
    """Whether rows that end in a bar have one cell each, some of them a figure."""
    for _, line in table:
        if sum(map(bool, map(str.strip, line.split("|")))) >= 2:
            return False
    figures = sum(_SINGLE_FIGURE.fullmatch(line) is not None for _, line in table)
    return figures >= MIN_SINGLE_FIGURES


def _is_rule(stripped: str) -> bool:
    """Whether a line is Markdown's rule under the header of a table."""
    return "--" in stripped and _RULE.fullmatch(stripped) is not None


def _block(
    line: str, stripped: str, number: int, bars: Mapping[int, tuple[bool, bool] | None]
) -> Block | None:
    if not stripped:
        # Several tabs alone are a row whose cells are all blank; one is indentation.
        return _row(line.split("\t"), number) if line.count("\t") > 1 else None
    if "|" in stripped:
        if number not in bars:
            return None
        frame = bars[number]
        if frame is None:
            text = stripped.strip("| \t\u3000\xa0")
            return Paragraph(text, number) if text else None
        inner = stripped.removeprefix("|") if frame[0] else stripped
        return _row((inner.removesuffix("|") if frame[1] else inner).split("|"), number)
    if (
        "\t" in line
        and "\t" in line.strip(" ")
        and len(cells := line.strip("\r\n ").split("\t")) > 1
    ):
        filled = [cell for cell in cells if cell.strip()]
        # A lone leading tab is indentation, not a table of two cells (layout of seed 001).
        if len(filled) > 1 or len(cells) > 2:
            return _row(cells, number)
    text = stripped.lstrip("#").strip() if stripped.startswith("#") else stripped
    return Paragraph(text, number) if text else None


def _row(cells: list[str], number: int) -> Row | Paragraph | None:
    """A printed row, kept even if all its cells are blank: blank is something else than unread.

    A whole text with a bar of the page's layout at its end is no cell.
    """
    if max(map(len, cells), default=0) > MAX_CELL:
        filled = [cell for cell in cells if cell.strip()]
        if len(filled) == 1 and len(filled[0]) > MAX_CELL:
            return Paragraph(filled[0].strip(), number)
    if len(cells) > MAX_CELLS:
        cells = [cell for cell in cells if cell.strip()][:MAX_CELLS]
    return Row(cells_on(number, map(str.strip, cells))) if cells else None
