"""A reply as a table: the figures of its JSON, no more and no less, harmless to a spreadsheet."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import zhenwen
from bot.conversation.assistant import Assistant
from bot.conversation.dialogue import Dialogue
from bot.telegram import tables
from bot.telegram.messages import keyboard
from bot.telegram.tables import table_of
from bot.wording.table import COLUMNS, MAX_FILE_NAME, as_csv, file_name, make_table
from ingest.running.files import plan_ingest
from ingest.running.run import ingest_inputs
from knowledge.export import COLUMNS as EXPORTED
from knowledge.store import Store, open_for_reading, open_for_writing
from tests.made_store import write_reports
from tests.table_reading import check_table, read_table, rows_of

TODAY = date(2025, 7, 1)

SEVERAL = {
    "大华镇历年申请": "镇问-湟源县大华镇-新收政府信息公开申请-2019-2024.csv",
    "湟源县2022年申请排名": "镇问-湟源县-新收政府信息公开申请-2022.csv",
    "湟源县各镇2022到2024年申请": "镇问-湟源县-新收政府信息公开申请-2022-2024.csv",
    "2022年全部乡镇申请平均": "镇问-新收政府信息公开申请-2022.csv",
    "湟源县城关镇和大华镇2020年收到申请谁多": "镇问-城关镇、大华镇-新收政府信息公开申请-2020.csv",
    "湟源县2022年收到超过5件申请的镇": "镇问-湟源县-新收政府信息公开申请-2022.csv",
    "大华镇2022年情况": "镇问-湟源县大华镇-2022.csv",
    "大华镇2020年公开率": "镇问-湟源县大华镇-公开率（予以公开和部分公开）-2020.csv",
    "大华镇2022年公众号和网站各发了多少条": "镇问-湟源县大华镇-通过微信公众号公开、通过政府网站公开-2022.csv",
    "平台镇2022年哪些数对不上": "镇问-洮北区平台镇-2022.csv",
    "大华镇2022年有没有更正": "镇问-湟源县大华镇-2022.csv",
    "How many requests did Dahua receive in 2019 to 2022?": "镇问-湟源县大华镇-新收政府信息公开申请-2019-2022.csv",
    "大華鎮2020到2022年收到多少申請": "镇问-湟源县大华镇-新收政府信息公开申请-2020-2022.csv",
}
SINGLE = (
    "大华镇2022年收到多少申请",  # with its parts, and what the text says as well
    "大华镇2020年收到9件申请吗",
    "2022年湟源县哪个镇收到的申请最多",
    "新庄镇2024年存在什么问题",
    "有哪些镇",
    "城关镇2022年收到多少申请",
    "官庄镇2020年收到多少申请",
    "帮助",
    "呜哩哇啦",
    "",
)


def text_of(data: dict[str, Any]) -> str:
    return as_csv(make_table(data).rows)


@pytest.mark.parametrize(("question", "name"), SEVERAL.items())
def test_several_figures_are_offered_as_a_table(twelve: Store, question: str, name: str) -> None:
    bare = Assistant(twelve, lambda: TODAY, with_data=False)
    offered = bare.ask(question).table
    assert offered is not None
    assert offered.question == question
    reply, sheet = table_of(bare, offered.question)
    assert sheet is not None
    assert (reply.data["facts"], sheet.name) == (
        Assistant(twelve, lambda: TODAY).ask(question).data["facts"],
        name,
    )
    assert len(reply.data["facts"]) > 1
    check_table(sheet.content.decode("utf-8-sig"), reply.data)
    rows = len(reply.data["facts"]) + len(reply.data["computed"])
    assert sheet.caption.startswith(f"{question}\n{rows} ")
    assert bare.ask(question).data == {"question": question}  # giving_data made another


@pytest.mark.parametrize("question", SINGLE)
def test_one_figure_or_none_is_not(twelve: Store, question: str) -> None:
    reply = Assistant(twelve, lambda: TODAY).ask(question)
    assert reply.table is None
    check_table(text_of(reply.data), reply.data)


def test_a_figure_that_the_text_contradicts_is_two(examples: Store) -> None:
    reply = Assistant(examples, lambda: TODAY).ask("景芝镇2020年予以公开几件")
    assert reply.table is not None
    assert reply.citation is not None
    markup = keyboard([("别的", "c:1")], reply.citation, (reply.table.label, "t:1"))
    assert markup is not None
    labels = [[button.text for button in row] for row in markup.inline_keyboard]
    assert labels == [["别的"], ["复制出处", "📊 表格"]]


def test_a_follow_up_is_offered_as_the_question_that_it_stands_for(twelve: Store) -> None:
    dialogue = Dialogue(Assistant(twelve, lambda: TODAY))
    dialogue.say("大华镇2022年收到多少申请")
    for follow_up in ("那2020到2022年呢", "And from 2021 to 2024?"):
        said = dialogue.say(follow_up)
        assert said.table is not None
        alone = dialogue.assistant.ask(said.table.question)
        assert alone.data["facts"] == said.data["facts"]
        assert alone.language == said.language


def test_a_choice_is_offered_as_its_question_not_its_number(twelve: Store) -> None:
    dialogue = Dialogue(Assistant(twelve, lambda: TODAY))
    assert dialogue.say("城关镇2020到2022年收到多少申请").status == "clarify"
    said = dialogue.say("1")
    assert said.table is not None
    assert dialogue.assistant.ask(said.table.question).data["facts"] == said.data["facts"]


def test_the_columns_are_those_of_the_export() -> None:
    own = {"kind", "row", "name", "quote", "operation", "of"}
    assert set(COLUMNS) - own < set(EXPORTED)


def test_of_many_rows_the_first_are_sent_and_the_caption_says_so(
    twelve: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "MAX_ROWS", 7)
    reply, sheet = table_of(Assistant(twelve, lambda: TODAY), "2022年全部乡镇申请合计")
    assert sheet is not None
    rows = read_table(sheet.content.decode("utf-8-sig"))
    whole = read_table(text_of(reply.data))
    assert rows == whole[:7]
    assert rows[0]["operation"] == "sum"
    assert len(rows_of(rows[0])) == 12  # all of them, also those left out
    for words in (f"共 {len(whole)} 行", "前 7 行", "zhenwen export"):
        assert words in sheet.caption


def test_where_the_store_has_no_such_figures_any_more_the_reply_says_so(examples: Store) -> None:
    reply, sheet = table_of(Assistant(examples, lambda: TODAY), "大华镇历年申请")
    assert sheet is None
    assert "大华镇" in reply.text


def test_two_places_of_one_name_and_county_have_no_region_of_the_other(twelve: Store) -> None:
    data = Assistant(twelve, lambda: TODAY).ask("大华镇2022年收到多少申请").data
    (place,) = data["interpretation"]["entities"]
    assert {row["region"] for row in read_table(text_of(data))} == {place["region"]}
    data["interpretation"]["entities"].append(place | {"region": "别省/别市/湟源县"})
    assert {row["region"] for row in read_table(text_of(data))} == {""}


# ── what others wrote ──

TITLE = "=cmd|'/c calc'!A0"


def test_a_title_and_a_name_that_are_formulas_are_text(tmp_path: Path) -> None:
    folder = write_reports(tmp_path / "reports")
    name = '-1+"表",\n\r\x1b[31m.md'
    (folder / "guanpo-2022.md").rename(folder / name)
    quoted = name.replace('"', '""')
    (folder / "manifest.csv").write_text(
        "file,entity,region,year,title,url,published\n"
        f'"{quoted}",官坡镇,河南省/三门峡市/卢氏县,2022,,,\n'
        "hanconggou-2022.md,寒葱沟镇,黑龙江省/佳木斯市/抚远市,2022,,,\n",
        encoding="utf-8",
        newline="",
    )
    with open_for_writing(tmp_path / "s.db") as store:
        list(ingest_inputs(store, plan_ingest([folder], None).inputs))
        store.connection.execute("UPDATE reports SET title = ? WHERE title LIKE '官坡镇%'", [TITLE])
    with open_for_reading(tmp_path / "s.db") as store:
        data = Assistant(store, lambda: TODAY).ask("官坡镇和寒葱沟镇2022年申请合计").data
    text = text_of(data)
    rows = [row for row in read_table(text) if row["kind"] == "fact"]
    assert [fact["citation"]["report"] for fact in data["facts"]].count(TITLE) == 1
    assert [row["report"] for row in rows].count("'" + TITLE) == 1
    odd = next(row["file"] for row in rows if "表" in row["file"])
    assert odd == "'" + name.replace("\x1b", "\ufffd")
    assert "\x1b" not in text


PIECES = st.text(st.sampled_from("=+-@\t\r\n'\",;＝ \u3000申请1.5\x00\x1b\u202e\ud800"), max_size=6)


@given(st.lists(PIECES, min_size=4, max_size=4), st.sampled_from([-8, 0, 0.00001, 1.5, 12345678]))
def test_whatever_stands_in_a_cell_it_is_no_formula(texts: list[str], value: float) -> None:
    report, quote, file, unit = texts
    citation = dict.fromkeys(("section", "label", "url", "line"))
    fact: dict[str, Any] = {
        "entity": "大华镇", "county": None, "year": 2022, "item": "received_new",
        "column": "total", "value": value, "unit": unit, "cautions": [],
        "citation": {**citation, "report": report, "quote": quote, "file": file},
    }  # fmt: skip
    data = {"facts": [fact], "computed": [], "interpretation": {"entities": [], "items": []}}
    text = text_of(data)
    text.encode()
    (row,) = read_table(text)
    for name, said in (("report", report), ("quote", quote), ("file", file), ("unit", unit)):
        shown = re.sub("[\x00\x1b\ud800]", "\ufffd", said)
        assert row[name] in (shown, "'" + shown)
        spreadsheet = row[name].lstrip(" \u3000")
        number = re.fullmatch(r"[+-]?\d+(\.\d+)?", row[name])
        assert not spreadsheet.startswith(("=", "+", "-", "@", "\t", "\r")) or number
    assert float(row["value"]) == value
    assert "e" not in row["value"]


@given(st.text(max_size=100))
def test_a_file_name_is_one_on_every_system(question: str) -> None:
    nothing = {"question": question, "facts": [], "interpretation": {"entities": [], "items": []}}
    name = file_name(nothing)
    assert len(name) <= MAX_FILE_NAME
    assert len(name.encode()) <= 255
    assert name.startswith("镇问-")
    assert name.endswith(".csv")
    assert not set(name) & set('<>:"/\\|?*\n\r\t\x00\u202e')


# ── zhenwen ask --csv ──


def run(capfdbinary: pytest.CaptureFixture[bytes], *arguments: str) -> tuple[int, str, str]:
    status = zhenwen.main(["ask", *arguments])
    out, err = capfdbinary.readouterr()
    return status, out.decode(), err.decode()


@pytest.mark.parametrize(
    "question",
    ["景芝镇2020年予以公开几件", "景芝镇2020年无法提供几件", "2020年哪个镇收到的申请最多"],
)
def test_the_command_writes_the_figures_of_the_json(
    capfdbinary: pytest.CaptureFixture[bytes], examples_path: Path, question: str
) -> None:
    _, out, _ = run(capfdbinary, question, "--json", "--db", str(examples_path))
    status, table, err = run(capfdbinary, question, "--csv", "--db", str(examples_path))
    assert (status, err) == (0, "")
    assert table.startswith("kind,row,entity,")
    check_table(table, json.loads(out))


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("官庄镇2020年收到多少申请", "没有收录官庄镇"),
        ("呜哩哇啦", "没看懂"),
        ("2020年收到多少申请", "要问哪个镇"),
        ("景芝镇2020年存在什么问题", "存在的问题"),
    ],
)
def test_without_figures_there_is_a_header_and_the_words_go_elsewhere(
    capfdbinary: pytest.CaptureFixture[bytes], examples_path: Path, question: str, said: str
) -> None:
    status, out, err = run(capfdbinary, question, "--csv", "--db", str(examples_path))
    assert (status, out) == (0, ",".join(COLUMNS) + "\r\n")
    assert said in err
