"""海明街道2019年收了几件申请？2024年呢？: a clause that asks the same of another place or year.

Only where figures are looked up, nothing computed: it is put where the question names its own place and year, and the whole is read again: 海明街道2019年、
2024年收了几件申请. Nothing else of the question is changed, so what it says must still be understood.
"""

from __future__ import annotations

import re

from bot.understanding.question import Question
from knowledge.entities import NameMention
from knowledge.years import Years

_TAIL = re.compile(r"[,，。;；?？!！\s]+(?P<tail>[^,，。;；?？!！]{2,30}?)(?:又)?呢[?？。!！]*$")


def with_tail_told(question: Question) -> str | None:
    """The question with the places and years of its last clause beside its own; None if that
    clause asks for anything else, or the question names no single place and year for itself."""
    match = _TAIL.search(question.text)
    if match is None or len(question.names) < 1 or not question.years:
        return None
    if question.operations or question.amounts or question.together or question.exists:
        return None  # 予以公开和不予公开一共几件，2022年呢: a sum for each, not one over both
    begin = sum(1 for p in question.positions if p < match.start("tail"))
    placed = [m for m in question.mentions if isinstance(m.value, (NameMention, Years))]
    told, more = ([m for m in placed if (m.start >= begin) is side] for side in (False, True))
    rest = _left(question.letters[begin:], [(m.start - begin, m.end - begin) for m in more])
    if (
        not more
        or rest.strip("那和,、?？呢又的")
        or any(m.start >= begin and m not in more for m in question.mentions)
    ):
        return None
    names, years = (
        [[m for m in side if isinstance(m.value, kind)] for side in (told, more)]
        for kind in (NameMention, Years)
    )
    if len(names[0]) != 1 or len(years[0]) != 1 or max(len(names[1]), len(years[1])) > 1:
        return None
    place, year = (question.typed(m.start, m.end) for m in (names[0][0], years[0][0]))
    places, other_years = (
        [question.typed(m.start, m.end) for m in side] for side in (names[1], years[1])
    )
    if places and other_years:
        asked = f"{place}{year}、{places[0]}{other_years[0]}"
    elif places:
        asked = f"{place}、{places[0]}{year}"
    else:
        asked = f"{place}{year}、{other_years[0]}"
    head = question.letters[:begin]
    spans = [(m.start, m.end) for m in told]
    return asked + _left(head, spans).strip(",，。;；?？!！")


def _left(letters: str, spans: list[tuple[int, int]]) -> str:
    kept = list(letters)
    for start, end in spans:
        kept[start:end] = [""] * (end - start)
    return "".join(kept)
