"""Phrases found in text: pieces in either order, with only harmless words between.

One matcher serves reports, questions and claims. A phrase `收到 申请` is found in
`收到多少政府信息公开申请` and in `申请共收到`, because what stands between its pieces may be
stepped over; in `收到的不是申请` it is not found. Then `cover` chooses the hits that account
for the whole text, or tells what is left over.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import permutations, product
from typing import Generic, TypeVar

MAX_PIECES = 3


def expand(phrase: str) -> list[str]:
    """The plain phrases that one written with alternatives stands for, in order.

    `|` parts alternatives of one piece, a blank parts pieces.

    >>> expand("收到|接到 申请"), expand("申请")
    (['收到 申请', '接到 申请'], ['申请'])
    """
    pieces = [piece.split("|") for piece in phrase.split()]
    return [" ".join(chosen) for chosen in product(*pieces)]


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


class _Node(Generic[Value]):
    """A place in the tree of pieces: what ends here, and which pieces may follow."""

    __slots__ = ("ends", "next", "sizes")

    def __init__(self) -> None:
        self.ends: list[tuple[str, Value]] = []
        self.next: dict[str, _Node[Value]] = {}
        self.sizes: tuple[int, ...] = ()


class Lexicon(Generic[Value]):
    """Phrases with what they stand for, as a tree of pieces, so that a search costs a few
    look-ups a position however many phrases there are."""

    def __init__(self, entries: Iterable[tuple[str, Value]]) -> None:
        self._root: _Node[Value] = _Node()
        self._sizes: dict[str, tuple[int, ...]] = {}
        for written, value in entries:
            for phrase in expand(written):
                pieces = phrase.split()
                orders = permutations(pieces) if len(pieces) <= MAX_PIECES else (tuple(pieces),)
                for order in dict.fromkeys(orders):
                    node = self._root
                    for piece in order:
                        node = node.next.setdefault(piece, _Node())
                    node.ends.append((phrase, value))
        sizes: dict[str, set[int]] = {}
        for piece in self._root.next:
            sizes.setdefault(piece[0], set()).add(len(piece))
        self._sizes = {first: tuple(sorted(known, reverse=True)) for first, known in sizes.items()}
        _measure(self._root)

    def find(self, text: str, steps: Steps | None = None) -> list[Hit[Value]]:
        """Every phrase at every position of a folded text; overlapping ones all count.

        Of the places where a second piece could stand the nearest is taken.
        """
        hits: list[Hit[Value]] = []
        for position, character in enumerate(text):
            for size in self._sizes.get(character, ()):
                piece = text[position : position + size]
                node = self._root.next.get(piece)
                if node is None or len(piece) < size:
                    continue
                first = (position, position + size)
                if piece.isascii() and _inside_latin(text, *first):
                    continue
                _collect(text, node, (first,), steps, hits)
        return hits


def _measure(node: _Node[Value]) -> None:
    node.sizes = tuple(sorted({len(piece) for piece in node.next}, reverse=True))
    for child in node.next.values():
        _measure(child)


def _collect(
    text: str,
    node: _Node[Value],
    spans: tuple[tuple[int, int], ...],
    steps: Steps | None,
    hits: list[Hit[Value]],
) -> None:
    end = spans[-1][1]
    for phrase, value in node.ends:
        hits.append(Hit(spans[0][0], end, spans, phrase, value))
    if not node.sizes:
        return
    seen: set[str] = set()
    for start in steps.reach(end) if steps is not None else (end,):
        for size in node.sizes:
            piece = text[start : start + size]
            child = node.next.get(piece)
            if child is not None and piece not in seen and len(piece) == size:
                seen.add(piece)
                _collect(text, child, (*spans, (start, start + size)), steps, hits)


def _inside_latin(text: str, start: int, end: int) -> bool:
    """Whether a Latin phrase (hi, ok) is only a part of a longer Latin word."""
    before, after = text[start - 1 : start], text[end : end + 1]
    return any(c.isascii() and c.isalnum() for c in (before, after) if c)


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
        start, used, open_ = back[position]
        if used is not None:
            chosen.append(used)
        elif open_:
            if leftover and leftover[-1][0] == position:
                leftover[-1] = (start, leftover[-1][1])
            else:
                leftover.append((start, position))
        position = start
    return Cover(tuple(reversed(chosen)), tuple(reversed(leftover)))
