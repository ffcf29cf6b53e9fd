"""Many places in one year: the most and the least, totals, shares, and those that fulfil a condition."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from operator import itemgetter

from bot.answers.answer import Answer, Computed, Lack, Outcome, Point
from bot.answers.gathering import (
    gather,
    held_years,
    mark_definitions,
    one_unit,
    other_units,
    unit_of,
    within_reach,
)
from bot.understanding.interpretation import Choice, Interpretation
from bot.understanding.task import Aggregate, Condition, Each, Filter, Rank, Share
from knowledge.compute import mean, ranks, share
from knowledge.entities import MAX_OFFERS
from knowledge.model import Entity, Fact
from knowledge.store import Store

MAX_SHOWN = 30
"""Places of one list."""


def answer_scope(store: Store, base: Answer, asked: Interpretation) -> Answer:
    """What is asked of the places of a scope, in one year."""
    assert asked.scope is not None
    entities = asked.scope.entities
    if asked.absent and (not asked.entities or isinstance(asked.task, (Aggregate, Rank))):
        # Of places named one by one all must be held: one may be the most, and is in the sum.
        return replace(base, status="no_data", key="no_report")
    held = held_years(store, entities)
    named = bool(asked.entities) and set(asked.entities) == set(entities)
    year = _common_year(base, asked, held) if named else _year(base, asked, held)
    if isinstance(year, Answer):
        return year
    if isinstance(asked.task, Filter) and asked.task.condition.trend is not None:
        return _trends(store, base, asked, held, year)
    places = [(entity, year) for entity in entities if year in held.get(entity, ())]
    if not places:
        return replace(base, status="no_data", key="no_year", values={"year": str(year)})
    outcomes: list[Outcome] = []
    for wanted in asked.wanted:
        found = gather(store, places, wanted, base.question)
        if isinstance(found, Answer):
            return replace(base, status="clarify", key="which_measure", choices=found.choices)
        points, lacks, name = found
        if isinstance(asked.task, Filter):
            points, beyond = within_reach(points, asked.task.condition)
            lacks = [*lacks, *beyond]
        absent = [Lack(e, year, "no_report") for e in entities if year not in held.get(e, ())]
        outcome = Outcome(
            name, tuple(mark_definitions(points)), (*lacks, *absent), len(points), year=year
        )
        if named and outcome.lacks and isinstance(asked.task, Aggregate):
            outcomes.append(replace(outcome, points=()))  # one operand lacks: there is no sum
            continue
        if other_units(outcome.lacks) and isinstance(asked.task, (Rank, Aggregate)):
            # The figures are known and may be the largest: neither an order nor a total is.
            outcomes.append(replace(outcome, points=(), compared=0))
            continue
        if isinstance(asked.task, Rank) and asked.scope.known > outcome.compared == 1:
            outcomes.append(replace(outcome, points=(), compared=0))  # first of one, of many
            continue
        done = _done(asked, outcome)
        if done.verdict and asked.scope.known > len(entities):
            done = replace(done, verdict=None)  # of the region's other towns nothing is known
        outcomes.append(replace(done, strict=_strictly(asked, outcome, done)))
    return finished(base, outcomes)


def _strictly(asked: Interpretation, outcome: Outcome, done: Outcome) -> Outcome | None:
    """The same for the places that the noun means in its narrow sense (镇 without 乡 and 街道);
    None where that makes no difference to what is told."""
    assert asked.scope is not None
    strict = set(asked.scope.strict)
    if not strict or len(strict) == len(asked.scope.entities) or isinstance(asked.task, Each):
        return None
    if isinstance(asked.task, Share) and not strict & set(asked.entities):
        return None  # a street is no part of the towns
    points = tuple(p for p in outcome.points if p.line.entity in strict)
    lacks = tuple(lack for lack in outcome.lacks if lack.entity in strict)
    narrow = _done(asked, replace(outcome, points=points, lacks=lacks, compared=len(points)))
    leading = narrow.points[:1] == done.points[:1] and isinstance(asked.task, Rank)
    if not narrow.compared:
        return None
    if leading and (asked.task.top == 1 if isinstance(asked.task, Rank) else False):
        return None
    if isinstance(asked.task, Filter) and [p.line for p in narrow.points] == [
        p.line for p in done.points
    ]:
        return None
    return narrow


def finished(base: Answer, outcomes: Sequence[Outcome]) -> Answer:
    """The answer with its outcomes; without any figure it is none."""
    known = any(outcome.compared for outcome in outcomes)
    task = base.interpretation.task if base.interpretation is not None else None
    shown = [
        outcome
        for outcome in outcomes
        if outcome.results or (outcome.points and not isinstance(task, Share))
    ]
    return replace(
        base,
        outcomes=tuple(outcomes),
        lines=tuple(point.line for outcome in shown for point in outcome.points),
        status="answered" if known and shown else "no_data",
        key=None if known and shown else "no_figure",
    )


def _year(base: Answer, asked: Interpretation, held: dict[Entity, tuple[int, ...]]) -> int | Answer:
    """The year meant: the one named, or the latest of which most places have a report; where
    the latest is held by few, the question is asked back."""
    years = asked.years
    if years.span == "years" and len(years.years) == 1:
        return years.years[0]
    trend = isinstance(asked.task, Filter) and asked.task.condition.trend is not None
    if trend and years.is_range:
        return years.years[-1]
    if years.span != "latest":
        return replace(base, status="clarify", key="one_year", choices=_year_choices(base, held))
    counted = [year for own in held.values() for year in own]
    if not counted:
        return replace(base, status="no_data", key="no_report")
    latest = max(counted)
    if years.named or counted.count(latest) * 2 >= len(held):
        return latest
    return replace(base, status="clarify", key="one_year", choices=_year_choices(base, held))


def _common_year(
    base: Answer, asked: Interpretation, held: dict[Entity, tuple[int, ...]]
) -> int | Answer:
    """The year named, or the latest of which every place named has a report."""
    if asked.years.span == "years" and len(asked.years.years) == 1:
        return asked.years.years[0]
    common = set.intersection(*(set(held.get(entity, ())) for entity in asked.entities))
    if asked.years.span == "latest" and common:
        return max(common)
    listed = "；".join(
        f"{entity.name}：{'、'.join(map(str, held.get(entity, ())))}" for entity in asked.entities
    )
    return replace(base, status="no_data", key="no_common_year", values={"held": listed})


def _year_choices(base: Answer, held: dict[Entity, tuple[int, ...]]) -> tuple[Choice, ...]:
    counted = [year for own in held.values() for year in own]
    years = sorted(set(counted), key=lambda year: (-counted.count(year), -year))[:MAX_OFFERS]
    return tuple(
        Choice(f"{year} 年（{counted.count(year)} 个地方）", f"{year}年{base.question}")
        for year in sorted(years, reverse=True)
    )


def _done(asked: Interpretation, outcome: Outcome) -> Outcome:
    task = asked.task
    if isinstance(task, Rank):
        return _ranked(task, outcome)
    if isinstance(task, Aggregate):
        return _aggregated(task, outcome)
    if isinstance(task, Filter):
        return _filtered(task, asked.exists, outcome)
    if isinstance(task, Share):
        return _share_of_all(asked, outcome)
    assert isinstance(task, Each)
    shown = outcome.points[:MAX_SHOWN]
    return replace(outcome, points=shown, more=len(outcome.points) - len(shown))


def _ranked(task: Rank, outcome: Outcome) -> Outcome:
    points = outcome.points
    if not points:
        return outcome
    numbers = ranks([p.value for p in points], task.direction == "most")
    shared = Counter(numbers)
    ordered = sorted(zip(numbers, points, strict=True), key=itemgetter(0))

    def fits(rank: int, point: Point) -> bool:
        if task.position is not None:
            return point.line.entity == task.position
        if task.nth is not None:
            return rank == task.nth
        return task.top is None or rank <= task.top

    chosen = [
        replace(point, rank=rank, tied=shared[rank] > 1)
        for rank, point in ordered
        if fits(rank, point)
    ]
    if task.position is not None and not chosen:
        return replace(outcome, points=(), compared=0)
    shown = chosen[:MAX_SHOWN]
    results = [Computed("rank", Decimal(p.rank), "", p.facts) for p in shown]
    if shown and shown[0].rank == 1 and task.position is None:
        extreme = Computed(
            "max" if task.direction == "most" else "min",
            shown[0].value,
            unit_of([p for p in shown if p.rank == 1]),
            _facts([p for p in shown if p.rank == 1]),
        )
        results.insert(0, extreme)
    if task.top == 1 and len(chosen) > 1:
        results.append(Computed("count", Decimal(len(chosen)), "个", _facts(chosen)))
    results.append(_compared(outcome))
    verdict = None
    if task.claim is not None:
        verdict = any(p.line.entity == task.claim for p in chosen)
    return replace(
        outcome,
        points=tuple(shown),
        results=tuple(results),
        more=len(chosen) - len(shown),
        verdict=verdict,
    )


def _compared(outcome: Outcome) -> Computed:
    """How many figures were looked at; its operands would be all of them."""
    return Computed("count", Decimal(outcome.compared), "个", ())


def _facts(points: Sequence[Point]) -> tuple[Fact, ...]:
    return tuple(fact for point in points for fact in point.facts)


def _aggregated(task: Aggregate, outcome: Outcome) -> Outcome:
    points = outcome.points
    shown = [p for p in points if p.value != 0][:MAX_SHOWN]
    if not points or not one_unit(points):
        return replace(outcome, points=tuple(shown))
    values = [p.value for p in points]
    value = sum(values, Decimal(0)) if task.operation == "sum" else mean(values)
    result = Computed(task.operation, value, unit_of(points), _facts(points))
    shown.sort(key=lambda p: -p.value)
    return replace(outcome, points=tuple(shown), results=(result, _compared(outcome)))


def _filtered(task: Filter, exists: bool, outcome: Outcome) -> Outcome:
    fulfil = [p for p in outcome.points if task.condition.holds(p.value)]
    fulfil.sort(key=lambda p: -p.value)
    shown = fulfil[:MAX_SHOWN]
    counted = Computed("count", Decimal(len(fulfil)), "个", _facts(fulfil))
    verdict: bool | None = None
    if exists and (fulfil or not outcome.lacks):
        verdict = bool(fulfil)
    return replace(
        outcome,
        points=tuple(shown),
        results=(counted,),
        verdict=verdict,
        more=len(fulfil) - len(shown),
    )


def _share_of_all(asked: Interpretation, outcome: Outcome) -> Outcome:
    """One place's part of all of a scope; with any figure lacking there is no share of all."""
    own = [p for p in outcome.points if p.line.entity in asked.entities]
    if len(own) != 1 or outcome.lacks or not one_unit(outcome.points):
        return replace(outcome, points=tuple(own), results=())
    total = sum((p.value for p in outcome.points), Decimal(0))
    facts = _facts([*own, *(p for p in outcome.points if p is not own[0])])
    results = (
        Computed("share", share(own[0].value, total), "%", facts),
        Computed("sum", total, unit_of(outcome.points), facts),
    )
    return replace(outcome, points=tuple(own), results=results)


