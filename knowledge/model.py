"""The few things that everything else speaks of.

`year` is the year reported on, `line` counts from 1 (the page in a PDF), values
are exact decimals, and a missing value is `None`, never 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, NamedTuple

Part = Literal["disclosure", "applications", "reviews"]
"""The three tables of the form: sections 二, 三 and 四."""

GapKind = Literal["blank", "unread"]
"""Why a cell of a report's own form has no figure: printed blank, or not read for certain."""

NARRATIVE = "narrative."


class CellId(NamedTuple):
    """One measure: an item and a column of the form, or a kind of statement in the text.

    For statements the item begins with `narrative.` and the column is `total`.
    """

    item: str
    column: str

    @property
    def is_narrative(self) -> bool:
        return self.item.startswith(NARRATIVE)


@dataclass(frozen=True, slots=True)
class Entity:
    """Who issued a report, without 人民政府 or 办事处; county and region may be unknown.

    `region` is the path from the province down to the county (`山东省/潍坊市/安丘市`).
    """

    name: str
    region: str | None = None

    @property
    def county(self) -> str | None:
        """The last, county-level segment of the region; None where only province or city is known.

        A path of one segment is a province. Two segments are county-level under a
        municipality or a county administered by its province (`河南省/济源市`); a town that
        stands directly under a prefecture (`广东省/中山市`) has that city in place of a county.
        """
        if self.region is None or "/" not in self.region:
            return None
        return self.region.rsplit("/", 1)[1]


class Figure(NamedTuple):
    """One figure as a report states it: a filled cell of a table, or a statement in the text.

    A tuple, since a report has some two hundred and making them is half the work of reading
    it; a changed copy is `figure._replace(...)`.

    `stated` is the text of the cell or the words as they stand in the report, `quote` the
    row label with the cell as printed, or the whole sentence. `unit` is the printed unit if
    `unit_stated`, else the form's. `context` is the report's own top-level heading above it.
    """

    cell: CellId
    value: Decimal
    stated: str
    unit: str
    unit_stated: bool
    quote: str
    line: int | None
    section: str | None
    edition: str | None
    cautions: tuple[str, ...] = ()


class Gap(NamedTuple):
    """A cell that the report's form has, without a figure."""

    cell: CellId
    kind: GapKind


class SectionText(NamedTuple):
    """A section (level 1), a sub-section (level 2) or, at level 0, what stands before the first.

    `key` is the section of the official structure (`overview`, `disclosure`, `applications`,
    `reviews`, `problems`, `other`; `preamble` at level 0) or None for any other heading.
    `text` is everything under the heading, including the sub-sections.
    """

    level: int
    key: str | None
    heading: str | None
    text: str
    line: int | None


class Finding(NamedTuple):
    """Something in a report that does not add up or could not be read, with the cells it concerns."""

    rule: str
    severity: Literal["error", "warning"]
    text: str
    cells: tuple[CellId, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that one file says, read: who, when, every figure, every passage."""

    entity: Entity
    year: int
    title: str | None
    """As printed, else the manifest's."""
    file: str
    url: str | None
    published: str | None
    inferred: bool
    editions: dict[Part, str | None]
    """The form edition of each table by its labels; None where no such table was found."""
    figures: tuple[Figure, ...]
    gaps: tuple[Gap, ...]
    sections: tuple[SectionText, ...]
    findings: tuple[Finding, ...]
    corrected: bool = False
    """Known to be a corrected re-issue, by the title or by the manifest's title for it."""


def report_name(title: str | None, entity: Entity, year: int) -> str:
    """What a citation calls a report: its title, else entity and year; never an invented title.

    The same in SQL is `schema.REPORT_NAME`.

    >>> report_name(None, Entity("木耳镇"), 2019)
    '木耳镇2019年'
    """
    return title if title is not None else f"{entity.name}{year}年"


@dataclass(frozen=True, slots=True)
class Citation:
    """Where a figure or a passage stands, down to the printed line."""

    report: str
    section: str | None
    label: str | None
    quote: str
    file: str
    line: int | None
    url: str | None


@dataclass(frozen=True, slots=True)
class Fact:
    """One stored figure with its citation. `superseded`: a later issue of the report answers."""

    entity: Entity
    year: int
    cell: CellId
    value: Decimal
    unit: str
    unit_stated: bool
    stated: str
    edition: str | None
    citation: Citation
    cautions: tuple[str, ...] = ()
    superseded: bool = False
