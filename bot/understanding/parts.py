"""Which part and which whole a share is asked for: 自然人占比, 过程性信息占不予公开的比例."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.understanding.asked import Asked
from bot.understanding.interpretation import Interpretation, Refusal, Wanted
from bot.understanding.measures import lists, parts_clauses
from bot.understanding.mentions import Mention
from bot.understanding.phrases import load_phrases, meanings
from bot.understanding.question import Question
from bot.understanding.task import Share
from bot.understanding.wholes import whole_of
from knowledge.catalogue import load_catalogue
from knowledge.phrases import Steps
from knowledge.text import fold


def other_whole(asked: Asked) -> bool:
    """Whether the whole of a share is said to be of another kind than the part: 自然人申请占全县
    申请的比例, 予以公开占全县申请的比例."""
    question = asked.question
    start = min(m.start for m, operation in asked.left if operation.kind == "share")
    kinds = {"measure", "column"}
    named = [(m, meaning) for m, meaning in question.meanings if meaning.kind in kinds]
    before = {meaning.ids for m, meaning in named if m.end <= start}
    behind = {meaning.ids for m, meaning in named if m.start >= start}
    return bool(before and behind) and before != behind


def decide_share(asked: Asked, base: Interpretation) -> Interpretation | Refusal:
    """The share that a question about one place asks for; uses the words that ask for it."""
    shares = sorted((m for m, o in asked.left if o.kind == "share"), key=lambda m: m.start)
    starts = [m.start for m in shares]
    asked.take("share", "rate")
    measure = load_catalogue().measures.get(base.wanted[0].measures[0])
    if len(base.wanted) == 1 and measure is not None and measure.share is not None:
        of = [m.start for m, meaning in asked.question.meanings if meaning.kind == "measure"]
        if min(starts) < max(of):
            return Refusal("not_understood", "no_whole", {})  # 申请占予以公开的比例
        return base  # 公开率的比例: a rate by itself
    if base.years.several:
        return Refusal("not_understood", "years", {})
    if _asks_otherwise(asked.question, shares):
        return Refusal("not_understood", "no_whole", {})
    named = [m for m, meaning in asked.question.meanings if meaning.kind == "measure"]
    around = _around(asked.question, base.wanted[0], min(starts))
    if around and all(_is_own_whole(want, around) for want in base.wanted):
        around = None  # 主动公开中公众号和网站各占多少: said, and so by itself
    if len(base.wanted) > 1 and all(m.end <= min(starts) for m in named):
        # 予以公开和部分公开各占多少; without 各 it may be one in percent of the other.
        if asked.question.each and around is None:
            return _derived(base, Share("whole"))
        return Refusal("not_understood", "no_whole", {})
    if len(base.wanted) == 2 and not any(want.columns for want in base.wanted):
        sides = [
            m.end <= min(starts)
            for want in base.wanted
            for m, meaning in asked.question.meanings
            if meaning.ids == want.measures
        ]
        (part, whole) = base.wanted
        if sides == [True, False] and _is_stated_whole(part.measures, whole.measures):
            return replace(_derived(base, Share("whole")), wanted=(part,))
        if sides == [True, False]:
            return _derived(base, Share("named"))
        return Refusal("not_understood", "no_whole", {})  # 甲和乙占申请的比例
    if around is not None:
        (want, *more) = base.wanted
        if not around or want.columns or more:
            return Refusal("not_understood", "no_whole", {})
        return replace(_derived(base, Share("named")), wanted=(want, Wanted(around)))
    return _of_whole(asked.question, base, min(starts))


def _asks_otherwise(question: Question, shares: Sequence[Mention]) -> bool:
    """Whether another measure stands behind what asks for the share and is not its whole: a
    second question (不予公开占比和部分公开占比), or the part itself (申请有多少比例予以公开)."""
    first, letters = shares[0], question.letters
    named = [(m, o.ids) for m, o in question.meanings if o.kind == "measure"]
    before = {ids for m, ids in named if m.end <= first.start}
    behind = [(m, ids) for m, ids in named if m.start >= first.end]
    if not behind:
        return False
    (whole, ids), *_ = behind
    between = letters[first.end : whole.start]
    if parts_clauses(between) or any(parts_clauses(letters[whole.end : m.start]) for m in shares):
        return True
    return bool(before - {ids}) and "占" not in letters[first.start : first.end]


def _around(question: Question, wanted: Wanted, start: int) -> tuple[str, ...] | None:
    """The measures that a part is said to lie in, before 占 (at `start`): 不予公开中第三方占比,
    申请中不予公开占比; those of 申请 as well where a kind stands before it as one word, for then
    the kind is of the whole (自然人申请被拒比例). Empty if what is said is no measure, None if
    nothing is said."""
    named = [(m, o) for m, o in question.meanings if o.kind == "measure" and m.end <= start]
    part = next((m for m, meaning in named if meaning.ids == wanted.measures), None)
    if part is None:
        return None
    kinds = [m.end for m, meaning in question.meanings if meaning.kind == "column"]

    def of_a_kind(first: int) -> bool:
        return any(not question.letters[end:first].strip("的") for end in kinds if end <= first)

    others = [(m, o) for m, o in named if o.ids != wanted.measures and m.end <= part.start]
    for whole, other in sorted(others, key=lambda pair: pair[1].yields == "beside"):
        if _lies_in(question, whole.end, part.start) or (other.yields and of_a_kind(whole.start)):
            return other.ids
    for whole, other in named:
        inside = whole.start >= part.end and _said_in(question, part.end, whole, start)
        if inside and other.ids != wanted.measures:
            return other.ids  # 不予公开在申请中占比
    (first, last), *more = part.pieces
    if not more:
        return None
    closing = replace(part, start=part.pieces[-1][0])
    if _said_in(question, part.pieces[-2][1], closing, start):
        return _alone(question.letters[closing.start : closing.end])
    if _lies_in(question, last, more[0][0]):
        # 不予公开的申请中第三方: what stands before 申请 says which.
        said = [o.ids for m, o in others if not question.letters[m.end : first].strip("的")]
        ids = said[0] if said else _alone(question.letters[first:last])
        return None if ids == wanted.measures else ids
    if _is_generic(question.letters[first:last]) and of_a_kind(first):
        return ()
    return None


def _said_in(question: Question, first: int, whole: Mention, last: int) -> bool:
    """Whether a whole stands between 在 and 中, behind the part (at `first`) and before 占."""
    before = question.letters[first : whole.start]
    led = any(fold(word) in before for word in load_phrases().harmless.before_measure)
    return led and _lies_in(question, whole.end, last)


def _lies_in(question: Question, first: int, last: int) -> bool:
    """Whether 中, 里 stands between two letters, and nothing that lists."""
    between = question.letters[first:last]
    of_which = load_phrases().harmless.of_which
    return any(fold(word) in between for word in of_which) and not lists(between)


def _is_own_whole(part: Wanted, around: tuple[str, ...]) -> bool:
    """Whether a figure is by itself a part of what is named, or of one that it can mean (公开)."""
    whole = whole_of(part)
    return whole is not None and set(whole.measures) <= set(around)


def _alone(piece: str) -> tuple[str, ...]:
    """The measures that a piece of a phrase means by itself; empty if none."""
    hits = meanings().find(piece, Steps(len(piece)))
    return next(
        (h.value.ids for h in hits if h.value.kind == "measure" and h.weight == len(piece)), ()
    )


def _is_generic(piece: str) -> bool:
    """Whether a piece of a phrase is a bare noun for what is counted (申请)."""
    hits = meanings().find(piece, Steps(len(piece)))
    return any(h.value.yields == "beside" and h.weight == len(piece) for h in hits)


def _of_whole(question: Question, base: Interpretation, start: int) -> Interpretation | Refusal:
    """A part of the whole that it has by itself, or of the one named behind 占 (at `start`)."""
    named = [(m, meaning) for m, meaning in question.meanings if meaning.kind == "measure"]
    before = [meaning for m, meaning in named if m.end <= start]
    behind = [meaning for m, meaning in named if m.start >= start]
    columns = [m for m, meaning in question.meanings if meaning.kind == "column"]
    refusal = Refusal("not_understood", "no_whole", {})
    if before and any(m.start >= start for m in columns):
        return refusal  # 予以公开占自然人申请的比例: no whole of the form
    if not before or not behind or before[-1].ids == behind[0].ids:
        return _derived(base, Share("whole"))
    parts = [want for want in base.wanted if want.measures != behind[0].ids]
    if columns or len(parts) > 1:
        return refusal
    if _is_stated_whole(before[-1].ids, behind[0].ids):
        return replace(_derived(base, Share("whole")), wanted=(Wanted(before[-1].ids),))
    pair = (Wanted(before[-1].ids), Wanted(behind[0].ids))
    return replace(_derived(base, Share("named")), wanted=pair)


def _is_stated_whole(part: tuple[str, ...], whole: tuple[str, ...]) -> bool:
    """Whether the whole named is in the text what the part is a part of (网络申请占申请的比例)."""
    own = whole_of(Wanted(part))
    measure = load_catalogue().measures.get(whole[0]) if len(whole) == 1 else None
    return own is not None and measure is not None and own.measures == (measure.statement,)


def _derived(base: Interpretation, task: Share) -> Interpretation:
    return replace(base, intent="derived", task=task)
