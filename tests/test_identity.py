"""Who issued a report and for which year: the witnesses in their order, never a guess."""

from __future__ import annotations

import pytest

from ingest.manifest import ManifestRow
from ingest.pipeline import parse_report
from ingest.readers.text import read_text
from knowledge.errors import InputRejected
from knowledge.model import Report

BODY = """
一、总体情况
我镇依法公开政府信息。
二、主动公开政府信息情况
略。
三、收到和处理政府信息公开申请情况
略。
"""


def read(head: str, tail: str = "", row: ManifestRow | None = None, body: str = BODY) -> Report:
    return parse_report(read_text(f"{head}\n{body}\n{tail}\n".encode(), "a.txt"), "a.txt", row)


@pytest.mark.parametrize(
    ("title", "entity", "year"),
    [
        ("景芝镇人民政府2020年政府信息公开工作年度报告", "景芝镇", 2020),
        ("景芝镇人民政府\n\n2020 年政府信息公开工作年度报告", "景芝镇", 2020),
        ("景芝镇人民政府2020年政府\n信息公开工作年度报告", "景芝镇", 2020),
        ("景芝镇人民政府\n2020年政府信息公开工作\n年度报告", "景芝镇", 2020),
        ("景芝镇人民政府2020年政府信息公开工作年度报告\n\n告", "景芝镇", 2020),
        ("景芝镇人民政府2020年政府信息公开工作年度报", "景芝镇", 2020),
        ("2020年景芝镇政府信息公开工作年度报告", "景芝镇", 2020),
        ("2020年度景芝镇人民政府政府信息公开年度报告", "景芝镇", 2020),
        ("景芝镇2020年度政府信息公开工作年度报告", "景芝镇", 2020),
        ("景芝镇2020年信息公开年报", "景芝镇", 2020),
        ("景芝镇2020年政务公开年报", "景芝镇", 2020),
        ("景芝镇2020年度政府信息公开工作总结", "景芝镇", 2020),
        ("景芝镇关于2020年度政府信息公开情况的报告", "景芝镇", 2020),
        ("2020景芝镇2020年度政府信息公开工作年度报告", "景芝镇", 2020),
        ("景芝鎮人民政府2020年政府信息公開工作年度報告", "景芝镇", 2020),
        ("景芝镇人民政府２０２０年政府信息公开工作年度报告", "景芝镇", 2020),
        ("景芝镇人民政府办公室2020年政府信息公开工作年度报告", "景芝镇", 2020),
        ("鼓楼街办2020年政府信息公开工作年度报告", "鼓楼街道", 2020),
        ("鼓楼街道办事处2020年政府信息公开工作年度报告", "鼓楼街道", 2020),
        ("鼓楼街2020年政府信息公开工作年度报告", "鼓楼街道", 2020),
        ("临泽县自然资源局2020年政府信息公开工作年度报告", "临泽县自然资源局", 2020),
    ],
)
def test_titles(title: str, entity: str, year: int) -> None:
    report = read(title)
    assert (report.entity.name, report.year) == (entity, year)
    assert not report.inferred


@pytest.mark.parametrize(
    "mark",
    [
        "（更正）", "（更正版）", "更正", "（修订版）", "（重新发布）", "（重新公布）", "(修订稿)",
        "【更正】", "〔重新公开〕", "更正版", "修订稿", "——更正", "（2021年3月更正）", " （更正后）",
        "\n（更正版）", "\n\n更正", "（更\n正）",
    ],
)  # fmt: skip
def test_a_re_issue_says_so_behind_its_title(mark: str) -> None:
    for title in (
        "安丘市景芝镇人民政府2020年政府信息公开工作年度报告",
        "2020年安丘市景芝镇政府信息公开年报",
    ):
        made = read(title + mark)
        assert (made.entity.name, made.entity.county, made.year) == ("景芝镇", "安丘市", 2020)
        assert (made.title, made.corrected) == (title + "".join(mark.split()), True)
        assert not made.inferred


