"""What a page is made of before it is laid out: lines, pictures, and tables as written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from ingest.document import Cell
from ingest.readers.html.styles import Look


class Line(NamedTuple):
    """A line of text; `node` is the block it stands in, `linked` if all of it is a link."""

    text: str
    line: int
    node: int
    linked: bool
    heading: bool


class Picture(NamedTuple):
    """An image where it stands; the sizes in pixels, None where the page does not say."""

    source: str
    width: int | None
    height: int | None
    line: int
    node: int


class Slot(NamedTuple):
    """A cell as written; `rows` 0 reaches to the end of its section of the table."""

    rows: int
    columns: int
    line: int
    items: Sequence[Item]


SINGLE = Slot(1, 1, 0, ())
"""What a cell of a row with `TableRow.cells` covers if it spans nothing."""


@dataclass(slots=True)
class TableRow:
    """A row as written; `section` 0 head, 1 body, 2 foot. `loose` is what follows it outside cells."""

    section: int
    group: int
    """Which section of the table it is in; no cell reaches from one into the next."""
    line: int
    node: int
    slots: list[Slot] = field(default_factory=list)
    loose: list[Item] = field(default_factory=list)
    cells: list[Cell] | None = None
    """The cells as they will be printed where all hold nothing but text; `slots` say then only
    what each covers."""


@dataclass(slots=True)
class Table:
    """A table as written, its caption and what stands before its first row in `loose`."""

    node: int
    rows: list[TableRow] = field(default_factory=list)
    loose: list[Item] = field(default_factory=list)
    section: int = 1
    group: int = 0
    row: TableRow | None = None


Item = Line | Picture | Table


@dataclass(slots=True)
class Flow:
    """What a page shows. `parents`: the block around each block; 0 is the page itself."""

    items: list[Item]
    parents: list[int]
    kinds: list[tuple[str, Look]]
    """Tag and attributes of each block: pages and sections of one report are alike in them."""
    furniture: set[int]
    """Blocks that the markup itself calls navigation, header or footer."""
    title: tuple[str, int] | None
    metas: list[tuple[str, str, int]]
    scripts: int
    frames: int
