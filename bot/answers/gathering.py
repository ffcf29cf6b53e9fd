"""Figures of many places or years, made comparable: one value each, or the reason why not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from bot.answers.answer import Answer, Lack, Line, Point
from bot.answers.figures import Everywhere, Resolver
from bot.understanding.interpretation import Interpretation, Wanted, WantedYears
from bot.understanding.task import Condition
from knowledge import query
from knowledge.catalogue import load_catalogue
from knowledge.form import load_form
from knowledge.model import Entity
from knowledge.quantities import counted_alike, unit_classes
from knowledge.store import Store
from knowledge.text import fold

MANY = 200
"""Places from which on a figure is read for all of the store at once."""

Places = Iterable[tuple[Entity, int]]


def gather(
    store: Store, places: Places, wanted: Wanted, question: str, bare: bool = True
) -> tuple[list[Point], list[Lack], str] | Answer:
    """The comparable figures in the order given, what is lacking, and the measure's name.

    Figures in a unit that few share are lacking too: nothing is converted. An `Answer` asks
    back where the words fit several measures.
    """
    points: list[Point] = []
    lacks: list[Lack] = []
    name = ""
    listed = list(places)
    everywhere = Everywhere(store) if len(listed) > MANY else None
    for entity, year in listed:
        lines = Resolver(store, entity, year, bare, everywhere).lines(wanted, question)
        if isinstance(lines, Answer):
            return lines
        (line,) = lines[:1]
        name = name or line.name
        found = _point(line)
        if isinstance(found, Point):
            points.append(found)
        else:
            lacks.append(found)
    return *_same_unit(points, lacks), name


def _point(line: Line) -> Point | Lack:
    if line.computed is not None:
        if line.computed.value is None:
            return Lack(line.entity, line.year, "undefined")
        return Point(line, line.computed.value, line.computed.unit)
    if not line.facts:
        return Lack(line.entity, line.year, line.reason or "not_stated")
    if len({fact.value for fact in line.facts}) > 1:
        return Lack(line.entity, line.year, "differ")
    fact = line.facts[0]
    if "unit_not_stated" in fact.cautions:
        return Lack(line.entity, line.year, "no_unit")
    return Point(line, fact.value, fact.unit)


def _same_unit(points: list[Point], lacks: list[Lack]) -> tuple[list[Point], list[Lack]]:
    """Only the points in the unit that most of them have; a 0 is 0 in every unit."""
    kinds = Counter(_unit_kind(p.unit) for p in points if p.value != 0)
    if len(kinds) <= 1:
        return points, lacks
    usual = max(kinds.items(), key=lambda pair: (pair[1], pair[0]))[0]
    kept = [p for p in points if p.value == 0 or _unit_kind(p.unit) == usual]
    others = [Lack(p.line.entity, p.line.year, "other_unit") for p in points if p not in kept]
    return kept, [*lacks, *others]


def _unit_kind(unit: str) -> str:
    """Classifiers that count one by one (件, 条, 篇) are one kind; any other unit is its own."""
    return "count" if unit_classes().get(unit) == "count" and "万" not in unit else unit


def same_kind(points: Sequence[Point]) -> bool:
    """Whether figures count the same kind of thing, so that one can be more than the other."""
    return len({_unit_kind(p.unit) for p in points}) == 1


def comparable(claimed: str, unit: str) -> bool:
    """Whether a number with this classifier can be held against a figure in this unit."""
    if not claimed or claimed == unit:
        return True
    classes = unit_classes()
    both = classes.get(claimed) == classes.get(unit) == "count"
    both = both and counted_alike(claimed, unit)  # 108 人次 are no 108 次, and no 108 人
    return both and "万" not in claimed + unit


def wider_than_asked(point: Point, question: str) -> bool:
    """Whether the report's own words for a figure count more than the question's (咨询、投诉)."""
    statements, asked = load_catalogue().statements, fold(question)
    return any(
        fold(word) in fold(fact.stated) and fold(word) not in asked
        for fact in point.facts
        if fact.cell.item in statements
        for word in statements[fact.cell.item].wider
    )


def within_reach(points: Sequence[Point], condition: Condition) -> tuple[list[Point], list[Lack]]:
    """The points that can be held against a bound, and those that cannot: an approximate figure
    (150余条 is more than 150), or one in another unit than the bound's."""
    kept: list[Point] = []
    lacks: list[Lack] = []
    for point in points:
        line = point.line
        if condition.bound is not None and point.approximate and condition.number != 0:
            lacks.append(Lack(line.entity, line.year, "approximate"))
        elif point.value != 0 and not comparable(condition.unit, point.unit):
            lacks.append(Lack(line.entity, line.year, "other_unit"))
        else:
            kept.append(point)
    return kept, lacks


