"""Comparisons, series, rankings, totals, shares, conditions and claims in words."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal

from bot.answers.answer import Answer, Computed, Lack, Outcome, Point
from bot.answers.comparing import POINTS
from bot.understanding.interpretation import Interpretation
from bot.understanding.operations import place_kind
from bot.understanding.task import (
    Aggregate,
    Compare,
    Condition,
    Each,
    Filter,
    Rank,
    Scope,
    Series,
    Share,
    Verify,
)
from bot.wording.citing import cite_together, operand_text, place_text
from bot.wording.page import Page
from bot.wording.sentences import Wording
from knowledge.model import Fact
from knowledge.numerals import plain

MAX_NAMED = 5
"""Places without a figure that are named; of more only the number is told."""


def add_outcomes(page: Page, answer: Answer) -> None:
    """What came of it, the figures that it stands on, what was left out, and the citations."""
    asked = answer.interpretation
    assert asked is not None
    writers: dict[type, Callable[[Page, Answer, Outcome], None]] = {
        Series: _series,
        Compare: _compared,
        Rank: _ranked,
        Aggregate: _aggregated,
        Filter: _filtered,
        Share: _share,
        Verify: _verified,
        Each: _each,
    }
    for outcome in answer.outcomes:
        writers[type(asked.task)](page, answer, outcome)
        _lacking(page, asked, outcome)
        if outcome.strict is not None and asked.scope is not None:
            kind = page.words.name(place_kind(asked.scope.said).name)
            page.add(page.say("outcome", "strict", kind=kind))
            writers[type(asked.task)](page, answer, outcome.strict)
    shown = [o for outcome in answer.outcomes for o in (outcome, outcome.strict) if o is not None]
    points = [point for outcome in shown for point in outcome.points]
    if not isinstance(asked.task, Verify):
        _contradicted(page, answer, points)
    cite_together(page, [fact for point in points for fact in point.facts])


def add_missing_outcomes(page: Page, answer: Answer) -> None:
    """Why nothing could be compared: what lacks of each measure."""
    asked = answer.interpretation
    assert asked is not None
    for outcome in answer.outcomes:
        name = page.words.name(outcome.name)
        if name:
            page.add(page.say("no_data", "not_comparable", name=name), "b")
        _lacking(page, asked, outcome)


# ── pieces ──


def _contradicted(page: Page, answer: Answer, points: Iterable[Point]) -> None:
    """The text's own figure of each place and year whose table says another."""
    told: dict[str, None] = {}
    for point in points:
        said = [f for f in point.line.said if any(f.value != g.value for g in point.line.facts)]
        values = page.words.values_text(said)
        if point.line.computed is not None and point.line.said:  # of one of the operands
            said = list(point.line.said)
            values = page.words.listed(operand_text(fact, page.words) for fact in said)
        if said:
            place = place_text(point.line.entity, answer, page.words)
            year = point.line.year
            told[page.say("outcome", "said_otherwise", place=place, year=year, values=values)] = (
                None
            )
    for line in told:
        page.add(line)


def _value(point: Point, words: Wording) -> str:
    if point.line.computed is not None:
        shown = str(point.value) if point.unit == "%" else plain(point.value)
        return words.amount(shown, point.unit)
    return words.values_text(point.line.facts)


def _amount(value: Decimal, unit: str, words: Wording) -> str:
    exact = unit == "%" or unit in POINTS.values()
    return words.amount(f"{value}" if exact else plain(value), unit)


def _gap(difference: Computed, words: Wording) -> str:
    """How far two figures lie apart; between rates that is in percentage points."""
    assert difference.value is not None
    value = abs(difference.value)
    if difference.unit == "%":
        return words.say("value", "points", number=f"{value}")
    return _amount(value, difference.unit, words)


def _result(result: Computed, words: Wording) -> str:
    assert result.value is not None
    return _amount(result.value, result.unit, words)


def _at(point: Point, answer: Answer, words: Wording) -> str:
    """The figure of a point as an item of a list: its place, or its year in a series."""
    place = place_text(point.line.entity, answer, words)
    return words.say("outcome", "item", what=place, value=_value(point, words))


def _in_year(point: Point, words: Wording) -> str:
    year = words.say("outcome", "year", year=point.line.year)
    return words.say("outcome", "item", what=year, value=_value(point, words))


def _scope_name(scope: Scope | None, words: Wording) -> str:
    if scope is None or not scope.region:
        return words.say("outcome", "whole_store")
    return words.region(scope.region)


def _where(answer: Answer, words: Wording) -> str:
    """The places that are compared: named one by one where the question does, else as a region."""
    asked = answer.interpretation
    assert asked is not None
    if asked.scope is not None and asked.entities and asked.scope.entities == asked.entities:
        return words.listed(place_text(e, answer, words) for e in asked.entities)
    return _scope_name(asked.scope, words)


