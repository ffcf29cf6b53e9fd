"""Characters on a printed page put together to lines: each once, figures never merged.

Places are in points from the upper left corner of the page as it is looked at.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

LOST = "\ufffd"
"""A character whose font does not tell which one it is; no figure is read from it."""

APART = 0.16
"""Of the size: digits with a wider gap are two figures. Kerning and spacing stay under a tenth,
a blank has a quarter."""

WORDS_APART = 0.6
"""Of the size: a gap at which other characters are words with a blank between them."""

CELLS_APART = 1.15
"""Of the size: a gap in a line that parts two cells of a table without lines."""

MAX_LINES = 2_000
"""Lines of one page; the fullest met has under 100."""


class Glyph(NamedTuple):
    """One character where it stands: text, box, size, and the direction of writing.

    The direction is 0 for upright text, 90 for text that runs upwards, 270 for downwards.
    `spaced`: a blank is printed in front of it; some are narrower than APART.
    """

    text: str
    left: float
    top: float
    right: float
    bottom: float
    size: float
    direction: int = 0
    spaced: bool = False

    @property
    def centre(self) -> tuple[float, float]:
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2


class Line(NamedTuple):
    """Characters on one line of writing, from left to right."""

    glyphs: tuple[Glyph, ...]

    @property
    def left(self) -> float:
        return self.glyphs[0].left

    @property
    def right(self) -> float:
        return max(glyph.right for glyph in self.glyphs)

    @property
    def top(self) -> float:
        return min(glyph.top for glyph in self.glyphs)

    @property
    def bottom(self) -> float:
        return max(glyph.bottom for glyph in self.glyphs)

    @property
    def size(self) -> float:
        return max(glyph.size for glyph in self.glyphs)


@lru_cache(maxsize=8192)
def is_figure(character: str) -> bool:
    """A digit of any width, or a mark that stands inside figures."""
    folded = unicodedata.normalize("NFKC", character)
    return any(c.isdigit() or c in "+-.,%" for c in folded)


def turned(glyph: Glyph, direction: int, width: float, height: float) -> Glyph:
    """The glyph on the page turned so that text of `direction` is upright."""
    left, top, right, bottom = glyph.left, glyph.top, glyph.right, glyph.bottom
    if direction == 90:
        left, top, right, bottom = height - bottom, left, height - top, right
    elif direction == 270:
        left, top, right, bottom = top, width - right, bottom, width - left
    elif direction == 180:
        left, top, right, bottom = width - right, height - bottom, width - left, height - top
    rest = (glyph.direction - direction) % 360
    return Glyph(glyph.text, left, top, right, bottom, glyph.size, rest, glyph.spaced)


def printed_once(glyphs: Iterable[Glyph]) -> list[Glyph]:
    """Without characters printed a second time at their own place, as is done for bold type.

    Of a digit printed over another digit neither can be read.
    """
    kept: list[Glyph] = []
    cells: dict[tuple[int, int], list[int]] = {}
    for glyph in glyphs:
        x, y = glyph.centre
        column, row = int(x // 6), int(y // 6)
        again = False
        for near in ((column + i, row + j) for i in (-1, 0, 1) for j in (-1, 0, 1)):
            for number in cells.get(near, ()):
                other = kept[number]
                if glyph.direction != other.direction:
                    continue
                ox, oy = other.centre
                reach = 0.3 * min(glyph.right - glyph.left, other.right - other.left)
                if abs(x - ox) > max(reach, 0.2) or abs(y - oy) > 0.25 * glyph.size:
                    continue
                if glyph.text == other.text:
                    again = True
                elif is_figure(glyph.text) and is_figure(other.text):
                    kept[number] = other._replace(text=LOST)
                    again = True
        if not again:
            cells.setdefault((column, row), []).append(len(kept))
            kept.append(glyph)
    return kept


def lines_of(glyphs: Iterable[Glyph]) -> list[Line]:
    """Upright glyphs as lines from top to bottom; two lines stand more than 0.4 sizes apart."""
    lines: list[list[Glyph]] = []
    foot = 0.0
    for glyph in sorted(glyphs, key=lambda g: (g.bottom, g.left)):
        if lines and glyph.bottom - foot <= 0.4 * min(glyph.size, lines[-1][0].size):
            lines[-1].append(glyph)
        else:
            if len(lines) >= MAX_LINES:
                break
            lines.append([glyph])
            foot = glyph.bottom
    return [
        Line(tuple(sorted(line, key=lambda g: (g.left, g.right)))) for line in _with_marks(lines)
    ]


def _with_marks(lines: list[list[Glyph]]) -> list[list[Glyph]]:
    """Smaller type goes to the line of larger type in whose height its middle stands: raised
    marks, and figures printed smaller to fit their cell, whose feet are not on one level."""
    whole: list[list[Glyph]] = []
    for number, line in enumerate(lines):
        size = max(glyph.size for glyph in line)
        middle = sum(glyph.centre[1] for glyph in line) / len(line)
        for near in (number + 1, number - 1):
            other = lines[near][0] if 0 <= near < len(lines) else None
            if other is None or size > 0.95 * other.size:
                continue
            if other.top < middle < other.bottom:
                lines[near].extend(line)
                break
        else:
            whole.append(line)
    return whole


def turned_runs(glyphs: Iterable[Glyph], width: float, height: float) -> list[Glyph]:
    """Text that runs up or down, each run of it as one glyph with the place that it takes."""
    runs = []
    every = list(glyphs)
    for direction in (90, 270, 180):
        own = [turned(g, direction, width, height) for g in every if g.direction == direction]
        # Turned, the page has its other sides; what is turned back has its own.
        sides = (width, height) if direction == 180 else (height, width)
        for line in lines_of(own):
            for run in segments(line):
                box = Glyph(text_of(run), run.left, run.top, run.right, run.bottom, run.size)
                back = turned(box, (360 - direction) % 360, *sides)
                runs.append(back._replace(direction=0))
    return runs


def segments(line: Line) -> list[Line]:
    """The line cut where gaps are so wide that cells of a table are parted."""
    return pieces_of(line, CELLS_APART)


def pieces_of(line: Line, gap: float) -> list[Line]:
    """The line cut at gaps wider than `gap` sizes."""
    pieces: list[list[Glyph]] = []
    for glyph in line.glyphs:
        if pieces and glyph.left - pieces[-1][-1].right <= gap * glyph.size:
            pieces[-1].append(glyph)
        else:
            pieces.append([glyph])
    return [Line(tuple(piece)) for piece in pieces]


def text_of(line: Line, apart: str = " ") -> str:
    """The line as text; `apart` stands between two figures that are not one number.

    Digits of different size or height are two figures (a raised footnote mark), digits that
    overlap are unreadable.
    """
    text = line.glyphs[0].text
    for before, glyph in zip(line.glyphs, line.glyphs[1:], strict=False):
        text += _between(before, glyph, apart)
        if glyph.left < before.right - 0.45 * (before.right - before.left) and (
            is_figure(before.text) and is_figure(glyph.text)
        ):
            text += LOST
        text += glyph.text
    return text.strip()


def _between(before: Glyph, glyph: Glyph, apart: str) -> str:
    gap = glyph.left - before.right
    size = min(glyph.size, before.size)
    if is_figure(before.text) and is_figure(glyph.text):
        if glyph.spaced or gap > APART * size or not _level(before, glyph):
            return apart
        return ""
    if gap > WORDS_APART * size:
        return " "
    wide = unicodedata.east_asian_width(before.text[-1]) in "WF"
    if wide or unicodedata.east_asian_width(glyph.text[0]) in "WF":
        return ""
    return " " if gap > APART * size else ""


def _level(before: Glyph, glyph: Glyph) -> bool:
    size = max(glyph.size, before.size)
    marks = not (before.text.isdigit() and glyph.text.isdigit())
    return marks or (
        abs(glyph.size - before.size) <= 0.2 * size
        and abs(glyph.bottom - before.bottom) <= 0.15 * size
    )


def box_lines(glyphs: Sequence[Glyph], width: float, height: float) -> list[str]:
    """The lines of text in a cell, turned text after upright text."""
    texts: list[str] = []
    for direction in (0, 90, 270, 180):
        own = [glyph for glyph in glyphs if glyph.direction == direction]
        if own and direction:
            own = [turned(glyph, direction, width, height) for glyph in own]
        texts += [text_of(line, " / ") for line in lines_of(own)]
    return [text for text in texts if text]
