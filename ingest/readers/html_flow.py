"""A page as its reader sees it: lines and tables in order; what is hidden is left out.

Tags are balanced by the few rules of HTML5 that decide which cell or line a text belongs to.
A table stays whole here, with nested ones inside their cells; `html_grid` lays it out.
"""

from __future__ import annotations

import re
from collections import Counter
from html import unescape
from typing import Literal

from ingest.readers.html_parts import Flow, Item, Line, Picture, Slot, Table, TableRow
from ingest.readers.html_styles import PLAIN, Look, Styles
from ingest.readers.html_tags import CELL, RAW, read_tags, style_sheets, without_formatting

MAX_SEARCH = 300
"""Open elements gone back through for the one that an end tag closes; real pages nest under 60
deep. An end tag whose element is further back is passed over."""

MAX_TABLE_DEPTH = 50
"""Tables inside tables; old pages drew their layout with up to ten. What is deeper is not a table."""

BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "center",
        "dd",
        "details",
        "dialog",
        "dir",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hgroup",
        "html",
        "li",
        "listing",
        "main",
        "menu",
        "nav",
        "ol",
        "p",
        "pre",
        "search",
        "section",
        "summary",
        "ul",
        "head",
        "frameset",
        "caption",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
    ]
)
_VOID = frozenset(
    [
        "area",
        "base",
        "br",
        "col",
        "embed",
        "frame",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "param",
        "source",
        "track",
        "wbr",
    ]
)
_HIDING = frozenset(
    [
        "template",
        "select",
        "option",
        "button",
        "datalist",
        "object",
        "audio",
        "video",
        "canvas",
        "svg",
        "math",
        "xml",
        "rp",
        "rt",
        "del",
        "s",
        "strike",
    ]
)
"""Controls, what is drawn, readings beside characters, and what is struck out: 5<s>6</s> is 5."""

_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_FURNITURE = frozenset(("nav", "footer", "aside", "header"))
_FURNITURE_ROLES = frozenset(("navigation", "contentinfo", "banner", "search", "complementary"))
_Role = Literal["", "table", "section", "row", "cell", "caption", "block"]
_ROLES: dict[str, _Role] = {
    **dict.fromkeys(BLOCKS, "block"),
    **dict.fromkeys(("thead", "tbody", "tfoot"), "section"),
    "td": "cell",
    "tr": "row",
    "table": "table",
    "caption": "caption",
}
_CLOSED_BY: dict[str, tuple[_Role, ...]] = {
    "cell": ("row", "section", "table"),
    "row": ("section", "table"),
    "section": ("table",),
}
"""What a cell, row or section stands directly in; everything open inside that ends before it."""
_SECTIONS = {"thead": 0, "tbody": 1, "tfoot": 2}
_TABLE_TAGS = frozenset(("td", "tr", "tbody", "thead", "tfoot", "caption", "table"))

_HAN = "\u2e80-\u9fff\uf900-\ufaff\uff01-\uff0f\uff1a-\uff20"
_WRAPPED = re.compile(rf"(?<=[{_HAN}])[ \t]*\n[ \t\n]*(?=[{_HAN}])")
_BLANKS = re.compile(r"[ \t\n\f]+")
_INVISIBLE = re.compile("[\u200b-\u200f\u2060-\u2064\ufeff\u00ad\u202a-\u202e]")
_NOTE = re.compile(r"[\[［(（〔【]?(?:注|\*|\d{1,2}|[①-⑳])\d?[\]］)）〕】]?|\*+")
_BEHIND_NUMBER = frozenset(".．、)）")
_TEN = re.compile(r"(?<![\d.])10$")
_WORD = re.compile(r"[^\W\d_年月日时分点上下一页篇]")
"""What makes a line more than a link with its date."""
_NOTE_LINK = re.compile(r"[^#]*#_?(?:ftn|edn|fn|note|cite)", re.IGNORECASE)


class _Effects:
    """What an open element does to the text inside it, until it ends."""

    __slots__ = ("heading", "hides", "links", "note", "note_link", "pre")

    def __init__(self) -> None:
        self.hides = self.links = self.pre = self.heading = self.note_link = False
        self.note = -1
        """Of a raised text: how many pieces of its line stand before it."""


class _Open:
    """An open element. `role`: what it is in a table; `live`: not inside anything hidden."""

    __slots__ = ("effects", "live", "node", "role", "tag")

    def __init__(self, tag: str, role: _Role, live: bool, node: int) -> None:
        self.tag, self.role, self.live, self.node = tag, role, live, node
        self.effects: _Effects | None = None


def read_flow(source: str) -> Flow:
    """The lines and tables of a page (line ends as \\n), in the order in which they are printed."""
    return _Reader().read(source)


