"""How much of the country the store holds, counted by region and year, in one pass each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from knowledge.form import load_form
from knowledge.model import CellId, Entity, GapKind
from knowledge.query import REPORTS, ReportRecord, current_reports, facts_of, select_reports
from knowledge.store import Store


@dataclass(frozen=True, slots=True)
class RegionCount:
    """What the store holds of one region path: towns, reports, and the first and last year.

    `region` is None for issuers whose region is unknown. Duplicates are not counted; issues
    that a later one superseded are.
    """

    region: str | None
    entities: int
    reports: int
    first_year: int
    last_year: int


@dataclass(frozen=True, slots=True)
class GapCell:
    """A cell of a report's own form without a figure, and why; `edition` names the form."""

    cell: CellId
    edition: str
    kind: GapKind


@dataclass(frozen=True, slots=True)
class CountedReports:
    """How many reports there are of some kind, and the first of them."""

    count: int
    shown: tuple[ReportRecord, ...]


def regions_held(store: Store) -> list[str | None]:
    """Every region path of an issuer, unknown first, then in order."""

    def read() -> list[str | None]:
        rows = store.connection.execute("SELECT DISTINCT region FROM entities ORDER BY region")
        return [region for (region,) in rows]

    return store.kept.get("regions held", read)


def region_counts(
    store: Store,
    regions: Sequence[str | None] | None = None,
    years: Sequence[int] = (),
    endings: Sequence[str] = (),
) -> list[RegionCount]:
    """The counts of every region path that has a report; of these paths, these years and towns
    with one of these endings alone if any are given. Reports that a later issue replaced are not
    counted.

    Order: region, unknown first. One aggregate over the reports, kept until the store changes.
    """
    chosen = tuple(regions) if regions is not None else None
    key = ("regions", chosen, tuple(years), tuple(endings))
    return store.kept.get(key, lambda: _region_counts(store, chosen, years, endings))


def _region_counts(
    store: Store,
    regions: Sequence[str | None] | None,
    years: Sequence[int],
    endings: Sequence[str],
) -> list[RegionCount]:
    where, values = _narrowed(years, endings)
    source = REPORTS
    if regions is not None:
        places, known = _in_regions(regions)
        where, values = f"{where} AND {places}", (*values, *known)
        # From the few towns to their reports; CROSS JOIN keeps that order.
        source = "FROM entities e CROSS JOIN reports r ON r.entity_id = e.id"
    rows = store.connection.execute(
        "SELECT e.region, count(DISTINCT e.id), count(*), min(r.year), max(r.year)"
        f" {source} WHERE r.status = 'current'{where} GROUP BY e.region ORDER BY e.region",
        values,
    )
    return [RegionCount(*row) for row in rows]


def year_counts(store: Store, regions: Sequence[str | None] | None = None) -> list[tuple[int, int]]:
    """Every year with the number of towns (of these region paths alone if any are given) that
    have a report for it, ascending."""
    chosen = tuple(regions) if regions is not None else None
    return store.kept.get(("years", chosen), lambda: _year_counts(store, chosen))


def _year_counts(store: Store, regions: Sequence[str | None] | None) -> list[tuple[int, int]]:
    places, values = _in_regions(regions) if regions is not None else ("1", ())
    rows = store.connection.execute(
        f"SELECT r.year, count(DISTINCT e.id) {REPORTS} WHERE r.status <> 'duplicate'"
        f" AND {places} GROUP BY r.year ORDER BY r.year",
        values,
    )
    return [(year, count) for year, count in rows]


def towns_of(
    store: Store,
    regions: Sequence[str | None],
    years: Sequence[int] = (),
    limit: int = 30,
    endings: Sequence[str] = (),
) -> list[tuple[Entity, tuple[int, ...]]]:
    """At most `limit` towns of exactly these region paths, each with its years, ascending.

    With `years` only towns that have a report for one of them, and only those years; with
    `endings` only those whose names end so.
    Order: region (unknown first), then name.
    """
    where, values = _narrowed(years, endings)
    places, known = _in_regions(regions)
    rows = store.connection.execute(
        "SELECT e.name, e.region, group_concat(DISTINCT r.year)"
        f" {REPORTS} WHERE r.status <> 'duplicate'{where} AND {places}"
        f" GROUP BY e.id ORDER BY e.region, e.name LIMIT {int(limit)}",
        (*values, *known),
    )
    return [
        (Entity(name, region), tuple(sorted(map(int, listed.split(",")))))
        for name, region, listed in rows
    ]


