"""Names of towns and bureaus in running text, by the gazetteer and by the edges around them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from ingest.issuer.issuers import Issuer, is_common, is_place, is_region, read_folded_issuer
from ingest.issuer.vocabulary import identity_words, one_of
from ingest.issuer.zones import is_nobody
from knowledge.gazetteer import load_gazetteer

MAX_NAMES = 1500
"""Places in a text where a name may end; a town's report has some fifty, noise any number."""

MAX_IN_TEXT = 16
"""Characters of a name that is found in running text between edges alone."""

# Each begins with a character of its own: the search then goes fast from one of them to the next.
_TOWN_END = re.compile(
    r"街道办事处|街道|街办|镇|乡|苏木|农场|林场|牧场|园艺场|管委会|管理委员会|局"
    r"|厅(?<!办公厅)(?<!大厅)"
)

_BEHIND_NAME = re.compile(
    r"人民政府|政府|办事处|办公室|党政|综合|党委|街道|\d|二[〇○零]|的|信息|政务|认真|联系|编制|负责|根据|依据|按照|依照|[,.。;:、()|\s]|$"
)

_ZONE_BEFORE = re.compile("(?:开发区|新区|园区|高新区|景区|保税区|科技城|新城|园|管委会)[(]$")

_LAST_EDGE = re.compile(r".*[^\u3400-\u9fff·\U00020000-\U0003ffff]", re.DOTALL)
"""What stands before the last run of characters that a name may have."""

_OTHERS_BEFORE = identity_words().others.before
_LEAD_INS = one_of(identity_words().titles.verbs)
_EDGES = (
    rf"[^\u3400-\u9fff]|{_LEAD_INS}|请与|可与|由|向|请|致电|公布|发布|编制|联系|报告|地址|年度?|了"
)

_BEFORE_NAME = re.compile(rf".*(?:{_EDGES}|与|和)")

_BEFORE_BODY = re.compile(rf".*(?:{_EDGES})")
"""和 and 与 stand inside the names of bureaus (自然资源和规划局)."""

_NO_STEM = (
    r"[^\W\d_县市区旗州盟省镇乡街村的和与及或在于由向对为是各所属辖内全有位我本该此原委府关按据经]"
)
_BEHIND_COUNTY = re.compile(rf"(?P<county>[县市区旗])(?P<more>{_NO_STEM}{{1,3}})$")
_BEHIND_VERB = re.compile(rf"(?:由|与|公布|发布)(?P<more>{_NO_STEM}{{1,3}})$")
_BEHIND_EDGE = re.compile(
    rf"(?:^|[县市区旗]|{_EDGES}|与|和)(?P<more>[东南西北上下大小新老前后一二三四五六七八九十双])$"
)


def names_in(text: str) -> Iterator[Issuer]:
    """The towns and bureaus that a folded text names, in order, with the regions before them.

    A known town counts wherever it stands; an unknown one only between edges (由X镇人民政府编制).
    Names behind 学习, 赴 and the like are somebody else's.
    """
    gazetteer = load_gazetteer()
    done = 0
    for match in islice(_TOWN_END.finditer(text), MAX_NAMES):
        if match.start() < done:
            continue
        end = match.end()
        start = max(done, end - gazetteer.longest_town - 1)
        window = text[start:end]
        edge = _LAST_EDGE.match(window)
        han = window[edge.end() :] if edge is not None else window
        found = _known_at_end(han)
        place = found is not None and is_place(found[1])
        if not place:
            # The end of 荣成经济开发区管委会 is a name of the gazetteer too.
            found = _between_edges(text, end) or found
            place = found is not None and is_place(found[1])
        if found is None or is_common(found[1]) or is_nobody(found[1]):
            continue
        printed, name, regions = found
        begin = end - len(printed)
        if place and not regions:
            more = _front_part(text[max(done, begin - 12) : begin])
            begin -= len(more)
            name = more + name
        front = text[max(0, begin - 12) : begin]
        if front.endswith("(") and text.startswith(")", end) and _ZONE_BEFORE.search(front):
            done = end  # 嘉兴科技城(大桥镇) is the zone
            continue
        if front.endswith(_OTHERS_BEFORE):
            continue
        of_a_town = begin == done > 0 and place
        done = end
        if not of_a_town:  # 地址：高峰乡五桥街道 is a street of that town
            yield Issuer(name, regions or _regions_before(front))


def _front_part(front: str) -> str:
    """What stands before a known town's name and belongs to it: 余干县东马水镇 is not 马水镇.

    Between its county or the verb (由, 与, 公布) and a name nothing else can stand; elsewhere
    only a word for a direction, a size or a number is surely the name's.
    """
    if not front[-1:].isalnum() and not front.endswith("\n"):
        return ""  # all that follows needs a character of a name there
    county = _BEHIND_COUNTY.search(front)
    if county is not None and _regions_before(front[: county.start("more")]):
        return county["more"]
    found = _BEHIND_VERB.search(front) or _BEHIND_EDGE.search(front)
    if found is None or found["more"] in identity_words().issuers.not_in_towns:
        return ""  # 发布机构 沙德格苏木: the label before it
    return found["more"]


_Found = tuple[str, str, tuple[str, ...]]
"""A name as printed, its key and its regions."""


def _known_at_end(han: str) -> _Found | None:
    """The longest known town that ends a run of characters."""
    gazetteer = load_gazetteer()
    for length in range(len(han), 2, -1):
        printed = han[-length:]
        if printed in gazetteer:
            return printed, printed, ()
        if "街" in printed[-6:]:
            issuer = read_folded_issuer(printed)
            if issuer is not None and not issuer.regions and issuer.name in gazetteer:
                return printed, issuer.name, ()
    return None


def _between_edges(text: str, end: int) -> _Found | None:
    if not _BEHIND_NAME.match(text, end):
        return None
    before = text[max(0, end - 24) : end - 1]
    for pattern in (_BEFORE_BODY, _BEFORE_NAME):
        edge = pattern.match(before)
        printed = text[max(0, end - 24) : end][edge.end() if edge else 0 :]
        if not 3 <= len(printed) <= 20 or (edge is None and end > 24):
            continue
        issuer = read_folded_issuer(printed)
        if issuer is None or is_region(issuer.name) or len(issuer.name) > MAX_IN_TEXT:
            continue
        words = identity_words().issuers
        if any(word in issuer.name for word in words.not_in_names):
            continue
        if is_place(issuer.name) and any(word in issuer.name for word in words.not_in_towns):
            continue
        if issuer.name.endswith("厅") and not issuer.regions:
            continue  # a department of a province, named without it (省水利厅)
        if pattern is _BEFORE_NAME or (issuer.regions and not is_place(issuer.name)):
            return printed, *issuer
    return None


def _regions_before(front: str) -> tuple[str, ...]:
    """The region that a text before a name ends with (`…开平市` before 沙塘镇)."""
    if not front.endswith(("县", "市", "区", "旗")):
        return ()
    gazetteer = load_gazetteer()
    for length in range(len(front), 1, -1):
        region = front[-length:]
        if region in gazetteer.regions:
            return (region,)
    return ()
