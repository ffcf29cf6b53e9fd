"""The day on which a report was published, by what its page says; never the report's year.

发布日期, 发布时间, 公文生成日期 and the like all mean publication; 成文日期 is the day of
writing. A date without a label is page furniture: one district heads every page of every year
with the same day (field-notes, section 1).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from ingest.document import Document
from ingest.issuer.vocabulary import identity_words, one_of
from ingest.issuer.witnesses import Text
from knowledge.text import fold

HEAD_LINES = 12
"""Paragraphs before the first heading that may hold the page's line of dates."""

MAX_LINE = 120
"""Characters of such a line."""

_DAY = r"(20\d\d)\s?[-/.年]\s?(\d{1,2})\s?[-/.月]\s?(\d{1,2})(?!\d)"
_BARE = re.compile(rf"\s*{_DAY}\s*日?(?:\s*\d{{1,2}}:\d\d(?::\d\d)?)?\s*")


class Days(NamedTuple):
    """The days of publication that a page states: by its clear labels, by doubtful ones, bare."""

    clear: frozenset[str]
    doubtful: frozenset[str]
    bare: frozenset[str]

    @property
    def years(self) -> list[int]:
        """The years of the labelled days."""
        return [int(day[:4]) for day in self.clear or self.doubtful]


NO_DAYS = Days(frozenset(), frozenset(), frozenset())


def published_on(days: Days, year: int) -> str | None:
    """The day of publication as `2021-01-26`; None if none is stated or two are.

    A day before the end of the year reported on is none: nothing can report on a year before
    it is over, so the label stands beside something else.
    """
    for stated in days:
        if not stated:
            continue
        later = {day for day in stated if int(day[:4]) > year}
        if later:
            return later.pop() if len(later) == 1 else None
    return None


def days_of(document: Document, text: Text) -> Days:
    """Every day that the page states as that of its publication."""
    printed = [witness.text for witness in document.witnesses if witness.kind == "published"]
    lines = [fold(line[:MAX_LINE]) for line in printed]
    for paragraph in text.paragraphs[: min(text.preamble, HEAD_LINES)]:
        line = paragraph.text
        if len(line) <= MAX_LINE and ("日期" in line or "时间" in line or "時間" in line):
            lines.append(fold(line))
    if not lines:
        return NO_DAYS
    words = identity_words().page
    bare = [match for line in lines[: len(printed)] if (match := _BARE.fullmatch(line))]
    return Days(
        frozenset(_labelled(lines, words.published)),
        frozenset(_labelled(lines, words.published_too)),
        frozenset(day for match in bare if (day := _iso(match)) is not None),
    )


@lru_cache(maxsize=4)
def _pattern(labels: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"(?<![\u4e00-\u9fff])(?:{one_of(labels)})\s?[:|]?\s*{_DAY}")


def _labelled(lines: Sequence[str], labels: tuple[str, ...]) -> Iterator[str]:
    for line in lines:
        for match in _pattern(labels).finditer(line):
            day = _iso(match)
            if day is not None:
                yield day


def _iso(match: re.Match[str]) -> str | None:
    try:
        return date(int(match[1]), int(match[2]), int(match[3])).isoformat()
    except ValueError:
        return None
