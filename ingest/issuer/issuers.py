"""One key for one authority, however it signs; the regions in front of its name.

X街, X街办, X街道 and X街道办事处 are one issuer, so are X镇, X镇人民政府 and X镇党政办公室
(field-notes, section 1). Names that look like something else are none of it: 湖南镇 lies in 衢州,
北京街 in 广州, 钟祥镇 is not 钟祥市.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from ingest.issuer.vocabulary import identity_words, one_of
from ingest.issuer.zones import is_nowhere_zone
from knowledge.gazetteer import load_gazetteer
from knowledge.text import solid

MAX_NAME = 24
"""Characters of an issuer's name without its regions; the longest met has 17."""

_HAN = re.compile(r"[\u3400-\u9fff〇·\U00020000-\U0003ffff]+")
_STREET = re.compile(r"街(?:道)?(?:办事处|办)?$")
_TOWN_OFFICE = re.compile(r"办事处(?<=[镇乡木区]办事处)$|委员会(?<=[镇乡道]委员会)$")
_TOWN_OFFICE_ENDS = ("办事处", "委员会")
_DOUBLED = re.compile(r"(镇|乡|街道|苏木)\1+$")
_DOUBLES = ("镇镇", "乡乡", "街道街道", "苏木苏木")
_PEOPLES_TOWNSHIP = re.compile(r"(.+?)乡([\u4e00-\u9fff]{1,6}族乡)")
_UPPER = re.compile(r"人民政府(?<=[省市县区旗州盟]人民政府)(?=[\u3400-\u9fff]{2})")
"""荔湾区人民政府南源街道办事处 is the street, with its district in front of it."""
_COUNTY_OFFICE = re.compile(
    r"(?P<region>.*?[^地][省市县区旗州盟])[省市县区旗州盟]?(?:人民)?政府(?P<office>办公[室厅]|办|机关|本级)"
)
"""A county's office reports for itself beside its county, and so do the offices of its government
without its bureaus (机关, 本级); a town's office for the town."""

_OFFICE = re.compile(r"(.*[省市县区旗州盟])政府(?:办公[室厅]|机关|本级)")
_OFFICE_KEY_ENDS = ("办公室", "办公厅", "机关", "本级")
_PARTY_TOO = re.compile(r"(?:党工委|工委|党委)[、和,]?(?=管委会$|管理委员会$)")
"""A zone's committee and that of the party sign as one."""

_OFFICE_ENDS = ("办公室", "办公厅", "办", "机关", "本级")
_COMMITTEES = ("管委会", "管理委员会")
_NOTE_ENDS = (")", "]", "】")
_AROUND = "《》:“”\"'、.,-_|"

_NOTE = re.compile(r"[(\[【].{0,12}[)\]】]$")
_BODY_BEFORE = re.compile("[局委会共团联社行队院区园省市县州盟旗场司部]$")
"""国家税务总局卢氏县税务局, 中共卢氏县委: a body of its own before the county."""

MAX_FRONT = 7
"""Characters before a county that are looked at for words that are none of a name."""

_OWN_OFFICE = re.compile(r"(?<=[省市县区旗州盟])(?:人民)?政府[(][^()]{0,8}办公[室厅][)]$")
_OWN_LEVEL = re.compile(r"(?<=[省市县区旗州盟])(?:人民)?政府[(](?P<level>机关|本级)[)]$")
"""绥阳县人民政府(县人民政府办公室) publishes for its office, not for the county."""

_NO_NAME = re.compile(
    r"公开|报告|标题|年度|年报|首页|正文|关于|来源|有效|机构(?!编制)|信息(?!化|产业|中心)|政府(?!服务|采购)"
)
"""What no name holds: pieces of a page that stand before one."""

MAX_UNKNOWN = 9
"""Characters of a town's name that the gazetteer lacks; longer ones are a name and other words."""

_ALL_OF_THEM = re.compile(r"各|乡镇$|镇街|所有|全(?:县|市|区|旗)")
"""Towns all at once (余干县各乡镇), which no one of them signs."""

