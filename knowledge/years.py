"""Years as people write them: 2020年, 20年, 二〇二〇, 去年, 近三年, 2019到2021年, 历年.

What is found are report years. Long durations (20年来), months and half-years are not understood
and stay in the text as words left over.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from knowledge.numerals import chinese_numeral

FIRST_YEAR = 2008
"""The 条例 came into force on 2008-05-01; a two-digit year before it is not meant."""

_DIGITS = "零〇○一二三四五六七八九"
_FOUR = rf"(?:(?:19|20)\d\d|[一二][{_DIGITS}]{{3}}|二千(?:零|〇)?[{_DIGITS}十]{{1,3}}|两千(?:零|〇)?[{_DIGITS}十]{{1,3}})"
_TWO = rf"(?:\d\d|[一二][{_DIGITS}])"
_COUNTED = "(?![件条项份个次起宗元万人名篇场期%])"
_NO_DURATION = "(?![来内前后以里间])"
_YEAR = (
    rf"(?:(?<![\d.〇零○]){_FOUR}(?![\d.]*\d)(?:年度|年份|年|{_COUNTED})"
    rf"|(?<![\d.]){_TWO}(?:年度|年份|年){_NO_DURATION})"
)
_RANGE = re.compile(
    rf"(?:从|自)?(?P<first>(?<![\d.]){_FOUR}(?!\d)|(?<![\d.]){_TWO}(?!\d))(?:年度|年份|年)?"
    rf"(?:到|至|—|–|-|~)"
    rf"(?P<last>{_FOUR}|{_TWO})(?!\d)(?:年度|年份|年)(?:之间|期间|间)?"
    rf"|(?P<first4>(?<![\d.]){_FOUR})(?:到|至|—|–|-|~)(?P<last4>{_FOUR})(?!\d)"
)
_SINGLE = re.compile(_YEAR)
_FOUR_DIGITS = re.compile(rf"(?<![\d.〇零○]){_FOUR}(?!\d)")
_LISTED = re.compile(rf"(?<![\d.])(?P<two>{_TWO})(?=(?:、|,|和|与|及){_TWO}年)")
_RELATIVE = {"大前年": -3, "前年": -2, "去年": -1, "今年": 0, "明年": 1, "后年": 2}
_PREVIOUS = re.compile(r"(?<!上)上一?年度?(?!结转|遗留|留下|转)")
"""上一年, 上年度: also the name of a column of the 2019 form, so it is a year only on request."""

_RELATIVE_WORD = re.compile("(?P<word>" + "|".join(_RELATIVE) + ")(?:度)?")
_LAST = re.compile(
    r"(?:最近|近|过去|这)(?P<count>\d{1,2}|[一二两三四五六七八九十]{1,2}|几)个?年(?:来|间|里)?"
    r"|(?<![\d一二两三四五六七八九十零〇第前后每年])(?P<alone>[2-9]|[两三四五六七八九十])年"
    r"(?:来(?!得)|间|(?=(?:总共|一共|合计|累计|加起来|共)))"
)
_ALL = re.compile(r"历年来?|各年度?|每年|这些年|所有年份|全部年份|各个年份")
_SINCE = re.compile(
    rf"(?:从|自)?(?P<year>(?<![\d.]){_FOUR}(?!\d)|(?<![\d.]){_TWO}(?!\d))(?:年度|年份|年)?"
    r"(?:以来|至今|到现在|到今天|到目前|开始|(?:(?<=[年度份])|(?<=\d{4}))起(?!诉))"
)
_LATEST = re.compile(r"最新(?:一年|年度|一期|的一年)?|最近一年|最近一期")

Span = Literal["years", "last", "all", "latest", "since"]


@dataclass(frozen=True, slots=True)
class Years:
    """Years found in a text, start and end of the words (end excluded).

    `span` is `years` for those listed in `years` (a range in full); `last` for the newest
    `count` reports there are; `all`; `latest`; or `since` for the one in `years` and all later
    ones. `is_range` tells 2019到2021年 from 2019、2021年.
    """

    start: int
    end: int
    span: Span
    years: tuple[int, ...] = ()
    count: int = 0
    is_range: bool = False
    relative: bool = False
    """Whether it is said from today (去年)."""


def find_years(
    text: str, today: date, previous: bool = False, parted: Collection[int] = ()
) -> list[Years]:
    """Every mention of years in a folded text without blanks, in order, none overlapping.

    With `previous`, 上一年 and 上年度 mean the year before `today`'s as well. `parted`: letters
    that belong to no number before them though they are classifiers (2021|个人申请), so that a
    number of four digits there is a year.

    >>> [y.years for y in find_years("20年和二〇二一年,去年", date(2020, 5, 1))]
    [(2020,), (2021,), (2019,)]
    >>> find_years("2019到2021年", date(2024, 5, 1))[0].years
    (2019, 2020, 2021)
    """
    found: list[Years] = []
    taken: set[int] = set()

    def add(mention: Years) -> None:
        span = range(mention.start, mention.end)
        if taken.isdisjoint(span):
            taken.update(span)
            found.append(mention)

    for match in _LAST.finditer(text):
        counted = match["count"] or match["alone"]
        count = (
            3
            if counted == "几"
            else int(counted)
            if counted.isdigit()
            else chinese_numeral(counted)
        )
        if counted == "几":
            add(Years(*match.span(), "all"))
        elif count:
            add(Years(*match.span(), "last", count=count))
    for match in _RANGE.finditer(text):
        first = year_number(match["first"] or match["first4"])
        last = year_number(match["last"] or match["last4"])
        if first is not None and last is not None and 0 <= last - first <= 50:
            add(Years(*match.span(), "years", tuple(range(first, last + 1)), is_range=True))
    for match in _SINCE.finditer(text):
        year = year_number(match["year"])
        if year is not None:
            add(Years(*match.span(), "since", (year,)))
    for pattern, span in ((_ALL, "all"), (_LATEST, "latest")):
        for match in pattern.finditer(text):
            add(Years(*match.span(), "all" if span == "all" else "latest"))
    for match in _SINGLE.finditer(text):
        year = year_number(match[0].rstrip("年度份"))
        if year is not None:
            add(Years(*match.span(), "years", (year,)))
    for match in _FOUR_DIGITS.finditer(text) if parted else ():
        year = year_number(match[0])
        if year is not None and match.end() in parted:
            add(Years(*match.span(), "years", (year,)))
    for match in _LISTED.finditer(text):
        year = year_number(match["two"])
        if year is not None:
            add(Years(*match.span("two"), "years", (year,)))
    for match in _PREVIOUS.finditer(text) if previous else ():
        add(Years(*match.span(), "years", (today.year - 1,)))
    for match in _RELATIVE_WORD.finditer(text):
        year = today.year + _RELATIVE[match["word"]]
        add(Years(*match.span(), "years", (year,), relative=True))
    found.sort(key=lambda mention: mention.start)
    return _joined(text, [_with_count(text, mention) for mention in found])


_COUNT = re.compile("(?:这|那)?(?P<count>[两三四五六七八九十])年(?:间|里)?(?![来内前后以])")


def _with_count(text: str, mention: Years) -> Years:
    """2022、2023两年, 2022到2024三年: how many years they are belongs to them."""
    counted = _COUNT.match(text, mention.end)
    if counted is None or mention.span != "years":
        return mention
    if mention.is_range and chinese_numeral(counted["count"]) != len(mention.years):
        return mention  # 2022到2024四年: which of the two is meant? The words stay over.
    return replace(mention, end=counted.end())


def _joined(text: str, found: list[Years]) -> list[Years]:
    """Two years with 到 between them are a range, however each is written (2018年到去年)."""
    joined: list[Years] = []
    for mention in found:
        before = joined[-1] if joined else None
        if (
            before is not None
            and text[before.end : mention.start] in ("到", "至")
            and len(before.years) == 1
            and len(mention.years) == 1
            and 0 <= mention.years[0] - before.years[0] <= 50
        ):
            years = tuple(range(before.years[0], mention.years[0] + 1))
            joined[-1] = Years(before.start, mention.end, "years", years, is_range=True)
        else:
            joined.append(mention)
    return joined


def year_number(text: str) -> int | None:
    """The year that two or four digits mean, Arabic or Chinese; None if no plausible year.

    >>> year_number("20"), year_number("二零二零"), year_number("一九"), year_number("45")
    (2020, 2020, 2019, None)
    """
    number = int(text) if text.isdigit() else chinese_numeral(text.replace("两千", "二千"))
    if number is None:
        return None
    if number < 100:
        number += 2000
        return number if FIRST_YEAR <= number <= 2040 else None
    return number if 1990 <= number <= 2099 else None
