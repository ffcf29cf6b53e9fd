"""Rankings, totals, conditions and lists of many places in words."""

from __future__ import annotations

from bot.answers.answer import Answer, Outcome
from bot.understanding.task import (
    Aggregate,
    Condition,
    Filter,
    Rank,
)
from bot.wording.citing import place_text
from bot.wording.outcome_pieces import (
    MAX_NAMED,
    add_coverage,
    add_more,
    at_place,
    in_year,
    kind_name,
    places_text,
    point_value,
    result_text,
    scope_name,
    where_text,
    with_year,
    year_by_year,
    years_text,
)
from bot.wording.outcomes_of_one import add_change
from bot.wording.page import Page
from bot.wording.sentences import Wording
from knowledge.numerals import plain


def add_ranking(page: Page, answer: Answer, outcome: Outcome) -> None:
    asked = answer.interpretation
    assert asked is not None
    task = asked.task
    assert isinstance(task, Rank)
    words = page.words
    where, name = where_text(answer, words), words.name(outcome.name)
    side = words.say("outcome", "max" if task.direction == "most" else "min")
    values = {
        "where": where,
        "year": outcome.year,
        "name": name,
        "side": side,
    }
    if not outcome.points and not outcome.compared:
        page.add(page.say("rank", "too_few", **values), "b")
        return
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
                value=point_value(own, words),
                **values,
            ),
            "b",
        )
    elif task.top == 1:
        key = "first" if len(outcome.points) + outcome.more == 1 else "first_tied"
        value = point_value(outcome.points[0], words)
        if len({point.unit for point in outcome.points}) > 1:
            value = plain(outcome.points[0].value)  # 4 场 and 4 次
        count = len(outcome.points) + outcome.more
        shown = outcome.points[:MAX_NAMED]
        places = places_text(shown, answer, words)
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
                page.say("rank", key, rank=point.rank, place=place, value=point_value(point, words))
            )
        add_more(page, outcome)
    add_coverage(page, outcome, answer)


def add_aggregate(page: Page, answer: Answer, outcome: Outcome) -> None:
    asked = answer.interpretation
    assert asked is not None
    task = asked.task
    assert isinstance(task, Aggregate)
    words = page.words
    result = outcome.result("sum", "mean")
    name = words.name(outcome.name)
    if task.change and outcome.years:
        if outcome.results:
            add_change(page, outcome, outcome.years[-1], outcome.years[0])
        else:
            page.add(page.say("aggregate", "no_change"))
        return
    if result is None:
        if len({point.unit for point in outcome.points}) > 1:
            page.add(page.say("aggregate", "different_units", name=name), "b")
        else:
            dated = asked.years.several and outcome.year is not None
            key = "not_comparable_year" if dated else "not_comparable"
            page.add(page.say("no_data", key, name=name, year=str(outcome.year)), "b")
        for point in outcome.points:
            page.add("· " + with_year(point, answer, words))
        return
    value = result_text(result, words)
    if task.over == "months":
        point = outcome.points[0]
        place = place_text(point.line.entity, answer, words)
        year, own = point.line.year, point_value(point, words)
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
            page.add("· " + words.say("outcome", "item", what=own, value=point_value(point, words)))
        return
    if task.over == "years":
        place = place_text(outcome.points[0].line.entity, answer, words)
        years = years_text(outcome.points, words)
        key = f"years_{task.operation}"
        page.add(page.say("aggregate", key, place=place, years=years, name=name, value=value), "b")
        for point in outcome.points:
            page.add("· " + in_year(point, words))
        return
    where = where_text(answer, words)
    if outcome.years:
        years = words.listed(outcome.years)
        page.add(
            page.say("aggregate", "all_years", where=where, years=years, name=name, value=value),
            "b",
        )
        return
    if year_by_year(answer):
        if outcome is answer.outcomes[0]:
            page.add(page.say("series", "heading", place=where, name=name), "b")
        values = {"year": outcome.year, "value": value, "count": outcome.compared}
        page.add("· " + page.say("aggregate", "in_year", **values))
        return
    key = f"places_{task.operation}"
    page.add(
        page.say("aggregate", key, where=where, year=outcome.year, name=name, value=value), "b"
    )
    add_coverage(page, outcome, answer)
    for point in outcome.points:
        page.add("· " + at_place(point, answer, words))
    if not outcome.points:
        page.add(page.say("aggregate", "all_zero"))
    elif outcome.compared > len(outcome.points):
        page.add(page.say("aggregate", "rest", rest=outcome.compared - len(outcome.points)))


def add_filtered(page: Page, answer: Answer, outcome: Outcome) -> None:
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
            if key == "no_year" and outcome.points:
                key, count = "no_year_zero", str(len(outcome.points))
            page.add(page.say("filter", key, place=place, name=name, what=what, count=count), "b")
        for point in outcome.points:
            page.add("· " + in_year(point, words))
        return
    where, kind = scope_name(asked.scope, words), kind_name(asked.scope, words)
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
        page.add(places_text(outcome.points, answer, words))
    else:
        for point in outcome.points:
            page.add("· " + at_place(point, answer, words))
    add_more(page, outcome)
    add_coverage(page, outcome, answer)


def _moving(page: Page, answer: Answer, outcome: Outcome) -> None:
    rows: dict[str, list[str]] = {}
    for point in outcome.points:
        place = place_text(point.line.entity, answer, page.words)
        rows.setdefault(place, []).append(in_year(point, page.words))
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
    if condition.upper is not None:
        return words.say("filter", "between", number=number, upper=plain(condition.upper))
    return words.say("filter", condition.bound or "equal", number=number)


def add_each(page: Page, answer: Answer, outcome: Outcome) -> None:
    asked = answer.interpretation
    assert asked is not None
    words = page.words
    where, name = scope_name(asked.scope, words), words.name(outcome.name)
    page.add(page.say("each", "heading", where=where, year=outcome.year, name=name), "b")
    for point in outcome.points:
        page.add("· " + at_place(point, answer, words))
    add_more(page, outcome)
    add_coverage(page, outcome, answer)
