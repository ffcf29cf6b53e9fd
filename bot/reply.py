"""A finished reply: as plain text, as HTML for Telegram, and as the JSON of the contract."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from bot.answer import Status
from bot.interpretation import Choice


@dataclass(frozen=True, slots=True)
class Reply:
    """What the front ends show; they hold no understanding and no facts of their own.

    `html` is escaped and uses only Telegram's tags, under 4,096 characters as shown.
    `citation` is one ready line to copy (at most 256 characters), None without a figure.
    `data` is the JSON object of contract.md.
    """

    status: Status
    text: str
    html: str
    choices: tuple[Choice, ...]
    citation: str | None
    data: dict[str, Any]

    def json_line(self) -> str:
        """The reply as one line of JSON, Chinese unescaped."""
        return json.dumps(self.data, ensure_ascii=False, separators=(", ", ": "))