def _kind_name(scope: Scope | None, words: Wording) -> str:
    return words.name(place_kind(scope.kind if scope is not None else "any").name)


def _places(points: Iterable[Point], answer: Answer, words: Wording) -> str:
    return words.listed(place_text(p.line.entity, answer, words) for p in points)


def _years(points: Iterable[Point], words: Wording) -> str:
    return words.listed(point.line.year for point in points)


def _lacking(page: Page, asked: Interpretation, outcome: Outcome) -> None:
    """What had to be left out, by reason: places by name, or how many there are."""
    groups: dict[str, list[Lack]] = {}
    for lack in outcome.lacks:
        groups.setdefault(lack.why, []).append(lack)
    task = asked.task
    over_years = isinstance(task, Series) or getattr(task, "over", "") == "years"
    for why, lacks in groups.items():
        if over_years:
            named = page.words.listed(lack.year for lack in lacks)
            place = page.words.entity(lacks[0].entity)
            page.add(page.say("lack", f"{why}_years", place=place, years=named))
            continue
        names = page.words.listed(page.words.entity(lack.entity) for lack in lacks[:MAX_NAMED])
        key = why if len(lacks) <= MAX_NAMED else f"{why}_many"
        page.add(page.say("lack", key, count=len(lacks), names=names))
    if asked.scope is not None and asked.scope.left_out:
        kind = _kind_name(asked.scope, page.words)
        page.add(page.say("lack", "other_kind", kind=kind, count=asked.scope.left_out))


def _compared_line(page: Page, outcome: Outcome, asked: Interpretation) -> None:
    page.add(
        page.say(
            "outcome",
            "coverage" if outcome.lacks else "coverage_full",
            compared=outcome.compared,
            count=outcome.compared + len(outcome.lacks),
            kind=_kind_name(asked.scope, page.words),
        )
    )
    scope = asked.scope
    if scope is not None and scope.known > len(scope.entities) and not _is_strict(outcome, scope):
        values = {
            "where": _scope_name(scope, page.words),
            "kind": _kind_name(scope, page.words),
            "known": scope.known,
            "count": len(scope.entities),
        }
        page.add(page.say("lack", "not_held", **values))


def _is_strict(outcome: Outcome, scope: Scope) -> bool:
    """Whether an outcome is of fewer places than the scope has."""
    return outcome.compared + len(outcome.lacks) < len(scope.entities)


def _more(page: Page, outcome: Outcome) -> None:
    if outcome.more:
        page.add(page.say("outcome", "more", more=outcome.more))


# ── one kind of outcome each ──


def _series(page: Page, answer: Answer, outcome: Outcome) -> None:
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
        years = _years(at, words)
        value = _result(peak, words)
        page.add(
            page.say("series", key, place=place, name=name, side=side, years=years, value=value),
            "b",
        )
    else:
        page.add(page.say("series", "heading", place=place, name=name), "b")
    for point in outcome.points:
        page.add("· " + _in_year(point, words))
    if peak is not None:
        return
    _change(page, outcome)
    high, low = outcome.result("max"), outcome.result("min")
    if high is not None and low is not None:
        for result in (high, low):
            at = [p for p in outcome.points if p.value == result.value]
            side = words.say("outcome", result.operation)
            years, value = _years(at, words), _result(result, words)
            page.add(page.say("series", "extreme", side=side, years=years, value=value))


def _change(page: Page, outcome: Outcome) -> None:
    """The later of two figures beside the earlier: by how much, and how many percent."""
    difference, rate = outcome.result("difference"), outcome.result("change_rate")
    if difference is None or difference.value is None or len(outcome.points) < 2:
        return
    words = page.words
    ends = sorted((outcome.points[0], outcome.points[-1]), key=lambda p: p.line.year)
    earlier, later = ends
    if difference.value == 0:
        page.add(page.say("series", "equal", later=later.line.year, earlier=earlier.line.year))
        return
    key = "more" if difference.value > 0 else "less"
    by = _gap(difference, words)
    if rate is None:
        shown = ""
    elif rate.value is not None:
        sign = "+" if rate.value > 0 else "−"
        shown = words.say("series", "rate", rate=f"{sign}{abs(rate.value)}%")
    else:
        shown = words.say("series", "no_rate", year=earlier.line.year)
    page.add(
        page.say("series", key, later=later.line.year, earlier=earlier.line.year, by=by, rate=shown)
    )


