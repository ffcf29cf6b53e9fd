"""The table below a reply, as people get it: a button, a tap, a file, over real HTTP."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bot.conversation.assistant import Assistant
from knowledge.store import open_for_reading
from tests.bot_process import BotProcess, wait_for_reply, write_config
from tests.botapi import (
    ApiError,
    BadGateway,
    BotApi,
    DeliverThenDrop,
    DropBeforeRead,
    Fault,
    Message,
    RateLimited,
    RefuseConnections,
    ServerError,
)
from tests.conftest import EXAMPLES, build_store
from tests.made_store import (
    CHANGED_TOTAL,
    OTHER_TOTAL,
    QUESTION,
    TOTAL,
    WITHOUT_PLACE,
    make_store,
)
from tests.table_reading import check_table, read_table

BOTH = "官坡镇和寒葱沟镇2022年收到的申请谁多"
SUM = "官坡镇和寒葱沟镇2022年申请合计"
BUTTON = "📊 表格"
SETTLED = 1.0
"""Seconds in which a file or a reply that must not come would have come."""

_people = itertools.count(8001)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bot")
    make_store(folder / "zhenwen.db")
    return folder


@pytest.fixture(scope="module")
def shared(folder: Path) -> Iterator[tuple[BotApi, BotProcess]]:
    with BotApi() as api, BotProcess(write_config(folder, api)) as bot:
        api.wait_for("getUpdates", timeout=20)
        yield api, bot
        assert bot.process.poll() is None, bot.printed
        assert bot.end() < 5
        assert bot.process.returncode == 0, bot.printed
        assert "Traceback" not in bot.printed
        assert BOTH not in bot.printed
        assert "outcome=table" in bot.printed


@pytest.fixture
def api(shared: tuple[BotApi, BotProcess]) -> BotApi:
    return shared[0]


@pytest.fixture
def me() -> int:
    return next(_people)


def ask(api: BotApi, me: int, text: str, count: int = 1) -> Message:
    api.send_text(chat_id=me, user_id=me, text=text)
    return wait_for_reply(api, me, count, timeout=20)


def tap(api: BotApi, reply: Message, label: str = BUTTON, **options: Any) -> Message:
    """The file that a tap on the button sends."""
    before = len(files(api, reply.chat_id))
    api.tap(reply, label, **options)
    api.wait_for(
        "sendDocument", before + 1, 20, where=lambda c: c.params.get("chat_id") == reply.chat_id
    )
    return files(api, reply.chat_id)[-1]


def files(api: BotApi, chat: int) -> list[Message]:
    return [message for message in api.messages(chat) if message.file is not None]


def text_of(sent: Message) -> str:
    """The text of the file, which begins with a BOM for Excel."""
    assert sent.file is not None
    assert sent.file.data.startswith(b"\xef\xbb\xbf")
    return sent.file.data.decode("utf-8-sig")


def data_of(store: Path, question: str) -> dict[str, Any]:
    with open_for_reading(store) as opened:
        return Assistant(opened, lambda: date(2024, 5, 1)).ask(question).data


@pytest.mark.parametrize("question", [BOTH, SUM, "2022年各镇申请排名", "官坡镇2022年情况"])
def test_a_tap_sends_the_figures_of_the_reply(
    api: BotApi, me: int, folder: Path, question: str
) -> None:
    reply = ask(api, me, question)
    assert [button.text for button in reply.buttons] == [BUTTON]
    assert len((reply.buttons[0].data or "").encode()) <= 64
    sent = tap(api, reply)
    assert sent.reply_to == reply.message_id
    data = data_of(folder / "zhenwen.db", question)
    assert len(data["facts"]) > 1
    check_table(text_of(sent), data)
    assert sent.text.splitlines()[0] == question
    assert f"{len(read_table(text_of(sent)))} 行" in sent.text
    assert sent.file is not None
    assert sent.file.filename.startswith("镇问-")
    assert sent.file.filename.endswith("2022.csv")
    assert sent.file.content_type == "text/csv"


@pytest.mark.parametrize(
    "question",
    [QUESTION, WITHOUT_PLACE, "官坡镇2022年存在什么问题", "有哪些镇", "呜哩哇啦", "/help"],
)
def test_without_two_figures_there_is_no_button(api: BotApi, me: int, question: str) -> None:
    reply = ask(api, me, question)
    assert BUTTON not in [button.text for button in reply.buttons]


def test_the_spinner_ends_before_the_file_is_made(api: BotApi, me: int) -> None:
    reply = ask(api, me, BOTH)
    query = api.tap(reply, BUTTON)
    (sent,) = api.wait_for("sendDocument", where=lambda c: c.params["chat_id"] == me)
    (ended,) = [
        c for c in api.calls("answerCallbackQuery") if c.params["callback_query_id"] == query
    ]
    assert ended.at < sent.at
    assert not ended.params.get("show_alert")


def test_the_table_of_a_follow_up_and_the_conversation_goes_on(
    api: BotApi, me: int, folder: Path
) -> None:
    ask(api, me, QUESTION)
    reply = ask(api, me, "和寒葱沟镇比呢", 2)
    ask(api, me, "官坡镇2022年收到多少申请", 3)  # of which the table must know nothing
    sent = tap(api, reply)
    check_table(text_of(sent), data_of(folder / "zhenwen.db", BOTH))
    assert "寒葱沟镇" in sent.text.splitlines()[0]
    assert "官坡镇" in ask(api, me, "其中自然人呢", 4).text.splitlines()[0]


@pytest.mark.parametrize(
    ("question", "label", "caption"),
    [
        ("官坡鎮和寒蔥溝鎮2022年申請合計", "📊 表格", "每個數都有出處"),
        ("Guanpo and Hanconggou: total requests received in 2022", "📊 Table", "every figure"),
    ],
)
def test_the_button_speaks_the_language_of_the_question(
    api: BotApi, me: int, folder: Path, question: str, label: str, caption: str
) -> None:
    reply = ask(api, me, question)
    sent = tap(api, reply, label)
    assert caption in sent.text
    values = {row["value"] for row in read_table(text_of(sent)) if row["kind"] == "fact"}
    assert values == {str(TOTAL), str(OTHER_TOTAL)}


def test_in_a_group_the_file_answers_the_message_with_the_button(api: BotApi, me: int) -> None:
    group = -me
    for count, question in enumerate((BOTH, SUM), 1):
        text = f"@stand_in_bot {question}"
        api.send_text(group, me, text, chat_type="supergroup")
        wait_for_reply(api, group, count)
    first, second = api.messages(group)
    sent = tap(api, first, user_id=next(_people))
    assert sent.reply_to == first.message_id
    assert BOTH in sent.text
    sent = tap(api, second, user_id=me)
    assert sent.reply_to == second.message_id
    assert SUM in sent.text


def test_taps_are_answered_one_after_the_other(api: BotApi, me: int) -> None:
    first = ask(api, me, BOTH)
    second = ask(api, me, SUM, 2)
    for reply in (second, first, second):
        api.tap(reply, BUTTON)
    api.wait_for("sendDocument", 3, where=lambda c: c.params["chat_id"] == me)
    expected = [second.message_id, first.message_id, second.message_id]
    assert [sent.reply_to for sent in files(api, me)] == expected


def test_taps_count_as_questions(api: BotApi, me: int) -> None:
    reply = ask(api, me, BOTH)
    queries = [api.tap(reply, BUTTON) for _ in range(36)]
    api.wait_for(
        "answerCallbackQuery", 36, 20, where=lambda c: c.params["callback_query_id"] in queries
    )
    time.sleep(SETTLED)
    assert 29 <= len(files(api, me)) <= 33
    fast = [c for c in api.calls("answerCallbackQuery") if "太快" in str(c.params.get("text"))]
    assert len([c for c in fast if c.params["callback_query_id"] in queries]) >= 3


# ── uploads that fail ──


@pytest.mark.parametrize(
    "fault", [RateLimited(1), BadGateway(), RefuseConnections(1.5)], ids=lambda f: type(f).__name__
)
def test_an_upload_that_was_refused_is_sent_again(api: BotApi, me: int, fault: Fault) -> None:
    reply = ask(api, me, BOTH)
    api.fail_next("sendDocument", fault)
    sent = tap(api, reply)
    assert read_table(text_of(sent))
    time.sleep(SETTLED)
    assert len(files(api, me)) == 1
    assert len(api.messages(me)) == 2


@pytest.mark.parametrize(
    ("fault", "delivered"),
    [(DropBeforeRead(), 0), (DeliverThenDrop(), 1), (ServerError(), 0)],
    ids=lambda value: type(value).__name__,
)
def test_an_upload_that_may_be_lost_is_told_and_not_repeated(
    api: BotApi, me: int, fault: Fault, delivered: int
) -> None:
    reply = ask(api, me, BOTH)
    before = len([c for c in api.attempts if c.method == "sendDocument"])
    api.fail_next("sendDocument", fault)
    api.tap(reply, BUTTON)
    told = wait_for_reply(api, me, 2)
    assert "再点一次" in told.text
    assert told.reply_to == reply.message_id
    assert len([c for c in api.attempts if c.method == "sendDocument"]) == before + 1
    assert len(files(api, me)) == delivered
    assert read_table(text_of(tap(api, reply)))


def test_a_chat_that_takes_no_files_is_told_so(api: BotApi, me: int) -> None:
    reply = ask(api, me, BOTH)
    why = "Bad Request: not enough rights to send documents to the chat"
    api.fail_next("sendDocument", ApiError(400, why))
    api.tap(reply, BUTTON)
    assert "不许发文件" in wait_for_reply(api, me, 2).text


def test_who_blocked_the_bot_is_left_alone(api: BotApi, me: int) -> None:
    reply = ask(api, me, BOTH)
    api.fail_next("sendDocument", ApiError(403, "Forbidden: bot was blocked by the user"))
    api.tap(reply, BUTTON)
    time.sleep(SETTLED)
    assert len(api.messages(me)) == 1


# ── later ──


def test_after_a_restart_the_figures_are_those_of_today(tmp_path: Path, me: int) -> None:
    store = make_store(tmp_path / "zhenwen.db")
    with BotApi() as api:
        config = write_config(tmp_path, api)
        with BotProcess(config) as bot:
            reply = ask(api, me, SUM)
            assert str(TOTAL + OTHER_TOTAL) in reply.text
            bot.process.kill()
        make_store(tmp_path / "next.db", changed=True).replace(store)
        with BotProcess(config) as bot:
            sent = tap(api, reply)
            rows = read_table(text_of(sent))
            assert rows[0]["value"] == str(CHANGED_TOTAL + OTHER_TOTAL)
            check_table(text_of(sent), data_of(store, SUM))
            bot.end()


def test_figures_that_are_gone_are_told_in_words(tmp_path: Path, me: int) -> None:
    store = make_store(tmp_path / "zhenwen.db")
    with BotApi() as api:
        config = write_config(tmp_path, api)
        with BotProcess(config) as bot:
            reply = ask(api, me, "官坡镇2022年情况")
            bot.process.kill()
        build_store(EXAMPLES, tmp_path / "others.db").replace(store)
        with BotProcess(config) as bot:
            api.tap(reply, BUTTON)
            told = wait_for_reply(api, me, 2, timeout=20)
            assert "没有收录官坡镇 2022 年的年报" in told.text
            assert told.reply_to == reply.message_id
            assert files(api, me) == []
            bot.end()
