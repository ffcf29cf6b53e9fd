"""What all rules of deciding share: how an interpretation is made, and the condition that is set."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Literal

from bot.understanding.asked import Asked
from bot.understanding.covering import BOUNDS
from bot.understanding.interpretation import (
    Intent,
    Interpretation,
    Refusal,
    WantedYears,
)
from bot.understanding.operations import OperationKind
from bot.understanding.task import (
    Bound,
    Condition,
    Scope,
    Task,
)

CHANGES: tuple[OperationKind, ...] = ("rise", "fall", "change")
COMPARING: tuple[OperationKind, ...] = (
    "difference", "more_by", "less_by", "ratio", "comparison", "than", "more", "less", "rate",
)  # fmt: skip


PERCENT = ("%", "％")


def made(
    base: Interpretation,
    intent: Intent,
    task: Task | None,
    *,
    scope: Scope | None = None,
    years: WantedYears | None = None,
    exists: bool = False,
) -> Interpretation:
    return replace(
        base,
        intent=intent,
        task=task,
        scope=scope or base.scope,
        years=years or base.years,
        exists=exists,
    )


_MORE: tuple[OperationKind, ...] = ("rise", "more", "more_by")
_LESS: tuple[OperationKind, ...] = ("fall", "less", "less_by")


def take_ratio(asked: Asked) -> Literal["ratio", "increase"] | Refusal | None:
    """Uses 几倍 and tells what it asks for: the ratio itself (是…的几倍), or by how much the one
    exceeds the other (增长几倍). 少几倍 is no question that has an answer."""
    if not asked.take("ratio"):
        return None
    if asked.has(*_LESS):
        return Refusal("not_understood", "operation", {"words": "几倍"})
    return "increase" if asked.has(*_MORE) else "ratio"


def asks_each_change(asked: Asked, base: Interpretation) -> bool:
    """Whether every year's own change is asked for (近三年申请同比增长多少, 每年增长多少, 逐年增幅):
    the last year beside the first is another figure."""
    years = base.years
    if not years.several or (years.span == "years" and len(years.years) == 2):
        return False
    if asked.has("year_on_year"):
        return True
    every = asked.has("streak") or any(y.span == "all" for y in asked.question.years)
    return (
        every
        and asked.has("rise", "fall", "more_by", "less_by", "difference", "rate")
        and (asked.question.asks_number or not asked.question.exists)
    )


# ── the rules, from the places that are meant ──


BOUND_OF: dict[OperationKind, Bound] = {
    "over": "over", "at_least": "at_least", "under": "under", "at_most": "at_most", "between": "between",
}  # fmt: skip


def find_condition(asked: Asked, base: Interpretation) -> Condition | Refusal | None:
    """The condition that a question sets; None if it sets none."""
    streak = asked.take("streak")
    if streak or asked.has("rise", "fall"):
        ups = asked.take("rise", "more") if streak else asked.take("rise")
        downs = asked.take("fall", "less") if streak else asked.take("fall")
        asked.take("year_on_year", "than")
        if bool(ups) == bool(downs):
            return Refusal("not_understood", "operation", {"words": "连续"})
        named = len(base.years.years) - 1 if base.years.is_range else None
        if not streak and ((named or 1) > 1 or base.years.span not in ("years", "latest")):
            return Refusal(
                "not_understood", "years", {}
            )  # in every year, or the last above the first?
        number = next((o.number for o in streak if o.number is not None), named)
        return Condition(trend="rise" if ups else "fall", years=number or (2 if streak else 1))
    if asked.has(*BOUNDS):
        bounds = asked.take(*BOUNDS)
        if len(bounds) > 1:
            return Refusal("not_understood", "one_measure", {})
        bound = BOUND_OF[bounds[0].kind]
        number = bounds[0].number
        if number is None:
            amount = asked.take_amount()
            if amount is None:
                return Refusal("not_understood", "bound", {})
            return Condition(bound, amount.value, amount.unit)
        upper = Decimal(bounds[0].upper) if bounds[0].upper is not None else None
        return Condition(bound, Decimal(number), upper=upper)
    if asked.take("zero", "none", "never"):
        asked.take_amount()
        return Condition("equal", Decimal(0))
    if asked.take("nonzero", "ever"):
        return Condition("over", Decimal(0))
    return None
