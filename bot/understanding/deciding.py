"""From the operations of a question to its task; each operation has a use or refuses it.

Nothing is guessed here: a combination that no rule knows is no question that can be answered.
"""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from dataclasses import replace

from bot.understanding.asked import Asked
from bot.understanding.covering import BOUNDS
from bot.understanding.deciding_one import decide_one
from bot.understanding.fitting import fit, not_additive
from bot.understanding.interpretation import (
    Clarify,
    Interpretation,
    Refusal,
)
from bot.understanding.parts import other_whole
from bot.understanding.phrases import load_phrases
from bot.understanding.question import Question
from bot.understanding.scoping import RANKING, ZEROS, find_scope
from bot.understanding.task import (
    Aggregate,
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
)
from bot.understanding.task_making import (
    CHANGES,
    COMPARING,
    PERCENT,
    asks_each_change,
    find_condition,
    made,
    take_ratio,
)
from knowledge.entities import NameIndex

MAX_TOP = 50
"""Places of one ranking; a longer one is an export."""


_YEAR_OF_THE_MOST = re.compile("最[多少高低大小]的?(?:那?一年|那年|年份|年度)(?!是)")


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
    superlative = _YEAR_OF_THE_MOST.search(question.letters)
    if superlative is not None and (question.exists or asked.has("true", "is_it")):
        # 2019年是申请最多的一年吗: of the town's own years, not of the places of one.
        words = question.typed(*superlative.span())
        return Refusal("not_understood", "operation", {"words": words})
    scope = find_scope(asked, index, base, outer)
    if isinstance(scope, (Clarify, Refusal)):
        return scope
    if scope is None and outer:
        return None
    so_far = question.so_far and not base.years.named
    if scope is None and not (asked or question.together or base.years.several or so_far):
        return None
    if scope is None and not base.entities and not base.absent:
        return None  # no place at all: which one is asked back
    if scope is None and base.pairs and not asked:
        return None  # each place has its own year
    if superlative is not None and scope is not None:
        # 洮北区申请最多的一年: of the sums of the years, not of the places of one.
        words = question.typed(*superlative.span())
        return Refusal("not_understood", "operation", {"words": words})
    found: Interpretation | Refusal | None
    if scope is not None:
        found = _over_scope(asked, base, scope)
    elif len(base.entities) + len(base.absent) > 1:
        found = _over_places(asked, base)
    else:
        found = decide_one(asked, base)
    if not isinstance(found, Interpretation):
        return found
    return asked.refusal() or fit(question, found)


