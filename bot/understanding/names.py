"""The names of towns in a question that count as names where they stand."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache

from bot.understanding.mentions import ENDINGS
from bot.understanding.phrases import columns, harmless, load_phrases, meanings
from knowledge.entities import NameIndex, NameMention
from knowledge.model import Entity
from knowledge.sounds import without_tones
from knowledge.text import fold
from knowledge.words import load_words
from knowledge.years import find_years

MAX_SYLLABLES = 8
"""Latin words of one name in pinyin (jing zhi zhen), the word for its rank with it."""

MIN_LATIN = 4
"""Letters of the shortest name in pinyin; shorter words are no name but by accident."""

MAX_LATIN = 40

_LATIN = re.compile(r"[a-z]+")
_ANY_DAY = date(2000, 1, 1)
"""Where a year stands does not depend on today."""


def find_names(letters: str, positions: Sequence[int], index: NameIndex) -> list[NameMention]:
    """The names of towns in a question's letters, in Chinese and in pinyin.

    A short form that is an ordinary word (第二, 安全) counts only alone: between an edge or a
    region's name and an edge or a year. One that means something itself (公民) only behind a
    region's name.
    """
    found = [name for name in index.find(letters) if _counts(letters, positions, name, index)]
    found += _find_latin(letters, positions, index)
    return [_with_number(letters, name) for name in found]


def _with_number(letters: str, name: NameMention) -> NameMention:
    """The name with the number before it, where there are so many of the name in the store (两个
    城关镇): then all of them are meant."""
    counts = load_phrases().harmless.namesakes
    said = [word for word in counts if letters.endswith(word, 0, name.start)]
    word = max(said, key=len, default="")
    if not word or counts[word] != len(name.entities):
        return name
    return replace(name, start=name.start - len(word), every=True)


@lru_cache(maxsize=1)
def _ordinary() -> frozenset[str]:
    return frozenset(fold(word) for word in load_words().towns.ordinary)


@lru_cache(maxsize=4096)
def _means_something(word: str) -> bool:
    return any(word in lexicon.pieces for lexicon in (meanings(), columns(), harmless()))


def _counts(letters: str, positions: Sequence[int], name: NameMention, index: NameIndex) -> bool:
    if name.typed in ENDINGS and name.start > 0 and not gap_before(positions, name.start):
        before = letters[max(0, name.start - 12) : name.start]
        regions = index.gazetteer.regions
        if is_han(before[-1]) and not any(before[n:] in regions for n in range(len(before))):
            return False  # 苏木 is a town, and the end of others
    if name.short:
        return _stands_alone(letters, positions, name, index)
    # 滨海新区 is a region and, to the code list, a zone: a region unless the store holds it.
    return bool(name.entities) or name.typed not in index.gazetteer.regions


def _stands_alone(
    letters: str, positions: Sequence[int], name: NameMention, index: NameIndex
) -> bool:
    word = name.typed
    meant = _means_something(word)
    if not meant and word not in _ordinary():
        return True
    start, end = name.start, name.end
    regions = index.gazetteer.regions
    behind = [start]
    behind += [
        start - len(w)
        for w in load_phrases().harmless.within_region
        if letters.endswith(w, 0, start)
    ]  # 大通那个城关
    if any(letters[s:at] in regions for at in behind for s in range(max(0, at - 12), at - 1)):
        return True
    if meant:
        return False
    before = start == 0 or gap_before(positions, start) or not is_han(letters[start - 1])
    after = (end == len(letters) or gap_before(positions, end) or not is_han(letters[end])) or any(
        years.start == 0 for years in find_years(letters[end : end + 12], _ANY_DAY)
    )
    return before and after


def _find_latin(letters: str, positions: Sequence[int], index: NameIndex) -> Iterator[NameMention]:
    """Names in pinyin, with or without blanks and tones, and an English word for the rank."""
    plain = without_tones(letters)
    for match in _LATIN.finditer(plain):
        cuts = [match.start()]
        cuts += [n for n in range(match.start() + 1, match.end()) if gap_before(positions, n)]
        cuts.append(match.end())
        for first in range(len(cuts) - 1):
            for last in range(min(len(cuts) - 1, first + MAX_SYLLABLES), first, -1):
                start, end = cuts[first], cuts[last]
                if not MIN_LATIN <= end - start <= MAX_LATIN:
                    continue
                owners = index.by_pinyin(plain[start:end])
                if owners and end == match.end():
                    end, owners = _with_rank(letters, positions, end, owners)
                if owners:
                    yield NameMention(start, end, letters[start:end], owners, ())
                    break


def _with_rank(
    letters: str, positions: Sequence[int], end: int, owners: tuple[Entity, ...]
) -> tuple[int, tuple[Entity, ...]]:
    """The rank in Chinese behind a name in pinyin (jingzhi镇), and who has it."""
    for rank in ENDINGS:
        if letters.startswith(rank, end) and not gap_before(positions, end):
            return end + len(rank), tuple(e for e in owners if fold(e.name).endswith(rank))
    return end, owners


def is_han(text: str) -> bool:
    """Whether a text is all Chinese characters; not so an empty one."""
    return bool(text) and all("\u3400" <= c <= "\u9fff" for c in text)


def gap_before(positions: Sequence[int], letter: int) -> bool:
    """Whether something stands between a letter and the one before it, as typed (a blank)."""
    return positions[letter] - positions[letter - 1] > 1
