"""Whose figure a clause states where its own words do not say: the text before it does.

"微信公众号运行良好。全年发布信息30条。" is no total, and what stands behind a sentence about the
county's office is the county's. A figure whose subject may be another is left out; a word for
the issuer itself (我镇, its name) between the two settles it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from ingest.statements.clauses import Clause
from ingest.statements.doubts import COMPLAINTS, is_heading_line
from ingest.statements.many_ways import is_many_ways
from ingest.statements.scope import Scope
from ingest.statements.wording import NUMBERING, OwnName, statement_lexicon
from knowledge.catalogue import Statement
from knowledge.gazetteer import load_gazetteer
from knowledge.phrases import Hit
from knowledge.quantities import find_quantities

TOTAL = "narrative.disclosed_total"
RECEIVED = "narrative.applications_received"
ANSWERED = "narrative.applications_answered"

CARRIED_OUT = "narrative.carried_out"

REQUESTS = frozenset({"applications", "carried", "answer", "on", "reviews", "lawsuits"})
"""The families of what a request sets going: who was asked is who answers and is sued."""

HANDLED = frozenset({"proposals", "hotline", "messages", "consultations"})
"""The families of what is handled, and may also be published."""

EVENTS = frozenset({"trainings", "trainees"})
"""The families of what a county often holds for its towns."""

_OF_SOMEBODY = REQUESTS | EVENTS

SHORT = 24
"""Characters of a sentence that is nothing but a label (`3.微信公众号。`)."""

SHOWN_BEFORE = 600
"""Characters before a clause that are looked at; a sub-section is seldom longer."""

_CHANNELS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(words))
    for name, words in (
        ("website", "网站|门户网|政府网|官网|主页|政府在线"),
        ("wechat", "公众号|微信|订阅号"),
        ("weibo", "微博"),
        ("video", "抖音|视频号|快手"),
        ("new_media", "新媒体"),
        ("board", "公开栏|公示栏|公告栏|宣传栏|显示屏"),
        ("press", "广播|报刊|报纸|电视"),
    )
)
_ANY_CHANNEL = re.compile("|".join(pattern.pattern for _, pattern in _CHANNELS))
_OF_ALL = re.compile(r"主动公开|(?:我|本|全)(?:镇|乡|街|苏木|局|场|单位|机关)")
_SUMS_UP = re.compile(_OF_ALL.pattern + "|共|累计|总|全年|各类")
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
_ASKED_OTHERS = re.compile(
    rf"向(?!社会|公众)[^,。;]{{0,8}}?{_LEVEL}(?:人民)?(?:政府|委)[^,。;]{{0,12}}?(?:提出|提交|递交|申请)"
    rf"(?![^,。;]{{0,8}}(?:复议|诉讼))"
    rf"|{_LEVEL}(?:人民)?政府(?!网|门户|信息)[^,。;]{{0,6}}?(?:收到|受理|接到)"
)
_TURNED_TO = re.compile("向(?!社会|公众)")
_UPPER_GOVERNMENT = re.compile(rf"政府(?:(?<={_LEVEL}政府)|(?<={_LEVEL}人民政府))")
"""What every match of `_ASKED_OTHERS` holds, 向 or this, searched ten times as fast."""
_HOTLINE = re.compile("热线|工单|12345")
_NO_PART = re.compile(r"《[^《》]{0,80}》|人民政府(?!门户|官方|信息公开|政务)(?!网)")
_UNDER_WAY = re.compile(r"(?:正在|待)办理中?\D{0,2}\d+\D{0,3}$")
_HANDLED_TOO = (
    "热线",
    "工单",
    "留言",
    "信箱",
    "提案",
    "议案",
    "建议",
    "咨询",
    "投诉",
    "信访",
    "诉求",
)
_PUBLISHES = re.compile(
    r"(?<![务息])(?:公开|公示|公布|发布|晒出)(?!率|栏|平台|专栏|目录|工作|日|会|条例|申请)"
)
_HANDLES = re.compile(r"办理|办结|办复|承办|答复|回复|受理|处理|收到|接到|接收|接待|转办|交办|解答")
_LINES = re.compile("热线|来电|12345|12315|12333|12369|工单|信箱|留言|网络问政|信访|维权|消费者")
_LETTERS = re.compile("信箱|留言|问政(?!府)|人民网|来信|信访")
_DISPUTED = re.compile("复议|诉讼|申诉|信息公开")
_TRADES = {
    "narrative.disclosed_category.finance": "财政",
    "narrative.disclosed_category.emergency": "应急",
    "narrative.disclosed_category.planning": "规划",
}
"""Kinds of publications that for one bureau are all that it publishes."""

_NOUN = re.compile(
    r"(?:及|和|与|以及|、)(?:其)?(?:答复|回复|办理)(?:结果|情况)?|(?:答复|回复|办理|处理)(?:结果|情况)|办件"
)
_NO_ANSWER = re.compile(r"(?:收到|接到|接收)")
_ABOUT = re.compile("公开|申请|信息|条例")
_SENTENCE = re.compile(r"[^。;!?\n]+")


def kinds_before(
    text: str,
    clauses: Sequence[Clause],
    number: int,
    hits: Sequence[Hit[Statement]],
    scope: Scope,
    all_ways: bool,
) -> frozenset[str]:
    """The kinds of which the words before a clause, which is neither the first of its sentence
    nor in a list, name a part that the figure may belong to.

    "通过微信公众号等方式，发布信息30条" would otherwise be the total of all disclosure. `all_ways`: a
    list of channels there stands for all of them.
    """
    previous = clauses[number - 1]
    if (previous.quantity is not None or previous.crowded) and not scope.broken:
        return frozenset()
    total = any(hit.value.id == TOTAL for hit in hits)
    kinds: set[str] = set()
    for before in reversed(clauses[:number]):
        if (before.quantity is not None or before.crowded) and not (total and scope.broken):
            break
        words = text[before.start : before.end]
        if total and all_ways and before.quantity is None and is_many_ways(words):
            continue
        if before.quantity is None and before.end + 1 >= clauses[number].start:
            kinds |= _parts_named(words)
        if total and _ANY_CHANNEL.search(words):
            kinds.add("disclosed")
        if not total:
            break
    return frozenset(kinds)


@lru_cache(maxsize=512)
def _parts_named(words: str) -> frozenset[str]:
    """The kinds of which a clause names a part (全年, 2020年 and the like name none)."""
    # 人民政府 names no 民政, and the title of a paper no part of what was published.
    hits = statement_lexicon(False).find(_NO_PART.sub(",", words))
    return frozenset(hit.value.family for hit in hits if hit.value.part_of is not None)


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
    for sentence in _back(earlier):
        told = _tells_of_others(sentence, own)
        if told is not None:
            return told
    return None


def _tells_of_others(sentence: str, own: OwnName) -> bool | None:
    """Whether a sentence is of others, None if it has neither them nor the issuer in it."""
    if _names_issuer(sentence, own):
        return False
    return True if _begins_with_others(sentence) else None


def is_of_others(
    statement: Statement, words: str, end: int, heading: str, speakers: Speakers
) -> bool:
    """Whether a figure or a zero may be another body's, by the text before its clause.

    `words` is the clause, `end` where the paragraph before it ends, `heading` the line above
    that, all folded. What a county or city reports itself is not asked.

    >>> from knowledge.catalogue import load_catalogue
    >>> from knowledge.model import Entity
    >>> received = load_catalogue().statements[RECEIVED]
    >>> before = Speakers("县教育局成立了领导小组。", OwnName(Entity("清河镇")))
    >>> is_of_others(received, "收到申请5件", 12, "", before)
    True
    >>> is_of_others(received, "我镇收到信息公开申请5件", 12, "", before)
    False
    """
    kind = statement.family
    own, earlier = speakers.own, speakers.folded[:end]
    if statement.id == CARRIED_OUT and not _is_of_requests(heading + earlier + words):
        return True
    if kind in ("consultations", "complaints") and _HANDLES.search(words) is None:
        began = max(map(earlier.rfind, "。;!?"))
        if _HOTLINE.search(earlier, began + 1) is not None:
            return True  # …热线共服务17228人次，咨询类12983件，投诉举报类3413件
    if own.is_region or not (kind in _OF_SOMEBODY or statement.id == TOTAL):
        return False
    earlier = earlier[-SHOWN_BEFORE:]
    if kind in REQUESTS and speakers.may_ask_others():
        said = earlier + words
        asked = None
        for match in _ASKED_OTHERS.finditer(said):
            asked = match
        if asked is not None and not _names_issuer(said[asked.end() :], own):
            return True
    if statement.id in (RECEIVED, ANSWERED) and "公开" not in words:
        began = max(map(earlier.rfind, "。;!?"))
        before = next(_back(earlier[: began + 1]), "")
        if before and _ABOUT.search(before + earlier[began + 1 :] + heading) is None:
            return True  # 司法所开展法律援助。受理申请25件
    return not _names_issuer(words, own) and speakers.are_others(end)


def _is_of_requests(text: str) -> bool:
    """Whether what a text says to be under way is requests: it says 结转, or requests are the
    last that it names of all that is handled (正在办理2件 alone may be anything)."""
    if _UNDER_WAY.search(text) is None:
        return True
    return text.rfind("申请") > max(map(text.rfind, _HANDLED_TOO))


def is_published(statement: Statement, words: str, sentence: str, start: int) -> bool:
    """Whether a clause counts proposals, letters or calls that were published, and says nothing of
    their being handled (公开人大代表建议40条、政协提案9条): the verb reaches all of its list.

    `words` is the clause, which begins at `start` of its `sentence`.
    """
    if statement.family not in HANDLED or _HANDLES.search(_NOUN.sub("", words)) is not None:
        return False
    said = _NOUN.sub("", sentence[:start] + words)
    last = max((match.start() for match in _PUBLISHES.finditer(said)), default=-1)
    return last > max((match.start() for match in _HANDLES.finditer(said)), default=-1)


def is_of_a_line(statement: Statement, words: str, earlier: str) -> bool:
    """Whether complaints are those that a hotline or a letter box took, and none about disclosure:
    such a line was named since disclosure or a dispute about it."""
    if statement.id != COMPLAINTS:
        return False
    said = earlier[-SHOWN_BEFORE:] + words
    line = max((match.start() for match in _LINES.finditer(said)), default=-1)
    return line > max((match.start() for match in _DISPUTED.finditer(said)), default=-1)


def is_of_letters(words: str) -> bool:
    """Whether a clause counts letters of one box or site: beside such a one (网络问政106件，问政平台
    16件) another is not the number of all."""
    return _LETTERS.search(words) is not None


def is_own_trade(statement: Statement, words: str, own: OwnName) -> bool:
    """Whether a kind of publications is what its issuer is for: 各类财政信息1113条 of a 财政局 are
    all that it published."""
    trade = _TRADES.get(statement.id)
    if trade is None or not any(trade in form for form in own.forms):
        return False
    return re.search(rf"{trade}(?:管理)?(?:类|的)*信息", words) is not None


def is_received_by_one(statement: Statement, said: str) -> bool:
    """Whether a zero of letters is only what one channel received (公众号…，未收到留言)."""
    return (
        statement.family in ("messages", "consultations")
        and _ANY_CHANNEL.search(said) is not None
        and _NO_ANSWER.search(said[max(map(said.rfind, ",;:")) + 1 :]) is not None
    )


def is_of_a_channel(words: str, earlier: str, heading: str, own: OwnName) -> bool:
    """Whether what looks like the total of all disclosure is that of the one channel of which
    the text before speaks.

    A heading or label decides for everything below it; a sentence only where the clause does
    not say itself that it counts all (主动公开, 我镇). Several channels together are all.
    """
    if _ANY_CHANNEL.search(words):
        return False
    if _ANY_CHANNEL.search(heading) and len(_channels_in(heading)) == 1:
        if is_heading_line(heading):
            return True
    if _ANY_CHANNEL.search(earlier) is None:
        return False
    first = _SENTENCE.match(earlier)
    if first is not None and len(_channels_in(first[0])) == 1 and _is_label(first[0]):
        return True
    began = max(map(earlier.rfind, "。;!?")) + 1
    if _channels_in(earlier[began:]) and find_quantities(earlier[began:]):
        return _SUMS_UP.search(words) is None  # 网站发布163条，公开信息98条
    for sentence in _back(earlier[-SHOWN_BEFORE:]):
        channels = _channels_in(sentence)
        label = _is_label(sentence)
        numbering = NUMBERING.match(sentence)
        if find_quantities(sentence[numbering.end() if numbering else 0 :]):
            return False
        if channels:
            return len(channels) == 1 and (label or _OF_ALL.search(words) is None)
        if label or _names_issuer(sentence, own):
            return False
    return False


def _is_label(sentence: str) -> bool:
    return len(sentence) <= SHORT and NUMBERING.match(sentence) is not None


def _channels_in(text: str) -> list[str]:
    return [name for name, pattern in _CHANNELS if pattern.search(text)]


_ENDS = "。;!?\n"
"""Marks behind which a sentence ends."""


def _back(earlier: str) -> Iterator[str]:
    """The sentences before a place, the nearest first."""
    end = len(earlier)
    while end > 0:
        start = max([earlier.rfind(mark, 0, end) for mark in _ENDS]) + 1
        if start < end:
            yield earlier[start:end]
        end = start - 1


def _names_issuer(text: str, own: OwnName) -> bool:
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


def lacks_object(statement: Statement, words: str, before: Sequence[str]) -> bool:
    """Whether a rate, which has objects, does not say of what it is (群众满意率达98%).

    `before` are the clauses before it in its sentence. Its object stands in its own clause or
    in the one before, further rates of the same thing between them passed over.
    """
    nearest = next((c for c in reversed(before) if "率" not in c and "满意" not in c), "")
    return not any(word in words or word in nearest for word in statement.objects)