def _over_scope(asked: Asked, base: Interpretation, scope: Scope) -> Interpretation | Refusal:
    question = asked.question
    base = replace(base, scope=scope)
    quantifiers = {places.quantifier for _, places in question.place_sets}
    if question.together and base.years.several and asked.has(*RANKING):
        # 2021到2023年申请总数最多的镇: by the sum of the years, not in each of them
        return Refusal("not_understood", "interleaved", {})
    if base.entities or base.absent:
        if outside := [e for e in base.entities if scope.region and e not in scope.entities]:
            names = {"place": outside[0].name, "region": scope.region}
            return Refusal("not_understood", "outside_scope", names)
        if asked.has(*RANKING) and not asked.has("position"):
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
            return made(base, "rank", Rank(direction, None, position=subject))
        if other_whole(asked):
            return Refusal("not_understood", "no_whole", {})
        asked.take("share")
        return made(base, "derived", Share("scope"))
    if "others" in quantifiers and (asked.left or asked.amounts or question.together):
        # 其余乡镇合计: without whom? Only a list of all is right whoever is meant.
        words = [question.typed(m.start, m.end) for m, _ in question.place_sets]
        return Refusal("not_understood", "operation", {"words": "、".join(words)})
    if mixed := _several_operations(asked, base, quantifiers):
        return mixed
    if asked.has("most", "least", "top", "bottom", "nth", "ranking", "ascending"):
        return _rank(asked, base)
    if (asked.has("ever", "never") or question.so_far) and not base.years.named:
        return Refusal("not_understood", "years", {})  # a single year says nothing of 从来没有
    if not quantifiers - _ALL_PLACES and asks_each_change(asked, base):
        return Refusal("not_understood", "two_years", {})
    if _asks_change(asked, base, quantifiers):
        asked.take(*CHANGES, *COMPARING, "year_on_year", "trend", "sum")
        return made(base, "aggregate", Aggregate("sum", "places", change=True))
    counting = bool(quantifiers & {"count", "count_alone"})
    condition = find_condition(asked, base)
    if isinstance(condition, Refusal):
        return condition
    if condition is not None:
        return made(base, "filter", Filter(condition, counting))
    if quantifiers & {"which", "which_alone", "count"} and _says_all(question):
        return Refusal("not_understood", "operation", {"words": _ALL[0]})
    if asked.take("per_place", "mean"):
        return made(base, "aggregate", Aggregate("mean", "places"))
    of_places = question.said_together and bool(quantifiers & _CHOOSING_PLACES)  # 一共有几个镇
    counted = [question.typed(m.start, m.end) for m, _ in question.place_sets]
    if asked.has("sum") and any(_counts_who(words) for words in counted):
        # 加起来几个单位申请: of these places, or that many applicants?
        return Refusal("not_understood", "operation", {"words": "、".join(counted)})
    added = bool(asked.take("sum"))
    if added or (question.together and not of_places):
        if len(base.wanted) > 1:
            return Refusal("not_understood", "one_measure", {})  # over the places, or of all?
        said = added or question.said_together
        if "each" in quantifiers and base.years.several and not said:
            return Refusal("not_understood", "interleaved", {})  # 近三年各镇申请总数: each town's?
        every = any("每" in question.typed(m.start, m.end) for m, _ in question.place_sets)
        if every and base.years.several:
            return Refusal("not_understood", "interleaved", {})  # each town's own sum of the years
        return made(base, "aggregate", Aggregate("sum", "places"))
    if quantifiers & {"which", "which_alone"}:
        if asked.has("more", "less"):
            direction = "least" if asked.take("less") else "most"
            asked.take("more", "comparison")
            return made(base, "rank", Rank(direction))
        if not question.asks_number:
            return made(base, "filter", Filter(Condition("over"), counting))
    if not question.asks_number and not counting and _places_follow(question):
        return made(base, "filter", Filter(Condition("over")))  # 有行政诉讼的镇
    if counting and not question.asks_number and not _asked_within(question):
        return made(base, "filter", Filter(Condition("over"), counting=True))
    if question.exists and not question.asks_number:
        return made(base, "filter", Filter(Condition("over")), exists=True)
    total = made(base, "aggregate", Aggregate("sum", "places"))
    each = bool(quantifiers & {"each", "others"}) or (question.each and len(base.wanted) == 1)
    if each or not_additive(total) is not None:
        return made(base, "lookup", Each())
    return total


def _counts_who(words: str) -> bool:
    """Whether it is asked how many of what may be places that report, and applicants as well."""
    return words.startswith(("几", "多少")) and words.endswith(("单位", "机构", "家"))


def _asked_within(question: Question) -> bool:
    """Whether the words of a measure ask for its number (几个乡镇总共罚了多少起)."""
    words = load_phrases().asked
    return any(
        word in question.letters[m.start : m.end]
        for m, meaning in question.meanings
        if meaning.kind == "measure"
        for word in (*words.count, *words.money)
    )


_ALL = ("都", "全部", "全都")


def _says_all(question: Question) -> bool:
    """Whether all of something is said to be done (都办完的有哪些镇): not that there is some."""
    starts = [m.start for m, meaning in question.meanings if meaning.kind == "measure"]
    return any(question.letters.endswith(_ALL, 0, start) for start in starts)


_CHOOSING_PLACES = frozenset({"which", "which_alone", "count", "count_alone"})


_ALL_PLACES = frozenset({"each", "county", "city", "province", "everywhere"})


