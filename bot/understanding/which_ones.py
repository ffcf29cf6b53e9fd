"""Follow-ups that ask which towns or years it was: 是哪几个, 哪个镇的, 所有镇呢, 哪年没有.

By themselves such words ask what the store holds; in a conversation they never do.
"""

from __future__ import annotations

import re

from bot.understanding.covering import BOUNDS
from bot.understanding.interpretation import Choice, Clarify, Interpretation
from bot.understanding.keeping import kinds_said
from bot.understanding.operations import OperationKind
from bot.understanding.phrases import load_phrases
from bot.understanding.question import Question
from bot.understanding.spoken_of import without_question_words
from bot.understanding.turn import EDGES, UNCLEAR, Completed, Turn

_CHOSEN: frozenset[OperationKind] = frozenset({"zero", "none", "nonzero", *BOUNDS})
_DENIED: frozenset[OperationKind] = frozenset({"zero", "none", "never"})
_ADDED: frozenset[OperationKind] = frozenset({"sum"})
_OF_YEARS: frozenset[OperationKind] = frozenset(
    {"which_year", "most", "least", "trend", "sum", "mean", "ever", "never", *_CHOSEN}
)
_COUNTED = re.compile("(?:几|多少)[个家]")
_WHICH = frozenset({"which", "which_alone"})
_ALL = frozenset({"each", "others", "everywhere"})
_ONE_BY_ONE = ("各", "每", "哪")


def which_ones(turn: Turn) -> Completed:
    """A message of nothing but places or years without names, as the question that it asks in the
    conversation; None for any other message."""
    asked = turn.asked
    named = asked.names or asked.regions or asked.unknown_names or asked.years or asked.amounts
    if named or asked.leftover or asked.unclear:
        return None
    having = _years_with(asked)
    if having is not None:
        return _which_years(turn, having)
    if asked.letters.strip(EDGES) in load_phrases().follow.all_zero:
        return _all_zero(turn)
    if asked.letters.strip(EDGES) in load_phrases().follow.which_year:
        return UNCLEAR  # 哪一年的: the year is in the reply
    if asked.operations or _means_more(asked):
        return None
    if asked.each and not asked.place_sets:
        return _one_by_one(turn)
    if not asked.place_sets:
        return None
    sets = {places.quantifier for _, places in asked.place_sets}
    if not turn.context.entities and sets <= _WHICH:
        return _which_towns(turn)
    if not turn.context.entities and sets == {"everywhere"}:
        return _in_all(turn)
    if not turn.context.entities and sets <= _ALL and turn.kept & _CHOSEN:
        return UNCLEAR  # 全部乡镇里呢, after how many of a county have none
    if len(turn.context.entities) == 1 and sets <= _ALL:
        return _elsewhere(turn)
    return None


def holdings_meant(question: Question) -> bool:
    """Whether a question in a conversation asks what the store holds by words of its own
    (收录, 有哪些镇), not only by naming no figure (是谁, 其他镇有吗)."""
    if any(meaning.kind == "coverage" for _, meaning in question.meanings):
        return True
    words = load_phrases().follow.holdings
    said = [question.typed(m.start, m.end) for m, _ in question.place_sets]
    # 有哪些镇, but not 2022年都有哪些, after the grounds of a town's refusals.
    return any(typed.startswith(words) and not typed.endswith(("些", "几")) for typed in said)


def _means_more(asked: Question) -> bool:
    return any(meaning.kind not in ("coverage", "help") for _, meaning in asked.meanings)


def _years_with(asked: Question) -> bool | None:
    """Whether the years with something (哪年有), or those without (哪年没有), are asked for."""
    words = load_phrases().follow
    said = asked.letters.strip(EDGES).removeprefix("那")
    for after in (*words.after, "的"):
        said = said.removesuffix(after)
    return True if said in words.years_with else False if said in words.years_without else None


