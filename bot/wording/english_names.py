"""What replies in English call measures, columns, topics and units, from `measures.en.toml`.

Replies name things in Chinese, as the catalogue, the form and the overviews do; here each such
name is looked up. The file itself goes by ids, and has one for everything that there is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import zip_longest

from pydantic import BaseModel, ConfigDict

from bot.answers.overview import profile_names
from bot.tables import load_table
from bot.understanding.operations import load_operations
from bot.understanding.phrases import load_topics
from knowledge.catalogue import load_catalogue
from knowledge.errors import DataError
from knowledge.form import load_form

FILE = "measures.en.toml"
_HAN = re.compile("[\u3400-\u9fff]")
_MARKS = {ord("（"): " (", ord("）"): ")", ord("、"): ", ", ord("，"): ", ", ord("＋"): "+"}


class _Names(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    measures: dict[str, str]
    formulas: dict[str, str]
    rows: dict[str, str]
    columns: dict[str, str]
    statements: dict[str, str]
    short: dict[str, str]
    topics: dict[str, str]
    groups: dict[str, str]
    places: dict[str, str]
    units: dict[str, str]


@dataclass(frozen=True, slots=True)
class EnglishNames:
    """Chinese names and units to English ones."""

    names: Mapping[str, str]
    units: Mapping[str, str]

    def name(self, chinese: str) -> str | None:
        """The English name, also of a row with its column in brackets; None if there is none."""
        known = self.names.get(chinese)
        if known is not None:
            return known
        # A row with its column in brackets, a sum of measures: what they are made of.
        parts = re.split(r"([（）、，＋+÷ ]+)", chinese)
        english = [self.names.get(part, part) for part in parts[::2]]
        if len(parts) == 1 or any(_HAN.search(part) for part in english):
            return None
        between = [part.translate(_MARKS) for part in parts[1::2]]
        return "".join(
            word for pair in zip_longest(english, between, fillvalue="") for word in pair
        )


@lru_cache(maxsize=1)
def load_english_names() -> EnglishNames:
    """The names, loaded once. Raises: DataError if one is missing, unknown or ambiguous."""
    table = load_table(FILE, _Names)
    catalogue, form = load_catalogue(), load_form()
    shares = [m.id for m in catalogue.measures.values() if m.share is not None]
    shortened = {s.id for s in catalogue.statements.values() if s.short}
    editions = form.editions.values()
    rows = [row for edition in editions for part in edition.tables.values() for row in part.rows]
    labels = {row.item for row in rows}
    in_form = {column.column for row in rows for column in row.columns}
    _check("measures", table.measures, catalogue.measures)
    _check("formulas", table.formulas, shares)
    _check("rows", table.rows, labels)
    _check("columns", table.columns, {*catalogue.columns, *in_form})
    _check("statements", table.statements, catalogue.statements)
    _check("short", table.short, table.short.keys() & shortened)
    _check("topics", table.topics, load_topics())
    groups, figures = profile_names()
    _check("groups", table.groups, groups)
    kinds = load_operations().place
    _check("places", table.places, (kind.id for kind in kinds))
    names: dict[str, str] = {}

    def add(chinese: str, english: str) -> None:
        if names.setdefault(chinese, english) != english:
            raise DataError(FILE, chinese, f"有两个英文名：{names[chinese]}、{english}")

    for chinese, english in _pairs(table):
        add(chinese, english)
    for row in rows:
        names.setdefault(row.label, table.rows[row.item])
        for column in row.columns:
            label = re.sub("（.*）", "", column.label)
            names.setdefault(column.label, table.columns[column.column])
            names.setdefault(label, table.columns[column.column])
    for (item, column_id), chinese in figures.items():
        of_cell = next(
            (m for m in catalogue.measures.values() if (m.item, m.column) == (item, column_id)),
            None,
        )
        if item in table.statements:
            english = table.short.get(item, table.statements[item])
        elif of_cell is not None:
            english = table.measures[of_cell.id]
        else:
            english = f"{table.rows[item]} ({table.columns[column_id]})"
        names.setdefault(chinese, english)
    for kind in kinds:
        names.setdefault(kind.name, table.places[kind.id])
    for chinese, english in table.groups.items():
        names.setdefault(chinese, english)
    return EnglishNames(names, table.units)


def _check(part: str, own: Mapping[str, str], wanted: Iterable[str]) -> None:
    if differing := sorted(set(own) ^ set(wanted)):
        raise DataError(FILE, f"{part}.{differing[0]}", "缺少这一条，或者没有这个 id")


def _pairs(table: _Names) -> Iterator[tuple[str, str]]:
    """Names of the catalogue and of topics, each with its English one."""
    catalogue = load_catalogue()
    for measure in catalogue.measures.values():
        yield measure.name, table.measures[measure.id]
        if measure.share is not None:
            yield measure.share.formula, table.formulas[measure.id]
    for statement in catalogue.statements.values():
        yield statement.name, table.statements[statement.id]
    for column in catalogue.columns.values():
        yield column.name, table.columns[column.id]
    for topic in load_topics().values():
        yield topic.name, table.topics[topic.id]
    for statement in catalogue.statements.values():
        if statement.short and statement.short not in {c.name for c in catalogue.columns.values()}:
            yield statement.short, table.short.get(statement.id, table.statements[statement.id])
