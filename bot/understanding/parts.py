"""Which part and which whole a share is asked for: 自然人占比, 过程性信息占不予公开的比例."""

from __future__ import annotations

from dataclasses import replace

from bot.understanding.asked import Asked
from bot.understanding.interpretation import Interpretation, Refusal, Wanted
from bot.understanding.question import Question
from bot.understanding.task import Share
from knowledge.catalogue import load_catalogue


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
    starts = [m.start for m, operation in asked.left if operation.kind == "share"]
    asked.take("share", "rate")
    measure = load_catalogue().measures.get(base.wanted[0].measures[0])
    if len(base.wanted) == 1 and measure is not None and measure.share is not None:
        of = [m.start for m, meaning in asked.question.meanings if meaning.kind == "measure"]
        if min(starts) < max(of):
            return Refusal("not_understood", "no_whole", {})  # 申请占予以公开的比例
        return base  # 公开率的比例: a rate by itself
    if base.years.several:
        return Refusal("not_understood", "years", {})
    named = [m for m, meaning in asked.question.meanings if meaning.kind == "measure"]
    if len(base.wanted) > 1 and all(m.end <= min(starts) for m in named):
        # 予以公开和部分公开各占多少; without 各 it may be one in percent of the other.
        if asked.question.each:
            return _derived(base, Share("whole"))
        return Refusal("not_understood", "no_whole", {})
    if len(base.wanted) == 2 and not any(want.columns for want in base.wanted):
        return _derived(base, Share("named"))
    return _of_whole(asked.question, base, min(starts))


def _of_whole(question: Question, base: Interpretation, start: int) -> Interpretation | Refusal:
    """A part of the whole that it has by itself, or of the one named behind 占 (at `start`)."""
    named = [(m, meaning) for m, meaning in question.meanings if meaning.kind == "measure"]
    before = [meaning for m, meaning in named if m.end <= start]
    behind = [meaning for m, meaning in named if m.start >= start]
    columns = [m for m, meaning in question.meanings if meaning.kind == "column"]
    refusal = Refusal("not_understood", "no_whole", {})
    if before and any(m.start >= start for m in columns):
        return refusal  # 予以公开占自然人申请的比例: no whole of the form
    if not before or not behind or before[-1].ids == behind[0].ids or behind[0].yields:
        return _derived(base, Share("whole"))
    parts = [want for want in base.wanted if want.measures != behind[0].ids]
    if columns or len(parts) > 1:
        return refusal
    pair = (Wanted(before[-1].ids), Wanted(behind[0].ids))
    return replace(_derived(base, Share("named")), wanted=pair)


def _derived(base: Interpretation, task: Share) -> Interpretation:
    return replace(base, intent="derived", task=task)
