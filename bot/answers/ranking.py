"""Many places in a year, or year by year: the most and the least, totals, shares, and those that
fulfil a condition."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from bot.answers.answer import Answer, Computed, Lack, Outcome
from bot.answers.finishing import MAX_SHOWN, finished
from bot.answers.gathering import one_unit, other_units, unit_of, within_reach, years_meant
from bot.answers.surveying import Gathered, gather_scope
from bot.answers.trends import answer_trends
from bot.understanding.interpretation import Choice, Interpretation
from bot.understanding.operations import place_kind
from bot.understanding.task import Aggregate, Each, Filter, Rank, Share
from bot.understanding.units import is_stock
from knowledge.compute import change_rate, mean, ranks_of, share
from knowledge.entities import MAX_OFFERS
from knowledge.model import Entity
from knowledge.roster import Roster, roster
from knowledge.store import Store


def answer_scope(store: Store, base: Answer, asked: Interpretation) -> Answer:
    """What is asked of the places of a scope: in one year, or in each of several."""
    assert asked.scope is not None
    entities = asked.scope.entities
    if asked.absent and (not asked.entities or isinstance(asked.task, (Aggregate, Rank))):
        # Of places named one by one all must be held: one may be the most, and is in the sum.
        return replace(base, status="no_data", key="no_report")
    held = roster(store)
    numbers = held.select(entities)
    named = bool(asked.entities) and set(asked.entities) == set(entities)
    task = asked.task
    each = (
        isinstance(task, Each)
        or (isinstance(task, Aggregate) and task.operation == "sum")  # a mean of years or places?
        or (isinstance(task, Rank) and task.position is None)
    )
    if asked.years.several and each and (not named or isinstance(task, Aggregate)):
        return _in_each_year(store, base, asked, held, numbers)
    year = _common_year(base, asked, held.held) if named else _year(base, asked, held, numbers)
    if isinstance(year, Answer):
        return year
    if isinstance(asked.task, Filter) and asked.task.condition.trend is not None:
        return answer_trends(store, base, asked, year)
    outcomes = _in_year(store, base, asked, held, year)
    if asked.years.span == "latest" and not asked.years.named and _off_the_form(outcomes):
        counted = {one for number in numbers for one in held.years[number] if one < year}
        for earlier in sorted(counted, reverse=True):
            found = _in_year(store, base, asked, held, earlier)
            if not _off_the_form(found):
                outcomes = found
                base = replace(base, values={**base.values, "ended": str(earlier)})
                break
    return outcomes if isinstance(outcomes, Answer) else finished(base, outcomes)


def _off_the_form(outcomes: Sequence[Outcome] | Answer) -> bool:
    """Whether most forms of a year do not have what is asked for (采购, from 2021 on): without a
    year the last one is meant of which most have."""
    if isinstance(outcomes, Answer):
        return False
    lacks = [lack.why for outcome in outcomes for lack in outcome.lacks]
    compared = sum(outcome.compared for outcome in outcomes)
    return lacks.count("not_on_form") > compared


def _in_each_year(
    store: Store, base: Answer, asked: Interpretation, held: Roster, numbers: Sequence[int]
) -> Answer:
    """The same of each year that is meant, and of a sum what they are together.

    Years of which no place has a report are named in `values["nowhere"]`.
    """
    assert asked.scope is not None
    named = bool(asked.entities) and set(asked.entities) == set(asked.scope.entities)
    counted = {year for number in numbers for year in held.years[number]}
    outcomes: list[Outcome] = []
    nowhere: list[int] = []
    for year in years_meant(asked.years, tuple(sorted(counted))):
        if year not in counted:
            nowhere.append(year)
            continue
        found = _in_year(store, base, asked, held, year)
        if isinstance(found, Answer):
            return found
        outcomes += found
    missing = "、".join(map(str, nowhere))
    if named and (nowhere or not all(outcome.results for outcome in outcomes)):
        # Of places named one by one every figure belongs to the sum.
        lacking = tuple(outcome for outcome in outcomes if not outcome.results)
        return replace(base, status="no_data", key="no_figure", outcomes=lacking)
    if not outcomes:
        return replace(base, status="no_data", key="no_year", values={"year": missing})
    if isinstance(asked.task, Aggregate) and asked.task.change:
        answer = finished(base, [*outcomes, _change(outcomes)])
    else:
        total = _over_all_years(asked, outcomes)
        answer = finished(base, [*([total] if total is not None else ()), *outcomes])
    return replace(answer, values={**answer.values, "nowhere": missing}) if missing else answer


def _change(outcomes: Sequence[Outcome]) -> Outcome:
    """The sum of the last year beside that of the first; without results where one of them has
    no sum or lacks a place, for then they are sums of other places."""
    first, last = outcomes[0], outcomes[-1]
    before, after = first.result("sum"), last.result("sum")
    years = tuple(outcome.year for outcome in (first, last) if outcome.year is not None)
    bare = Outcome(first.name, years=years, compared=last.compared)
    if first is last or before is None or after is None or first.lacks or last.lacks:
        return bare
    if before.value is None or after.value is None or before.unit != after.unit:
        return bare
    if not isinstance(before.operands, tuple) or not isinstance(after.operands, tuple):
        return bare
    facts = (*after.operands, *before.operands)
    results = (
        Computed("difference", after.value - before.value, after.unit, facts),
        Computed("change_rate", change_rate(before.value, after.value), "%", facts),
    )
    return replace(bare, results=results)


def _over_all_years(asked: Interpretation, outcomes: Sequence[Outcome]) -> Outcome | None:
    """The sum of the sums of the years; None where a year has none, of what is told of the end
    of a year, and of very many places, of which the years alone are told."""
    task, wanted = asked.task, asked.wanted
    if not isinstance(task, Aggregate) or task.operation != "sum" or len(wanted) != 1:
        return None
    if any(is_stock(name, wanted[0].columns) for name in wanted[0].measures):
        return None
    sums = [outcome.result("sum") for outcome in outcomes]
    results = [result for result in sums if result is not None and result.value is not None]
    few = all(isinstance(result.operands, tuple) for result in results)
    if len(results) != len(outcomes) or len(results) < 2 or not few:
        return None
    if len({result.unit for result in results}) > 1:
        return None
    value = sum((result.value or Decimal(0) for result in results), Decimal(0))
    facts = tuple(fact for result in results for fact in result.operands)
    together = Computed("sum", value, results[0].unit, facts)
    years = tuple(outcome.year for outcome in outcomes if outcome.year is not None)
    compared = sum(outcome.compared for outcome in outcomes)
    return Outcome(outcomes[0].name, (), (), compared, (together,), years=years)


def _in_year(
    store: Store, base: Answer, asked: Interpretation, held: Roster, year: int
) -> list[Outcome] | Answer:
    """What is asked of the places of a scope in one year, for each measure; an `Answer` where
    there is nothing or the words fit several measures."""
    assert asked.scope is not None
    entities = asked.scope.entities
    named = bool(asked.entities) and set(asked.entities) == set(entities)
    places, without = held.of_year(entities, year)
    if not places:
        return replace(base, status="no_data", key="no_year", values={"year": str(year)})
    absent = [Lack(held.entities[number], year, "no_report") for number in without]
    outcomes: list[Outcome] = []
    for wanted in asked.wanted:
        listed = isinstance(asked.task, Each)
        found = gather_scope(store, places, year, wanted, base.question, mixed=listed)
        if isinstance(found, Answer):
            return replace(base, status="clarify", key="which_measure", choices=found.choices)
        lacks = list(found.lacks)
        if isinstance(asked.task, Filter):
            points, beyond = within_reach(found.points, asked.task.condition)
            found = replace(found, points=points)
            lacks += beyond
        found = replace(found.marked(), lacks=[*lacks, *absent])
        outcome = Outcome(
            found.name, lacks=tuple(found.lacks), compared=len(found.points), year=year
        )
        if named and outcome.lacks and isinstance(asked.task, Aggregate):
            outcomes.append(outcome)  # one operand lacks: there is no sum
            continue
        if other_units(outcome.lacks) and isinstance(asked.task, (Rank, Aggregate, Filter)):
            # The figures are known and may be the largest: no order, total or list is.
            outcomes.append(replace(outcome, compared=0))
            continue
        if isinstance(asked.task, Rank) and asked.scope.known > outcome.compared == 1:
            outcomes.append(replace(outcome, compared=0))  # first of one, of many
            continue
        if isinstance(asked.task, Rank) and asked.task.position and outcome.compared == 1:
            outcomes.append(replace(outcome, compared=0))  # nothing to be compared with
            continue
        done = _done(asked, outcome, found)
        if done.verdict and asked.scope.known > len(entities):
            done = replace(done, verdict=None)  # of the region's other towns nothing is known
        outcomes.append(replace(done, strict=_strictly(asked, outcome, done, found)))
    return outcomes


def _strictly(
    asked: Interpretation, outcome: Outcome, done: Outcome, found: Gathered
) -> Outcome | None:
    """The same for the places that the noun means in its narrow sense (镇 without 乡 and 街道);
    None where that makes no difference to what is told."""
    assert asked.scope is not None
    strict = asked.scope.strict
    if not strict or len(strict) == len(asked.scope.entities) or isinstance(asked.task, Each):
        return None
    if isinstance(asked.task, Share) and not set(strict) & set(asked.entities):
        return None  # a street is no part of the towns
    endings = place_kind(asked.scope.said).endings  # by name: sooner told than whether in a set
    points = [p for p in found.points if p.entity.name.endswith(endings)]
    lacks = [lack for lack in found.lacks if lack.entity.name.endswith(endings)]
    narrow = _done(
        asked,
        replace(outcome, lacks=tuple(lacks), compared=len(points)),
        replace(found, points=points, lacks=lacks),
    )
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


def _year(
    base: Answer, asked: Interpretation, held: Roster, numbers: Sequence[int]
) -> int | Answer:
    """The year meant: the one named, or the latest of which most places have a report; where
    the latest is held by few, the question is asked back."""
    years = asked.years
    if years.span == "years" and len(years.years) == 1:
        return years.years[0]
    trend = isinstance(asked.task, Filter) and asked.task.condition.trend is not None
    if trend and years.is_range:
        return years.years[-1]
    if trend and len(years.years) == 2 and years.years[0] - years.years[1] == 1:
        return years.years[0]  # 2024年比2023年增加的: the year before is the one that it means
    counted = Counter(year for number in numbers for year in held.years[number])
    if years.span != "latest":
        choices = _year_choices(base, counted)
        return replace(base, status="clarify", key="one_year", choices=choices)
    if not counted:
        return replace(base, status="no_data", key="no_report")
    latest = max(counted)
    if years.named or counted[latest] * 2 >= len(numbers):
        return latest
    return replace(base, status="clarify", key="one_year", choices=_year_choices(base, counted))


def _common_year(
    base: Answer, asked: Interpretation, held: Mapping[Entity, tuple[int, ...]]
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


def _year_choices(base: Answer, counted: Mapping[int, int]) -> tuple[Choice, ...]:
    """The years that most places have a report of, the latest first; none where the question
    names years in several places, which no one year can stand for."""
    asked = base.interpretation
    assert asked is not None
    years = sorted(counted, key=lambda year: (-counted[year], -year))[:MAX_OFFERS]
    return tuple(
        Choice(f"{year} 年（{counted[year]} 个地方）", question)
        for year in sorted(years, reverse=True)
        if (question := asked.asked_of(year)) is not None
    )


def _done(asked: Interpretation, outcome: Outcome, found: Gathered) -> Outcome:
    """What the task makes of the figures; `outcome` tells what lacks and how many there are."""
    task = asked.task
    if isinstance(task, Rank):
        return _ranked(task, outcome, found)
    if isinstance(task, Aggregate):
        return _aggregated(task, outcome, found)
    if isinstance(task, Filter):
        return _filtered(task, asked.exists, outcome, found)
    if isinstance(task, Share):
        return _share_of_all(asked, outcome, found)
    assert isinstance(task, Each)
    shown = found.shown(found.points[:MAX_SHOWN])
    return replace(outcome, points=shown, more=len(found.points) - len(shown))


def _ranked(task: Rank, outcome: Outcome, found: Gathered) -> Outcome:
    points = found.points
    if not points:
        return outcome
    values = [p.value for p in points]
    shared = Counter(values)
    ranks = ranks_of(shared, task.direction == "most")
    if task.position is not None:
        chosen = [p for p in points if p.entity == task.position]
    else:
        fitting = {value for value, rank in ranks.items() if _is_asked(task, rank)}
        chosen = [p for p in points if p.value in fitting]
        chosen.sort(key=lambda p: ranks[p.value])
    if task.position is not None and not chosen:
        return replace(outcome, points=(), compared=0)
    shown = [
        replace(point, rank=ranks[point.value], tied=shared[point.value] > 1)
        for point in found.shown(chosen[:MAX_SHOWN])
    ]
    results = [Computed("rank", Decimal(p.rank), "", p.facts) for p in shown]
    if shown and shown[0].rank == 1 and task.position is None:
        extreme = Computed(
            "max" if task.direction == "most" else "min",
            shown[0].value,
            unit_of([p for p in shown if p.rank == 1]),
            found.facts([p for p in shown if p.rank == 1]),
        )
        results.insert(0, extreme)
    if task.top == 1 and len(chosen) > 1:
        results.append(Computed("count", Decimal(len(chosen)), "个", found.facts(chosen)))
    results.append(_compared(outcome))
    verdict = None
    if task.claim is not None:
        verdict = any(p.entity == task.claim for p in chosen)
    return replace(
        outcome,
        points=tuple(shown),
        results=tuple(results),
        more=len(chosen) - len(shown),
        verdict=verdict,
    )


def _is_asked(task: Rank, rank: int) -> bool:
    if task.nth is not None:
        return rank == task.nth
    return task.top is None or rank <= task.top


def _compared(outcome: Outcome) -> Computed:
    """How many figures were looked at; its operands would be all of them."""
    return Computed("count", Decimal(outcome.compared), "个", ())


def _aggregated(task: Aggregate, outcome: Outcome, found: Gathered) -> Outcome:
    points = found.points
    filled = [p for p in points if p.value != 0]
    shown = list(found.shown(filled[:MAX_SHOWN]))
    if not points or not one_unit(points):
        return replace(outcome, points=tuple(shown))
    values = [p.value for p in points]
    value = sum(values, Decimal(0)) if task.operation == "sum" else mean(values)
    result = Computed(task.operation, value, unit_of(points), found.facts(points))
    shown.sort(key=lambda p: -p.value)
    return replace(outcome, points=tuple(shown), results=(result, _compared(outcome)))


def _filtered(task: Filter, exists: bool, outcome: Outcome, found: Gathered) -> Outcome:
    fulfil = [p for p in found.points if task.condition.holds(p.value)]
    fulfil.sort(key=lambda p: -p.value)
    shown = found.shown(fulfil[:MAX_SHOWN])
    counted = Computed("count", Decimal(len(fulfil)), "个", found.facts(fulfil))
    verdict: bool | None = None
    if exists and (fulfil or not outcome.lacks):
        verdict = bool(fulfil)
    return replace(
        outcome,
        points=shown,
        results=(counted,),
        verdict=verdict,
        more=len(fulfil) - len(shown),
    )


def _share_of_all(asked: Interpretation, outcome: Outcome, found: Gathered) -> Outcome:
    """One place's part of all of a scope; with any figure lacking there is no share of all."""
    points = found.points
    own = [p for p in points if p.entity in asked.entities]
    shown = found.shown(own)
    if len(own) != 1 or outcome.lacks or not one_unit(points):
        return replace(outcome, points=shown, results=())
    total = sum((p.value for p in points), Decimal(0))
    facts = found.facts([*own, *(p for p in points if p is not own[0])])
    results = (
        Computed("share", share(own[0].value, total), "%", facts),
        Computed("sum", total, unit_of(points), facts),
    )
    return replace(outcome, points=shown, results=results)
