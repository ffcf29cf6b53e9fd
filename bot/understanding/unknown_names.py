"""Words that stand where a town's name stands but are none: misspelt or unknown names."""

from __future__ import annotations

from collections.abc import Sequence

from bot.understanding.mentions import ENDINGS, Mention, Region, UnknownName
from bot.understanding.names import gap_before, is_han
from bot.understanding.phrases import Meaning, harmless, load_phrases
from knowledge.entities import NameMention

MAX_NAME = 12
"""Letters of a misspelt name that are looked at, the region before it not counted; only a few
dozen names in China have more."""

MAX_GLUED = 36
"""Letters of a misspelt name with the regions before it."""

MAX_INSIDE = 2
"""Letters of a harmless word that a misspelt name may hold (景|之|镇)."""


def find_unknown_names(
    letters: str,
    positions: Sequence[int],
    mentions: Sequence[Mention],
    leftover: Sequence[tuple[int, int]],
) -> tuple[UnknownName, ...]:
    """Spans that look like a town's name but are none, with what belongs to them beside.

    What is left over is put together with the names and regions that it touches (中|南庄镇,
    和平|浪街道, 高|平乡) up to its last 镇, 乡, 街道; so is a harmless word that names begin
    with (上|景芝镇). Without such an ending it counts as a short form only if no town is named.
    """
    names = [(m, m.value) for m in mentions if isinstance(m.value, NameMention)]
    found: list[UnknownName] = []
    taken: set[int] = set()

    def add(start: int, end: int) -> None:
        if taken.isdisjoint(range(start, end)):
            taken.update(range(start, end))
            found.append(UnknownName(start, end, letters[start:end]))

    glue = _Glue(letters, positions, mentions, leftover)
    for start, end in leftover:
        first, last = glue.around(start, end)
        piece = letters[first:last]
        cut = max((piece.rfind(s) + len(s) for s in ENDINGS if s in piece), default=0)
        if cut >= 2 and is_han(piece[:cut]) and first + cut > start:
            add(first - len(_word_before(letters, positions, mentions, first)), first + cut)
        elif not names and 2 <= end - start <= 4 and is_han(letters[start:end]):
            add(start, end)
    for start, end in _run_together(names, positions):
        add(start, end)
    for mention, name in names:
        start, end = mention.start, mention.end
        start -= len(_word_before(letters, positions, mentions, start))
        after = next((e for s, e in leftover if s == end), None)
        if name.short and after is not None and after - end <= 2:
            end = after
        if letters[start:end].endswith(ENDINGS):
            start = glue.behind_region(start)
        if (start, end) != (mention.start, mention.end):
            add(start, end)
    return tuple(sorted(found, key=lambda name: name.start))


def _run_together(
    names: Sequence[tuple[Mention, NameMention]], positions: Sequence[int]
) -> list[tuple[int, int]]:
    """Short forms with a name directly behind them, which are one unknown name (寒葱沟|口镇)."""
    runs: list[tuple[int, int]] = []
    for (first, name), (second, _) in zip(names, names[1:], strict=False):
        if name.short and first.end == second.start and not gap_before(positions, first.end):
            if runs and runs[-1][1] == first.end:
                runs[-1] = (runs[-1][0], second.end)
            else:
                runs.append((first.start, second.end))
    return runs


