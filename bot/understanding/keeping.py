"""Whether a completed follow-up still says all that the follow-up and the question before said.

A follow-up is put together from pieces of both. What one of them said and the whole does not say
any more (a kind of place, a condition, an operation, a column) would be answered as if it had not
been said: such a follow-up is refused.
"""

from __future__ import annotations

from bot.understanding.operations import OperationKind, place_kind
from bot.understanding.question import Question
from bot.understanding.replacing import COMPARING
from bot.understanding.turn import Turn, of_kind

_ANY = "any"
_CLAIMS: frozenset[OperationKind] = frozenset({"true", "is_it"})


def loses(turn: Turn, completed: str) -> bool:
    """Whether a completed question lacks something that was said, and not put anew."""
    again = turn.read(completed)
    return (
        _lost_of_asked(turn.asked, again)
        or _lost_of_before(turn, again)
        or _other_figure(turn, completed)
    )


def _other_figure(turn: Turn, completed: str) -> bool:
    """Whether a completed question that names no figure of its own asks for another one than
    those before (培训多少人 without its question word)."""
    if turn.asked.meanings or turn.asked.asks_number:
        return False
    found = turn.understood(completed)
    told = (*turn.context.earlier, turn.context)
    known = [one for context in told if (one := turn.understood(context.question)) is not None]
    measures = {name for one in known for want in one.wanted for name in want.measures}
    asked = {name for want in found.wanted for name in want.measures} if found else set()
    return bool(measures) and not asked <= measures


def _lost_of_asked(asked: Question, again: Question) -> bool:
    return (
        not _sets(asked) <= _sets(again)
        or not _operations(asked) <= _operations(again)
        or not _amounts(asked) <= _amounts(again)
        or not _columns(asked) <= _columns(again)
        or not asked.named_years <= again.named_years
        or (asked.so_far and not again.so_far)
        or (asked.said_together and _of_several(again) and not _adds_up(again))
        or bool(asked.year_end and not again.year_end)
    )


def _of_several(question: Question) -> bool:
    spans = any(years.span != "years" or len(years.years) > 1 for years in question.years)
    return spans or len(question.names) > 1


def _adds_up(question: Question) -> bool:
    return question.together or "sum" in _operations(question)


def _lost_of_before(turn: Turn, again: Question) -> bool:
    """What is kept of the question before where the follow-up names no figure, place or operation
    of its own instead."""
    asked, before = turn.asked, turn.before
    if asked.exists and of_kind(asked, "column"):
        return False  # 有企业吗, after a share
    if asked.names or asked.regions or of_kind(asked, "measure", "topic", "meta"):
        return False  # told by the rules for another place, another figure
    if (
        not turn.context.entities
        and not kinds_said(asked)
        and kinds_said(before) - kinds_said(again)
    ):
        return True  # 第二名呢, after 哪个乡最多
    if asked.operations or asked.place_sets or asked.said_together or asked.asks_number:
        return False
    return not _alike(turn.kept) <= _operations(again)


def kinds_said(question: Question) -> set[str]:
    """The kinds of place that were said and leave others out (乡, 街道; 镇 is said of all)."""
    kinds = {places.kind for _, places in question.place_sets}
    return {kind for kind in kinds if kind != _ANY and not place_kind(kind).loose}


def _sets(question: Question) -> set[str]:
    return {places.quantifier.removesuffix("_alone") for _, places in question.place_sets}


def _operations(question: Question) -> set[OperationKind]:
    return _alike(frozenset(operation.kind for _, operation in question.operations))


def _alike(kinds: frozenset[OperationKind]) -> set[OperationKind]:
    """Operations without those of a claim, all ways to compare as one."""
    return {"comparison" if kind in COMPARING else kind for kind in kinds - _CLAIMS}


def _amounts(question: Question) -> set[str]:
    return {str(amount.value) for _, amount in question.amounts}


def _columns(question: Question) -> set[str]:
    return {name for _, meaning in of_kind(question, "column") for name in meaning.ids}
