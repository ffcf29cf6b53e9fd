"""Figures of many places or years, made comparable: one value each, or the reason why not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import TypeVar

from bot.answers.answer import Answer, AnyPoint, Lack, Line, Point
from bot.answers.figures import Resolver
from bot.understanding.interpretation import Interpretation, Wanted, WantedYears
from bot.understanding.task import Condition
from knowledge import query
from knowledge.catalogue import load_catalogue
from knowledge.form import load_form
from knowledge.model import Entity, Fact
from knowledge.quantities import counted_alike, unit_classes
from knowledge.store import Store
from knowledge.text import fold

Places = Iterable[tuple[Entity, int]]
P = TypeVar("P", bound=AnyPoint)


def gather(
    store: Store,
    places: Places,
    wanted: Wanted,
    question: str,
    bare: bool = True,
    mixed: bool = False,
) -> tuple[list[Point], list[Lack], str] | Answer:
    """The comparable figures in the order given, what is lacking, and the measure's name.

    Figures in a unit that few share are lacking too, but where `mixed` units may be told side by
    side: nothing is converted. An `Answer` asks
    back where the words fit several measures. Of very many places `surveying` gathers them.
    """
    points: list[Point] = []
    lacks: list[Lack] = []
    name = ""
    for entity, year in places:
        found = point_of(Resolver(store, entity, year, bare), wanted, question)
        if isinstance(found, Answer):
            return found
        name = name or found[1]
        if isinstance(found[0], Point):
            points.append(found[0])
        else:
            lacks.append(found[0])
    if mixed:
        return points, lacks, name
    return *same_unit(points, lacks), name


def point_of(
    resolver: Resolver, wanted: Wanted, question: str
) -> tuple[Point | Lack, str] | Answer:
    """The one figure of a measure in one report that can stand beside others, or why there is
    none, and the measure's name; an `Answer` asks back."""
    lines = resolver.lines(wanted, question)
    if isinstance(lines, Answer):
        return lines
    return _point(lines[0]), lines[0].name


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


def same_unit(points: list[P], lacks: list[Lack]) -> tuple[list[P], list[Lack]]:
    """Only the points in the unit that most of them have; a 0 is 0 in every unit."""
    kinds = Counter(_unit_kind(p.unit) for p in points if p.value != 0)
    if len(kinds) <= 1:
        return points, lacks
    usual = max(kinds.items(), key=lambda pair: (pair[1], pair[0]))[0]
    kept: list[P] = []
    others: list[Lack] = []
    for p in points:
        if p.value == 0 or _unit_kind(p.unit) == usual:
            kept.append(p)
        else:
            others.append(Lack(p.entity, p.year, "other_unit", p))
    return kept, [*lacks, *others]


@lru_cache(maxsize=1024)
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
    if {claimed, unit} == {"项", "件"}:
        return False  # 许可48项 are the matters it is given for, not the decisions
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


def within_reach(points: Sequence[P], condition: Condition) -> tuple[list[P], list[Lack]]:
    """The points that can be held against a bound, and those that cannot: an approximate figure
    (150余条 is more than 150), or one in another unit than the bound's."""
    kept: list[P] = []
    lacks: list[Lack] = []
    bounded = condition.bound is not None and condition.number != 0
    for point in points:
        if bounded and point.approximate:
            lacks.append(Lack(point.entity, point.year, "approximate"))
        elif point.value != 0 and not comparable(condition.unit, point.unit):
            lacks.append(Lack(point.entity, point.year, "other_unit"))
        else:
            kept.append(point)
    return kept, lacks


def unit_of(points: Sequence[AnyPoint]) -> str:
    """The unit of what is worked out from points: theirs, where all that are not 0 share it."""
    units = {p.unit for p in points if p.value != 0} or {p.unit for p in points}
    return units.pop() if len(units) == 1 else ""


def other_units(lacks: Iterable[Lack]) -> bool:
    """Whether figures were left out that are there, in a unit that cannot be compared."""
    return any(lack.why in ("no_unit", "other_unit") for lack in lacks)


def one_unit(points: Sequence[AnyPoint]) -> bool:
    """Whether figures may be added up: 条 and 篇 may be compared, but no sum has both."""
    return len({p.unit for p in points if p.value != 0}) <= 1


def held_years(store: Store, entities: Sequence[Entity]) -> dict[Entity, tuple[int, ...]]:
    """The years of which the store has a report, for each entity; none has no entry."""
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
        # 2025年以来, with no report of 2025 or later: that year is named as lacking.
        return list(range(years.years[0], max(held, default=0) + 1)) or [years.years[0]]
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
    items = redefined(lines)
    if not items:
        return list(lines)
    return [mark_line(line, items) for line in lines]


def mark_line(line: Line, items: Collection[str]) -> Line:
    """The line with its figures marked by `mark_redefined`."""
    return replace(line, facts=tuple(mark_redefined(fact, items) for fact in line.facts))


def redefined(lines: Iterable[Line]) -> frozenset[str]:
    """The items of which figures of differently defined editions stand side by side."""
    facts = [fact for line in lines for fact in line.facts]
    return frozenset(
        item
        for change in load_form().definition_changes
        if set(change.between) <= {fact.edition for fact in facts if fact.cell.item in change.items}
        for item in change.items
    )


def mark_redefined(fact: Fact, items: Collection[str]) -> Fact:
    """The figure with the caution `definition_changed` if it is one of these items."""
    if fact.cell.item not in items:
        return fact
    return replace(fact, cautions=(*fact.cautions, "definition_changed"))
