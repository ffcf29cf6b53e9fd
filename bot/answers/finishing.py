"""The end of every question about places: its outcomes as one answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.answers.answer import Answer, Outcome
from bot.understanding.task import Share

MAX_SHOWN = 30
"""Places of one list."""


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
