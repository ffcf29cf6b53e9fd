"""What Telegram accepts and how it reads it: the rules behind the stand-in of :mod:`botapi`.

Message texts (HTML to plain text and entities), keyboards, inline results, commands and request
bodies are checked here, without any server or state.  A broken rule raises RefusedError, which
carries the status and the description that the official server would answer.

Stricter than Telegram on purpose, in one place: a ``&`` that starts no character reference (as in
``A&B`` or ``&nbsp;``) is refused.  Telegram shows it as it stands, so what is refused here is text
that was not escaped.
"""

from __future__ import annotations

import html as html_module
import json
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

Json = dict[str, Any]

MAX_TEXT = 4096
MAX_CAPTION = 1024
MAX_BYTES_BEFORE_PARSING = 1 << 15
MAX_ENTITIES = 100
MAX_BUTTONS = 100
_REACTION_LIST = """
👍 👎 ❤ 🔥 🥰 👏 😁 🤔 🤯 😱 🤬 😢 🎉 🤩 🤮 💩
🙏 👌 🕊 🤡 🥱 🥴 😍 🐳 ❤‍🔥 ❤️‍🔥 🌚 🌭 💯 🤣 ⚡ 🍌
🏆 💔 🤨 😐 🍓 🍾 💋 🖕 😈 😴 😭 🤓 👻 👨‍💻 👀 🎃
🙈 😇 😨 🤝 ✍ 🤗 🫡 🎅 🎄 ☃ 💅 🤪 🗿 🆒 💘 🙉
🦄 😘 💊 🙊 😎 👾 🤷‍♂ 🤷‍♂️ 🤷 🤷‍♀ 🤷‍♀️ 😡
"""
_ACTION_LIST = """
typing upload_photo record_video upload_video record_voice upload_voice upload_document
choose_sticker find_location record_video_note upload_video_note
"""
_JSON_FIELD_LIST = """
allowed_updates button cache_time caption_entities chat_id commands disable_notification
drop_pending_updates entities has_spoiler is_big is_personal limit link_preview_options message_id
message_thread_id offset protect_content reaction reply_markup reply_parameters results scope
show_alert show_caption_above_media timeout user_id
"""
REACTIONS = frozenset(_REACTION_LIST.split())
CHAT_ACTIONS = frozenset(_ACTION_LIST.split())
_JSON_FIELDS = frozenset(_JSON_FIELD_LIST.split())  # all others are taken as text
_TAGS = {
    **dict.fromkeys(("b", "strong"), "bold"),
    **dict.fromkeys(("i", "em"), "italic"),
    **dict.fromkeys(("u", "ins"), "underline"),
    **dict.fromkeys(("s", "strike", "del"), "strikethrough"),
    **dict.fromkeys(("span", "tg-spoiler"), "spoiler"),
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
}
_REFERENCE = re.compile(r"&(?:(lt|gt|amp|quot)|#([0-9]{1,7})|#[xX]([0-9a-fA-F]{1,6}));")
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_ATTRIBUTE = re.compile(r"([^\s=>]*)\s*(=\s*(?:\"([^\"]*)\"|'([^']*)'|([A-Za-z0-9.-]*)(?=[\s>])))?")
_LINK = re.compile(
    r"(?:https?|tg|ton)://[^\s/]|(?:mailto|tel):\S|[^\s/:@]+\.[^\W\d]{2,}(?:[/:?#]|$)"
)
_COMMAND = re.compile(r"(?<![\w/<>])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/])")


class RefusedError(Exception):
    """An answer of the Bot API with ``ok: false``."""

    def __init__(self, code: int, description: str) -> None:
        super().__init__(description)
        self.code = code
        self.description = description


def bad_request(why: str) -> RefusedError:
    """The 400 answer with Telegram's prefix."""
    return RefusedError(400, f"Bad Request: {why}")


@dataclass(frozen=True)
class FormattedText:
    """A text as clients get it: characters, and entities counted in UTF-16 units."""

    text: str
    entities: list[Json] = field(default_factory=list)


@dataclass(frozen=True)
class Button:
    """One inline button; exactly one of the fields after ``row`` is usually set."""

    text: str
    row: int
    data: str | None = None
    url: str | None = None
    copy_text: str | None = None
    raw: Json = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Upload:
    """A file received in a multipart request."""

    filename: str
    content_type: str
    data: bytes = field(repr=False)


def html_to_plain(source: str) -> str:
    """The plain text a client shows for ``source``; a RefusedError if Telegram refuses it."""
    return parse_html(source).text


def plain_to_html(text: str) -> str:
    """``text`` escaped as Telegram's HTML wants it."""
    return html_module.escape(text, quote=False)


