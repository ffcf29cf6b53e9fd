"""Rows of tables whose columns the format itself draws (Word, spreadsheets): shared rules."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterable, Sequence

from ingest.document import Block, Cell, Paragraph, Row
from ingest.sections import is_row_label
from knowledge.numerals import chinese_numeral

MAX_CELLS = 64
"""Columns of one table; the widest of the form has 15. What is wider is cut to its filled cells."""

MIN_PROSE = 8
"""Characters of a lone text in a row that make it a line of prose; shorter ones are labels."""

_NUMBERED = re.compile(r"[一二三四五六七八九十]{1,3}[、.．]|[（(][一二三四五六七八九十]{1,3}[）)]")
_FIGURE_MARKS = frozenset("+-.,%—–/")


def join_lines(lines: Iterable[str]) -> str:
    """The lines of one cell as one text: broken words whole again, figures never merged.

    Chinese characters join directly (`社会公益`, `组织`), else a blank stands between. Where a
    figure meets a figure ` / ` does: two figures in one cell are not one number, however blanks
    are treated afterwards.

    >>> join_lines(["社会公益", "组织"]), join_lines(["0", "5"]), join_lines(["5", "件"])
    ('社会公益组织', '0 / 5', '5 件')
    >>> join_lines(["1", ".属于国家秘密"])
    '1.属于国家秘密'
    """
    text = ""
    for line in lines:
        for piece in line.split("\t"):
            piece = piece.strip()
            if not piece:
                continue
            if text:
                text += _between(text, piece)
            text += piece
    return text


def _between(before: str, behind: str) -> str:
    last, first = before[-1], behind[0]
    if _in_figures(last) and _in_figures(first):
        run = itertools.takewhile(_in_figures, behind)
        return " / " if any(map(_is_digit, run)) else ""
    if chinese_numeral(last) is not None and chinese_numeral(first) is not None:
        return " / "
    return "" if _is_wide(last) and _is_wide(first) else " "


def _in_figures(character: str) -> bool:
    return _is_digit(character) or unicodedata.normalize("NFKC", character) in _FIGURE_MARKS


def _is_digit(character: str) -> bool:
    return any(c.isdigit() for c in unicodedata.normalize("NFKC", character))


def _is_wide(character: str) -> bool:
    return unicodedata.east_asian_width(character) in "WF" and not _in_figures(character)


def table_row(cells: Sequence[Cell], grid: int | None) -> Block | None:
    """A printed row as a block: a line of prose where one text fills it, else a row.

    Titles, section headings and sentences stand in rows of their own, merged over the table's
    width or beside empty cells; as paragraphs they are found. A label of the form stays in its
    row even if all its cells are blank. Blank rows stay: blank is something else than unread.
    """
    filled = [cell for cell in cells if cell.text]
    if len(filled) == 1:
        text = filled[0].text
        prose = len(text) >= MIN_PROSE or _NUMBERED.match(text) is not None
        if prose and cells[0] is filled[0] and not is_row_label(text[:200]):
            return Paragraph(text, filled[0].line)
    if len(cells) > MAX_CELLS:
        cells, grid = filled[:MAX_CELLS], None
    return Row(tuple(cells), grid) if cells else None
