"""The words of an English question, and the places and years among them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from bot.languages.english_data import EnglishPhrases, Meaning
from bot.languages.pinyin import spell
from knowledge.entities import NameIndex
from knowledge.gazetteer import short_region
from knowledge.model import Entity
from knowledge.phrases import Hit
from knowledge.text import fold

_WORD = re.compile(r"[a-z0-9]+(?:'(?!s\b)[a-z]+)*|'s\b|[\u3400-\u9fff]+|\S")
HAN = re.compile(r"[\u3400-\u9fff]+")
_YEAR = re.compile(r"(?:19|20)\d\d")
MARKS = ",.;:!?()[]\"“”‘’'-–—/"
MAX_NAME_WORDS = 5
MIN_NAME = 4
"""Letters of a name in pinyin; shorter ones (Ala, He) are English words."""


@dataclass(frozen=True, slots=True)
class Place:
    """A town named in pinyin or in characters, and whom of the store it may mean.

    `written` are the characters typed, with their regions, "" for pinyin.
    """

    entities: tuple[Entity, ...]
    written: str


@dataclass(frozen=True, slots=True)
class Region:
    """A county, city or province: its Chinese name."""

    zh: str


@dataclass(frozen=True, slots=True)
class Year:
    """Years, as a Chinese question names them; the years themselves where they are plain."""

    zh: str
    years: tuple[int, ...] = ()
    several: bool = False


Value = Place | Region | Year | Meaning


@dataclass(frozen=True, slots=True)
class Token:
    """A word, figure, mark or run of Chinese characters, as typed and folded to lower case."""

    typed: str
    word: str
    start: int
    end: int


def tokens_of(text: str) -> tuple[Token, ...]:
    """The words of a text; tone marks and other accents are left out of `word`."""
    found = []
    plain = "".join(_bare(character) for character in text)
    for match in _WORD.finditer(plain):
        start, end = match.span()
        found.append(Token(text[start:end], match[0], start, end))
    return tuple(found)


def _bare(character: str) -> str:
    """A character folded, without its accent, always one character."""
    if character in "’‘":
        return "'"
    if character.isascii() or character > "\u3000":
        return fold(character)
    first = unicodedata.normalize("NFKD", character)[:1].lower()
    return first if len(first) == 1 else character


# --- Places -----------------------------------------------------------------------------------


def find_places(
    tokens: Sequence[Token], letters: str, index: NameIndex, phrases: EnglishPhrases
) -> Iterator[Hit[Value]]:
    regions = _region_names(index)
    town_words = [word for word in phrases.behind["place"] if word != phrases.encode("'s")]
    region_words = [word for word in phrases.behind["region"] if word != phrases.encode("'s")]
    for start, first in enumerate(tokens):
        if HAN.fullmatch(first.word):
            written = written_place(first.word, index)
            if written is not None:
                yield _hit(start, start + 1, written)
            continue
        joined = ""
        for end in range(start, min(len(tokens), start + MAX_NAME_WORDS)):
            if not re.fullmatch(r"[a-zü']+", tokens[end].word):
                break
            joined += tokens[end].word.replace("'", "").replace("ü", "v")
            if len(joined) < MIN_NAME:
                continue
            entities, region = index.by_pinyin(joined), regions.get(joined)
            behind = letters[end + 1 :]
            if entities and region is not None:
                # Anqiu may be a town or a city: only what stands behind it tells.
                if behind.startswith(tuple(region_words)):
                    entities = ()
                elif behind.startswith(tuple(town_words)):
                    region = None
                else:
                    continue
            if entities:
                yield _hit(start, end + 1, Place(entities, ""))
            elif region is not None:
                yield _hit(start, end + 1, Region(region))


@lru_cache(maxsize=4)
def _region_names(index: NameIndex) -> dict[str, str]:
    """The regions of the store's places by their spelling; one spelt like another is left out."""

    names = {segment for e in index.entities if e.region for segment in e.region.split("/")}
    found: dict[str, str] = {}
    for name in sorted(names):
        spelled = spell(short_region(name)).lower().replace("'", "").replace("ü", "v")
        if spelled:
            found[spelled] = "" if spelled in found else name
    return {spelled: name for spelled, name in found.items() if name}


