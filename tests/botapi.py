"""A stand-in of Telegram's Bot API over real HTTP on the loopback, for tests of a polling bot.

    with BotApi() as api:
        # ApplicationBuilder().token(api.token).base_url(api.base_url) ... run_polling()
        api.send_text(chat_id=7, user_id=7, text="/start")
        api.wait_for("sendMessage")
        answer = api.messages(7)[-1]
        api.tap(answer, "下一页")

Faults are queued per method with :meth:`BotApi.fail_next`; they are the subclasses of ``Fault``.
A bot in a process of its own needs ``NO_PROXY=127.0.0.1`` where proxy variables are set.
What Telegram accepts as text, keyboard or command is decided in ``tests.botapi_messages``; the
server itself is in ``tests.botapi_server``.
"""

from __future__ import annotations

import itertools
import time
from dataclasses import dataclass, field
from typing import Any

from tests import botapi_messages as rules
from tests.botapi_messages import (
    Button,
    FormattedText,
    Json,
    RefusedError,
    Upload,
    bad_request,
    html_to_plain,
)
from tests.botapi_server import (
    ApiError,
    BadGateway,
    Call,
    DeliverThenDrop,
    DeliverThenHang,
    DropBeforeRead,
    Fault,
    HttpStandIn,
    RateLimited,
    RefuseConnections,
    ServerError,
    Unauthorized,
)

__all__ = [
    "ApiError",
    "BadGateway",
    "BotApi",
    "Button",
    "Call",
    "DeliverThenDrop",
    "DeliverThenHang",
    "DropBeforeRead",
    "Fault",
    "Message",
    "RateLimited",
    "RefuseConnections",
    "ServerError",
    "Unauthorized",
    "Upload",
    "html_to_plain",
]

TOKEN = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsawX"
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)
CONFLICT = (
    "Conflict: terminated by other getUpdates request; make sure that only one bot instance is "
    "running"
)
TOO_OLD = "query is too old and response timeout expired or query ID is invalid"
OFF_BY_DEFAULT = frozenset({"chat_member", "message_reaction", "message_reaction_count"})


@dataclass(frozen=True)
class Message:
    """A message the bot delivered, as it stood when the test asked for it."""

    chat_id: int
    message_id: int
    text: str
    """The plain text or caption that a client shows."""
    html: str
    """The text as the bot sent it, escaped if it was sent without a parse mode."""
    buttons: tuple[Button, ...]
    reply_to: int | None
    edits: int
    file: Upload | None
    raw: Json = field(repr=False)
    """The Message object of the Bot API."""


@dataclass(frozen=True)
class _Record:
    raw: Json
    html: str = ""
    by_bot: bool = False
    edits: int = 0
    file: Upload | None = None


