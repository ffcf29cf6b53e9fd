"""A question that is not understood as typed, read again in other words that mean the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bot.understanding.interpretation import Choice, Clarify, Interpretation, Refusal, Understood
from bot.understanding.misspelt import spelt_right
from bot.understanding.phrases import load_phrases
from bot.understanding.question import Question
from bot.understanding.rewording import reworded
from bot.understanding.shared_noun import with_noun_shared
from knowledge.catalogue import load_catalogue
from knowledge.text import fold

_MAY_BE_TALK = ("near_place", "unknown_place", "outside")
"""What is told of words that stand where a town's name would, or of what no report holds: they
may be talk (想问问咱们镇, 村里人说)."""


MAX_ACCOUNT = 8
"""Characters of the name of an account; what is longer is something else."""

_QUOTES = "”\"」』’'"


def in_other_words(
    question: Question, understood: Understood, read: Callable[[str], Understood]
) -> Understood | None:
    """What a question that is not understood asks for when its words are put otherwise: a noun
    behind each word of a list, `bot/data/rewordings`, the name of a channel (which the answer must
    then find in the report), words spelt right. None if that does not help.

    `read` understands a text; it must understand every word of it, as of any question.
    """
    leftover = isinstance(understood, Refusal) and understood.key == "leftover"
    shared = with_noun_shared(question.text) if leftover else None
    if shared is not None:
        whole = read(shared)
        if isinstance(whole, Interpretation):
            return whole
    not_understood = isinstance(understood, Refusal) and understood.status == "not_understood"
    talk = isinstance(understood, (Clarify, Refusal)) and understood.key in _MAY_BE_TALK
    said = reworded(question.text, always=not (not_understood or talk))
    if said is not None:
        again = read(said)
        bare = isinstance(again, Interpretation) and again.intent == "profile"
        if bare and not question.profile:
            return None  # 平安镇呢,盼复 asks the same as before, whatever that was
        if isinstance(again, Interpretation):
            return replace(again, said_as=again.said_as or said)
        if isinstance(again, Clarify) and not_understood:
            return again
    account = _account(question) if leftover else None
    if account is not None:
        start, end, place = account
        again = read(question.replaced(start, end, place))
        if isinstance(again, Interpretation) and again.wanted and again.task is None:
            return replace(again, account=question.typed(start, end))
    right = spelt_right(question) if leftover else None
    if right is None or isinstance(read(right[0]), Refusal):
        return None
    words = {"words": "、".join(typed for typed, _ in right[1])}
    return Clarify("near_word", (Choice(right[0], right[0]),), words)


def _account(question: Question) -> tuple[int, int, str] | None:
    """Where the one thing left over stands, if it is directly before a channel and may be what
    that is called (清秀木耳|公众号), and the town in that name if no other is named; None if it is
    anything else."""
    odd = [question.letters.find(fold(words)) for words in question.leftover]
    spans = [(at, at + len(words)) for at, words in zip(odd, question.leftover, strict=True)]
    spans += [(name.start, name.end) for name in question.unknown_names]
    if len(spans) != 1 or question.unclear:
        return None
    ((start, end),) = spans
    touching = [
        m
        for m, name in question.names
        if m.start in (start, end) or (m.end == start and (name.short or len(question.names) == 1))
    ]
    others = [m for m, _ in question.names if m not in touching]
    start = min([start, *(m.start for m in touching if m.end == start)])
    end = max([end, *(m.end for m in touching if m.start == end)])
    place = "" if others or not touching else question.typed(touching[0].start, touching[0].end)
    rest = question.letters[end:].lstrip(_QUOTES)
    first = len(question.letters) - len(rest)
    statements = load_catalogue().statements
    channel = any(
        name in statements and statements[name].part_of == "narrative.disclosed_total"
        for mention, meaning in question.meanings
        for name in meaning.ids
        if mention.start == first
    )
    named = rest.startswith(load_phrases().harmless.accounts) and 2 <= end - start <= MAX_ACCOUNT
    return (start, end, place) if start >= 0 and channel and named else None
