"""Who does what the clauses of a sentence say: the report's issuer, or somebody else.

"全县各乡镇通过网站公开信息980条，微信公众号公开信息130条": the second clause has no subject of its
own, so it has the first one's. Where that is another body no figure of the sentence is the
issuer's, until a clause names the issuer (我镇, its name). A channel is no subject
(县政府网站公开信息5条, 各村公示栏公开信息6条).
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

from ingest.statements.wording import NUMBERING, OwnName
from knowledge.catalogue import Statement
from knowledge.gazetteer import load_gazetteer
from knowledge.quantities import find_quantities
from knowledge.words import load_words

LOOKED_AT = 40
"""Characters at the start of a clause among which its subject stands."""

Actor = Literal["above", "below"]
"""A county or a body of it; or villages, schools and firms in the town."""

_LEAD = re.compile(
    r"(?:(?:其中|同时|此外|另外|另|目前|据统计|全年|今年|本年度?|年内|一年来|(?:截[至止]到?)?20\d\d年(?:度|全年)?(?:12月(?:31日|底))?)[,:、]?)+"
)
_LEAD_BEGINS = frozenset("其同此另目据全今本年一截2")
"""With one of these every match of `_LEAD` begins; most clauses do not."""

_LABEL = re.compile(r"[^,:]{0,16}:")
_LEVELS = "省市县区州旗"
_RARE = "村社居校学园院所企司户属级"
"""Characters of the other subjects, chosen so that few sentences have one."""
_ISSUER = re.compile(
    r"(?:我|本)(?:镇|乡|街|苏木|局|场|委|办|单位|机关|部门|中心|院|队)"
    r"|(?<![县市区旗各])(?:镇|乡|街道|苏木)(?:党委|人民政府|政府|机关|党政)"
)


@lru_cache(maxsize=1)
def _others() -> re.Pattern[str]:
    """A subject that is a county, one of its bodies, or villages, schools and firms."""
    words = load_words().others
    bodies, below, channels, above = (
        "|".join(map(re.escape, sorted(group, key=len, reverse=True)))
        for group in (words.bodies, words.below, words.channels, words.above)
    )
    level = rf"[{_LEVELS}](?!{'|'.join(map(re.escape, words.not_levels))})"
    short = rf"(?:(?!{channels})[^,。;:]){{0,10}}?"
    counted = r"(?:\d{1,4}[家所个处]|各个?|各类|所有|全部|多[家所个])"
    area = (
        r"(?:全镇|全乡|全街道?|全办|我镇|我乡|镇|乡|街道|辖区|下辖|所辖|镇域|境内)(?:内|的|范围内)*"
    )
    return re.compile(
        rf"全{level}"
        rf"|{level}(?:内|域|范围内)?(?:的)?(?:各|所有|直|属|级各|级部门)"
        rf"|{level}{short}(?:{bodies})"
        rf"|(?:{above})"
        rf"|(?P<below>(?:{area}{counted}?|{counted})(?:(?!{channels})[^,。;:\d]){{0,6}}?(?:{below})"
        rf"(?![级务]?(?:[(][^()]*[)])?(?:便民|党群|政务|党务|村务|三务|信息|的)*(?:{channels}))"
        r"|(?:镇|乡|街|街道所)属(?:企业|单位|事业单位|学校))"
    )


@lru_cache(maxsize=1)
def _signs() -> re.Pattern[str]:
    """A character of every subject that `_subject_at` knows: most sentences have none."""
    words = load_words().others
    signs = set(_LEVELS + _RARE)
    signs |= {word[-1] for word in (*words.below, *words.above) if signs.isdisjoint(word)}
    return re.compile("[" + re.escape("".join(sorted(signs))) + "]")


@lru_cache(maxsize=2048)
def _subject_at(start: str) -> Actor | None:
    match = _others().match(start)
    if match is None:
        region = load_gazetteer().region_at(start, 0)
        if region is None or not region.endswith(tuple(_LEVELS)):
            return None
        match = _others().match(region[-1] + start[len(region) :])
        return "above" if match is not None else None
    return "below" if match["below"] else "above"


class Actors:
    """The subject of the clauses of one paragraph, taken in one after another."""

    other: Actor | None = None
    """Whose doings the clauses now speak of, None for the issuer's."""
    settled = False
    """Whether the sentence is the issuer's throughout: its clauses need not be taken in."""
    _counted = False

    def __init__(self, own: OwnName) -> None:
        self._own = own

    def start_sentence(self, sentence: str, after_semicolon: bool) -> None:
        """A subject holds to the full stop; behind one only where figures of another body were
        counted, since what follows may be more of them."""
        if not (after_semicolon or self._counted):
            self.other = None
        self._counted = False
        self.settled = self.other is None and (
            self._own.is_region or _signs().search(sentence) is None
        )

    def forget(self) -> None:
        """A sentence without any figure stands between."""
        self.other = None
        self._counted = False

    def enter(self, words: str) -> None:
        """Take in a clause of a sentence that is not settled."""
        if self.other is not None or _signs().search(words) is not None:
            self._enter(words)
        if self.other is not None and find_quantities(words):
            self._counted = True

    def _enter(self, words: str) -> None:
        numbering = NUMBERING.match(words)
        start = words[numbering.end() if numbering else 0 :]
        label = _LABEL.match(start)
        for skipped in (0, label.end()) if label else (0,):
            rest = start[skipped:].lstrip(",、:(")
            lead = _LEAD.match(rest) if rest[:1] in _LEAD_BEGINS else None
            rest = rest[lead.end() if lead else 0 :].lstrip(",、:(")
            if self._is_own(rest):
                self.other = None
                return
            other = _subject_at(rest[:LOOKED_AT])
            if other is not None:
                self.other = other
                return
        if self.other is not None and (_ISSUER.search(words) or self._own.stands_in(words)):
            self.other = None

    def _is_own(self, start: str) -> bool:
        """Whether a clause begins with the issuer's own name, its county in front or not."""
        if self._own.is_zone and start.startswith(("全区", "园区", "区内")):
            return True
        return self._own.begins(start) or _ISSUER.match(start) is not None


def is_the_actors(statement: Statement, other: Actor | None) -> bool:
    """Whether a statement counts what another body did: all but what villages publish
    themselves, which is what 村务公开 means."""
    return other is not None and not (other == "below" and statement.family == "village")