def test_a_re_issue_may_say_so_in_front_or_in_the_manifest() -> None:
    title = "景芝镇人民政府2020年政府信息公开工作年度报告"
    made = read("（更正）" + title)
    assert (made.title, made.corrected, made.inferred) == ("（更正）" + title, True, False)
    row = ManifestRow("a.txt", title=title + "（更正）")
    made = read(title, row=row)
    assert (made.title, made.corrected) == (title, True)
    assert (read("", row=row).entity.name, read("", row=row).corrected) == ("景芝镇", True)
    assert not read(title).corrected


@pytest.mark.parametrize("tail", ["解读", "（解读）", "更正情况的说明", "（更正）问答"])
def test_other_words_behind_a_title_make_it_none(tail: str) -> None:
    with pytest.raises(InputRejected, match="解读.*manifest.csv"):
        read("景芝镇人民政府2020年政府信息公开工作年度报告" + tail)


@pytest.mark.parametrize(
    ("title", "entity", "county"),
    [
        ("安丘市景芝镇人民政府2020年政府信息公开工作年度报告", "景芝镇", "安丘市"),
        ("山东省潍坊市安丘市景芝镇2020年政府信息公开工作年度报告", "景芝镇", "安丘市"),
        ("孟州市南庄镇人民政府2020年政府信息公开工作年度报告", "南庄镇", "孟州市"),
        ("南庄镇人民政府2020年政府信息公开工作年度报告", "南庄镇", None),
        ("会昌县中村乡2020年政府信息公开工作年度报告", "中村乡", "会昌县"),
        ("开化县中村乡2020年政府信息公开工作年度报告", "中村乡", "开化县"),
        ("中村乡2020年政府信息公开工作年度报告", "中村乡", None),
        ("官坡镇2020年政府信息公开工作年度报告", "官坡镇", "卢氏县"),
        ("清河湾镇2020年政府信息公开工作年度报告", "清河湾镇", None),
    ],
)
def test_county_in_front_or_unique_in_the_country(
    title: str, entity: str, county: str | None
) -> None:
    report = read(title)
    assert (report.entity.name, report.entity.county) == (entity, county)


def test_a_shared_name_takes_the_county_that_the_text_names() -> None:
    body = BODY.replace("我镇", "按照孟州市人民政府要求，我镇")
    report = read("南庄镇人民政府2020年政府信息公开工作年度报告", body=body)
    assert report.entity.county == "孟州市"


def test_the_signature_alone_names_the_issuer_and_is_marked() -> None:
    period = "本报告统计期限自2020年1月1日起至2020年12月31日止。"
    report = read(period, "安丘市景芝镇人民政府\n2021年1月26日")
    assert (report.entity.name, report.entity.county, report.year) == ("景芝镇", "安丘市", 2020)
    assert report.inferred


@pytest.mark.parametrize("title", ["2020年政府信息公开年报", "2020年政府信息公开工作年度报告"])
def test_a_title_without_an_issuer_is_helped_by_the_text(title: str) -> None:
    report = read(title, "景芝镇人民政府\n2021年1月26日")
    assert (report.entity.name, report.year, report.inferred) == ("景芝镇", 2020, True)


def test_a_date_of_publication_is_no_year() -> None:
    with pytest.raises(InputRejected, match="year"):
        read("发布时间：2021-01-26", "景芝镇人民政府\n2021年1月26日")


@pytest.mark.parametrize(
    ("head", "wanted"),
    [
        ("", "entity"),
        ("2020年政府信息公开工作年度报告", "entity"),
        ("景芝镇政府信息公开工作", "year|entity"),
    ],
)
def test_nothing_known_is_set_aside_with_what_to_do(head: str, wanted: str) -> None:
    with pytest.raises(InputRejected, match=wanted) as caught:
        read(head)
    assert "manifest.csv" in caught.value.reason
    assert "\n" not in caught.value.reason


