"""Overviews: one report at a glance, which reports there are, and what the store holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from pydantic import BaseModel, ConfigDict

from bot.answer import Answer, Line, Listing
from bot.phrases import load_table
from knowledge import query
from knowledge.catalogue import load_catalogue
from knowledge.model import CellId, Entity, Fact
from knowledge.store import Store

MAX_LISTED = 30
"""Places in one list; with more, the reply says how many there are and asks for a county."""


class _ProfileFigure(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    cell: str
    name: str
    always: bool = False


class _Group(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str
    figures: tuple[_ProfileFigure, ...]


class _Profile(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    group: tuple[_Group, ...]


@lru_cache(maxsize=1)
def _profile_groups() -> tuple[_Group, ...]:
    return load_table("profile.toml", _Profile).group


def profile_names() -> tuple[tuple[str, ...], dict[tuple[str, str], str]]:
    """The headings of an overview, and what it calls each cell (item, column)."""
    groups = _profile_groups()
    figures = [figure for group in groups for figure in group.figures]
    cells = [CellId(*figure.cell.split("/")) for figure in figures]
    names = {(c.item, c.column): f.name for c, f in zip(cells, figures, strict=True)}
    return tuple(group.title for group in groups), names


def answer_reports(store: Store, base: Answer, years: Sequence[tuple[Entity, int]]) -> Answer:
    """Whether there is such a report: its title and where it was published."""
    records = tuple(r for entity, year in years for r in query.reports(store, entity, year))
    return replace(base, reports=records)


def answer_profile(store: Store, base: Answer, years: Sequence[tuple[Entity, int]]) -> Answer:
    lines: list[Line] = []
    for entity, year in years[:3]:
        facts: dict[CellId, list[Fact]] = {}
        for fact in query.facts_of(store, entity, year):
            facts.setdefault(fact.cell, []).append(fact)
        for group in _profile_groups():
            for shown in group.figures:
                own = facts.get(CellId(*shown.cell.split("/")), [])
                if own and (shown.always or any(fact.value != 0 for fact in own)):
                    said = said_otherwise(store, own[0])
                    line = Line(entity, year, shown.name, tuple(own), said=said, group=group.title)
                    lines.append(line)
    if not lines:
        return replace(base, status="no_data", key="no_figure")
    return replace(base, lines=tuple(lines[:30]))


def said_otherwise(store: Store, fact: Fact) -> tuple[Fact, ...]:
    """The statements of the text that a cell of the table contradicts."""
    if "report_disagrees" not in fact.cautions or fact.cell.is_narrative:
        return ()
    cell = f"{fact.cell.item}/{fact.cell.column}"
    return tuple(
        stated
        for statement in load_catalogue().statements.values()
        if statement.cell == cell
        for stated in query.lookup(store, fact.entity, fact.year, CellId(statement.id, "total"))
        if stated.value != fact.value and not stated.superseded
    )


def answer_coverage(store: Store, base: Answer) -> Answer:
    assert base.interpretation is not None
    held = query.entities(store)
    if base.interpretation.entities:
        held = [pair for pair in held if pair[0] in base.interpretation.entities]
    years = base.interpretation.years
    if years.span == "years":
        held = [(e, tuple(y for y in ys if y in years.years)) for e, ys in held]
        held = [pair for pair in held if pair[1]]
    if not held:
        return replace(
            base,
            status="no_data",
            key="no_coverage",
            values={"years": "、".join(map(str, years.years))},
        )
    counted = query.counts(store)
    return replace(
        base,
        listings=tuple(Listing(entity, ys) for entity, ys in held[:MAX_LISTED]),
        values={
            "entities": str(len(held)),
            "more": str(max(0, len(held) - MAX_LISTED)),
            "reports": str(counted.reports),
        },
    )