def visible_text(data: str) -> str:
    """Text of the page with its entities resolved and invisible characters gone."""
    if "&" in data:
        data = unescape(data)
    return data if data.isascii() else _INVISIBLE.sub("", data)


class _Reader:
    def __init__(self) -> None:
        self.flow = Flow([], [0], [("", PLAIN)], set(), None, [], 0, 0)
        self.styles = Styles()
        self.stack: list[_Open] = []
        self.open: Counter[str] = Counter()
        self.sinks: list[list[Item]] = [self.flow.items]
        self.tables: list[Table] = []
        self.buffer: list[str] = []
        self.line = 0
        self.outside: list[str] = []
        """What of the line stands outside links, kept once a link is in it or may come."""
        self.link_seen = False
        self.node = self.hidden = self.links = self.pre = self.headings = 0

    def read(self, source: str) -> Flow:
        for sheet in style_sheets(source):
            self.styles.add_sheet(sheet)
        source = without_formatting(source, self._hides)
        look = self.styles.look
        for name, attributes, data, line in read_tags(source, self._hides):
            if name:
                if name == CELL:
                    self._cell(look(attributes) if attributes else PLAIN, data, line)
                    continue
                if name[0] == "/":
                    self._end(name[1:])
                elif name in RAW:
                    self._raw(name, data, line)
                    continue
                else:
                    self._start(name, look(attributes) if attributes else PLAIN, line)
            if data and not self.hidden:
                self._text(data, line)
        self._pop_to(0)
        self._flush()
        return self.flow

    def _cell(self, look: Look, data: str, line: int) -> None:
        """A cell with nothing but text: the short way where it stands in an open row."""
        top = self.stack[-1] if self.stack else None
        if (
            top is None
            or top.role != "row"
            or not top.live
            or self.hidden
            or look.display == "none"
            or look.unseen
            or self.pre
            or self.links
        ):
            self._start("td", look, line)
            if data and not self.hidden:
                self._text(data, line)
            self._end("td")
            return
        if self.buffer:
            self._flush()
        row = self.tables[-1].row
        assert row is not None
        slot = _slot(look, line)
        row.slots.append(slot)
        text = visible_text(data)
        if text and not text.isspace():
            if "\n" in text:
                line += text[: len(text) - len(text.lstrip())].count("\n")
            text = _printed(text)
            slot.items.append(Line(text, line, self.node, False, False))

    def _hides(self, attributes: str) -> bool:
        look = self.styles.look(attributes)
        return bool(look.display) or look.unseen or look.no_size or look.pre

    def _raw(self, name: str, data: str, line: int) -> None:
        if name == "title" and self.flow.title is None and not self.hidden:
            self.flow.title = (" ".join(visible_text(data[:1000]).split()), line)
        elif name == "script":
            self.flow.scripts += 1
        elif name == "iframe":
            self.flow.frames += 1

    def _text(self, data: str, line: int) -> None:
        data = visible_text(data)
        if self.pre and "\n" in data:
            for number, part in enumerate(data.split("\n")):
                if number:
                    self._flush()
                if part.strip():
                    self._add(part, line + number)
        elif not data or data.isspace():
            if self.buffer:
                self.buffer.append(data)
        else:
            self._add(data, line)

    def _add(self, data: str, line: int) -> None:
        top = self.stack[-1] if self.stack else None
        if top is not None and top.tag == "#table":
            self._pop_to(len(self.stack) - 1)
        if not self.buffer:
            self.line = line
            if data[0] == "\n" or data[0] == " ":
                self.line += data[: len(data) - len(data.lstrip())].count("\n")
        if self.links:
            self.link_seen = True
        else:
            self.outside.append(data)
        self.buffer.append(data)

    def _flush(self) -> None:
        """Ends the line that is being printed."""
        if not self.buffer:
            return
        text = self.buffer[0] if len(self.buffer) == 1 else "".join(self.buffer)
        self.buffer.clear()
        text = text.strip() if self.pre else _printed(text)
        if text:
            sink = self.sinks[-1]
            if text[0] in _BEHIND_NUMBER and sink and _is_number_of(sink[-1], self.node):
                # "2<br>.其他…" is one label; its number alone would look like a figure.
                before = sink.pop()
                assert isinstance(before, Line)
                text, self.line = before.text + text, before.line
            linked = self.link_seen and not _WORD.search("".join(self.outside))
            sink.append(Line(text, self.line, self.node, linked, self.headings > 0))
        self.outside.clear()
        self.link_seen = False

    def _start(self, tag: str, look: Look, line: int) -> None:
        if tag == "th":
            tag = "td"
        role: _Role = _ROLES.get(tag, "")
        if look.display or role == "table":
            role = self._displayed(tag, role, look)
        if role:
            if role in _CLOSED_BY and tag in _TABLE_TAGS:
                self._close_before(role, line)
            elif self.open["p"]:
                self._close_paragraph()
            if not self.hidden:
                self._flush()
                if role == "block" and self.stack and self.stack[-1].tag == "#table":
                    self._pop_to(len(self.stack) - 1)
        elif tag in _VOID:
            if not self.hidden:
                self._void(tag, look, line)
            return
        elif tag == "a" and self.links and "href" in look.attributes:
            self._end("a")
        live = not self.hidden and look.display != "none"
        if live and role == "row" and tag != "tr" and not self._in_table():
            self._open_table()
        opened = _Open(tag, role, live, self.node)
        self.stack.append(opened)
        self.open[tag] += 1
        if live:
            self._enter(opened, look, line)
        if (
            look is not PLAIN
            and (look.display == "none" or look.unseen or (look.no_size and not role))
            or tag in _HIDING
        ):
            self._effects(opened).hides = True
            self.hidden += 1

    def _effects(self, opened: _Open) -> _Effects:
        if opened.effects is None:
            opened.effects = _Effects()
        return opened.effects

    def _displayed(self, tag: str, role: _Role, look: Look) -> _Role:
        """The role of a table, or of an element to which a style or class gives one."""
        if len(self.tables) >= MAX_TABLE_DEPTH and role in ("", "block", "table"):
            return "block"
        if role not in ("", "block") or look.display == "none":
            return role
        if look.display == "row":
            return "row"
        # Drawn with other elements, only what stands directly in a row is a cell for certain.
        if look.display == "cell" and self.stack and self.stack[-1].role == "row":
            return "cell"
        return "block"

    def _in_table(self) -> bool:
        return bool(self.stack) and self.stack[-1].role in ("table", "section")

    def _enter(self, opened: _Open, look: Look, line: int) -> None:
        """What an element that is seen changes for the text inside it."""
        tag, role = opened.tag, opened.role
        if role:
            flow = self.flow
            flow.parents.append(self.node)
            flow.kinds.append((tag, look))
            self.node = len(flow.parents) - 1
            if role == "cell":
                row = self.tables[-1].row
                assert row is not None
                slot = _slot(look, line)
                row.slots.append(slot)
                self.sinks.append(slot.items)
            elif role == "row":
                table = self.tables[-1]
                table.row = TableRow(table.section, table.group, line)
                table.rows.append(table.row)
                self.sinks[-1] = table.row.loose
            elif role == "section":
                self.tables[-1].section = _SECTIONS[tag]
                self.tables[-1].group += 1
            elif role == "table":
                self.tables.append(Table(self.node))
                self.sinks.append(self.tables[-1].loose)
            elif tag in _HEADINGS:
                self._effects(opened).heading = True
                self.headings += 1
            elif tag in _FURNITURE or look.attributes.get("role") in _FURNITURE_ROLES:
                flow.furniture.add(self.node)
        elif tag == "a" and (target := look.attributes.get("href")) is not None:
            effects = self._effects(opened)
            if _NOTE_LINK.match(target):
                effects.note, effects.note_link = len(self.buffer), True
            elif not target.startswith("#"):
                effects.links = True
                self.links += 1
        elif tag in ("sup", "sub"):
            self._effects(opened).note = len(self.buffer)
        if tag == "pre" or tag == "listing" or look.pre:
            self._effects(opened).pre = True
            self.pre += 1

    def _void(self, tag: str, look: Look, line: int) -> None:
        if tag in ("br", "hr"):
            self._flush()
        elif tag == "img" and not look.unseen and look.display != "none":
            found = look.attributes
            style = found.get("style", "")
            width, height = (
                _pixels(found.get(name)) or _pixels_in(style, name) for name in ("width", "height")
            )
            source = found.get("src", "")
            self.sinks[-1].append(Picture(source, width, height, line, self.node))
        elif tag == "meta":
            found = look.attributes
            name = found.get("name") or found.get("property") or ""
            if name and found.get("content", "").strip() and len(self.flow.metas) < 100:
                self.flow.metas.append((name.lower(), found["content"].strip()[:300], line))
        elif tag == "frame":
            self.flow.frames += 1

    def _open_table(self) -> None:
        """A table that no tag opens: rows of their own."""
        opened = _Open("#table", "table", True, self.node)
        self.stack.append(opened)
        self.open["#table"] += 1
        self._enter(opened, PLAIN, 0)

    def _close_before(self, role: _Role, line: int) -> None:
        """Ends cells and rows that a new one ends, and opens the row or table that it needs."""
        stack = self.stack
        wanted = _CLOSED_BY[role]
        for place in range(len(stack) - 1, max(-1, len(stack) - MAX_SEARCH), -1):
            if stack[place].role in wanted:
                self._pop_to(place + 1)
                break
            if stack[place].tag == "template":
                return  # its rows are none of the table around it
        else:
            if not self.hidden:
                self._flush()
                self._open_table()
        if role == "cell" and stack and stack[-1].role != "row":
            self._start("tr", PLAIN, line)

    def _close_paragraph(self) -> None:
        for place in range(len(self.stack) - 1, max(-1, len(self.stack) - MAX_SEARCH), -1):
            if self.stack[place].tag == "p":
                self._pop_to(place)
                return
            if self.stack[place].role:
                return

    def _end(self, tag: str) -> None:
        if tag == "th":
            tag = "td"
        stack = self.stack
        if stack and stack[-1].tag == tag:
            self._pop_to(len(stack) - 1)
            return
        if not self.open[tag]:
            if tag in ("br", "p") and not self.hidden:
                self._flush()
            return
        inside = ("table",) if tag in _TABLE_TAGS else ("td", "caption", "table")
        crossed = False
        for place in range(len(self.stack) - 1, max(-1, len(self.stack) - MAX_SEARCH), -1):
            opened = self.stack[place]
            if opened.tag == tag:
                if crossed and not opened.role:
                    self._leave(opened)  # <font><p></font>: the paragraph goes on
                else:
                    self._pop_to(place)
                return
            if opened.tag in inside:
                return
            crossed = crossed or bool(opened.role)

    def _pop_to(self, size: int) -> None:
        stack = self.stack
        while len(stack) > size:
            opened = stack.pop()
            self.open[opened.tag] -= 1
            role = opened.role
            if role and opened.live:
                if self.buffer:
                    self._flush()
                if role == "cell":
                    self.sinks.pop()
                elif role == "row":
                    self.tables[-1].row = None
                elif role == "section":
                    self.tables[-1].section = 1
                    self.tables[-1].group += 1
                elif role == "table":
                    self.sinks.pop()
                    self.sinks[-1].append(self.tables.pop())
                self.node = opened.node
            if opened.effects is not None:
                self._leave(opened)

    def _leave(self, opened: _Open) -> None:
        """Ends what an element does to the text; it may stay open for its place in the tree."""
        effects = opened.effects
        if effects is None:
            return
        self.hidden -= effects.hides
        self.links -= effects.links
        self.pre -= effects.pre
        self.headings -= effects.heading
        if effects.note >= 0:
            self._drop_note(effects)
        opened.effects = None

    def _drop_note(self, opened: _Effects) -> None:
        """Takes a footnote mark out of its line: 5<sup>1</sup> is not 51, nor is it 1."""
        if opened.note >= len(self.buffer) or not self.buffer[opened.note :]:
            return
        before = "".join(self.buffer[max(0, opened.note - 5) : opened.note]).rstrip()
        mark = "".join(self.buffer[opened.note :]).strip()
        if not _NOTE.fullmatch(mark) or (before[-1:].isascii() and before[-1:].isalpha()):
            return
        del self.buffer[opened.note :]
        if not opened.note_link and mark.isdigit() and _TEN.search(before):
            self.buffer.append(f"^{mark}")  # a power of ten is no figure, and not its base