def _several_operations(
    asked: Asked, base: Interpretation, quantifiers: Set[str]
) -> Refusal | None:
    """The refusal where a total is asked for beside something else, which of the two the reply
    would silently drop: of places that are chosen first (申请超过10件的镇一共几件, 有复议的镇平均
    几件), beside a ranking, a mean or a rise; of every place's own change; None if it is not."""
    question = asked.question
    total = question.said_together or asked.has("sum")
    counting = bool(quantifiers & _CHOOSING_PLACES) and not question.asks_number
    conditions = asked.has(*BOUNDS, *ZEROS, "rise", "fall", "streak")
    mean = asked.has("mean", "per_place")
    mixed = (
        (question.together and question.exists and asked.has(*BOUNDS) and not counting)
        or ((total or mean) and _is_qualified(question))
        or (total and mean)
        or (total and conditions and not counting and not _asks_change_alone(asked))
        or (total and asked.has(*RANKING) and question.asks_number)
        or (total and _is_qualified(question, _CHOOSING_PLACES) and question.asks_number)
        or ("each" in quantifiers and not total and _asks_change_of_each(asked, base))
        or (question.together and base.years.several and asked.has(*BOUNDS))
    )
    return Refusal("not_understood", "interleaved", {}) if mixed else None


def _asks_change_of_each(asked: Asked, base: Interpretation) -> bool:
    """Whether every place's own change is asked for (各镇2023年申请比2022年多几件, 各镇近三年申请
    趋势), which the sum of all does not tell."""
    if asked.has("rise", "fall", "year_on_year"):
        return True
    return base.years.several and asked.has("change", "trend", *COMPARING)


def _asks_change_alone(asked: Asked) -> bool:
    """Whether a rise or fall is asked of the total itself, in words for two years (2024年比2023年
    一共增加多少)."""
    return asked.has("rise", "fall") and asked.has("than") and not asked.has(*BOUNDS, *ZEROS)


def _is_qualified(question: Question, kinds: Set[str] = frozenset({"some"})) -> bool:
    """Whether places are told by what stands before them (收到企业申请的镇)."""
    before = [m.end for m, meaning in question.meanings if meaning.kind == "measure"]
    sets = [m.start for m, places in question.place_sets if places.quantifier in kinds]
    return bool(before and sets) and max(sets) >= min(before)


def _asks_change(asked: Asked, base: Interpretation, quantifiers: Set[str]) -> bool:
    """Whether the sums of two years of a region, the later named first, or the first and last of
    several in a row are compared (全县2024年申请比2023年多几件, 各乡镇2019到2024年合计变化)."""
    question, years = asked.question, base.years
    if not asked.has(*CHANGES, *COMPARING, "year_on_year", "trend") or len(base.wanted) != 1:
        return False
    if quantifiers - {"some"} - _ALL_PLACES:
        return False
    if _is_qualified(question):
        return False  # 2024年比2019年申请增加的镇
    if asked.has("ratio", "streak", "rate") or asked.amounts or question.each:
        return False
    if question.exists and not question.asks_number:
        return False
    if not years.several or years.is_range or years.span != "years":
        return years.several and not asked.has("than")
    return len(years.years) == 2 and years.years[0] > years.years[1]


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
    if len(numbers) > 1 or {"most", "least"} <= kinds or {"most", "nth"} <= kinds:
        return Refusal("not_understood", "one_measure", {})
    if kinds & {"top", "nth"}:
        kinds |= {operation.kind for operation in asked.take("more", "less")}
    ascending = bool(asked.take("ascending"))
    turned = {"least", "bottom"} if kinds & {"more", "less"} else set()
    if kinds & turned or {"more", "less"} <= kinds or (ascending and kinds):
        return Refusal("not_understood", "one_measure", {})  # 倒数第二少
    direction: Direction = "least" if kinds & {"least", "bottom", "less"} else "most"
    number = numbers[0] if numbers else None
    if number is not None and not 1 <= number <= MAX_TOP:
        return Refusal("not_understood", "too_many", {"limit": str(MAX_TOP)})
    if "nth" in kinds:
        return made(base, "rank", Rank(direction, None, nth=number))
    if number is None and (ranking or ascending) and not kinds & {"most", "least"}:
        return made(base, "rank", Rank("least" if ascending else "most", None))
    return made(base, "rank", Rank(direction, number or 1))


