"""Where the sections of a report begin: headings in all variants, and lines that are none."""

from __future__ import annotations

import pytest

from ingest.document import Document, Paragraph
from ingest.headings import NUMBER_BEGINNINGS, number_of
from ingest.readers.text import read_text
from ingest.sections import find_sections, section_texts


def cut(*lines: str) -> list[tuple[str | None, str | None, list[str]]]:
    document = Document(tuple(Paragraph(line, n) for n, line in enumerate(lines, 1)))
    return [
        (s.key, s.heading, [b.text for b in s.blocks if isinstance(b, Paragraph)])
        for s in find_sections(document)
    ]


def keys(*lines: str) -> list[str | None]:
    return [key for key, _, _ in cut(*lines)][1:]


@pytest.mark.parametrize(
    ("heading", "key"),
    [
        ("一、总体情况", "overview"),
        ("一、总体情", "overview"),
        ("一 概 述", "overview"),
        ("一、概  述", "overview"),
        ("一、基本情况", "overview"),
        ("一、信息公开工作概述", "overview"),
        ("一、工作总体推进情况", "overview"),
        ("—、总体情况", "overview"),
        ("1、 总体情况", "overview"),
        ("总体情况", "overview"),
        ("一、總體情況", "overview"),
        ("一、一、总体情况", "overview"),
        ("第一部分 总体情况", None),
        ("二、主动公开政府信息情况", "disclosure"),
        ("二、行政机关主动公开政府信息的情况", "disclosure"),
        ("二、主动公开信息情况", "disclosure"),
        ("二、主动公开政府政府情况", "disclosure"),
        ("二 政府信息主动公开情况", "disclosure"),
        ("二、主動公開政府信息情況", "disclosure"),
        ("二．主动公开政府信息情况", "disclosure"),
        ("三、收到和处理政府信息公开申请情况", "applications"),
        ("三、收到和处理【某某网】申请情况", "applications"),
        ("三、依申请公开政府信息办理情况", "applications"),
        ("三、依申请公开和不予公开政府信息情况", "applications"),
        ("行政机关收到和处理政府信息公开申请情况", "applications"),
        ("四、政府信息公开行政复议、行政诉讼情况", "reviews"),
        ("四、复议、诉讼和申诉情况", "reviews"),
        ("四、因政府信息公开工作被申请行政复议、提起行政诉讼情况", "reviews"),
        ("五、存在的主要问题及改进情况", "problems"),
        ("五、存在问题及下一步工作打算", "problems"),
        ("五、信息公开的建议和下一步工作思考", "problems"),
        ("六、其他需要报告的事项", "other"),
        ("六、其它需要报告的事", "other"),
        ("七、需要说明的事项与附表", "other"),
    ],
)
def test_a_heading(heading: str, key: str | None) -> None:
    found = cut("标题", heading, "文字。")
    if key is None:
        return
    assert [k for k, _, _ in found] == ["preamble", key]
    assert found[1][2] == ["文字。"]


@pytest.mark.parametrize(
    "line",
    [
        "一、本年新收政府信息公开申请数量",
        "三、本年度办理结果",
        "四、结转下年度继续办理",
        "四、结转下年度继续办理 0 0 0 0 0 0 0",
        "（一）予以公开",
        "一是总体情况良好。",
        "一、总体情况良好，二、公开及时。",
        "2021年，主动公开政府信息情况良好。",
        "1.5万人",
        "三、四季度主动公开情况统计如下，请审阅。",
        "主动公开政府信息情况统计表说明",
    ],
)
def test_no_heading(line: str) -> None:
    assert keys("标题", line, "文字。") == []


def test_the_six_sections_and_nothing_lost() -> None:
    lines = [
        "题", "一、总体情况", "甲。", "二、主动公开政府信息情况", "三、收到和处理政府信息公开申请情况",
        "四、政府信息公开行政复议、行政诉讼情况", "五、存在的主要问题及改进情况", "乙。",
        "六、其他需要报告的事项", "无。",
    ]  # fmt: skip
    found = cut(*lines)
    assert [key for key, _, _ in found] == [
        "preamble", "overview", "disclosure", "applications", "reviews", "problems", "other",
    ]  # fmt: skip
    assert [line for _, heading, own in found for line in ([heading] if heading else []) + own] == (
        lines
    )


def test_the_older_structure() -> None:
    assert keys(
        "一、概述", "二、主动公开政府信息情况", "三、依申请公开政府信息和不予公开政府信息情况",
        "四、政府信息公开的收费及减免情况", "五、因政府信息公开申请行政复议、提起行政诉讼的情况",
        "六、存在的主要问题及改进措施", "七、其他需要报告的事项",
    ) == ["overview", "disclosure", "applications", None, "reviews", "problems", "other"]  # fmt: skip


def test_a_fee_section_is_not_the_one_on_applications() -> None:
    assert keys("二、依申请公开情况", "三、依申请信息公开收费情况") == ["applications", None]


def test_text_glued_to_its_heading() -> None:
    found = cut(
        "一、总体情况2021年，我镇主动公开37条。", "二、主动公开政府信息情况：我镇依法公开。"
    )
    assert found[1] == ("overview", "一、总体情况", ["2021年，我镇主动公开37条。"])
    assert found[2] == ("disclosure", "二、主动公开政府信息情况", ["我镇依法公开。"])


