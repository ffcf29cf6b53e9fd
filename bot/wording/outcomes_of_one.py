"""Series, comparisons, shares and claims in words."""

from __future__ import annotations

from bot.answers.answer import Answer, Computed, Outcome, Point
from bot.answers.comparing import in_order
from bot.understanding.interpretation import Interpretation
from bot.understanding.task import (
    Compare,
    Series,
    Share,
)
from bot.wording.citing import place_text
from bot.wording.outcome_pieces import (
    add_coverage,
    gap_text,
    in_year,
    point_value,
    result_text,
    scope_name,
    with_year,
    years_text,
)
from bot.wording.page import Page
from bot.wording.sentences import Wording
from knowledge.model import Fact


def add_series(page: Page, answer: Answer, outcome: Outcome) -> None:
    asked = answer.interpretation
    assert asked is not None
    words = page.words
    entity = outcome.points[0].line.entity if outcome.points else asked.entities[0]
    place, name = place_text(entity, answer, words), words.name(outcome.name)
    peak = (
        outcome.result("max", "min") if isinstance(asked.task, Series) and asked.task.peak else None
    )
    if peak is not None and peak.value is not None:
        at = [p for p in outcome.points if p.value == peak.value]
        key = "peak" if len(at) < len(outcome.points) or len(at) == 1 else "all_equal"
        side = words.say("outcome", peak.operation)
        years = years_text(at, words)
        value = result_text(peak, words)
        page.add(
            page.say("series", key, place=place, name=name, side=side, years=years, value=value),
            "b",
        )
    else:
        page.add(page.say("series", "heading", place=place, name=name), "b")
    for point in outcome.points:
        own = words.name(point.line.name)
        called = words.say("figure", "details", details=own) if own != name else ""
        page.add("· " + in_year(point, words) + called)
    if outcome.apart:
        page.add(page.say("series", "apart"))
        return
    redefined = any("definition_changed" in f.cautions for p in outcome.points for f in p.facts)
    if peak is not None or redefined:
        return  # figures of two definitions are told, and not set against each other
    _change(page, outcome, asked)
    high, low = outcome.result("max"), outcome.result("min")
    if high is not None and low is not None:
        for result in (high, low):
            at = [p for p in outcome.points if p.value == result.value]
            side = words.say("outcome", result.operation)
            years, value = years_text(at, words), result_text(result, words)
            page.add(page.say("series", "extreme", side=side, years=years, value=value))


def _change(page: Page, outcome: Outcome, asked: Interpretation) -> None:
    """The later of two figures beside the earlier (or as it was asked)."""
    if len(outcome.points) < 2:
        return
    task = asked.task if isinstance(asked.task, Compare) else Compare("years")
    later, earlier = in_order(task, outcome.points)
    add_change(page, outcome, later.line.year, earlier.line.year)


def add_change(page: Page, outcome: Outcome, later: int, earlier: int) -> None:
    """By how much and how many percent the figure of a year differs from another's."""
    difference, rate = outcome.result("difference"), outcome.result("change_rate")
    if difference is None or difference.value is None:
        return
    words = page.words
    if difference.value == 0:
        page.add(page.say("series", "equal", later=later, earlier=earlier))
        return
    key = "more" if difference.value > 0 else "less"
    by = gap_text(difference, words)
    if rate is None:
        shown = ""
    elif rate.value is not None:
        sign = "+" if rate.value > 0 else "−"
        shown = words.say("series", "rate", rate=f"{sign}{abs(rate.value)}%")
    else:
        shown = words.say("series", "no_rate", year=earlier)
    page.add(page.say("series", key, later=later, earlier=earlier, by=by, rate=shown))


def add_comparison(page: Page, answer: Answer, outcome: Outcome) -> None:
    asked = answer.interpretation
    assert asked is not None
    assert isinstance(asked.task, Compare)
    words = page.words
    name = words.name(outcome.name)
    lead = ""
    if outcome.verdict is not None:
        lead = words.say("figure", "right" if outcome.verdict else "not_right")
    if asked.task.over == "years":
        entity = outcome.points[0].line.entity if outcome.points else asked.entities[0]
        place = place_text(entity, answer, words)
        page.add(lead + page.say("series", "heading", place=place, name=name), "b")
        for point in outcome.points:
            page.add("· " + in_year(point, words))
        if outcome.apart:
            page.add(page.say("series", "apart"))
        _change(page, outcome, asked)
    elif asked.task.over == "measures":
        _between_measures(page, answer, outcome, lead)
    else:
        page.add(_between_places(answer, outcome, words, lead), "b")
        for point in outcome.points:
            page.add("· " + with_year(point, answer, words))
    difference = outcome.result("difference")
    if difference is not None and difference.value is not None and len(outcome.points) == 2:
        first, second = outcome.points
        if outcome.points[0].unit == "%" and abs(difference.value) != abs(
            first.value - second.value
        ):
            page.add(page.say("value", "points_exact"))
    ratio = outcome.result("ratio")
    if ratio is not None and len(outcome.points) == 2:
        _ratio(page, answer, outcome, ratio)