def gap_cells(store: Store, entity: Entity, year: int) -> list[GapCell]:
    """The cells of the current reports' own forms that have no figure, in the form's order.

    A cell is `unread` too where its table has it and nothing was noted. A table that was not
    found at all has no edition and no cells here. With several current reports a cell counts
    only if none of them has a figure.
    """
    filled = {fact.cell for fact in facts_of(store, entity, year)}
    found: dict[CellId, GapCell] = {}
    for record in current_reports(store, entity, year):
        noted = {
            CellId(item, column): kind
            for item, column, kind in store.connection.execute(
                'SELECT m.item, m."column", g.kind FROM gaps g'
                " JOIN measures m ON m.id = g.measure_id WHERE g.report_id = ?",
                (record.id,),
            )
        }
        for part, edition in record.editions.items():
            if edition is None:
                continue
            for cell in load_form().editions[edition].tables[part].cells:
                kind: GapKind = noted.get(cell, "unread")
                if cell not in filled and (cell not in found or kind == "unread"):
                    found[cell] = GapCell(cell, edition, kind)
    return list(found.values())


def reports_with_findings(
    store: Store,
    rules: Sequence[str],
    regions: Sequence[str | None] | None = None,
    years: Sequence[int] = (),
    limit: int = 5,
) -> CountedReports:
    """The current reports in which ingest found something of these rules.

    Of these region paths or years alone if any are given. Order: newest year first, region,
    name, file.
    """
    where, values = _narrowed(years)
    marks = ", ".join("?" * len(rules))
    condition = (
        f"r.status = 'current'{where} AND r.id IN"
        f" (SELECT report_id FROM findings WHERE rule IN ({marks}))"
    )
    return _counted(store, condition, (*values, *rules), regions, limit)


def superseded_reports(
    store: Store, regions: Sequence[str | None] | None = None, limit: int = 5
) -> CountedReports:
    """The reports that a later issue replaced, of these region paths alone if any are given.

    Order: newest year first, region, name, file.
    """
    return _counted(store, "r.status = 'superseded'", (), regions, limit)


def _counted(
    store: Store,
    condition: str,
    values: tuple[str | int, ...],
    regions: Sequence[str | None] | None,
    limit: int,
) -> CountedReports:
    chosen = tuple(regions) if regions is not None else None
    key = ("counted", condition, values, chosen, limit)
    return store.kept.get(key, lambda: _count(store, condition, values, chosen, limit))


def _count(
    store: Store,
    condition: str,
    values: tuple[str | int, ...],
    regions: Sequence[str | None] | None,
    limit: int,
) -> CountedReports:
    if regions is not None:
        places, known = _in_regions(regions)
        condition, values = f"{condition} AND {places}", (*values, *known)
    (count,) = store.connection.execute(
        f"SELECT count(*) {REPORTS} WHERE {condition}", values
    ).fetchone()
    order = f"r.year DESC, e.region, e.name, r.file, r.path LIMIT {int(limit)}"
    return CountedReports(count, tuple(select_reports(store, condition, order, values)))


def _in_regions(regions: Sequence[str | None]) -> tuple[str, tuple[str, ...]]:
    known = tuple(region for region in regions if region is not None)
    places = "e.region IN (" + ", ".join("?" * len(known)) + ")"
    return (f"({places} OR e.region IS NULL)" if len(known) < len(regions) else places), known


def _narrowed(
    years: Sequence[int], endings: Sequence[str] = ()
) -> tuple[str, tuple[str | int, ...]]:
    where, values = "", list[str | int]()
    if years:
        where += f" AND r.year IN ({', '.join('?' * len(years))})"
        values += years
    if endings:
        where += f" AND ({' OR '.join(['e.name LIKE ?'] * len(endings))})"
        values += [f"%{ending}" for ending in endings]
    return where, tuple(values)
