"""Words whose place in a question says what they are: harmless ones, and numbers that are years."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.understanding.covering import BOUNDS, PUNCTUATION
from bot.understanding.mentions import ENDINGS, Region, Value
from bot.understanding.names import gap_before
from bot.understanding.operations import Operation, Places
from bot.understanding.phrases import (
    Meaning,
    columns,
    harmless,
    load_phrases,
    meanings,
    placed,
)
from knowledge.catalogue import load_catalogue
from knowledge.entities import NameMention
from knowledge.phrases import Hit, Steps
from knowledge.years import Years

_NUMBERING = re.compile(
    r"[(][一二三四五六七八九十\d]{1,2}[)]|[一二三四五六七八九十][、.]|\d{1,2}[.、]"
)
"""Numbers of labels pasted from a report ((一)予以公开, 1.属于国家秘密)."""

_NO_QUOTES = str.maketrans(dict.fromkeys("“”\"「」『』‘’'", " "))
_WITHIN = ("中", "里", "当中", "之中", "里面", "里头")
_YEAR_OR_NUMBER = re.compile(r"(?<!\d)(?:19|20)\d\d(?=[^\d\W])")


def placed_words(
    letters: str,
    positions: Sequence[int],
    hits: Sequence[Hit[Value]],
    steps: Steps,
) -> list[tuple[int, int, str]]:
    """Words that are harmless where they stand (俺们|南庄镇, 通过|公众号, 老师，…), each with the
    name of that place."""
    names = {hit.start for hit in hits if isinstance(hit.value, (NameMention, Region, Places))}
    names |= {
        hit.start
        for hit in hits
        if isinstance(hit.value, Operation) and hit.value.kind in (*BOUNDS, "position")
    }
    ends = {hit.end for hit in hits if isinstance(hit.value, NameMention)}
    year_starts = {hit.start for hit in hits if isinstance(hit.value, Years)}
    year_ends = {hit.end for hit in hits if isinstance(hit.value, Years)}
    statements = load_catalogue().statements
    channels = {
        hit.start
        for hit in hits
        if isinstance(hit.value, Meaning)
        and any(name in statements and statements[name].part_of for name in hit.value.ids)
    }
    kinds = {
        hit.start for hit in hits if isinstance(hit.value, Meaning) and hit.value.kind == "column"
    }
    spans = [
        (hit.start, hit.end)
        for hit in hits
        if isinstance(hit.value, Meaning) and hit.value.kind == "measure"
    ]
    meant = {hit.start for hit in hits if isinstance(hit.value, Meaning)}
    found = [
        (*match.span(), "numbering")
        for match in _NUMBERING.finditer(letters)
        if not meant.isdisjoint(steps.reach(match.end()))
    ]
    quoted = letters.translate(_NO_QUOTES)
    spans += [(first - 1, last + 1) for first, last in spans if quoted[first - 1 : first] == " "]
    within = (*_WITHIN, *load_phrases().harmless.behind_measure)
    for word in placed().find(letters):
        start, end = word.start, word.end
        if word.value == "name":
            fits = end in names
        elif word.value in ("year", "until"):
            fits = end in year_starts
        elif word.value == "year_end":
            fits = start in year_ends
        elif word.value == "measure":
            fits = any(letters.startswith(within, last) for first, last in spans if first == end)
        elif word.value == "behind_measure":
            fits = any(last == start for _, last in spans)
        elif word.value == "behind":
            fits = any(n in ends for n in range(start, start - 3, -1))
        elif word.value == "kind":
            fits = end in kinds
        elif word.value == "channel":
            fits = end in channels
        else:
            fits = _apart(letters, positions, start) and (
                _apart(letters, positions, end) or end in names
            )
        if fits:
            found.append((start, end, word.value))
    return found


def _apart(letters: str, positions: Sequence[int], letter: int) -> bool:
    """Whether the text begins or ends here, or a mark or blank stands between the letters."""
    if letter in (0, len(letters)):
        return True
    marks = letters[letter - 1] in PUNCTUATION or letters[letter] in PUNCTUATION
    return marks or gap_before(positions, letter)


def parted_years(letters: str, positions: Sequence[int]) -> frozenset[int]:
    """The letters behind numbers of four digits that do not count what follows: a blank stands
    between (2021 个人申请), or a longer word than a classifier (2021个人申请, 2021本年度)."""
    ends = [match.end() for match in _YEAR_OR_NUMBER.finditer(letters)]
    found = {end for end in ends if gap_before(positions, end)}
    if len(found) < len(ends):
        nothing = Steps(len(letters))
        longest: dict[int, int] = {}
        spans = [(word.start, word.end) for word in harmless().find(letters)]
        spans += [(column.start, column.end) for column in columns().find(letters)]
        spans += [phrase.pieces[0] for phrase in meanings().find(letters, nothing)]
        for start, end in spans:
            longest[start] = max(longest.get(start, 0), end - start)
        found |= {end for end in ends if longest.get(end, 0) > 1}
    return frozenset(found)


def is_rank_of(letters: str, piece: tuple[int, int], named: Sequence[tuple[int, int]]) -> bool:
    """Whether a piece of a phrase is the rank of a town: 平安|镇2021年|人大代表建议."""
    return letters[slice(*piece)] in ENDINGS and any(
        start < piece[0] and piece[1] == end for start, end in named
    )
