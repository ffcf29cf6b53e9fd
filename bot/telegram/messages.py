"""Which messages are meant for the bot, and what they say; keyboards under its replies."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from telegram import CopyTextButton, InlineKeyboardButton, InlineKeyboardMarkup, Message, User

from bot.conversation.commands import read_command

MAX_COPY = 256
MAX_LABEL = 100
"""Characters of a button's label; clients show some forty of them."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A message for the bot: a question, a command without its slash, or no text at all."""

    kind: Literal["question", "command", "unsupported"]
    text: str


def listen(message: Message, bot: User, edited: bool = False) -> Heard | None:
    """What a message says to the bot; None if it is not for the bot.

    In private everything is; in groups only a mention, a reply to the bot and a command are. Never: results of
    the bot's own inline mode, other bots, and what a linked channel posts by itself.
    """
    sender = message.from_user
    if message.via_bot is not None and message.via_bot.id == bot.id:
        return None
    if sender is not None and sender.is_bot and message.sender_chat is None:
        return None
    if message.is_automatic_forward:
        return None
    private = message.chat.type == message.chat.PRIVATE
    text = message.text or message.caption
    if text is None:
        unsupported = private and not edited and message.effective_attachment is not None
        return Heard("unsupported", "") if unsupported else None
    command = read_command(text)
    if command is not None:
        name, to = command
        if to is not None and to.lower() != (bot.username or "").lower():
            return None
        return Heard("command", name)
    said, mentioned = _without_mention(text, bot)
    if private or mentioned or _replies_to(message, bot):
        return Heard("question", said) if said else Heard("command", "help")
    return None


def _without_mention(text: str, bot: User) -> tuple[str, bool]:
    # Not by entities: a name directly before Chinese characters is meant as one all the same.
    name = rf"(?<![A-Za-z0-9_])@{re.escape(bot.username or '')}(?![A-Za-z0-9_])"
    said, count = re.subn(name, " ", text, flags=re.IGNORECASE)
    return said.strip(), count > 0


def _replies_to(message: Message, bot: User) -> bool:
    replied = message.reply_to_message
    return replied is not None and replied.from_user is not None and replied.from_user.id == bot.id


def keyboard(
    choices: Iterable[tuple[str, str]],
    citation: str | None = None,
    table: tuple[str, str] | None = None,
) -> InlineKeyboardMarkup | None:
    """One button a row: (label, callback data) of each choice; below them, in one row, what can
    be taken along: one that copies the citation, one that sends the table."""
    rows = [
        [InlineKeyboardButton(label[:MAX_LABEL], callback_data=data)] for label, data in choices
    ]
    along = []
    if citation and len(citation) <= MAX_COPY:
        along.append(InlineKeyboardButton("复制出处", copy_text=CopyTextButton(citation)))
    if table is not None:
        along.append(InlineKeyboardButton(table[0], callback_data=table[1]))
    rows += [along] if along else []
    return InlineKeyboardMarkup(rows) if rows else None
