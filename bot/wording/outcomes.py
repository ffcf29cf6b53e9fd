"""Comparisons, series, rankings, totals, shares, conditions and claims in words."""

from __future__ import annotations

from collections.abc import Callable

from bot.answers.answer import Answer, Outcome
from bot.understanding.operations import place_kind
from bot.understanding.task import (
    Aggregate,
    Compare,
    Each,
    Filter,
    Rank,
    Series,
    Share,
    Verify,
)
from bot.wording.citing import cite_together
from bot.wording.outcome_pieces import (
    add_contradictions,
    add_lacking,
    add_region,
    year_by_year,
)
from bot.wording.outcomes_of_one import add_comparison, add_series, add_share, add_verdict
from bot.wording.outcomes_of_places import add_aggregate, add_each, add_filtered, add_ranking
from bot.wording.page import Page


def add_outcomes(page: Page, answer: Answer) -> None:
    """What came of it, the figures that it stands on, what was left out, and the citations."""
    asked = answer.interpretation
    assert asked is not None
    writers: dict[type, Callable[[Page, Answer, Outcome], None]] = {
        Series: add_series,
        Compare: add_comparison,
        Rank: add_ranking,
        Aggregate: add_aggregate,
        Filter: add_filtered,
        Share: add_share,
        Verify: add_verdict,
        Each: add_each,
    }
    for outcome in answer.outcomes:
        writers[type(asked.task)](page, answer, outcome)
        add_lacking(page, answer, outcome)
        if outcome.strict is not None and asked.scope is not None:
            kind = page.words.name(place_kind(asked.scope.said).name)
            page.add(page.say("outcome", "strict", kind=kind))
            writers[type(asked.task)](page, answer, outcome.strict)
    if isinstance(asked.task, Aggregate) and year_by_year(answer):
        add_region(page, answer.outcomes[-1], asked.scope)
    shown = [o for outcome in answer.outcomes for o in (outcome, outcome.strict) if o is not None]
    points = [point for outcome in shown for point in outcome.points]
    if not isinstance(asked.task, Verify):
        add_contradictions(page, answer, points)
    cite_together(page, [fact for point in points for fact in point.facts])


def add_missing_outcomes(page: Page, answer: Answer) -> None:
    """Why nothing could be compared: what lacks of each measure."""
    asked = answer.interpretation
    assert asked is not None
    for outcome in answer.outcomes:
        name = page.words.name(outcome.name)
        if name and isinstance(asked.task, Aggregate) and len({p.unit for p in outcome.points}) > 1:
            page.add(page.say("aggregate", "different_units", name=name), "b")
        elif name:
            page.add(page.say("no_data", "not_comparable", name=name), "b")
        add_lacking(page, answer, outcome)
