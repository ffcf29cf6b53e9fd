"""What the store holds: towns of a region, or counts by region and year, paged by region."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from bot.answers.answer import Answer, Listing, Told
from bot.understanding.interpretation import Choice
from bot.understanding.operations import place_kind
from knowledge import coverage, query
from knowledge.coverage import RegionCount
from knowledge.gazetteer import load_gazetteer
from knowledge.model import Entity
from knowledge.store import Store

MAX_LISTED = 30
"""Towns or regions in one list: a screen or two of a phone."""

MAX_PAGES = 5
"""Regions offered as the next page."""


@dataclass(frozen=True, slots=True)
class _Group:
    """Region paths counted together under one name; `path` is what they have in common."""

    path: str
    rows: tuple[RegionCount, ...]

    @property
    def name(self) -> str:
        return self.path.replace("/", "")

    @property
    def entities(self) -> int:
        return sum(row.entities for row in self.rows)

    @property
    def reports(self) -> int:
        return sum(row.reports for row in self.rows)


def answer_coverage(store: Store, base: Answer) -> Answer:
    """Which towns, regions, years or how many reports there are, of the places asked for."""
    asked = base.interpretation
    assert asked is not None
    base = replace(base, default_year=False)
    if asked.entities or asked.absent:
        return _of_entities(store, base)
    years = asked.years.years if asked.years.span == "years" else ()
    endings = place_kind(asked.place_kind).endings if asked.place_kind != "any" else ()
    rows = rows_in(store, asked.regions, years, endings)
    if not rows and endings and rows_in(store, asked.regions, years):
        kind = place_kind(asked.place_kind).name
        key = "no_such_place" if asked.regions else "no_such_kind"
        values = {"region": "".join(asked.regions), "kind": kind}
        return replace(base, status="no_data", key=key, values=values)
    if not rows:
        region = "".join(asked.regions)
        key = ("no_region_years" if years else "no_region") if region else "no_coverage"
        values = {"region": region, "years": "、".join(map(str, years))}
        return replace(base, status="no_data", key=key, values=values)
    head = Told(
        "heading_in" if asked.regions else "heading",
        {
            "region": "/".join(asked.regions),
            "entities": str(sum(row.entities for row in rows)),
            "reports": str(sum(row.reports for row in rows)),
            "years": _span(years or [y for row in rows for y in (row.first_year, row.last_year)]),
        },
        head=True,
    )
    base = replace(base, told=(head,))
    if asked.aspect is not None and asked.aspect in _LEVELS:
        return _by_region(base, _grouped(rows, _LEVELS[asked.aspect]), asked.aspect)
    if asked.aspect in ("years", "reports"):
        return _by_year(store, base, rows)
    if sum(row.entities for row in rows) <= MAX_LISTED or len(rows) == 1:
        found = coverage.towns_of(store, [row.region for row in rows], years, MAX_LISTED, endings)
        return _towns(base, rows, found)
    return _by_region(base, _grouped(rows, _next_level(rows)), "towns")


def rows_in(
    store: Store,
    regions: Sequence[str],
    years: Sequence[int] = (),
    endings: Sequence[str] = (),
) -> list[RegionCount]:
    """The counts of the region paths that lie in every one of these regions (full or short names)."""
    if not regions:
        return coverage.region_counts(store, None, years, endings)
    gazetteer = load_gazetteer()
    held = [
        path
        for path in coverage.regions_held(store)
        if path is not None and all(gazetteer.contains(path, name) for name in regions)
    ]
    return coverage.region_counts(store, held, years, endings) if held else []


def _of_entities(store: Store, base: Answer) -> Answer:
    asked = base.interpretation
    assert asked is not None
    wanted = asked.years.years if asked.years.span == "years" else None
    held = [(entity, query.years_of(store, entity)) for entity in asked.entities]
    if wanted is not None:
        held = [(entity, tuple(y for y in own if y in wanted)) for entity, own in held]
    held = [(entity, own) for entity, own in held if own]
    if not held:
        if asked.absent and not asked.entities:
            return replace(base, status="no_data", key="no_report")
        years = "、".join(map(str, wanted or ()))
        if wanted is None:
            return replace(base, status="no_data", key="no_coverage", values={"years": years})
        places = "、".join(entity.name for entity in asked.entities)
        values = {"years": years, "places": places}
        return replace(base, status="no_data", key="no_coverage_of", values=values)
    reports = sum(
        sum(r.year in own and r.status == "current" for r in query.reports(store, entity))
        for entity, own in held
    )
    head = Told("heading_few", {"entities": str(len(held)), "reports": str(reports)}, head=True)
    return replace(base, told=(head,), listings=tuple(Listing(*pair) for pair in held))


def _towns(
    base: Answer,
    rows: Sequence[RegionCount],
    found: Sequence[tuple[Entity, tuple[int, ...]]],
) -> Answer:
    more = sum(row.entities for row in rows) - len(found)
    told = base.told + ((Told("more", {"more": str(more)}),) if more else ())
    return replace(base, told=told, listings=tuple(Listing(*pair) for pair in found))


def _by_region(base: Answer, groups: Sequence[_Group], aspect: str) -> Answer:
    """One line a group in the order of the regions; the largest are offered as pages."""
    named = [group for group in groups if group.path]
    if not named:
        return replace(base, status="no_data", key="no_level", told=())
    lines = [
        Told(
            "region",
            {
                "region": group.path,
                "entities": str(group.entities),
                "reports": str(group.reports),
            },
        )
        for group in named[:MAX_LISTED]
    ]
    unknown = sum(group.entities for group in groups if not group.path)
    if len(named) > MAX_LISTED:
        lines.append(Told("more_regions", {"more": str(len(named) - MAX_LISTED)}))
    if unknown:
        lines.append(Told("region_unknown", {"entities": str(unknown)}))
    count = Told("levels", {"count": str(len(named)), "level": aspect})
    told = (*base.told, *((count,) if aspect in _LEVELS else ()), *lines, Told("pages"))
    largest = sorted(named, key=lambda group: -group.entities)[:MAX_PAGES]
    choices = tuple(Choice(group.name, f"{group.name}有哪些镇") for group in largest)
    return replace(base, told=told, choices=choices)


def _by_year(store: Store, base: Answer, rows: Sequence[RegionCount]) -> Answer:
    asked = base.interpretation
    assert asked is not None
    regions = [row.region for row in rows] if asked.regions else None
    counted = coverage.year_counts(store, regions)
    if asked.years.span == "years":
        counted = [(year, count) for year, count in counted if year in asked.years.years]
    lines = tuple(Told("year", {"year": str(year), "entities": str(n)}) for year, n in counted)
    return replace(base, told=base.told + lines)


def _grouped(rows: Sequence[RegionCount], cut: Callable[[list[str]], list[str]]) -> list[_Group]:
    groups: dict[str, list[RegionCount]] = {}
    for row in rows:
        path = "/".join(cut(row.region.split("/"))) if row.region else ""
        groups.setdefault(path, []).append(row)
    return [_Group(path, tuple(own)) for path, own in groups.items()]


def _city(path: list[str]) -> list[str]:
    """The prefecture, the municipality itself, or a county that no prefecture governs."""
    return path[:1] if path[0].endswith("市") else path[:2] if len(path) > 1 else []


_LEVELS: dict[str, Callable[[list[str]], list[str]]] = {
    "provinces": lambda path: path[:1],
    "cities": _city,
    "counties": lambda path: path if len(path) > 1 else [],
}


def _next_level(rows: Sequence[RegionCount]) -> Callable[[list[str]], list[str]]:
    """The level just below the region that all rows have in common."""
    paths = [row.region.split("/") for row in rows if row.region]
    depth = 0
    while all(len(path) > depth + 1 and path[depth] == paths[0][depth] for path in paths):
        depth += 1
    return lambda path: path[: depth + 1]


def _span(years: Sequence[int]) -> str:
    first, last = min(years), max(years)
    return str(first) if first == last else f"{first}—{last}"
