"""Questions about reports as such, and the overview of one, over a store with every trouble."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from bot.answers.overview import MAX_FACTS
from bot.conversation.assistant import Assistant
from bot.wording.reply import Reply
from ingest.running.files import plan_ingest
from ingest.running.run import ingest_inputs
from knowledge.store import open_for_reading, open_for_writing
from tests.conftest import EXAMPLES
from tests.made_store import write_reports

ANQIU, LUSHI, MENGZHOU = "山东省/潍坊市/安丘市", "河南省/三门峡市/卢氏县", "河南省/焦作市/孟州市"
GRANTED = "| | （一）予以公开 | | 4 |"


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """景芝镇 2018 and 2020 (text against table; a re-issue with another figure), 官坡镇 2019 (2019
    form), 2022 (a cell blank, a row without its figures) and 2023 (all 0)."""
    folder = tmp_path_factory.mktemp("meta")
    jingzhi = (EXAMPLES / "jingzhi-2020.md").read_text(encoding="utf-8")
    muer = (EXAMPLES / "muer-2019.md").read_text(encoding="utf-8").replace("木耳镇", "官坡镇")
    guanpo = (EXAMPLES / "guanpo-2023.md").read_text(encoding="utf-8")
    write_reports(folder)
    made = (folder / "guanpo-2022.md").read_text(encoding="utf-8")
    blank = made.replace("||1.属于国家秘密", "")
    rows = blank.splitlines()
    for number, row in enumerate(rows):
        if "1.信访举报投诉类申请" in row:
            rows[number] = row.replace(
                "| 0 | 0 | 0 | 0 | 0 | 0 | 0 |", "| | 0 | 0 | 0 | 0 | 0 | 0 |"
            )
        if "2.重复申请" in row:
            rows[number] = row.replace("| 0 | 0 | 0 | 0 | 0 | 0 | 0 |", "| 7 | 3 |")
    texts = {
        "j18.md": (jingzhi.replace("2020年", "2018年"), "景芝镇", ANQIU, 2018, "2019-02-03"),
        "j20.md": (jingzhi, "景芝镇", ANQIU, 2020, "2021-01-26"),
        "j20b.md": (jingzhi.replace("| 4 |", "| 3 |"), "景芝镇", ANQIU, 2020, "2021-03-09"),
        "g19.md": (muer, "官坡镇", LUSHI, 2019, ""),
        "g22.md": ("\n".join(rows), "官坡镇", LUSHI, 2022, ""),
        "g23.md": (guanpo, "官坡镇", LUSHI, 2023, ""),
    }
    for name in ("guanpo-2022.md", "hanconggou-2022.md", "manifest.csv"):
        (folder / name).unlink()
    lines = ["file,entity,region,year,title,url,published"]
    for file, (text, town, region, year, published) in texts.items():
        (folder / file).write_text(text, encoding="utf-8")
        url = f"https://example.org/{file}"
        lines.append(f"{file},{town},{region},{year},{town}{year}年年报,{url},{published}")
    (folder / "manifest.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    path: Path = folder / "meta.db"
    with open_for_writing(path) as store:
        results = list(ingest_inputs(store, plan_ingest([folder], None).inputs))
        assert [r.outcome for r in results] == ["stored"] * 6, results
    with open_for_reading(path) as store:
        yield Assistant(store, lambda: date(2024, 5, 1))


def values(reply: Reply, item: str) -> list[float]:
    return [f["value"] for f in reply.data["facts"] if f["item"] == item]


def intent(reply: Reply) -> str:
    return str(reply.data["interpretation"]["intent"])


def test_missing_years_are_measured_by_the_store(assistant: Assistant) -> None:
    reply = assistant.ask("景芝镇哪年没收录")
    assert intent(reply) == "meta"
    assert "2018、2020 年的年报" in reply.text
    assert "2019、2021、2022、2023 年" in reply.text


def test_missing_years_of_a_range_are_those_of_the_range(assistant: Assistant) -> None:
    text = assistant.ask("景芝镇2018到2020年缺哪年").text
    assert "没有收录的：2019 年" in text
    assert "没有缺的" in assistant.ask("官坡镇2022到2023年缺哪年").text


def test_missing_years_of_the_whole_store(assistant: Assistant) -> None:
    text = assistant.ask("哪年没收录").text
    assert "2021 年一份都没有收录" in text
    assert "2022 年：收录了 1 个地方" in text


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("景芝镇2018年年报什么时候发布的", "2019-02-03"),
        ("景芝镇2020年发布日期", "2021-03-09"),
        ("景芝镇2018年出处文件在哪", "j18.md"),
        ("景芝镇最早的一份年报", "景芝镇最早的一份是 2018 年"),
        ("最早最晚的一份", "2023 年的年报（如官坡镇）"),
        ("景芝镇2018年的年报有吗", "收录了景芝镇 2018 年的年报"),
        ("官坡镇2023年有没有更正过", "没有发现更正"),
        ("哪些更正过", "有 1 份年报后来更正过"),
    ],
)
def test_what_is_known_of_a_report(assistant: Assistant, question: str, said: str) -> None:
    reply = assistant.ask(question)
    assert (reply.status, intent(reply)) == ("answered", "meta")
    assert said in reply.text


def test_an_unknown_day_of_publication_is_said(assistant: Assistant) -> None:
    reply = assistant.ask("官坡镇2023年什么时候公布的")
    assert (reply.status, intent(reply)) == ("no_data", "meta")
    assert "发布日期不详" in reply.text
    assert "g23.md" in reply.text


def test_a_report_that_is_not_there(assistant: Assistant) -> None:
    reply = assistant.ask("景芝镇2022年的年报有吗")
    assert reply.status == "no_data"
    assert "2018、2020 年" in reply.text


def test_a_correction_shows_both_figures(assistant: Assistant) -> None:
    reply = assistant.ask("景芝镇2020年有没有更正过")
    assert "j20b.md" in reply.text
    assert "j20.md" in reply.text
    assert set(values(reply, "granted")) == {3, 4}
    assert "更正前" in reply.text


def test_contradictions_show_both_sides_with_their_citations(assistant: Assistant) -> None:
    reply = assistant.ask("景芝镇2018年哪些数据跟正文对不上")
    assert (reply.status, intent(reply)) == ("answered", "meta")
    assert values(reply, "granted") == [4]
    assert values(reply, "narrative.applications_outcome.granted") == [5]
    quotes = [fact["citation"]["quote"] for fact in reply.data["facts"]]
    assert all(quotes)
    assert "report_disagrees" in [caution["code"] for caution in reply.data["cautions"]]


def test_contradictions_without_a_year_are_those_of_every_year(assistant: Assistant) -> None:
    reply = assistant.ask("景芝镇前后矛盾吗")
    assert {fact["year"] for fact in reply.data["facts"]} == {2018, 2020}


def test_a_report_that_contradicts_the_year_before_shows_both(assistant: Assistant) -> None:
    reply = assistant.ask("官坡镇2023年有没有对不上的")
    assert values(reply, "carried_over") == [0]
    assert values(reply, "carried_forward") == [10]
    assert {fact["year"] for fact in reply.data["facts"]} == {2022, 2023}
    assert reply.data["interpretation"]["years"] == [2022, 2023]


def test_no_contradiction_is_said(assistant: Assistant) -> None:
    reply = assistant.ask("官坡镇2019年有没有对不上的")
    assert reply.status == "answered"
    assert "没有发现对不上的" in reply.text
    assert not reply.data["facts"]


def test_contradictions_of_the_store_are_counted_and_offered(assistant: Assistant) -> None:
    reply = assistant.ask("哪些年报前后矛盾")
    assert "5 份年报里，收录时发现 2 份自己对不上" in reply.text
    assert all("景芝镇" in c.question or "官坡镇" in c.question for c in reply.choices)
    assert assistant.ask(reply.choices[0].question).data["facts"]


def test_cells_unread_and_blank_are_told_apart(assistant: Assistant) -> None:
    text = assistant.ask("官坡镇2022年哪些格没读出来").text
    unread = next(line for line in text.splitlines() if "没有可靠地读出来" in line)
    blank = next(line for line in text.splitlines() if "空白" in line)
    assert "重复申请" in unread
    assert "信访举报投诉类申请" in blank
    assert "自然人" in blank
    assert "复议" in text  # its table is not there at all


def test_a_report_that_was_read_in_full_has_no_gaps(assistant: Assistant) -> None:
    assert "每一格都读出来了" in assistant.ask("官坡镇2023年哪些格没读出来").text


def test_gaps_of_the_store_are_counted_and_offered(assistant: Assistant) -> None:
    reply = assistant.ask("哪些格没读出来")
    assert "1 份的表格或文字没有读全" in reply.text
    assert [c.label for c in reply.choices] == ["卢氏县官坡镇 2022 年"]


def test_zeros_are_folded_only_where_every_cell_was_read(assistant: Assistant) -> None:
    assert "没有列出的格都是 0" in assistant.ask("官坡镇2023年情况").text
    gaps = assistant.ask("官坡镇2022年情况").text
    assert "都是 0" not in gaps
    assert "可以单独问" in gaps


def test_rows_that_are_not_shown_are_0_only_if_they_are(assistant: Assistant) -> None:
    """景芝镇 has figures in other columns of the rows shown; 木耳镇's report in rows not shown."""
    assert "没有列出的各行都是 0" in assistant.ask("景芝镇2018年情况").text
    assert "都是 0" not in assistant.ask("官坡镇2019年情况").text


def test_a_contradiction_is_marked_where_it_stands(assistant: Assistant) -> None:
    reply = assistant.ask("景芝镇2018年情况")
    assert "⚠ 予以公开 4 件（正文写 5 件）" in reply.text


def test_an_overview_has_at_most_thirty_figures(assistant: Assistant) -> None:
    for question in (
        "官坡镇2022年情况",
        "官坡镇2019到2023年情况",
        "景芝镇2020年、官坡镇2022年情况",
    ):
        reply = assistant.ask(question)
        assert reply.status == "answered"
        assert 0 < len(reply.data["facts"]) <= MAX_FACTS
        assert len(reply.text.splitlines()) <= 40


def test_an_overview_of_either_form_has_its_own_measures(assistant: Assistant) -> None:
    older = assistant.ask("官坡镇2019年情况")
    assert values(older, "procurement") == [4, 1859950]
    newer = assistant.ask("官坡镇2022年情况")
    assert values(newer, "received_new") == [47]
    assert values(newer, "licensing") == [83]