def utf16(text: str) -> int:
    """Length in UTF-16 units, the unit of entity offsets."""
    return len(text.encode("utf-16-le")) // 2


def command_entities(text: str) -> list[Json]:
    """The ``bot_command`` entities Telegram finds in a user's text."""
    return [
        {"type": "bot_command", "offset": utf16(text[: m.start()]), "length": utf16(m.group())}
        for m in _COMMAND.finditer(text)
    ]


# --- HTML ---------------------------------------------------------------------------------------


class _HtmlParser:
    def __init__(self, source: str) -> None:
        self.source = source
        self.pos = 0
        self.out = ""
        self.open: list[tuple[str, str | None, int]] = []  # tag, argument, start in the plain text
        self.spans: list[tuple[int, int, Json]] = []

    def fail(self, why: str, at: int | None = None) -> RefusedError:
        where = "" if at is None else f" at byte offset {len(self.source[:at].encode())}"
        return bad_request(f"can't parse entities: {why}{where}")

    def decode(self, value: str, base: int) -> str:
        parts, pos = [], 0
        while (amp := value.find("&", pos)) >= 0:
            match = _REFERENCE.match(value, amp)
            code = 0
            if match:
                code = int(match[2] or "0") or int(match[3] or "0", 16)
            if match is None or not (match[1] or 0 < code < 0xD800 or 0xDFFF < code < 0x110000):
                raise self.fail("Malformed character reference", base + amp)
            parts += [value[pos:amp], _NAMED[match[1]] if match[1] else chr(code)]
            pos = match.end()
        return "".join(parts) + value[pos:]

    def run(self) -> tuple[str, list[tuple[int, int, Json]]]:
        size = len(self.source)
        while self.pos < size:
            at = self.pos
            end = self.source.find("<", at)
            end = size if end < 0 else end
            if end > at:
                self.out += self.decode(self.source[at:end], at)
                self.pos = end
            elif self.source.startswith("</", at):
                self.end_tag(at)
            else:
                self.start_tag(at)
        if self.open:
            tag = self.open[-1][0]
            raise self.fail(f'Can\'t find end tag corresponding to start tag "{tag}"')
        return self.out, self.spans

    def skip_space(self) -> str:
        """Move to the next character that is no space; returns it, or "" at the end."""
        while self.source[self.pos : self.pos + 1].isspace():
            self.pos += 1
        return self.source[self.pos : self.pos + 1]

    def start_tag(self, at: int) -> None:
        match = re.compile(r"<([^\s>]*)").match(self.source, at)
        assert match is not None
        tag, argument, self.pos = match[1].lower(), None, match.end()
        if self.pos >= len(self.source):
            raise self.fail("Unclosed start tag", at)
        if tag not in _TAGS:
            raise self.fail(f'Unsupported start tag "{tag}"', at)
        while (char := self.skip_space()) != ">":
            if not char:
                raise self.fail(f'Unclosed start tag "{tag}"', at)
            attribute = _ATTRIBUTE.match(self.source, self.pos)
            assert attribute is not None
            name = attribute[1]
            if not name:
                raise self.fail(f'Empty attribute name in the tag "{tag}"', at)
            self.pos = attribute.end()
            if attribute[2] is None and self.source.startswith("=", self.pos):
                raise self.fail("Unexpected end of name token or unclosed string", self.pos)
            kind = next((k for k in (3, 4, 5) if attribute[2] and attribute[k] is not None), 0)
            value = self.decode(attribute[kind], attribute.start(kind)) if kind else ""
            if (tag, name) == ("a", "href"):
                argument = value
            elif (tag, name) == ("code", "class") and value.startswith("language-"):
                argument = value.removeprefix("language-")
            elif (tag, name) in {("span", "class"), ("blockquote", "expandable")}:
                argument = value
        self.pos += 1
        if tag == "span" and argument != "tg-spoiler":
            raise self.fail('Tag "span" must have class "tg-spoiler"', at)
        self.open.append((tag, argument, len(self.out)))

    def end_tag(self, at: int) -> None:
        if not self.open:
            raise self.fail("Unexpected end tag", at)
        match = re.compile(r"</([^\s>]*)\s*(>?)").match(self.source, at)
        assert match is not None
        tag, argument, start = self.open[-1]
        if not match[2]:
            raise self.fail("Unclosed end tag", at)
        if match[1] and match[1].lower() != tag:
            why = f"Unmatched end tag at byte offset {len(self.source[:at].encode())}, expected "
            raise self.fail(f'{why}"</{tag}>", found "</{match[1]}>"')
        self.open.pop()
        self.pos = match.end()
        entity: Json = {"type": _TAGS[tag]}
        if tag == "a":
            entity["url"] = argument or self.out[start:]
            if not _LINK.match(entity["url"]):
                return  # Telegram shows the text without a link
        elif tag == "blockquote" and argument is not None:
            entity["type"] = "expandable_blockquote"
        elif tag == "code" and argument and self.open and self.open[-1][0] == "pre":
            entity = {"type": "pre", "language": argument}
        twice = tag == "pre" and self.spans and "language" in self.spans[0][2]
        if twice and self.spans[0][:2] == (start, len(self.out)):
            return  # <pre><code class="language-..."> is one entity
        if len(self.out) > start:
            self.spans.insert(0, (start, len(self.out), entity))  # outer ones first


