"""The terminal front end: by lines through the command, and with a keyboard in a pseudo-terminal."""

from __future__ import annotations

import codecs
import json
import os
import pty
import select
import signal
import subprocess
import sys
import time
from datetime import date
from functools import partial
from pathlib import Path
from typing import Self

import pytest

from bot.conversation.assistant import Assistant
from bot.conversation.terminal import converse_by_lines
from knowledge.store import open_for_reading
from tests.bot_process import ROOT
from tests.made_store import OTHER_TOTAL, QUESTION, TOTAL, WITHOUT_PLACE, make_store


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_store(tmp_path_factory.mktemp("terminal") / "zhenwen.db")


def say(db: Path, *lines: str, as_json: bool) -> None:
    with open_for_reading(db) as store:
        converse_by_lines(Assistant(store, lambda: date(2023, 5, 1)), lines, as_json)


def test_each_line_gives_one_reply(db: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = (WITHOUT_PLACE, "2", QUESTION, WITHOUT_PLACE, "/places", "/quit", "qwerty", "")
    say(db, *lines, as_json=True)
    replies = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [reply["question"] for reply in replies] == list(lines)
    assert replies[0]["status"] == "clarify"
    assert replies[1]["facts"][0]["value"] == OTHER_TOTAL
    assert replies[2]["facts"][0]["value"] == TOTAL
    assert replies[4]["interpretation"]["intent"] == "coverage"
    assert replies[6]["status"] == "not_understood"
    assert "接上一问" in replies[3]["text"]  # the place spoken of is meant, and it is said so


def test_plain_replies_end_with_a_blank_line(db: Path, capsys: pytest.CaptureFixture[str]) -> None:
    say(db, WITHOUT_PLACE, "", QUESTION, as_json=False)
    offer, nothing, answer, end = capsys.readouterr().out.split("\n\n")
    assert f"{TOTAL} 件" in answer.splitlines()[0]
    assert nothing
    assert "1. 官坡镇" in offer
    assert end == ""


def test_replies_come_before_the_input_ends(db: Path) -> None:
    command = [sys.executable, "-m", "zhenwen", "chat", "--db", str(db), "--json"]
    with subprocess.Popen(
        command,
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    ) as chat:
        assert chat.stdin is not None
        assert chat.stdout is not None
        for question in (QUESTION, WITHOUT_PLACE):
            chat.stdin.write(question + "\n")
            chat.stdin.flush()
            assert json.loads(chat.stdout.readline())["question"] == question
        chat.stdin.close()
        assert chat.wait(10) == 0


def _take_terminal(slave: int) -> None:
    """In the child: this terminal is its own, and Ctrl-C there ends what it does, also where the
    tests were started in the background and ignore it."""
    os.close(os.open(os.ttyname(slave), os.O_RDWR))
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Terminal:
    """`zhenwen chat` with a keyboard and a screen."""

    def __init__(self, db: Path, home: Path) -> None:
        master, slave = pty.openpty()
        self.screen = master
        self.chat = subprocess.Popen(
            [sys.executable, "-m", "zhenwen", "chat", "--db", str(db)],
            cwd=ROOT,
            env={**os.environ, "XDG_STATE_HOME": str(home), "TERM": "xterm", "LANG": "C.UTF-8"},
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
            preexec_fn=partial(_take_terminal, slave),
        )
        os.close(slave)
        self.shown = ""
        self.decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def type(self, text: str) -> None:
        os.write(self.screen, text.encode())

    def wait_for(self, text: str) -> str:
        """All that was shown up to this text, which is then forgotten."""
        deadline = time.monotonic() + 60  # a busy machine takes its time to start
        while text not in self.shown:
            assert time.monotonic() < deadline, self.shown
            if select.select([self.screen], [], [], 0.1)[0]:
                try:
                    self.shown += self.decoder.decode(os.read(self.screen, 4096))
                except OSError:  # Linux: the other end is closed
                    break
        before, _, self.shown = self.shown.partition(text)
        return before

    def say(self, line: str) -> str:
        """What is shown until the next prompt. Typed only at a prompt: before it nobody reads."""
        self.type(line + "\n")
        return self.wait_for("\r\n\r\n") + self.wait_for("问> ")

    def ended(self) -> int:
        return self.chat.wait(10)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        if self.chat.poll() is None:
            self.chat.kill()
        self.chat.wait(10)
        os.close(self.screen)


def test_a_conversation_with_a_keyboard(db: Path, tmp_path: Path) -> None:
    with Terminal(db, tmp_path) as terminal:
        assert "官坡镇" in terminal.wait_for("问> ")
        assert "2. 寒葱沟镇" in terminal.say(WITHOUT_PLACE)
        assert f"{OTHER_TOTAL} 件" in terminal.say("2")
        terminal.type("half a line")
        terminal.wait_for("half a line")
        time.sleep(0.2)  # readline misses a Ctrl-C in the instant after it has echoed a key
        terminal.type("\x03")
        terminal.wait_for("问> ")
        assert f"{TOTAL} 件" in terminal.say(QUESTION)
        assert "年度报告" in terminal.say("/help")
        terminal.type("\x04")
        assert terminal.ended() == 0
    history = tmp_path / "zhenwen" / "history"
    assert QUESTION in history.read_text(encoding="utf-8")
    assert history.stat().st_mode & 0o077 == 0


def test_quit_ends_and_a_history_that_cannot_be_written_is_no_matter(
    db: Path, tmp_path: Path
) -> None:
    (tmp_path / "zhenwen").write_text("in the way", encoding="utf-8")
    with Terminal(db, tmp_path) as terminal:
        terminal.wait_for("问> ")
        terminal.type("/quit\n")
        assert terminal.ended() == 0
        assert "Traceback" not in terminal.shown
