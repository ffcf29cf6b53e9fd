"""Whose figure a clause states where its own words do not say: the text before it does.

"微信公众号运行良好。全年发布信息30条。" is no total, and what stands behind a sentence about the
county's office is the county's. A figure whose subject may be another is left out; a word for
the issuer itself (我镇, its name) between the two settles it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from ingest.statements.clauses import Clause
from ingest.statements.doubts import COMPLAINTS, is_heading_line
from ingest.statements.many_ways import is_many_ways
from ingest.statements.scope import Scope
from ingest.statements.speakers import (
    ASKED_OTHERS,
    SHOWN_BEFORE,
    Speakers,
    names_issuer,
    sentences_before,
)
from ingest.statements.wording import NUMBERING, OwnName, statement_lexicon
from knowledge.catalogue import Statement
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
        for match in ASKED_OTHERS.finditer(said):
            asked = match
        if asked is not None and not names_issuer(said[asked.end() :], own):
            return True
    if statement.id in (RECEIVED, ANSWERED) and "公开" not in words:
        began = max(map(earlier.rfind, "。;!?"))
        before = next(sentences_before(earlier[: began + 1]), "")
        if before and _ABOUT.search(before + earlier[began + 1 :] + heading) is None:
            return True  # 司法所开展法律援助。受理申请25件
    return not names_issuer(words, own) and speakers.are_others(end)


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
    for sentence in sentences_before(earlier[-SHOWN_BEFORE:]):
        channels = _channels_in(sentence)
        label = _is_label(sentence)
        numbering = NUMBERING.match(sentence)
        if find_quantities(sentence[numbering.end() if numbering else 0 :]):
            return False
        if channels:
            return len(channels) == 1 and (label or _OF_ALL.search(words) is None)
        if label or names_issuer(sentence, own):
            return False
    return False


def _is_label(sentence: str) -> bool:
    return len(sentence) <= SHORT and NUMBERING.match(sentence) is not None


def _channels_in(text: str) -> list[str]:
    return [name for name, pattern in _CHANNELS if pattern.search(text)]


def lacks_object(statement: Statement, words: str, before: Sequence[str]) -> bool:
    """Whether a rate, which has objects, does not say of what it is (群众满意率达98%).

    `before` are the clauses before it in its sentence. Its object stands in its own clause or
    in the one before, further rates of the same thing between them passed over.
    """
    nearest = next((c for c in reversed(before) if "率" not in c and "满意" not in c), "")
    return not any(word in words or word in nearest for word in statement.objects)
