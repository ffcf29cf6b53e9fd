"""Which language a question is asked in, and so answered in."""

from __future__ import annotations

from functools import lru_cache

from bot.names_in import Language
from knowledge.text import folding_characters


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
