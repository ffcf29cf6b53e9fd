"""What a follow-up leaves unsaid: which of the places, years or figures just told it means.

Where it may be of one of them, of all or of others, a figure would be a guess; it is refused.
"""

from __future__ import annotations

import re

from bot.understanding.covering import BOUNDS
from bot.understanding.leads import Led
from bot.understanding.operations import OperationKind
from bot.understanding.phrases import load_phrases
from bot.understanding.replacing import CARRIED, COMPARING
from bot.understanding.spoken_of import Context
from bot.understanding.turn import EDGES, Turn, of_kind

RANKED: frozenset[OperationKind] = frozenset({"most", "least", "ranking", "ascending"})
RANKED_SO = RANKED | frozenset[OperationKind]({"nth", "top", "bottom"})
CHOOSING: frozenset[OperationKind] = frozenset(
    {"top", "bottom", "nth", "zero", "none", "nonzero", "streak", *BOUNDS}
)
"""Operations of a question that choose some of the places it is about."""
_CONDITIONS = CHOOSING - {"top", "bottom", "nth"}
_CHECKED: frozenset[OperationKind] = frozenset({"true", "is_it"})
_GROWTH: frozenset[OperationKind] = frozenset({"year_on_year", "rise", "fall", "change", "rate"})
_BY_HOW_MUCH: frozenset[OperationKind] = _GROWTH | {"difference", "more_by", "less_by", "trend"}
_DENIALS: frozenset[OperationKind] = frozenset({"zero", "none", "never"})

_OF_THE_TOLD = re.compile(r"那?(?:前|后|最后|上|下)(?:面|边)?[一两二三四]?(?:个|家)")
"""前一个镇, 后两个: of those told one after another."""
_THESE = re.compile(r"(?:那|这)*[这那两二三四五六七八九十\d]")
_CLAIM_ENDS = re.compile(r"(?<!的)(?:吗|么|吧|对吧|对不对|对)[?？。]*$")


def leaves_open(turn: Turn, lead: Led) -> bool:
    """Whether words of a follow-up stand for places, figures or a list that it is not said which
    they are."""
    asked, context, words = turn.asked, turn.context, load_phrases().follow
    if lead.plural or any(word in asked.letters for word in (*words.winner, *words.these_figures)):
        return True
    several = lead.pronoun in words.told and len(context.entities) > 1
    if lead.pronoun is not None and not several and not (asked.names or asked.regions):
        if len(context.entities) != 1 or _of_another_kind(lead.pronoun, context):
            return True
    ranked = bool(turn.kept & (CHOOSING | RANKED))
    if _of_what_was_compared(turn) or _one_addend(turn):
        return True
    now = any(word in asked.letters for word in words.now) and not asked.years
    if now and turn.before.years and not (asked.names or asked.regions):
        return True  # 现在还有没判的吗, after 前年: of that year, or of the latest?
    carried = {name for _, m in of_kind(turn.before, "measure") for name in m.ids} & CARRIED
    doubts = any("contradictions" in m.ids for _, m in of_kind(asked, "meta"))
    if carried and doubts and len(context.entities) != 1:
        return True  # 对得上吗, after what several towns carried over
    if _OF_THE_TOLD.match(asked.letters) and not (ranked and not context.entities):
        return True
    if _of_a_list(turn) or _of_several_told(turn):
        return True
    numbered = any(p.number is not None or p.quantifier == "count" for _, p in asked.place_sets)
    if numbered and not context.entities and _THESE.match(asked.letters):
        return True  # 这两个镇呢, after a list
    why = any(meaning.kind == "cause" for _, meaning in asked.meanings)
    denied = turn.operations & _DENIALS and not asked.place_sets and not why
    if denied and context.entities and not _CLAIM_ENDS.search(asked.letters):
        return True  # 没答复的呢: those not answered are another figure
    every = asked.letters.lstrip("那").startswith(("全", "都", "均", "一直", "每年", "年年"))
    if every and (asked.exists or turn.operations & _CHECKED) and not asked.place_sets:
        return True  # 全是0吗, 都是0吗: one figure does not tell
    most = bool(turn.operations & RANKED) and (asked.exists or _CLAIM_ENDS.search(asked.letters))
    # 处罚也是吗, after a claim; 那年申请也是最多的吗: of its years, or of the towns?
    return "也" in asked.letters and (bool(turn.before.amounts) or bool(most))


def _of_what_was_compared(turn: Turn) -> bool:
    """Whether a bare total, rank or year of the most may be of the two that were just set against
    each other, or of all that were spoken of (一共, 第二名是谁, after 差多少); or of a sum of several
    figures or of each (哪年最多, after 三个加起来)."""
    asked, operations = turn.asked, turn.operations
    named = asked.names or asked.regions or asked.years or asked.meanings or asked.amounts
    if named:
        return False
    together = asked.said_together or "sum" in operations
    if together and asked.exists and not asked.place_sets:
        return True  # 加起来是总数吗
    compared = bool(turn.kept & (_GROWTH | set(COMPARING)))
    two = len(turn.context.entities) == 2
    if compared and two and operations & {"nth", "top", "bottom", "ranking"}:
        return True
    before = [turn.read(one.question) for one in turn.context.earlier[-2:]]
    just = compared or any(
        o.kind in _GROWTH | set(COMPARING) for question in before for _, o in question.operations
    )
    added = together and not asked.place_sets
    if just and added and len(turn.context.entities) == 1 and len(turn.context.years) < 3:
        return True
    several = len(of_kind(turn.before, "measure")) > 1
    summed = turn.before.said_together or "sum" in turn.kept
    return several and summed and "which_year" in operations


