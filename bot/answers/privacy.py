"""Sentences that name private people: left out of every quotation, and said to be left out."""

from __future__ import annotations

import re
from functools import lru_cache

from pydantic import BaseModel, ConfigDict

from bot.tables import load_table
from bot.understanding.phrases import ENDLESS
from knowledge.errors import DataError
from knowledge.text import fold, squeeze

MAX_SENTENCE = 2000
"""Characters of a sentence that are compared; the rest of a longer one is compared in turn."""

_FILE = "privacy.toml"
_SENTENCES = re.compile(r"[^。！？!?\n]*[。！？!?\n]?[”」』）)]?")


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Words(_Table):
    surname: str
    rare: str
    compound: tuple[str, ...]
    never_given: str
    role: tuple[str, ...]
    after: tuple[str, ...]
    not_names: tuple[str, ...]


class _Pattern(_Table):
    name: str
    pattern: str
    example: str
    near_miss: str


class _Privacy(_Table):
    words: _Words
    pattern: tuple[_Pattern, ...]


def sentences(text: str) -> list[str]:
    """A text cut behind every full stop and line break; joined they are the text again.

    >>> sentences("收到1件。\\n均已答复。")
    ['收到1件。', '\\n', '均已答复。']
    """
    return [found for found in _SENTENCES.findall(text) if found]


def names_private_person(sentence: str) -> bool:
    """Whether a sentence names an applicant or another private person, or tells a number of theirs.

    Officials and the contact lines of an office are not private. In doubt the answer is yes: a
    sentence too few costs less than a name too many.
    """
    folded = squeeze(fold(sentence))
    starts = range(0, max(len(folded), 1), MAX_SENTENCE)
    # The stretches overlap, so that no name is cut in two.
    return any(
        pattern.search(folded[max(0, start - 80) : start + MAX_SENTENCE])
        for start in starts
        for pattern in _patterns()
    )


def without_private(text: str) -> tuple[str, int]:
    """The text without the sentences that name private people, and how many those were."""
    kept, left_out = [], 0
    for sentence in sentences(text):
        if names_private_person(sentence):
            left_out += 1
            # What follows starts a new line where the sentence left out ended one.
            kept.append("\n" if sentence.endswith("\n") else "")
        else:
            kept.append(sentence)
    return "".join(kept), left_out


@lru_cache(maxsize=1)
def _patterns() -> tuple[re.Pattern[str], ...]:
    """The patterns of `privacy.toml`. Raises: DataError if one does not compile, is unbounded,
    misses its example or hits its near miss."""
    table = load_table(_FILE, _Privacy)
    compiled = []
    for entry in table.pattern:
        if ENDLESS.search(entry.pattern):
            raise DataError(_FILE, entry.name, "式样不许用 *、+ 或没有上限的重复")
        try:
            pattern = re.compile(_filled(entry.pattern, table.words))
        except re.error as error:
            raise DataError(_FILE, entry.name, f"式样不合语法：{error}") from error
        for text, wanted in ((entry.example, True), (entry.near_miss, False)):
            if (pattern.search(squeeze(fold(text))) is not None) != wanted:
                raise DataError(_FILE, entry.name, f"“{text}”应当{'认出' if wanted else '放过'}")
        compiled.append(pattern)
    return tuple(compiled)


def _filled(pattern: str, words: _Words) -> str:
    letter = f"[^{words.never_given}\\W\\d_a-z]"
    names = "|".join(map(re.escape, words.not_names))
    compound = "|".join(words.compound)
    values = {
        "surname": f"(?!{names})[{words.surname}]",
        "any_surname": f"(?!{names})(?:{compound}|[{words.surname}{words.rare}])",
        # A name whatever its first character, where what follows leaves no doubt.
        "unknown": f"(?:(?!{names}){letter}){{2,4}}?",
        "given1": letter,
        "given": f"{letter}{{1,2}}?",
        "role": f"(?:{'|'.join(map(re.escape, words.role))})",
        "after": f"(?:{'|'.join(map(re.escape, words.after))}|$)",
    }
    for name, value in values.items():
        pattern = pattern.replace(f"{{{name}}}", value)
    return pattern
