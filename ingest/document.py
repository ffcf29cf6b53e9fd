"""A document without meaning yet: paragraphs and table rows in reading order, with positions.

Every reader gives this; from here on nothing knows which file format it was.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Cell:
    """The text of one table cell as printed; `line` counts from 1 (page in a PDF)."""

    text: str
    line: int | None


@dataclass(frozen=True, slots=True)
class Row:
    """One printed row of a table, its cells from left to right, empty ones included."""

    cells: tuple[Cell, ...]

    @property
    def line(self) -> int | None:
        return self.cells[0].line if self.cells else None


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One line of running text, never empty."""

    text: str
    line: int | None


Block = Paragraph | Row


@dataclass(frozen=True, slots=True)
class Document:
    """Blocks in reading order; `metadata` is what stands around the text (page title, …)."""

    blocks: tuple[Block, ...]
    metadata: dict[str, str] = field(default_factory=dict)

    def paragraphs(self) -> Iterator[Paragraph]:
        """The running text alone, in reading order."""
        return (block for block in self.blocks if isinstance(block, Paragraph))