def _one_addend(turn: Turn) -> bool:
    """Whether one figure is to be added to those before (加起来跟不掌握的一共多少)."""
    asked = turn.asked
    figures = of_kind(asked, "measure", "column")
    named = asked.names or asked.regions or asked.years or asked.place_sets
    beside = any(word in asked.letters for word in load_phrases().harmless.connectors)
    return "sum" in turn.operations and len(figures) == 1 and beside and not named


def _of_another_kind(pronoun: str, context: Context) -> bool:
    """Whether 该镇 does not fit the place spoken of last, but one spoken of before."""
    kind = next((kind for kind in ("街道", "镇", "乡") if pronoun.endswith(kind)), None)
    if kind is None or context.entities[0].name.endswith(kind):
        return False
    return any(e.name.endswith(kind) for one in context.earlier for e in one.entities)


def _of_a_list(turn: Turn) -> bool:
    """Whether a follow-up may be of the places that were just chosen, or of all: 其中处罚最多的,
    有处罚吗, after a list or a ranking; 最少的是哪个, after those above a bound."""
    asked, operations = turn.asked, turn.operations
    if turn.context.entities:
        return False
    whole = load_phrases().harmless.of_which
    of_which = (*load_phrases().follow.of_which, *(word for word in whole if len(word) > 1))
    inner = asked.letters.lstrip(EDGES).startswith(of_which)
    if turn.kept & (CHOOSING | RANKED) and (inner or "也" in asked.letters or asked.exists):
        return True
    added = bool(operations & {"sum", "mean"}) or asked.said_together
    if turn.kept & _CONDITIONS and not operations & set(BOUNDS):
        if operations & RANKED or added:
            return True
    chosen = bool(turn.before.place_sets) and not asked.place_sets
    return chosen and bool(operations & (_GROWTH | set(COMPARING)))


def _of_several_told(turn: Turn) -> bool:
    """Whether 一共, 各 or 分别 may be of several places or years told one after another, and the
    follow-up is not one that these are put together for."""
    asked, context = turn.asked, turn.context
    if not (asked.said_together or asked.each or "sum" in turn.operations):
        return False
    if len(context.entities) > 1 or len(context.years) > 1 or not context.earlier:
        return False
    if "share" in turn.kept:
        return False  # 合计呢, after a part of all: of all
    others = [
        one
        for one in context.earlier
        if one.entities != context.entities or one.years != context.years
    ]
    if "share" in turn.operations and others:
        return True  # 一共占全区多少, after two towns
    several = any(years.span != "years" or len(years.years) > 1 for years in asked.years)
    if asked.place_sets or asked.regions or len(asked.names) > 1 or several:
        return False
    besides = asked.amounts or turn.operations - {"sum", "mean"}
    if asked.years and of_kind(asked, "measure") and not asked.each:
        return bool(besides)  # 那一年总共收到多少申请: of one year, and it says of what
    more = asked.years or asked.meanings or asked.names or asked.each
    return bool(besides) or bool(others and more)


def asks_nothing_alone(turn: Turn) -> bool:
    """Whether the same figure looked at otherwise would be one that the follow-up need not mean."""
    return _told_otherwise(turn) or _unsaid(turn)


def _unsaid(turn: Turn) -> bool:
    """Whether a number, a denial or a set of places in a follow-up asks nothing by itself."""
    asked, operations = turn.asked, turn.operations
    claimed = asked.exists or asked.text.rstrip(EDGES).endswith("吧") or operations & _CHECKED
    if asked.amounts and turn.context.entities and not claimed:
        return True  # 那22呢, 超过30件的呢
    if asked.amounts and turn.kept & set(BOUNDS) and not operations & set(BOUNDS):
        return True  # 5件呢, after 超过10件吗
    sets = {places.quantifier for _, places in asked.place_sets}
    if "everywhere" in sets and turn.before.regions and not turn.context.entities:
        return True
    numbered = any(places.number is not None for _, places in asked.place_sets)
    if sets & {"count", "count_alone"} and not operations and not asked.amounts:
        return True
    if numbered and turn.context.entities and not operations:
        return True  # 另外两个镇呢
    if of_kind(asked, "column") and len(of_kind(turn.before, "measure")) > 1:
        return True  # 自然人呢, after 申请和处罚各几件
    return "others" in sets


def _told_otherwise(turn: Turn) -> bool:
    """Whether the figure told was worked out, so that what is asked now would be done with another
    (哪年最高 after a share), or may be asked of another pair (涨了吗 after two years)."""
    operations, sets = turn.operations, turn.asked.place_sets
    regional = not of_kind(turn.before, "column") and len(of_kind(turn.before, "measure")) == 1
    whole = {p.quantifier for _, p in sets} <= {"county", "city", "province"} and bool(sets)
    whole = whole and regional
    if "share" in turn.kept and not whole and (operations - {"share"} or sets):
        return True
    peak = operations <= {"which_year", "most", "least"} and len(turn.context.years) > 2
    if turn.kept & _GROWTH and (operations - _BY_HOW_MUCH or sets) and not (peak and not sets):
        return True
    if "share" in operations and len(turn.context.entities) > 1:
        return True  # 两个镇占全区多少
    earlier = [one for one in turn.context.earlier if one.entities == turn.context.entities]
    summed = turn.before.together or bool(turn.kept & {"sum", "mean", "per_year"})
    if summed and operations & (_GROWTH | set(COMPARING)) and not turn.asked.years:
        if any(one.years != turn.context.years for one in earlier):
            return True  # 涨了多少, after the totals of two periods: between these, or in the last?
    if operations & _GROWTH and not turn.asked.years and earlier and len(turn.context.years) == 1:
        return earlier[-1].years not in (turn.context.years, (turn.context.years[0] - 1,))
    return False
