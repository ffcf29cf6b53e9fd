"""Names near a misspelt one, in stages: each stage is one kind of error, looked up, never scanned.

Edit distance alone cannot work: 景枝镇 is one character away from 17 real names. What two
people mistake for each other has kinds (another suffix, a homophone, a look-alike), and each
kind has its own dictionary here; only the last stage compares, among at most `FEW` names.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Literal

from knowledge.name_forms import MIN_STEM, STREET, split_key
from knowledge.shapes import load_shapes
from knowledge.sounds import blurred, readings

FEW = 200
"""Scope (names) in which a near match may be answered directly; a county has about 14, a
prefecture 130 (performance-notes, section 2d). In larger scopes it is only offered."""

MAX_OFFERS = 5
MIN_RATIO = 60.0
"""rapidfuzz ratio of two stems below which a name is not worth offering: of three characters
at least two must agree."""

Stage = Literal[
    "suffix",
    "homophone",
    "near_homophone",
    "doubled",
    "swapped",
    "shape",
    "edit",
    "similar",
]
DIRECT: frozenset[str] = frozenset({"suffix", "homophone", "doubled"})
"""Stages whose candidate may be answered directly, if no other stage but the last has another:
measured without an error within a county or prefecture (`make eval-names`)."""

_MANY = MAX_OFFERS + 1
"""Candidates of one stage that are looked at: one more than can be offered."""


@dataclass(frozen=True, slots=True)
class NearNames:
    """What a misspelt name may be: the names to offer, best first, and the stage of the first.

    `alone`: the first is the only name that any single error leads to.
    """

    stage: Stage
    names: tuple[str, ...]
    alone: bool


Shelf = dict[str, str]
"""Full names under a key, blanks between them. Strings, not lists: a store of all China then
has no 200,000 containers for the garbage collector to walk."""

SUFFIXLESS = ("镇", "乡", STREET, "苏木")
"""The suffixes that a name typed without one may have."""


class NameShelf:
    """Full names, folded, on shelves by stem, by sound and by what one error leaves of them.

    A key is a stem, or what became of it, with the suffix behind: no name of another suffix
    is ever looked at.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._split = {name: split_key(name) for name in names}
        self._by_stem: Shelf = {}
        for name, (stem, suffix) in self._split.items():
            _put(self._by_stem, stem + suffix, name)

    @cached_property
    def _suffixes(self) -> Shelf:
        shelf: Shelf = {}
        for name, (stem, suffix) in self._split.items():
            if suffix and len(stem) >= MIN_STEM:
                _put(shelf, stem, name)
        return shelf

    @cached_property
    def _sounds(self) -> Shelf:
        shelf: Shelf = {}
        for name, (stem, suffix) in self._split.items():
            for sounds in readings(stem):
                _put(shelf, sounds + suffix, name)
        return shelf

    @cached_property
    def _blurred(self) -> Shelf:
        shelf: Shelf = {}
        for name, (stem, suffix) in self._split.items():
            for sounds in {blurred(sounds) for sounds in readings(stem)}:
                _put(shelf, sounds + suffix, name)
        return shelf

    @cached_property
    def _spelled(self) -> Shelf:
        shelf: Shelf = {}
        for name, (stem, _) in self._split.items():
            for sounds in readings(stem):
                _put(shelf, sounds.replace(" ", ""), name)
        return shelf

    @cached_property
    def _gapped(self) -> Shelf:
        """Names by their stem with one character open (`景*`), and with one left out."""
        shelf: Shelf = {}
        for name, (stem, suffix) in self._split.items():
            if suffix and len(stem) >= MIN_STEM:
                for gap in {*_opened(stem), *_shortened(stem)}:
                    _put(shelf, gap + suffix, name)
        return shelf

    def spelled(self, pinyin: str, suffix: str = "") -> list[str]:
        """The names whose stem is so spelled (no tones, no blanks), of one suffix if given."""
        names = self._spelled.get(pinyin, "").split()
        return [name for name in names if not suffix or self._split[name][1] == suffix]

    def near(self, typed: str, scope: Collection[str]) -> NearNames | None:
        """The names of `scope` near a folded name; None if nothing comes near.

        The first stage with a candidate decides; what the later ones find is offered behind.
        """
        stem, suffix = split_key(typed)
        found: dict[str, Stage] = {}
        for stage, candidates in self._stages(stem, suffix):
            fitting = (name for name in candidates if name in scope and name != typed)
            for name in islice(fitting, _MANY):
                found.setdefault(name, stage)
        alone = len(found) == 1
        certain = alone and not DIRECT.isdisjoint(found.values())
        if suffix and not certain and len(found) < MAX_OFFERS and len(scope) <= FEW:
            for name in _similar(stem, scope):
                if name != typed:
                    found.setdefault(name, "similar")
        if not found:
            return None
        names = tuple(found)[:MAX_OFFERS]
        return NearNames(found[names[0]], names, alone)

    def _stages(self, stem: str, suffix: str) -> Iterator[tuple[Stage, Iterator[str]]]:
        endings = (suffix,) if suffix else SUFFIXLESS
        sounds = readings(stem)
        if suffix and len(stem) >= MIN_STEM:
            yield "suffix", _taken(self._suffixes, (stem,), ("",))
        yield "homophone", _taken(self._sounds, sounds, endings)
        yield "near_homophone", _taken(self._blurred, {blurred(s): None for s in sounds}, endings)
        if not suffix:
            return  # an ordinary word that merely resembles a short form must not become a town
        yield "doubled", _taken(self._by_stem, _undoubled(stem), endings)
        yield "swapped", _taken(self._by_stem, _swapped(stem), endings)
        yield "shape", _taken(self._by_stem, _reshaped(stem), endings)
        yield "edit", _taken(self._by_stem, _shortened(stem), endings)
        yield "edit", _taken(self._gapped, (stem, *_opened(stem)), endings)


def _put(shelf: Shelf, key: str, name: str) -> None:
    known = shelf.get(key)
    shelf[key] = name if known is None else f"{known} {name}"


def _taken(shelf: Shelf, keys: Iterable[str], endings: Iterable[str]) -> Iterator[str]:
    for key in keys:
        for ending in endings:
            names = shelf.get(key + ending)
            if names is not None:
                yield from names.split()


def _opened(stem: str) -> list[str]:
    return [stem[:n] + "*" + stem[n + 1 :] for n in range(len(stem))] if len(stem) > 1 else []


def _shortened(stem: str) -> list[str]:
    return [stem[:n] + stem[n + 1 :] for n in range(len(stem))] if len(stem) > 1 else []


def _undoubled(stem: str) -> list[str]:
    return [stem[:n] + stem[n + 1 :] for n in range(len(stem) - 1) if stem[n] == stem[n + 1]]


def _swapped(stem: str) -> list[str]:
    return [stem[:n] + stem[n + 1] + stem[n] + stem[n + 2 :] for n in range(len(stem) - 1)]


def _reshaped(stem: str) -> Iterator[str]:
    shapes = load_shapes()
    for place, character in enumerate(stem):
        for other in shapes.get(character, ""):
            yield stem[:place] + other + stem[place + 1 :]


def _similar(stem: str, scope: Collection[str]) -> list[str]:
    from rapidfuzz import fuzz, process  # the last stage only: most questions never need it

    stems = {known: split_key(known)[0] for known in sorted(scope)}
    ranked = process.extract(
        stem, stems, scorer=fuzz.ratio, limit=MAX_OFFERS, score_cutoff=MIN_RATIO
    )
    return [known for _, _, known in ranked]
