"""Narrative figures under any text: no crash, no number that is not printed; templates read back."""

from __future__ import annotations

import re
import time
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.document import Paragraph
from ingest.sections import Section
from ingest.statements.narrative import explain_statements, find_statements
from knowledge.model import Entity
from knowledge.text import fold, squeeze

TOWN = Entity("清河镇", "山东省/潍坊市/安丘市")
PIECES = (
    *"，。；：、（）(){}“”《》,.;:-—~ \u3000\n\t一二两十百千0159０９%余约近多上下",
    *(
        "2021年",
        "2020年",
        "截至",
        "累计",
        "历年",
        "自2008年以来",
        "其中",
        "包括",
        "未",
        "没有",
        "无",
    ),
    *(
        "主动公开",
        "政府信息",
        "信息",
        "公开",
        "申请",
        "收到",
        "依申请公开",
        "网站",
        "公众号",
        "微博",
        "公示栏",
    ),
    *(
        "行政复议",
        "维持",
        "上年结转",
        "新收",
        "自然人",
        "财政信息",
        "工作动态",
        "其他",
        "答复",
        "费用",
        "培训",
    ),
    *(
        "条",
        "件",
        "次",
        "万元",
        "人次",
        "清河镇",
        "计划",
        "较",
        "比上年",
        "等",
        "均",
        "报送",
        "每月",
    ),
)


def sections(text: str) -> tuple[Section, ...]:
    return (Section("overview", "一、总体情况", 1, (Paragraph(text, 7),)),)


def read(text: str) -> list[tuple[str, Decimal, str]]:
    return [
        (figure.cell.item.removeprefix("narrative."), figure.value, figure.unit)
        for figure in find_statements(sections(text), TOWN, 2021)
    ]


@settings(max_examples=400, deadline=None)
@given(
    st.one_of(st.text(max_size=200), st.lists(st.sampled_from(PIECES), max_size=60).map("".join))
)
def test_any_text_gives_only_numbers_that_are_printed(text: str) -> None:
    figures, _, omissions = explain_statements(sections(text), TOWN, 2021)
    assert figures == find_statements(sections(text), TOWN, 2021)
    for figure in figures:
        assert figure.quote in text
        assert figure.stated in figure.quote
        digits = re.findall(r"[\d.,]*\d", squeeze(fold(figure.stated)))
        if figure.unit_stated and digits:
            assert str(figure.value) in [run.replace(",", "") for run in digits]
        if not figure.unit_stated:
            assert figure.value == 0
            assert re.search("[未无無没沒]|不存在", figure.stated)
    assert all(omission.stated in text for omission in omissions)


@pytest.mark.parametrize(
    "fragment",
    [
        "主动公开政府信息",
        "公开5条，",
        "其中网站5条、",
        "（",
        "未收到申请",
        "一二三",
        "收到申请5件（",
        "2021年",
        "“公众号”",
        "1,",
        "通过安丘市",
    ],
)
def test_no_text_takes_long(fragment: str) -> None:
    """A paragraph as long as is looked at; the wide bound only tells minutes from moments."""
    text = (fragment * 6000)[:6000]
    begun = time.monotonic()
    explain_statements(sections(text), TOWN, 2021)
    assert time.monotonic() - begun < 10


WHOLES = (
    ("disclosed_total", "主动公开政府信息{}", ("条", "件", "篇")),
    ("disclosed_website", "通过政府网站公开政府信息{}", ("条", "篇")),
    ("applications_received", "共收到政府信息公开申请{}", ("件", "条", "份", "宗", "次")),
    ("applications_answered", "答复政府信息公开申请{}", ("件", "份")),
    ("hotline_cases", "办理12345热线工单{}", ("件", "条", "起")),
    ("proposals_npc", "承办人大代表建议{}", ("件", "条")),
    ("trainings", "举办政务公开培训{}", ("次", "期", "场")),
    ("documents_issued", "全年共发文{}", ("件", "份")),
    ("penalties", "作出行政处罚决定{}", ("件", "起")),
    ("open_days", "举办政府开放日活动{}", ("次", "场")),
)
PARTS = (
    ("disclosed_website", "网站公开{}"),
    ("disclosed_wechat", "微信公众号发布{}"),
    ("disclosed_media.weibo", "微博发布{}"),
    ("disclosed_media.douyin", "抖音发布{}"),
    ("disclosed_notice_board", "公示栏公开{}"),
    ("disclosed_category.affairs", "工作动态类信息{}"),
    ("disclosed_category.finance", "财政信息{}"),
    ("disclosed_category.personnel", "人事信息{}"),
)
numbers = st.integers(0, 99_999)


