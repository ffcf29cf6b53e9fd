"""A page as its reader sees it: lines and tables in order; what is hidden is left out.

Tags are balanced by the few rules of HTML5 that decide which cell or line a text belongs to.
A table stays whole here, with nested ones inside their cells; `html_grid` lays it out.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from html import unescape
from typing import Literal, NamedTuple

from ingest.readers.html_styles import PLAIN, Look, Styles
from ingest.readers.html_tags import RAW, read_tags

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
_SECTIONS = {"thead": 0, "tbody": 1, "tfoot": 2}
_TABLE_TAGS = frozenset(("td", "tr", "tbody", "thead", "tfoot", "caption", "table"))

_HAN = "\u2e80-\u9fff\uf900-\ufaff\uff01-\uff0f\uff1a-\uff20"
_WRAPPED = re.compile(rf"(?<=[{_HAN}])[ \t]*\n[ \t\n]*(?=[{_HAN}])")
_BLANKS = re.compile(r"[ \t\n\f]+")
_INVISIBLE = re.compile("[\u200b-\u200f\u2060-\u2064\ufeff\u00ad\u202a-\u202e]")
_NOTE = re.compile(r"[\[［(（〔【]?(?:注|\*|\d{1,2}|[①-⑳])\d?[\]］)）〕】]?|\*+")
_WORD = re.compile(r"[^\W\d_年月日时分点上下一页篇]")
"""What makes a line more than a link with its date."""
_NOTE_LINK = re.compile(r"[^#]*#_?(?:ftn|edn|fn|note|cite)", re.IGNORECASE)


class Line(NamedTuple):
    """A line of text; `node` is the block it stands in, `linked` if all of it is a link."""

    text: str
    line: int
    node: int
    linked: bool
    heading: bool


class Picture(NamedTuple):
    """An image where it stands; the sizes in pixels, None where the page does not say."""

    source: str
    width: int | None
    height: int | None
    line: int
    node: int


@dataclass(slots=True)
class Slot:
    """A cell as written; `rows` 0 reaches to the end of its section of the table."""

    rows: int
    columns: int
    line: int
    items: list[Item] = field(default_factory=list)


@dataclass(slots=True)
class TableRow:
    """A row as written; `section` 0 head, 1 body, 2 foot. `loose` is what follows it outside cells."""

    section: int
    line: int
    slots: list[Slot] = field(default_factory=list)
    loose: list[Item] = field(default_factory=list)


@dataclass(slots=True)
class Table:
    """A table as written, its caption and what stands before its first row in `loose`."""

    node: int
    rows: list[TableRow] = field(default_factory=list)
    loose: list[Item] = field(default_factory=list)
    section: int = 1
    row: TableRow | None = None


Item = Line | Picture | Table


@dataclass(slots=True)
class _Open:
    """An open element. `role`: what it is in a table; `live`: not inside anything hidden."""

    tag: str
    role: Literal["", "table", "section", "row", "cell", "caption", "block"]
    live: bool
    node: int
    hides: bool = False
    links: bool = False
    pre: bool = False
    heading: bool = False
    note: int = -1
    """Of a raised text: how many pieces of its line stand before it."""
    note_link: bool = False


@dataclass(slots=True)
class Flow:
    """What a page shows. `parents`: the block around each block; 0 is the page itself."""

    items: list[Item]
    parents: list[int]
    kinds: list[str]
    """Tag and class of each block: pages and sections of one report are alike in them."""
    furniture: set[int]
    """Blocks that the markup itself calls navigation, header or footer."""
    title: tuple[str, int] | None
    metas: list[tuple[str, str, int]]
    scripts: int
    frames: int


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
        self.flow = Flow([], [0], [""], set(), None, [], 0, 0)
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
        for name, attributes, data, line in read_tags(source):
            if name in RAW:
                self._raw(name, data, line)
                continue
            if name:
                if name[0] == "/":
                    self._end(name[1:])
                else:
                    look = self.styles.look(attributes) if attributes.strip(" /") else PLAIN
                    self._start(name, look, line)
            if data and not self.hidden:
                self._text(data, line)
        self._pop_to(0)
        self._flush()
        return self.flow

    def _raw(self, name: str, data: str, line: int) -> None:
        if name == "title" and self.flow.title is None and not self.hidden:
            self.flow.title = (" ".join(visible_text(data[:1000]).split()), line)
        elif name == "style":
            self.styles.add_sheet(data)
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
        if "\n" in text:
            text = _WRAPPED.sub("", text)
        text = text.strip()
        if not self.pre and ("\n" in text or "\t" in text or "  " in text):
            text = _BLANKS.sub(" ", text)
        if text:
            linked = self.link_seen and not _WORD.search("".join(self.outside))
            self.sinks[-1].append(Line(text, self.line, self.node, linked, self.headings > 0))
        self.outside.clear()
        self.link_seen = False

    def _start(self, tag: str, look: Look, line: int) -> None:
        if tag == "th":
            tag = "td"
        role = self._role(tag, look)
        if role in ("cell", "row", "section") and tag in _TABLE_TAGS:
            self._close_before(role, line)
        elif role and self.open["p"]:
            self._close_paragraph()
        if tag in _VOID:
            if not self.hidden:
                self._void(tag, look, line)
            return
        if tag == "a" and self.links and "href" in look.attributes:
            self._end("a")
        if role and not self.hidden:
            self._flush()
            if role == "block" and self.stack and self.stack[-1].tag == "#table":
                self._pop_to(len(self.stack) - 1)
        live = not self.hidden and look.display != "none"
        if live and role == "row" and tag != "tr" and not self._in_table():
            self._open_table(line)
        opened = _Open(tag, role, live, self.node)
        inline_hidden = look.unseen or (look.no_size and not role)
        if look.display == "none" or inline_hidden or tag in _HIDING:
            opened.hides = True
        self.stack.append(opened)
        self.open[tag] += 1
        if live:
            self._enter(opened, role, look, line)
        if opened.hides:
            self.hidden += 1

    def _role(
        self, tag: str, look: Look
    ) -> Literal["", "table", "section", "row", "cell", "caption", "block"]:
        if tag == "td":
            return "cell"
        if tag == "tr":
            return "row"
        if tag == "table":
            return "table" if len(self.tables) < MAX_TABLE_DEPTH else "block"
        if tag in _SECTIONS:
            return "section"
        if tag == "caption":
            return "caption"
        display = look.display
        if display and display not in ("none", "block"):
            # Rows and cells drawn with other elements: only a cell directly in a row is one.
            if len(self.tables) < MAX_TABLE_DEPTH:
                if display == "row":
                    return "row"
                if display == "cell" and self.stack and self.stack[-1].role == "row":
                    return "cell"
            return "block"
        return "block" if tag in BLOCKS or display == "block" else ""

    def _in_table(self) -> bool:
        return bool(self.stack) and self.stack[-1].role in ("table", "section")

    def _enter(self, opened: _Open, role: str, look: Look, line: int) -> None:
        """What an element that is seen changes for the text inside it."""
        tag = opened.tag
        if role:
            self._block(tag, look)
            if role == "cell":
                table = self.tables[-1]
                assert table.row is not None
                spans = look.attributes
                slot = Slot(
                    _number(spans.get("rowspan"), 1), _number(spans.get("colspan"), 1), line
                )
                table.row.slots.append(slot)
                self.sinks.append(slot.items)
            elif role == "row":
                table = self.tables[-1]
                table.row = TableRow(table.section, line)
                table.rows.append(table.row)
                self.sinks[-1] = table.row.loose
            elif role == "section":
                self.tables[-1].section = _SECTIONS[tag]
            elif role == "table":
                self.tables.append(Table(self.node))
                self.sinks.append(self.tables[-1].loose)
            if tag in _HEADINGS:
                opened.heading = True
                self.headings += 1
        elif tag == "a" and (target := look.attributes.get("href")) is not None:
            if _NOTE_LINK.match(target):
                opened.note, opened.note_link = len(self.buffer), True
            elif not target.startswith("#"):
                opened.links = True
                self.links += 1
        elif tag in ("sup", "sub"):
            opened.note = len(self.buffer)
        if tag == "pre" or tag == "listing" or look.pre:
            opened.pre = True
            self.pre += 1

    def _block(self, tag: str, look: Look) -> None:
        flow = self.flow
        flow.parents.append(self.node)
        self.node = len(flow.parents) - 1
        flow.kinds.append(f"{tag}.{look.attributes.get('class', '')}")
        if tag in _FURNITURE or look.attributes.get("role") in _FURNITURE_ROLES:
            flow.furniture.add(self.node)

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

    def _open_table(self, line: int) -> None:
        """A table that no tag opens: rows of their own."""
        self.stack.append(_Open("#table", "table", True, self.node))
        self.open["#table"] += 1
        self._block("#table", PLAIN)
        self.tables.append(Table(self.node))
        self.sinks.append(self.tables[-1].loose)

    def _close_before(self, role: str, line: int) -> None:
        """Ends cells and rows that a new one ends, and opens the row or table that it needs."""
        wanted = {
            "cell": ("row", "section", "table"),
            "row": ("section", "table"),
            "section": ("table",),
        }[role]
        for place in range(len(self.stack) - 1, max(-1, len(self.stack) - MAX_SEARCH), -1):
            if self.stack[place].role in wanted:
                self._pop_to(place + 1)
                break
            if self.stack[place].tag == "template":
                return  # its rows are none of the table around it
        else:
            if not self.hidden:
                self._flush()
                self._open_table(line)
        if role == "cell" and self.stack and self.stack[-1].role != "row":
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
        if tag in ("br", "p") and not self.open[tag] and not self.hidden:
            self._flush()
        if not self.open[tag]:
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
        while len(self.stack) > size:
            opened = self.stack.pop()
            self.open[opened.tag] -= 1
            role = opened.role
            if role and opened.live:
                self._flush()
                if role == "cell":
                    self.sinks.pop()
                elif role == "row":
                    self.tables[-1].row = None
                elif role == "section":
                    self.tables[-1].section = 1
                elif role == "table":
                    self.sinks.pop()
                    self.sinks[-1].append(self.tables.pop())
                self.node = opened.node
            self._leave(opened)

    def _leave(self, opened: _Open) -> None:
        """Ends what an element does to the text; it may stay open for its place in the tree."""
        if opened.hides:
            self.hidden -= 1
        if opened.links:
            self.links -= 1
        if opened.pre:
            self.pre -= 1
        if opened.heading:
            self.headings -= 1
        if opened.note >= 0:
            self._drop_note(opened)
        opened.hides = opened.links = opened.pre = opened.heading = False
        opened.note = -1

    def _drop_note(self, opened: _Open) -> None:
        """Takes a footnote mark out of its line: 5<sup>1</sup> is not 51, nor is it 1."""
        if opened.note >= len(self.buffer) or not self.buffer[opened.note :]:
            return
        before = "".join(self.buffer[: opened.note]).rstrip()
        mark = "".join(self.buffer[opened.note :]).strip()
        if not _NOTE.fullmatch(mark) or (before[-1:].isascii() and before[-1:].isalpha()):
            return
        del self.buffer[opened.note :]
        if not opened.note_link and before.endswith("10") and mark.isdigit():
            self.buffer.append(f"^{mark}")  # a power of ten is no figure, and not its base


def _number(text: str | None, default: int) -> int:
    match = re.match(r"\s*(\d{1,5})", text) if text else None
    return int(match[1]) if match else default


def _pixels(text: str | None) -> int | None:
    match = re.fullmatch(r"\s*(\d{1,5})(?:\.\d*)?\s*(?:px)?\s*", text) if text else None
    return int(match[1]) if match else None


def _pixels_in(style: str, name: str) -> int | None:
    match = re.search(rf"(?<![\w-]){name}\s*:\s*(\d{{1,5}})(?:\.\d*)?(px|pt)", style, re.IGNORECASE)
    return int(match[1]) * (4 if match[2].lower() == "pt" else 3) // 3 if match else None
