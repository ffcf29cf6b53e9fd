"""Names of towns in what people type: exact ones first, near ones in stages, never by score.

A name that exists in China is taken as typed, even if the store holds only its neighbour
(官庄镇 is no misspelt 官坡镇). What is no name at all is compared with the names of the store
in stages: other suffix, homophone, near homophone, doubled, swapped or one other character.
Edit distance alone cannot work: 景枝镇 is one character away from 17 real names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice, product
from typing import Literal

from knowledge.errors import DataError
from knowledge.gazetteer import Gazetteer, load_gazetteer
from knowledge.model import Entity
from knowledge.text import data_text, fold

SUFFIXES = ("街道办事处", "街道办", "街道", "街办", "苏木", "民族乡", "镇", "乡", "街")
"""Endings of a town's name, longest first."""

FEW = 200
"""Scope (names) in which a near match may be answered directly; a county has about 14, a
prefecture 130 (performance-notes, section 2d). In larger scopes it is only offered."""

MAX_OFFERS = 5
MIN_RATIO = 60.0
"""rapidfuzz ratio of two stems below which a name is not worth offering: of three characters
at least two must agree."""

_LATIN = re.compile(r"[a-z]{4,40}")

Stage = Literal[
    "exact",
    "short",
    "suffix",
    "homophone",
    "near_homophone",
    "doubled",
    "swapped",
    "edit",
    "similar",
]
DIRECT: frozenset[str] = frozenset({"suffix", "homophone", "doubled"})
"""Stages whose only candidate may be answered directly; the measured ones without an error
within a county or prefecture. One other character is only ever offered."""


@dataclass(frozen=True, slots=True)
class NameMention:
    """An exact name in a text: start and end (excluded), and whom it may mean.

    `entities` are those of the store; `elsewhere` the regions that have such a town although
    the store holds none of it; `short` for a name without its suffix.
    """

    start: int
    end: int
    typed: str
    entities: tuple[Entity, ...]
    elsewhere: tuple[str, ...]
    short: bool = False


@dataclass(frozen=True, slots=True)
class NearName:
    """What a misspelt name may mean; `direct` if the one candidate is safe to answer."""

    typed: str
    stage: Stage
    entities: tuple[Entity, ...]
    direct: bool


def split_name(name: str) -> tuple[str, str]:
    """A folded name as stem and suffix; the suffix is "" if it has none.

    >>> split_name("景芝镇"), split_name("鼓楼街道办"), split_name("景芝")
    (('景芝', '镇'), ('鼓楼', '街道办'), ('景芝', ''))
    """
    for suffix in SUFFIXES:
        if name.endswith(suffix) and len(name) > len(suffix):
            return name[: -len(suffix)], suffix
    return name, ""


class NameIndex:
    """The names of a store, ready to be found in questions."""

    def __init__(self, entities: Iterable[Entity], gazetteer: Gazetteer | None = None) -> None:
        self.entities = tuple(entities)
        self.gazetteer = gazetteer if gazetteer is not None else load_gazetteer()
        self._exact: dict[str, list[Entity]] = {}
        self._stems: dict[str, list[Entity]] = {}
        self._sounds: dict[tuple[str, ...], dict[str, None]] = {}
        self._near_sounds: dict[tuple[str, ...], dict[str, None]] = {}
        for entity in self.entities:
            name = fold(entity.name)
            stem, suffix = split_name(name)
            spellings = {name}
            if suffix.startswith("街"):
                spellings.update(stem + other for other in ("街道", "街道办", "街道办事处", "街办"))
            for spelling in spellings:
                self._exact.setdefault(spelling, []).append(entity)
            if suffix and len(stem) >= 2:
                self._stems.setdefault(stem, []).append(entity)
        for name in self._exact:
            for sounds in readings(name):
                self._sounds.setdefault(sounds, {})[name] = None
                self._near_sounds.setdefault(_blurred(sounds), {})[name] = None
        self._pinyin: dict[str, dict[Entity, None]] = {}
        for name in (*self._exact, *self._stems):
            for sounds in readings(name):
                owners = self._exact.get(name) or self._stems[name]
                self._pinyin.setdefault("".join(sounds), {}).update(dict.fromkeys(owners))
        own = max(map(len, self._exact), default=0)
        self._longest = max(own, self.gazetteer.longest_town)

    def find(self, text: str) -> list[NameMention]:
        """Every exact name and short form at every position of a folded text without blanks.

        Overlapping finds all count; which one is meant is decided by what accounts for the
        whole question. Short forms are those of the store's own names alone: most short
        forms of China's towns are ordinary words.
        """
        found: list[NameMention] = []
        for start in range(len(text)):
            for length in range(min(self._longest, len(text) - start), 1, -1):
                name = text[start : start + length]
                own = self._exact.get(name)
                if own is not None:
                    found.append(NameMention(start, start + length, name, tuple(own), ()))
                elif name in self.gazetteer:
                    regions = self.gazetteer.regions_of(name)
                    found.append(NameMention(start, start + length, name, (), regions))
                elif (stems := self._stems.get(name)) is not None:
                    found.append(NameMention(start, start + length, name, tuple(stems), (), True))
        for match in _LATIN.finditer(text):
            spelled = self._pinyin.get(match[0])
            if spelled is not None:
                found.append(NameMention(*match.span(), match[0], tuple(spelled), ()))
        return found

    def by_name(self, name: str) -> tuple[Entity, ...]:
        """The store's entities of this exact name."""
        return tuple(self._exact.get(fold(name), ()))

    def elsewhere(self, name: str) -> tuple[str, ...]:
        """The regions of China that have a town of this exact name, in the store or not."""
        return self.gazetteer.regions_of(name)

    def resolve_near(self, typed: str, scope: Sequence[Entity] | None = None) -> NearName | None:
        """What a name that is none may mean among `scope` (all of the store if None).

        The first stage with a candidate decides. Returns None if nothing comes near.
        """
        name = fold(typed)
        allowed = {fold(entity.name) for entity in (scope if scope is not None else self.entities)}
        few = len(allowed) <= FEW
        stem, suffix = split_name(name)
        for stage, names in self._stages(name, stem, suffix, allowed):
            chosen = list(dict.fromkeys(n for n in names if n in self._exact))[:MAX_OFFERS]
            if not chosen:
                continue
            entities = tuple(
                entity
                for known in chosen
                for entity in self._exact[known]
                if scope is None or entity in scope
            )
            safe = few or (len(stem) >= 3 and stage != "homophone")
            direct = len(chosen) == 1 and stage in DIRECT and safe
            return NearName(typed, stage, entities[:MAX_OFFERS], direct)
        return None

    def _stages(
        self, name: str, stem: str, suffix: str, allowed: set[str]
    ) -> Iterable[tuple[Stage, Iterable[str]]]:
        if suffix:
            yield (
                "suffix",
                [fold(e.name) for e in self._stems.get(stem, ()) if fold(e.name) in allowed],
            )
        yield "homophone", self._by_sound(self._sounds, readings(name), allowed, suffix)
        blurred = {_blurred(sounds) for sounds in readings(name)}
        yield "near_homophone", self._by_sound(self._near_sounds, blurred, allowed, suffix)
        if not suffix:
            return  # an ordinary word that merely resembles a short form must not become a town
        yield "doubled", [n for n in _undoubled(name) if n in allowed]
        yield "swapped", [n for n in _swapped(name) if n in allowed]
        yield "edit", sorted(known for known in allowed if _one_edit(known, name))
        if len(allowed) <= FEW:
            yield "similar", _similar(name, sorted(allowed))

    def _by_sound(
        self,
        index: dict[tuple[str, ...], dict[str, None]],
        sounds: Iterable[tuple[str, ...]],
        allowed: set[str],
        suffix: str,
    ) -> list[str]:
        found: dict[str, None] = {}
        for reading in sounds:
            if suffix:
                found.update(index.get(reading, {}))
                continue
            for ending in ("镇", "乡", "街道", "苏木"):
                for tail in readings(ending):
                    found.update(index.get(reading + tail, {}))
        return sorted(name for name in found if name in allowed)


