"""The phrases of a clause, and what may be stepped over between them.

Names may be stepped over only where it is certain that they are names: the report's own, an
account in quotation marks beside its channel, the county before 政府网站.
"""

from __future__ import annotations

import re
from functools import cached_property, lru_cache

from ingest.statements.scope import YEAR, years_of
from knowledge.catalogue import Statement, load_catalogue
from knowledge.gazetteer import load_gazetteer
from knowledge.model import Entity
from knowledge.phrases import Cover, Hit, Lexicon, Pieces, Steps, arranged, cover
from knowledge.text import fold
from knowledge.words import load_words

PUNCTUATION = ",.;:!?、()\"'“”‘’《》<>[]-—·* "

NUMBERING = re.compile(
    r"^(?:[(][一二三四五六七八九十\d]{1,3}[)]|[①-⑳]|\d{1,2}[、.](?!\d)|[一二三四五六七八九十]{1,2}[是、])"
)

# A name in quotation marks or brackets tells nothing of what was counted only beside the
# channel that bears it; elsewhere it may be the channel itself (通过“政府网站”).
_CHANNEL = r"(?:公众号|公众平台|公众账号|订阅号|微信|微博|抖音|视频号|快手|头条|客户端|网站|门户|官网|平台号|新媒体)"
_QUOTED = re.compile(
    rf"[“\"‘'「][^“”\"‘’'「」]{{1,20}}[”\"’'」](?=(?:镇|官方|政务|政府|这一|的)?{_CHANNEL})"
    rf"|(?<=号|台|信|博|音|手|条|站|体)[“\"‘'「][^“”\"‘’'「」]{{1,20}}[”\"’'」]"
)
_BRACKETED = re.compile(r"(?<=号|博|音|手|条|站|体|台)[(][^()\d,;、:]{1,20}[)]")
_CALLED = re.compile(r"(?<=微信|视频)[(][“\"][^()\d,;、:]{1,20}[”\"][)]")
_NAME = r"[^\W\d_a-z不未没无非除和与及或等各的在过用托于由将拟]"
_ACCOUNT = re.compile(
    rf"(?<=[在过用])(?:(?![网站屏栏微信博公众]){_NAME}){{2,8}}(?=(?:官方|政务)?(?:微信公众号|公众号))"
)
_REGION = re.compile(
    rf"(?:(?<=[在过用托于由])|^(?!全)){_NAME}{{1,8}}[省市县区旗州盟](?=(?:人民)?政府(?:门户|官方|信息公开|政务)?(?:网|平台|专栏|系统)|(?:政府|政务)?门户网|政务网|官网)"
)
_WHOLE_YEAR = re.compile(r"自?(20\d\d)年0?1月0?1日起?[-—~至到]+(?:\1年)?12月31日(?:止|期间)?")
_SINCE = re.compile(r"自?20\d\d年以来")
# Each with what a text must contain for it to match: most clauses contain none of them.
_NAMES = (
    ("以来", _SINCE),
    ("”", _QUOTED),
    ('"', _QUOTED),
    ("’", _QUOTED),
    ("」", _QUOTED),
    ("(", _BRACKETED),
    ("(", _CALLED),
    ("公众号", _ACCOUNT),
    ("网", _REGION),
    ("政府信息公开", _REGION),
)
_PUNCTUATION = re.compile("[" + re.escape(PUNCTUATION) + "]")


_CALLED_OURS = ("省", "市", "县", "区", "旗", "州", "厅")
"""What speaks of itself as 我县; in any other report that is the county above."""

_BODIES = ("委员会", "委", "办公室", "办公厅", "中心", "大队", "支队", "厅", "分局")


