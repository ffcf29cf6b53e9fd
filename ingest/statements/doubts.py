"""What stands beside a counted clause and makes its figure another than the words alone say.

Each rule answers one way in which a sentence that is understood word by word still states
something else (tests/cases/statements/hunted.toml); in doubt the figure is left out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from knowledge.catalogue import Statement
from knowledge.quantities import Quantity, find_quantities, quantity_begins
from knowledge.text import solid

TOTAL = "narrative.disclosed_total"
RECEIVED = "narrative.applications_received"
CUMULATIVE = "narrative.cumulative_disclosed"
MESSAGES = "narrative.messages_answered"
DECISIONS = frozenset({"narrative.licensing", "narrative.penalties", "narrative.coercion"})
PURCHASES = "narrative.procurement_projects"
FINANCE = "narrative.disclosed_category.finance"
COMPLAINTS = "narrative.complaints"
DISPUTES = frozenset({"narrative.reviews", "narrative.lawsuits"})
ISSUED = "narrative.documents_issued"
EVENTS = frozenset(
    {
        "narrative.trainings",
        "narrative.open_days",
        "narrative.press_conferences",
        "narrative.interviews",
    }
)
SOLICITATIONS = "narrative.solicitations"
STAFF = frozenset({"narrative.staff", "narrative.staff.full_time", "narrative.staff.part_time"})

_RULED = EVENTS | DECISIONS | STAFF | {PURCHASES, ISSUED, SOLICITATIONS}
_RULED_BY_WHAT_FOLLOWS = DISPUTES | {TOTAL, RECEIVED, MESSAGES}
"""The statements that have rules of their own."""

_INSTALLED = frozenset({"个", "块", "处", "台", "户", "家", "名", "人", "人次", "家次", "栏", "本"})
"""Classifiers of boards, accounts, groups and their readers, never of what was published there
(微信群15个, 公示栏5处, 公众号12500人)."""

_NO_EVENTS = frozenset({"人次", "人", "名", "位", "份", "条", "篇", "家次"})
"""Classifiers of those who come to an event, of its papers and of news of it, never of events."""

_OF_OPINIONS = frozenset({"条", "件", "份", "个"})
_PUBLISHED = frozenset({"条", "篇", "条次", "篇次"})
"""Classifiers of what is published about a thing, never of decisions and purchases."""

_EXCEPT_BEFORE = re.compile(r"除.{0,30}外$|(?:不含|不包括|不包含|不计|未计|剔除|扣除).{0,20}$")
_EXCEPT_BEHIND = re.compile(
    r"[,(、]{0,2}(?:均|都)?(?:不含|不包括|不包含|不计|未计|未含|除|剔除|扣除)"
)
_OURS_ALONE = re.compile(r"[^\w]*其中[,:]?(?:我|本)(?:镇|乡|街道|街|苏木|局|场|办|单位|机关)")
_PAPERS = re.compile("(?:许可|处罚|强制)(?:类|的)?(?:文件|信息)")
_UNRELATED = re.compile(
    r"(?:与|和)(?:政府)?信息公开(?:工作)?无关|(?:非|不属于|不涉及|未涉及)(?:政府)?信息公开"
)
_OTHER_AFFAIRS = re.compile("[党村居]务|(?<!财)政务(?!动态|服务|公开|新媒体)")
_OF_ALL_DISPUTES = re.compile(r"[^\w]*(?:其中)?(?:涉及|属于|因)?(?:政府)?信息公开.{0,6}\d")
_FURTHER = re.compile(r"[^\w]*(?:另外?|又|还)(?!有|一)")
_THIS_YEAR = re.compile(r"今年|本年|当年|全年|年度|20\d\d年|新增")
_WITHIN_YEAR = re.compile(r"今年|本年|当年|全年|年度|一年来|年内")
_CHANNELS = re.compile(
    r"网站|公众号|微信|微博|新媒体|抖音|视频号|公开栏|公示栏|公告栏|显示屏|广播|报刊|专栏|平台"
)
_ANY_APPLICATION = re.compile(r"各类|各种|各项|群众")
_OF_INFORMATION = re.compile(r"信息公开申请|公开申请|申请公开|申请.{0,4}信息公开")
_ANSWERED = re.compile(r"回复|答复|办结|办理|处理")
_RECEIVED = re.compile(r"收到|接到|接收")
_ITEM_NAMED = re.compile(
    r"(?:公开|发布|公布|更新)[^:,]{0,8}(?:(?:包括|包含|涵盖|含有?|其中|分别)[^\d]*|:[^\d:]*(?:文件|材料|内容|数据|事项)[^\d:]*)\d"
    r"|信息[^,:]{0,6}(?:文件|材料|数据)共?\d"
)
_MAY_NAME_ITEM = re.compile("[包涵含其别:文材数]")
"""A character of everything that `_ITEM_NAMED` finds."""
_OPINIONS = re.compile("征[集求][^\\d]{0,4}(?:意见|民意|建议)")
_ISSUES = re.compile("制发|印发|制作|产生|形成|下发|制定")
_BARE_NEXT = re.compile(r"[^\w]*(?:和|及|或)?")
_YEAR = re.compile(r"(?<!\d)(20\d\d)年")
_SENTENCE_SIGNS = frozenset("。；;，,！？!?")
_PLACE = re.compile(
    "大厅|图书馆|档案馆|便民中心|服务中心|文化站|服务站|窗口|受理点|查阅点|公开点|查询点|[各每]个?村|社区|学校|科室|站所"
)
_OURSELVES = re.compile("(?:我|本|全)(?:镇|乡|街|苏木|局|场|委|办|单位|机关)")

_OTHERS = re.compile(
    r"(?:[(（]?[一二三四五六七八九十\d]{1,3}[)）、.]*)?(?:附[:：件]?)?(?:"
    r"(?!全|各|行政|乡|农|驻|本|我).{1,6}(?:村|社区|村委会|居委会|卫生院|派出所|中学|小学|学校|财政所|司法所|服务中心)"
    r"|[全各](?:县|市|区|省|旗)|.{0,6}(?:县|市|区)(?:人民)?政府"
    r"|去年|上一?年度?|上半年|[一二三四]季度|下一?步|今后"
    r")(?:政府|政务|信息|公开|工作|情况|回顾|总结|安排|打算|计划|基本|的|主动|依申请|方面)*[:：]?"
)


_SIGNS_OF_OTHERS = frozenset("村社院派校学所心县縣市区區省旗年季步今")


def may_name_others(text: str) -> bool:
    """Whether `names_others` can be true at all: quick, for the many short lines of a table."""
    return not _SIGNS_OF_OTHERS.isdisjoint(text)


def is_heading_line(text: str) -> bool:
    """Whether a short line stands over others: no sentence, no figures counted in it."""
    return _SENTENCE_SIGNS.isdisjoint(text) and not find_quantities(solid(text))


def names_others(heading: str, year: int) -> bool:
    """Whether a heading (folded, without blanks) opens a part about another body or period.

    >>> names_others("(一)李庄村", 2021), names_others("2020年工作回顾", 2021), names_others("(一)总体情况", 2021)
    (True, True, False)
    """
    years = {int(found) for found in _YEAR.findall(heading)}
    return bool(years and year not in years) or _OTHERS.fullmatch(heading) is not None


def doubt_beside(
    statement: Statement,
    quantity: Quantity,
    words: str,
    before: str,
    behind: str,
    following: Sequence[str],
    later: str,
) -> str | None:
    """Why the figure of a clause is not that of its words, None if nothing speaks against it.

    `words` is the clause; `before` the clause before it in its sentence, `behind` what follows
    it there, `following` the clauses of that, `later` the rest of the paragraph. All folded.
    """
    kind = statement.id
    if statement.part_of == TOTAL or kind == TOTAL:
        if doubt := _doubt_of_disclosure(statement, quantity, words):
            return doubt
        if kind == FINANCE and "财务" in words and _OTHER_AFFAIRS.search(before + behind):
            return "other_subject"  # 党务、政务、财务: one of the books that villages open
    if kind in _RULED and (doubt := _doubt_of_its_own(kind, quantity, words, before)):
        return doubt
    if _may_except(before) and _EXCEPT_BEFORE.search(before):
        return "exception"
    if _may_except(behind) and _EXCEPT_BEHIND.match(behind):
        return "exception"
    if following:
        if _states_two(quantity, following[0]):
            return "crowded"
        if "其中" in behind and any(
            _OURS_ALONE.match(one) and find_quantities(one) for one in following
        ):
            return "whole_of_others"
    if kind in _RULED_BY_WHAT_FOLLOWS:
        if doubt := _doubt_by_what_follows(kind, quantity, words, following):
            return doubt
    so_far = ("累计" in words or "历年" in words) and kind != CUMULATIVE
    if so_far and not _WITHIN_YEAR.search(words) and _this_year(words, later):
        return "cumulative"
    return None


def _doubt_of_disclosure(statement: Statement, quantity: Quantity, words: str) -> str | None:
    """The rules for all disclosure and its parts."""
    part = statement.part_of == TOTAL
    if part and not statement.id.endswith("brochure") and quantity.unit in _INSTALLED:
        return "other_unit"
    if part and "目录" in words and not re.search("公开|发布", words.replace("信息公开", "")):
        if not re.search("网|平台|专栏|栏目", words):
            return "no_kind"
    if _MAY_NAME_ITEM.search(words) and _ITEM_NAMED.search(words):
        return "crowded"  # 公开信息包括：文件12条、公文3件: the number is that of the first item
    return None


def _doubt_of_its_own(kind: str, quantity: Quantity, words: str, before: str) -> str | None:
    """The rules for other single statements."""
    unit = quantity.unit
    if kind in EVENTS and unit in _NO_EVENTS:
        return "other_unit"  # 培训69人次, 新闻发布会材料3份
    if kind == SOLICITATIONS and _OPINIONS.search(words) and unit in _OF_OPINIONS:
        return "other_unit"  # 征集意见25条 are the opinions
    if kind in DECISIONS and unit == "项":
        return "other_unit"  # 行政强制7项 are the matters it has power for, not what it decided
    if (kind in DECISIONS or kind == PURCHASES) and unit in _PUBLISHED:
        return "other_unit"  # 公布政府采购信息7条 are what was published about purchases
    if kind in DECISIONS and _PAPERS.search(words):
        return "other_subject"  # 公开行政许可文件15件 are papers about licences
    if kind == SOLICITATIONS and "信息" in words:
        return "other_subject"  # 意见征集信息3条 are what was published about them
    if kind == ISSUED and unit in _PUBLISHED and not _ISSUES.search(words):
        return "other_unit"  # 公文1篇 is what was published of that sort
    if kind in STAFF and is_staff_of_a_place(before):
        return "part_of_unknown"
    return None


def _doubt_by_what_follows(
    kind: str, quantity: Quantity, words: str, following: Sequence[str]
) -> str | None:
    """The rules for single statements that ask for the clauses behind."""
    if kind in DISPUTES and following and _UNRELATED.search(following[0]):
        return "other_subject"
    if kind in DISPUTES and following and _OF_ALL_DISPUTES.match(following[0]):
        return "whole_of_others"  # 行政复议案件3件，其中信息公开案件1件
    if kind in (TOTAL, RECEIVED) and _FURTHER.match(words):
        return "part_of_unknown"
    if kind == RECEIVED and "公开" not in words:
        if _ANY_APPLICATION.search(words):
            return "other_subject"
        if any(_OF_INFORMATION.search(one) and find_quantities(one) for one in following[:1]):
            return "whole_of_others"
    if kind == MESSAGES and not _ANSWERED.search(words) and following:
        answered = find_quantities(following[0]) if _ANSWERED.search(following[0]) else []
        if any(q.unit_class == "count" and q.value != quantity.value for q in answered):
            return "other_subject"
    if kind == MESSAGES and _RECEIVED.search(words) and not _ANSWERED.search(words):
        if not any(_ANSWERED.search(one) for one in following):
            return "no_kind"  # 收到来信158件 are not said to be answered
    return None


def is_staff_of_a_place(before: str) -> bool:
    """Whether the clause before one that counts staff names a place inside the issuer's: its
    hall, its library (街道大厅、图书馆作为受理点，配备3名工作人员).

    >>> is_staff_of_a_place("街道大厅作为主动公开受理点"), is_staff_of_a_place("为此")
    (True, False)
    """
    return _PLACE.search(before) is not None and _OURSELVES.search(before) is None


@lru_cache(maxsize=1)
def _bare_number() -> re.Pattern[str]:
    """Finds where a clause begins with a number and no words but 和: most begin with words."""
    return re.compile(rf"[^\w]*[和及或]?[^\w]*(?:{quantity_begins()})")


def _may_except(words: str) -> bool:
    """Whether words have a character of every word for an exception: most have none."""
    return "除" in words or "不" in words or "未" in words


def _states_two(quantity: Quantity, following: str) -> bool:
    """Whether another number of the same classifier follows with nothing that says of what
    (125条、236条; 125条(236条))."""
    if quantity.unit not in following or _bare_number().match(following) is None:
        return False
    found = find_quantities(following)
    if len(found) != 1 or found[0].unit != quantity.unit or found[0].value == quantity.value:
        return False
    rest = following[: found[0].start] + following[found[0].end :]
    return _BARE_NEXT.fullmatch(rest.strip(")(,、。;")) is not None


def _this_year(words: str, later: str) -> bool:
    """Whether the same thing is counted again for this year alone (累计1250条，今年125条): then
    累计 means all years, not the one reported on."""
    channel = _CHANNELS.search(words)
    for sentence in re.split("[。;!?]", later):
        for clause in re.split("[,(:)]", sentence):
            if not _THIS_YEAR.search(clause) or not find_quantities(clause):
                continue
            other = _CHANNELS.search(clause)
            if other is None or (channel is not None and channel[0] in clause):
                return True
    return False
