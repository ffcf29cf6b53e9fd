"""Whatever is asked: every number of a reply stands in its facts, in what was computed from them,
or tells how many places and years there are."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.conversation.assistant import Assistant
from bot.conversation.dialogue import Dialogue
from bot.wording.reply import Reply
from bot.wording.sentences import load_sentences
from knowledge import query
from knowledge.catalogue import load_catalogue
from knowledge.store import Store
from tests.question_cases import Conversation, load_cases, load_conversations

TODAY = date(2025, 3, 10)
TWELVE = [case.wording for case in load_cases() if case.store == "twelve"]
TALKS = [talk for talk in load_conversations() if talk.store == "twelve"]

PLACES = (
    "湟源县城关镇", "大通县城关镇", "城关镇", "大华镇", "和平乡", "日月藏族乡", "申中乡", "东峡乡", "东峡镇", "新庄镇",
    "平安镇", "平台镇", "海明街道", "湟源县", "大通县", "洮北区", "西宁市", "官庄镇", "全县", "各乡镇", "哪个镇", "哪些镇",
)  # fmt: skip
YEARS = (
    "2019年",
    "2020年",
    "2021年",
    "2022年",
    "2023年",
    "2024年",
    "去年",
    "历年",
    "近三年",
    "2019到2022年",
    "2018年",
    "",
)
MEASURES = (
    "收到多少申请", "收到的申请", "予以公开几件", "不予公开", "行政复议", "行政诉讼几件", "上年结转", "结转下年度", "公开多少条信息",
    "公众号发了多少条", "自然人申请", "企业申请几件", "采购金额", "行政许可几件", "行政处罚", "收费多少钱", "现行有效规范性文件", "公开率",
)  # fmt: skip
OPERATIONS = (
    "", "", "最多", "最少", "前三", "排第几", "合计", "平均", "占比", "同比", "比2020年", "比大华镇多多少", "趋势", "超过3件", "不到5件",
    "为零", "6件吗", "有没有", "几倍", "差多少", "连续三年下降的有哪些", "平均每月", "哪年最多", "增长了多少", "对吗", "排名",
)  # fmt: skip


@lru_cache(maxsize=1)
def _counting_sentences() -> re.Pattern[str]:
    """Sentences of the wording that tell how many places or years there are."""
    sentences: list[str] = []
    for language in ("zh-Hans", "zh-Hant", "en"):
        tables = load_sentences(language)
        outcomes = tables["outcome"]
        sentences += [*tables["lack"].values(), *tables["note"].values()]
        sentences += tables["reason"].values()
        sentences += [outcomes[key] for key in ("coverage", "coverage_full", "more", "strict")]
        sentences += [tables["aggregate"]["rest"], tables["aggregate"]["month_working"]]
        sentences += tables["clarify"].values()
    patterns = []
    for sentence in sentences:
        pieces = re.split(r"\{\w+\}", sentence)
        patterns.append(".*".join(map(re.escape, pieces)) + ".*")
    return re.compile("|".join(sorted(patterns, key=len, reverse=True)))


_EVIDENCE = re.compile(r"^[\s　]*(?:📄|原文|《|✓|⚠|·.*：\d{4}|　)")
_NUMBER = re.compile(r"(?<![\d.])\d[\d,]*(?:\.\d+)?")


def _told_numbers(reply: Reply) -> set[Decimal]:
    """The numbers that a reply states itself: not those of quotes, titles, lists and counts."""
    numbers: set[Decimal] = set()
    for line in reply.text.splitlines():
        if _EVIDENCE.match(line) or _counting_sentences().fullmatch(line.strip()):
            continue
        bare = re.sub(r"“[^”]*”|《[^》]*》|^\d+\. |（[^（）]*年[^（）]*）", " ", line)
        numbers |= {Decimal(number.replace(",", "")) for number in _NUMBER.findall(bare)}
    return numbers


_known: dict[Path, frozenset[tuple[object, ...]]] = {}


def _stored(store: Store) -> frozenset[tuple[object, ...]]:
    """Every fact of a store that does not change meanwhile, read once."""
    (row,) = store.connection.execute("PRAGMA database_list").fetchall()
    path = Path(row[2])
    if path not in _known:
        _known[path] = frozenset(
            (f.entity.name, f.entity.county, f.year, f.cell.item, f.cell.column, f.value)
            for f in query.every_fact(store)
        )
    return _known[path]


def _check(store: Store, reply: Reply) -> None:
    data = reply.data
    if data["status"] != "answered":
        assert not data["facts"]
        assert not data["computed"]
        return
    stored = _stored(store)
    named = data["interpretation"]
    places = {(entity["entity"], entity["county"]) for entity in named["entities"]}
    names = "".join(s.name for s in load_catalogue().statements.values())
    allowed = {Decimal(number) for number in re.findall(r"\d+", names)}  # 12345热线
    allowed |= {Decimal(year) for year in named["years"]} | {Decimal(12)}
    for fact in data["facts"]:
        value = Decimal(str(fact["value"]))
        key = (fact["entity"], fact["county"], fact["year"], fact["item"], fact["column"], value)
        assert key in stored
        assert (fact["entity"], fact["county"]) in places
        assert fact["year"] in named["years"]
        allowed.add(value)
    for computed in data["computed"]:
        allowed |= {Decimal(str(computed["value"])), abs(Decimal(str(computed["value"])))}
        allowed.add(Decimal(len(computed["of"])))  # 由报告中的 8 格相加
        assert all(0 <= place < len(data["facts"]) for place in computed["of"])
    if named["intent"] in ("passage", "meta", "coverage", "help", "profile"):
        return  # their words are the reports' own, and what they count are reports
    if named["intent"] in ("filter", "exists"):
        allowed.add(Decimal(0))  # 不是 0 的地方: the bound, no figure
    completed = " ".join(re.findall("（接上一问，按“([^”]*)”", reply.text))  # 超过8件, said before
    asked = f"{data['question']} {completed}"
    task_numbers = {Decimal(n) for n in re.findall(r"\d+", asked)} | set(
        map(Decimal, range(1, 6))  # 连续三年, 前三 as the question has them
    )
    assert _told_numbers(reply) <= allowed | task_numbers, reply.text


@given(
    st.sampled_from(PLACES),
    st.sampled_from(YEARS),
    st.sampled_from(MEASURES),
    st.sampled_from(OPERATIONS),
    st.permutations(range(4)),
)
@settings(max_examples=200)
def test_any_place_year_measure_and_operation(
    twelve: Store, place: str, year: str, measure: str, operation: str, order: list[int]
) -> None:
    words = (place, year, measure, operation)
    _check(twelve, Assistant(twelve, lambda: TODAY).ask("".join(words[n] for n in order)))


@given(st.sampled_from(TWELVE), st.sampled_from(PLACES), st.sampled_from(YEARS))
@settings(max_examples=100)
def test_cases_with_places_and_years_swapped(
    twelve: Store, wording: str, place: str, year: str
) -> None:
    swapped = re.sub(r"[^，、的]{2,6}(?:镇|乡|街道)", place, wording, count=1)
    swapped = re.sub(r"20\d\d年", year, swapped, count=1)
    _check(twelve, Assistant(twelve, lambda: TODAY).ask(swapped))


@given(st.sampled_from(TALKS), st.sampled_from(TALKS), st.integers(0, 5))
@settings(max_examples=60)
def test_turns_of_one_conversation_within_another(
    twelve: Store, first: Conversation, second: Conversation, cut: int
) -> None:
    dialogue = Dialogue(Assistant(twelve, lambda: TODAY))
    turns = [turn.wording for turn in first.turns[:cut]]
    turns += [turn.wording for turn in second.turns[1:]]
    for wording in turns:
        _check(twelve, dialogue.say(wording))
