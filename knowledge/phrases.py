"""Phrases found in text: literal pieces, in either order, with only harmless words between.

One matcher serves reports, questions and claims. A phrase `收到 申请` is found in
`收到多少政府信息公开申请` and in `申请共收到`, because what stands between its pieces may be
stepped over; in `收到的不是申请` it is not found. Then `cover` chooses the hits that account
for the whole text, or tells what is left over.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import Generic, TypeVar

MAX_PIECES = 3

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Hit(Generic[Value]):
    """A phrase found: its span, the spans of its pieces, and what it stands for."""

    start: int
    end: int
    pieces: tuple[tuple[int, int], ...]
    phrase: str
    value: Value

    @property
    def weight(self) -> int:
        """How many characters its own pieces cover, stepped-over words not counted."""
        return sum(end - start for start, end in self.pieces)


class Steps:
    """Which stretches of a text may be stepped over, and how far one gets from a position."""

    def __init__(self, length: int) -> None:
        self._ends: list[list[int]] = [[] for _ in range(length + 1)]
        self._reach: dict[int, tuple[int, ...]] = {}

    def add(self, start: int, end: int) -> None:
        """Let the stretch from start to end (excluded) be stepped over."""
        if end > start and end not in self._ends[start]:
            self._ends[start].append(end)
            self._reach.clear()

    def ends(self, start: int) -> Sequence[int]:
        """Where the single steps from a position end."""
        return self._ends[start]

    def reach(self, position: int) -> tuple[int, ...]:
        """All positions that steps lead to from here, nearest first, this one included."""
        known = self._reach.get(position)
        if known is not None:
            return known
        seen = {position}
        frontier = [position]
        while frontier:
            for end in self._ends[frontier.pop()]:
                if end not in seen:
                    seen.add(end)
                    frontier.append(end)
        self._reach[position] = reached = tuple(sorted(seen))
        return reached


class Lexicon(Generic[Value]):
    """Phrases with what they stand for, indexed by their first character."""

    def __init__(self, entries: Iterable[tuple[str, Value]]) -> None:
        self._by_first: dict[str, list[tuple[tuple[str, ...], str, Value]]] = {}
        for phrase, value in entries:
            pieces = phrase.split()
            for order in permutations(pieces) if len(pieces) <= MAX_PIECES else [tuple(pieces)]:
                self._by_first.setdefault(order[0][0], []).append((tuple(order), phrase, value))
        for known in self._by_first.values():
            known.sort(key=lambda entry: -len(entry[0][0]))

    def find(self, text: str, steps: Steps | None = None) -> list[Hit[Value]]:
        """Every phrase at every position of a folded text; overlapping ones all count."""
        hits: list[Hit[Value]] = []
        for position, character in enumerate(text):
            for pieces, phrase, value in self._by_first.get(character, ()):
                if not text.startswith(pieces[0], position):
                    continue
                first = (position, position + len(pieces[0]))
                if len(pieces) == 1:
                    hits.append(Hit(position, first[1], (first,), phrase, value))
                elif (spans := _follow(text, pieces, first, steps)) is not None:
                    hits.append(Hit(position, spans[-1][1], spans, phrase, value))
        return hits


def _follow(
    text: str, pieces: tuple[str, ...], first: tuple[int, int], steps: Steps | None
) -> tuple[tuple[int, int], ...] | None:
    spans = [first]
    for piece in pieces[1:]:
        end = spans[-1][1]
        reached = steps.reach(end) if steps is not None else (end,)
        start = next((place for place in reached if text.startswith(piece, place)), None)
        if start is None:
            return None
        spans.append((start, start + len(piece)))
    return tuple(spans)


@dataclass(frozen=True, slots=True)
class Cover(Generic[Value]):
    """The chosen hits in order, and the stretches that nothing accounts for."""

    hits: tuple[Hit[Value], ...]
    leftover: tuple[tuple[int, int], ...]


UNCOVERED = 1000
"""Cost of a character that nothing accounts for: always worse than any number of words."""


def cover(text: str, hits: Sequence[Hit[Value]], steps: Steps, free: str = "") -> Cover[Value]:
    """The cheapest account of a text: hits, steps over harmless words, and what is left over.

    Fewest characters left over first, then fewest hits and steps, a hit before a step (what
    means something is not stepped over), then the hits whose own pieces are longest; ties go
    to the hit found first, so the choice is always the same.
    Characters in `free` (punctuation) cost nothing.
    """
    length = len(text)
    by_start: dict[int, list[Hit[Value]]] = {}
    for hit in hits:
        by_start.setdefault(hit.start, []).append(hit)
    infinite = float("inf")
    cost: list[float] = [infinite] * (length + 1)
    cost[0] = 0.0
    back: list[tuple[int, Hit[Value] | None, bool]] = [(0, None, False)] * (length + 1)

    def relax(end: int, value: float, start: int, hit: Hit[Value] | None, open_: bool) -> None:
        if value < cost[end]:
            cost[end] = value
            back[end] = (start, hit, open_)

    for start in range(length):
        here = cost[start]
        if here == infinite:
            continue
        for hit in by_start.get(start, ()):
            # A hit may step over words; they cost as much as if they stood outside it.
            inside = hit.end - hit.start - hit.weight
            relax(hit.end, here + 8 - 0.01 * hit.weight + 0.02 * inside, start, hit, False)
        for end in steps.ends(start):
            relax(end, here + 9 - 0.001 * (end - start), start, None, False)
        if text[start] in free:
            relax(start + 1, here, start, None, False)
        else:
            relax(start + 1, here + UNCOVERED, start, None, True)
    chosen: list[Hit[Value]] = []
    leftover: list[tuple[int, int]] = []
    position = length
    while position > 0:
        start, hit, open_ = back[position]
        if hit is not None:
            chosen.append(hit)
        elif open_:
            if leftover and leftover[-1][0] == position:
                leftover[-1] = (start, leftover[-1][1])
            else:
                leftover.append((start, position))
        position = start
    return Cover(tuple(reversed(chosen)), tuple(reversed(leftover)))