class OwnName:
    """Where a report names its own issuer, as printed: with county in front, with 人民政府."""

    def __init__(self, entity: Entity) -> None:
        name = fold(entity.name)
        forms = {name}
        self.forms = forms
        if name.endswith(_CALLED_OURS):
            forms |= {"我" + name[-1], "本" + name[-1]}
        self.is_region = name.endswith(("省", "市", "县", "区", "旗", "州", "盟"))
        """Whether the issuer is a county, city or province itself."""
        self.is_zone = name.endswith(("管委会", "开发区", "园区", "新区", "高新区"))
        """Whether it is a zone, which may call itself 全区 as a district does."""
        if name.endswith("街道") and len(name) > 3:
            forms |= {name[:-2] + short for short in ("街办", "街", "办事处")}
        # 街道公开信息5条 is the report's own only where a 街道 issued it.
        if name.endswith(("街道", "街")):
            forms |= {"街道", "全街"}
        elif name.endswith("苏木"):
            forms |= {"苏木", "全苏木"}
        bureau = name.endswith("局")
        region = None
        if bureau or name.endswith(_BODIES):
            region = load_gazetteer().region_at(name, 0)
        if region is not None and bureau and region[-1] in "县市区旗":
            forms |= {region[-1] + name[len(region) :], name[len(region) :]}
        elif region is not None and name.endswith(_BODIES) and region[-1] in "省州县市区旗":
            forms.add(region[-1] + name[len(region) :])
            if name.endswith(("政府办公室", "政府办公厅")):
                forms |= {form.replace("政府", "人民政府") for form in forms}

    def begins(self, words: str) -> bool:
        """Whether a folded text begins with the name, its county in front or not."""
        return self.stands_in(words) and any(
            at == 0 or _is_county(words[:at]) for at in self._places(words)
        )

    def spans(self, words: str) -> list[tuple[int, int, int]]:
        """Where the name stands with its county in front and 人民政府 behind, from the left.

        Start and end, and between them where the name ends and what is behind it begins.
        """
        places = self._places(words)
        found: list[tuple[int, int, int]] = []
        position = 0
        while True:
            # The longest stretch from the first place at which one begins.
            begun = [(_front_of(words, position, at), -at) for at in places if at >= position]
            if not begun:
                return found
            start, at = min(begun)
            end = -at + places[-at]
            behind = _BEHIND.match(words, end)
            position = behind.end() if behind is not None else end
            found.append((start, end, position))

    def _places(self, words: str) -> dict[int, int]:
        """Where a form of the name stands, with the length of the longest form there."""
        places: dict[int, int] = {}
        for form in self.forms:
            at = words.find(form) if form else -1
            while at >= 0:
                places[at] = max(places.get(at, 0), len(form))
                at = words.find(form, at + 1)
        return places

    def stands_in(self, words: str) -> bool:
        """Whether a folded text holds the name in any of its forms."""
        for form in self.forms:  # noqa: SIM110 - asked for every clause, and `any` costs thrice
            if form in words:
                return True
        return False


# What may stand around a name. The patterns know no name: to compile one for each issuer took
# longer than everything else that is done for its clauses.
_COUNTY = re.compile(rf"{_NAME}{{1,9}}[县市区旗州]")
_COUNTY_BEFORE = re.compile(rf"(?:^|(?<=[年度月日由在,:)])){_COUNTY.pattern}\Z")
_BEHIND = re.compile("人民政府|街道办事处|党政办公室|办事处|街道办|政府|机关|办")
MAX_COUNTY = 10
"""Characters of a county before a name."""


def _front_of(words: str, position: int, at: int) -> int:
    """Where the county in front of a name at `at` begins, from `position` on; else `at`."""
    county = _COUNTY_BEFORE.search(words, max(position, at - MAX_COUNTY), at)
    return county.start() if county is not None else at


def _is_county(words: str) -> bool:
    return len(words) <= MAX_COUNTY and _COUNTY.fullmatch(words) is not None


@lru_cache(maxsize=2)
def statement_lexicon(denied: bool, /) -> Lexicon[Statement]:
    """The words of all statements; `denied` adds those that mean one only behind a zero word."""
    return Lexicon(
        (fold(phrase), statement)
        for statement in load_catalogue().statements.values()
        for phrase in (*statement.terms, *statement.printed, *(statement.none_of if denied else ()))
    )


@lru_cache(maxsize=1)
def _harmless() -> frozenset[str]:
    words = load_words()
    return frozenset((*words.both.words, *words.reports.words))


@lru_cache(maxsize=1)
def _notes() -> re.Pattern[str]:
    """Finds the notes in brackets that change nothing."""
    return re.compile(rf"\((?:{'|'.join(map(re.escape, load_words().reports.notes))})\)")


@lru_cache(maxsize=1)
def _pieces() -> Pieces:
    """Everything that is looked for in a clause, so that it is gone through once."""
    return Pieces(statement_lexicon(True).pieces | _harmless())


Span = tuple[int, int]


class Denied:
    """The phrases of a clause that says there were none of something."""

    def __init__(self, words: str, steps: Steps, hits: list[Hit[Statement]]) -> None:
        self._words = words
        self.steps = steps
        self.hits = hits
        self._covers: dict[tuple[Span, tuple[int, ...]], Cover[Statement]] = {}

    def cover(self, zero: Span, chosen: tuple[int, ...]) -> Cover[Statement]:
        """The account of the clause by those of `hits` that have these numbers and its zero
        word."""
        known = self._covers.get((zero, chosen))
        if known is None:
            steps = self.steps.copy()
            steps.add(*zero)
            hits = [self.hits[number] for number in chosen]
            known = self._covers[zero, chosen] = cover(self._words, hits, steps, PUNCTUATION)
        return known


