"""The Telegram front end: messages in, the same replies as everywhere out. No facts of its own."""

from __future__ import annotations

import asyncio
import gc
import hmac
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from telegram import (
    CallbackQuery,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    Message,
    ReplyParameters,
    Update,
)
from telegram.constants import ParseMode
from telegram.error import BadRequest, Forbidden, NetworkError, TelegramError
from telegram.ext import Application, CallbackQueryHandler, ContextTypes, ExtBot, MessageHandler
from telegram.ext.filters import UpdateType

from bot.conversation.assistant import Assistant
from bot.conversation.commands import GREETING, QUESTIONS, TRY
from bot.conversation.dialogue import Dialogue, Memory
from bot.telegram.messages import Heard, keyboard, listen
from bot.telegram.polling import AnyApplication, serve
from bot.telegram.recent import Limiter, Recent
from bot.telegram.redaction import hide, masked, set_up_logging
from bot.telegram.request import RetryingRequest, Stopping, make_requests
from bot.telegram.settings import Settings, read_token
from bot.telegram.state import State, wants_table
from bot.telegram.store_watch import WatchedStore
from bot.telegram.tables import send_sheet, table_of
from bot.understanding.interpretation import Choice
from bot.wording.reply import Reply
from knowledge.errors import StoreError, ZhenwenError

EXPIRED = "这个选项已过期，请把问题再发一次"
TOO_FAST = "问得太快了，请过一分钟再问"
UNSUPPORTED = "我只看得懂文字：请直接写镇名、年份和想问的数"
TOO_OLD = "刚才机器人停了一阵，停机时发来的问题没有回答，请再发一次"
FAILED = "这一句没有答上来，问题已记下；请换个问法再试"
UNKNOWN_COMMAND = "没有这个命令。"

MAX_REMEMBERED = 10_000
MAX_PLAIN = 4000
"""Characters of the plain text that is sent where Telegram refuses the marked one."""

log = logging.getLogger(__name__)
Context = ContextTypes.DEFAULT_TYPE


@dataclass(slots=True)
class Conversation:
    """One person in one chat; the lock keeps replies in the order of the questions."""

    memory: Memory
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


@dataclass(frozen=True, slots=True)
class Shown:
    """What goes out: marked text, the same plain, and what stands under it."""

    html: str
    plain: str
    buttons: InlineKeyboardMarkup | None = None


def run_bot(settings: Settings) -> None:
    """Answer in Telegram until told to end.

    Raises: UsageError, StoreError or ZhenwenError with one line where it cannot begin, or
    where the token is revoked meanwhile. No line and no log holds the token.
    """
    set_up_logging(settings.logging.level)
    token = read_token(settings)
    hide(token)
    hide(settings.telegram.proxy or "")
    try:
        store = WatchedStore(settings.store.path)
    except StoreError as error:
        raise StoreError(
            f"{error}（机器人用的库由 {settings.file} 的 [store] path 指明）"
        ) from None
    store.run(_get_ready)
    gc.freeze()  # names of all of China need not be looked through for garbage again and again
    state = State(settings.telegram.state)
    try:
        asyncio.run(_run(settings, token, store, state))
    except ZhenwenError:
        raise
    except Exception as error:  # noqa: BLE001 - a trace must pass the mask of the log first
        log.error("机器人意外停止", exc_info=error)
        raise ZhenwenError("机器人意外停止，原因见上面的日志") from None
    finally:
        state.close()
        store.close()


def _get_ready(assistant: Assistant) -> None:
    """Reads all vocabulary now, not at the first question."""
    for example in assistant.examples()[:1]:
        assistant.ask(example)


async def _run(settings: Settings, token: str, store: WatchedStore, state: State) -> None:
    stopping = Stopping()
    request, polling = make_requests(settings, stopping)
    app = _application(settings, token, request, polling)
    front = Front(settings, token, store, state)
    app.add_handler(MessageHandler(UpdateType.MESSAGE | UpdateType.EDITED_MESSAGE, front.message))
    app.add_handler(CallbackQueryHandler(front.tap))
    app.add_error_handler(front.error)
    await serve(app, request, settings, stopping)


def _application(
    settings: Settings, token: str, request: RetryingRequest, polling: RetryingRequest
) -> AnyApplication:
    bot: ExtBot[None] = ExtBot(
        token,
        base_url=settings.telegram.base_url,
        request=request,
        get_updates_request=polling,
    )
    return (
        Application.builder()
        .bot(bot)
        .updater(None)
        .job_queue(None)
        .concurrent_updates(settings.telegram.concurrent_updates)
        .build()
    )


