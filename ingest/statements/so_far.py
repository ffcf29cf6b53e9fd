"""Whether a number counts all years so far, and not the one that is reported on.

累计 alone is in most reports only "in all" of the year. Of all years it speaks where a smaller
number of the year stands beside it; where it goes on to a day (截至2021年底，累计…) and no word
for the year stands by, nobody can tell, and the number is left out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from knowledge.quantities import Quantity, find_quantities

_SO_FAR = re.compile(r"累计|历年")
_TOGETHER = re.compile(r"累计|历年|共")
_UNTIL = re.compile(
    r"截[至止]到?(?:20\d\d年?度?)?(?:年?[底末]|(?:12|十二)月(?:3[01]日|份|[底末])?|目前|现在|今)?"
    r"|(?:20\d\d)?年(?:[底末]|(?:12|十二)月(?:3[01]日|[底末]))|目前|[至迄]今"
)
_FROM_ITS_BEGINNING = re.compile(
    r"(?<![\d])0?1(?:月(?:0?1日)?|\.0?1)?(?:起|开始)?[-—~至到].{0,6}12(?:月|\.3)"
)
_YEAR = re.compile(r"今年|本年|当年|全年|年度|一年来|年内|年以来|新增|20\d\d年")
_NEW = re.compile("新增|新公开")
_DISCLOSED = re.compile(r"公开|发布")
_CHANNEL = re.compile(
    r"网站|公众号|微信|微博|新媒体|抖音|视频号|公开栏|公示栏|公告栏|显示屏|广播|报刊|专栏|平台"
)
VIEWS = "narrative.views"
_SITES = re.compile("网站|门户网|政务网|官网|主页")
_ACCOUNTS = re.compile("公众号|微信|微博|抖音|视频号|新媒体|文章|推文")
_PART_OF_YEAR = re.compile(
    r"[^\w]*(?:其中)?[:,]?(?:我镇|本镇|我乡|我局)?(?:20\d\d年|本年|今年|当年)度?,?(?:共|新|新增|主动|网站)*"
    r"(?:公开|发布|推送|更新|新增)"
)
_GREW = re.compile(
    r"[^\w]*(?:其中)?[,:]?(?:20\d\d年|本年|今年|当年|年内|全年)?度?共?(?:新增|增加|新公开|新发布|净增)"
    r"(?:加|了|的|公开|发布|主动|政府|信息)*[:为]?(?=\d)"
)
_OF_THE_YEAR = re.compile(
    r"[^\w]*(?:其中)?[,:]?(?:20\d\d年|本年|今年|当年|年内|全年)度?共?(?:公开|发布|主动|政府|信息|的)*[:为]?(?=\d)"
)
_SEVERAL = re.compile("等|多种|各类")
_MARKS = re.compile("[,:()]")


MAX_TOTALS = 12
"""Totals of one paragraph that are compared; of more nobody can tell whose they are."""

MAX_BEHIND = 8
"""Clauses behind a number in which that of the year is looked for."""

SHOWN_BEFORE = 600
"""Characters before a sentence that are looked at."""


class Counted(NamedTuple):
    """A total of disclosure: its own clause, and all `said` since the last full stop with it."""

    words: str
    said: str
    value: Decimal
    sentence: int


def names_the_year(said: str) -> bool:
    """Whether words name the year that is reported on, other than by its last day."""
    if _FROM_ITS_BEGINNING.search(said) is not None:
        return True
    return _YEAR.search(_UNTIL.sub("", said)) is not None


def may_be_of_all_years(words: str, said: str) -> bool:
    """Whether a number with 累计 may count all years: it goes on to a day, and no word says that
    it begins with the year. `words`: its clause; `said`: all since the last full stop.

    >>> may_be_of_all_years("累计公开信息120条", "截至2021年底,累计公开信息120条")
    True
    >>> may_be_of_all_years("全年累计公开信息120条", "截至2021年底,全年累计公开信息120条")
    False
    """
    if _SO_FAR.search(words) is None or _UNTIL.search(said) is None:
        return False
    return not names_the_year(said)


def is_of_a_counter(words: str, said: str) -> bool:
    """Whether visits (`VIEWS`) are what the counter of a website shows, which began with the site: 累计, up
    to a day, 已达; not those of an account's articles."""
    if names_the_year(words):
        return False
    if "累计" not in words and (
        names_the_year(said) or ("已" not in words and _UNTIL.search(said) is None)
    ):
        return False
    sites = [match.start() for match in _SITES.finditer(said)]
    others = [match.start() for match in _ACCOUNTS.finditer(said)]
    return bool(sites) and (not others or sites[-1] > others[-1])


