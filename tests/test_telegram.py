"""The bot as people meet it: a real process, polling the stand-in of the Bot API over HTTP."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.bot_process import BotProcess, wait_for_reply, write_config
from tests.botapi import (
    ApiError,
    BadGateway,
    BotApi,
    DeliverThenDrop,
    DeliverThenHang,
    DropBeforeRead,
    Fault,
    RateLimited,
    RefuseConnections,
    ServerError,
    Unauthorized,
)
from tests.made_store import (
    CHANGED_TOTAL,
    OTHER_PERSONS,
    OTHER_QUESTION,
    OTHER_TOTAL,
    PERSONS,
    QUESTION,
    TOTAL,
    WITHOUT_PLACE,
    make_store,
)

SETTLED = 1.0
"""Seconds in which a reply that must not come would have come."""

_people = itertools.count(7001)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bot")
    make_store(folder / "zhenwen.db")
    return folder


@pytest.fixture(scope="module")
def shared(folder: Path) -> Iterator[tuple[BotApi, BotProcess]]:
    """One bot for all tests that leave it running; each talks as a person of its own."""
    with BotApi() as api, BotProcess(write_config(folder, api)) as bot:
        api.wait_for("getUpdates", timeout=20)
        yield api, bot
        assert bot.process.poll() is None, bot.printed
        assert bot.end() < 5
        assert bot.process.returncode == 0, bot.printed
        assert api.token not in bot.printed
        assert api.token.partition(":")[2] not in bot.printed
        assert "Traceback" not in bot.printed
        assert QUESTION not in bot.printed
        assert "outcome=answered" in bot.printed


@pytest.fixture
def api(shared: tuple[BotApi, BotProcess]) -> BotApi:
    return shared[0]


@pytest.fixture
def me() -> int:
    return next(_people)


def ask(api: BotApi, me: int, text: str = QUESTION, **options: Any) -> int:
    return api.send_text(chat_id=me, user_id=me, text=text, **options)


def settle() -> None:
    time.sleep(SETTLED)


def test_an_answer_is_cited_and_replies_to_the_question(api: BotApi, me: int) -> None:
    question = ask(api, me)
    answer = wait_for_reply(api, me)
    assert answer.reply_to == question
    assert f"{TOTAL} 件" in answer.text.splitlines()[0]
    assert "官坡镇人民政府2022年政府信息公开工作年度报告" in answer.text
    call = api.calls("sendMessage")[-1]
    assert call.params["parse_mode"] == "HTML"
    assert call.params["link_preview_options"]["is_disabled"] is True
    (copy,) = answer.buttons
    assert copy.text == "复制出处"
    assert copy.copy_text is not None
    assert f"{TOTAL} 件" in copy.copy_text


def test_an_ambiguous_question_offers_buttons_and_a_tap_is_answered(api: BotApi, me: int) -> None:
    ask(api, me, WITHOUT_PLACE)
    offer = wait_for_reply(api, me)
    assert len(offer.buttons) == 2
    assert len({button.row for button in offer.buttons}) == 2
    assert all(len((button.data or "").encode()) <= 64 for button in offer.buttons)
    query = api.tap(offer, "官坡镇")
    answer = wait_for_reply(api, me, 2)
    assert answer.reply_to == offer.message_id
    assert f"{TOTAL} 件" in answer.text
    (ended,) = [
        c for c in api.calls("answerCallbackQuery") if c.params["callback_query_id"] == query
    ]
    assert not ended.params.get("show_alert")
    assert ended.at < api.calls("sendMessage")[-1].at
    assert api.messages(me)[0].buttons == offer.buttons
    api.tap(offer, "寒葱沟镇")
    assert f"{OTHER_TOTAL} 件" in wait_for_reply(api, me, 3).text


def test_the_number_of_a_choice_picks_it(api: BotApi, me: int) -> None:
    ask(api, me, WITHOUT_PLACE)
    wait_for_reply(api, me)
    ask(api, me, "2")
    assert f"{OTHER_TOTAL} 件" in wait_for_reply(api, me, 2).text


def test_an_unknown_button_explains_itself(api: BotApi, me: int) -> None:
    ask(api, me, WITHOUT_PLACE)
    offer = wait_for_reply(api, me)
    stale = {**offer.raw, "message_id": offer.message_id}
    api._queries["77"] = "callback_query"
    user = {"id": me, "is_bot": False, "first_name": "某人"}
    query: dict[str, Any] = {"id": "77", "from": user, "message": stale, "chat_instance": "-1"}
    api.push({"callback_query": query | {"data": "c:0123456789abcdef"}})
    (call,) = api.wait_for(
        "answerCallbackQuery", where=lambda c: c.params["callback_query_id"] == "77"
    )
    assert call.params["show_alert"] is True
    assert "过期" in call.params["text"]
    settle()
    assert len(api.messages(me)) == 1


def test_two_people_at_once_each_get_their_own_answers(api: BotApi) -> None:
    first, second = next(_people), next(_people)
    for _ in range(5):
        ask(api, first)
        ask(api, second, OTHER_QUESTION)
    wait_for_reply(api, first, 5)
    wait_for_reply(api, second, 5)
    assert all(f"{TOTAL} 件" in m.text for m in api.messages(first))
    assert all(f"{OTHER_TOTAL} 件" in m.text for m in api.messages(second))
    for person in (first, second):
        replied = [m.reply_to for m in api.messages(person)]
        assert replied == sorted(replied, key=lambda i: i or 0)


@pytest.mark.parametrize(
    "fault", [RateLimited(1), BadGateway(), RefuseConnections(1.5)], ids=lambda f: type(f).__name__
)
def test_what_was_refused_is_sent_again(api: BotApi, me: int, fault: Fault) -> None:
    api.fail_next("sendMessage", fault, 1)
    ask(api, me)
    assert f"{TOTAL} 件" in wait_for_reply(api, me).text
    settle()
    assert len(api.messages(me)) == 1


@pytest.mark.parametrize(
    ("fault", "delivered"),
    [(DropBeforeRead(), 0), (DeliverThenDrop(), 1), (DeliverThenHang(3), 1), (ServerError(), 0)],
    ids=lambda value: type(value).__name__,
)
def test_what_may_have_arrived_is_never_sent_again(
    api: BotApi, me: int, fault: Fault, delivered: int
) -> None:
    before = len([c for c in api.attempts if c.method == "sendMessage"])
    api.fail_next("sendMessage", fault)
    ask(api, me)
    deadline = time.monotonic() + 10
    while len([c for c in api.attempts if c.method == "sendMessage"]) == before:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    settle()
    assert len([c for c in api.attempts if c.method == "sendMessage"]) == before + 1
    assert len(api.messages(me)) == delivered
    ask(api, me, OTHER_QUESTION)
    wait_for_reply(api, me, delivered + 1)
    assert len(api.messages(me)) == delivered + 1


def test_lost_polls_and_a_conflict_do_not_end_the_bot(
    shared: tuple[BotApi, BotProcess], me: int
) -> None:
    api, bot = shared
    for fault in (DropBeforeRead(), Unauthorized()):
        api.fail_next("getUpdates", fault)
    api.fail_next("getUpdates", ApiError(409, "Conflict: terminated by other getUpdates request"))
    ask(api, me)
    wait_for_reply(api, me)
    ask(api, me, OTHER_QUESTION)
    wait_for_reply(api, me, 2, timeout=30)
    assert "409" in bot.printed
    settle()
    assert len(api.messages(me)) == 2


def test_updates_handed_out_twice_are_answered_once(api: BotApi, me: int) -> None:
    api.fail_next("getUpdates", DeliverThenDrop(), 2)
    ask(api, me)
    ask(api, me, OTHER_QUESTION)
    wait_for_reply(api, me, 2)
    settle()
    assert len(api.messages(me)) == 2


def test_a_refused_markup_is_sent_as_plain_text_once(api: BotApi, me: int) -> None:
    why = "Bad Request: can't parse entities: Unsupported start tag"
    api.fail_next("sendMessage", ApiError(400, why))
    ask(api, me)
    answer = wait_for_reply(api, me)
    assert f"{TOTAL} 件" in answer.text
    assert "parse_mode" not in api.calls("sendMessage")[-1].params
    assert "<b>" not in answer.text
    settle()
    assert len(api.messages(me)) == 1


def test_text_of_a_report_is_escaped(api: BotApi, me: int) -> None:
    ask(api, me, "官坡镇2022年存在什么问题")
    assert "公开栏<更新>不够及时 & 不够细" in wait_for_reply(api, me).text


def test_an_edited_question_changes_the_answer(api: BotApi, me: int) -> None:
    question = ask(api, me)
    wait_for_reply(api, me)
    ask(api, me, OTHER_QUESTION, edited=question)
    api.wait_for("editMessageText", where=lambda c: c.params["chat_id"] == me)
    (answer,) = api.messages(me)
    assert f"{OTHER_TOTAL} 件" in answer.text
    assert answer.reply_to == question
    ask(api, me, OTHER_QUESTION, edited=question)
    settle()
    assert api.messages(me)[0].edits == 1


def test_an_edit_whose_answer_was_lost_is_repeated(api: BotApi, me: int) -> None:
    question = ask(api, me)
    wait_for_reply(api, me)
    api.fail_next("editMessageText", DeliverThenDrop())
    ask(api, me, OTHER_QUESTION, edited=question)
    api.wait_for("editMessageText", where=lambda c: c.params["chat_id"] == me)
    settle()
    (answer,) = api.messages(me)
    assert (answer.edits, f"{OTHER_TOTAL} 件" in answer.text) == (1, True)


def test_in_groups_it_speaks_only_when_spoken_to(api: BotApi, me: int) -> None:
    group = -me

    def say(text: str, **options: Any) -> int:
        return api.send_text(group, me, text, chat_type="supergroup", **options)

    say(QUESTION)
    say("/help@another_bot")
    say("@stand_in_bot_2 " + QUESTION)
    settle()
    assert api.messages(group) == []
    mention = say(f"@Stand_In_Bot{QUESTION}")
    answer = wait_for_reply(api, group)
    assert (answer.reply_to, f"{TOTAL} 件" in answer.text) == (mention, True)
    say(OTHER_QUESTION, reply_to=answer.message_id)
    assert f"{OTHER_TOTAL} 件" in wait_for_reply(api, group, 2).text
    say("/places@stand_in_bot")
    assert "官坡镇" in wait_for_reply(api, group, 3).text


def test_its_own_inline_results_are_not_answered(api: BotApi, me: int) -> None:
    ask(api, me, via_bot=True)
    settle()
    assert api.messages(me) == []


def test_what_follows_is_about_what_was_asked(api: BotApi, me: int) -> None:
    ask(api, me)
    assert f"{TOTAL} 件" in wait_for_reply(api, me).text
    ask(api, me, "其中自然人呢")
    assert f"{PERSONS} 件" in wait_for_reply(api, me, 2).text
    ask(api, me, "来源呢")
    assert "📄" in wait_for_reply(api, me, 3).text
    ask(api, me, "和寒葱沟镇比呢")
    assert f"{PERSONS - OTHER_PERSONS} 件" in wait_for_reply(api, me, 4).text


def test_start_offers_examples_that_work(api: BotApi, me: int) -> None:
    ask(api, me, "/start jz-2020")
    start = wait_for_reply(api, me)
    assert "镇问" in start.text
    assert start.buttons
    api.tap(start, 0)
    assert f"{TOTAL} 件" in wait_for_reply(api, me, 2).text


def test_commands(api: BotApi, me: int) -> None:
    ask(api, me, "/help")
    assert "官坡镇" in wait_for_reply(api, me).text
    ask(api, me, "/places")
    assert "寒葱沟镇" in wait_for_reply(api, me, 2).text
    ask(api, me, "/nothing")
    assert "没有这个命令" in wait_for_reply(api, me, 3).text
    (commands,) = {str(c.params["commands"]) for c in api.calls("setMyCommands")}
    assert "places" in commands


def test_a_picture_gets_a_friendly_line_and_its_caption_an_answer(api: BotApi, me: int) -> None:
    def push(message_id: int, **more: Any) -> None:
        user = {"id": me, "is_bot": False, "first_name": "某人"}
        photo = [{"file_id": "p", "file_unique_id": "u", "width": 9, "height": 9}]
        raw = {"message_id": message_id, "from": user, "date": int(time.time()), "photo": photo}
        api.push({"message": raw | {"chat": {"id": me, "type": "private"}} | more})

    for number in (9001, 9002, 9003):
        push(number, media_group_id="album")
    assert "文字" in wait_for_reply(api, me).text
    push(9004, caption=QUESTION)
    assert f"{TOTAL} 件" in wait_for_reply(api, me, 2).text
    settle()
    assert len(api.messages(me)) == 2


def test_a_question_from_long_ago_gets_one_apology(api: BotApi, me: int) -> None:
    ask(api, me, age=3600)
    ask(api, me, OTHER_QUESTION, age=3600)
    assert "再发一次" in wait_for_reply(api, me).text
    settle()
    assert len(api.messages(me)) == 1
    ask(api, me, age=120)
    assert f"{TOTAL} 件" in wait_for_reply(api, me, 2).text


def test_a_flood_is_limited_for_its_sender_alone(api: BotApi, me: int) -> None:
    for number in range(36):
        ask(api, me, f"{number}")
    other = next(_people)
    ask(api, other)
    wait_for_reply(api, other)
    wait_for_reply(api, me, 31)
    settle()
    texts = [m.text for m in api.messages(me)]
    assert 31 <= len(texts) <= 34
    assert sum("太快" in text for text in texts) in (1, 2)


def test_a_replaced_store_answers_without_restart(api: BotApi, me: int, folder: Path) -> None:
    ask(api, me)
    assert f"{TOTAL} 件" in wait_for_reply(api, me).text
    try:
        make_store(folder / "next.db", changed=True).replace(folder / "zhenwen.db")
        time.sleep(3.1)
        ask(api, me)
        assert f"{CHANGED_TOTAL} 件" in wait_for_reply(api, me, 2).text
    finally:
        make_store(folder / "again.db").replace(folder / "zhenwen.db")
        time.sleep(3.1)


# --- starting and stopping ---


def test_buttons_outlive_a_restart_and_nothing_is_answered_twice(tmp_path: Path, me: int) -> None:
    make_store(tmp_path / "zhenwen.db")
    with BotApi() as api:
        config = write_config(tmp_path, api)
        with BotProcess(config) as bot:
            ask(api, me, WITHOUT_PLACE)
            offer = wait_for_reply(api, me, timeout=20)
            bot.process.kill()
        with BotProcess(config) as bot:
            api.tap(offer, "寒葱沟镇")
            answer = wait_for_reply(api, me, 2, timeout=20)
            assert f"{OTHER_TOTAL} 件" in answer.text
            assert len(api.messages(me)) == 2
            assert bot.end() < 5
            assert bot.process.returncode == 0
        assert (tmp_path / "zhenwen-state.db").stat().st_mode & 0o077 == 0


def test_a_conversation_goes_on_after_a_restart(tmp_path: Path, me: int) -> None:
    make_store(tmp_path / "zhenwen.db")
    with BotApi() as api:
        config = write_config(tmp_path, api)
        with BotProcess(config) as bot:
            ask(api, me)
            wait_for_reply(api, me, timeout=20)
            settle()  # what is kept is written behind the reply
            bot.process.kill()
        with BotProcess(config):
            ask(api, me, "寒葱沟镇呢")
            follow_up = wait_for_reply(api, me, 2, timeout=20)
            assert f"{OTHER_TOTAL} 件" in follow_up.text
            assert "接上一问" in follow_up.text
            other = next(_people)
            ask(api, other, "寒葱沟镇呢")  # another person has spoken of nothing yet
            assert "接上一问" not in wait_for_reply(api, other, timeout=20).text


def test_it_ends_while_telegram_cannot_be_reached(tmp_path: Path, me: int) -> None:
    make_store(tmp_path / "zhenwen.db")
    with BotApi() as api, BotProcess(write_config(tmp_path, api)) as bot:
        api.wait_for("getUpdates", timeout=20)
        api.fail_next("sendMessage", RefuseConnections(60))
        ask(api, me)
        settle()
        assert bot.process.poll() is None
        assert bot.end() < 5
        assert bot.process.returncode == 0, bot.printed
        assert api.token not in bot.printed


def test_it_ends_while_a_reply_hangs_and_does_not_repeat_it(tmp_path: Path, me: int) -> None:
    make_store(tmp_path / "zhenwen.db")
    with BotApi() as api:
        config = write_config(tmp_path, api)
        with BotProcess(config) as bot:
            api.wait_for("getUpdates", timeout=20)
            api.fail_next("sendMessage", DeliverThenHang(30))
            ask(api, me)
            wait_for_reply(api, me)
            assert bot.end() < 5
            assert bot.process.returncode == 0, bot.printed
        polls = len(api.calls("getUpdates"))
        with BotProcess(config):
            api.wait_for("getUpdates", polls + 1, timeout=20)
            settle()
        assert len(api.messages(me)) == 1


def test_a_network_that_comes_late_is_waited_for(tmp_path: Path, me: int) -> None:
    make_store(tmp_path / "zhenwen.db")
    with BotApi() as api:
        api.fail_next("getMe", RefuseConnections(60))
        with BotProcess(write_config(tmp_path, api)) as bot:
            deadline = time.monotonic() + 30
            while "连不上 Telegram" not in bot.printed:
                assert time.monotonic() < deadline
                time.sleep(0.05)
            api.accept_again()
            ask(api, me)
            wait_for_reply(api, me, timeout=20)
            assert bot.printed.count("连不上 Telegram") == 1


def test_a_network_that_never_comes_can_be_stopped(tmp_path: Path) -> None:
    make_store(tmp_path / "zhenwen.db")
    with BotApi() as api:
        config = write_config(tmp_path, api)
    with BotProcess(config) as bot:
        deadline = time.monotonic() + 15
        while "连不上 Telegram" not in bot.printed:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        assert bot.end() < 5
        assert bot.process.returncode == 0


def test_a_wrong_token_is_one_line(tmp_path: Path) -> None:
    make_store(tmp_path / "zhenwen.db")
    wrong = "110201543:AAHwrongwrongwrongwrongwrongwrong00"
    with BotApi() as api:
        config = write_config(tmp_path, api)
        with BotProcess(config, {"ZHENWEN_TELEGRAM_TOKEN": wrong}) as bot:
            assert "token" in bot.fails()
            assert "AAHwrong" not in bot.printed
        assert not api.calls("sendMessage")


def test_a_revoked_token_ends_the_bot_with_one_line(tmp_path: Path) -> None:
    make_store(tmp_path / "zhenwen.db")
    with BotApi() as api:
        api.fail_next("getUpdates", Unauthorized(), 3)
        with BotProcess(write_config(tmp_path, api)) as bot:
            assert "token" in bot.fails()
            assert api.token not in bot.printed


def test_a_base_url_that_is_no_bot_api_is_one_line(tmp_path: Path) -> None:
    make_store(tmp_path / "zhenwen.db")
    with HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with BotApi() as api:
            config = write_config(tmp_path, api)
        text = config.read_text(encoding="utf-8")
        elsewhere = f"http://127.0.0.1:{server.server_port}/bot"
        config.write_text(text.replace(api.base_url, elsewhere), encoding="utf-8")
        with BotProcess(config) as bot:
            assert "base_url" in bot.fails()
            assert api.token not in bot.printed
        server.shutdown()


@pytest.mark.parametrize("content", [None, b""], ids=["missing", "empty"])
def test_a_store_without_reports_is_one_line(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "zhenwen.db").write_bytes(content)
    with BotApi() as api, BotProcess(write_config(tmp_path, api)) as bot:
        line = bot.fails()
        assert "zhenwen ingest" in line
        assert "[store] path" in line
        assert api.attempts == []


def test_without_a_token_it_says_where_one_comes_from(tmp_path: Path) -> None:
    make_store(tmp_path / "zhenwen.db")
    (tmp_path / "config.toml").write_text('[store]\npath = "zhenwen.db"\n', encoding="utf-8")
    with BotProcess(tmp_path / "config.toml") as bot:
        assert "@BotFather" in bot.fails()