def _printed(text: str) -> str:
    """Text without the blanks and line ends that only lay out the source."""
    if "\n" in text:
        text = _WRAPPED.sub("", text)
    text = text.strip()
    if "\n" in text or "\t" in text or "  " in text:
        text = _BLANKS.sub(" ", text)
    return text


def _slot(look: Look, line: int) -> Slot:
    found = look.attributes
    if "rowspan" in found or "colspan" in found:
        return Slot(_number(found.get("rowspan")), _number(found.get("colspan")), line)
    return Slot(1, 1, line)


def _is_number_of(item: Item, node: int) -> bool:
    """Whether an item is the end of a line of the same block that ends in a number."""
    return isinstance(item, Line) and item.node == node and item.text[-1].isdigit()


def _number(text: str | None) -> int:
    """A span as written; 1 where there is none."""
    match = re.match(r"\s*(\d{1,5})", text) if text else None
    return int(match[1]) if match else 1


def _pixels(text: str | None) -> int | None:
    match = re.fullmatch(r"\s*(\d{1,5})(?:\.\d*)?\s*(?:px)?\s*", text) if text else None
    return int(match[1]) if match else None


def _pixels_in(style: str, name: str) -> int | None:
    match = re.search(rf"(?<![\w-]){name}\s*:\s*(\d{{1,5}})(?:\.\d*)?(px|pt)", style, re.IGNORECASE)
    return int(match[1]) * (4 if match[2].lower() == "pt" else 3) // 3 if match else None