def written_place(written: str, index: NameIndex) -> Place | Region | None:
    """What a run of Chinese characters names as a whole: a town, with regions before it or
    without, or regions alone."""
    letters, start = fold(written), 0
    while start < len(letters):
        name = next(
            (
                n
                for n in index.find(letters[start:])
                if n.start == 0 and n.end == len(letters) - start
            ),
            None,
        )
        if name is not None:
            return Place(name.entities, written)
        region = index.gazetteer.region_at(letters, start)
        if region is None:
            return None
        start += len(region)
    return Region(written) if letters else None


def _hit(start: int, end: int, value: Value) -> Hit[Value]:
    return Hit(start, end, ((start, end),), "", value)


# --- Years ------------------------------------------------------------------------------------


def find_years(
    tokens: Sequence[Token], letters: str, places: Sequence[Hit[Value]], phrases: EnglishPhrases
) -> list[Hit[Value]]:
    """Years and ranges of years; a figure counts as a year only where a year would stand."""
    ranges = phrases.table.range
    found: list[Hit[Value]] = []
    ends = {hit.end for hit in places}
    skip = 0
    for start, token in enumerate(tokens):
        if start < skip:
            continue
        counted = _last_years(tokens, start, phrases)
        if counted is not None:
            end, count = counted
            first = start - (start > 0 and tokens[start - 1].word == "the")
            first -= first > 0 and tokens[first - 1].word in ranges.over
            found.append(_hit(first, end, Year(f"近{count}年", several=count > 1)))
            continue
        if not _YEAR.fullmatch(token.word):
            continue
        words = [t.word for t in tokens[start + 1 : start + 3]]
        opened = start > 0 and tokens[start - 1].word in ranges.from_
        joins = (*ranges.to, "and") if opened else ranges.to
        if len(words) == 2 and words[0] in joins and _YEAR.fullmatch(words[1]):
            first_year, last_year = int(token.word), int(words[1])
            if first_year < last_year <= first_year + 50:
                listed = tuple(range(first_year, last_year + 1))
                zh = f"{first_year}到{last_year}年"
                found.append(_hit(start - opened, start + 3, Year(zh, listed, several=True)))
                skip = start + 3
            continue
        if start > 0 and tokens[start - 1].word in ranges.since:
            year = int(token.word)
            found.append(_hit(start - 1, start + 1, Year(f"{year}年以来", (year,), several=True)))
            continue
        if _stands_as_year(tokens, letters, start, ends, phrases):
            found.append(_hit(start, start + 1, Year(f"{token.word}年", (int(token.word),))))
    return found


def _last_years(
    tokens: Sequence[Token], start: int, phrases: EnglishPhrases
) -> tuple[int, int] | None:
    """`last three years` at a token: where it ends and how many; None if it does not stand there."""
    ranges = phrases.table.range
    words = [token.word for token in tokens[start : start + 3]]
    if len(words) < 3 or words[0] not in ranges.last or words[2] != "years":
        return None
    count = ranges.numbers.get(words[1], int(words[1]) if re.fullmatch(r"\d\d?", words[1]) else 0)
    return (start + 3, count) if 1 <= count <= 50 else None


def _stands_as_year(
    tokens: Sequence[Token], letters: str, start: int, ends: set[int], phrases: EnglishPhrases
) -> bool:
    """Whether a figure of four digits is a year: receive 2020 requests is a number of requests."""
    before = letters[:start]
    if start == 0 or start in ends or tokens[start - 1].word in (*MARKS, "the", "its"):
        return True
    words = [word for word, _ in phrases.before["year"]]
    words += [phrases.encode(word) for word in phrases.table.connectors.year]
    words += phrases.behind["place"] + phrases.behind["region"]
    return before.endswith(tuple(words))