def _compared(page: Page, answer: Answer, outcome: Outcome) -> None:
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
            page.add("· " + _in_year(point, words))
        _change(page, outcome)
    elif asked.task.over == "measures":
        _between_measures(page, answer, outcome, lead)
    else:
        page.add(_between_places(answer, outcome, words, lead), "b")
        for point in outcome.points:
            page.add("· " + _with_year(point, answer, words))
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
        by = _gap(difference, words)
        said = words.say("compare", key, place=heading, first=first, second=second, by=by)
        page.add(lead + said, "b")
    for point in outcome.points:
        what = words.name(point.line.name)
        page.add("· " + words.say("outcome", "item", what=what, value=_value(point, words)))


def _ratio(page: Page, answer: Answer, outcome: Outcome, ratio: Computed) -> None:
    words = page.words
    asked = answer.interpretation
    assert asked is not None
    assert isinstance(asked.task, Compare)
    first, second = outcome.points
    if asked.task.over == "years":
        first, second = second, first
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


def _with_year(point: Point, answer: Answer, words: Wording) -> str:
    place = place_text(point.line.entity, answer, words)
    what = words.say("outcome", "place_year", place=place, year=point.line.year)
    return words.say("outcome", "item", what=what, value=_value(point, words))


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
    by = _gap(difference, words)
    return lead + words.say("compare", key, first=first, second=second, name=name, by=by)


def _ranked(page: Page, answer: Answer, outcome: Outcome) -> None:
    asked = answer.interpretation
    assert asked is not None
    task = asked.task
    assert isinstance(task, Rank)
    words = page.words
    where, name = _where(answer, words), words.name(outcome.name)
    side = words.say("outcome", "max" if task.direction == "most" else "min")
    values = {
        "where": where,
        "year": outcome.year,
        "name": name,
        "side": side,
    }
    if not outcome.points:
        page.add(page.say("rank", "none", **values), "b")
    elif task.position is not None:
        own = outcome.points[0]
        key = "position_tied" if own.tied else "position"
        page.add(
            page.say(
                "rank",
                key,
                place=place_text(own.line.entity, answer, words),
                rank=own.rank,
                value=_value(own, words),
                **values,
            ),
            "b",
        )
    elif task.top == 1:
        key = "first" if len(outcome.points) + outcome.more == 1 else "first_tied"
        value = _value(outcome.points[0], words)
        if len({point.unit for point in outcome.points}) > 1:
            value = plain(outcome.points[0].value)  # 4 场 and 4 次
        count = len(outcome.points) + outcome.more
        shown = outcome.points[:MAX_NAMED]
        places = _places(shown, answer, words)
        if count > MAX_NAMED:
            places = words.say("rank", "and_more", places=places, count=count)
        lead = ""
        if outcome.verdict is not None:
            lead = words.say("figure", "right" if outcome.verdict else "not_right")
        told = page.say("rank", key, places=places, value=value, count=count, **values)
        page.add(lead + told, "b")
    else:
        page.add(page.say("rank", "heading", **values), "b")
        for point in outcome.points:
            key = "tied" if point.tied else "line"
            place = place_text(point.line.entity, answer, words)
            page.add(
                page.say("rank", key, rank=point.rank, place=place, value=_value(point, words))
            )
        _more(page, outcome)
    _compared_line(page, outcome, asked)


def _aggregated(page: Page, answer: Answer, outcome: Outcome) -> None:
    asked = answer.interpretation
    assert asked is not None
    task = asked.task
    assert isinstance(task, Aggregate)
    words = page.words
    result = outcome.result("sum", "mean")
    name = words.name(outcome.name)
    if result is None:
        page.add(page.say("aggregate", "different_units", name=name), "b")
        for point in outcome.points:
            page.add("· " + _with_year(point, answer, words))
        return
    value = _result(result, words)
    if task.over == "months":
        point = outcome.points[0]
        place = place_text(point.line.entity, answer, words)
        year, own = point.line.year, _value(point, words)
        page.add(
            page.say("aggregate", "month", place=place, year=year, name=name, value=value), "b"
        )
        page.add(page.say("aggregate", "month_working", own=own, value=value))
        return
    if task.over == "measures":
        point = outcome.points[0]
        place = place_text(point.line.entity, answer, words)
        year = point.line.year
        page.add(
            page.say("aggregate", "measures", place=place, year=year, name=name, value=value), "b"
        )
        for point in outcome.points:
            own = words.name(point.line.name)
            page.add("· " + words.say("outcome", "item", what=own, value=_value(point, words)))
        return
    if task.over == "years":
        place = place_text(outcome.points[0].line.entity, answer, words)
        years = _years(outcome.points, words)
        key = f"years_{task.operation}"
        page.add(page.say("aggregate", key, place=place, years=years, name=name, value=value), "b")
        for point in outcome.points:
            page.add("· " + _in_year(point, words))
        return
    where = _where(answer, words)
    key = f"places_{task.operation}"
    page.add(
        page.say("aggregate", key, where=where, year=outcome.year, name=name, value=value), "b"
    )
    _compared_line(page, outcome, asked)
    for point in outcome.points:
        page.add("· " + _at(point, answer, words))
    if outcome.compared > len(outcome.points):
        page.add(page.say("aggregate", "rest", rest=outcome.compared - len(outcome.points)))


