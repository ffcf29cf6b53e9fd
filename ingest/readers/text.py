"""Plain text and Markdown: lines, and the tables that pages leave in them.

Two layouts of rows are recognised here, because both mark where a cell ends: cells between
vertical bars (with or without Markdown's rule under the header) and cells between tabs.
A table with one cell a line has no such marks, and bars that stand behind every single cell
part no rows either: its lines stay paragraphs, and the labels of the form bring its rows back
(`ingest.tables.matching`).
"""

from __future__ import annotations

import re
from collections.abc import MutableSequence, Sequence
from functools import lru_cache
from typing import NamedTuple

from ingest.document import Block, Document, Paragraph, Row
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

MAX_KNOWN_LINE = 400
"""Characters of a line with bars that is worth remembering; the form's have under 150."""

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
    if not text or text.isspace():
        raise InputRejected(file, "文件是空的")
    if len(text) > MAX_CHARACTERS:
        raise InputRejected(file, f"文件有 {len(text) // 10_000} 万字，太长，不像一份年报")
    blocks: list[Block | None] = []
    table: list[tuple[int, int, _Barred]] = []
    """The lines with bars since the last line of text: each with its place among the blocks and
    its number. A rule is in no table."""
    for number, line in enumerate(_lines(text), 1):
        stripped = line.strip()
        if "|" in stripped:
            known = len(stripped) <= MAX_KNOWN_LINE
            barred = _known_barred(stripped) if known else _read_barred(stripped)
            if barred.rule:
                continue
            table.append((len(blocks), number, barred))
            if isinstance(barred.cells, tuple):
                blocks.append(Row.on_line(barred.cells, number, barred.printed))
            else:
                blocks.append(_block_of(barred.cells, number))
        elif stripped:
            if table:
                _settle_frame(table, blocks)
                table = []
            if "\t" in line or stripped[0] == "#":
                blocks.append(_without_bars(line, stripped, number))
            else:
                blocks.append(Paragraph(stripped, number))
        elif line.count("\t") > 1:
            # Several tabs alone are a row whose cells are all blank; one is indentation.
            blocks.append(_block_of(_cells(line.split("\t")), number))
    if table:
        _settle_frame(table, blocks)
    return Document(tuple([block for block in blocks if block is not None]))


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


class _Barred(NamedTuple):
    """A line with bars, stripped: what can be said of it alone."""

    text: str
    rule: bool
    """Whether it is Markdown's rule under the header of a table."""
    frame: tuple[bool, bool]
    """Whether it begins and whether it ends with a bar."""
    single: bool
    """Whether it has no two cells with something in them."""
    figure: bool
    """Whether it is a single figure with its bar (`0 |`)."""
    cells: tuple[str, ...] | str | None
    """Its cells if the bars at its own edges are the frame; see `_cells`."""
    printed: str | None
    """These cells as `Row.printed` gives them."""


def _read_barred(stripped: str) -> _Barred:
    rule = "--" in stripped and _RULE.fullmatch(stripped) is not None
    frame = stripped.startswith("|"), stripped.endswith("|")
    single = sum(map(bool, map(str.strip, stripped.split("|")))) < 2
    figure = single and _SINGLE_FIGURE.fullmatch(stripped) is not None
    cells = _framed(stripped, frame)
    printed = " | ".join(cells) if isinstance(cells, tuple) else None
    return _Barred(stripped, rule, frame, single, figure, cells, printed)


_known_barred = lru_cache(maxsize=4096)(_read_barred)
"""Of ten rows nine are printed so in thousands of reports: the form's labels and nothing but 0.
The form has some hundred such rows in each layout; a known one takes under a kilobyte."""


def _framed(stripped: str, frame: tuple[bool, bool]) -> tuple[str, ...] | str | None:
    """The cells between the bars, those at the edges left out where they are the frame."""
    inner = stripped.removeprefix("|") if frame[0] else stripped
    return _cells((inner.removesuffix("|") if frame[1] else inner).split("|"))


def _settle_frame(
    table: Sequence[tuple[int, int, _Barred]], blocks: MutableSequence[Block | None]
) -> None:
    """Reads again the rows of a table whose bars at the edges are not its frame after all.

    `| a | b |` is framed. Where other rows of the table (lines with bars, only blank lines
    between) do without, a bar at the edge has an empty cell outside it. A table with one cell
    a line, a bar behind each (`规章 |`, `0 |`), is no table but lines.
    """
    frames = {barred.frame for _, _, barred in table}
    lefts, rights = zip(*frames, strict=True)
    frame = all(lefts), all(rights)
    lines = (
        frame[1]
        and all(barred.single for _, _, barred in table)
        and sum(barred.figure for _, _, barred in table) >= MIN_SINGLE_FIGURES
    )
    if len(frames) == 1 and not lines:
        return
    for place, number, barred in table:
        if lines:
            text = barred.text.strip("| \t\u3000\xa0")
            blocks[place] = Paragraph(text, number) if text else None
        elif barred.frame != frame:
            blocks[place] = _block_of(_framed(barred.text, frame), number)


def _without_bars(line: str, stripped: str, number: int) -> Block | None:
    if "\t" in line.strip(" ") and len(cells := line.strip("\r\n ").split("\t")) > 1:
        filled = [cell for cell in cells if cell.strip()]
        # A lone leading tab is indentation, not a table of two cells (layout of seed 001).
        if len(filled) > 1 or len(cells) > 2:
            return _block_of(_cells(cells), number)
    text = stripped.lstrip("#").strip() if stripped.startswith("#") else stripped
    return Paragraph(text, number) if text else None


def _cells(cells: list[str]) -> tuple[str, ...] | str | None:
    """The texts of a printed row, kept even if all of them are blank: blank is something else
    than unread. A whole text with a bar of the page's layout at its end is no cell: then that
    text. None if there is nothing.
    """
    if max(map(len, cells), default=0) > MAX_CELL:
        filled = [cell for cell in cells if cell.strip()]
        if len(filled) == 1 and len(filled[0]) > MAX_CELL:
            return filled[0].strip()
    if len(cells) > MAX_CELLS:
        cells = [cell for cell in cells if cell.strip()][:MAX_CELLS]
    return tuple(map(str.strip, cells)) or None


def _block_of(cells: tuple[str, ...] | str | None, number: int) -> Block | None:
    if isinstance(cells, tuple):
        return Row.on_line(cells, number)
    return Paragraph(cells, number) if cells is not None else None