def _which_years(turn: Turn, having: bool) -> Completed:
    """哪年没有, after a figure of one town: the years without any; after a year without a report,
    or a question about reports, those that the store has."""
    context, before = turn.context, turn.before
    if len(context.entities) != 1:
        return UNCLEAR
    measure = without_question_words(turn.measure)
    if not measure or (before.named_years and not context.years):
        return f"{turn.place}{load_phrases().follow.which_reports}"
    if not turn.kept <= _OF_YEARS or before.amounts:
        return UNCLEAR
    completed = f"{turn.place}哪年{'有' if having else '没有'}{measure}"
    return completed if turn.understood(completed) is not None else UNCLEAR


def _all_zero(turn: Turn) -> Completed:
    """都是0吗, after all years of one town: the years that are not."""
    several = len(turn.context.entities) == 1 and len(turn.context.years) > 2
    measure = without_question_words(turn.measure)
    if not several or not measure or turn.before.years and not turn.before.each and turn.kept:
        return UNCLEAR
    span = turn.years if turn.before.years else ""
    completed = f"{turn.place}{span}哪年有{measure}"
    return completed if turn.understood(completed) is not None else UNCLEAR


def _which_towns(turn: Turn) -> Completed:
    """是哪几个, after how many towns there are of a kind; 哪个镇的, after a sum over towns."""
    before = turn.before
    measure = without_question_words(turn.measure)
    said = kinds_said(turn.asked)
    if not measure or (said and said != kinds_said(before)):
        return UNCLEAR
    if turn.kept & _CHOSEN:
        counted = [m for m, _ in before.place_sets]
        if len(counted) != 1:
            return UNCLEAR
        start, end = counted[0].start, counted[0].end
        completed = before.replaced(start, end, _COUNTED.sub("哪些", before.typed(start, end)))
    elif turn.kept <= _ADDED and (before.together or turn.kept) and not kinds_said(before):
        completed = f"{turn.place}{turn.years}哪些地方有{measure}"
    else:
        return UNCLEAR
    known, found = turn.understood(turn.context.question), turn.understood(completed)
    same = found is not None and known is not None and _of_the_same(found, known)
    return completed if same else UNCLEAR


def _of_the_same(found: Interpretation, known: Interpretation) -> bool:
    return (
        found.scope is not None
        and known.scope is not None
        and found.scope.region == known.scope.region
        and (found.wanted, found.years) == (known.wanted, known.years)
    )


def _in_all(turn: Turn) -> Completed:
    """全库呢, after a question about the towns of a region: the same of the whole store."""
    regions = [m for m, _ in turn.before.regions]
    if not regions or turn.before.amounts:
        return UNCLEAR
    completed = turn.substituted(regions, "")
    same = completed is not None and turn.keeps_operations(completed)
    return completed if same else UNCLEAR


def _one_by_one(turn: Turn) -> str | None:
    """分别呢, 各是多少, after a sum over towns or over years."""
    measure = without_question_words(turn.measure)
    added = turn.kept <= _ADDED and (turn.before.together or bool(turn.kept))
    if not measure or not added or kinds_said(turn.before):
        return None
    places = turn.place if turn.context.entities else f"{turn.place}各镇"
    completed = f"{places}{turn.years}{measure}"
    return completed if turn.understood(completed) is not None else None


def _elsewhere(turn: Turn) -> Completed:
    """所有镇呢, 其他镇有吗, after a town: of its county, or of the whole store, is asked back."""
    asked, entity = turn.asked, turn.context.entities[0]
    first = min(m.start for m, _ in asked.place_sets)
    typed = asked.letters[first:]
    if typed.startswith(_ONE_BY_ONE) and turn.marked:
        return None  # 各镇呢: of the county spoken of
    measure = without_question_words(turn.measure)
    if not measure or turn.kept - _CHOSEN - {"ever", "never"} or turn.before.amounts:
        return UNCLEAR
    none = bool(turn.operations & _DENIED)
    words = f"哪些镇{'没有' if none else '有'}{measure}" if asked.exists else f"各镇{measure}"
    places = [place for place in (entity.county, "全库") if place]
    choices = [f"{place}{turn.years}{words}" for place in places]
    return Clarify("which_measure", tuple(Choice(one, one) for one in choices))