class Front:
    """The handlers, with what they share."""

    def __init__(self, settings: Settings, token: str, store: WatchedStore, state: State) -> None:
        self.store = store
        self.state = state
        self.max_age = timedelta(minutes=settings.telegram.max_age)
        self.limiter = Limiter(settings.telegram.per_user_per_minute)
        self._key = token.encode()
        self._conversations: Recent[tuple[int, int], Conversation] = Recent(MAX_REMEMBERED)
        self._answered: Recent[tuple[int, int], tuple[int, str]] = Recent(MAX_REMEMBERED)
        self._said_once: Recent[tuple[str, int | str], bool] = Recent(MAX_REMEMBERED)

    async def message(self, update: Update, context: Context) -> None:
        """A new or edited message: answered if it is meant for the bot."""
        message = update.effective_message
        if message is None:
            return
        edited = update.edited_message is not None
        heard = listen(message, context.bot.bot, edited)
        if heard is None or not self.state.is_first(update.to_json()):
            return
        private = message.chat.type == message.chat.PRIVATE
        person = message.from_user.id if message.from_user else message.chat_id
        sent_at = message.edit_date or message.date
        if self.max_age and datetime.now(UTC) - sent_at > self.max_age:
            if private and self._first_time("old", message.chat_id):
                await self._answer(message, _plain(TOO_OLD))
            self._log(person, message.chat.type, "old", 0)
            return
        album = message.media_group_id
        if album and not self._first_time("album", album) and heard.kind == "unsupported":
            return  # ten pictures, one line
        if not self.limiter.take(person):
            if self._first_time("fast", f"{person}:{int(time.monotonic() // 60)}"):
                await self._answer(message, _plain(TOO_FAST))
            self._log(person, message.chat.type, "limited", 0)
            return
        conversation = self._conversation(message.chat_id, person)
        async with conversation.lock:
            key = (message.chat_id, message.message_id)
            before = self._answered.get(key)
            words = f"{heard.kind} {heard.text}"
            if before is not None and before[1] == words:
                return
            started = time.perf_counter()
            shown, outcome = await self._words(conversation, heard)
            spent = time.perf_counter() - started
            answer = await self._answer(message, shown, before[0] if before else None)
            self._answered.put(key, (answer, words))
            self._keep(message.chat_id, person, conversation)
        self._log(person, message.chat.type, outcome, spent)

    async def tap(self, update: Update, context: Context) -> None:
        """A button: its question is asked, and answered under the message with the buttons, in
        words or with the figures as a file."""
        query = update.callback_query
        if query is None or not self.state.is_first(update.to_json()):
            return
        question = self.state.question(query.data or "")
        chat_type = query.message.chat.type if query.message else "inline"
        person = query.from_user.id
        if question is None:
            await _end_spinner(query, EXPIRED)
            self._log(person, chat_type, "expired", 0)
            return
        if not self.limiter.take(person):
            await _end_spinner(query, TOO_FAST)
            self._log(person, chat_type, "limited", 0)
            return
        # At once, and beside the wait for the lock: after it, taps would overtake each other.
        spinner = asyncio.create_task(_end_spinner(query))
        if query.message is None:
            await spinner
            return
        message = query.message
        conversation = self._conversation(message.chat.id, person)
        async with conversation.lock:
            started = time.perf_counter()
            sheet = None
            if wants_table(query.data or ""):  # what the conversation is about stays as it is
                reply, sheet = await self.store.answer(lambda a: table_of(a, question))
            else:
                reply = await self._say(conversation, question)
            spent = time.perf_counter() - started
            await spinner
            thread = _thread_of(message) if isinstance(message, Message) else None
            where = _below(message.chat.id, message.message_id, thread)
            if sheet is not None:
                await send_sheet(context.bot, sheet, **where)
            else:
                await _post(context.bot.send_message, self._shown(reply), **where)
            self._keep(message.chat.id, person, conversation)
        self._log(person, chat_type, reply.status if sheet is None else "table", spent)

    async def error(self, update: object, context: Context) -> None:
        """What a handler raised: one line for trouble with Telegram, a trace for a bug of ours."""
        error = context.error
        if isinstance(error, Forbidden):
            log.info("对方停用了机器人，回复没有送达：%s", masked(error.message))
        elif isinstance(error, TelegramError):
            log.warning("回复没有送达：%s：%s", type(error).__name__, masked(error.message))
        else:
            log.error("回答时出错", exc_info=error)
            if isinstance(update, Update) and update.effective_chat is not None:
                message = update.effective_message
                await context.bot.send_message(
                    update.effective_chat.id,
                    FAILED,
                    reply_parameters=_reply_to(message.message_id) if message else None,
                )

    def _conversation(self, chat: int, person: int) -> Conversation:
        return self._conversations.get_or_put(
            (chat, person), lambda: Conversation(self._memory(chat, person))
        )

    def _memory(self, chat: int, person: int) -> Memory:
        kept = self.state.conversation(chat, person)
        return Memory() if kept is None else Memory.load(kept)

    def _keep(self, chat: int, person: int, conversation: Conversation) -> None:
        self.state.keep_conversation(chat, person, conversation.memory.dump())

    async def _say(self, conversation: Conversation, text: str) -> Reply:
        """The reply to one message; other people's are answered meanwhile."""
        memory = conversation.memory
        return await self.store.answer(lambda assistant: Dialogue(assistant, memory).say(text))

    async def _words(self, conversation: Conversation, heard: Heard) -> tuple[Shown, str]:
        """What to say, and how the log names it."""
        if heard.kind == "unsupported":
            return _plain(UNSUPPORTED), "unsupported"
        if heard.kind == "question":
            reply = await self._say(conversation, heard.text)
            return self._shown(reply), reply.status
        known = await self.store.answer(lambda assistant: assistant.examples())
        examples = [Choice(example, example) for example in known]
        if heard.text == "start":
            text = f"{GREETING}\n{TRY}" if examples else GREETING
            return Shown(text, text, self._buttons(examples)), "start"
        reply = await self._say(conversation, QUESTIONS.get(heard.text, QUESTIONS["help"]))
        lead = "" if heard.text in QUESTIONS else UNKNOWN_COMMAND + "\n"
        buttons = self._buttons(reply.choices or (() if heard.text == "places" else examples))
        return Shown(lead + reply.html, lead + reply.text, buttons), "command"

    def _shown(self, reply: Reply) -> Shown:
        buttons = self._buttons(reply.choices, reply.citation, reply.table)
        return Shown(reply.html, reply.text, buttons)

    def _buttons(
        self, choices: Sequence[Choice], citation: str | None = None, table: Choice | None = None
    ) -> InlineKeyboardMarkup | None:
        keys = self.state.remember((choice.question, choice.label) for choice in choices)
        labels = [choice.label for choice in choices]
        below = None
        if table is not None:
            (key,) = self.state.remember([(table.question, table.label)], "table")
            below = table.label, key
        return keyboard(zip(labels, keys, strict=True), citation, below)

    async def _answer(self, message: Message, shown: Shown, old: int | None = None) -> int:
        """Reply to a message, or rewrite the reply it already has; the id of the reply."""
        bot, chat = message.get_bot(), message.chat_id
        if old is not None:
            try:
                await _post(bot.edit_message_text, shown, chat_id=chat, message_id=old)
                return old
            except BadRequest as error:
                if "not modified" in error.message.lower():
                    return old
                log.info("旧回复改不了，另发一条：%s", masked(error.message))
        where = _below(chat, message.message_id, _thread_of(message))
        return int((await _post(bot.send_message, shown, **where)).message_id)

    def _first_time(self, what: str, key: int | str) -> bool:
        if self._said_once.get((what, key)):
            return False
        return self._said_once.put((what, key), True)

    def _log(self, person: int, chat_type: str, outcome: str, seconds: float) -> None:
        """One line a question: who asks is a keyed hash, what is asked does not appear."""
        who = hmac.new(self._key, str(person).encode(), "sha256").hexdigest()[:10]
        log.info("user=%s chat=%s outcome=%s ms=%.1f", who, chat_type, outcome, seconds * 1000)


