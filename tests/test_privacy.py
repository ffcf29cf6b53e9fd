"""Sentences that name private people are never quoted; officials and their lines are."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path

import pytest

from bot.answers import privacy
from bot.answers.privacy import names_private_person, sentences, without_private
from bot.conversation.assistant import Assistant
from bot.tables import load_table
from bot.wording.table import as_csv, make_table
from ingest.running.files import plan_ingest
from ingest.running.run import ingest_inputs
from knowledge.errors import DataError
from knowledge.store import Store, open_for_reading, open_for_writing
from tests.made_store import write_reports

NAMED = (
    "村民周小满申请公开征地补偿方案。",
    "该申请由居民李秀兰提出。",
    "收到申请人郑大海的政府信息公开申请1件。",
    "申请人：王建国，内容为宅基地审批。",
    "收到刘某某的申请1件，已答复。",
    "收到村民陳某的申請。",
    "赵先生申请公开低保名单。",
    "原告孙志强不服答复，提起行政诉讼。",
    "徐美华、郭永年申请公开修路账目。",
    "申请人身份证号为320102198805061234。",
    "上庄村村民祁满仓当面提出申请，要求公开工程结算资料。",
    "居民欧阳小兰要求公开物业账目。",
    "村民阿依古丽·买买提递交申请表。",
    "申请人手机１３９１２３４５６７８。",
)
UNNAMED = (
    "申请人无正当理由逾期不补正的，不再处理。",
    "申请人应当补正申请内容。",
    "申请人对答复不服的，可以申请行政复议。",
    "居民高度关注的信息及时公开。",
    "村民关心的低保、医保信息按月公布。",
    "全年收到申请3件，其中自然人2件，商业企业1件。",
    "由镇长张国庆担任组长。",
    "联系人：王强，办公电话0536-4611001，邮箱zwgk@example.org。",
    "如有疑问请拨打党政办公室电话13800000000。",
    "高新区申请公开文件2件。",
    "林业局提出的申请已转办。",
    "引导村民依法申请公开。",
    "居民可以申请公开，也可以在线查询。",
    "村民委员会提交申请材料2份。",
    "村民代表提出意见12条。",
    "方便居民随时申请查询。",
    "村民安全饮水的信息每月公布。",
    "对某项工作有疑问的，可向某村公开栏查询。",
    "统一社会信用代码为11370784MB2857391K。",
)


@pytest.mark.parametrize("sentence", NAMED)
def test_a_named_private_person_is_recognised(sentence: str) -> None:
    assert names_private_person(sentence)


@pytest.mark.parametrize("sentence", UNNAMED)
def test_officials_kinds_and_rules_are_no_private_people(sentence: str) -> None:
    assert not names_private_person(sentence)


@pytest.mark.parametrize("named", NAMED)
def test_only_the_sentence_with_the_name_is_left_out(named: str) -> None:
    text = f"全年收到申请3件。{named}均已按时答复。"
    assert without_private(text) == ("全年收到申请3件。均已按时答复。", 1)


def test_line_breaks_stay_where_a_line_is_left_out() -> None:
    assert without_private("一是公开。\n村民周小满申请公开方案。\n二是答复。") == (
        "一是公开。\n\n二是答复。",
        1,
    )


def test_sentences_put_together_are_the_text() -> None:
    text = "一是公开。“二是答复！”\n三是\n\n培训？结尾"
    assert "".join(sentences(text)) == text


@pytest.mark.parametrize(
    "piece", ["张申请人", "，王大通过", "申请人李", "某某某", "1", "370784", "王"]
)
def test_long_text_takes_time_in_proportion(piece: str) -> None:
    """Ten times the text takes at most some twenty times as long, whatever it repeats."""

    def seconds(count: int) -> float:
        start = time.process_time()
        names_private_person(piece * count)
        return time.process_time() - start

    short = min(seconds(2000) for _ in range(3))
    assert seconds(20000) < 20 * short + 0.5


@pytest.mark.parametrize(
    ("pattern", "example", "near_miss"),
    [
        ("村民.+申请", "村民甲申请", "居民"),
        ("村民.{2,}申请", "村民甲乙申请", "居民"),
        ("村民(", "村民(", "居民"),
        ("村民甲", "村民乙", "居民"),
        ("村民", "村民甲", "村民乙"),
    ],
)
def test_a_pattern_that_is_unbounded_or_wrong_is_refused(
    monkeypatch: pytest.MonkeyPatch, pattern: str, example: str, near_miss: str
) -> None:
    table = load_table("privacy.toml", privacy._Privacy)
    wrong = replace_pattern(table, pattern, example, near_miss)
    monkeypatch.setattr(privacy, "load_table", lambda *_: wrong)
    privacy._patterns.cache_clear()
    try:
        with pytest.raises(DataError):
            names_private_person("村民")
    finally:
        monkeypatch.undo()
        privacy._patterns.cache_clear()


def replace_pattern(
    table: privacy._Privacy, pattern: str, example: str, near_miss: str
) -> privacy._Privacy:
    entry = privacy._Pattern(name="试", pattern=pattern, example=example, near_miss=near_miss)
    return table.model_copy(update={"pattern": (entry,)})


def test_no_reply_quotes_the_name(tmp_path: Path) -> None:
    """Neither a passage, nor a search for the name itself, nor the quote of a figure."""
    folder = write_reports(tmp_path / "reports")
    file = folder / "guanpo-2022.md"
    text = file.read_text(encoding="utf-8")
    told = "2022年我镇收到村民周小满的政府信息公开申请47件。申请内容涉及征地补偿。"
    text = text.replace("2022年我镇共收到政府信息公开申请47件。", told)
    assert told in text
    file.write_text(text, encoding="utf-8")
    with open_for_writing(tmp_path / "s.db") as store:
        list(ingest_inputs(store, plan_ingest([folder], None).inputs))
    with open_for_reading(tmp_path / "s.db") as store:
        assistant = Assistant(store, lambda: date(2023, 5, 1))
        for question in (
            "官坡镇2022年收到多少申请",
            "官坡镇2022年申请都涉及什么",
            "官坡镇2022年总体情况怎么写的",
            "官坡镇2022年关于周小满怎么说的",
            "官坡镇2022年关于征地补偿怎么说的",
            "哪些年报提到周小满",
            "官坡镇2022年情况",
        ):
            reply = assistant.ask(question)
            # The word that was searched is told as typed; nothing beside it.
            said = reply.text.replace("“周小满”", "")
            assert "周小满" not in said, question
            assert "周小满" not in str(reply.data["facts"]) + str(reply.data["passages"]), question
            assert "周小满" not in as_csv(make_table(reply.data).rows), question
        quoted = assistant.ask("官坡镇2022年关于征地补偿怎么说的")
        assert quoted.status == "answered"
        assert "申请内容涉及征地补偿。" in quoted.text
        hidden = assistant.ask("官坡镇2022年关于周小满怎么说的")
        assert hidden.status == "no_data"
        assert "不引" in hidden.text


def test_the_private_person_of_the_twelve_towns_is_named_nowhere(twelve: Store) -> None:
    """新庄镇's report of 2024 names its one applicant in a sentence."""
    name, sentence = "祁满囤", "工程结算资料"
    (held,) = twelve.connection.execute(
        "SELECT count(*) FROM sections WHERE text LIKE ?", (f"%{name}%",)
    ).fetchone()
    assert held
    assistant = Assistant(twelve, lambda: date(2025, 7, 1))
    for question in (
        "新庄镇2024年申请都涉及什么",
        "新庄镇2024年依申请公开怎么写的",
        "新庄镇2024年关于工程结算资料怎么说的",
        "新庄镇2024年关于村道硬化怎么说的",
        "新庄镇2024年总体情况怎么写的",
        "新庄镇2024年情况",
        "新庄镇2024年收到多少申请",
        "新庄镇2024年公开渠道有哪些",
        "哪些年报提到工程结算资料",
        "哪些年报提到上庄村",
        "新庄镇前后矛盾吗",
    ):
        reply = assistant.ask(question)
        assert name not in reply.text + str(reply.data) + reply.html, question
        assert name not in as_csv(make_table(reply.data).rows), question
        if sentence not in question:
            assert sentence not in reply.text + str(reply.data["passages"]), question
    hidden = assistant.ask("新庄镇2024年关于村道硬化怎么说的")
    assert "不引" in hidden.text
