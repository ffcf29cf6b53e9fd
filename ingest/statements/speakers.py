"""Whose doings the sentences before a clause speak of: the issuer's, or another body's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from ingest.statements.wording import NUMBERING, OwnName
from knowledge.gazetteer import load_gazetteer

SHOWN_BEFORE = 600
"""Characters before a clause that are looked at; a sub-section is seldom longer."""

_OURSELVES = re.compile(
    "|".join(
        (
            *(rf"{our}(?:镇|乡|街|苏木|局|场|委|办|单位|机关|部门|行政机关)" for our in "我本"),
            "全(?:镇|乡|街道|苏木)",
            *(
                rf"{town}(?<![县市区旗各]{town})(?:党委|人民政府|政府|机关|党政)"
                for town in ("镇", "乡", "街道", "苏木")
            ),
        )
    )
)
"""Each alternative begins with its character: so they are searched for ten times as fast."""
_WHEN = re.compile(r"(?:(?:20\d\d年(?:度|全年)?|全年|今年|年内|本?年度|一年来|同时|此外),?)+")
_ABOVE = re.compile(r"全?(?:省|市|县|区|旗|州)(?![场民域容去略直际分])")
_BELOW = re.compile(
    r"(?:各|下辖|所辖|辖区|全部)?(?:内|的)*(?:\d{1,3}个)?[^,。;:]{0,4}?(?<![农乡新])"
    r"(?:行政村|村(?!务|镇|级)|社区|居委会|学校|中学|小学|卫生院|派出所)"
)
_SIGNS_OF_OTHERS = re.compile("[省市县区旗州村居校学院所]")
"""A character of everything that `_ABOVE`, `_BELOW` or the name of a region has."""
_LEVEL = r"(?:省|市|县|区|州|旗)"
ASKED_OTHERS = re.compile(
    rf"向(?!社会|公众)[^,。;]{{0,8}}?{_LEVEL}(?:人民)?(?:政府|委)[^,。;]{{0,12}}?(?:提出|提交|递交|申请)"
    rf"(?![^,。;]{{0,8}}(?:复议|诉讼))"
    rf"|{_LEVEL}(?:人民)?政府(?!网|门户|信息)[^,。;]{{0,6}}?(?:收到|受理|接到)"
)
_TURNED_TO = re.compile("向(?!社会|公众)")
_UPPER_GOVERNMENT = re.compile(rf"政府(?:(?<={_LEVEL}政府)|(?<={_LEVEL}人民政府))")
"""What every match of `ASKED_OTHERS` holds, 向 or this, searched ten times as fast."""


class Speakers:
    """Whose doings the sentences of a paragraph speak of, each sentence looked at once."""

    began = 0
    """Where the sentence begins in which the clauses stand that are asked about."""
    _looked_at = 0
    """Up to where, an end of a sentence, the paragraph was looked at."""
    _others = False
    """Whether what was said last up to there was said of others."""
    _ask_others: bool | None = None

    def __init__(self, folded: str, own: OwnName) -> None:
        self.folded = folded
        self.own = own

    def may_ask_others(self) -> bool:
        """Whether the paragraph may say that somebody turned to another government."""
        if self._ask_others is None:
            found = _TURNED_TO.search(self.folded) or _UPPER_GOVERNMENT.search(self.folded)
            self._ask_others = found is not None
        return self._ask_others

    def are_others(self, end: int) -> bool:
        """Whether the sentence up to a place, or else the nearest that tells, is of others."""
        if end > SHOWN_BEFORE:
            return _last_told(self.folded[end - SHOWN_BEFORE : end], self.own) or False
        if self.began > self._looked_at:
            told = _last_told(self.folded[self._looked_at : self.began], self.own)
            self._looked_at = self.began
            if told is not None:
                self._others = told
        told = None
        if self.began < end:
            told = _tells_of_others(self.folded[self.began : end], self.own)
        return self._others if told is None else told


def _last_told(earlier: str, own: OwnName) -> bool | None:
    """What the last sentence tells that does."""
    for sentence in sentences_before(earlier):
        told = _tells_of_others(sentence, own)
        if told is not None:
            return told
    return None


def _tells_of_others(sentence: str, own: OwnName) -> bool | None:
    """Whether a sentence is of others, None if it has neither them nor the issuer in it."""
    if names_issuer(sentence, own):
        return False
    return True if _begins_with_others(sentence) else None


_ENDS = "。;!?\n"
"""Marks behind which a sentence ends."""


def sentences_before(earlier: str) -> Iterator[str]:
    """The sentences before a place, the nearest first."""
    end = len(earlier)
    while end > 0:
        start = max([earlier.rfind(mark, 0, end) for mark in _ENDS]) + 1
        if start < end:
            yield earlier[start:end]
        end = start - 1


def names_issuer(text: str, own: OwnName) -> bool:
    return own.stands_in(text) or _OURSELVES.search(text) is not None


def _begins_with_others(sentence: str) -> bool:
    """Whether a sentence has another body for its subject: it begins with its name."""
    if _SIGNS_OF_OTHERS.search(sentence) is None:
        return False
    numbering = NUMBERING.match(sentence)
    start = sentence[numbering.end() if numbering else 0 :].lstrip(",、:")
    when = _WHEN.match(start)
    start = start[when.end() if when else 0 :]
    if _ABOVE.match(start) or _BELOW.match(start):
        return True
    return _region_at(start[:12])


@lru_cache(maxsize=1024)
def _region_at(start: str) -> bool:
    region = load_gazetteer().region_at(start, 0)
    return region is not None and region.endswith(("省", "市", "县", "区", "旗", "州"))