def _plain(text: str) -> Shown:
    return Shown(text, text)


def _reply_to(message_id: int) -> ReplyParameters:
    return ReplyParameters(message_id, allow_sending_without_reply=True)


def _below(chat: int, message: int, thread: int | None) -> dict[str, Any]:
    """Where a reply to a message goes."""
    return {
        "chat_id": chat,
        "reply_parameters": _reply_to(message),
        "message_thread_id": thread,
    }


def _thread_of(message: Message) -> int | None:
    """The forum topic; elsewhere the thread id is a chain of replies and cannot be sent to."""
    return message.message_thread_id if message.is_topic_message else None


async def _post(post: Callable[..., Awaitable[Any]], shown: Shown, **where: Any) -> Any:
    """Send or edit; once more without markup where Telegram cannot read the marked text."""
    options = {
        "reply_markup": shown.buttons,
        "link_preview_options": LinkPreviewOptions(is_disabled=True),
        **where,
    }
    try:
        return await post(text=shown.html, parse_mode=ParseMode.HTML, **options)
    except BadRequest as error:
        reason = error.message.lower()  # PTB changes the case of Telegram's words
        if "can't parse entities" not in reason and "too long" not in reason:
            raise
        log.warning("Telegram 不收带格式的回复，改发纯文字：%s", masked(error.message))
    return await post(text=shown.plain[:MAX_PLAIN], **options)


async def _end_spinner(query: CallbackQuery, alert: str | None = None) -> None:
    """Answer the tap; too late or lost is no reason to withhold the reply."""
    try:
        await query.answer(text=alert, show_alert=alert is not None)
    except (BadRequest, NetworkError) as error:
        log.debug("点按没有确认：%s", masked(error.message))