def parse_html(source: str) -> FormattedText:
    """Parse Telegram's HTML; trims the text and drops the entities Telegram drops."""
    raw, spans = _HtmlParser(source).run()
    text = raw.strip(" \t\r\n")
    shift = len(raw) - len(raw.lstrip(" \t\r\n"))
    entities: list[Json] = []
    covered: list[tuple[int, int, str]] = []
    for begin, stop, entity in sorted(spans, key=lambda s: (s[0], -s[1])):
        start, end = max(begin - shift, 0), min(stop - shift, len(text))
        kind = "blockquote" if "blockquote" in entity["type"] else entity["type"]
        hidden = any(
            a <= start and end <= b and (outer in ("code", "pre") or outer == kind == "blockquote")
            for a, b, outer in covered
        )
        if start >= end or hidden:
            continue
        covered.append((start, end, kind))
        position = {"offset": utf16(text[:start]), "length": utf16(text[start:end])}
        entities.append({**entity, **position})
    return FormattedText(text, entities[:MAX_ENTITIES])


def format_text(text: object, parse_mode: object, entities: object = None) -> FormattedText:
    """A text parameter as sent by a bot, read with its parse mode (none or HTML)."""
    source = text if isinstance(text, str) else ""
    if len(source.encode()) > MAX_BYTES_BEFORE_PARSING:
        raise bad_request("text is too long")
    if not parse_mode:
        kept = entities if isinstance(entities, list) else []
        return FormattedText(source.strip(" \t\r\n"), kept[:MAX_ENTITIES])
    if str(parse_mode).lower() != "html":
        raise bad_request(f"unsupported parse_mode (the stand-in knows HTML only): {parse_mode}")
    return parse_html(source)


def message_text(params: Json, too_long: str = "message is too long") -> FormattedText:
    """The checked ``text`` of sendMessage and editMessageText."""
    parsed = format_text(params.get("text"), params.get("parse_mode"), params.get("entities"))
    if not parsed.text:
        raise bad_request("message text is empty")
    if len(parsed.text) > MAX_TEXT:
        raise bad_request(too_long)
    return parsed


def caption(params: Json) -> FormattedText:
    """The checked ``caption`` of a photo or document; may be empty."""
    mode, entities = params.get("parse_mode"), params.get("caption_entities")
    parsed = format_text(params.get("caption"), mode, entities)
    if len(parsed.text) > MAX_CAPTION:
        raise bad_request("message caption is too long")
    return parsed


# --- keyboards, results, commands ---------------------------------------------------------------


def inline_keyboard(markup: object) -> Json | None:
    """Check a ``reply_markup``; returns it when it is a non-empty inline keyboard."""
    if markup is None or markup == "":
        return None
    if not isinstance(markup, dict):
        raise bad_request("can't parse reply keyboard markup JSON object")
    rows = markup.get("inline_keyboard")
    if rows is None:
        if not {"keyboard", "remove_keyboard", "force_reply"} & markup.keys():
            raise bad_request("object expected as reply markup")
        return None
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request('field "inline_keyboard" of the InlineKeyboardMarkup must be an Array')
    buttons = [button for row in rows for button in row]
    if len(buttons) > MAX_BUTTONS:
        raise bad_request("REPLY_MARKUP_TOO_LONG")
    for button in buttons:
        _check_button(button)
    return {"inline_keyboard": [row for row in rows if row]} if buttons else None


