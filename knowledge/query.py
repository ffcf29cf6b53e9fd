"""What the store holds, as typed results in a fixed order; full text search is in `search.py`.

Every function only reads and answers from one snapshot. A report that is a duplicate of a
fuller one is left out everywhere; one that a later issue superseded is kept and flagged.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Literal, NamedTuple, cast

from knowledge.errors import UnknownCell
from knowledge.fact_reading import FACTS, FACTS_OF_SOME, facts_from
from knowledge.form import load_form
from knowledge.issues import Status
from knowledge.model import (
    CellId,
    Entity,
    Fact,
    Finding,
    GapKind,
    Part,
    SectionText,
)
from knowledge.roster import roster
from knowledge.store import Store

Absence = GapKind | Literal["not_on_form"]
"""Why there is no figure: printed blank, not read for certain, or not on the report's form."""


@dataclass(frozen=True, slots=True)
class ReportRecord:
    """A stored report without its contents. `file` is relative to the ingested folder."""

    id: int
    entity: Entity
    year: int
    title: str | None
    file: str
    url: str | None
    published: str | None
    inferred: bool
    editions: dict[Part, str | None]
    status: Status


class Counts(NamedTuple):
    """How much the store holds, duplicates left out, superseded issues included."""

    entities: int
    reports: int
    facts: int


_REPORT = (
    "r.id, e.name, e.region, r.year, r.title, r.file, r.url, r.published, r.issuer_inferred,"
    " r.disclosure_edition, r.applications_edition, r.reviews_edition, r.status"
)
_REPORT_WIDTH = 13
REPORTS = "FROM reports r JOIN entities e ON e.id = r.entity_id"
# 'current' sorts before 'superseded'.
_REPORT_ORDER = "e.region, e.name, r.year, r.status, r.file, r.path"

_OF_ENTITY = "e.name = ? AND ifnull(e.region, '') = ?"

AT_ONCE = 500
"""Entities asked about in one statement."""

# Cells of the form stand in its order, statements after them by id.
_OFFICIAL_ORDER = 'l.position IS NULL, l.position, m.item, m."column"'

_LOOKUP = f"""{FACTS} WHERE {_OF_ENTITY} AND f.year = ?
  AND f.measure_id = (SELECT id FROM measures WHERE item = ? AND "column" = ?)
ORDER BY r.status, r.file, r.path, f.ordinal"""


def entities(store: Store) -> list[tuple[Entity, tuple[int, ...]]]:
    """Every entity with the years that it has a report for, ascending.

    Order: region (unknown first), then name.
    """
    held = roster(store)
    return list(zip(held.entities, held.years, strict=True))


def years_of(store: Store, entity: Entity) -> tuple[int, ...]:
    """The years that an entity has a report for, ascending; duplicates add none."""
    rows = store.connection.execute(
        f"SELECT DISTINCT r.year {REPORTS} WHERE {_OF_ENTITY} AND r.status <> 'duplicate'"
        " ORDER BY r.year",
        (entity.name, entity.region or ""),
    )
    return tuple(year for (year,) in rows)


def reports(
    store: Store, entity: Entity | None = None, year: int | None = None
) -> list[ReportRecord]:
    """The reports, of one entity or year or of all.

    Order: region (unknown first), name, year, current before superseded, file.
    """
    where, values = _filters(entity, year)
    rows = store.connection.execute(
        f"SELECT {_REPORT} {REPORTS} WHERE {where} ORDER BY {_REPORT_ORDER}", values
    )
    return [_record(row) for row in rows]


def current_reports(store: Store, entity: Entity, year: int) -> list[ReportRecord]:
    """The reports that answer for an entity and year: several where issues differ and neither
    is known to be the later. Order: file."""
    return [record for record in reports(store, entity, year) if record.status == "current"]


def counts(store: Store) -> Counts:
    """The numbers of entities, reports and facts."""
    row = store.connection.execute(
        "SELECT count(DISTINCT entity_id), count(*), ifnull(sum(fact_count), 0)"
        " FROM reports WHERE status <> 'duplicate'"
    ).fetchone()
    return Counts(*row)


def lookup(store: Store, entity: Entity, year: int, cell: CellId) -> list[Fact]:
    """The facts of one measure of one entity in one year; empty if there is none (see `gap`).

    More than one where the text states the measure several times, where a later issue
    superseded the report, or where two issues differ and neither is known to be the later.
    Order: current before superseded, file, then as stated in the report.
    """
    rows = store.connection.execute(
        _LOOKUP, (entity.name, entity.region or "", year, *cell)
    ).fetchall()
    return facts_from(rows)


