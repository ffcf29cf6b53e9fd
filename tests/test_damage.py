"""Damage of mirrors and extractors: mended, or named and not stored."""

from __future__ import annotations

from decimal import Decimal

import pytest

from ingest.damage import NO_DAMAGE, repair
from ingest.document import Document, Paragraph
from ingest.pipeline import parse_report
from ingest.readers.text import read_text
from knowledge.errors import InputRejected
from knowledge.model import CellId, Report

HEAD = "景芝镇2021年政府信息公开工作年度报告\n一、总体情况\n"
REST = "\n二、主动公开政府信息情况\n略。\n三、收到和处理政府信息公开申请情况\n略。\n"


def read(overview: str, rest: str = REST) -> Report:
    return parse_report(read_text((HEAD + overview + rest).encode(), "a.txt"), "a.txt")


def values(report: Report, item: str) -> list[Decimal]:
    return [f.value for f in report.figures if f.cell.item == item]


def damaged(report: Report) -> list[str]:
    return [f.text for f in report.findings if f.rule == "damaged_text"]


def document(*lines: str) -> Document:
    return Document(tuple(Paragraph(line, n) for n, line in enumerate(lines, 1)))


def test_a_sound_document_comes_back_itself() -> None:
    sound = document("景芝镇2021年政府信息公开工作年度报告", "（一）主动公开（共37条）", "x")
    mended, damage = repair(sound)
    assert mended is sound
    assert damage == NO_DAMAGE


@pytest.mark.parametrize(
    ("printed", "mended"),
    [
        ("報(bào)告", "報告"),
        ("景芝鎮（zhèn）人民政府", "景芝鎮人民政府"),
        ("網(wǎng)站公開(kāi)37條", "網站公開37條"),
        ("?。ㄒ唬┲鲃庸_", "（一）┲鲃庸_"),
        ("。ǘ┮郎暾", "（二）┮郎暾"),
        ("公众号(app)", "公众号"),
    ],
)
def test_what_is_mended(printed: str, mended: str) -> None:
    made, _ = repair(document(printed))
    assert [p.text for p in made.paragraphs()] == [mended]


@pytest.mark.parametrize(
    "text", ["（一）主动公开", "网址(www.gov.cn)", "合计(37)", "LED(屏)", "abc(def)"]
)
def test_what_is_left_as_it_is(text: str) -> None:
    made, _ = repair(document(text))
    assert [p.text for p in made.paragraphs()] == [text]


def test_figures_between_pinyin_are_read_and_quoted_as_printed() -> None:
    report = read("2021年，我鎮(zhèn)共主動(dòng)公開(kāi)政府信息37條(tiáo)。")
    assert values(report, "narrative.disclosed_total") == [Decimal(37)]
    (figure,) = [
        f for f in report.figures if f.cell == CellId("narrative.disclosed_total", "total")
    ]
    assert "公開(kāi)政府信息37條" in figure.stated
    assert "我鎮(zhèn)共主動(dòng)公開(kāi)" in figure.quote
    assert damaged(report) == []


@pytest.mark.parametrize(
    "sign",
    [
        "统计期限自202111日起至20211231日止。",
        "于1225日收到。",
        "国办公开办函〔202130号。",
        "20241月1日起。",
    ],
)
def test_lost_characters_between_digits_make_long_figures_uncertain(sign: str) -> None:
    report = read(f"{sign}2021年，我镇共主动公开政府信息203条。2021年收到政府信息公开申请3件。")
    assert values(report, "narrative.disclosed_total") == []
    assert values(report, "narrative.applications_received") == [Decimal(3)]
    (text,) = damaged(report)
    assert "203" in text
    assert "没有存" in text


@pytest.mark.parametrize(
    "sound",
    [
        "自2021年1月1日起。",
        "20个工作日内答复。",
        "于12月25日收到。",
        "国办公开办函〔2021〕30号。",
        "答复时限120日。",
        "20211231",
    ],
)
def test_sound_dates_are_no_damage(sound: str) -> None:
    report = read(f"{sound}2021年，我镇共主动公开政府信息203条。")
    assert values(report, "narrative.disclosed_total") == [Decimal(203)]
    assert damaged(report) == []


def test_money_without_its_point_is_unread_where_characters_were_lost() -> None:
    table = (
        "\n二、主动公开政府信息情况\n"
        "第二十条第（八）项\n信息内容 | 本年收费金额（单位：万元）\n行政事业性收费 | 226692\n"
        "三、收到和处理政府信息公开申请情况\n略。\n"
    )
    sound = read("2021年，我镇依法公开。", table)
    report = read("自202111日起。", table)
    cell = CellId("fees", "amount")
    filled = [f.cell for f in sound.figures if f.value == 226692]
    assert len(filled) == 1, cell
    assert [f for f in report.figures if f.value == 226692] == []
    assert filled[0] in [gap.cell for gap in report.gaps if gap.kind == "unread"]


def test_few_masked_figures_are_named() -> None:
    (text,) = damaged(read("2021年，我镇公开信息***条，发布公告xx条。"))
    assert "2 处" in text


def test_many_masked_figures_are_a_template() -> None:
    with pytest.raises(InputRejected, match="范文或模板"):
        read("我镇公开信息xxxx条，发布公告xx条，答复xx件。")


def test_repeated_lines_removed() -> None:
    labels = [
        "信息内容", "规章", "行政规范性文件", "行政许可", "行政处罚", "行政强制", "行政事业性收费", "自然人",
        "商业企业", "科研机构", "社会公益组织", "法律服务机构", "一、本年新收政府信息公开申请数量",
        "二、上年结转政府信息公开申请数量", "（一）予以公开", "1.属于国家秘密", "5.属于三类内部事务信息",
        "四、结转下年度继续办理",
    ]  # fmt: skip
    prose = [f"第{n}段文字，讲公开工作的第{n}方面。" for n in range(30)]
    _, damage = repair(document(*labels, "0", *prose))
    assert damage.deduplicated
    _, sound = repair(document(*labels, "0", "0", *prose))
    assert not sound.deduplicated
    _, short = repair(document(*labels, "0"))
    assert not short.deduplicated


@pytest.mark.parametrize(
    "text",
    [
        "(a" * 50_000,
        "*" * 100_000,
        "x" * 100_000,
        "20" * 50_000,
        "报(bào)" * 20_000,
        "〔2" * 50_000,
    ],
)
def test_hostile_text_takes_linear_time(text: str) -> None:
    _, damage = repair(document(text))
    assert damage.deduplicated is False