class BotApi(HttpStandIn):
    """The Bot API for one bot; a context manager that listens while it is open."""

    def __init__(self, token: str = TOKEN, username: str = "stand_in_bot") -> None:
        super().__init__(token)
        bot_id = int(token.partition(":")[0])
        self.bot: Json = {"id": bot_id, "is_bot": True, "first_name": "镇问", "username": username}
        self.withheld: list[Json] = []
        """Updates of a type the bot did not ask for (`allowed_updates`), never handed out."""
        self._updates: list[Json] = []
        self._allowed: list[str] = []
        self._update_ids = itertools.count(500_001)
        self._message_ids = itertools.count(101)
        self._query_ids = itertools.count(4_000_000_001)
        self._queries: dict[str, str] = {}
        self._chats: dict[int, Json] = {}
        self._users: dict[int, Json] = {}
        self._records: dict[tuple[int, int], _Record] = {}
        self._files: dict[str, Upload] = {}
        self.methods = {
            "getMe": self._get_me,
            "getUpdates": self._get_updates,
            "sendMessage": self._send_message,
            "sendPhoto": lambda call: self._send_file(call, "photo"),
            "sendDocument": lambda call: self._send_file(call, "document"),
            "editMessageText": self._edit_text,
            "editMessageReplyMarkup": self._edit_markup,
            "setMessageReaction": self._react,
            "sendChatAction": self._chat_action,
            "answerCallbackQuery": self._answer_callback,
            "answerInlineQuery": self._answer_inline,
            "setMyCommands": self._set_commands,
            "deleteMyCommands": lambda call: True,
            "setMyDescription": lambda call: _limited(call, "description", 512),
            "setMyShortDescription": lambda call: _limited(call, "short_description", 120),
            "deleteWebhook": self._delete_webhook,
            "getWebhookInfo": self._webhook_info,
            "logOut": lambda call: True,
            "close": lambda call: True,
        }

    # --- for the test: the users' side ---

    def send_text(
        self,
        chat_id: int,
        user_id: int,
        text: str,
        *,
        edited: bool | int = False,
        via_bot: bool = False,
        chat_type: str = "private",
        reply_to: int | None = None,
        language_code: str = "zh-hans",
        age: float = 0.0,
    ) -> int:
        """Queue a user's message and return its message id; commands get their entities.

        ``edited=True`` edits the user's newest message in the chat (a message not seen before if
        there is none), ``edited=<message id>`` that message.  ``via_bot`` marks it as sent through
        this bot's inline mode, ``reply_to`` names any message of the chat, ``age`` is in seconds.
        """
        with self.changed:
            user = self._user(user_id, language_code)
            chat = self._chats[chat_id] = _chat(chat_id, chat_type)
            message_id, now = 0, int(time.time() - age)
            if edited is True:
                mine = (k[1] for k, r in self._records.items() if k[0] == chat_id and not r.by_bot)
                ids = [i for i in mine if self._records[chat_id, i].raw["from"]["id"] == user_id]
                message_id = max(ids, default=0)
            elif edited:
                message_id = edited
            old = self._records[chat_id, message_id].raw if message_id else {}
            message_id = message_id or next(self._message_ids)
            raw: Json = {"message_id": message_id, "from": user, "chat": chat}
            raw |= {"date": old.get("date", now), "text": text}
            if entities := rules.command_entities(text):
                raw["entities"] = entities
            if reply_to is not None:
                raw["reply_to_message"] = _quoted(self._records[chat_id, reply_to].raw)
            elif "reply_to_message" in old:
                raw["reply_to_message"] = old["reply_to_message"]
            if via_bot:
                raw["via_bot"] = self.bot
            if edited:
                raw["edit_date"] = now
            self._records[chat_id, message_id] = _Record(raw)
            self.push({"edited_message" if edited else "message": raw})
            return message_id

    def tap(self, message: Message, index_or_text: int | str, user_id: int | None = None) -> str:
        """Queue the callback query of a button and return its id.

        The button is looked up in ``message`` as given, so an old snapshot taps an old button; the
        query carries the message as it is now.  A label may be given in part if that is unique.
        The user is by default the chat's own (private) or the one the message replies to.
        """
        if isinstance(index_or_text, int):
            button = message.buttons[index_or_text]
        else:
            found = [b for b in message.buttons if b.text == index_or_text]
            found = found or [b for b in message.buttons if index_or_text in b.text]
            if len(found) != 1:
                labels = [b.text for b in message.buttons]
                raise LookupError(f"{len(found)} buttons match {index_or_text!r}: {labels}")
            button = found[0]
        if button.data is None:
            raise LookupError(f"the button {button.text!r} sends no callback query")
        if user_id is None:
            replied = message.raw.get("reply_to_message", {}).get("from", {})
            user_id = message.chat_id if message.chat_id > 0 else replied.get("id")
        if user_id is None:
            raise LookupError("name the user who taps: a group message that replies to nobody")
        with self.changed:
            raw = self._records[message.chat_id, message.message_id].raw
            query: Json = {"from": self._user(user_id), "message": raw, "data": button.data}
            return self._push_query("callback_query", query | {"chat_instance": "-1"})

    def inline(self, user_id: int, query: str, offset: str = "") -> str:
        """Queue an inline query and return its id."""
        with self.changed:
            body: Json = {"from": self._user(user_id), "query": query, "offset": offset}
            return self._push_query("inline_query", body)

    def push(self, update: Json) -> int:
        """Queue any update, such as ``{"my_chat_member": {...}}``; returns its update id."""
        with self.changed:
            update = {"update_id": next(self._update_ids), **update}
            kinds = update.keys() - {"update_id"}
            known = kinds <= set(self._allowed) if self._allowed else not kinds & OFF_BY_DEFAULT
            (self._updates if known else self.withheld).append(update)
            self.changed.notify_all()
            return int(update["update_id"])

    def _push_query(self, kind: str, body: Json) -> str:
        query_id = str(next(self._query_ids))
        self._queries[query_id] = kind
        self.push({kind: {"id": query_id, **body}})
        return query_id

    def _user(self, user_id: int, language_code: str | None = None) -> Json:
        user: Json = {"id": user_id, "is_bot": False, "first_name": f"用户{user_id}"}
        known = self._users.get(user_id, {}).get("language_code", "zh-hans")
        self._users[user_id] = user | {"language_code": language_code or known}
        return self._users[user_id]

    def messages(self, chat_id: int) -> list[Message]:
        """The messages the bot delivered to a chat, in order, with later edits applied."""
        with self.changed:
            return [
                Message(
                    chat_id=chat_id,
                    message_id=message_id,
                    text=str(record.raw.get("text") or record.raw.get("caption", "")),
                    html=record.html,
                    buttons=rules.buttons_of(record.raw.get("reply_markup")),
                    reply_to=record.raw.get("reply_to_message", {}).get("message_id"),
                    edits=record.edits,
                    file=record.file,
                    raw=record.raw,
                )
                for (chat, message_id), record in self._records.items()
                if chat == chat_id and record.by_bot
            ]

    # --- the methods: polling and the bot itself ---

    def _get_me(self, call: Call) -> Json:
        abilities = {"can_join_groups": True, "can_read_all_group_messages": False}
        return {**self.bot, **abilities, "supports_inline_queries": True}

    def _get_updates(self, call: Call) -> list[Json]:
        offset, timeout = _int(call, "offset"), _int(call, "timeout")
        limit = min(max(_int(call, "limit", 100), 1), 100)
        if isinstance(call.params.get("allowed_updates"), list):
            self._allowed = call.params["allowed_updates"]  # kept until asked for others
        if offset > 0:
            self._updates = [u for u in self._updates if u["update_id"] >= offset]
        elif offset < 0:
            self._updates = self._updates[offset:]
        self.poll, self.polled, call.status = call, True, 200
        self.changed.notify_all()

        def over() -> bool:
            return bool(self._updates) or self.closing.is_set() or self.poll is not call

        self.changed.wait_for(over, min(max(timeout, 0), 50))
        if self.poll is not call:
            if call.client_gone():  # hung up and came again: nobody to complain to
                return []
            raise RefusedError(409, CONFLICT)
        self.poll = None
        return self._updates[:limit]

    def _delete_webhook(self, call: Call) -> bool:
        if call.params.get("drop_pending_updates"):
            self._updates.clear()
        return True

    def _webhook_info(self, call: Call) -> Json:
        pending = len(self._updates)
        return {"url": "", "has_custom_certificate": False, "pending_update_count": pending}

    def _set_commands(self, call: Call) -> bool:
        rules.check_commands(call.params)
        return True

    # --- the methods: messages ---

    def _chat_of(self, call: Call) -> Json:
        chat_id = call.params.get("chat_id")
        if not isinstance(chat_id, int) or chat_id == 0:
            raise bad_request("chat not found" if chat_id else "chat_id is empty")
        kind = "private" if chat_id > 0 else "supergroup" if chat_id < -(10**12) else "group"
        return self._chats.get(chat_id) or _chat(chat_id, kind)

    def _replied_to(self, call: Call, chat: Json) -> Json | None:
        reply = call.params.get("reply_parameters")
        if not isinstance(reply, dict):
            return None
        record = self._records.get((reply.get("chat_id") or chat["id"], reply["message_id"]))
        if record is None:
            if reply.get("allow_sending_without_reply"):
                return None
            raise bad_request("message to be replied not found")
        if reply.get("quote"):
            quote = rules.format_text(reply["quote"], reply.get("quote_parse_mode")).text
            if len(quote) > 1024 or quote not in record.raw.get("text", ""):
                raise bad_request("QUOTE_TEXT_INVALID")
        return _quoted(record.raw)

    def _deliver(self, call: Call, content: Json, source: str, file: Upload | None = None) -> Json:
        chat = self._chat_of(call)
        raw: Json = {"from": self.bot, "chat": chat, "date": int(time.time()), **content}
        if (reply := self._replied_to(call, chat)) is not None:
            raw["reply_to_message"] = reply
        if (markup := rules.inline_keyboard(call.params.get("reply_markup"))) is not None:
            raw["reply_markup"] = markup
        if (thread := call.params.get("message_thread_id")) is not None:
            if thread == 1:  # the General topic has this id and cannot be named
                raise bad_request("message thread not found")
            raw |= {"message_thread_id": thread, "is_topic_message": True}
        message_id = next(self._message_ids)
        raw = {"message_id": message_id, **raw}
        html = source.strip() if call.params.get("parse_mode") else rules.plain_to_html(source)
        self._records[chat["id"], message_id] = _Record(raw, html, by_bot=True, file=file)
        return raw

    def _send_message(self, call: Call) -> Json:
        text = rules.message_text(call.params)
        return self._deliver(call, _content(call, text), call.params["text"])

    def _send_file(self, call: Call, kind: str) -> Json:
        text, value = rules.caption(call.params), str(call.params.get(kind, ""))
        upload = call.files.get(kind) or call.files.get(value.removeprefix("attach://"))
        file_id = value if value in self._files else f"{kind}-{len(self._files) + 1}"
        upload = upload or self._files.get(value)
        if upload is None and value.startswith(("http://", "https://")):
            upload = Upload(value.rpartition("/")[2], "application/octet-stream", b"")
        elif upload is None and value:
            raise bad_request("wrong file identifier/HTTP URL specified")
        elif upload is None:
            raise bad_request(f"there is no {kind} in the request")
        elif not upload.data:
            raise bad_request("file must be non-empty")
        size = len(upload.data)
        if size > (10 if kind == "photo" else 50) * 1024 * 1024:
            raise RefusedError(413, "Request Entity Too Large")
        part: Json = {"file_id": file_id, "file_unique_id": f"u-{file_id}", "file_size": size}
        content = {"caption" if k == "text" else f"caption_{k}": v for k, v in _parts(text).items()}
        if kind == "photo":
            width, height = _picture_size(upload.data)
            if width + height > 10_000 or max(width, height) > 20 * min(width, height):
                raise bad_request("PHOTO_INVALID_DIMENSIONS")
            content["photo"] = [part | {"width": width, "height": height}]
        else:
            names = {"file_name": upload.filename, "mime_type": upload.content_type}
            content["document"] = part | names
        raw = self._deliver(call, content, str(call.params.get("caption", "")), upload)
        self._files[file_id] = upload
        return raw

    def _edit_text(self, call: Call) -> Json | bool:
        text = rules.message_text(call.params, "MESSAGE_TOO_LONG")
        return self._edit(call, _content(call, text), call.params["text"])

    def _edit_markup(self, call: Call) -> Json | bool:
        return self._edit(call, None, "")

    def _edit(self, call: Call, content: Json | None, source: str) -> Json | bool:
        markup = rules.inline_keyboard(call.params.get("reply_markup"))
        if call.params.get("inline_message_id"):
            return True
        key = self._chat_of(call)["id"], _int(call, "message_id")
        record = self._records.get(key)
        if record is None:
            raise bad_request("message to edit not found")
        if not record.by_bot:
            raise bad_request("message can't be edited")
        html, old = record.html, record.raw
        raw = {k: v for k, v in old.items() if k not in ("reply_markup", "edit_date")}
        if content is not None:
            if "text" not in raw:
                raise bad_request("there is no text in the message to edit")
            raw = {k: v for k, v in raw.items() if k not in ("entities", "link_preview_options")}
            raw |= content
            html = source.strip() if call.params.get("parse_mode") else rules.plain_to_html(source)
        if markup is not None:
            raw["reply_markup"] = markup
        if raw == {k: v for k, v in old.items() if k != "edit_date"}:
            raise bad_request(NOT_MODIFIED)
        raw["edit_date"] = int(time.time())
        self._records[key] = _Record(raw, html, True, record.edits + 1, record.file)
        return raw

    def _react(self, call: Call) -> bool:
        if (self._chat_of(call)["id"], _int(call, "message_id")) not in self._records:
            raise bad_request("message to react not found")
        rules.check_reaction(call.params)
        return True

    def _chat_action(self, call: Call) -> bool:
        self._chat_of(call)
        if call.params.get("action") not in rules.CHAT_ACTIONS:
            raise bad_request("wrong parameter action in request")
        return True

    # --- the methods: answers to queries ---

    def _answer_callback(self, call: Call) -> bool:
        if self._queries.get(str(call.params.get("callback_query_id"))) != "callback_query":
            raise bad_request(TOO_OLD)
        if len(str(call.params.get("text", ""))) > 200:
            raise bad_request("MESSAGE_TOO_LONG")
        return True

    def _answer_inline(self, call: Call) -> bool:
        if self._queries.get(str(call.params.get("inline_query_id"))) != "inline_query":
            raise bad_request(TOO_OLD)
        rules.check_inline_answer(call.params)
        return True