def lookup_of(
    store: Store, entities: Sequence[Entity], year: int, cell: CellId
) -> dict[Entity, list[Fact]]:
    """The facts of one measure in one year of each of these entities that has any; see `lookup`.

    For many entities: one statement for a few hundred of them.
    """
    held = roster(store)
    found: dict[Entity, list[Fact]] = {}
    for start in range(0, len(entities), AT_ONCE):
        chosen = entities[start : start + AT_ONCE]
        ids = [held.ids[held.numbers[entity]] for entity in chosen if entity in held.numbers]
        rows = store.connection.execute(
            f"{FACTS_OF_SOME} AND f.year = ?"
            ' AND f.measure_id = (SELECT id FROM measures WHERE item = ? AND "column" = ?)'
            " ORDER BY f.entity_id, r.status, r.file, r.path, f.ordinal",
            (json.dumps(ids), year, *cell),
        ).fetchall()
        for _, group in groupby(rows, key=itemgetter(0, 1)):
            facts = facts_from(list(group))
            found[facts[0].entity] = facts
    return found


def facts_of(store: Store, entity: Entity, year: int) -> list[Fact]:
    """Everything that the current report (or reports) of an entity and year state.

    Order: the form's, then the statements of the text by measure; within one, file and as
    stated. Superseded figures are left out, but `revised` tells where they differed.
    """
    rows = store.connection.execute(
        f"{FACTS} WHERE {_OF_ENTITY} AND f.year = ?"
        f" ORDER BY {_OFFICIAL_ORDER}, r.file, r.path, f.ordinal",
        (entity.name, entity.region or "", year),
    ).fetchall()
    return [fact for fact in facts_from(rows) if not fact.superseded]


def every_fact(store: Store) -> Iterator[Fact]:
    """Every fact, superseded ones flagged.

    Order: region (unknown first), name, year, file, the form's order, then the statements by
    measure and as stated. The store is held at one snapshot until the iterator is done.
    """
    for _, facts in facts_by_report(store):
        yield from facts


def facts_by_report(
    store: Store, entity: Entity | None = None
) -> Iterator[tuple[ReportRecord, list[Fact]]]:
    """Every report (of one entity) with its facts, superseded reports too; one without facts
    has an empty list.

    Order: region (unknown first), name, year, file; within a report the form's order, then
    the statements by measure and as stated. The store is held at one snapshot until the
    iterator is done.
    """
    where, values = _filters(entity, None)
    with snapshot(store) as connection:
        groups = connection.execute(
            f"SELECT DISTINCT e.id, r.year {REPORTS} WHERE {where}"
            " ORDER BY e.region, e.name, r.year",
            values,
        ).fetchall()
        for group in groups:
            rows = connection.execute(
                f"{FACTS} WHERE e.id = ? AND f.year = ?"
                f" ORDER BY r.file, r.path, {_OFFICIAL_ORDER}, f.ordinal",
                group,
            ).fetchall()
            by_report: dict[int, list[Fact]] = {}
            for row, fact in zip(rows, facts_from(rows), strict=True):
                by_report.setdefault(row[9], []).append(fact)
            heads = connection.execute(
                f"SELECT {_REPORT} {REPORTS} WHERE e.id = ? AND r.year = ?"
                " AND r.status <> 'duplicate' ORDER BY r.file, r.path",
                group,
            ).fetchall()
            for head in heads:
                yield _record(head), by_report.get(head[0], [])


def gap(store: Store, entity: Entity, year: int, cell: CellId) -> Absence | None:
    """Why the current report has no figure for a cell of the form.

    Returns: `blank` or `unread` as ingest noted it; `unread` too where the table was not
    found at all, or has the cell and nothing is noted; `not_on_form` where the table's
    edition has no such cell. None if there is a figure, if there is no report, and for
    measures of the text, which no report has to state. Of several current reports that
    disagree, `unread` counts before `blank`, `blank` before `not_on_form`.
    Raises: UnknownCell if no edition has the cell.
    """
    if cell.is_narrative:
        return None
    form = load_form()
    part = form.part_of(cell.item)
    if part is None or not form.editions_with(cell):
        raise UnknownCell(f"{cell.item} / {cell.column}")
    rows = store.connection.execute(
        f"SELECT r.{part}_edition, g.kind, EXISTS (SELECT 1 FROM facts f"
        "  WHERE f.entity_id = r.entity_id AND f.year = r.year"
        "  AND f.measure_id = m.id AND f.report_id = r.id)"
        f" {REPORTS}"
        ' JOIN measures m ON m.item = ? AND m."column" = ?'
        " LEFT JOIN gaps g ON g.report_id = r.id AND g.measure_id = m.id"
        f" WHERE r.status = 'current' AND {_OF_ENTITY} AND r.year = ?",
        (*cell, entity.name, entity.region or "", year),
    ).fetchall()
    if any(has_fact for _, _, has_fact in rows):
        return None
    return absence_of(cell, [(edition, kind) for edition, kind, _ in rows])