@lru_cache(maxsize=1)
def _syllables() -> dict[str, tuple[str, ...]]:
    """Every common character with its toneless readings, from `data/syllables.tsv`."""
    table: dict[str, tuple[str, ...]] = {}
    for number, line in enumerate(data_text("syllables.tsv").splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        syllable, tab, characters = line.partition("\t")
        if not tab:
            raise DataError("syllables.tsv", f"第 {number} 行", "应为：音节、制表符、读这个音的字")
        for character in characters:
            table[character] = (*table.get(character, ()), syllable)
    return table


@lru_cache(maxsize=4096)
def readings(name: str) -> tuple[tuple[str, ...], ...]:
    """The toneless readings of a name, at most 16; a character of unknown sound is itself.

    >>> readings("官坡镇"), set(readings("景枝镇")) & set(readings("景芝镇")) == set()
    ((('guan', 'po', 'zhen'),), False)
    """
    syllables = _syllables()
    return tuple(islice(product(*(syllables.get(c, (c,)) for c in name)), 16))


_BLUR = (
    (re.compile("^zh"), "z"),
    (re.compile("^ch"), "c"),
    (re.compile("^sh"), "s"),
    (re.compile("^l"), "n"),
    (re.compile("ng$"), "n"),
)


def _blurred(sounds: tuple[str, ...]) -> tuple[str, ...]:
    """Sounds with the pairs folded that many speakers do not tell apart (zh/z, n/l, -ng/-n)."""
    blurred = []
    for sound in sounds:
        for pattern, other in _BLUR:
            sound = pattern.sub(other, sound)
        blurred.append(sound)
    return tuple(blurred)


def _undoubled(name: str) -> list[str]:
    return [name[:n] + name[n + 1 :] for n in range(len(name) - 1) if name[n] == name[n + 1]]


def _swapped(name: str) -> list[str]:
    return [name[:n] + name[n + 1] + name[n] + name[n + 2 :] for n in range(len(name) - 1)]


def _one_edit(known: str, name: str) -> bool:
    """Whether one character replaced, dropped or added in the stem makes one name the other."""
    if abs(len(known) - len(name)) > 1 or known[-1] != name[-1]:
        return False
    if len(known) == len(name):
        return sum(a != b for a, b in zip(known, name, strict=True)) == 1
    longer, shorter = (known, name) if len(known) > len(name) else (name, known)
    return any(longer[:n] + longer[n + 1 :] == shorter for n in range(len(longer) - 1))


def _similar(name: str, scope: list[str]) -> list[str]:
    from rapidfuzz import fuzz, process  # the last stage only: most questions never need it

    stems = {known: split_name(known)[0] for known in scope}
    ranked = process.extract(
        split_name(name)[0], stems, scorer=fuzz.ratio, limit=MAX_OFFERS, score_cutoff=MIN_RATIO
    )
    return [known for _, _, known in ranked]
