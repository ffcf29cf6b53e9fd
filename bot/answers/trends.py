"""Places whose figure rose (or fell) so many times in a row up to a year."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal

from bot.answers.answer import Answer, AnyPoint, Computed, Lack, Outcome, Placed, Point
from bot.answers.finishing import MAX_SHOWN, finished
from bot.answers.gathering import gather, mark_definitions, same_unit
from bot.answers.surveying import MANY, Gathered, ask_back, survey
from bot.understanding.interpretation import Interpretation, Wanted
from bot.understanding.task import Condition, Filter
from knowledge.model import Entity
from knowledge.roster import roster
from knowledge.store import Store

_Found = tuple[Sequence[AnyPoint], Sequence[Lack], str]
"""The figures of one place in their years, what lacks of them, and the measure's name."""


def answer_trends(store: Store, base: Answer, asked: Interpretation, year: int) -> Answer:
    """The places of the scope that fulfil the trend, with their figures of all its years."""
    assert isinstance(asked.task, Filter)
    assert asked.scope is not None
    condition, wanted = asked.task.condition, asked.wanted[0]
    years = range(year - condition.years, year + 1)
    held = roster(store)
    numbers = held.select(asked.scope.entities)
    of_place = (_of_many if len(numbers) > MANY else _of_few)(store, years, wanted, base.question)
    missing: dict[tuple[int, ...], int | None] = {}
    """The first year without a report, of all that have reports of the same years."""
    fulfil: list[Sequence[AnyPoint]] = []
    lacks: list[Lack] = []
    name, compared = "", 0
    for number in numbers:
        entity, own = held.entities[number], held.years[number]
        if own not in missing:
            missing[own] = next((y for y in years if y not in own), None)
        gone = missing[own]
        if gone is not None:
            lacks.append(Lack(entity, gone, "no_report"))
            continue
        found = of_place(number, entity)
        if isinstance(found, Answer):
            return replace(base, status="clarify", key="which_measure", choices=found.choices)
        points, lacking, own_name = found
        name = name or own_name
        if lacking:
            lacks.append(lacking[0]._replace(entity=entity))
            continue
        compared += 1
        if _moves(condition, points):
            fulfil.append(points)
    gathered = Gathered(
        store, wanted, base.question, [p for points in fulfil for p in points], lacks, name
    )
    shown = fulfil[: MAX_SHOWN // 3]
    counted = Computed("count", Decimal(len(fulfil)), "个", gathered.facts(gathered.points))
    outcome = Outcome(
        name,
        tuple(p for points in shown for p in mark_definitions(gathered.shown(points))),
        tuple(lacks),
        compared,
        (counted,),
        year,
        more=len(fulfil) - len(shown),
    )
    return finished(base, [outcome])


def _of_few(
    store: Store, years: Sequence[int], wanted: Wanted, question: str
) -> Callable[[int, Entity], _Found | Answer]:
    return lambda _, entity: gather(store, [(entity, y) for y in years], wanted, question)


def _of_many(
    store: Store, years: Sequence[int], wanted: Wanted, question: str
) -> Callable[[int, Entity], _Found | Answer]:
    """Worked out once for all places whose reports of these years say the same."""
    models = [survey(store, year, wanted) for year in years]
    known: dict[tuple[int, ...], tuple[list[Placed], list[Lack], str]] = {}

    def of_place(number: int, entity: Entity) -> _Found | Answer:
        own = [of_year[number] for of_year in models]
        key = tuple(map(id, own))
        alike = known.get(key)
        if alike is None:
            points: list[Placed] = []
            lacks: list[Lack] = []
            for year, model in zip(years, own, strict=True):
                found = model.found
                if isinstance(found, Answer):
                    return ask_back(store, entity, year, wanted, question)
                if isinstance(found, Point):
                    points.append(Placed(entity, year, found.value, found.unit, found))
                else:
                    lacks.append(found)
            alike = known[key] = (*same_unit(points, lacks), own[0].name)
        points_alike, lacking, name = alike
        return [p._replace(entity=entity) for p in points_alike], lacking, name

    return of_place


def _moves(condition: Condition, points: Sequence[AnyPoint]) -> bool:
    pairs = zip(points, points[1:], strict=False)
    if condition.trend == "rise":
        return all(later.value > earlier.value for earlier, later in pairs)
    return all(later.value < earlier.value for earlier, later in pairs)