class Wording:
    """A clause as words: what its phrases may mean and what may be stepped over, unjudged.

    Shared by all clauses with these words, so nothing in it changes but what it has worked out.
    """

    def __init__(
        self,
        words: str,
        number: Span | None,
        own: OwnName | None,
        year: int,
        periods: tuple[Span, ...] = (),
    ) -> None:
        self._words = words
        self._number = number
        self._own = own
        self._year = year
        self._periods = periods
        self._found = _pieces().find(words)
        self._covers: dict[tuple[int, ...], Cover[Statement]] = {}
        self._denied: dict[tuple[Span, ...], Denied] = {}

    @cached_property
    def hits(self) -> list[Hit[Statement]]:
        """Every phrase of a statement that the clause holds."""
        occurring = statement_lexicon(False).occurring(self._found)
        return arranged(occurring, self._found, self.steps) if occurring else []

    def side_by_side(self) -> list[Hit[Statement]]:
        """The same without those between whose pieces something is stepped over."""
        return arranged(statement_lexicon(False).occurring(self._found), self._found, None)

    def denied(self, more: tuple[Span, ...]) -> Denied:
        """The same with the words that mean something only behind a zero word, where `more`
        may be stepped over as well: what links them, and the longer zero words tried before."""
        known = self._denied.get(more)
        if known is None:
            steps = self.steps
            if more:
                steps = steps.copy()
                steps.add_all(more)
            occurring = statement_lexicon(True).occurring(self._found)
            hits = arranged(occurring, self._found, steps) if occurring else []
            known = self._denied[more] = Denied(self._words, steps, hits)
        return known

    def cover(self, chosen: tuple[int, ...]) -> Cover[Statement]:
        """The account of the clause by those of `hits` that have these numbers."""
        known = self._covers.get(chosen)
        if known is None:
            hits = [self.hits[number] for number in chosen]
            known = self._covers[chosen] = cover(self._words, hits, self.steps, PUNCTUATION)
        return known

    @cached_property
    def steps(self) -> Steps:
        """What may be stepped over; only looked for where the clause names something."""
        words = self._words
        steps = Steps(len(words))
        if (numbering := NUMBERING.match(words)) is not None:
            steps.add(0, numbering.end())
        for piece in _harmless().intersection(self._found):
            steps.add_all(self._found[piece])
        steps.add_all(self._periods)
        if "20" in words:
            own = {self._year} | ({self._year + 1} - years_of(words, self._year))
            for match in YEAR.finditer(words):
                if int(match["year"]) in own:
                    steps.add(match.start(), match.end())
        if "12月31日" in words:
            for match in _WHOLE_YEAR.finditer(words):
                if int(match[1]) == self._year:
                    steps.add(match.start(), match.end())
        for sign, pattern in _NAMES:
            if sign in words:
                steps.add_all([match.span() for match in pattern.finditer(words)])
        if self._own is not None and self._own.stands_in(words):
            for start, named, end in self._own.spans(words):
                steps.add(start, end)
                steps.add(start, named)  # 清河镇办理… names the town alone
        if "(" in words:
            steps.add_all([match.span() for match in _notes().finditer(words)])
        if self._number is not None:
            steps.add(*self._number)
        steps.add_all([match.span() for match in _PUNCTUATION.finditer(words)])
        return steps


SOME_YEAR = "2000"
"""What stands for a report's own year in a wording that is remembered."""

_ALIKE = str.maketrans("123456789", "000000000")


def wording_of(
    words: str, number: Span | None, own: OwnName, year: int, periods: tuple[Span, ...]
) -> Wording:
    """The wording of a clause; `number` is where its quantity stands.

    Reports say the same things with other figures and in other years: the digits of the quantity
    are stepped over whatever they are, and so is the report's own year, so what differs only in
    them is looked up once. Not where they may be more than digits: another year, a hotline; nor
    where the issuer is named or the reading is shown.
    """
    if periods or own.stands_in(words):
        return Wording(words, number, own, year, periods)
    if number is not None:
        start, end = number
        alike = _any_figure(words[start:end])
        if alike is None:
            return Wording(words, number, own, year)
        words = words[:start] + alike + words[end:]
    if "20" not in words:
        return _known_wording(words, number, 0)
    if len(_year_alone(year).findall(words)) == words.count("20"):
        return _known_wording(words.replace(str(year), SOME_YEAR), number, int(SOME_YEAR))
    return _known_wording(words, number, year)


@lru_cache(maxsize=64)
def _year_alone(year: int) -> re.Pattern[str]:
    return re.compile(rf"{year}(?<!\d{year})(?!\d)")


@lru_cache(maxsize=1024)
def _known_wording(words: str, number: Span | None, year: int) -> Wording:
    return Wording(words, number, None, year)


@lru_cache(maxsize=1024)
def _any_figure(figure: str) -> str | None:
    """A quantity with all its digits alike; None where they may be more than digits."""
    alike = figure.translate(_ALIKE)
    if "20" in figure or _digits_known().search(f"{figure} {alike}"):
        return None
    return alike


@lru_cache(maxsize=1)
def _digits_known() -> re.Pattern[str]:
    """Finds the digits that stand in any piece of a phrase."""
    found = {digits for piece in _pieces().known for digits in re.findall(r"[0-9]+", piece)}
    return re.compile("|".join(sorted(found, key=len, reverse=True)) or "(?!)")