_THEMSELVES = re.compile(
    r"(?:[我本各该此](?:镇|乡|街道|苏木|局|场|委|办事处|县|市|区|旗)|全(?:镇|乡|街道|苏木|县|市|区))$"
)
_REGION_IN_FRONT = re.compile(
    r"[\u4e00-\u9fff]{2,8}?(?:省|(?<!城)市|县|区|旗|州|盟)(?=[\u4e00-\u9fff]{2})"
)
_ZONES = ("管委会", "开发区", "园区", "新区")
REGION_LEVELS = ("省", "市", "县", "区", "旗", "州", "盟")


_PLACES = identity_words().issuers.places
"""At hand since it is asked for oftener than all else here."""


class Issuer(NamedTuple):
    """The key name of an issuer and the regions printed in front of it, from large to small."""

    name: str
    regions: tuple[str, ...] = ()

    def __str__(self) -> str:
        front = "".join(self.regions)
        return (
            self.name
            if self.regions and self.name.startswith(self.regions[-1])
            else front + self.name
        )


@lru_cache(maxsize=1)
def _offices() -> re.Pattern[str]:
    return re.compile(rf"(?:{one_of(identity_words().issuers.offices)})$")


@lru_cache(maxsize=1)
def _office_ends() -> tuple[str, ...]:
    return identity_words().issuers.offices + _TOWN_OFFICE_ENDS


@lru_cache(maxsize=1)
def _zone_committees() -> re.Pattern[str]:
    """The long name of a zone's committee; 城市管理委员会 is a bureau and keeps its own."""
    ends = sorted(identity_words().issuers.zones, key=len)
    behind = "|".join(rf"(?<={re.escape(end)})" for end in ends)
    return re.compile(rf"(?:{behind})管理委员会")


@lru_cache(maxsize=1)
def _ends() -> tuple[str, ...]:
    words = identity_words().issuers
    return words.places + words.bodies


@lru_cache(maxsize=1)
def _last_characters() -> frozenset[str]:
    """What an issuer's name ends with before anything is cut off: few lines end with one."""
    ends = (*_ends(), *_office_ends(), *_OFFICE_ENDS, *_COMMITTEES, *_NOTE_ENDS, *_AROUND, "街")
    return frozenset(end[-1] for end in ends)


@lru_cache(maxsize=1)
def _no_names() -> frozenset[str]:
    words = identity_words().issuers
    stems = (*words.not_names, "")
    return frozenset(stem + end for stem in stems for end in _ends())


