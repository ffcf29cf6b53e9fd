"""Lines outside of ruled tables: which are text, in which order, and where paragraphs end.

A paragraph ends where its line stops short of the margin, where the next is indented, larger
or further off, and before a heading or a list item. Heads and feet that come again on other
pages, and page numbers, are no text.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from ingest.document import Paragraph
from ingest.readers.pdf.lines import (
    LOST,
    Glyph,
    Line,
    is_figure,
    lines_of,
    segments,
    text_of,
    turned_runs,
)
from ingest.readers.pdf.page import Page
from knowledge.numerals import cell_number, is_blank
from knowledge.text import solid

EDGE = 0.115
"""Share of the page's height at its top and at its bottom where heads and feet stand."""

MIN_COLUMN_LINES = 5
"""Lines that each of two columns of text must have."""

SPANNING = 4
"""Lines over two columns of text that may run across both: title and issuer."""

_PAGE_NUMBER = re.compile(
    r"[-—–·~]*\d{1,3}[-—–·~]*|第\d{1,3}页(?:[,/]?共\d{1,3}页)?|\d{1,3}/\d{1,3}"
    r"|(?:page|p\.)\d{1,3}(?:(?:/|of)\d{1,3})?|[ivx]{1,5}"
)
_ITEM = re.compile(
    r"[一二三四五六七八九十]{1,3}[、.．]|[（(][一二三四五六七八九十\d]{1,3}[）)]"
    r"|\d{1,2}[、.．](?!\d)|第[一二三四五六七八九十]{1,2}[,，、]|[①-⑳●•◆■▪]"
)
_ENDED = re.compile(r"[。！？；：!?;:”》）)]$")
_SENTENCE_END = re.compile(r"[。！？!?]$")
_FIGURE_END = re.compile(r"\d[\d.,]*$")
_FIGURE_START = re.compile(r"^[\d.,]*\d[\d.,]*")
_HAN = re.compile("[\u3400-\u9fff]")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of running text of a page, its lines from top to bottom."""

    page: Page
    lines: tuple[Line, ...]


def columns_of(page: Page, glyphs: Iterable[Glyph], ruled: bool) -> list[Column]:
    """The lines of a page in reading order: one column, or what spans two and then both.

    Text that runs up or down stands as one piece where it begins lowest. A page with ruled
    tables (`ruled`) has one column.
    """
    every = list(glyphs)
    upright = [glyph for glyph in every if not glyph.direction]
    upright += turned_runs(every, page.width, page.height)
    lines = lines_of(upright)
    for spanning in range(0 if ruled else min(SPANNING + 1, len(lines))):
        below = [glyph for line in lines[spanning:] for glyph in line.glyphs]
        middle = _gutter(lines[spanning:], page.width)
        if middle is not None:
            left = lines_of(glyph for glyph in below if glyph.left < middle)
            right = lines_of(glyph for glyph in below if glyph.left >= middle)
            across = lines[:spanning]
            columns = [across, left, right] if across else [left, right]
            return [Column(page, tuple(own)) for own in columns]
    return [Column(page, tuple(lines))]


def _gutter(lines: Sequence[Line], width: float) -> float | None:
    """Where the space between two columns of running text is; None for one column.

    Both sides must be prose, most of their lines full: the columns of a table are not.
    """
    reach = 0.0
    for left, right in sorted((g.left, g.right) for line in lines for g in line.glyphs):
        middle = (left + reach) / 2
        if left - reach > 10 and 0.35 * width < middle < 0.65 * width:
            if all(_is_prose(lines, middle, side) for side in (False, True)):
                return middle
        reach = max(reach, right)
    return None


def _is_prose(lines: Sequence[Line], middle: float, right: bool) -> bool:
    parts = [[g for g in line.glyphs if (g.left > middle) == right] for line in lines]
    own = [part for part in parts if part]
    if len(own) < MIN_COLUMN_LINES:
        return False
    width = max(p[-1].right for p in own) - min(p[0].left for p in own)
    full = sum(len(p) > 8 and p[-1].right - p[0].left > 0.8 * width for p in own)
    return full >= 0.5 * len(own)


def heads_and_feet(columns: Sequence[Column], pages: int) -> tuple[set[int], list[tuple[str, int]]]:
    """The lines (by `id`) that are head, foot or page number, and the words of the first two.

    A head or foot stands at the edge of its page, and on another page at the same height
    again with other digits at most.
    """
    left_out: set[int] = set()
    seen: dict[tuple[str, int], set[int]] = {}
    candidates: list[tuple[tuple[str, int], Column, Line]] = []
    outer: dict[int, list[tuple[float, float, Line]]] = {}
    for column in columns:
        for line in column.lines:
            outer.setdefault(column.page.number, []).append((line.top, line.bottom, line))
    edges = {
        number: {id(min(own, key=lambda o: o[0])[2]), id(max(own, key=lambda o: o[1])[2])}
        for number, own in outer.items()
    }
    for column in columns:
        high = column.page.height
        for line in column.lines:
            middle = (line.top + line.bottom) / 2
            if EDGE * high < middle < (1 - EDGE) * high:
                continue
            text = solid(text_of(line))
            if _PAGE_NUMBER.fullmatch(text) and id(line) in edges[column.page.number]:
                left_out.add(id(line))
            elif len(segments(line)) <= 3:
                key = (re.sub(r"\d+", "#", text), round(middle / 4))
                candidates.append((key, column, line))
                seen.setdefault(key, set()).add(column.page.number)
    words: dict[str, int] = {}
    for key, column, line in candidates:
        same = set().union(*(seen.get((key[0], key[1] + near), set()) for near in (-1, 0, 1)))
        if len(same) > 1 and len(same) >= pages / 3:
            left_out.add(id(line))
            if _HAN.search(text_of(line)):
                words.setdefault(text_of(line), column.page.number)
    return left_out, list(words.items())


@dataclass(slots=True)
class Flow:
    """Puts lines together to paragraphs; margins and pitch are those of the whole document."""

    left: float
    right: float
    pitch: float

    @classmethod
    def over(cls, columns: Sequence[Column], width: float = 0.0) -> Flow:
        """The margins that most lines of these columns keep. `width` of the page if they fill it:
        where all lines are short, none of them reaches its margin."""
        lines = [line for column in columns for line in column.lines]
        lefts = Counter(round(line.left / 3) for line in lines)
        often = [place for place, count in lefts.items() if count >= max(2, len(lines) / 12)]
        left = min(often) * 3 if often else min((line.left for line in lines), default=0.0)
        gaps = [
            below.bottom - line.bottom
            for column in columns
            for line, below in zip(column.lines, column.lines[1:], strict=False)
        ]
        near = [gap for gap in gaps if 0 < gap < 80]
        right = max((line.right for line in lines), default=0.0)
        return cls(left, max(right, 0.8 * (width - left)), median(near or [20.0]))

    def paragraphs(
        self, lines: Sequence[Line], page: Page, before: Line | None
    ) -> Iterator[tuple[Paragraph, bool]]:
        """Paragraphs of lines that follow one another on a page, each with whether it goes on
        the one before. `before` is the last line of the page before, if text alone is between."""
        for number, line in enumerate(lines):
            rows = _unruled_row(line)
            if rows is not None:
                for text in rows:
                    yield Paragraph(text, page.number, page.recognised), False
                continue
            last = lines[number - 1] if number else before
            text = flowing_text(line)
            if text:
                goes_on = last is not None and self._goes_on(last, line, text, number == 0)
                yield Paragraph(text, page.number, page.recognised), goes_on

    def _goes_on(self, last: Line, line: Line, text: str, over_page: bool) -> bool:
        if _unruled_row(last) is not None:
            return False
        size = line.size
        if last.right < self.right - 2.3 * size or line.left > self.left + 1.2 * size:
            return False
        if abs(last.size - size) > 0.15 * size:
            return False
        if not over_page and line.bottom - last.bottom > 1.6 * self.pitch:
            return False
        before = text_of(last)
        if _SENTENCE_END.search(before) and line.left > last.left - size:
            return False  # two paragraphs of a line each, or one: no sentence is cut by parting
        return not _ITEM.match(text) or _ENDED.search(before) is None


def flowing_text(line: Line) -> str:
    """A line of running text: without raised footnote marks, uncertain digits as LOST."""
    kept = [
        glyph
        for glyph in line.glyphs
        if not (
            is_figure(glyph.text)
            and glyph.size <= 0.75 * line.size
            and glyph.bottom < line.bottom - 0.15 * line.size
        )
    ]
    if not kept:
        return ""
    whole = Line(tuple(kept))
    spaced = text_of(whole, "\x00")
    # Figures apart with words behind them are no row of figures but one number torn, or two.
    torn = re.sub(r"[\d.,\x00]*\d\x00[\d.,\x00]*(?=[^\x00\d]*[\u3400-\u9fff])", LOST, spaced)
    return torn.replace("\x00", " ")


def joined(text: str, behind: str) -> str:
    """Two lines of a paragraph; a number that the line end may have cut is lost, not guessed.

    >>> joined("全年公开", "信息5条"), joined("全年公开信息3", "5条")
    ('全年公开信息5条', '全年公开信息\ufffd条')
    >>> joined("open", "data"), joined("2024", "年")
    ('open data', '2024年')
    """
    end, start = _FIGURE_END.search(text), _FIGURE_START.search(behind)
    if end is not None and start is not None:
        return text[: end.start()] + LOST + behind[start.end() :]
    latin = (
        text[-1].isascii() and text[-1].isalpha() and behind[0].isascii() and behind[0].isalpha()
    )
    return f"{text} {behind}" if latin else text + behind


def _unruled_row(line: Line) -> list[str] | None:
    """The texts of a row of a table without lines: labels, the last with its figures behind it.

    None for running text. Where an empty cell is cannot be seen; the labels tell that figures
    are missing.
    """
    pieces = segments(line)
    # Where wide gaps part the cells, two figures close together stand in one cell.
    apart = LOST if len(pieces) > 1 else " "
    texts = [text_of(piece, apart) for piece in pieces]
    if any(LOST in text and not _HAN.search(text) for text in texts):
        return [" ".join(texts)]  # the row of two figures in one cell: unread as a whole
    count = 0
    while count < len(texts) and _all_values(texts[-1 - count]):
        count += 1
    if len(texts) < 2 or not count:
        return None
    labels, figures = texts[: len(texts) - count], texts[len(texts) - count :]
    if not labels:
        return [" ".join(figures)]
    return [*labels[:-1], " ".join([labels[-1], *figures])]


def _all_values(text: str) -> bool:
    return all(cell_number(piece) is not None or is_blank(piece) for piece in text.split())
