"""The figures of a reply as a file that a spreadsheet opens, sent to whoever taps for it."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

from telegram import InputFile
from telegram.error import BadRequest, Forbidden, TelegramError

from bot.conversation.assistant import Assistant
from bot.telegram.redaction import masked
from bot.wording.reply import Reply
from bot.wording.sentences import Wording
from bot.wording.table import as_csv, file_name, make_table

MAX_ROWS = 5000
"""Rows of one table; they are some 2 MB. Who needs more is better off with `zhenwen export`."""

_BOM = "\ufeff"
"""Without it Excel takes the file for one in the system's old encoding."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file to send, and what is said in the language of its question where it does not arrive."""

    name: str
    content: bytes
    caption: str
    lost: str
    refused: str


def table_of(assistant: Assistant, question: str) -> tuple[Reply, Sheet | None]:
    """What the store says now, and its figures as a file; None where it has none any more."""
    reply = assistant.giving_data().ask(question)
    rows, total = make_table(reply.data, MAX_ROWS)
    if not rows:
        return reply, None
    words = Wording(reply.language)
    key = "cut" if total > len(rows) else "caption"
    caption = words.say("table", key, question=question, rows=total, shown=len(rows))
    return reply, Sheet(
        name=file_name(reply.data),
        content=(_BOM + as_csv(rows)).encode(),
        caption=caption,
        lost=words.say("table", "lost"),
        refused=words.say("table", "refused"),
    )


async def send_sheet(bot: Any, sheet: Sheet, **where: Any) -> None:
    """Send the file; where Telegram refuses it, or it may have got lost on the way, say so.

    It is not sent again then: what may have arrived would arrive twice.
    Raises: TelegramError where these words cannot be sent, either.
    """
    try:
        file = InputFile(sheet.content, filename=sheet.name)
        await bot.send_document(document=file, caption=sheet.caption, **where)
        return
    except Forbidden:
        raise
    except TelegramError as error:
        log.warning("表格没有送达：%s：%s", type(error).__name__, masked(error.message))
        told = sheet.refused if isinstance(error, BadRequest) else sheet.lost
    await bot.send_message(text=told, **where)