@lru_cache(maxsize=4096)
def issuer_key(name: str) -> str | None:
    """The key of an issuer's folded name: without 人民政府 and the like; None if it is no issuer.

    >>> issuer_key("景芝镇人民政府办公室"), issuer_key("鼓楼街办"), issuer_key("三合乡乡人民政府")
    ('景芝镇', '鼓楼街道', '三合乡')
    >>> issuer_key("临泽县自然资源局"), issuer_key("某县发展和改革委员会"), issuer_key("我镇")
    ('临泽县自然资源局', '某县发展和改革委员会', None)
    """
    if name.endswith(_NOTE_ENDS):
        name = _OWN_LEVEL.sub(r"政府\g<level>", _OWN_OFFICE.sub("政府办公室", name))
        name = _NOTE.sub("", name)
    name = name.strip(_AROUND)
    name = _PARTY_TOO.sub("", name) if name.endswith(_COMMITTEES) else name
    office = _COUNTY_OFFICE.fullmatch(name) if name.endswith(_OFFICE_ENDS) else None
    if office is not None and not _NO_NAME.search(office["region"]) and len(name) <= MAX_NAME:
        region, kind = office["region"], office["office"]
        return f"{region}政府{'办公室' if kind == '办' else kind}"
    # What follows takes away and puts in characters of names alone: no mark goes by it.
    if not _HAN.fullmatch(name):
        return None
    # Each pattern is tried only where the word is that it needs: most names have one of them.
    bare = _zone_committees().sub("管委会", name) if "管理委员会" in name else name
    while bare.endswith(_office_ends()):
        shorter = _offices().sub("", bare)
        if shorter.endswith(_TOWN_OFFICE_ENDS):
            shorter = _TOWN_OFFICE.sub("", shorter)
        if shorter == bare:
            break
        bare = shorter
    if "人民政府" in bare:
        bare = _UPPER.sub("", bare)
    if "街" in bare and _STREET.search(bare):
        bare = _street(bare)
    half = bare[: len(bare) // 2]
    bare = half if len(half) >= 3 and half * 2 == bare else bare
    before = bare
    if bare.endswith(_DOUBLES) and not _ends_known(before):
        bare = _DOUBLED.sub(r"\1", bare)
    doubled = _PEOPLES_TOWNSHIP.fullmatch(bare) if "族乡" in bare else None
    if doubled is not None and doubled[1] + doubled[2] in load_gazetteer():
        bare = doubled[1] + doubled[2]
    if not bare.endswith(_ends()) or not 2 <= len(bare) <= MAX_NAME or _NO_NAME.search(bare):
        return None
    if (bare in _no_names() or _THEMSELVES.search(bare)) and not _ends_known(before):
        return None
    return bare


def _ends_known(bare: str) -> bool:
    """Whether a name is, or has behind its regions, one that the gazetteer has (乌镇镇, 万全镇)."""
    gazetteer = load_gazetteer()
    return any(bare[-length:] in gazetteer for length in range(3, len(bare) + 1))


def _street(bare: str) -> str:
    """鼓楼街, 鼓楼街办 and 鼓楼街道办事处 are 鼓楼街道; 东街办事处 is 东街街道 where there is
    only that."""
    key = _STREET.sub("街道", bare)
    twin = key.removesuffix("道") + "街道"
    gazetteer = load_gazetteer()
    return twin if "街道" not in bare and twin in gazetteer and key not in gazetteer else key


def twin_of(name: str) -> str | None:
    """The other street that a printed name may mean: 东街办事处 may be 东街道 or 东街街道."""
    if not name.endswith("街道"):
        return None
    twin = name.removesuffix("道") + "街道"
    return twin if twin in load_gazetteer() else None


def read_issuer(printed: str) -> Issuer | None:
    """The issuer that a printed name means, the regions in front of it split off.

    `安丘市景芝镇人民政府` is 景芝镇 of 安丘市. A bureau is known by its county's name as well
    (`临泽县自然资源局`), a county or city by its own. None if it is no issuer.

    >>> read_issuer("山东省安丘市景芝镇人民政府"), read_issuer("湖南镇")
    (Issuer(name='景芝镇', regions=('山东省', '安丘市')), Issuer(name='湖南镇', regions=()))
    """
    # The manifest's names are the gazetteer's, which are folded.
    return read_folded_issuer(printed if is_known_town(printed) else solid(printed))


def read_folded_issuer(name: str) -> Issuer | None:
    """The issuer that a name means which is folded and without blanks; else as `read_issuer`."""
    town = name.removesuffix("人民政府")
    if is_known_town(town):
        return Issuer(town)
    key = issuer_key(name) if name[-1:] in _last_characters() else None
    if key is None:
        return None
    issuer = _split(key)
    if not is_place(issuer.name):
        return None if _has_words_before(issuer) else issuer
    unknown = issuer.name not in load_gazetteer()
    if unknown and (len(issuer.name) > MAX_UNKNOWN or _ALL_OF_THEM.search(issuer.name)):
        return None
    return issuer


def _has_words_before(issuer: Issuer) -> bool:
    """Whether a body's name has words of a sentence before its county (下面就把卢氏县水务局)."""
    name = issuer.name
    if issuer.regions or is_region(name):
        return False
    gazetteer = load_gazetteer()
    if gazetteer.region_at(name, 0) is not None:
        return False
    return any(
        (region := gazetteer.region_at(name, start)) is not None
        and len(region) > 2
        and region.endswith(REGION_LEVELS)
        and _BODY_BEFORE.search(name[:start]) is None
        for start in range(1, min(len(name), MAX_FRONT))
    )


@lru_cache(maxsize=4096)
def _split(key: str) -> Issuer:
    """A short region (安丘景芝镇) is one only where a known town follows: 清河湾镇 is no 湾镇
    of 清河. A full one (安丘市) may have a town behind it that the gazetteer lacks."""
    office = _office(key)
    if office is not None:
        county = _split(office[1])
        return Issuer(key[len("".join(county.regions)) :], (*county.regions, county.name))
    gazetteer = load_gazetteer()
    if key in gazetteer:
        return Issuer(key)
    regions: list[str] = []
    rest = key
    certain = (key, 0)
    while rest not in gazetteer:
        found = gazetteer.region_at(rest, 0)
        behind = rest[len(found) :] if found else ""
        if found is None or not (is_known_town(behind) or _is_key(behind)):
            rest = certain[0]
            regions = regions[: certain[1]]
            break
        regions.append(found)
        rest = behind
        if certain[1] == len(regions) - 1 and found.endswith(REGION_LEVELS):
            certain = (rest, len(regions))
    if regions and not is_place(rest) and not is_region(rest):
        rest = regions[-1] + rest
    if is_place(rest) and rest not in gazetteer:
        front, town = _unknown_region(rest)
        regions += [front] if front else []
        rest = town
    if rest.endswith("镇") and rest not in gazetteer and rest + "镇" in gazetteer:
        rest += "镇"  # 乌镇 is 乌镇镇 in full
    return Issuer(rest, tuple(regions))


def _is_key(name: str) -> bool:
    return len(name) >= 2 and issuer_key(name) == name


def _unknown_region(name: str) -> tuple[str, str]:
    """A known town behind a zone that the gazetteer lacks (西咸新区 before 底张街道), split."""
    for length in range(len(name) - 3, 2, -1):
        front, town = name[:-length], name[-length:]
        if front.endswith(("新区", "管理区", "开发区", "示范区", "县", "市")):
            if town in load_gazetteer():
                return front, town
    return "", name


def is_known_town(name: str) -> bool:
    """Whether a name is that of a town in the gazetteer, which is its key as it stands.

    Most titles and signatures name one, with 人民政府 at the most: nothing is cut off there.
    """
    return is_place(name) and name in load_gazetteer() and "管理委员会" not in name


def is_place(name: str) -> bool:
    """Whether an issuer is a town or farm, known by its own name, and no bureau."""
    return name.endswith(_PLACES)


def is_region(name: str) -> bool:
    """Whether an issuer is a county, city or province itself."""
    if not name.endswith(REGION_LEVELS):
        return False
    gazetteer = load_gazetteer()
    return name in gazetteer.regions and name not in gazetteer


def is_office(name: str) -> bool:
    """Whether an issuer is the office of a county's, city's or province's government."""
    return _office(name) is not None


def _office(name: str) -> re.Match[str] | None:
    return _OFFICE.fullmatch(name) if name.endswith(_OFFICE_KEY_ENDS) else None


def is_office_of(one: str, other: str) -> bool:
    """Whether one of two keys is the office of the other: it writes and signs its report."""
    return any(
        office is not None and office[1] == region
        for office, region in ((_office(one), other), (_office(other), one))
    )


def is_common(name: str) -> bool:
    """Whether a town's name is an ordinary word in running text (中心镇, 小城镇)."""
    return name in _no_names()


def is_bare(name: str) -> bool:
    """Whether a name says nothing without its county: 自然资源局 is in every one."""
    if is_place(name) or is_region(name):
        return False
    if is_nowhere_zone(name):
        return True
    if name.endswith(_ZONES):
        return False
    found = load_gazetteer().region_at(name, 0)
    if found is None and name.startswith(REGION_LEVELS):
        return True  # 市城市管理局
    if _REGION_IN_FRONT.match(name):
        return False
    return found is None or len(found) == len(name)


def same_issuer(one: str, other: str) -> bool:
    """Whether two keys mean one authority: equal, or one with the region in front of it, or
    with 管委会 behind it.

    >>> same_issuer("景芝镇", "安丘市景芝镇"), same_issuer("庄镇", "南庄镇"), same_issuer("自然资源局", "临泽县自然资源局")
    (True, False, True)
    """
    if one == other:
        return True
    one, other = one.removesuffix("管委会"), other.removesuffix("管委会")
    if one == other:
        return True
    long, short = (one, other) if len(one) > len(other) else (other, one)
    if not short or not long.endswith(short):
        return False
    front = long[: -len(short)]
    if front in ("区", "县", "市", "旗") and is_place(short) and short in load_gazetteer():
        return True  # 区华富街道: the town of our own district
    if not is_place(short) and short.endswith("局") and _REGION_IN_FRONT.match(short):
        return True  # 国家税务总局余干县税务局
    found = load_gazetteer().region_at(front, 0)
    while found is not None and found != front:
        front = front[len(found) :]
        found = load_gazetteer().region_at(front, 0)
    return found is not None