class _Glue:
    """Puts a stretch left over together with what it touches, without a gap between."""

    def __init__(
        self,
        letters: str,
        positions: Sequence[int],
        mentions: Sequence[Mention],
        leftover: Sequence[tuple[int, int]],
    ) -> None:
        self.letters = letters
        self.positions = positions
        loose = [
            (m.start, m.end)
            for m in mentions
            if isinstance(m.value, (NameMention, Region)) or m.end - m.start == 1
        ]
        self._starts = dict((*loose, *leftover))
        self._ends = {end: start for start, end in (*loose, *leftover)}
        self._left_starts = dict(leftover)
        self._left_ends = {end: start for start, end in leftover}
        self._regions = {m.end: m.start for m in mentions if isinstance(m.value, Region)}
        self._wide = {
            n for m in mentions if m.end - m.start > 1 for s, e in m.pieces for n in range(s, e)
        }
        self._covered = {n for m in mentions for start, end in m.pieces for n in range(start, end)}

    def behind_region(self, start: int) -> int:
        """Where a region begins that one or two odd letters part from a name (海宁市|村|许镇),
        else the start itself."""
        listing = ("的", "那个", "这个", "的那个", *_within(), *load_phrases().harmless.connectors)
        for at in range(start, max(0, start - MAX_INSIDE - 1), -1):
            between = self.letters[at:start]
            if gap_before(self.positions, at) or (at < start and at in self._wide):
                break
            if at in self._regions:
                odd = at < start and is_han(between) and between not in listing
                return self._regions[at] if odd else start
        return start

    def around(self, start: int, end: int) -> tuple[int, int]:
        """The stretch with what it touches on both sides, up to the first ending to the right."""
        while not self.letters[start:end].endswith(ENDINGS) and end - start < MAX_NAME:
            following = self._next(end)
            if following is None:
                break
            end = following
        piece = self.letters[start:end]
        if min(len(piece.removesuffix(ending)) for ending in ENDINGS) < 2:
            start = self._with_word(start)
        while start > 0 and end - start < MAX_GLUED:
            before = self._before(start)
            if before is None:
                break
            start = before
        return start, end

    def _with_word(self, start: int) -> int:
        """The start with the harmless letters before it, of a name that has hardly one of its own
        (里|镇, 高都|都|街道)."""
        for _ in range(MAX_INSIDE):
            if start == 0 or start in self._ends or gap_before(self.positions, start):
                break
            if start - 1 in self._covered or not is_han(self.letters[start - 1]):
                break
            start -= 1
        return start

    def _next(self, end: int) -> int | None:
        """The end of what follows: a loose piece, or a short harmless word with the rest of
        the name behind it."""
        if end >= len(self.letters) or gap_before(self.positions, end):
            return None
        if end in self._starts:
            return self._starts[end]
        for close in range(end + 2, min(len(self.letters), end + MAX_INSIDE + 1) + 1):
            word = self.letters[end:close]  # 珠|全镇: a harmless word that ends like a name
            if word.endswith(ENDINGS) and self._one_word(end, close):
                return close
        for at in range(end + 1, end + MAX_INSIDE + 1):
            reached = self._left_starts.get(at)
            if reached is not None and self._one_word(end, at):
                rest = self.letters[at:reached]
                return reached if rest.endswith(ENDINGS) and is_han(rest) else None
        return None

    def _before(self, start: int) -> int | None:
        """The start of what stands before: a loose piece, or the beginning of the name with a
        short harmless word behind it."""
        if gap_before(self.positions, start):
            return None
        if start in self._ends:
            return self._ends[start]
        for at in range(start - 1, max(0, start - MAX_INSIDE - 1), -1):
            before = self._left_ends.get(at)
            if before is not None and self._one_word(at, start):
                return None if self.letters[before:at].endswith(ENDINGS) else before
        return None

    def _one_word(self, start: int, end: int) -> bool:
        """Whether the letters between are harmless Chinese ones, typed without a gap."""
        return is_han(self.letters[start:end]) and not any(
            n in self._covered or gap_before(self.positions, n) for n in range(start, end)
        )


def _within() -> tuple[str, ...]:
    """Words that say 'in' between a region and a town; 中 may be the beginning of a name."""
    return tuple(word for word in load_phrases().harmless.of_which if word != "中")


def _word_before(
    letters: str, positions: Sequence[int], mentions: Sequence[Mention], position: int
) -> str:
    """The harmless word directly before a name that could be the beginning of its name."""
    if any(mention.end == position for mention in mentions) or position == 0:
        return ""
    if gap_before(positions, position):
        return ""  # 额 南庄镇: a blank parts them
    edges = {m.end for m in mentions if isinstance(m.value, (Region, Meaning))}
    longest = ""
    for word in harmless().find(letters[max(0, position - 8) : position]):
        if word.end == min(8, position) and len(word.phrase) > len(longest):
            longest = word.phrase
    if longest in _within() and position - len(longest) in edges:
        return ""  # 洮北区|里|平台镇, 湟源县的申请|里|城关镇
    return longest if longest in load_phrases().harmless.never_before_name else ""


def outside(
    leftover: Sequence[tuple[int, int]], names: Sequence[UnknownName]
) -> list[tuple[int, int]]:
    """The stretches left over without those that are part of an unknown name."""
    rest: list[tuple[int, int]] = []
    for start, end in leftover:
        kept = [n for n in range(start, end) if not any(u.start <= n < u.end for u in names)]
        for position in kept:
            if rest and rest[-1][1] == position:
                rest[-1] = (rest[-1][0], position + 1)
            else:
                rest.append((position, position + 1))
    return rest
