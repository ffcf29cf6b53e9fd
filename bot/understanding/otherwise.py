"""A question that is not understood as typed, read again in other words that mean the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bot.understanding.interpretation import Choice, Clarify, Interpretation, Refusal, Understood
from bot.understanding.misspelt import spelt_right
from bot.understanding.question import Question
from bot.understanding.rewording import reworded
from bot.understanding.shared_noun import with_noun_shared


def in_other_words(
    question: Question, understood: Understood, read: Callable[[str], Understood]
) -> Understood | None:
    """What a question that is not understood asks for when its words are put otherwise: a noun
    behind each word of a list, `rewordings.toml`, words spelt right. None if that does not help.

    `read` understands a text; it must understand every word of it, as of any question.
    """
    leftover = isinstance(understood, Refusal) and understood.key == "leftover"
    shared = with_noun_shared(question.text) if leftover else None
    if shared is not None:
        whole = read(shared)
        if isinstance(whole, Interpretation):
            return whole
    not_understood = isinstance(understood, Refusal) and understood.status == "not_understood"
    odd_name = isinstance(understood, Clarify) and understood.key == "near_place"
    said = reworded(question.text) if not_understood or odd_name else None
    if said is not None:
        again = read(said)
        if isinstance(again, Interpretation):
            return replace(again, said_as=again.said_as or said)
    right = spelt_right(question) if leftover else None
    if right is None or isinstance(read(right[0]), Refusal):
        return None
    words = {"words": "、".join(typed for typed, _ in right[1])}
    return Clarify("near_word", (Choice(right[0], right[0]),), words)