def _over_places(asked: Asked, base: Interpretation) -> Interpretation | Refusal:
    """Two or more places named one by one."""
    question = asked.question
    scope = Scope(base.entities)

    asked.places = []
    if base.pairs and (asked.has(*COMPARING) or question.place_sets):
        return _compare_places(asked, base)  # 平安镇2022年和平台镇2021年谁多
    if asked.has("year_on_year") and not base.years.several and not base.pairs:
        return _each_against_the_year_before(asked, base)
    if base.years.several and base.years.is_range and not base.pairs and len(base.wanted) == 1:
        added = bool(asked.take("sum")) or question.said_together
        if added and not asked.left and not question.each:
            return made(base, "aggregate", Aggregate("sum", "places"), scope=scope)
    if base.years.several:
        if asked.take("trend", "comparison") or not asked.left:
            if question.together:
                return Refusal("not_understood", "operation", {"words": "合计"})
            return made(base, "series", Series(trend=bool(asked.used)))
        return Refusal("not_understood", "interleaved", {})
    if asked.take("sum") or (question.together and not asked.has(*COMPARING)):
        if len(base.wanted) > 1:
            return Refusal("not_understood", "one_measure", {})  # over the places, or of all?
        return made(base, "aggregate", Aggregate("sum", "places"), scope=scope)
    if asked.take("mean", "per_place"):
        return made(base, "aggregate", Aggregate("mean", "places"), scope=scope)
    if asked.has(*RANKING):
        ranked = _rank(asked, base)
        return replace(ranked, scope=scope) if isinstance(ranked, Interpretation) else ranked
    if asked.has(*COMPARING) or asked.question.place_sets:
        return _compare_places(asked, base)
    return replace(base, scope=None)


def _each_against_the_year_before(asked: Asked, base: Interpretation) -> Interpretation | Refusal:
    """平安镇和平台镇2023年申请同比: each town's own change."""
    question = asked.question
    if question.exists or asked.amounts or question.together:
        return Refusal("not_understood", "interleaved", {})
    asked.take("year_on_year", *CHANGES, "more_by", "less_by", "than", "comparison")
    return made(base, "compare", Compare("years", previous=True))


def _compare_places(asked: Asked, base: Interpretation) -> Interpretation | Refusal:
    question = asked.question
    times = take_ratio(asked)
    if isinstance(times, Refusal) or times == "increase":
        return Refusal("not_understood", "operation", {"words": "几倍"})
    ratio = times is not None
    than = bool(asked.take("than"))
    claim: Claim | None = None
    supposed = bool(asked.take("is_it", "true")) or question.exists
    taken = {operation.kind for operation in asked.take(*COMPARING)}
    beside = than or taken <= {"more", "less"}
    claimed: Condition | None = None
    if beside and supposed and not question.asks_number:
        claim = "more" if "more" in taken else "less" if "less" in taken else None
        amount = asked.take_amount() if than and claim is not None else None
        claimed = Condition("equal", amount.value, amount.unit) if amount is not None else None
        if claimed is not None and claimed.unit in PERCENT:
            return Refusal("not_understood", "unit", {})
    if len(base.entities) + len(base.absent) > 2:
        if ratio or than or taken & {"difference", "more_by", "less_by"}:
            return Refusal("not_understood", "two_only", {})
        direction: Direction = "least" if "less" in taken and "more" not in taken else "most"
        ranked = made(base, "rank", Rank(direction, None))
        return replace(ranked, scope=Scope(base.entities))
    signed = than or bool(taken & {"more_by", "less_by"}) or ratio or claim is not None
    task = Compare("places", ratio, claim, claimed, signed=signed)
    return made(base, "compare", task)
