"""A document without meaning yet: paragraphs and table rows in reading order, with positions.

Every reader gives this; from here on nothing knows which file format it was. Cells, rows and
paragraphs are tuples, since a report has some five hundred and making them was most of the
work of reading a text; a changed copy is `cell._replace(...)`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import repeat
from typing import Literal, NamedTuple

WitnessKind = Literal[
    "page_title", "heading", "breadcrumb", "publisher", "published", "running_head", "properties"
]
"""Where beside the text a document may say whose it is: `<title>` and the like of a page; the
page's own heading; the path of links above it; 发布机构 and 来源; 发布日期; heads and feet of
printed pages; what a Word or PDF file says of itself."""


class Witness(NamedTuple):
    """One thing that stands around the text and may tell issuer, year or day of publication."""

    kind: WitnessKind
    text: str
    line: int | None


class Cell(NamedTuple):
    """The text of one table cell as printed; `line` counts from 1 (page in a PDF).

    `covered`: part of a merged cell whose text stands further left or further up; its own
    text is "". An empty cell that is no part of another is not covered.
    """

    text: str
    line: int | None
    covered: bool = False


_new_cell = partial(tuple.__new__, Cell)


def cells_on(line: int | None, texts: Iterable[str]) -> tuple[Cell, ...]:
    """Cells of one line, none of them covered.

    What `Cell(text, line)` gives for each, made without a call for each: a text report has
    four hundred.
    """
    return tuple(map(_new_cell, zip(texts, repeat(line), repeat(False))))  # noqa: B905 - endless


class Row(NamedTuple):
    """One printed row of a table, its cells from left to right, empty ones included.

    `grid` tells which table the row is from where the format itself draws the columns (HTML,
    Word, a ruled PDF): the rows of one grid have equally many cells, and the n-th cells stand
    under one another. None where a line of text was cut at its marks and may be ragged.
    `recognised`: read off a picture by a recogniser, so that a character may be wrong.
    """

    cells: tuple[Cell, ...]
    grid: int | None = None
    recognised: bool = False

    @property
    def line(self) -> int | None:
        return self.cells[0].line if self.cells else None


class Paragraph(NamedTuple):
    """One line of running text, never empty. `recognised`: read off a picture."""

    text: str
    line: int | None
    recognised: bool = False


Block = Paragraph | Row

PictureReader = Callable[[bytes, int | None, int], tuple[Block, ...]]
"""A picture, the line (or page) that it stands at and the number of the next grid to the blocks
on it, all `recognised`; () if there is nothing to read on it."""


@dataclass(frozen=True, slots=True)
class Document:
    """Blocks in reading order, and what stands around them.

    `pictures` counts the pictures that are large enough to hold a table and were not read.
    """

    blocks: tuple[Block, ...]
    witnesses: tuple[Witness, ...] = ()
    pictures: int = 0

    def paragraphs(self) -> Iterator[Paragraph]:
        """The running text alone, in reading order."""
        return (block for block in self.blocks if isinstance(block, Paragraph))
