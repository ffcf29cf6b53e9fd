"""Which of the towns named each region of a question narrows: the one it stands before or beside."""

from __future__ import annotations

from bot.understanding.mentions import Mention
from bot.understanding.phrases import load_phrases
from bot.understanding.question import Question


def regions_for(mention: Mention, question: Question) -> list[str]:
    """The regions that narrow a name: those written directly before it (的 may stand between)
    or in brackets or after a blank directly behind it."""
    return [
        region.name
        for region_mention, region in question.regions
        if _owner_of(region_mention, question) is mention
    ]


def regions_before(mention: Mention, question: Question) -> list[str]:
    """The regions written before a name that they narrow."""
    return [
        region.name
        for m, region in question.regions
        if m.end <= mention.start and _owner_of(m, question) is mention
    ]


def start_of(mention: Mention, question: Question) -> int:
    """Where a name begins with the regions written before it."""
    before = [m.start for m, _ in question.regions if _owner_of(m, question) is mention]
    return min([mention.start, *before])


def _owner_of(region: Mention, question: Question) -> Mention | None:
    """The name that a region narrows, None if it stands apart from all of them."""
    spans = {m.start: m for m, _ in question.regions}
    names = {m.start: m for m, _ in question.names}
    end = region.end
    while end in spans:
        end = spans[end].end
    for word in ("", *load_phrases().harmless.within_region):
        if end + len(word) in names and question.letters.startswith(word, end):
            return names[end + len(word)]
    before = question.letters[: region.start].rstrip("(（[【,，")
    beside = next((m for m, _ in question.names if m.end == len(before)), None)
    if beside is None and len(question.names) == 1 and _said_last(region, question):
        return question.names[0][0]
    return beside


def _said_last(region: Mention, question: Question) -> bool:
    """Whether a region stands at the very end, apart: 城关镇收到几件，湟源县的那个."""
    start = region.start
    apart = start > 0 and (question.gap(start) or question.letters[start - 1] in ",，;；。?？")
    rest = question.letters[region.end :].rstrip("?？。!！)）")
    return apart and (not rest or rest in load_phrases().harmless.behind_region)


def outer_regions(question: Question) -> tuple[str, ...]:
    """The names of regions that narrow no town although towns are named."""
    if not question.names:
        return ()
    return tuple(region.name for m, region in question.regions if _owner_of(m, question) is None)


def apart_regions(question: Question) -> list[str]:
    """Regions that narrow no name although towns are named: they are about something else."""
    if not question.names:
        return []
    return [
        question.typed(m.start, m.end)
        for m, _ in question.regions
        if _owner_of(m, question) is None
    ]
