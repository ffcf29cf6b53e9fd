"""Names of towns in what people type: exact ones first, near ones in stages, never by score.

A name that exists in China is taken as typed, even if the store holds only its neighbour
(官庄镇 is no misspelt 官坡镇). What is no name at all is compared with the names of the store
(`knowledge.near_names`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar, cast

from knowledge.gazetteer import Gazetteer, load_gazetteer
from knowledge.model import Entity
from knowledge.name_forms import MIN_STEM, office_forms, split_name, street_forms, without_people
from knowledge.near_names import DIRECT, FEW, MAX_OFFERS, NameShelf, Stage
from knowledge.text import fold
from knowledge.words import load_words

__all__ = ["MAX_OFFERS", "NameIndex", "NameMention", "NearName", "Scope", "split_name"]

T = TypeVar("T")
Entities = tuple[Entity, ...]

MAX_SCOPES = 256
"""Scopes that are kept: the regions that recent questions named."""

MAX_SELECTIONS = 64
"""What is kept of large scopes: those of a kind, and those that share a name."""


@dataclass(frozen=True, slots=True)
class NameMention:
    """An exact name in a text: start and end (excluded), and whom it may mean.

    `entities` are those of the store; `elsewhere` the regions that have such a town although
    the store holds none of it; `short` for a name without its suffix. `every`: all of them
    are meant, and the text says how many there are (两个城关镇).
    """

    start: int
    end: int
    typed: str
    entities: tuple[Entity, ...]
    elsewhere: tuple[str, ...]
    short: bool = False
    every: bool = False


@dataclass(frozen=True, slots=True)
class NearName:
    """What a misspelt name may mean; `direct` if the one candidate is safe to answer."""

    typed: str
    stage: Stage
    entities: tuple[Entity, ...]
    direct: bool


@dataclass(frozen=True)
class Scope:
    """The store's entities that may be meant: all of them, or those of some regions."""

    entities: tuple[Entity, ...]

    @cached_property
    def members(self) -> frozenset[Entity]:
        return frozenset(self.entities)

    @cached_property
    def names(self) -> frozenset[str]:
        """Their names, folded."""
        return frozenset(fold(entity.name) for entity in self.entities)