def test_two_other_towns_are_no_issuer() -> None:
    body = BODY.replace("我镇", "学习官坡镇人民政府和景芝镇人民政府的做法，我镇2020年")
    with pytest.raises(InputRejected, match="entity"):
        read("", body=body)


def test_the_manifest_wins() -> None:
    row = ManifestRow("a.txt", entity="木耳镇", region="重庆市/渝北区", year=2019)
    report = read("景芝镇人民政府2020年政府信息公开工作年度报告", row=row)
    assert (report.entity.name, report.entity.county, report.year) == ("木耳镇", "渝北区", 2019)
    assert report.inferred  # against its own title, so no figure goes out without a caution
    assert [f.rule for f in report.findings].count("identity_disagrees") == 2


@pytest.mark.parametrize(
    ("region", "wanted"),
    [
        ("河南省焦作市孟州市", "河南省/焦作市/孟州市"),
        ("河南省/焦作市/孟州市", "河南省/焦作市/孟州市"),
        ("/河南省/焦作市/孟州市/", "河南省/焦作市/孟州市"),
        ("河南省 焦作市 孟州市", "河南省/焦作市/孟州市"),
        ("河南省孟州市", "河南省/焦作市/孟州市"),
        ("孟州市", "河南省/焦作市/孟州市"),
        ("河南省/某某市/新设区", "河南省/某某市/新设区"),
        ("河南省/焦作市", "河南省/焦作市"),
        ("新设区", "新设区"),
    ],
)
@pytest.mark.parametrize("entity", ["南庄镇", "孟州市财政局", "南庄镇财政所"])
def test_a_region_of_the_manifest(region: str, wanted: str, entity: str) -> None:
    row = ManifestRow("a.txt", entity=entity, region=region, year=2020)
    assert read("", row=row).entity.region == wanted


@pytest.mark.parametrize("entity", ["南庄镇财政所", "南庄镇中心校", "第一水厂", "X公司"])
def test_an_issuer_of_the_manifest_need_not_look_like_one(entity: str) -> None:
    row = ManifestRow("a.txt", entity=entity)
    made = read("景芝镇人民政府2020年政府信息公开工作年度报告", row=row)
    assert made.entity.name == entity.lower()
    assert "identity_disagrees" in [finding.rule for finding in made.findings]


def test_the_printed_title_is_cited_and_the_manifest_s_where_there_is_none() -> None:
    row = ManifestRow("a.txt", title="景芝镇人民政府2020年信息公开年报")
    printed = "景芝镇人民政府2020年政府信息公开工作年度报告"
    assert read(printed, row=row).title == printed
    assert read("", row=row).title == row.title


def test_the_title_in_the_manifest_names_issuer_and_year() -> None:
    row = ManifestRow("a.txt", title="安丘市景芝镇2020年政府信息公开工作年度报告")
    report = read("", row=row)
    assert (report.entity.name, report.entity.county, report.year) == ("景芝镇", "安丘市", 2020)
    assert report.title == row.title
    assert not report.inferred


def test_a_manifest_that_names_the_year_alone() -> None:
    row = ManifestRow("a.txt", year=2018, url="https://example.org/1", published="2019-01-30")
    report = read("景芝镇人民政府2020年政府信息公开工作年度报告", row=row)
    assert (report.entity.name, report.year) == ("景芝镇", 2018)
    assert (report.url, report.published) == (row.url, row.published)


@pytest.mark.parametrize(
    "text",
    [
        "政府信息公开指南\n一、公开范围\n景芝镇人民政府2020年",
        "《景芝镇2020年政府信息公开工作年度报告》解读\n编制背景和主要内容。",
        "购物清单\n苹果 3 个",
    ],
)
def test_what_is_no_annual_report_is_refused(text: str) -> None:
    with pytest.raises(InputRejected, match="年报"):
        parse_report(read_text(text.encode(), "a.txt"), "a.txt")
