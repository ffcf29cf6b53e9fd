"""A question that takes long keeps its own chat waiting and nobody else."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.conversation.assistant import Assistant
from bot.telegram.store_watch import READERS, WatchedStore
from tests.bot_process import BotProcess, wait_for_reply, write_config
from tests.botapi import BotApi
from tests.made_store import OTHER_QUESTION, OTHER_TOTAL, QUESTION, TOTAL, make_store

LONG_QUESTION = "2022年哪个镇收到的申请最多"
"""None that the bot asks itself when it begins."""

ENDLESS = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"


def hold(pipe: Path) -> int:
    """Opens the pipe as soon as the bot reads it, that is, once it is held at the question."""
    deadline = time.monotonic() + 20
    while True:
        try:
            return os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
        except OSError:
            assert time.monotonic() < deadline, "the bot never came to the question"
            time.sleep(0.01)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes")
def test_while_one_waits_for_an_answer_another_gets_his(tmp_path: Path) -> None:
    make_store(tmp_path / "zhenwen.db")
    pipe = tmp_path / "held"
    os.mkfifo(pipe)
    environment = {"HELD_QUESTION": LONG_QUESTION, "HELD_UNTIL": str(pipe)}
    slow, quick = 9101, 9102
    with BotApi() as api:
        config = write_config(tmp_path, api)
        with BotProcess(config, environment, ("-m", "tests.held_bot")) as bot:
            first = api.send_text(slow, slow, LONG_QUESTION)
            held = hold(pipe)
            second = api.send_text(slow, slow, OTHER_QUESTION)
            for count in range(1, READERS + 2):  # each of the free connections, and again
                api.send_text(quick, quick, OTHER_QUESTION)
                assert f"{OTHER_TOTAL} 件" in wait_for_reply(api, quick, count).text
            assert api.messages(slow) == []
            os.close(held)
            wait_for_reply(api, slow, 2)
            answers = api.messages(slow)
            assert [answer.reply_to for answer in answers] == [first, second]
            assert f"{TOTAL} 件" in answers[0].text
            assert f"{OTHER_TOTAL} 件" in answers[1].text
            assert bot.end() < 10
            assert bot.process.returncode == 0, bot.printed


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[WatchedStore]:
    store = WatchedStore(make_store(tmp_path / "zhenwen.db"))
    yield store
    store.close()


def test_several_are_answered_at_once_each_by_an_assistant_of_its_own(
    watched: WatchedStore,
) -> None:
    together = threading.Barrier(READERS)

    def ask(assistant: Assistant) -> tuple[int, str]:
        together.wait(20)  # breaks unless all of them are here
        return id(assistant.store.connection), assistant.ask(QUESTION).text

    async def all_at_once() -> list[tuple[int, str]]:
        return await asyncio.gather(*(watched.answer(ask) for _ in range(READERS)))

    answers = asyncio.run(all_at_once())
    assert len({connection for connection, _ in answers}) == READERS
    assert {text for _, text in answers} == {watched.run(lambda a: a.ask(QUESTION).text)}


def test_one_after_the_other_they_share_what_was_read(watched: WatchedStore) -> None:
    async def twice() -> list[int]:
        return [await watched.answer(lambda a: id(a.store.kept)) for _ in range(2)]

    first, second = asyncio.run(twice())
    assert first == second


def test_the_names_are_indexed_once_for_all_assistants(watched: WatchedStore) -> None:
    together = threading.Barrier(READERS)

    def index(assistant: Assistant) -> int:
        together.wait(20)
        return id(assistant.index())

    async def all_at_once() -> list[int]:
        return await asyncio.gather(*(watched.answer(index) for _ in range(READERS)))

    watched.run(lambda assistant: assistant.index())
    assert len(set(asyncio.run(all_at_once()))) == 1


def test_a_store_that_is_replaced_while_a_question_is_answered(
    tmp_path: Path, watched: WatchedStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.telegram.store_watch.CHECK_SECONDS", 0.0)
    other = make_store(tmp_path / "other.db", changed=True)

    def ask(assistant: Assistant) -> tuple[str, str]:
        before = assistant.ask(QUESTION).text
        other.replace(watched.path)
        after = watched.run(lambda newer: newer.ask(QUESTION).text)
        assert assistant.ask(QUESTION).text == before  # its own file is still open
        return before, after

    before, after = watched.run(ask)
    assert f"{TOTAL} 件" in before
    assert f"{TOTAL} 件" not in after
    assert watched.run(lambda assistant: assistant.ask(QUESTION).text) == after


def test_closing_ends_what_is_still_being_read(tmp_path: Path) -> None:
    store = WatchedStore(make_store(tmp_path / "zhenwen.db"))
    begun = threading.Event()
    ended: list[type[Exception]] = []

    def ask(assistant: Assistant) -> None:
        begun.set()
        try:
            assistant.store.connection.execute(ENDLESS).fetchone()
        except sqlite3.OperationalError as error:
            ended.append(type(error))

    thread = threading.Thread(target=store.run, args=(ask,))
    thread.start()
    assert begun.wait(20)
    time.sleep(0.2)  # into the statement; were it not there yet, close() would interrupt nothing
    store.close()
    thread.join(20)
    assert ended == [sqlite3.OperationalError]