def is_of_all_beside_new(
    quantity: Quantity, words: str, said: str, following: Sequence[str]
) -> bool:
    """Whether a number goes on to a day, or names no year at all, and a smaller one behind it in
    its sentence is that of the year (截至年底共公开812条，其中2021年公开64条)."""
    for number, clause in enumerate(following[:MAX_BEHIND]):
        part = _PART_OF_YEAR.match(clause) if "年" in clause else None
        if part is None:
            continue
        if not (number == 0 and "其中" in part[0]) and _UNTIL.search(said) is None:
            continue
        if _CHANNEL.search(clause) is not None:
            channel = _CHANNEL.search(words)
            if channel is None or channel[0] not in clause:
                continue
        counted = find_quantities(clause)
        if any(q.unit == quantity.unit and q.value < quantity.value for q in counted):
            return not names_the_year(said)
    return False


def grew_by(quantity: Quantity, following: Sequence[str], published: bool = True) -> bool:
    """Whether what follows a number says how much of it is new (政务动态167条，新增5条): then it
    counts what stands there, and not the year. So does one of what is `published` with the
    year's own number behind it (政务动态167条，本年度5条)."""
    if not following:
        return False
    behind = following[0]
    match = _GREW.match(behind) if "增" in behind or "新" in behind else None
    if match is None and published and "年" in behind:
        match = _OF_THE_YEAR.match(behind)
    if match is None:
        return False
    new = find_quantities(behind)
    return (
        len(new) == 1
        and new[0].start == match.end()
        and new[0].unit == quantity.unit
        and new[0].value <= quantity.value
    )


def is_beside_the_years(words: str, quantity: Quantity, said: str, earlier: str) -> bool:
    """Whether a smaller number was counted for the year before a 累计 without one: of all ways
    of disclosure, not of one channel, whose sum this may be. `earlier`: the sentences before."""
    if _SO_FAR.search(words) is None or names_the_year(said):
        return False
    for sentence in re.split("[。;!?]", earlier[-SHOWN_BEFORE:]):
        if not _DISCLOSED.search(sentence) or not names_the_year(sentence):
            continue
        for clause in _MARKS.split(sentence):
            channels = set(_CHANNEL.findall(clause))
            one = len(channels) == 1 and _SEVERAL.search(clause) is None
            if one or _DISCLOSED.search(clause) is None:
                continue
            counted = find_quantities(clause)
            if any(q.unit == quantity.unit and q.value < quantity.value for q in counted):
                return True
    return False


def all_years_among(totals: Sequence[Counted]) -> tuple[frozenset[int], frozenset[int]]:
    """Which of the totals of one paragraph are of all years, and of which nobody can tell.

    Of all years are those that go on to a day or say 累计, and name no year, beside a smaller
    one that is the year's; unclear is a 累计 behind a smaller total in its own sentence.
    """
    found: set[int] = set()
    unclear: set[int] = set()
    if len(totals) > MAX_TOTALS:
        return frozenset(), frozenset(range(len(totals)))
    for number, total in enumerate(totals):
        until = _UNTIL.search(total.said) is not None
        so_far = _SO_FAR.search(total.words) is not None
        smaller = [other for other in totals if other.value < total.value]
        if so_far and not names_the_year(total.words):
            beside = [other for other in smaller if other.sentence == total.sentence]
            if any(_NEW.search(other.words) for other in beside):
                found.add(number)
            elif beside:
                unclear.add(number)
        mark = _TOGETHER if until else _SO_FAR
        if mark.search(total.words) is None or names_the_year(total.said):
            continue
        if any(
            names_the_year(other.said) or (until and so_far and _UNTIL.search(other.said) is None)
            for other in smaller
        ):
            found.add(number)
    return frozenset(found), frozenset(unclear - found)
