"""The catalogue of measures: what can be asked for and stated, and the words for it.

`data/measures.toml` holds what the official form prints and what is computed from it,
`data/statements.toml` what reports state in their text, `data/columns.toml` the applicant
kinds and results that narrow a measure. All three are refused on loading if an id, a cell
or a phrase does not hold together.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from knowledge.errors import DataError
from knowledge.form import load_form
from knowledge.model import NARRATIVE, CellId
from knowledge.phrases import expand
from knowledge.tables import load_table

UnitClass = Literal["count", "money", "percent"]
Phrase = Annotated[str, Field(min_length=1, max_length=200)]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    name: str
    terms: tuple[Phrase, ...] = ()
    """Phrases of questions and reports alike; a blank parts pieces that may change places,
    `|` parts alternatives of a piece."""
    asked: tuple[Phrase, ...] = ()
    """Phrases of questions alone."""
    ambiguous: tuple[Phrase, ...] = ()
    """Phrases that mean another entry as well; both list them. The one that the report's form
    prints is taken, and where it could be either the reply asks."""
    example: str
    """A question that means this and nothing else; tests run it."""
    stock: bool = False
    """Whether it counts what there is at the end of a year (现行有效, 历年累计, 粉丝): years of
    it are never added up, nor is it divided by months."""


class Share(BaseModel):
    """A rate: the sum of `of` over the sum of `among`, in percent.

    Both list cells of the form as `item/column`, or `item` alone for its 总计.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    of: tuple[str, ...]
    among: tuple[str, ...]
    formula: str
    """The formula in words, shown with every answer."""

    @property
    def sides(self) -> tuple[tuple[CellId, ...], tuple[CellId, ...]]:
        """The cells that are added up above and below the line."""
        return _cells(self.of), _cells(self.among)


def _cells(written: Sequence[str]) -> tuple[CellId, ...]:
    parted = (cell.partition("/") for cell in written)
    return tuple(CellId(item, column or "total") for item, _, column in parted)


class Measure(_Entry):
    """Something that the form prints or that is computed from it.

    Exactly one of `item`, `sum_of`, `share` is set. `column` is the usual column, None where
    no column is usual and the whole row is meant. `statement` is the kind of sentence in
    reports that says the same. `printed_total` is the id of the subtotal row that some
    reports print themselves; it answers before the computed sum.
    """

    item: str | None = None
    column: str | None = None
    sum_of: tuple[str, ...] = ()
    share: Share | None = None
    statement: str | None = None
    printed_total: str | None = None
    generic: tuple[Phrase, ...] = ()
    """Bare nouns (申请) that mean this alone, and nothing beside a measure of the same table."""
    leading: tuple[Phrase, ...] = ()
    """Words (答复, 办理结果) that mean this alone, and nothing directly before such a measure."""
    people: bool = False
    """Whether 多少人 may ask for it although it counts no people (几个人申请过)."""


class Statement(_Entry):
    """A kind of figure that reports state in their text, stored under `narrative.*`.

    `unit` is the usual classifier, `unit_class` what kind of quantity it is; a number with a
    classifier of another class is not this statement. `part_of` names the total of which it
    is a part, so that of "通过网站主动公开119条" only the website is meant. `context` words
    must stand earlier in the paragraph (or in the phrase itself) for it to count.
    """

    unit: str
    unit_class: UnitClass = "count"
    cell: str | None = None
    """`item/column` of the form that counts the same, if there is one."""
    part_of: str | None = None
    context: tuple[str, ...] = ()
    only_in: tuple[str, ...] = ()
    """Statements under one of which alone it counts (结果维持1件 under reviews)."""
    printed: tuple[Phrase, ...] = ()
    """Phrases of reports alone."""
    short: str | None = None
    """The name where it stands in a list of parts (网络 2 件、信函 3 件); None: the full name."""
    objects: tuple[str, ...] = ()
    """Words of which one must stand in a rate's clause or the one before: what it is of."""
    details: tuple[str, ...] = ()
    """Statements that break this one down, shown beside it (网络 2 件、信件 3 件)."""
    stated: tuple[Phrase, ...] = ()
    """Words that name a part, a level or another outcome (县长热线, 办结), `|` between those that
    say the same: asked with one of them only a figure whose own words have one counts."""
    wider: tuple[Phrase, ...] = ()
    """Words by which a report counts more than was asked for where the question has none of
    them (咨询、投诉): the figure is told, but nothing claimed of it is right or wrong."""
    zero: bool = True
    """Whether 无…, 未收到… before the phrase states a 0."""
    none_of: tuple[Phrase, ...] = ()
    """Phrases that mean this only behind such a word (无依申请公开事项): elsewhere they may
    mean a class of documents."""
    kin: tuple[str, ...] = ()
    """Words of labels that may count a part of the same (内设机构10条 beside 机构职能3条)."""

    @cached_property
    def family(self) -> str:
        """The first word of the id: the figures that a bare verb may go on about."""
        return re.split(r"[._]", self.id.removeprefix(NARRATIVE))[0]