def test_headings_inside_one_long_line() -> None:
    line = (
        "根据条例规定编制本报告，欢迎查阅本报告全文，如有疑问请来电咨询我镇办公室。 "
        "一、总体情况 2021年，我镇公开37条。 五、存在的主要问题及改进情况 我镇还有不足。"
    )
    found = cut(line)
    assert [key for key, _, _ in found] == ["preamble", "overview", "problems"]
    assert found[1][2] == ["2021年，我镇公开37条。"]
    assert found[2][2] == ["我镇还有不足。"]


def test_a_list_of_the_parts_is_no_heading() -> None:
    line = "本报告由一、总体情况；二、主动公开政府信息情况；三、存在的主要问题及改进情况等部分组成，全文公布。"
    assert keys(line) == []


def test_a_table_of_contents_is_passed_over() -> None:
    contents = ["一、总体情况", "二、主动公开政府信息情况", "三、收到和处理政府信息公开申请情况"]
    found = cut("目录", *contents, contents[0], "甲。", contents[1], "乙。", contents[2], "丙。")
    assert [(key, own) for key, _, own in found[1:]] == [
        ("overview", ["甲。"]),
        ("disclosure", ["乙。"]),
        ("applications", ["丙。"]),
    ]


def test_headings_of_lost_tables_stay_headings() -> None:
    assert keys(
        "一、总体情况", "甲。", "二、主动公开政府信息情况", "三、收到和处理政府信息公开申请情况",
        "四、政府信息公开行政复议、行政诉讼情况", "五、存在的主要问题及改进情况",
    ) == ["overview", "disclosure", "applications", "reviews", "problems"]  # fmt: skip


def test_arabic_numbers_mark_parts_where_chinese_ones_mark_sections() -> None:
    assert keys(
        "一、总体情况", "1.主动公开情况", "甲。", "2.依申请公开情况", "乙。", "3.存在问题", "丙。",
        "二、主动公开政府信息情况", "三、收到和处理政府信息公开申请情况",
        "五、存在的主要问题及改进情况",
    ) == ["overview", "disclosure", "applications", "problems"]  # fmt: skip


def test_an_arabic_number_among_chinese_ones_is_the_section() -> None:
    assert keys("1、 总体情况", "甲。", "二、主动公开政府信息情况", "3、收到和处理政府信息公开申请情况") == [
        "overview", "disclosure", "applications",
    ]  # fmt: skip


def test_bracketed_sections_where_no_others_are() -> None:
    assert keys(
        "（一）总体情况", "甲。", "（二）主动公开政府信息情况", "（三）收到和处理政府信息公开申请情况",
    ) == ["overview", "disclosure", "applications"]  # fmt: skip
    assert keys("一、总体情况", "（一）主动公开情况", "（二）依申请公开情况") == ["overview"]


def test_numbers_that_restart_stay_inside_their_section() -> None:
    found = cut(
        "一、总体情况", "甲。", "二、主动公开政府信息情况", "五、存在的主要问题及改进情况",
        "一、存在的主要问题", "主动公开不足。", "二、改进措施", "明年公开100条。",
    )  # fmt: skip
    assert [key for key, _, _ in found[1:]] == ["overview", "disclosure", "problems"]
    assert found[3][2][-1] == "明年公开100条。"


def test_numbers_jump_and_repeat() -> None:
    assert keys(
        "一、总体情况", "三、主动公开政府信息情况", "三、收到和处理政府信息公开申请情况",
        "四、存在的主要问题及改进情况",
    ) == ["overview", "disclosure", "applications", "problems"]  # fmt: skip


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("（一）主动公开", "（二）依申请公开"),
        ("(一) 主动公开", "(二) 依申请公开"),
        ("一)主动公开", "三)政府信息管理"),
        ("1.主动公开", "2.依申请公开"),
        ("(1)主动公开", "(2)依申请公开"),
        ("一是主动公开。", "二是依申请公开。"),
    ],
)
def test_parts_of_a_section(first: str, second: str) -> None:
    lines = ["一、总体情况", first, "甲。", second, "乙。"]
    document = Document(tuple(Paragraph(line, n) for n, line in enumerate(lines, 1)))
    parts = [text for text in section_texts(find_sections(document)) if text.level == 2]
    assert [(part.text, part.line) for part in parts] == [
        (f"{first}\n甲。", 2),
        (f"{second}\n乙。", 4),
    ]


def test_rows_of_the_form_are_no_parts() -> None:
    lines = ["三、收到和处理政府信息公开申请情况", "（一）予以公开", "0", "（二）部分公开", "0"]
    document = Document(tuple(Paragraph(line, n) for n, line in enumerate(lines, 1)))
    assert [text.level for text in section_texts(find_sections(document))] == [1]


def test_a_whole_text_with_a_bar_at_its_end_is_no_row() -> None:
    prose = "全镇依法公开信息，做好答复。" * 30
    text = f"清河镇人民政府2016年政府信息公开年度报告 一、概述 {prose} 二、主动公开情况 全年主动公开政府信息37条。 三、依申请公开情况 未收到申请。 |\n"
    document = read_text(text.encode(), "a.txt")
    assert all(isinstance(block, Paragraph) for block in document.blocks)
    assert [section.key for section in find_sections(document)][:2] == ["preamble", "overview"]


def test_a_number_may_stand_behind_any_blank() -> None:
    blanks = {character for character in map(chr, range(0x110000)) if character.isspace()}
    assert blanks <= NUMBER_BEGINNINGS
    assert all(number_of(f"{blank}一、总体情况") for blank in blanks)