def _check_button(button: object) -> None:
    if not isinstance(button, dict) or not isinstance(button.get("text"), str):
        raise bad_request("can't parse inline keyboard button: can't find field \"text\"")
    if not button["text"].strip():
        raise bad_request("BUTTON_TEXT_INVALID")
    if not button.keys() - {"text", "style", "icon_custom_emoji_id"}:
        why = "text buttons are unallowed in the inline keyboard"
        raise bad_request(f"can't parse inline keyboard button: {why}")
    data, url, copy = (button.get(k) for k in ("callback_data", "url", "copy_text"))
    if data is not None and not (isinstance(data, str) and 1 <= len(data.encode()) <= 64):
        raise bad_request("BUTTON_DATA_INVALID")
    if url is not None and not _LINK.match(str(url)):
        raise bad_request(f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")
    if copy is not None:
        value = copy.get("text") if isinstance(copy, dict) else None
        if not (isinstance(value, str) and 1 <= len(value) <= 256):
            raise bad_request("BUTTON_COPY_TEXT_INVALID")


def buttons_of(markup: Json | None) -> tuple[Button, ...]:
    """The inline buttons of a keyboard in reading order."""
    return tuple(
        Button(
            text=raw["text"],
            row=index,
            data=raw.get("callback_data"),
            url=raw.get("url"),
            copy_text=(raw.get("copy_text") or {}).get("text"),
            raw=raw,
        )
        for index, row in enumerate((markup or {}).get("inline_keyboard", []))
        for raw in row
    )


def check_inline_answer(params: Json) -> None:
    """The results, next offset and button of answerInlineQuery."""
    results = params.get("results")
    if not isinstance(results, list) or not all(isinstance(r, dict) for r in results):
        raise bad_request("can't parse inline query results JSON object")
    if len(results) > 50:
        raise bad_request("RESULTS_TOO_MUCH")
    if len(str(params.get("next_offset", "")).encode()) > 64:
        raise bad_request("NEXT_OFFSET_INVALID")
    ids = [str(result.get("id", "")) for result in results]
    if not all(1 <= len(i.encode()) <= 64 for i in ids):
        raise bad_request("RESULT_ID_INVALID")
    if len(set(ids)) < len(ids):
        raise bad_request("RESULT_ID_DUPLICATE")
    for result in results:
        content = result.get("input_message_content")
        if result.get("type") == "article" and not (result.get("title") and content):
            raise bad_request("can't parse inline query result: title or content is missing")
        if isinstance(content, dict) and "message_text" in content:
            message_text({**content, "text": content["message_text"]})
        inline_keyboard(result.get("reply_markup"))
    button = params.get("button")
    start = button.get("start_parameter") if isinstance(button, dict) else None
    if start is not None and not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", start):
        raise bad_request("START_PARAM_INVALID")


def check_commands(params: Json) -> None:
    """The list of setMyCommands."""
    commands = params.get("commands")
    if not isinstance(commands, list):
        raise bad_request("can't parse commands JSON object")
    if len(commands) > 100:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    for command in commands:
        if not re.fullmatch(r"/?[a-z0-9_]{1,32}", str(command.get("command"))):
            raise bad_request("BOT_COMMAND_INVALID")
        if not 1 <= len(str(command.get("description", ""))) <= 256:
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")


def check_reaction(params: Json) -> None:
    """The list of setMessageReaction: at most one emoji of Telegram's list."""
    reaction = params.get("reaction") or []
    emoji = [r.get("emoji") for r in reaction if isinstance(r, dict) and r.get("type") == "emoji"]
    if len(reaction) > 1:
        raise bad_request("REACTIONS_TOO_MANY")
    if len(emoji) < len(reaction) or not REACTIONS.issuperset(emoji):
        raise bad_request("REACTION_INVALID")


# --- request bodies -----------------------------------------------------------------------------


def read_params(query: str, content_type: str, body: bytes) -> tuple[Json, dict[str, Upload]]:
    """Parameters and files of a request: query string, JSON, form or multipart."""
    fields: Json = dict(parse_qsl(query, keep_blank_values=True))
    files: dict[str, Upload] = {}
    if content_type.startswith("application/json"):
        try:
            fields.update(json.loads(body or b"{}"))
        except (ValueError, TypeError):
            raise bad_request("can't parse request body JSON object") from None
    elif content_type.startswith("multipart/form-data"):
        _read_multipart(content_type, body, fields, files)
    else:
        fields.update(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
    return {name: _decoded(name, value) for name, value in fields.items()}, files


def _decoded(name: str, value: Any) -> Any:
    if name not in _JSON_FIELDS or not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def _read_multipart(content_type: str, body: bytes, fields: Json, files: dict[str, Upload]) -> None:
    match = re.search(r'boundary="?([^";]+)"?', content_type)
    if match is None:
        raise bad_request("multipart boundary is missing")
    for part in (b"\r\n" + body).split(b"\r\n--" + match[1].encode())[1:-1]:
        head, _, data = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        headers = head.decode("utf-8", "replace")
        name = re.search(r'[; ]name="([^"]*)"', headers)
        filename = re.search(r'filename="([^"]*)"', headers)
        kind = re.search(r"(?im)^content-type:\s*(\S+)", headers)
        if name and filename:
            mime = kind[1] if kind else "application/octet-stream"
            files[name[1]] = Upload(filename[1], mime, data)
        elif name:
            fields[name[1]] = data.decode("utf-8", "replace")
