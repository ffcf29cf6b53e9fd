"""What is asked of one place: its years, a share, a mean a month, or a claim."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from bot.understanding.asked import Asked
from bot.understanding.covering import BOUNDS
from bot.understanding.interpretation import (
    Interpretation,
    Refusal,
    Wanted,
    WantedYears,
)
from bot.understanding.parts import decide_share
from bot.understanding.phrases import load_phrases
from bot.understanding.question import Question
from bot.understanding.scoping import ZEROS, superlative_of_year
from bot.understanding.task import (
    Aggregate,
    Bound,
    Claim,
    Compare,
    Condition,
    Direction,
    Filter,
    Series,
    Verify,
)
from bot.understanding.task_making import (
    BOUND_OF,
    CHANGES,
    COMPARING,
    PERCENT,
    asks_each_change,
    find_condition,
    made,
    take_ratio,
)
from bot.understanding.units import unit_classes
from knowledge.catalogue import load_catalogue


def decide_one(asked: Asked, base: Interpretation) -> Interpretation | Refusal | None:
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
        return made(base, "exists", filtered, years=years, exists=True)
    total = question.so_far or question.said_together
    if total and not base.years.named and (asked.amounts or asked.has(*BOUNDS)):
        return Refusal(
            "not_understood", "years", {}
        )  # 累计收到198件吗: of the latest year it is not
    if question.so_far and not base.years.named and not asked.left and not asked.amounts:
        return _so_far(question, base)
    if asked.take("per_month"):
        if several:
            return Refusal("not_understood", "years", {})
        asked.take("mean")
        return made(base, "derived", Aggregate("mean", "months"))
    if asked.has("share"):
        return decide_share(asked, base)
    if several and (asked.take("per_year") or asked.take("mean")):
        return made(base, "aggregate", Aggregate("mean", "years"))
    if base.years.named and not several and asked.has("per_year"):
        return Refusal("not_understood", "years", {})  # a mean a year of one year
    if asked.take("per_year"):
        return made(base, "aggregate", Aggregate("mean", "years"), years=WantedYears("all"))
    every = any(years.span == "all" for years in question.years) and base.years.span != "all"
    of_every = every and not question.said_together  # 2021到2023年每年申请总数
    if several and (asked.take("sum") or (question.together and not asked.left and not of_every)):
        if len(base.wanted) > 1:
            return Refusal("not_understood", "one_measure", {})  # over the years, or the measures?
        return made(base, "aggregate", Aggregate("sum", "years"))
    if asked.has("sum") or (question.together and not asked.left and not asked.amounts):
        if len(base.wanted) > 1:
            if not asked.take("sum") and len({frozenset(unit_classes(w)) for w in base.wanted}) > 1:
                return None  # 采购几个项目 总共多少钱
            return made(base, "aggregate", Aggregate("sum", "measures"))
        if len(base.wanted[0].columns) > 1 and not base.wanted[0].whole:
            (want,) = base.wanted  # 自然人和企业申请合计
            cells = tuple(Wanted(want.measures, (column,)) for column in want.columns)
            asked.take("sum")
            return made(replace(base, wanted=cells), "aggregate", Aggregate("sum", "measures"))
        if _has_parts(base):
            asked.take("sum")  # 不予公开合计几件: one figure, and a total by itself
    if several and asked.has("most", "least"):
        return _which_year(asked, base)
    if asks_each_change(asked, base):
        return Refusal("not_understood", "two_years", {})
    if asked.has("streak") and base.years.named and not several:
        return Refusal("not_understood", "years", {})  # 2023年一直申请: all years, or within it?
    if asked.take("trend", "streak"):
        asked.take("comparison", *CHANGES)
        years = base.years if several else WantedYears("all")
        return made(base, "series", Series(trend=True), years=years)
    if len(base.wanted) == 2 and not several and asked.has(*COMPARING):
        return _measures(asked, base)
    if not several and _compares_columns(asked, base):
        (want,) = base.wanted
        cells = tuple(Wanted(want.measures, (column,), words=want.words) for column in want.columns)
        return _measures(asked, replace(base, wanted=cells))
    listed = several and base.years.span == "years" and not base.years.is_range
    if listed and asked.has("year_on_year"):
        return Refusal(
            "not_understood", "years", {}
        )  # 2020年和2023年比上年多几件: which with which?
    if listed and len(base.wanted) > 1 and asked.has(*COMPARING):
        return Refusal("not_understood", "one_measure", {})
    if asked.has(*CHANGES, *COMPARING, "year_on_year"):
        return _over_years(asked, base, several)
    if asked.has(*BOUNDS, *ZEROS, "true", "is_it") or asked.amounts:
        return _claim(asked, base)
    if asked.left:
        return asked.refusal()
    if not several:
        return None
    if base.exists and len(base.wanted) == 1 and not listed:
        return made(base, "exists", Filter(Condition("over"), over="years"), exists=True)
    return made(base, "series", Series())


def _so_far(question: Question, base: Interpretation) -> Interpretation | Refusal:
    """被告过吗, 被告过几次, 累计收到多少: of all years that there is a report of."""
    every = WantedYears("all")
    if not question.asks_number and question.exists and len(base.wanted) == 1:
        found = Filter(Condition("over"), over="years")
        return made(base, "exists", found, years=every, exists=True)
    if question.together and len(base.wanted) > 1:
        return Refusal("not_understood", "one_measure", {})
    if question.together:
        return made(base, "aggregate", Aggregate("sum", "years"), years=every)
    return made(base, "series", Series(), years=every)


def _asks_for_year(asked: Asked) -> bool:
    """申请最多的是2019年吗: the year is supposed, and no place compared. Uses what asks so."""
    if not superlative_of_year(asked):
        return False
    asked.take("true", "is_it")
    return True


def _compares_columns(asked: Asked, base: Interpretation) -> bool:
    """Whether two columns of one measure are compared (自然人比企业申请多几件, 自然人和企业申请差多少),
    and no year with another."""
    if len(base.wanted) != 1 or len(base.wanted[0].columns) != 2 or base.wanted[0].whole:
        return False
    if asked.has(*CHANGES, "year_on_year") or not asked.has(*COMPARING):
        return False
    columns = [m for m, meaning in asked.question.meanings if meaning.kind == "column"]
    if len(columns) != 2:
        return False
    first, second = columns
    if asked.has("ratio"):  # 自然人申请是企业的几倍
        return asked.question.letters[first.end : second.start].endswith(_EQUALS)
    than = [m for m, o in asked.left if o.kind == "than"]
    return all(first.end <= m.start and m.end <= second.start for m in than)


def _measures(asked: Asked, base: Interpretation) -> Interpretation | Refusal:
    """公众号比网站多几条: two measures of one report."""
    times = take_ratio(asked)
    if isinstance(times, Refusal) or times == "increase":
        return Refusal("not_understood", "operation", {"words": "几倍"})
    ratio = times is not None
    asked.take("is_it")
    taken = {operation.kind for operation in asked.take(*COMPARING)}
    claim: Claim | None = None
    if "than" in taken and asked.question.exists and not asked.question.asks_number:
        claim = "more" if "more" in taken else "less" if "less" in taken else None
    return made(base, "compare", Compare("measures", ratio, claim))


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
    if years.span == "years" and not years.several and not superlative_of_year(asked):
        return Refusal("not_understood", "years", {})  # 哪年最多，2019年呢
    if superlative_of_year(asked):
        years = WantedYears("all")
    sides = {operation.kind for operation in asked.take("most", "least", "more", "less")}
    if sides:
        if sides & {"most", "more"} and sides & {"least", "less"}:
            return made(base, "series", Series(trend=True), years=years)
        peak: Direction = "least" if sides & {"least", "less"} else "most"
        return made(base, "series", Series(peak), years=years)
    condition = find_condition(asked, base)
    if isinstance(condition, Refusal):
        return condition
    if condition is not None and condition.trend is not None:
        return Refusal("not_understood", "operation", {"words": "哪年"})
    if condition is None:
        if asked.question.asks_number:
            return made(base, "series", Series(), years=years)
        condition = Condition("over")
    return made(base, "filter", Filter(condition, over="years"), years=years)


def _over_years(asked: Asked, base: Interpretation, several: bool) -> Interpretation | Refusal:
    question = asked.question
    times = take_ratio(asked)
    if isinstance(times, Refusal):
        return times
    ratio = times is not None
    asked.take("is_it")
    taken = {operation.kind for operation in asked.take(*CHANGES, *COMPARING, "year_on_year")}
    up = bool(taken & {"rise", "more", "more_by"})
    down = bool(taken & {"fall", "less", "less_by"})
    claim: Claim | None = None
    claimed, percent = None, False
    changes = (*CHANGES, "more", "less")
    first = min((m.start for m, o in question.operations if o.kind in changes), default=0)
    if any(m.start < first for m, _ in asked.amounts):
        return Refusal("not_understood", "interleaved", {})  # 收到4件，比上年减少吗
    supposed = bool(asked.take("true")) or question.exists
    supposed = supposed and not taken & {"more_by", "less_by"}
    claims = bool(asked.amounts) and not taken & {"more_by", "less_by"}
    if (supposed or claims) and not question.asks_number and up != down:
        claim = "more" if up else "less"
        bounds = asked.take(*BOUNDS)
        amount = asked.take_amount()
        if bounds and (len(bounds) > 1 or (amount is None) == (bounds[0].number is None)):
            return Refusal("not_understood", "bound", {})
        if bounds and amount is None:
            last = Decimal(bounds[0].upper) if bounds[0].upper is not None else None
            first_number = Decimal(bounds[0].number or 0)
            claimed = Condition(BOUND_OF[bounds[0].kind], first_number, upper=last)
        elif amount is not None:
            bound: Bound = BOUND_OF[bounds[0].kind] if bounds else "equal"
            claimed = Condition(bound, amount.value, amount.unit)
            percent = amount.unit in PERCENT
            if "rate" in taken and not percent:
                return Refusal("not_understood", "unit", {})  # 60个百分点
    if several and not (base.years.span == "years" and len(base.years.years) == 2):
        if ratio or taken & {"difference", "more_by", "less_by"}:
            return Refusal("not_understood", "two_years", {})
        return made(base, "series", Series(trend=True, rises=bool(taken & set(CHANGES))))
    if several and base.years.is_range and "year_on_year" in taken:
        return made(base, "series", Series(trend=True, rises=bool(taken & set(CHANGES))))
    if not several and not taken & {*CHANGES, "year_on_year"}:
        return Refusal("not_understood", "two_years", {})
    if claim is None and not base.years.named and not taken & {"year_on_year"}:
        # 涨了还是跌了 without a year: all the years there are.
        return made(
            base,
            "series",
            Series(trend=True, rises=bool(taken & set(CHANGES))),
            years=WantedYears("all"),
        )
    beside = _compared_with(question, times == "ratio") if several else None
    if times == "ratio" and several and beside is None:
        return Refusal("not_understood", "two_years", {})  # 2021年和2024年的倍数: which of which?
    # By how many times it rose is what the rate of change tells.
    task = Compare("years", times == "ratio", claim, claimed, percent, beside, previous=not several)
    return made(base, "compare", task)


_EQUALS = ("是", "为", "等于", "相当于", "达到")
_BESIDE = ("与", "和", "跟", "同")


def _compared_with(question: Question, ratio: bool) -> int | None:
    """The year directly behind 比 (2019年比2020年多吗), in 2021年申请与2024年相比, or behind 是
    where a ratio is asked for (2021年是2024年的几倍); None if there is none."""
    comparing = [m for m, o in question.operations if o.kind in ("than", "comparison")]
    measures = [m.end for m, meaning in question.meanings if meaning.kind == "measure"]
    for first, second in zip(question.years, question.years[1:], strict=False):
        between = question.letters[first.end : second.start]
        behind = any(m.end == second.start for m in comparing)
        if any(first.end <= end <= second.start for end in measures):
            # 2021年与2024年申请相比 only lists them
            beside = any(m.start == second.end for m in comparing)
            behind = behind or (beside and between.endswith(_BESIDE))
        behind = behind or (ratio and between.endswith(_EQUALS))
        if behind and len(second.years) == 1:
            return second.years[0]
    return None


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
    starts = {m.start for m, meaning in question.meanings if meaning.kind == "measure"}
    if not (question.exists or asked.has("true", "is_it")) and any(
        m.end in starts for m, _ in asked.amounts
    ):
        return Refusal("not_understood", "no_claim", {})  # 六项申请: a list's heading, no claim
    bounds = [m.end for m, o in question.operations if o.kind in BOUNDS]
    if not question.exists and any(question.letters.startswith("的", end) for end in bounds):
        return Refusal("not_understood", "no_claim", {})  # 5件以内的处罚: of those so small
    unit = asked.amounts[0][1].unit if len(asked.amounts) == 1 else ""
    denies = asked.has("none", "never", "zero")
    rate = measure is not None and measure.share is not None
    stated = load_catalogue().statements.get(base.wanted[0].measures[0])
    rate = rate or (stated is not None and stated.unit_class == "percent")
    words = load_phrases().asked
    counts = any(word in question.letters for word in (*words.count, *words.money, *words.percent))
    if denies and (rate or (counts and not question.exists)):
        return Refusal("not_understood", "negation", {"words": "几件"})  # 未公开率, 没采购多少万元
    condition = find_condition(asked, base)
    if isinstance(condition, Refusal):
        return condition
    asked.take("true", "is_it")
    if condition is None:
        amount = asked.take_amount()
        if amount is None:
            # 收到申请对吗: nothing that could be checked is claimed.
            return Refusal("not_understood", "no_claim", {})
        # 有没有20件 asks whether there are so many, not whether there are no more.
        least = amount.value > 0 and any(word in question.letters for word in _WHETHER)
        condition = Condition("at_least" if least else "equal", amount.value)
    elif question.asks_number:
        return Refusal("not_understood", "negation" if denies else "operation", {"words": "几件"})
    if question.asks_number:
        return Refusal("not_understood", "claim_and_number", {})
    return made(base, "verify", Verify(((condition, unit),)))


_WHETHER = ("有没有", "有无", "是否有")


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
    return made(base, "verify", Verify(claims))
