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
from dataclasses import dataclass
from types import MethodType

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

MAX_KNOWN_LINES = 4096
"""Lines with bars that are remembered: the form's stand in each of thousands of reports."""

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
    row_on_line = Row.on_line
    for number, line in enumerate(_lines(text), 1):
        if "|" in line:
            barred = _known_barred[line]
            if barred.rule:
                continue
            table.append((len(blocks), number, barred))
            cells = barred.cells
            if isinstance(cells, tuple):
                blocks.append(row_on_line(cells, number, barred.printed))
            else:
                blocks.append(_block_of(cells, number))
        elif stripped := line.strip():
            if table:
                _settle_frame(table, blocks)
                table = []
            if "\t" in line:
                blocks.append(_with_tabs(line, stripped, number))
            elif stripped[0] == "#":
                blocks.append(_without_marks(stripped, number))
            else:
                blocks.append(_new_paragraph((stripped, number, False)))
        elif line and line.count("\t") > 1:
            # Several tabs alone are a row whose cells are all blank; one is indentation.
            blocks.append(_block_of(_cells(line.split("\t")), number))
    if table:
        _settle_frame(table, blocks)
    return Document(tuple(filter(None, blocks)))


def _lines(text: str) -> list[str]:
    lines = _LINE_END.split(text) if "\r" in text else text.split("\n")
    # One asterisk is found far sooner than two.
    marked = "<" in text or ("*" in text and "**" in text)
    return [_cleaned(line) for line in lines] if marked else lines


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


_new_paragraph = MethodType(tuple.__new__, Paragraph)


@dataclass(slots=True)
class _Barred:
    """A line with bars: what can be said of it alone."""

    text: str
    """The line without blanks at its ends."""
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


class _KnownBarred(dict[str, _Barred]):
    """Lines with bars, each read once.

    Of ten rows nine are printed so in thousands of reports: the form's labels and nothing but 0.
    The form has some hundred such rows in each layout; a known one takes under a kilobyte.
    """

    def __missing__(self, line: str) -> _Barred:
        barred = _read_barred(line.strip())
        if len(line) <= MAX_KNOWN_LINE:
            if len(self) >= MAX_KNOWN_LINES:
                self.clear()
            self[line] = barred
        return barred


_known_barred = _KnownBarred()


def _read_barred(stripped: str) -> _Barred:
    parts = stripped.split("|")
    frame = not parts[0], not parts[-1]
    filled = list(map(str.strip, parts))
    single = len(filled) - filled.count("") < 2
    cells: tuple[str, ...] | str | None
    if 2 < len(parts) <= MAX_CELLS and len(stripped) <= MAX_CELL:
        cells = tuple(filled[frame[0] : len(filled) - frame[1]])
    else:
        cells = _framed(stripped, frame)
    return _Barred(
        stripped,
        "--" in stripped and _RULE.fullmatch(stripped) is not None,
        frame,
        single,
        single and _SINGLE_FIGURE.fullmatch(stripped) is not None,
        cells,
        " | ".join(cells) if isinstance(cells, tuple) else None,
    )


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
    single = all(barred.single for _, _, barred in table)
    even = _is_even(table)
    if even and not single:
        return
    frames = {barred.frame for _, _, barred in table}
    lefts, rights = zip(*frames, strict=True)
    frame = all(lefts), all(rights)
    figures = sum(barred.figure for _, _, barred in table)
    lines = frame[1] and single and figures >= MIN_SINGLE_FIGURES
    if even and not lines:
        return
    for place, number, barred in table:
        if lines:
            text = barred.text.strip("| \t\u3000\xa0")
            blocks[place] = Paragraph(text, number) if text else None
        elif barred.frame != frame:
            blocks[place] = _block_of(_framed(barred.text, frame), number)


def _is_even(table: Sequence[tuple[int, int, _Barred]]) -> bool:
    """Whether all rows have bars at the same edges, as in nearly every table."""
    own = table[0][2].frame
    for _, _, barred in table:  # noqa: SIM110 - a generator takes twice as long
        if barred.frame != own:
            return False
    return True


def _with_tabs(line: str, stripped: str, number: int) -> Block | None:
    if "\t" in line.strip(" ") and len(cells := line.strip("\r\n ").split("\t")) > 1:
        filled = [cell for cell in cells if cell.strip()]
        # A lone leading tab is indentation, not a table of two cells (layout of seed 001).
        if len(filled) > 1 or len(cells) > 2:
            return _block_of(_cells(cells), number)
    return _without_marks(stripped, number)


def _without_marks(stripped: str, number: int) -> Paragraph | None:
    """A line without the marks of a heading in Markdown; None if it has nothing else."""
    text = stripped.lstrip("#").strip() if stripped[0] == "#" else stripped
    return _new_paragraph((text, number, False)) if text else None


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