def absence_of(cell: CellId, reports: Iterable[tuple[str | None, str | None]]) -> Absence | None:
    """Why a cell of the form has no figure, from the edition of each current report's table and
    what ingest noted of the cell; see `gap`."""
    form = load_form()
    reasons: set[Absence] = set()
    for edition, noted in reports:
        if noted is not None:
            kind: Absence = "blank" if noted == "blank" else "unread"
            reasons.add(kind)
        elif edition is None or form.is_official(edition, cell):
            reasons.add("unread")
        else:
            reasons.add("not_on_form")
    order: tuple[Absence, ...] = ("unread", "blank", "not_on_form")
    return next((reason for reason in order if reason in reasons), None)


def sections(store: Store, entity: Entity, year: int) -> list[tuple[ReportRecord, SectionText]]:
    """The sections of the reports of an entity and year.

    Order: current before superseded reports, file, then as in the report.
    """
    return select_sections(
        store,
        f"{REPORTS} JOIN sections s ON s.report_id = r.id",
        f"{_OF_ENTITY} AND r.year = ? AND r.status <> 'duplicate'",
        f"{_REPORT_ORDER}, s.ordinal",
        (entity.name, entity.region or "", year),
    )


def findings(
    store: Store, entity: Entity | None = None, year: int | None = None
) -> list[tuple[ReportRecord, Finding]]:
    """What ingest found wrong in the reports, of one entity or year or of all.

    Order: that of `reports`, then as found.
    """
    where, values = _filters(entity, year)
    rows = store.connection.execute(
        f"SELECT {_REPORT}, n.rule, n.severity, n.text, n.cells"
        f" {REPORTS} JOIN findings n ON n.report_id = r.id"
        f" WHERE {where} ORDER BY {_REPORT_ORDER}, n.id",
        values,
    )
    found = []
    for row in rows:
        rule, severity, text, cells = row[_REPORT_WIDTH:]
        ids = (CellId(*cell.rsplit("/", 1)) for cell in cells.split(";") if cell)
        found.append((_record(row), Finding(rule, severity, text, tuple(ids))))
    return found


def _filters(entity: Entity | None, year: int | None) -> tuple[str, list[str | int]]:
    where, values = ["r.status <> 'duplicate'"], cast("list[str | int]", [])
    if entity is not None:
        where.append(_OF_ENTITY)
        values += [entity.name, entity.region or ""]
    if year is not None:
        where.append("r.year = ?")
        values.append(year)
    return " AND ".join(where), values


@contextmanager
def snapshot(store: Store) -> Iterator[sqlite3.Connection]:
    """The store as it is now, whatever another process writes; nests in an open transaction."""
    if store.connection.in_transaction:
        yield store.connection
        return
    store.connection.execute("BEGIN")
    try:
        yield store.connection
    finally:
        with suppress(sqlite3.ProgrammingError):  # a dropped iterator may outlive its store
            store.connection.rollback()


def _record(row: tuple[object, ...]) -> ReportRecord:
    (
        number, name, region, year, title, file, url, published, inferred,
        disclosure, applications, reviews, status,
    ) = cast("tuple[int, str, str, int, str, str, str, str, int, str, str, str, Status]",
             row[:_REPORT_WIDTH])  # fmt: skip
    return ReportRecord(
        id=number,
        entity=Entity(name, region),
        year=year,
        title=title,
        file=file,
        url=url,
        published=published,
        inferred=bool(inferred),
        editions={"disclosure": disclosure, "applications": applications, "reviews": reviews},
        status=status,
    )


def select_reports(
    store: Store, where: str, order: str, values: Iterable[str | int]
) -> list[ReportRecord]:
    """The reports of a SELECT over `REPORTS` (r, e)."""
    rows = store.connection.execute(
        f"SELECT {_REPORT} {REPORTS} WHERE {where} ORDER BY {order}", tuple(values)
    )
    return [_record(row) for row in rows]


def select_sections(
    store: Store, source: str, where: str, order: str, values: Iterable[str | int]
) -> list[tuple[ReportRecord, SectionText]]:
    """The sections of a SELECT over `REPORTS` (r, e) joined with the sections (s)."""
    rows = store.connection.execute(
        f"SELECT {_REPORT}, s.level, s.key, s.heading, s.text, s.line"
        f" {source} WHERE {where} ORDER BY {order}",
        tuple(values),
    )
    return [(_record(row), SectionText(*row[_REPORT_WIDTH:])) for row in rows]