def unit_of(points: Sequence[Point]) -> str:
    """The unit of what is worked out from points: theirs, where all that are not 0 share it."""
    units = {p.unit for p in points if p.value != 0} or {p.unit for p in points}
    return units.pop() if len(units) == 1 else ""


def other_units(lacks: Iterable[Lack]) -> bool:
    """Whether figures were left out that are there, in a unit that cannot be compared."""
    return any(lack.why in ("no_unit", "other_unit") for lack in lacks)


def one_unit(points: Sequence[Point]) -> bool:
    """Whether figures may be added up: 条 and 篇 may be compared, but no sum has both."""
    return len({p.unit for p in points if p.value != 0}) <= 1


def held_years(store: Store, entities: Sequence[Entity]) -> dict[Entity, tuple[int, ...]]:
    """The years of which the store has a report, for each entity; none has no entry."""
    if len(entities) > MANY:
        wanted = set(entities)
        return {e: years for e, years in query.entities(store) if e in wanted}
    return {e: years for e in entities if (years := query.years_of(store, e))}


def reports_meant(store: Store, asked: Interpretation) -> list[tuple[Entity, int]]:
    """The places asked about with the years meant of which there is a report, in their order."""
    held = held_years(store, asked.entities)
    return [
        (entity, year)
        for entity in asked.entities
        for year in years_meant(asked.years, held.get(entity, ()))
        if year in held.get(entity, ())
    ]


def years_meant(years: WantedYears, held: tuple[int, ...]) -> list[int]:
    """The years that a question means, given those of which there is a report; ascending."""
    if years.span == "years":
        return sorted(years.years)
    if years.span == "since":
        return list(range(years.years[0], max(held, default=0) + 1))
    if not held:
        return []
    # 近三年 are the last report's year and the two before it. One without a report is asked for
    # all the same, so that it is named and nothing is told of a longer time than was asked.
    count = {"latest": 1, "last": years.count, "all": held[-1] - held[0] + 1}[years.span]
    return list(range(held[-1] - count + 1, held[-1] + 1))


def mark_definitions(points: Sequence[Point]) -> list[Point]:
    """The points in the same order, marked by `mark_definition_changes`."""
    lines = mark_definition_changes([point.line for point in points])
    return [replace(point, line=line) for point, line in zip(points, lines, strict=True)]


def mark_definition_changes(lines: Sequence[Line]) -> list[Line]:
    """The lines with the caution `definition_changed` on figures that stand side by side
    although their editions of the form define the measure differently."""
    marked = list(lines)
    for change in load_form().definition_changes:
        editions = {
            fact.edition for line in lines for fact in line.facts if fact.cell.item in change.items
        }
        if not set(change.between) <= editions:
            continue
        for number, line in enumerate(marked):
            facts = tuple(
                replace(fact, cautions=(*fact.cautions, "definition_changed"))
                if fact.cell.item in change.items
                else fact
                for fact in line.facts
            )
            marked[number] = replace(line, facts=facts)
    return marked
