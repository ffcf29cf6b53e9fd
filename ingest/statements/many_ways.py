"""Lists of several channels that stand for all of them: 通过网站、公众号等渠道公开信息73条.

What was 主动公开 by the site and others together is the total of all disclosure. One channel with 等
behind it is not, nor is a list without a site (通过微信群、报刊等公开80条 stands beside the site's
number), with a word in it that is no channel, or beside which another channel is counted.
"""

from __future__ import annotations

import re

from knowledge.quantities import find_quantities

_LIST = re.compile(
    r"(?:通过|利用|依托|运用|借助|采用|在)(?P<list>[^,。;:()\d]{4,90}?)等(?:信息)?(?:多种|各种|各类|不同|多个|多|各)?"
    r"(?:公开|发布|宣传)?(?:渠道|途径|方式|形式|载体|媒介|平台|媒体)(?:和(?:渠道|途径|方式|形式|载体))?"
    r"(?:上|向社会|对外)?(?![\u4e00-\u9fff]*[、])"
)
_BETWEEN = re.compile("、|以及|和|及|与")
_CHANNEL = re.compile(
    r".{0,10}(?:网站|门户网|政府网|政务网|公开网|信息网|官网|公众号|公众平台|微信|微博|抖音|视频号|快手|头条号?|客户端|app|新媒体"
    r"|平台|专栏|公开栏|公示栏|公告栏|宣传栏|信息栏|橱窗|展板|显示屏|电子屏|大屏幕|led屏?|触摸屏|查询机|广播|电视台?|报刊|报纸|报刊杂志|新闻媒体"
    r"|会议|新闻发布会|活动日|微信群|qq群|大?喇叭|短信|明白纸|宣传单|宣传册|宣传资料|服务大厅|查询点|查阅点|查阅室|档案馆|图书馆|公报)"
)


_SITE = re.compile("网站|门户网|政府网|政务网|公开网|官网|专栏|信息公开平台|政务公开平台")
_PARTS = re.compile(r"[,。;(:]?[^,。;:\d]{0,4}(?:其中|包括|包含|分别|具体|涵盖)")
SHOWN_BEHIND = 400
"""Characters behind a number among which another channel is looked for."""

_CLAUSE = re.compile("[^,。;:]+")


def is_beside_others(behind: str) -> bool:
    """Whether another channel is counted in the rest of a paragraph, and not as a part of all."""
    if _PARTS.match(behind):
        return False
    return any(
        _CHANNEL.match(clause[0]) is not None and find_quantities(clause[0])
        for clause in _CLAUSE.finditer(behind[:SHOWN_BEHIND])
    )


def without_many_ways(words: str) -> str | None:
    """A clause with commas in place of its list of channels, None if it has none."""
    if "等" not in words:
        return None
    match = _LIST.search(words)
    if match is None:
        return None
    ways = [way for way in _BETWEEN.split(match["list"]) if way]
    if len(ways) < 2 or not any(_SITE.search(way) for way in ways):
        return None
    if not all(_CHANNEL.fullmatch(way) for way in ways):
        return None
    return words[: match.start()] + "," * len(match[0]) + words[match.end() :]


def is_many_ways(words: str) -> bool:
    """Whether a clause is nothing but such a list (before the comma of its sentence).

    >>> is_many_ways("通过政府网站、微信公众号等渠道"), is_many_ways("通过微信公众号等渠道")
    (True, False)
    """
    rest = without_many_ways(words)
    return rest is not None and not rest.strip(",")
