"""Phrases found in text: pieces in either order, with only harmless words between.

One matcher serves reports, questions and claims. A phrase `收到 申请` is found in
`收到多少政府信息公开申请` and in `申请共收到`, because what stands between its pieces may be
stepped over; in `收到的不是申请` it is not found. Then `cover` chooses the hits that account
for the whole text, or tells what is left over.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from operator import itemgetter
from typing import Generic, NamedTuple, TypeVar


def expand(phrase: str) -> list[str]:
    """The plain phrases that one written with alternatives stands for, in order.

    `|` parts alternatives of one piece, a blank parts pieces; an empty alternative lets the
    piece be left out.

    >>> expand("收到|接到 申请"), expand("申请")
    (['收到 申请', '接到 申请'], ['申请'])
    """
    pieces = [piece.split("|") for piece in phrase.split()]
    return list(dict.fromkeys(" ".join(filter(None, chosen)) for chosen in product(*pieces)))


Value = TypeVar("Value")


class Hit(NamedTuple, Generic[Value]):
    """A phrase found: its span, the spans of its pieces, and what it stands for."""

    start: int
    end: int
    pieces: tuple[tuple[int, int], ...]
    phrase: str
    value: Value

    @property
    def weight(self) -> int:
        """How many characters its own pieces cover, stepped-over words not counted."""
        if len(self.pieces) == 1:
            return self.end - self.start
        return sum([end - start for start, end in self.pieces])


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

    def add_all(self, spans: Iterable[tuple[int, int]]) -> None:
        """Let each of the stretches be stepped over."""
        for start, end in spans:
            if end > start and end not in self._ends[start]:
                self._ends[start].append(end)
        self._reach.clear()

    def copy(self) -> Steps:
        """The same steps, to add more to."""
        copied = Steps(0)
        copied._ends = list(map(list, self._ends))
        return copied

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


@dataclass(frozen=True, slots=True)
class _Pattern(Generic[Value]):
    """A phrase as written: for each piece its alternatives; a piece may be left out if one is
    empty (`申请|`)."""

    number: int
    written: str
    needed: frozenset[int]
    pieces: tuple[frozenset[str], ...]
    value: Value


Found = dict[str, list[tuple[int, int]]]
"""Where each piece stands in a text, in order."""


class Pieces:
    """The pieces of phrases, searched for all at once."""

    def __init__(self, pieces: Iterable[str]) -> None:
        self.known = frozenset(pieces)
        # By the first two characters: most positions of a text then cost one look-up.
        sizes: dict[str, set[int]] = {}
        for known in self.known:
            sizes.setdefault(known[:2], set()).add(len(known))
        for first, longer in sizes.items():
            if len(first) == 2 and first[0] in self.known:
                longer.add(1)
        self._sizes = {first: tuple(sorted(found, reverse=True)) for first, found in sizes.items()}
        self._singles = frozenset(known for known in self.known if len(known) == 1)

    def find(self, text: str) -> Found:
        """Where each known piece stands; of those at one position the longest first.

        A Latin piece (hi, ok) is not found inside a longer Latin word.
        """
        found: Found = {}
        length = len(text)
        known, sizes, singles = self.known, self._sizes, self._singles
        for position in range(length):
            lengths = sizes.get(text[position : position + 2])
            if lengths is None:
                if text[position] not in singles:
                    continue
                lengths = (1,)
            for size in lengths:
                piece = text[position : position + size]
                if piece not in known or position + size > length:
                    continue
                if piece.isascii() and _inside_latin(text, position, size):
                    continue
                if piece in found:
                    found[piece].append((position, position + size))
                else:
                    found[piece] = [(position, position + size)]
        return found


class Lexicon(Generic[Value]):
    """Phrases with what they stand for, indexed by their pieces.

    Alternatives are never multiplied out: a search finds the pieces that occur in the text,
    and puts together only phrases of which every needed piece occurs. It looks at a phrase
    only where its rarest needed piece occurs: 公开 alone is a piece of hundreds.
    """

    def __init__(self, entries: Iterable[tuple[str, Value]]) -> None:
        self._patterns: list[_Pattern[Value]] = []
        for written, value in entries:
            pieces = [piece.split("|") for piece in written.split()]
            needed = frozenset(n for n, piece in enumerate(pieces) if "" not in piece)
            alternatives = tuple(frozenset(filter(None, piece)) for piece in pieces)
            number = len(self._patterns)
            self._patterns.append(_Pattern(number, written, needed, alternatives, value))
        owners: dict[str, int] = {}
        for pattern in self._patterns:
            for piece in pattern.pieces:
                for alternative in piece:
                    owners[alternative] = owners.get(alternative, 0) + 1
        self._anchored: dict[str, list[tuple[_Pattern[Value], tuple[frozenset[str], ...]]]] = {
            piece: [] for piece in owners
        }
        """The phrases to look at where a piece occurs, each with what else it needs."""
        for pattern in self._patterns:
            places = range(len(pattern.pieces))
            others: tuple[frozenset[str], ...] = ()
            if pattern.needed:
                rarest = min(
                    sorted(pattern.needed),
                    key=lambda n: sum(owners[known] for known in pattern.pieces[n]),
                )
                places = range(rarest, rarest + 1)
                others = tuple(pattern.pieces[n] for n in sorted(pattern.needed - {rarest}))
            for anchor in {known for place in places for known in pattern.pieces[place]}:
                self._anchored[anchor].append((pattern, others))
        self.pieces = frozenset(owners)
        self._own = Pieces(self.pieces)

    def occurring(self, found: Found) -> list[_Pattern[Value]]:
        """The phrases of which every needed piece occurs, in whatever order."""
        known = found.keys()
        occurring: list[_Pattern[Value]] = []
        looked_at: set[int] = set()
        for anchor in found:
            for pattern, others in self._anchored.get(anchor, ()):
                if pattern.number in looked_at:
                    continue
                looked_at.add(pattern.number)
                for alternatives in others:
                    if known.isdisjoint(alternatives):
                        break
                else:
                    occurring.append(pattern)
        return occurring

    def find(self, text: str, steps: Steps | None = None) -> list[Hit[Value]]:
        """Every phrase at every position of a folded text; overlapping ones all count.

        Of the places where a further piece could stand the nearest is taken. In order of
        position, longer ones first, then as the entries were given.
        """
        found = self._own.find(text)
        return arranged(self.occurring(found), found, steps)


def arranged(
    occurring: Iterable[_Pattern[Value]], found: Found, steps: Steps | None
) -> list[Hit[Value]]:
    """The hits of `Lexicon.find`, for one who has what occurs already; `found` may have been
    looked for with the pieces of other lexicons, too."""
    hits: list[tuple[int, int, int, Hit[Value]]] = []
    for pattern in occurring:
        number, written, value = pattern.number, pattern.written, pattern.value
        for spans in _arrangements(pattern, _places(pattern, found), steps):
            start, end = spans[0][0], spans[-1][1]
            hits.append((start, -end, number, Hit(start, end, spans, written, value)))
    if len(hits) > 1:
        hits.sort(key=_place_of)
    return [hit for *_, hit in hits]


_place_of = itemgetter(0, 1, 2)

_Spans = list[tuple[int, int]]


def _places(pattern: _Pattern[Value], found: Found) -> list[tuple[int, _Spans]]:
    """Which pieces of a phrase stand where, the one that stands first before the others."""
    places: list[tuple[int, _Spans]] = []
    for place, alternatives in enumerate(pattern.pieces):
        spans: _Spans = []
        for piece in alternatives.intersection(found):
            spans += found[piece]
        if spans:
            if len(spans) > 1:
                spans.sort(key=_nearest_longest)
            places.append((place, spans))
    if len(places) > 1:
        places.sort(key=_first_span)
    return places


def _nearest_longest(span: tuple[int, int]) -> tuple[int, int]:
    return span[0], -span[1]


def _first_span(place: tuple[int, _Spans]) -> tuple[int, int]:
    start, end = place[1][0]
    return start, -end


def _next(spans: _Spans, end: int, steps: Steps | None) -> tuple[int, int] | None:
    """The nearest of the spans that begins at `end`, or behind what may be stepped over there."""
    for span in spans:
        start = span[0]
        if start == end or (start > end and steps is not None and start in steps.reach(end)):
            return span
    return None


def _arrangements(
    pattern: _Pattern[Value], places: list[tuple[int, _Spans]], steps: Steps | None
) -> Iterator[tuple[tuple[int, int], ...]]:
    """Every way in which the pieces found follow each other, each piece used once."""
    if len(places) == 1:
        for span in places[0][1]:
            yield (span,)
        return
    if len(places) == 2:
        (one, first), (other, second) = places
        for place, spans, behind in ((one, first, second), (other, second, first)):
            alone = pattern.needed <= {place}
            for span in spans:
                if alone:
                    yield (span,)
                following = _next(behind, span[1], steps)
                if following is not None:
                    yield span, following
        return

    def follow(
        spans: tuple[tuple[int, int], ...], used: frozenset[int]
    ) -> Iterator[tuple[tuple[int, int], ...]]:
        if pattern.needed <= used:
            yield spans
        for place, known in places:
            if place in used:
                continue
            nearest = _next(known, spans[-1][1], steps)
            if nearest is not None:
                yield from follow((*spans, nearest), used | {place})

    for place, known in places:
        for span in known:
            yield from follow((span,), frozenset({place}))


def _inside_latin(text: str, start: int, size: int) -> bool:
    """Whether a Latin piece (hi, ok) is only a part of a longer Latin word."""
    end = start + size
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
    for start, character in enumerate(text):
        here = cost[start]  # every position can be come to, character by character
        if start in by_start:
            for hit in by_start[start]:
                # A hit that spans what stands between its pieces explains it better than the
                # same words side by side; of two such hits the tighter one is meant.
                end, weight = hit.end, hit.weight
                value = here + 8 - 0.01 * weight + 0.02 * (end - start - weight)
                if value < cost[end]:
                    cost[end], back[end] = value, (start, hit, False)
        for end in steps.ends(start):
            value = here + 9 - 0.001 * (end - start)
            if value < cost[end]:
                cost[end], back[end] = value, (start, None, False)
        if character in free:
            if here < cost[start + 1]:
                cost[start + 1], back[start + 1] = here, (start, None, False)
        elif here + UNCOVERED < cost[start + 1]:
            cost[start + 1], back[start + 1] = here + UNCOVERED, (start, None, True)
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