def _chat(chat_id: int, kind: str) -> Json:
    name = {"first_name": f"用户{chat_id}"} if kind == "private" else {"title": f"群{chat_id}"}
    return {"id": chat_id, "type": kind, **name}


def _quoted(raw: Json) -> Json:
    """A message inside another one: without the message it replies to in turn."""
    return {k: v for k, v in raw.items() if k != "reply_to_message"}


def _parts(text: FormattedText) -> Json:
    parts: Json = {"text": text.text, "entities": text.entities}
    return {name: value for name, value in parts.items() if value}


def _content(call: Call, text: FormattedText) -> Json:
    preview = call.params.get("link_preview_options")
    return _parts(text) | ({"link_preview_options": preview} if isinstance(preview, dict) else {})


def _limited(call: Call, name: str, limit: int) -> bool:
    if len(str(call.params.get(name, ""))) > limit:
        raise bad_request(f"{name} is too long")
    return True


def _int(call: Call, name: str, default: int = 0) -> int:
    value: Any = call.params.get(name, default)
    if not isinstance(value, int):
        raise bad_request(f"{name} must be an Integer")
    return value


def _picture_size(data: bytes) -> tuple[int, int]:
    """Width and height of a PNG; a common size for anything else."""
    if data.startswith(b"\x89PNG\r\n\x1a\n") and len(data) >= 24:
        return int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")
    return 1280, 720
