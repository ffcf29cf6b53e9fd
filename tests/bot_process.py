"""`zhenwen bot` as a real process that talks to the stand-in of the Bot API."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Self

from tests.botapi import BotApi, Message

ROOT = Path(__file__).parents[1]


class BotProcess:
    """A running bot; a context manager that ends it and keeps all that it printed.

    `command` are the arguments of Python that start it, the bot itself by default.
    """

    def __init__(
        self,
        config: Path,
        environment: dict[str, str] | None = None,
        command: Sequence[str] = ("-m", "zhenwen", "bot", "--config"),
    ) -> None:
        self.output = config.with_suffix(".log")
        variables = {k: v for k, v in os.environ.items() if not k.lower().endswith("_proxy")}
        variables |= {"NO_PROXY": "127.0.0.1", "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
        variables.pop("ZHENWEN_TELEGRAM_TOKEN", None)
        with self.output.open("ab") as file:
            self.process = subprocess.Popen(
                [sys.executable, *command, str(config)],
                cwd=config.parent,
                env=variables | (environment or {}),
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(10)

    @property
    def printed(self) -> str:
        return self.output.read_text(encoding="utf-8")

    def end(self) -> float:
        """Send SIGTERM and wait; the seconds it took."""
        started = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(15)
        return time.monotonic() - started

    def fails(self, timeout: float = 20) -> str:
        """The one line on which the process ends with status 2."""
        assert self.process.wait(timeout) == 2, self.printed
        assert "Traceback" not in self.printed
        lines = [line for line in self.printed.splitlines() if line.startswith("zhenwen: ")]
        assert len(lines) == 1, self.printed
        return lines[0]


def write_config(folder: Path, api: BotApi, store: str = "zhenwen.db", more: str = "") -> Path:
    """A config in the folder for this stand-in; `more` are further lines of [telegram]."""
    path = folder / "config.toml"
    path.write_text(
        f'[store]\npath = "{store}"\n\n[telegram]\ntoken = "{api.token}"\n'
        f'base_url = "{api.base_url}"\npoll_timeout = 5\nmax_age = 10\nper_user_per_minute = 30\n{more}\n',
        encoding="utf-8",
    )
    path.chmod(0o600)
    return path


def wait_for_reply(api: BotApi, chat_id: int, count: int = 1, timeout: float = 15) -> Message:
    """The newest message of a chat once there are so many."""
    api.wait_for("sendMessage", count, timeout, where=lambda c: c.params.get("chat_id") == chat_id)
    return api.messages(chat_id)[-1]
