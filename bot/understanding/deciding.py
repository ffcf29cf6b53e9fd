"""From the operations of a question to its task; each operation has a use or refuses it.

Nothing is guessed here: a combination that no rule knows is no question that can be answered.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from bot.understanding.asked import Asked
from bot.understanding.covering import BOUNDS
from bot.understanding.fitting import fit, not_additive
from bot.understanding.interpretation import (
    Clarify,
    Intent,
    Interpretation,
    Refusal,
    WantedYears,
)
from bot.understanding.operations import OperationKind
from bot.understanding.parts import decide_share, other_whole
from bot.understanding.phrases import load_phrases
from bot.understanding.question import Question
from bot.understanding.scoping import RANKING, ZEROS, find_scope, superlative_of_year
from bot.understanding.task import (
    Aggregate,
    Bound,
    Claim,
    Compare,
    Condition,
    Direction,
    Each,
    Filter,
    Rank,
    Scope,
    Series,
    Share,
    Task,
    Verify,
)
from knowledge.catalogue import load_catalogue
from knowledge.entities import NameIndex

MAX_TOP = 50
"""Places of one ranking; a longer one is an export."""

_CHANGES: tuple[OperationKind, ...] = ("rise", "fall", "change")
_COMPARING: tuple[OperationKind, ...] = (
    "difference", "more_by", "less_by", "ratio", "comparison", "than", "more", "less", "rate",
)  # fmt: skip


def decide(
    question: Question,
    index: NameIndex,
    base: Interpretation,
    outer: Sequence[str],
) -> Interpretation | Clarify | Refusal | None:
    """The interpretation of a question with operations, amounts or sets of places.

    `base` has its places, years and measures; `outer` are the regions named that narrow none
    of its names. None: there is nothing here to decide, the figures are looked up.
    """
    asked = Asked.of(question)
    scope = find_scope(asked, index, base, outer)
    if isinstance(scope, (Clarify, Refusal)):
        return scope
    if scope is None and outer:
        return None
    if scope is None and not (asked or question.together or base.years.several):
        return None
    if scope is None and not base.entities and not base.absent:
        return None  # no place at all: which one is asked back
    if scope is None and base.pairs and not asked:
        return None  # each place has its own year
    found: Interpretation | Refusal | None
    if scope is not None:
        found = _over_scope(asked, base, scope)
    elif len(base.entities) + len(base.absent) > 1:
        found = _over_places(asked, base)
    else:
        found = _of_one(asked, base)
    if not isinstance(found, Interpretation):
        return found
    return asked.refusal() or fit(question, found)


def _made(
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


# ── the rules, from the places that are meant ──


def _over_scope(asked: Asked, base: Interpretation, scope: Scope) -> Interpretation | Refusal:
    question = asked.question
    base = replace(base, scope=scope)
    quantifiers = {places.quantifier for _, places in question.place_sets}
    if base.entities or base.absent:
        if asked.has(*RANKING):
            asked.take("true", "is_it")
            found = _rank(asked, base)
            subject = base.entities[0] if base.entities else None
            if isinstance(found, Refusal) or not isinstance(found.task, Rank):
                return found
            return replace(found, task=replace(found.task, claim=subject))
        if asked.take("position"):
            asked.take("than", "ranking")
            direction: Direction = "least" if asked.take("least", "bottom") else "most"
            asked.take("most")
            subject = base.entities[0] if base.entities else None
            return _made(base, "rank", Rank(direction, None, position=subject))
        if other_whole(asked):
            return Refusal("not_understood", "no_whole", {})
        asked.take("share")
        return _made(base, "derived", Share("scope"))
    if "others" in quantifiers and (asked.left or asked.amounts or question.together):
        # 其余乡镇合计: without whom? Only a list of all is right whoever is meant.
        words = [question.typed(m.start, m.end) for m, _ in question.place_sets]
        return Refusal("not_understood", "operation", {"words": "、".join(words)})
    if asked.has("most", "least", "top", "bottom", "nth", "ranking"):
        return _rank(asked, base)
    if asked.has("ever", "never") and not base.years.named:
        return Refusal("not_understood", "years", {})  # a single year says nothing of 从来没有
    counting = bool(quantifiers & {"count", "count_alone"})
    condition = _condition(asked, base)
    if isinstance(condition, Refusal):
        return condition
    if condition is not None:
        return _made(base, "filter", Filter(condition, counting))
    if asked.take("per_place", "mean"):
        return _made(base, "aggregate", Aggregate("mean", "places"))
    if asked.take("sum") or question.together:
        return _made(base, "aggregate", Aggregate("sum", "places"))
    if quantifiers & {"which", "which_alone"}:
        if asked.has("more", "less"):
            direction = "least" if asked.take("less") else "most"
            asked.take("more", "comparison")
            return _made(base, "rank", Rank(direction))
        if not question.asks_number:
            return _made(base, "filter", Filter(Condition("over"), counting))
    if not question.asks_number and not counting and _places_follow(question):
        return _made(base, "filter", Filter(Condition("over")))  # 有行政诉讼的镇
    if counting and not question.asks_number:
        return _made(base, "filter", Filter(Condition("over"), counting=True))
    if question.exists and not question.asks_number:
        return _made(base, "filter", Filter(Condition("over")), exists=True)
    total = _made(base, "aggregate", Aggregate("sum", "places"))
    if quantifiers & {"each", "others"} or not_additive(total) is not None:
        return _made(base, "lookup", Each())
    return total


def _places_follow(question: Question) -> bool:
    """Whether places stand behind the measure that they are told by (有行政诉讼的镇)."""
    ends = [m.end for m, meaning in question.meanings if meaning.kind == "measure"]
    some = [m.start for m, places in question.place_sets if places.quantifier == "some"]
    return bool(ends and some) and min(some) >= max(ends)


def _rank(asked: Asked, base: Interpretation) -> Interpretation | Refusal:
    numbers = [o.number for o in asked.take("top", "bottom", "nth") if o.number is not None]
    kinds = {operation.kind for operation in asked.used}
    sided = asked.take("most", "least")
    numbers += [o.number for o in sided if o.number is not None]
    kinds |= {operation.kind for operation in sided}
    ranking = asked.take("ranking", "comparison", "than")
    if len(numbers) > 1 or {"most", "least"} <= kinds:
        return Refusal("not_understood", "one_measure", {})
    asked.take("more", "less") if kinds & {"top", "nth"} else None
    direction: Direction = "least" if kinds & {"least", "bottom"} else "most"
    number = numbers[0] if numbers else None
    if number is not None and not 1 <= number <= MAX_TOP:
        return Refusal("not_understood", "too_many", {"limit": str(MAX_TOP)})
    if "nth" in kinds:
        return _made(base, "rank", Rank(direction, None, nth=number))
    if number is None and ranking and not kinds & {"most", "least"}:
        return _made(base, "rank", Rank("most", None))
    return _made(base, "rank", Rank(direction, number or 1))


def _condition(asked: Asked, base: Interpretation) -> Condition | Refusal | None:
    """The condition that a question sets; None if it sets none."""
    streak = asked.take("streak")
    if streak or asked.has("rise", "fall"):
        ups = asked.take("rise", "more") if streak else asked.take("rise")
        downs = asked.take("fall", "less") if streak else asked.take("fall")
        asked.take("year_on_year", "than")
        if bool(ups) == bool(downs):
            return Refusal("not_understood", "operation", {"words": "连续"})
        named = len(base.years.years) - 1 if base.years.is_range else None
        number = next((o.number for o in streak if o.number is not None), named)
        return Condition(trend="rise" if ups else "fall", years=number or (2 if streak else 1))
    if asked.has(*BOUNDS):
        bounds = asked.take(*BOUNDS)
        if len(bounds) > 1:
            return Refusal("not_understood", "one_measure", {})
        bound: Bound = bounds[0].kind  # type: ignore[assignment]
        number = bounds[0].number
        if number is None:
            amount = asked.take_amount()
            if amount is None:
                return Refusal("not_understood", "bound", {})
            return Condition(bound, amount.value, amount.unit)
        return Condition(bound, Decimal(number))
    if asked.take("zero", "none", "never"):
        asked.take_amount()
        return Condition("equal", Decimal(0))
    if asked.take("nonzero", "ever"):
        return Condition("over", Decimal(0))
    return None


def _over_places(asked: Asked, base: Interpretation) -> Interpretation | Refusal:
    """Two or more places named one by one."""
    question = asked.question
    scope = Scope(base.entities)

    asked.places = []
    if base.years.several:
        if asked.take("trend", "comparison") or not asked.left:
            if question.together:
                return Refusal("not_understood", "operation", {"words": "合计"})
            return _made(base, "series", Series(trend=bool(asked.used)))
        return Refusal("not_understood", "interleaved", {})
    if asked.take("sum") or (question.together and not asked.has(*_COMPARING)):
        return _made(base, "aggregate", Aggregate("sum", "places"), scope=scope)
    if asked.take("mean", "per_place"):
        return _made(base, "aggregate", Aggregate("mean", "places"), scope=scope)
    if asked.has(*RANKING):
        ranked = _rank(asked, base)
        return replace(ranked, scope=scope) if isinstance(ranked, Interpretation) else ranked
    if asked.has(*_COMPARING) or asked.question.place_sets:
        return _compare_places(asked, base)
    return replace(base, scope=None)


def _compare_places(asked: Asked, base: Interpretation) -> Interpretation | Refusal:
    question = asked.question
    ratio = bool(asked.take("ratio"))
    than = bool(asked.take("than"))
    claim: Claim | None = None
    asked.take("is_it")
    taken = {operation.kind for operation in asked.take(*_COMPARING)}
    beside = than or taken <= {"more", "less"}
    if beside and question.exists and not question.asks_number:
        claim = "more" if "more" in taken else "less" if "less" in taken else None
    if len(base.entities) + len(base.absent) > 2:
        if ratio or than or taken & {"difference", "more_by", "less_by"}:
            return Refusal("not_understood", "two_only", {})
        direction: Direction = "least" if "less" in taken and "more" not in taken else "most"
        ranked = _made(base, "rank", Rank(direction, None))
        return replace(ranked, scope=Scope(base.entities))
    signed = than or bool(taken & {"more_by", "less_by"}) or ratio or claim is not None
    return _made(base, "compare", Compare("places", ratio, claim, signed=signed))


def _of_one(asked: Asked, base: Interpretation) -> Interpretation | Refusal | None:
    """One place: its years, a share, a mean a month, or a claim."""
    question = asked.question

    asked.places = []
    several = base.years.several
    if asked.take("which_year") or _asks_for_year(asked):
        return _which_year(asked, base)
    ever = asked.has("ever", "never") and (several or not base.years.named)
    if ever and len(base.wanted) == 1 and not question.asks_number:
        asked.take("ever", "never", "true", "is_it")
        years = base.years if base.years.named else WantedYears("all")
        filtered = Filter(Condition("over"), over="years")
        return _made(base, "exists", filtered, years=years, exists=True)
    if asked.take("per_month"):
        if several:
            return Refusal("not_understood", "years", {})
        asked.take("mean")
        return _made(base, "derived", Aggregate("mean", "months"))
    if asked.has("share"):
        return decide_share(asked, base)
    if several and (asked.take("per_year") or asked.take("mean")):
        return _made(base, "aggregate", Aggregate("mean", "years"))
    if base.years.named and not several and asked.has("per_year"):
        return Refusal("not_understood", "years", {})  # a mean a year of one year
    if asked.take("per_year"):
        return _made(base, "aggregate", Aggregate("mean", "years"), years=WantedYears("all"))
    if several and (asked.take("sum") or (question.together and not asked.left)):
        return _made(base, "aggregate", Aggregate("sum", "years"))
    if asked.has("sum") or (question.together and not asked.left and not asked.amounts):
        if len(base.wanted) > 1:
            asked.take("sum")
            return _made(base, "aggregate", Aggregate("sum", "measures"))
        if _has_parts(base):
            asked.take("sum")  # 不予公开合计几件: one figure, and a total by itself
    if several and asked.has("most", "least"):
        return _which_year(asked, base)
    if asked.take("trend", "streak"):
        asked.take("comparison", *_CHANGES)
        years = base.years if several else WantedYears("all")
        return _made(base, "series", Series(trend=True), years=years)
    if len(base.wanted) == 2 and not several and asked.has(*_COMPARING):
        return _measures(asked, base)
    if asked.has(*_CHANGES, *_COMPARING, "year_on_year"):
        return _over_years(asked, base, several)
    if asked.has(*BOUNDS, *ZEROS, "true", "is_it") or asked.amounts:
        return _claim(asked, base)
    if asked.left:
        return asked.refusal()
    if not several:
        return None
    if base.exists and len(base.wanted) == 1:
        return _made(base, "exists", Filter(Condition("over"), over="years"), exists=True)
    return _made(base, "series", Series())


def _asks_for_year(asked: Asked) -> bool:
    """申请最多的是2019年吗: the year is supposed, and no place compared. Uses what asks so."""
    if not superlative_of_year(asked):
        return False
    asked.take("true", "is_it")
    return True


def _measures(asked: Asked, base: Interpretation) -> Interpretation:
    """公众号比网站多几条: two measures of one report."""
    ratio = bool(asked.take("ratio"))
    asked.take("is_it")
    taken = {operation.kind for operation in asked.take(*_COMPARING)}
    claim: Claim | None = None
    if "than" in taken and asked.question.exists and not asked.question.asks_number:
        claim = "more" if "more" in taken else "less" if "less" in taken else None
    return _made(base, "compare", Compare("measures", ratio, claim))


def _has_parts(base: Interpretation) -> bool:
    """Whether the one figure asked for is a total, so that 合计 only says so."""
    measure = load_catalogue().measures.get(base.wanted[0].measures[0])
    columns = base.wanted[0].columns
    return (
        measure is not None
        and measure.share is None
        and (bool(measure.sum_of) or measure.column == "total" or bool(columns))
    )


def _which_year(asked: Asked, base: Interpretation) -> Interpretation | Refusal:
    span = base.years.span
    years = base.years if base.years.named and span != "latest" else WantedYears("all")
    if superlative_of_year(asked):
        years = WantedYears("all")
    sides = {operation.kind for operation in asked.take("most", "least", "more", "less")}
    if sides:
        if sides & {"most", "more"} and sides & {"least", "less"}:
            return _made(base, "series", Series(trend=True), years=years)
        peak: Direction = "least" if sides & {"least", "less"} else "most"
        return _made(base, "series", Series(peak), years=years)
    condition = _condition(asked, base)
    if isinstance(condition, Refusal):
        return condition
    if condition is not None and condition.trend is not None:
        return Refusal("not_understood", "operation", {"words": "哪年"})
    if condition is None:
        if asked.question.asks_number:
            return _made(base, "series", Series(), years=years)
        condition = Condition("over")
    return _made(base, "filter", Filter(condition, over="years"), years=years)


def _over_years(asked: Asked, base: Interpretation, several: bool) -> Interpretation | Refusal:
    question = asked.question
    ratio = bool(asked.take("ratio"))
    asked.take("is_it")
    taken = {operation.kind for operation in asked.take(*_CHANGES, *_COMPARING, "year_on_year")}
    up = bool(taken & {"rise", "more", "more_by"})
    down = bool(taken & {"fall", "less", "less_by"})
    claim: Claim | None = None
    claimed, percent = None, False
    changes = (*_CHANGES, "more", "less")
    first = min((m.start for m, o in question.operations if o.kind in changes), default=0)
    if any(m.start < first for m, _ in asked.amounts):
        return Refusal("not_understood", "interleaved", {})  # 收到4件，比上年减少吗
    supposed = bool(asked.take("true")) or question.exists
    supposed = supposed and not taken & {"more_by", "less_by"}
    claims = bool(asked.amounts) and not taken & {"more_by", "less_by"}
    if (supposed or claims) and not question.asks_number and up != down:
        claim = "more" if up else "less"
        amount = asked.take_amount()
        if amount is not None:
            claimed = Condition("equal", amount.value, amount.unit)
            percent = amount.unit in ("%", "％")
            if "rate" in taken and not percent:
                return Refusal("not_understood", "unit", {})  # 60个百分点
    if several and not (base.years.span == "years" and len(base.years.years) == 2):
        if ratio or taken & {"difference", "more_by", "less_by"}:
            return Refusal("not_understood", "two_years", {})
        return _made(base, "series", Series(trend=True))
    if several and base.years.is_range and "year_on_year" in taken:
        return _made(base, "series", Series(trend=True))
    if not several and not taken & {*_CHANGES, "year_on_year"}:
        return Refusal("not_understood", "two_years", {})
    if claim is None and not base.years.named and not taken & {"year_on_year"}:
        # 涨了还是跌了 without a year: all the years there are.
        return _made(base, "series", Series(trend=True), years=WantedYears("all"))
    beside = _behind_than(question) if several else None
    task = Compare("years", ratio, claim, claimed, percent, beside, previous=not several)
    return _made(base, "compare", task)


def _behind_than(question: Question) -> int | None:
    """The year directly behind 比 (2019年比2020年多吗), None if there is none."""
    ends = {m.end for m, operation in question.operations if operation.kind == "than"}
    behind = [y for y in question.years if y.start in ends and len(y.years) == 1]
    return behind[0].years[0] if behind else None


def _claim(asked: Asked, base: Interpretation) -> Interpretation | Refusal:
    """A figure that the question supposes: it is checked, not echoed."""
    question = asked.question
    if base.years.several:
        return Refusal("not_understood", "years", {})
    if len(base.wanted) > 1:
        return _claims(asked, base)
    measure = load_catalogue().measures.get(base.wanted[0].measures[0])
    row = measure is not None and measure.item is not None and measure.column is None
    if row and not base.wanted[0].columns and asked.amounts:
        return Refusal("not_understood", "no_claim", {})  # 采购8万元: which column of its row?
    together = load_phrases().harmless.together
    if any(question.letters.startswith(together, m.end) for m, _ in asked.amounts):
        return Refusal("not_understood", "no_claim", {})  # 不予公开8项合计: of eight, not eight
    unit = asked.amounts[0][1].unit if len(asked.amounts) == 1 else ""
    denies = asked.has("none", "never", "zero")
    condition = _condition(asked, base)
    if isinstance(condition, Refusal):
        return condition
    asked.take("true", "is_it")
    if condition is None:
        amount = asked.take_amount()
        if amount is None:
            # 收到申请对吗: nothing that could be checked is claimed.
            return Refusal("not_understood", "no_claim", {})
        condition = Condition("equal", amount.value)
    elif question.asks_number:
        return Refusal("not_understood", "negation" if denies else "operation", {"words": "几件"})
    if question.asks_number:
        return Refusal("not_understood", "claim_and_number", {})
    return _made(base, "verify", Verify(((condition, unit),)))


def _claims(asked: Asked, base: Interpretation) -> Interpretation | Refusal:
    """收到申请41件、行政复议5件，对吗: an amount behind each measure."""
    question = asked.question
    order = [(m.start, "M") for m, meaning in question.meanings if meaning.kind == "measure"]
    order += [(m.start, "A") for m, _ in asked.amounts]
    kinds = "".join(kind for _, kind in sorted(order))
    narrowed = any(want.columns for want in base.wanted)
    if kinds != "MA" * len(base.wanted) or narrowed or question.asks_number:
        return Refusal("not_understood", "no_claim", {})
    claims = tuple((Condition("equal", a.value), a.unit) for _, a in asked.amounts)
    asked.amounts = []
    asked.take("true", "is_it")
    return _made(base, "verify", Verify(claims))
