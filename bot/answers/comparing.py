"""One place over years, two years of one place, two places in one year; and claims about one figure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal

from bot.answers.answer import Answer, Computed, Lack, Outcome, Point
from bot.answers.gathering import (
    comparable,
    gather,
    held_years,
    mark_definitions,
    one_unit,
    other_units,
    reports_meant,
    same_kind,
    unit_of,
    wider_than_asked,
    within_reach,
    years_meant,
)
from bot.understanding.interpretation import Interpretation
from bot.understanding.task import Aggregate, Compare, Condition, Filter, Series, Verify
from knowledge import query
from knowledge.compute import change_rate, mean, ratio, rounded
from knowledge.model import Entity, Fact
from knowledge.store import Store

MONTHS = 12
POINTS = {"%": "个百分点"}
"""What a difference is counted in where it is not counted in the unit of the figures."""
MAX_YEARS = 20


def answer_years(store: Store, base: Answer, asked: Interpretation) -> Answer:
    """A series, a comparison of two years, a sum or mean over years, or the years that fulfil
    a condition, for every place and measure asked for."""
    outcomes: list[Outcome] = []
    if isinstance(asked.task, Aggregate) and asked.task.over == "measures":
        return _sum_of_measures(store, base, asked)
    held = held_years(store, asked.entities)
    for entity in asked.entities:
        years = _years(asked, held.get(entity, ()))[:MAX_YEARS]
        if not years:
            continue
        for wanted in asked.wanted:
            found = gather(store, [(entity, y) for y in years], wanted, base.question, bare=False)
            if isinstance(found, Answer):
                return replace(base, status="clarify", key="which_measure", choices=found.choices)
            points, lacks, name = found
            lacks = [
                lack._replace(why="no_report") if lack.year not in held.get(entity, ()) else lack
                for lack in lacks
            ]
            outcomes.append(_over_years(asked, mark_definitions(points), lacks, name))
    return _finished(base, outcomes)


def _years(asked: Interpretation, held: tuple[int, ...]) -> list[int]:
    years = years_meant(asked.years, held)
    if isinstance(asked.task, Compare) and asked.task.previous and years:
        return [years[-1] - 1, years[-1]]
    return years


def _over_years(
    asked: Interpretation, points: list[Point], lacks: list[Lack], name: str
) -> Outcome:
    task = asked.task
    others = [lack.point for lack in lacks if isinstance(lack.point, Point)]
    if others and not isinstance(task, Filter):
        told = sorted([*points, *others], key=lambda point: point.line.year)
        left = [lack for lack in lacks if lack.point is None]
        return Outcome(name, tuple(told), tuple(left), len(told), apart=True)
    outcome = Outcome(name, tuple(points), tuple(lacks), len(points))
    if isinstance(task, Aggregate):
        return replace(outcome, points=()) if other_units(lacks) else _aggregated(task, outcome)
    if isinstance(task, Filter):
        points, beyond = within_reach(points, task.condition)
        lacks = [*lacks, *beyond]
        if other_units(lacks):
            return replace(outcome, points=(), lacks=tuple(lacks), compared=0)
        outcome = replace(outcome, points=tuple(points), lacks=tuple(lacks), compared=len(points))
        fulfil = [p for p in points if task.condition.holds(p.value)]
        facts = tuple(fact for point in fulfil for fact in point.facts)
        counted = Computed("count", Decimal(len(fulfil)), "年", facts)
        verdict = bool(fulfil) if asked.exists else None
        if asked.exists and not fulfil and lacks:
            verdict = None
        nothing = task.condition.bound == "over" and task.condition.number == 0 and not fulfil
        shown = points if nothing or (asked.exists and not fulfil) else fulfil
        return replace(outcome, points=tuple(shown), results=(counted,), verdict=verdict)
    if isinstance(task, Compare):
        if len(points) != 2:
            return outcome
        point, beside = in_order(task, points)
        return replace(
            outcome,
            results=_differences(point, beside, task.ratio, rate=True),
            verdict=_verdict(task, point, beside),
        )
    assert isinstance(task, Series)
    if task.rises and len(points) < 2:
        return replace(outcome, points=())
    if task.peak is not None and other_units(lacks):
        return outcome
    return replace(outcome, results=_series_results(task, points))


def in_order(task: Compare, points: Sequence[Point]) -> tuple[Point, Point]:
    """Of two years the one that is compared, then the one that it is compared with."""
    earlier, later = sorted((points[0], points[-1]), key=lambda point: point.line.year)
    return (earlier, later) if task.beside == later.line.year else (later, earlier)


def _verdict(task: Compare, point: Point, beside: Point) -> bool | None:
    """Whether it is more (or less) as supposed, and by as much; None if nothing is supposed, if
    a figure is only approximate, or if what the text says would make another answer."""
    if task.claim is None and task.claimed is None:
        return None
    if not (point.certain and beside.certain):
        return None
    answers = {_as_claimed(task, own, other) for own in point.stated for other in beside.stated}
    if unit_of((point, beside)) in POINTS:
        answers = {_as_claimed(task, point.exact, beside.exact)}
    if task.claimed is not None and not task.percent:
        unit = unit_of((point, beside))
        if unit and not comparable(task.claimed.unit, unit):
            return None
    return answers.pop() if len(answers) == 1 else None


def _as_claimed(task: Compare, value: Decimal, beside: Decimal) -> bool | None:
    right = value > beside if task.claim != "less" else value < beside
    if task.claimed is None or not right:
        return right
    if task.percent and beside == 0:
        return None
    by = (value - beside) * 100 / beside if task.percent else value - beside
    if task.claimed.bound != "equal":
        return task.claimed.holds(abs(by))
    told = change_rate(beside, value) if task.percent else by
    if told is None:
        return None
    claimed = task.claimed.number
    return abs(told).quantize(claimed, rounding=ROUND_HALF_UP) == claimed


def _differences(point: Point, base: Point, ratio_asked: bool, rate: bool) -> tuple[Computed, ...]:
    """By how much a figure differs from the base; the rate is None where that is 0."""
    facts = (*point.facts, *base.facts)
    unit = unit_of((point, base))
    by = point.value - base.value if unit not in POINTS else rounded(point.exact - base.exact)
    found = [Computed("difference", by, POINTS.get(unit, unit), facts)]
    if rate and unit not in POINTS:
        found.append(Computed("change_rate", change_rate(base.value, point.value), "%", facts))
    if ratio_asked:
        found.append(Computed("ratio", ratio(point.value, base.value), "倍", facts))
    return tuple(found)


def _series_results(task: Series, points: Sequence[Point]) -> tuple[Computed, ...]:
    if not points:
        return ()
    high, low = max(p.value for p in points), min(p.value for p in points)
    highest = _facts(p for p in points if p.value == high)
    lowest = _facts(p for p in points if p.value == low)
    unit = unit_of(points)
    if task.peak is not None:
        if task.peak == "most":
            return (Computed("max", high, unit, highest),)
        return (Computed("min", low, unit, lowest),)
    if len(points) < 2:
        return ()
    first, last = points[0], points[-1]
    results = list(_differences(last, first, False, rate=True))
    if len(points) > 2 and high != low:
        results += [Computed("max", high, unit, highest), Computed("min", low, unit, lowest)]
    return tuple(results)


def _facts(points: Iterable[Point]) -> tuple[Fact, ...]:
    return tuple(fact for point in points for fact in point.facts)


def _aggregated(task: Aggregate, outcome: Outcome) -> Outcome:
    """A sum or mean over the years there are, or the mean a month of one year."""
    points = outcome.points
    if not points or not one_unit(points):
        return outcome
    facts = _facts(points)
    values = [p.value for p in points]
    unit = unit_of(points)
    if task.over == "months":
        value: Decimal = rounded(values[0] / MONTHS)
    else:
        value = sum(values, Decimal(0)) if task.operation == "sum" else mean(values)
    return replace(outcome, results=(Computed(task.operation, value, unit, facts),))


def _measures_of(
    store: Store, base: Answer, asked: Interpretation, place: Sequence[tuple[Entity, int]]
) -> tuple[list[Point], list[Lack], list[str]] | Answer:
    """The figures of every measure asked for in one report, what lacks, and the measures' names;
    what is asked back where one of them may be two."""
    points: list[Point] = []
    lacks: list[Lack] = []
    names: list[str] = []
    for wanted in asked.wanted:
        found = gather(store, place, wanted, base.question)
        if isinstance(found, Answer):
            return replace(base, status="clarify", key="which_measure", choices=found.choices)
        points += found[0]
        lacks += found[1]
        names.append(found[2])
    return points, lacks, names


def _sum_of_measures(store: Store, base: Answer, asked: Interpretation) -> Answer:
    """Several measures of one report added up; with one of them lacking there is no sum."""
    places = reports_meant(store, asked)
    if not places:
        return replace(base, status="no_data", key="no_report")
    found = _measures_of(store, base, asked, places[:1])
    if isinstance(found, Answer):
        return found
    points, lacks, names = found
    outcome = Outcome(" + ".join(names), tuple(points), tuple(lacks), len(points))
    if not lacks and one_unit(points):
        value = sum((p.value for p in points), Decimal(0))
        outcome = replace(
            outcome, results=(Computed("sum", value, unit_of(points), _facts(points)),)
        )
    return _finished(base, [outcome])


def answer_comparison(store: Store, base: Answer, asked: Interpretation) -> Answer:
    """Two places beside each other in one year, for every measure asked for."""
    assert isinstance(asked.task, Compare)
    if asked.task.over == "measures":
        return _two_measures(store, base, asked, asked.task)
    if asked.absent or len(asked.entities) != 2:
        return replace(base, status="no_data", key="no_report")
    places = _same_year(store, asked)
    if places is None:
        return replace(base, status="no_data", key="no_common_year", values=_held(store, asked))
    outcomes: list[Outcome] = []
    for wanted in asked.wanted:
        found = gather(store, places, wanted, base.question, bare=False)
        if isinstance(found, Answer):
            return replace(base, status="clarify", key="which_measure", choices=found.choices)
        points, lacks, name = found
        points = mark_definitions(points)
        outcome = Outcome(name, tuple(points), tuple(lacks), len(points), year=places[0][1])
        if len(points) == 2:
            first, second = points
            if not asked.task.signed and first.value < second.value:
                first, second = second, first
            outcome = replace(
                outcome,
                points=(first, second),
                results=_differences(first, second, asked.task.ratio, rate=False),
                verdict=_verdict(asked.task, first, second),
            )
        outcomes.append(outcome)
    return _finished(base, outcomes)


def _two_measures(store: Store, base: Answer, asked: Interpretation, task: Compare) -> Answer:
    places = reports_meant(store, asked)
    if not places:
        return replace(base, status="no_data", key="no_report")
    found = _measures_of(store, base, asked, places[:1])
    if isinstance(found, Answer):
        return found
    points, lacks, _ = found
    outcome = Outcome("", tuple(points), tuple(lacks), len(points), year=places[0][1])
    if len(points) == 2 and same_kind(points):
        first, second = points
        outcome = replace(
            outcome,
            results=_differences(first, second, task.ratio, rate=False),
            verdict=_verdict(task, first, second),
        )
    return _finished(base, [outcome])


def _same_year(store: Store, asked: Interpretation) -> list[tuple[Entity, int]] | None:
    """Both places with their year: as named (each its own, if so asked), or the latest that
    both have; None if they have none in common or lack the one named."""
    held = held_years(store, asked.entities)
    if asked.pairs:
        pairs = list(asked.pairs)
        return pairs if all(year in held.get(entity, ()) for entity, year in pairs) else None
    common = set.intersection(*(set(held.get(entity, ())) for entity in asked.entities))
    if asked.years.span == "years":
        common &= set(asked.years.years)
    if not common:
        return None
    return [(entity, max(common)) for entity in asked.entities]


def _held(store: Store, asked: Interpretation) -> dict[str, str]:
    held = held_years(store, asked.entities)
    listed = "；".join(
        f"{entity.name}：{'、'.join(map(str, held.get(entity, ())))}" for entity in asked.entities
    )
    return {"held": listed}


def answer_claim(store: Store, base: Answer, asked: Interpretation) -> Answer:
    """Whether figures are what the question supposes; what the report says stands beside."""
    task = asked.task
    assert isinstance(task, Verify)
    places = reports_meant(store, asked)
    if not places:
        return replace(base, status="no_data", key="no_report")
    outcomes: list[Outcome] = []
    for wanted, (condition, unit) in zip(asked.wanted, task.claims, strict=True):
        found = gather(store, places[:1], wanted, base.question, bare=False)
        if isinstance(found, Answer):
            return replace(base, status="clarify", key="which_measure", choices=found.choices)
        points, lacks, name = found
        sure = bool(points) and not wider_than_asked(points[0], base.question)
        verdict = _claim_holds(points[0], condition, unit) if sure else None
        outcome = Outcome(name, tuple(points), tuple(lacks), len(points), verdict=verdict)
        if verdict is False:
            outcome = replace(outcome, replaced=_once_so(store, points[0], condition))
        outcomes.append(outcome)
    return _finished(base, outcomes)


def _once_so(store: Store, own: Point, condition: Condition) -> tuple[Fact, ...]:
    """The figures of earlier issues of the report, since corrected, that are as claimed."""
    return tuple(
        older
        for fact in own.line.facts[:1]
        for older in query.lookup(store, fact.entity, fact.year, fact.cell)
        if older.superseded and condition.holds(older.value)
    )[:1]


def _claim_holds(own: Point, condition: Condition, unit: str) -> bool | None:
    """Whether the figure is as claimed; None where units differ, where the figure is only
    approximate, or where the report is of two minds."""
    if not comparable(unit, own.unit) or not own.certain:
        return None
    # Where table and text differ the claim may be what the other of the two says.
    says = {condition.holds(value) for value in own.stated}
    return says.pop() if len(says) == 1 else None


def _finished(base: Answer, outcomes: Sequence[Outcome]) -> Answer:
    lines = tuple(point.line for outcome in outcomes for point in outcome.points)
    needs_result = base.interpretation is not None and isinstance(
        base.interpretation.task, (Compare, Aggregate)
    )
    known = any(
        outcome.results or outcome.apart or (outcome.points and not needs_result)
        for outcome in outcomes
    )
    return replace(
        base,
        outcomes=tuple(outcomes),
        lines=lines,
        status="answered" if known else "no_data",
        key=None if known else "no_figure",
    )
