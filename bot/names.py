"""Words that stand where a town's name stands but are none: misspelt or unknown names."""

from __future__ import annotations

from collections.abc import Sequence

from bot.mentions import ENDINGS, Mention, UnknownName
from bot.phrases import harmless, load_phrases
from knowledge.entities import NameMention

MAX_NAME = 10
"""Letters of a misspelt name that are looked at; only a few dozen names in China have more."""


MAX_PREFIX = 6
"""Letters left over before a name that are read as its beginning (中|南庄镇)."""


def find_unknown_names(
    letters: str,
    positions: Sequence[int],
    mentions: Sequence[Mention],
    leftover: Sequence[tuple[int, int]],
) -> tuple[UnknownName, ...]:
    """Spans that look like a town's name but are none, with what belongs to them beside.

    A word left over directly before a name makes both one name (中|南庄镇); so does a
    harmless word that names begin with (上|景芝镇). A stretch left over counts up to its
    last 镇, 乡, 街道; without one it counts as a short form only if no town is named at all.
    """
    names = [(m, m.value) for m in mentions if isinstance(m.value, NameMention)]
    found: list[UnknownName] = []
    taken: set[int] = set()

    def add(start: int, end: int) -> None:
        if taken.isdisjoint(range(start, end)):
            taken.update(range(start, end))
            found.append(UnknownName(start, end, letters[start:end]))

    for (first, name), (second, _) in zip(names, names[1:], strict=False):
        if name.short and first.end == second.start and not gap_before(positions, first.end):
            add(first.start, second.end)  # 寒葱沟|口镇: run together they are one unknown name
    for mention, name in names:
        start, end = mention.start, mention.end
        before = next((s for s, e in leftover if e == start), None)
        if before is not None and _is_han(letters[before:start]):
            start = max(before, start - MAX_PREFIX)
        else:
            start -= len(_word_before(letters, mentions, start))
        after = next((e for s, e in leftover if s == end), None)
        if name.short and after is not None and after - end <= 2:
            end = after
        if (start, end) != (mention.start, mention.end):
            add(start, end)
    for start, end in _joined(letters, mentions, leftover):
        piece = letters[start:end]
        cut = max((piece.rfind(s) + len(s) for s in ENDINGS if s in piece), default=0)
        if cut >= 2 and _is_han(piece[:cut]):
            add(max(start, start + cut - MAX_NAME), start + cut)
        elif not names and 2 <= end - start <= 4 and _is_han(piece):
            add(start, end)
    return tuple(sorted(found, key=lambda name: name.start))


def _joined(
    letters: str, mentions: Sequence[Mention], leftover: Sequence[tuple[int, int]]
) -> list[tuple[int, int]]:
    """The stretches left over, those of one name put together again.

    A misspelt name may hold a harmless word (景|之|镇): what ends like a town's name reaches
    back over at most two such letters to the stretch before.
    """
    joined: list[tuple[int, int]] = []
    for start, end in leftover:
        if joined and letters[start:end].endswith(ENDINGS):
            first, last = joined[-1]
            between = letters[last:start]
            covered = any(m.start < start and last < m.end for m in mentions)
            if len(between) <= 2 and _is_han(between) and not covered and end - first <= MAX_NAME:
                joined[-1] = (first, end)
                continue
        joined.append((start, end))
    return joined


def _word_before(letters: str, mentions: Sequence[Mention], position: int) -> str:
    """The harmless word directly before a name that could be the beginning of its name."""
    if any(mention.end == position for mention in mentions):
        return ""
    longest = ""
    for word in harmless().find(letters[max(0, position - 8) : position]):
        if word.end == min(8, position) and len(word.phrase) > len(longest):
            longest = word.phrase
    return longest if longest in load_phrases().harmless.never_before_name else ""


def _is_han(text: str) -> bool:
    return bool(text) and all("\u3400" <= c <= "\u9fff" for c in text)


def gap_before(positions: Sequence[int], letter: int) -> bool:
    """Whether something stands between a letter and the one before it, as typed (a blank)."""
    return positions[letter] - positions[letter - 1] > 1


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
