"""The day on which a report was published, by what its page says; never the report's year.

发布日期, 发布时间, 公文生成日期 and the like all mean publication; 成文日期 is the day of
writing. A date without a label is page furniture: one district heads every page of every year
with the same day (field-notes, section 1).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import lru_cache

from ingest.document import Document
from ingest.vocabulary import identity_words, one_of
from ingest.witnesses import Text
from knowledge.text import fold

HEAD_LINES = 12
"""Paragraphs before the first heading that may hold the page's line of dates."""

MAX_LINE = 120
"""Characters of such a line."""

_DAY = r"(20\d\d)\s?[-/.年]\s?(\d{1,2})\s?[-/.月]\s?(\d{1,2})(?!\d)"
_BARE = re.compile(rf"\s*{_DAY}\s*日?(?:\s*\d{{1,2}}:\d\d(?::\d\d)?)?\s*")


def published_on(document: Document, text: Text, year: int | None) -> str | None:
    """The day of publication as `2021-01-26`; None if none is stated or two are.

    With `year` a day before that year's end is none: nothing can report on a year before it
    is over, so the label stands beside something else.
    """
    for labels in (identity_words().page.published, identity_words().page.published_too):
        days = set(_labelled(document, text, labels))
        days = {day for day in days if year is None or int(day[:4]) > year}
        if days:
            return days.pop() if len(days) == 1 else None
    if year is not None:
        bare = {
            day
            for witness in document.witnesses
            if witness.kind == "published"
            and (match := _BARE.fullmatch(fold(witness.text)))
            and (day := _iso(match))
            and int(day[:4]) > year
        }
        return bare.pop() if len(bare) == 1 else None
    return None


@lru_cache(maxsize=4)
def _pattern(labels: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"(?<![\u4e00-\u9fff])(?:{one_of(labels)})\s?[:|]?\s*{_DAY}")


def _labelled(document: Document, text: Text, labels: tuple[str, ...]) -> Iterator[str]:
    pattern = _pattern(labels)
    lines = [witness.text for witness in document.witnesses if witness.kind == "published"]
    lines += [p.text for p in text.paragraphs[: min(text.preamble, HEAD_LINES)]]
    for line in lines:
        if len(line) <= MAX_LINE and "20" in fold(line):
            for match in pattern.finditer(fold(line)):
                day = _iso(match)
                if day is not None:
                    yield day


def _iso(match: re.Match[str]) -> str | None:
    try:
        return date(int(match[1]), int(match[2]), int(match[3])).isoformat()
    except ValueError:
        return None