class NameIndex:
    """The names of a store, ready to be found in questions.

    What only misspelt names, regions or pinyin need is made when the first one comes.
    """

    def __init__(self, entities: Iterable[Entity], gazetteer: Gazetteer | None = None) -> None:
        self.entities = tuple(entities)
        self.gazetteer = gazetteer if gazetteer is not None else load_gazetteer()
        self._exact: dict[str, list[Entity]] = {}
        self._stems: dict[str, list[Entity]] = {}
        self._scopes: dict[tuple[str, ...], Scope] = {}
        self._selections: dict[tuple[int, tuple[str, ...] | None], tuple[Entities, Any]] = {}
        for entity in self.entities:
            for name in self._spellings(entity):
                self._exact.setdefault(name, []).append(entity)
            for stem in _stems(fold(entity.name)):
                self._stems.setdefault(stem, []).append(entity)
        self._ends = {name[-1] for name in self._exact} | self.gazetteer.town_ends
        own = max(map(len, self._exact), default=0)
        self._longest = max(own, self.gazetteer.longest_town)
        self._longest_stem = max(map(len, self._stems), default=0)
        self._stem_starts = {stem[:2] for stem in self._stems}

    def _spellings(self, entity: Entity) -> list[str]:
        """The names under which a town is found: its own; a street under all its endings; a
        county's office with 人民 too; a people's town without the people or its 族, and with
        them. None that is another town's name."""
        name = fold(entity.name)
        bare = without_people(name)
        others = [*street_forms(name), *office_forms(name)]
        if bare is not None:
            others += [bare, split_name(bare)[0] + "民族乡"]
            if not name.endswith("民族乡"):
                others.append("".join(name.rsplit("族", 1)))  # 日月藏乡
        full: list[str] = []
        if bare is None and entity.region is not None:
            full = self.gazetteer.full_names(name, entity.region)
        return [name, *full, *(other for other in others if other not in self.gazetteer)]

    @cached_property
    def _shelf(self) -> NameShelf:
        return NameShelf(fold(entity.name) for entity in self.entities)

    @cached_property
    def _by_path(self) -> dict[str, list[Entity]]:
        """The store's entities by every region that they lie in, paths folded."""
        placed: dict[str, list[Entity]] = {}
        for entity in self.entities:
            if entity.region is not None:
                path = self.gazetteer.current(entity.region)
                while path:
                    placed.setdefault(path, []).append(entity)
                    path = path.rpartition("/")[0]
        return placed

    def find(self, text: str) -> list[NameMention]:
        """Every exact name and short form at every position of a folded text without blanks.

        Overlapping finds all count, in order of position, longer ones first; which one is
        meant is decided by what accounts for the whole question. Short forms are those of the
        store's own names alone: most short forms of China's towns are ordinary words.
        """
        found: list[NameMention] = []
        for end in range(2, len(text) + 1):
            if text[end - 1] not in self._ends:
                continue
            for start in range(max(0, end - self._longest), end - 1):
                name = text[start:end]
                own = self._exact.get(name)
                if own is not None:
                    found.append(NameMention(start, end, name, tuple(own), ()))
                elif regions := self.gazetteer.regions_meant(name):
                    found.append(NameMention(start, end, name, (), regions))
        exact = {(mention.start, mention.end) for mention in found}
        for start in range(len(text) - 1):
            if text[start : start + 2] not in self._stem_starts:
                continue
            for end in range(min(len(text), start + self._longest_stem), start + 1, -1):
                stems = self._stems.get(text[start:end])
                if stems is not None and (start, end) not in exact:
                    name = text[start:end]
                    found.append(NameMention(start, end, name, tuple(stems), (), True))
        found.sort(key=lambda mention: (mention.start, -mention.end))
        return found

    def by_name(self, name: str) -> tuple[Entity, ...]:
        """The store's entities that are found under this full name."""
        return tuple(self._exact.get(fold(name), ()))

    def by_pinyin(self, spelled: str) -> tuple[Entity, ...]:
        """The store's entities so spelled in lower case, without tones and blanks; the rank
        (zhen, town) may stand behind or not. Initials are no spelling.

        >>> NameIndex([Entity("景芝镇")]).by_pinyin("jingzhizhen")
        (Entity(name='景芝镇', region=None),)
        """
        names = self._shelf.spelled(spelled)
        for rank, suffix in load_words().towns.ranks.items():
            if spelled.endswith(rank):
                names += self._shelf.spelled(spelled.removesuffix(rank), suffix)
        return tuple(e for name in dict.fromkeys(names) for e in self._exact[name])

    def elsewhere(self, name: str) -> tuple[str, ...]:
        """The regions of China that have a town of this name, in the store or not."""
        return self.gazetteer.regions_meant(fold(name))

    def scope(self, regions: Iterable[str] = ()) -> Scope:
        """The store's entities that lie in all of the regions named; all without any."""
        named = tuple(dict.fromkeys(fold(region) for region in regions))
        known = self._scopes.get(named)
        if known is None:
            if len(self._scopes) >= MAX_SCOPES:
                self._scopes.clear()
            known = self._scopes[named] = Scope(self._lying_in(named))
        return known

    def _lying_in(self, regions: Sequence[str]) -> tuple[Entity, ...]:
        chosen: dict[Entity, None] | None = None
        for region in regions:
            inside = dict.fromkeys(
                entity
                for path in self.gazetteer.folded_paths(region)
                for entity in self._by_path.get(path, ())
            )
            chosen = inside if chosen is None else {e: None for e in chosen if e in inside}
        return self.entities if chosen is None else tuple(chosen)

    def in_order(self, entities: Iterable[Entity]) -> tuple[Entity, ...]:
        """Some of the index's entities in its own order."""
        return tuple(sorted(entities, key=self._places.__getitem__))

    @cached_property
    def _places(self) -> dict[Entity, int]:
        return {entity: place for place, entity in enumerate(self.entities)}

    def ending(self, entities: Entities, endings: tuple[str, ...]) -> Entities:
        """Those whose names end so, in their order; the very same tuple for the same ones."""
        return self._selected(
            entities, endings, lambda: tuple(e for e in entities if e.name.endswith(endings))
        )

    def namesakes(self, entities: Entities) -> frozenset[Entity]:
        """Those that share their name with another of them."""

        def find() -> frozenset[Entity]:
            names = Counter(entity.name for entity in entities)
            return frozenset(e for e in entities if names[e.name] > 1)

        return self._selected(entities, None, find)

    def _selected(
        self, entities: Entities, by: tuple[str, ...] | None, select: Callable[[], T]
    ) -> T:
        """What was selected from the very same tuple before: all of China is walked over once."""
        key = (id(entities), by)
        known = self._selections.get(key)
        if known is not None and known[0] is entities:
            return cast("T", known[1])
        found = select()
        if len(self._selections) >= MAX_SELECTIONS:
            self._selections.clear()
        self._selections[key] = (entities, found)
        return found

    def within(self, path: str) -> tuple[Entity, ...]:
        """The store's entities that lie in the region of this path."""
        return tuple(self._by_path.get(self.gazetteer.current(path), ()))

    def resolve_near(self, typed: str, scope: Scope | None = None) -> NearName | None:
        """What a name that is none may mean among `scope` (all of the store if None).

        The first stage with a candidate decides. Returns None if nothing comes near.
        """
        within = scope if scope is not None else self.scope()
        name = fold(typed)
        near = self._shelf.near(name, within.names)
        if near is None:
            return None
        entities = tuple(
            entity
            for known in near.names
            for entity in self._exact[known]
            if entity in within.members
        )
        few = len(within.names) <= FEW
        safe = few or (len(split_name(name)[0]) >= 3 and near.stage != "homophone")
        direct = near.alone and len(entities) == 1 and near.stage in DIRECT and safe
        return NearName(typed, near.stage, entities[:MAX_OFFERS], direct)


def _stems(name: str) -> list[str]:
    """The short forms of a folded full name; of a people's town the one without the people."""
    full = {split_name(known) for known in (name, without_people(name)) if known is not None}
    return [stem for stem, suffix in sorted(full) if suffix and len(stem) >= MIN_STEM]
