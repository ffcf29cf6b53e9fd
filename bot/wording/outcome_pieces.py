"""Figures, places and years of an outcome in words, and what had to be left out of it."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from bot.answers.answer import Answer, Computed, Lack, Outcome, Point
from bot.answers.comparing import POINTS
from bot.answers.surveying import Operands
from bot.understanding.operations import place_kind
from bot.understanding.task import (
    Filter,
    Scope,
    Series,
)
from bot.wording.citing import operand_text, place_text
from bot.wording.page import Page
from bot.wording.sentences import Wording
from knowledge.numerals import plain

MAX_NAMED = 5
"""Places without a figure that are named; of more only the number is told."""


def add_contradictions(page: Page, answer: Answer, points: Iterable[Point]) -> None:
    """The text's own figure of each place and year whose table says another."""
    told: dict[str, None] = {}
    for point in points:
        said = point.line.contradicting
        values = page.words.values_text(said)
        if point.line.computed is not None and point.line.computed.operation == "share":
            values = page.words.listed(operand_text(fact, page.words) for fact in said)
        if said:
            place = place_text(point.line.entity, answer, page.words)
            year = point.line.year
            told[page.say("outcome", "said_otherwise", place=place, year=year, values=values)] = (
                None
            )
    for line in told:
        page.add(line)


def point_value(point: Point, words: Wording) -> str:
    if point.line.computed is not None:
        shown = str(point.value) if point.unit == "%" else plain(point.value)
        return words.amount(shown, point.unit)
    return words.values_text(point.line.facts)


def amount_text(value: Decimal, unit: str, words: Wording) -> str:
    exact = unit == "%" or unit in POINTS.values()
    return words.amount(f"{value}" if exact else plain(value), unit)


def gap_text(difference: Computed, words: Wording) -> str:
    """How far two figures lie apart; between rates that is in percentage points."""
    assert difference.value is not None
    value = abs(difference.value)
    if difference.unit == "%":
        return words.say("value", "points", number=f"{value}")
    return _about(amount_text(value, difference.unit, words), difference, words)


def result_text(result: Computed, words: Wording) -> str:
    assert result.value is not None
    return _about(amount_text(result.value, result.unit, words), result, words)


def _about(value: str, result: Computed, words: Wording) -> str:
    """A value worked out of figures that the report gives only about (150余条), as about so much."""
    operands = result.operands
    if isinstance(operands, Operands):  # of very many places one of each kind is enough
        operands = operands.kinds()
    about = any("approximate" in fact.cautions for fact in operands)
    return words.say("value", "about", value=value) if about else value


def at_place(point: Point, answer: Answer, words: Wording) -> str:
    """The figure of a point as an item of a list: its place, or its year in a series."""
    place = place_text(point.line.entity, answer, words)
    return words.say("outcome", "item", what=place, value=point_value(point, words))


def in_year(point: Point, words: Wording) -> str:
    year = words.say("outcome", "year", year=point.line.year)
    return words.say("outcome", "item", what=year, value=point_value(point, words))


def scope_name(scope: Scope | None, words: Wording) -> str:
    if scope is None or not scope.region:
        return words.say("outcome", "whole_store")
    return words.region(scope.region)


def where_text(answer: Answer, words: Wording) -> str:
    """The places that are compared: named one by one where the question does, else as a region."""
    asked = answer.interpretation
    assert asked is not None
    if asked.scope is not None and asked.entities and asked.scope.entities == asked.entities:
        return words.listed(place_text(e, answer, words) for e in asked.entities)
    return scope_name(asked.scope, words)


def kind_name(scope: Scope | None, words: Wording) -> str:
    return words.name(place_kind(scope.kind if scope is not None else "any").name)


def places_text(points: Iterable[Point], answer: Answer, words: Wording) -> str:
    return words.listed(place_text(p.line.entity, answer, words) for p in points)


def years_text(points: Iterable[Point], words: Wording) -> str:
    return words.listed(point.line.year for point in points)


def place_of_lack(lack: Lack, answer: Answer, words: Wording) -> str:
    return place_text(lack.entity, answer, words)


def with_gap(lack: Lack, answer: Answer, words: Wording) -> str:
    """A place with the year of which it has no report, of several that are needed."""
    place = place_text(lack.entity, answer, words)
    return words.say("outcome", "place_year", place=place, year=lack.year)


def add_lacking(page: Page, answer: Answer, outcome: Outcome) -> None:
    """What had to be left out, by reason: places by name, or how many there are."""
    asked = answer.interpretation
    assert asked is not None
    groups: dict[str, list[Lack]] = {}
    for lack in outcome.lacks:
        groups.setdefault(lack.why, []).append(lack)
    task = asked.task
    over_years = isinstance(task, Series) or getattr(task, "over", "") == "years"
    for why, lacks in groups.items():
        if not over_years:  # several measures of one town that lack are one town
            lacks = list({(lack.entity, lack.year): lack for lack in lacks}.values())
        if over_years:
            named = page.words.listed(lack.year for lack in lacks)
            place = page.words.entity(lacks[0].entity)
            page.add(page.say("lack", f"{why}_years", place=place, years=named))
            continue
        trend = isinstance(task, Filter) and task.condition.trend is not None
        name = with_gap if trend and why == "no_report" else place_of_lack
        names = page.words.listed(name(lack, answer, page.words) for lack in lacks[:MAX_NAMED])
        key = why if len(lacks) <= MAX_NAMED else f"{why}_many"
        if trend and why == "no_report":
            key = key.replace("no_report", "no_report_between")
        page.add(page.say("lack", key, count=len(lacks), names=names))
    if asked.scope is not None and asked.scope.left_out:
        kind = kind_name(asked.scope, page.words)
        page.add(page.say("lack", "other_kind", kind=kind, count=asked.scope.left_out))


def year_by_year(answer: Answer) -> bool:
    """Whether each of several years has its own outcome."""
    return len({outcome.year for outcome in answer.outcomes if outcome.year is not None}) > 1


def add_coverage(page: Page, outcome: Outcome, answer: Answer) -> None:
    """How many places were looked at; and, once in a reply, how many the region has."""
    asked = answer.interpretation
    assert asked is not None
    page.add(
        page.say(
            "outcome",
            "coverage" if outcome.lacks else "coverage_full",
            compared=outcome.compared,
            count=outcome.compared + len(outcome.lacks),
            kind=kind_name(asked.scope, page.words),
        )
    )
    if not year_by_year(answer) or outcome is answer.outcomes[-1]:
        add_region(page, outcome, asked.scope)


def add_region(page: Page, outcome: Outcome, scope: Scope | None) -> None:
    """How many of the towns of the region the store does not have, if there are such."""
    if scope is not None and scope.known > len(scope.entities) and not _is_strict(outcome, scope):
        values = {
            "where": scope_name(scope, page.words),
            "kind": kind_name(scope, page.words),
            "known": scope.known,
            "count": len(scope.entities),
        }
        page.add(page.say("lack", "not_held", **values))


def _is_strict(outcome: Outcome, scope: Scope) -> bool:
    """Whether an outcome is of fewer places than the scope has."""
    return outcome.compared + len(outcome.lacks) < len(scope.entities)


def add_more(page: Page, outcome: Outcome) -> None:
    if outcome.more:
        page.add(page.say("outcome", "more", more=outcome.more))


def with_year(point: Point, answer: Answer, words: Wording) -> str:
    place = place_text(point.line.entity, answer, words)
    what = words.say("outcome", "place_year", place=place, year=point.line.year)
    return words.say("outcome", "item", what=what, value=point_value(point, words))