@st.composite
def printed(draw: st.DrawFn, value: int, unit: str) -> str:
    shapes = [f"{value}{unit}", f"共{value}{unit}", f" {value} {unit}"]
    if value >= 1000:
        shapes.append(f"{value:,}{unit}")
    full = str(value).translate({ord(str(n)): chr(0xFF10 + n) for n in range(10)})
    return draw(st.sampled_from([*shapes, full + unit]))


@settings(max_examples=120, deadline=None)
@given(st.data())
def test_statements_side_by_side_read_back(data: st.DataObject) -> None:
    """Any of the wholes in any order, with any number, classifier and stop between them."""
    chosen = data.draw(st.lists(st.sampled_from(WHOLES), min_size=1, max_size=5, unique=True))
    text, expected = "", []
    for kind, template, units in chosen:
        value, unit = data.draw(numbers), data.draw(st.sampled_from(units))
        start = data.draw(st.sampled_from(["", "2021年，", "全年", "我镇", "清河镇"]))
        text += start + template.format(data.draw(printed(value, unit))) + "。"
        expected.append((kind, Decimal(value), unit))
    assert read(text) == expected


@settings(max_examples=120, deadline=None)
@given(st.data())
def test_lists_read_back_whole_or_not_at_all(data: st.DataObject) -> None:
    """A total with its parts; of another year none of them is the report's own."""
    parts = data.draw(st.lists(st.sampled_from(PARTS), min_size=1, max_size=6, unique=True))
    total = data.draw(numbers)
    year = data.draw(st.sampled_from(["2021年", "全年", "2020年"]))
    stop = data.draw(st.sampled_from(["，", "、"]))
    words, expected = [], [("disclosed_total", Decimal(total), "条")]
    for kind, template in parts:
        value = data.draw(numbers)
        words.append(template.format(data.draw(printed(value, "条"))))
        expected.append((kind, Decimal(value), "条"))
    text = f"{year}主动公开政府信息{total}条，其中{stop.join(words)}。"
    assert read(text) == ([] if year == "2020年" else expected)


def test_why_a_clause_gave_nothing() -> None:
    text = (
        "2020年公开信息5条。计划公开信息6条。上半年公开信息7条。向县政府网站报送信息8条。"
        "依申请公开信息0条。主动公开武装信息9条。受理5申请。通过公众号等方式，发布信息30条。"
    )
    _, asides, omissions = explain_statements(sections(text), TOWN, 2021)
    assert [(aside.value, aside.why) for aside in asides] == [
        (Decimal(5), "other_year"),
        (Decimal(6), "planned"),
        (Decimal(7), "part_of_year"),
    ]
    assert [omission.reason for omission in omissions] == [
        "not_disclosure",
        "document_class",
        "unknown_words",
        "no_classifier",
        "subject_before",
    ]
    assert omissions[2].detail == "武装"


@pytest.mark.parametrize(
    ("town", "text", "count"),
    [
        ("鼓楼街道", "街道公开信息5条。", 5),
        ("鼓楼街道", "全街公开信息5条。", 5),
        ("鼓楼街道", "鼓楼街道办事处公开信息5条。", 5),
        ("鼓楼街道", "官庄街道公开信息5条。", None),
        ("清河镇", "街道公开信息5条。", None),
        ("达来苏木", "苏木政府公开信息5条。", 5),
        ("清河镇", "苏木政府公开信息5条。", None),
    ],
)
def test_whose_figure_by_the_kind_of_issuer(town: str, text: str, count: int | None) -> None:
    """A count of the 街道 in the report of a county or a town is not its own."""
    figures = find_statements(sections(text), Entity(town), 2021)
    assert [figure.value for figure in figures] == ([] if count is None else [Decimal(count)])