def _between_measures(page: Page, answer: Answer, outcome: Outcome, lead: str) -> None:
    words = page.words
    asked = answer.interpretation
    assert asked is not None
    place = place_text(asked.entities[0], answer, words)
    heading = words.say("figure", "heading", place=place, year=outcome.year)
    difference = outcome.result("difference")
    if difference is None or difference.value is None:
        page.add(heading, "b")
    else:
        first, second = (words.name(point.line.name) for point in outcome.points)
        if difference.value < 0:
            first, second = second, first
        key = "measures_equal" if difference.value == 0 else "measures"
        by = gap_text(difference, words)
        said = words.say("compare", key, place=heading, first=first, second=second, by=by)
        page.add(lead + said, "b")
    for point in outcome.points:
        what = words.name(point.line.name)
        page.add("· " + words.say("outcome", "item", what=what, value=point_value(point, words)))


def _ratio(page: Page, answer: Answer, outcome: Outcome, ratio: Computed) -> None:
    words = page.words
    asked = answer.interpretation
    assert asked is not None
    assert isinstance(asked.task, Compare)
    first, second = outcome.points
    if asked.task.over == "years":
        first, second = in_order(asked.task, outcome.points)
    of = _whose(first, asked, answer, words), _whose(second, asked, answer, words)
    if ratio.value is None:
        page.add(page.say("compare", "no_ratio", second=of[1]))
    else:
        page.add(page.say("compare", "ratio", first=of[0], second=of[1], ratio=ratio.value))


def _whose(point: Point, asked: Interpretation, answer: Answer, words: Wording) -> str:
    if isinstance(asked.task, Compare) and asked.task.over == "measures":
        return words.name(point.line.name)
    if asked.scope is None and len(asked.entities) == 1:
        return words.say("outcome", "year", year=point.line.year)
    return place_text(point.line.entity, answer, words)


def _between_places(answer: Answer, outcome: Outcome, words: Wording, lead: str) -> str:
    name = words.name(outcome.name)
    difference = outcome.result("difference")
    if difference is None or difference.value is None or len(outcome.points) < 2:
        return words.say("compare", "not_comparable", name=name)
    first, second = (place_text(p.line.entity, answer, words) for p in outcome.points)
    if difference.value == 0:
        return lead + words.say("compare", "equal", first=first, second=second, name=name)
    if difference.value < 0 and outcome.verdict is None:
        first, second = second, first
    key = "more" if difference.value > 0 or outcome.verdict is None else "less"
    by = gap_text(difference, words)
    return lead + words.say("compare", key, first=first, second=second, name=name, by=by)


def add_share(page: Page, answer: Answer, outcome: Outcome) -> None:
    asked = answer.interpretation
    assert asked is not None
    words = page.words
    name = words.name(outcome.name)
    result = outcome.result("share")
    own = outcome.points[0] if outcome.points else None
    entity = own.line.entity if own is not None else asked.entities[0]
    place = place_text(entity, answer, words)
    if isinstance(asked.task, Share) and asked.task.of == "scope":
        where = scope_name(asked.scope, words)
        total = outcome.result("sum")
        if result is None or total is None or result.value is None or own is None:
            page.add(page.say("share", "incomplete", place=place, where=where, name=name), "b")
            return
        page.add(
            page.say(
                "share",
                "of_scope",
                place=place,
                year=outcome.year,
                name=name,
                where=where,
                value=result_text(result, words),
            ),
            "b",
        )
        page.add(
            page.say(
                "share", "working", part=point_value(own, words), whole=result_text(total, words)
            )
        )
        add_coverage(page, outcome, answer)
        return
    if result is None or len(outcome.points) < 2:
        page.add(page.say("share", "unknown", place=place, year=outcome.year, name=name), "b")
        return
    whole = outcome.points[1]
    values = {
        "place": place,
        "year": outcome.year,
        "name": name,
        "whole": words.name(whole.line.name),
    }
    if result.value is None:
        page.add(page.say("share", "undefined", **values), "b")
    else:
        page.add(page.say("share", "one", value=result_text(result, words), **values), "b")
    assert own is not None
    page.add(
        page.say("share", "working", part=point_value(own, words), whole=point_value(whole, words))
    )


def add_verdict(page: Page, answer: Answer, outcome: Outcome) -> None:
    words = page.words
    if not outcome.points:
        page.add(page.say("verify", "unknown", name=words.name(outcome.name)), "b")
        return
    point = outcome.points[0]
    key = {True: "right", False: "wrong", None: "unclear"}[outcome.verdict]
    place = place_text(point.line.entity, answer, words)
    page.add(
        page.say(
            "verify",
            key,
            place=place,
            year=point.line.year,
            name=words.name(outcome.name),
            value=point_value(point, words),
        ),
        "b",
    )
    if outcome.replaced:
        page.add(page.say("verify", "replaced", value=words.values_text(outcome.replaced)))
    said: list[Fact] = [f for f in point.line.said if f.value != point.value]
    if said:
        values = words.values_text(said)
        page.add(page.say("figure", "said_otherwise", values=values, details=""))
