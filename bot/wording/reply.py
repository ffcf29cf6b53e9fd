"""A finished reply: as plain text, as HTML for Telegram, and as the JSON of the contract."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from bot.answers.answer import Status
from bot.understanding.interpretation import Choice
from bot.understanding.spoken_of import Context
from bot.wording.names_in import Language

_SEPARATORS = re.compile("[\x85\u2028\u2029\ud800-\udfff]")
"""Line ends to some readers, and halves of characters that no encoding can write."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What the front ends show; they hold no understanding and no facts of their own.

    `html` is escaped and uses only Telegram's tags, under 4,096 characters as shown.
    `citation` is one ready line to copy (at most 256 characters), None without a figure.
    `table` asks for the figures as a table: what a button says, and the question that gives
    them, standing for itself; None where the reply does not rest on two or more.
    `data` is the JSON object of contract.md, empty where nobody asked for it. `language` is
    that of the words.
    """

    status: Status
    text: str
    html: str
    choices: tuple[Choice, ...]
    citation: str | None
    data: dict[str, Any]
    language: Language
    context: Context | None = None
    """What a follow-up would refer to; None if this reply leaves the conversation as it was."""
    pending: str = ""
    """The question that this reply asks back about, as completed; empty if it is as typed."""
    meant: str = ""
    """One of the questions offered, where the message followed on the one before and may mean any
    of them: what it was about is known, though not all of it."""
    unkept: bool = False
    """Whether it tells of many reports (哪些镇数据有矛盾): no place, year or figure of it is kept."""
    table: Choice | None = None

    def json_line(self) -> str:
        """The reply as one line of JSON: Chinese as it is, other line separators escaped, so
        that it is one line to every reader. Raises: ValueError for a reply without `data`."""
        if "status" not in self.data:
            raise ValueError("a reply of an assistant without data")
        text = json.dumps(self.data, ensure_ascii=False, separators=(", ", ": "))
        return _SEPARATORS.sub(lambda match: f"\\u{ord(match[0]):04x}", text)