class Column(_Entry):
    """A column that narrows a measure: an applicant kind or a result of review.

    `sum_of` lists the columns that are added up where the form has no such column.
    `usual_item` is the item meant when no measure is named, None if that must be asked.
    """

    sum_of: tuple[str, ...] = ()
    usual_item: str | None = None
    lawsuits: tuple[Phrase, ...] = ()
    """Phrases of questions that are said of lawsuits, never of reviews (败诉)."""
    results: tuple[Phrase, ...] = ()
    """Phrases that are said of the results of reviews and lawsuits alone (其他结果), never of who
    applied."""
    previous_year: bool = False
    """Whether words for it (上一年) may as well mean the year before."""


class _Measures(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    measure: tuple[Measure, ...]


class _Statements(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    statement: tuple[Statement, ...]


class _Columns(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    column: tuple[Column, ...]


@dataclass(frozen=True)
class Catalogue:
    """Measures, statements and columns by id, in the order of the files."""

    measures: dict[str, Measure]
    statements: dict[str, Statement]
    columns: dict[str, Column]

    def name_of(self, cell: CellId) -> str:
        """The Chinese name of a measure for a reply: of a statement, else of item and column."""
        if cell.item in self.statements:
            return self.statements[cell.item].name
        for measure in self.measures.values():
            if measure.item == cell.item and measure.column == cell.column:
                return measure.name
        form = load_form()
        _, row, column = form.place(cell)
        return f"{row.label}（{column.label}）"


@lru_cache(maxsize=1)
def load_catalogue() -> Catalogue:
    """The catalogue, loaded once and checked against the form.

    Raises: DataError, naming the file, the entry and what is wrong with it.
    """
    measures = load_table("measures.toml", _Measures).measure
    statements = load_table("statements.toml", _Statements).statement
    columns = load_table("columns.toml", _Columns).column
    for file, entries in (
        ("measures.toml", measures),
        ("statements.toml", statements),
        ("columns.toml", columns),
    ):
        seen: set[str] = set()
        for entry in entries:
            if entry.id in seen:
                raise DataError(file, entry.id, "id 出现了两次")
            seen.add(entry.id)
            if not entry.terms and not entry.asked:
                raise DataError(file, entry.id, "没有任何说法（terms 或 asked）")
    catalogue = Catalogue(
        {entry.id: entry for entry in measures},
        {entry.id: entry for entry in statements},
        {entry.id: entry for entry in columns},
    )
    _check_cells(catalogue)
    _check_phrases(catalogue)
    return catalogue


def _check_cells(catalogue: Catalogue) -> None:
    form = load_form()
    for measure in catalogue.measures.values():
        ways = [measure.item is not None, bool(measure.sum_of), measure.share is not None]
        if sum(ways) != 1:
            raise DataError("measures.toml", measure.id, "item、sum_of、share 必须恰有一个")
        cells = [(item, measure.column) for item in measure.sum_of]
        if measure.item:
            cells.append((measure.item, measure.column))
        if measure.share is not None:
            cells += [cell for side in measure.share.sides for cell in side]
        for item, column in cells:
            columns = form.columns_of(item)
            if not columns:
                raise DataError("measures.toml", measure.id, f"没有哪个版本有 {item}")
            if column is not None and column not in columns:
                raise DataError("measures.toml", measure.id, f"{item} 没有 {column} 这一列")
        if measure.statement is not None and measure.statement not in catalogue.statements:
            raise DataError("measures.toml", measure.id, f"没有 {measure.statement} 这种陈述")
    for statement in catalogue.statements.values():
        if not statement.id.startswith(NARRATIVE):
            raise DataError("statements.toml", statement.id, f"id 应以 {NARRATIVE} 开头")
        if statement.part_of is not None and statement.part_of not in catalogue.statements:
            raise DataError("statements.toml", statement.id, f"没有 {statement.part_of}")
        if unknown := [known for known in statement.only_in if known not in catalogue.statements]:
            raise DataError("statements.toml", statement.id, f"没有 {unknown[0]}")
        if statement.cell is not None:
            item, _, column = statement.cell.partition("/")
            if not form.editions_with(CellId(item, column)):
                raise DataError("statements.toml", statement.id, f"没有哪个版本有 {statement.cell}")
    for entry in catalogue.columns.values():
        if entry.usual_item is not None and not form.columns_of(entry.usual_item):
            raise DataError("columns.toml", entry.id, f"没有哪个版本有 {entry.usual_item}")


def _check_phrases(catalogue: Catalogue) -> None:
    owners: dict[str, list[str]] = {}
    allowed: dict[str, set[str]] = {}
    for either in (*catalogue.measures.values(), *catalogue.statements.values()):
        for phrase in (plain for written in either.ambiguous for plain in expand(written)):
            allowed.setdefault(_canonical(phrase), set()).add(either.id)
    for entry in (*catalogue.measures.values(), *catalogue.statements.values()):
        phrases = [*entry.terms, *entry.asked, *entry.ambiguous]
        if isinstance(entry, Measure):
            phrases += [*entry.generic, *entry.leading]
        plain_phrases = {_canonical(plain) for written in phrases for plain in expand(written)}
        for phrase in plain_phrases:
            owners.setdefault(phrase, []).append(entry.id)
    for phrase, ids in owners.items():
        strangers = [known for known in ids if known not in allowed.get(phrase, set())]
        if len(ids) > 1 and strangers:
            raise DataError(
                "measures.toml / statements.toml",
                strangers[0],
                f"“{phrase}”同时指 {'、'.join(ids)}：若确有两解，两处都列入 ambiguous",
            )


def _canonical(phrase: str) -> str:
    return " ".join(sorted(phrase.split()))
