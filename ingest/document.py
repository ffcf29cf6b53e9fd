"""A document without meaning yet: paragraphs and table rows in reading order, with positions.

Every reader gives this; from here on nothing knows which file format it was. Cells and
paragraphs are tuples, since a report has hundreds; a changed copy is `cell._replace(...)`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
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


class Row:
    """One printed row of a table, its cells from left to right, empty ones included.

    `texts` are those of its cells, `line` the one at which it begins. `grid` tells which table
    the row is from where the format itself draws the columns (HTML, Word, a ruled PDF): the
    rows of one grid have equally many cells, and the n-th cells stand under one another. None
    where a line of text was cut at its marks and may be ragged. `recognised`: read off a
    picture by a recogniser, so that a character may be wrong. `on_one_line`: all cells are known
    to stand on its line. Never changed once made.
    """

    __slots__ = ("_cells", "grid", "line", "on_one_line", "printed", "recognised", "texts")

    printed: str
    """The texts of all cells with bars between them, as passages show a row; made when it is
    first asked for, and from then on a plain attribute: it is asked for every row of a report."""

    def __init__(
        self, cells: Sequence[Cell], grid: int | None = None, recognised: bool = False
    ) -> None:
        self._cells: tuple[Cell, ...] | None = tuple(cells)
        self.texts = tuple([cell.text for cell in cells])
        self.line = cells[0].line if cells else None
        self.on_one_line = False
        self.grid = grid
        self.recognised = recognised

    @classmethod
    def on_line(cls, texts: tuple[str, ...], line: int, printed: str | None = None) -> Row:
        """A row of a text: its cells stand on one line, and none is part of another.

        `printed` is what `printed` is to give, where it is known already.

        Its cells are made when they are asked for: a text report has four hundred, and where
        its tables print exactly the form nobody asks.
        """
        row = cls.__new__(cls)
        row._cells = None
        row.on_one_line = True
        row.texts = texts
        if printed is not None:
            row.printed = printed
        row.line = line
        row.grid = None
        row.recognised = False
        return row

    @property
    def cells(self) -> tuple[Cell, ...]:
        """The cells, each with its own line."""
        if self._cells is None:
            self._cells = tuple([Cell(text, self.line) for text in self.texts])
        return self._cells

    def __getattr__(self, name: str) -> str:
        # Python asks here only for what is not set: `printed`, before it was ever made.
        if name != "printed":
            raise AttributeError(name)
        self.printed = " | ".join(self.texts)
        return self.printed

    def lines(self, start: int) -> Iterator[int | None]:
        """The lines of the cells from the `start`-th on; it may go on without end."""
        if self.on_one_line:
            return repeat(self.line)
        return iter([cell.line for cell in self.cells[start:]])

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Row):
            return NotImplemented
        return (self.cells, self.grid, self.recognised) == (
            other.cells,
            other.grid,
            other.recognised,
        )

    def __hash__(self) -> int:
        return hash((self.texts, self.line, self.grid))

    def __repr__(self) -> str:
        return f"Row({self.cells!r}, {self.grid!r}, {self.recognised!r})"


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
    _looked: tuple[list[str], list[tuple[int, str]]] | None = field(
        default=None, init=False, repr=False, compare=False
    )

    def lines(self) -> Sequence[tuple[int, str]]:
        """The texts of the paragraphs, each with its place among the blocks."""
        return (self._looked or self._look())[1]

    def first_texts(self) -> Sequence[str]:
        """What stands first in every block: a paragraph itself, of a row its first cell."""
        return (self._looked or self._look())[0]

    def _look(self) -> tuple[list[str], list[tuple[int, str]]]:
        """Looks at every block, once for all who ask."""
        first: list[str] = []
        lines: list[tuple[int, str]] = []
        for place, block in enumerate(self.blocks):
            if isinstance(block, Row):
                texts = block.texts
                first.append(texts[0] if texts else "")
            else:
                text = block.text
                first.append(text)
                lines.append((place, text))
        object.__setattr__(self, "_looked", (first, lines))
        return first, lines

    def paragraphs(self) -> Iterator[Paragraph]:
        """The running text alone, in reading order."""
        return (block for block in self.blocks if isinstance(block, Paragraph))
