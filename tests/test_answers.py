"""Answers over a store of made reports: homonyms, editions, issues that differ, blanks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from bot.conversation.assistant import Assistant
from bot.wording.reply import Reply
from ingest.running.files import plan_ingest
from ingest.running.run import ingest_inputs
from knowledge.store import open_for_reading, open_for_writing
from tests.conftest import EXAMPLES

REPORTS = (
    # file, example it is made from, entity, region, year, published, changes of text
    ("a.md", "jingzhi-2020", "景芝镇", "山东省/潍坊市/安丘市", 2020, "", ()),
    ("b.md", "guanpo-2023", "景芝镇", "山东省/潍坊市/安丘市", 2021, "", ()),
    ("c.md", "jingzhi-2020", "木耳镇", "重庆市/渝北区", 2020, "", ()),
    ("d.md", "jingzhi-2020", "木耳镇", "甘肃省/甘南藏族自治州/卓尼县", 2020, "", ()),
    ("e.md", "jingzhi-2020", "南庄镇", "河南省/焦作市/孟州市", 2020, "", ()),
    ("f.md", "jingzhi-2020", "南庄镇", "河南省/焦作市/孟州市", 2020, "", (("| 4 |", "| 3 |"),)),
    ("g.md", "jingzhi-2020", "官坡镇", "河南省/三门峡市/卢氏县", 2020, "2021-01-10", ()),
    ("h.md", "jingzhi-2020", "官坡镇", "河南省/三门峡市/卢氏县", 2020, "2021-03-10", (("| 4 |", "| 3 |"),)),
)  # fmt: skip


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    folder = tmp_path_factory.mktemp("made")
    rows = ["file,entity,region,year,title,url,published"]
    for file, example, entity, region, year, published, changes in REPORTS:
        text = (EXAMPLES / f"{example}.md").read_text(encoding="utf-8")
        text = text.replace("景芝镇", entity).replace("官坡镇", entity)
        for before, after in changes:
            assert before in text
            text = text.replace(before, after)
        (folder / file).write_text(text, encoding="utf-8")
        rows.append(f"{file},{entity},{region},{year},{entity}{year}年年报,,{published}")
    (folder / "manifest.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    path: Path = folder / "made.db"
    with open_for_writing(path) as store:
        list(ingest_inputs(store, plan_ingest([folder], None).inputs))
    with open_for_reading(path) as store:
        yield Assistant(store, lambda: date(2024, 5, 1))


def codes(reply: Reply) -> list[str]:
    return [caution["code"] for caution in reply.data["cautions"]]


def test_a_name_of_two_towns_is_asked_back_with_the_counties(assistant: Assistant) -> None:
    reply = assistant.ask("木耳镇2020年收到多少申请")
    assert reply.status == "clarify"
    assert [c.label for c in reply.choices] == ["木耳镇（卓尼县）", "木耳镇（渝北区）"]
    answered = assistant.ask(reply.choices[1].question)
    assert answered.status == "answered"
    assert answered.data["facts"][0]["county"] == "渝北区"


@pytest.mark.parametrize(
    "question", ["重庆木耳镇2020年收到多少申请", "渝北区的木耳镇2020年收到多少申请"]
)
def test_a_region_in_front_decides(assistant: Assistant, question: str) -> None:
    assert assistant.ask(question).data["facts"][0]["county"] == "渝北区"


def test_issues_of_unknown_order_are_both_shown(assistant: Assistant) -> None:
    reply = assistant.ask("南庄镇2020年予以公开几件")
    values = [
        f["value"] for f in reply.data["facts"] if f["item"] == "granted" and f["column"] == "total"
    ]
    assert sorted(values) == [3, 4]
    assert "两份" in reply.text
    assert "两份" in assistant.ask("南庄镇2020年情况").text
    assert assistant.ask("南庄镇2020年公开率").status == "no_data"


def test_a_later_issue_answers_and_says_so(assistant: Assistant) -> None:
    reply = assistant.ask("官坡镇2020年予以公开几件")
    values = [
        f["value"] for f in reply.data["facts"] if f["item"] == "granted" and f["column"] == "total"
    ]
    assert values == [3]
    assert "revised" in codes(reply)


def test_a_definition_that_changed_is_told(assistant: Assistant) -> None:
    reply = assistant.ask("景芝镇2020年和2021年规范性文件")
    assert reply.status == "answered"
    assert "definition_changed" in codes(reply)
    assert "definition_changed" not in codes(assistant.ask("景芝镇2020年规范性文件"))


def test_each_place_with_its_own_year(assistant: Assistant) -> None:
    reply = assistant.ask("景芝镇2021年、官坡镇2020年收到多少申请")
    shown = {(f["entity"], f["year"]) for f in reply.data["facts"]}
    assert shown == {("景芝镇", 2021), ("官坡镇", 2020)}


def test_years_without_a_report_are_named(assistant: Assistant) -> None:
    reply = assistant.ask("景芝镇2019到2021年收到多少申请")
    assert [
        f["year"]
        for f in reply.data["facts"]
        if f["item"] == "received_new" and f["column"] == "total"
    ] == [2020, 2021]
    assert "2019" in reply.text.splitlines()[-1] or "没有收录景芝镇 2019 年" in reply.text


def test_the_latest_report_answers_where_no_year_is_named(assistant: Assistant) -> None:
    reply = assistant.ask("景芝镇收到多少申请")
    assert reply.data["facts"][0]["year"] == 2021
    assert "2021" in reply.text
