"""The conversation in a terminal, and the same line by line for programs."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from bot.conversation.assistant import Assistant
from bot.conversation.commands import GREETING, QUESTIONS, TRY, read_command
from bot.conversation.dialogue import Dialogue
from bot.wording.reply import Reply

try:
    import readline
except ImportError:  # Windows: input() works without history
    readline = None  # type: ignore[assignment]

PROMPT = "问> "
HINT = "/help 说明　/places 有哪些镇　/quit 结束（或 Ctrl-D）"
MAX_HISTORY = 1000


def converse(assistant: Assistant) -> None:
    """Ask and answer until Ctrl-D or /quit; Ctrl-C gives up the line that is being typed."""
    assistant.index()  # finds the examples
    print(GREETING)
    if examples := assistant.examples():
        print(TRY)
        for example in examples:
            print(f"· {example}")
    print(HINT)
    dialogue = Dialogue(assistant)
    with _history():
        while True:
            try:
                line = input(PROMPT)
                command = read_command(line)
                if command is not None and command[0] in ("quit", "exit", "q"):
                    return
                if line.strip():
                    print(_visible(_reply(dialogue, line).text), end="\n\n", flush=True)
            except EOFError:
                print()
                return
            except KeyboardInterrupt:
                print()


def converse_by_lines(assistant: Assistant, lines: Iterable[str], as_json: bool) -> None:
    """One reply for each line, an empty one too: a line of JSON, or text and a blank line."""
    dialogue = Dialogue(assistant)
    for line in lines:
        reply = _reply(dialogue, line)
        if as_json:
            print(reply.json_line(), flush=True)
        else:
            print(_visible(reply.text), end="\n\n", flush=True)


def _reply(dialogue: Dialogue, line: str) -> Reply:
    """As in Telegram: a known command stands for its question."""
    command = read_command(line)
    if command is None or command[0] not in QUESTIONS:
        return dialogue.say(line)
    reply = dialogue.say(QUESTIONS[command[0]])
    reply.data["question"] = line
    return reply


def _visible(text: str) -> str:
    """Words of a report are shown to the terminal, not obeyed by it."""
    return "".join("�" if c != "\n" and unicodedata.category(c) == "Cc" else c for c in text)


@contextmanager
def _history() -> Iterator[None]:
    """Line editing with the history of earlier conversations; a file that fails is done without."""
    path = _history_path()
    if readline is None or path is None:
        yield
        return
    readline.set_history_length(MAX_HISTORY)
    with suppress(OSError):
        readline.read_history_file(path)
    try:
        yield
    finally:
        with suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600))  # nobody else reads it
            path.chmod(0o600)
            readline.write_history_file(path)


def _history_path() -> Path | None:
    state = os.environ.get("XDG_STATE_HOME") or "~/.local/state"
    try:
        return Path(state).expanduser() / "zhenwen" / "history"
    except RuntimeError:  # no home folder
        return None
