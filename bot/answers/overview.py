"""One report at a glance: the figures that matter, what contradicts them, and what is 0."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache

from pydantic import BaseModel, ConfigDict

from bot.answers.answer import Answer, Line, Told
from bot.tables import load_table
from knowledge import coverage, query
from knowledge.catalogue import load_catalogue
from knowledge.errors import DataError
from knowledge.form import load_form
from knowledge.model import CellId, Entity, Fact
from knowledge.store import Store

MAX_FACTS = 30
"""Figures of one reply: what contract.md promises, and one screen of a phone."""

MAX_REPORTS = 3


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


def profile_names() -> tuple[tuple[str, ...], dict[tuple[str, str], str]]:
    """The headings of an overview, and what it calls each cell (item, column)."""
    groups = profile_groups()
    figures = [figure for group in groups for figure in group.figures]
    cells = [CellId(*figure.cell.split("/")) for figure in figures]
    names = {(c.item, c.column): f.name for c, f in zip(cells, figures, strict=True)}
    return tuple(group.title for group in groups), names


@lru_cache(maxsize=1)
def profile_groups() -> tuple[_Group, ...]:
    """`profile.toml`, loaded once. Raises: DataError if a cell is in no edition and no text."""
    groups = load_table("profile.toml", _Profile).group
    for group in groups:
        for shown in group.figures:
            cell = CellId(*shown.cell.split("/"))
            known = cell.item in load_catalogue().statements or load_form().editions_with(cell)
            if not known:
                raise DataError("profile.toml", group.title, f"没有这一格：{shown.cell}")
    return groups


def answer_profile(store: Store, base: Answer, years: Sequence[tuple[Entity, int]]) -> Answer:
    """The figures of `profile.toml`, those that are 0 left out, and what holds of the others."""
    lines: list[Line] = []
    told: list[Told] = []
    chosen = years[:MAX_REPORTS]
    for entity, year in chosen:
        facts = query.facts_of(store, entity, year)
        own, complete = _lines(store, entity, year, facts, MAX_FACTS // len(chosen))
        lines += own
        if own:
            told.append(_rest(store, entity, year, facts, own, complete))
    if not lines:
        return replace(base, status="no_data", key="no_figure")
    return replace(base, lines=tuple(lines), told=tuple(told))


def _lines(
    store: Store, entity: Entity, year: int, facts: Iterable[Fact], budget: int
) -> tuple[list[Line], bool]:
    """The lines of one report with at most `budget` figures, and whether those were all.

    What the text says otherwise counts as a figure too. With too little room the lines that are
    shown even if 0 come first.
    """
    by_cell: dict[CellId, list[Fact]] = {}
    for fact in facts:
        by_cell.setdefault(fact.cell, []).append(fact)
    wanted: list[tuple[bool, int, Line]] = []
    for group in profile_groups():
        for shown in group.figures:
            own = by_cell.get(CellId(*shown.cell.split("/")), [])
            if own and (shown.always or any(fact.value != 0 for fact in own)):
                said = said_otherwise(store, own[0])
                line = Line(entity, year, shown.name, tuple(own), said=said, group=group.title)
                wanted.append((not shown.always, len(wanted), line))
    kept: list[tuple[int, Line]] = []
    for _, place, line in sorted(wanted, key=lambda entry: entry[:2]):
        size = len(line.facts) + len(line.said)
        if size <= budget:
            budget -= size
            kept.append((place, line))
    return [line for _, line in sorted(kept, key=lambda entry: entry[0])], len(kept) == len(wanted)


def _rest(
    store: Store,
    entity: Entity,
    year: int,
    facts: Iterable[Fact],
    lines: Sequence[Line],
    complete: bool,
) -> Told:
    """What holds of the cells that are not shown.

    That they are all 0 is said only where the three tables of the one report that answers were
    found, every cell was read, and every one that is not shown is 0.
    """
    ask = Told("rest", {"year": str(year)}, entity)
    records = query.current_reports(store, entity, year)
    if not complete or len(records) != 1 or not all(records[0].editions.values()):
        return ask
    if coverage.gap_cells(store, entity, year):
        return ask
    shown = {fact.cell for line in lines for fact in line.facts}
    rows = {cell.item for cell in shown}
    filled = {fact.cell for fact in facts if not fact.cell.is_narrative and fact.value != 0}
    if filled <= shown:
        return replace(ask, key="rest_zero")
    if all(cell.item in rows for cell in filled):
        return replace(ask, key="rest_rows_zero")
    return ask


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
