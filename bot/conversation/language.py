"""Which language a question is asked in, and so answered in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from bot.languages.english import translate
from bot.languages.english_meaning import Translated
from bot.understanding.interpretation import Clarify, Interpretation, Refusal, Understood
from bot.wording.names_in import Language
from bot.wording.sentences import Wording
from knowledge.entities import NameIndex
from knowledge.text import folding_characters


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with its language, in Chinese. What an English one says must come out of it;
    `told` answers one that cannot be put into Chinese."""

    language: Language
    question: str
    meant: Translated | None = None
    told: Clarify | Refusal | None = None

    def checked(self, understood: Understood) -> Understood:
        """What was understood from the Chinese question, or a refusal where that is not what
        the English one says."""
        if self.meant is None:
            return understood
        if isinstance(understood, Interpretation):
            return self.meant.check(understood) or understood
        return self.meant.reworded(understood) if isinstance(understood, Refusal) else understood


def read_language(text: str, index: NameIndex) -> Asked:
    """The language of a question, and the Chinese question to be understood.

    The choices of an English reply are Chinese questions with a word before them that says so
    (`choice.question` of the wording): they are answered in English, too.
    """
    marked = _english_mark().match(text)
    question = text[marked.end() :] if marked is not None else text
    meant = translate(question, index)
    if isinstance(meant, Translated):
        return Asked("en", meant.question, meant)
    if meant is not None:
        return Asked("en", question, None, meant)
    return Asked("en" if marked is not None else language_of(text), question)


@lru_cache(maxsize=1)
def _english_mark() -> re.Pattern[str]:
    before = Wording("en").say("choice", "question", question="").strip()
    return re.compile(rf"\s*{re.escape(before)}\s*(?=\S)", re.IGNORECASE)


def language_of(text: str) -> Language:
    """Traditional if more characters exist only as traditional than only as simplified ones.

    A question with none of either, and a town's odd character among simplified ones, stays
    simplified.

    >>> language_of("景芝鎮2020年收到多少申請"), language_of("景芝鎮20年给公开了几件"), language_of("2020年?")
    ('zh-Hant', 'zh-Hans', 'zh-Hans')
    """
    traditional = sum(character in _only_traditional() for character in text)
    simplified = sum(_only_simplified(character) for character in text) if traditional else 0
    return "zh-Hant" if traditional > simplified else "zh-Hans"


@lru_cache(maxsize=1)
def _only_traditional() -> frozenset[str]:
    """Characters that fold to another and are in the standard of Taiwan alone, not the mainland's."""
    return frozenset(c for c in folding_characters() if _in(c, "big5") and not _in(c, "gb2312"))


@lru_cache(maxsize=4096)
def _only_simplified(character: str) -> bool:
    return character > "\u4e00" and _in(character, "gb2312") and not _in(character, "big5")


def _in(character: str, standard: str) -> bool:
    try:
        character.encode(standard)
    except UnicodeEncodeError:
        return False
    return True
