"""申清, 公重号: words of a question written with characters that sound the same.

Only the words of `[misspelt]` in `bot/data/phrases.toml` are looked for, only where nothing else
was understood, and the reply asks whether they were meant.
"""

from __future__ import annotations

from functools import lru_cache

from bot.understanding.phrases import load_phrases
from bot.understanding.question import Question
from knowledge.sounds import readings
from knowledge.text import fold


def spelt_right(question: Question) -> tuple[str, tuple[tuple[str, str], ...]] | None:
    """The question with each word left over put right, and what was typed for which word.

    None if nothing is left over, or if one word sounds like none of the list.
    """
    if not question.leftover or question.unknown_names:
        return None
    text, taken = question.text, []
    for typed in question.leftover:
        found = _sounding(question.letters, fold(typed))
        if found is None:
            return None
        start, end, word = found
        wrong = question.typed(start, end)
        text = text.replace(wrong, word)
        taken.append((wrong, word))
    return text, tuple(taken)


def _sounding(letters: str, left: str) -> tuple[int, int, str] | None:
    """Where a word of the list is misspelt, in letters of which some are left over: the longest."""
    place = letters.find(left)
    if place < 0 or len(left) > 5:
        return None
    for word, sounds in _words():
        last = min(place + len(left), len(letters) - len(word) + 1)
        for start in range(max(0, place - len(word) + 1), last):
            end = start + len(word)
            piece = letters[start:end]
            if piece != word and sounds & set(readings(piece)):
                return start, end, word
    return None


@lru_cache(maxsize=1)
def _words() -> tuple[tuple[str, frozenset[str]], ...]:
    words = sorted(load_phrases().misspelt.words, key=len, reverse=True)
    return tuple((word, frozenset(readings(word))) for word in words)
