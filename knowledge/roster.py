"""Every issuer of a store, numbered, and the reports of one year: read once and then kept.

A question about all towns of China walks over forty thousand of them; what is asked of each
of them is then a place in a list, not a question to the store.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from knowledge.model import Entity, Part
from knowledge.store import Store

MAX_SELECTIONS = 64


@dataclass(frozen=True, slots=True)
class Roster:
    """The issuers that have a report, numbered from 0: region (unknown first), then name."""

    entities: tuple[Entity, ...]
    ids: tuple[int, ...]
    """The row of each in the store."""
    years: tuple[tuple[int, ...], ...]
    """The years that each has a report for, ascending."""
    held: Mapping[Entity, tuple[int, ...]]
    """The same by issuer."""
    numbers: Mapping[Entity, int]
    by_id: Mapping[int, int]
    """The number of the issuer of each row."""
    _selections: dict[int, tuple[Sequence[Entity], list[int]]] = field(default_factory=dict)
    _of_years: dict[tuple[int, int], tuple[Sequence[Entity], tuple[list[int], list[int]]]] = field(
        default_factory=dict
    )

    def select(self, entities: tuple[Entity, ...]) -> list[int]:
        """The numbers of those of the entities that are in the roster, in their order.

        Kept for the very same tuple: scopes are (`NameIndex.scope`), and large.
        """
        known = self._selections.get(id(entities))
        if known is not None and known[0] is entities:
            return known[1]
        numbers = self.numbers
        selected = [numbers[entity] for entity in entities if entity in numbers]
        if len(self._selections) >= MAX_SELECTIONS:
            self._selections.clear()
        self._selections[id(entities)] = (entities, selected)
        return selected

    def of_year(self, entities: tuple[Entity, ...], year: int) -> tuple[list[int], list[int]]:
        """The numbers of those of the entities that have a report for the year, and of those
        that have none, in their order; kept as `select` keeps them."""
        key = (id(entities), year)
        known = self._of_years.get(key)
        if known is not None and known[0] is entities:
            return known[1]
        numbers, years = self.select(entities), self.years
        found = (
            [number for number in numbers if year in years[number]],
            [number for number in numbers if year not in years[number]],
        )
        if len(self._of_years) >= MAX_SELECTIONS:
            self._of_years.clear()
        self._of_years[key] = (entities, found)
        return found


class ReportHead(NamedTuple):
    """A report that is no duplicate, as far as a walk over many needs it."""

    number: int
    """Of its issuer in the roster."""
    current: bool
    inferred: bool
    editions: dict[Part, str | None]
    alone: bool
    """Whether the issuer has no other for the year."""
    place: int
    """Orders the reports of one issuer: current before superseded, then by file."""


def roster(store: Store) -> Roster:
    """The roster of the store as it is now."""
    return store.kept.get("roster", lambda: _read_roster(store))


def _read_roster(store: Store) -> Roster:
    years: dict[int, list[int]] = {}
    for entity_id, year in store.connection.execute(
        "SELECT DISTINCT entity_id, year FROM reports ORDER BY entity_id, year"
    ):
        years.setdefault(entity_id, []).append(year)
    shared: dict[tuple[int, ...], tuple[int, ...]] = {}
    entities: list[Entity] = []
    ids: list[int] = []
    held: list[tuple[int, ...]] = []
    for entity_id, name, region in store.connection.execute(
        "SELECT id, name, region FROM entities ORDER BY region, name"
    ):
        if entity_id in years:
            own = tuple(years[entity_id])
            entities.append(Entity(name, region))
            ids.append(entity_id)
            held.append(shared.setdefault(own, own))
    return Roster(
        tuple(entities),
        tuple(ids),
        tuple(held),
        dict(zip(entities, held, strict=True)),
        {entity: number for number, entity in enumerate(entities)},
        {entity_id: number for number, entity_id in enumerate(ids)},
    )


def reports_of_year(store: Store, year: int) -> dict[int, ReportHead]:
    """The reports of one year that are no duplicates, by their row in the store."""
    return store.kept.get(("reports", year), lambda: _read_reports(store, year))


def _read_reports(store: Store, year: int) -> dict[int, ReportHead]:
    by_id = roster(store).by_id
    rows = store.connection.execute(
        "SELECT id, entity_id, status = 'current', issuer_inferred, disclosure_edition,"
        " applications_edition, reviews_edition FROM reports"
        " WHERE year = ? AND status <> 'duplicate' ORDER BY entity_id, status, file, path",
        (year,),
    ).fetchall()
    count: dict[int, int] = {}
    for row in rows:
        count[row[1]] = count.get(row[1], 0) + 1
    kinds: dict[tuple[str | None, ...], dict[Part, str | None]] = {}
    heads: dict[int, ReportHead] = {}
    for place, (report, entity_id, current, inferred, *editions) in enumerate(rows):
        printed = tuple(editions)
        if printed not in kinds:
            disclosure, applications, reviews = printed
            kinds[printed] = {
                "disclosure": disclosure,
                "applications": applications,
                "reviews": reviews,
            }
        heads[report] = ReportHead(
            by_id[entity_id],
            bool(current),
            bool(inferred),
            kinds[printed],
            count[entity_id] == 1,
            place,
        )
    return heads