def _trends(
    store: Store,
    base: Answer,
    asked: Interpretation,
    held: dict[Entity, tuple[int, ...]],
    year: int,
) -> Answer:
    """Places whose figure rose (or fell) so many times in a row up to a year."""
    assert isinstance(asked.task, Filter)
    assert asked.scope is not None
    condition = asked.task.condition
    years = range(year - condition.years, year + 1)
    fulfil: list[list[Point]] = []
    lacks: list[Lack] = []
    name, compared = "", 0
    for entity in asked.scope.entities:
        gone = [y for y in years if y not in held.get(entity, ())]
        if gone:
            lacks.append(Lack(entity, gone[0], "no_report"))
            continue
        found = gather(store, [(entity, y) for y in years], asked.wanted[0], base.question)
        if isinstance(found, Answer):
            return replace(base, status="clarify", key="which_measure", choices=found.choices)
        points, lacking, own_name = found
        name = name or own_name
        if lacking:
            lacks.append(lacking[0])
            continue
        compared += 1
        if _moves(condition, points):
            fulfil.append(points)
    shown = fulfil[: MAX_SHOWN // 3]
    counted = Computed(
        "count", Decimal(len(fulfil)), "个", _facts([p for points in fulfil for p in points])
    )
    outcome = Outcome(
        name,
        tuple(p for points in shown for p in mark_definitions(points)),
        tuple(lacks),
        compared,
        (counted,),
        year,
        more=len(fulfil) - len(shown),
    )
    return finished(base, [outcome])


def _moves(condition: Condition, points: Sequence[Point]) -> bool:
    pairs = zip(points, points[1:], strict=False)
    if condition.trend == "rise":
        return all(later.value > earlier.value for earlier, later in pairs)
    return all(later.value < earlier.value for earlier, later in pairs)