def _filtered(page: Page, answer: Answer, outcome: Outcome) -> None:
    asked = answer.interpretation
    assert asked is not None
    task = asked.task
    assert isinstance(task, Filter)
    words = page.words
    name = words.name(outcome.name)
    what = _condition(task.condition, outcome, words)
    result = outcome.result("count")
    assert result is not None
    assert result.value is not None
    count = plain(result.value)
    if task.over == "years":
        place = place_text(asked.entities[0], answer, words)
        if outcome.verdict is not None or asked.exists:
            lead = (
                ""
                if outcome.verdict is None
                else words.say("figure", "yes" if outcome.verdict else "no")
            )
            page.add(lead + page.say("series", "heading", place=place, name=name), "b")
        else:
            key = "years" if result.value else "no_year"
            page.add(page.say("filter", key, place=place, name=name, what=what, count=count), "b")
        for point in outcome.points:
            page.add("· " + _in_year(point, words))
        return
    where, kind = _scope_name(asked.scope, words), _kind_name(asked.scope, words)
    lead = ""
    if outcome.verdict is not None:
        lead = words.say("figure", "yes" if outcome.verdict else "no")
    key = "places" if result.value else "no_place"
    page.add(
        lead
        + page.say(
            "filter",
            key,
            where=where,
            year=outcome.year,
            name=name,
            what=what,
            count=count,
            kind=kind,
        ),
        "b",
    )
    if task.condition.trend is not None:
        _moving(page, answer, outcome)
    elif task.condition.bound == "equal" and outcome.points:
        page.add(_places(outcome.points, answer, words))
    else:
        for point in outcome.points:
            page.add("· " + _at(point, answer, words))
    _more(page, outcome)
    _compared_line(page, outcome, asked)


def _moving(page: Page, answer: Answer, outcome: Outcome) -> None:
    rows: dict[str, list[str]] = {}
    for point in outcome.points:
        place = place_text(point.line.entity, answer, page.words)
        rows.setdefault(place, []).append(_in_year(point, page.words))
    for place, years in rows.items():
        page.add(page.say("filter", "row", place=place, years=" → ".join(years)))


def _condition(condition: Condition, outcome: Outcome, words: Wording) -> str:
    if condition.trend is not None:
        return words.say("filter", condition.trend, years=condition.years)
    number = plain(condition.number)
    if condition.bound == "over" and condition.number == 0:
        return words.say("filter", "some")
    if condition.bound == "equal" and condition.number == 0:
        return words.say("filter", "zero")
    return words.say("filter", condition.bound or "equal", number=number)


def _share(page: Page, answer: Answer, outcome: Outcome) -> None:
    asked = answer.interpretation
    assert asked is not None
    words = page.words
    name = words.name(outcome.name)
    result = outcome.result("share")
    own = outcome.points[0] if outcome.points else None
    entity = own.line.entity if own is not None else asked.entities[0]
    place = place_text(entity, answer, words)
    if isinstance(asked.task, Share) and asked.task.of == "scope":
        where = _scope_name(asked.scope, words)
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
                value=_result(result, words),
            ),
            "b",
        )
        page.add(page.say("share", "working", part=_value(own, words), whole=_result(total, words)))
        _compared_line(page, outcome, asked)
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
        page.add(page.say("share", "one", value=_result(result, words), **values), "b")
    assert own is not None
    page.add(page.say("share", "working", part=_value(own, words), whole=_value(whole, words)))


def _verified(page: Page, answer: Answer, outcome: Outcome) -> None:
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
            value=_value(point, words),
        ),
        "b",
    )
    said: list[Fact] = [f for f in point.line.said if f.value != point.value]
    if said:
        values = words.values_text(said)
        page.add(page.say("figure", "said_otherwise", values=values, details=""))


def _each(page: Page, answer: Answer, outcome: Outcome) -> None:
    asked = answer.interpretation
    assert asked is not None
    words = page.words
    where, name = _scope_name(asked.scope, words), words.name(outcome.name)
    page.add(page.say("each", "heading", where=where, year=outcome.year, name=name), "b")
    for point in outcome.points:
        page.add("· " + _at(point, answer, words))
    _more(page, outcome)
    _compared_line(page, outcome, asked)
