"""The words of `words.toml` that tell of which time and in which list a clause counts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from knowledge.words import load_words

_OTHER_MARKS = (
    *("以来", "至今", "迄今", "到现在", "日起", "上年", "上一年", "半年", "季度", "每", "平均"),
    *("月", "计划", "期间", "当天", "当日", "活动中", "活动上"),
    *("下一步", "下步", "阶段", "今后", "接下来"),
)
"""What a clause has, if not a word of `words.toml`, that `Scope.enter` has a rule for."""

_MARKS_OF_A_SENTENCE = (
    *("起", "活动当"),  # a rule for them, but only beside a year
    *("其中", "包括", "包含", "含", "分别", "涵盖"),  # `_LIST`
    *("结转", "遗留"),  # `_CARRIED_IN_NOTE`
    "《",
)
"""What else of a sentence with years `Scope.enter` has a rule for."""


class Marks:
    """The words of `words.toml`, as patterns and sets."""

    def __init__(self) -> None:
        reports = load_words().reports
        self.comparison = _either(reports.comparisons)
        self.spans = _either(reports.spans)
        self.own_year = _either(reports.own_year)
        self.planned = _either(reports.other_years)
        self.under_whole = frozenset(reports.under_whole)
        self.bare = frozenset(reports.bare)
        # What any of the rules of `Scope.enter` needs; most clauses have none of it.
        years = ("20", *reports.own_year)
        others = (*reports.comparisons, *reports.spans, *reports.other_years, *_OTHER_MARKS)
        self.any = _either((*years, *others))
        # The same for a sentence, so that its clauses are not looked through one by one.
        self.years = _either(years)
        self.but_years = _either((*others, *_MARKS_OF_A_SENTENCE))


def _either(words: Sequence[str]) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, sorted(words, key=len, reverse=True))))


@lru_cache(maxsize=1)
def load_marks() -> Marks:
    """The words, made into patterns once."""
    return Marks()


@lru_cache(maxsize=1)
def _verbs() -> re.Pattern[str]:
    return _either(load_words().reports.verbs)


def has_verb(words: str) -> bool:
    """Whether a clause says itself what was done."""
    return _verbs().search(words) is not None


@lru_cache(maxsize=1)
def families_listed() -> dict[str, frozenset[str]]:
    """Which families a list under a figure of one can count."""
    return {listed.head: frozenset(listed.families) for listed in load_words().reports.lists}
