"""A page as its reader sees it: lines and tables in order; what is hidden is left out.

Tags are balanced by the few rules of HTML5 that decide which cell or line a text belongs to.
A table stays whole here, with nested ones inside their cells; `grid` lays it out.
"""

from __future__ import annotations

import re
from collections import defaultdict

from ingest.readers.html.elements import (
    CLOSED_BY,
    FURNITURE,
    FURNITURE_ROLES,
    HEADINGS,
    HIDING,
    ROLES,
    SECTIONS,
    TABLE_TAGS,
    VOID,
    Role,
)
from ingest.readers.html.ink import NO_INK, may_hide
from ingest.readers.html.lines import (
    LineBuffer,
    visible_text,
)
from ingest.readers.html.open_elements import Effects, OpenElement
from ingest.readers.html.parts import Flow, Item, Picture, Table, TableRow
from ingest.readers.html.rows import Covers, changes_text, whole_row
from ingest.readers.html.sizes import pixels, pixels_in, slot_of
from ingest.readers.html.styles import PLAIN, Look, Styles
from ingest.readers.html.tags import (
    CELL,
    RAW,
    ROW,
    cells_of,
    lines_of,
    read_tags,
    style_sheets,
    without_formatting,
)

MAX_SEARCH = 300
"""Open elements gone back through for the one that an end tag closes; real pages nest under 60
deep. An end tag whose element is further back is passed over."""

MAX_TABLE_DEPTH = 50
"""Tables inside tables; old pages drew their layout with up to ten. What is deeper is not a table."""

_NOTE_LINK = re.compile(r"[^#]*#_?(?:ftn|edn|fn|note|cite)", re.IGNORECASE)


def read_flow(source: str) -> Flow:
    """The lines and tables of a page (line ends as \\n), in the order in which they are printed."""
    return _Reader().read(source)


class _Reader:
    def __init__(self) -> None:
        self.flow = Flow([], [0], [("", PLAIN)], set(), None, [], 0, 0)
        self.styles = Styles()
        self.covers = Covers(self.styles.look)
        self.stack: list[OpenElement] = []
        self.open: dict[str, int] = defaultdict(int)
        self.sinks: list[list[Item]] = [self.flow.items]
        self.tables: list[Table] = []
        self.buffer = LineBuffer()
        self.ink = NO_INK
        self.node = self.hidden = self.links = self.pre = self.headings = 0

    def read(self, source: str) -> Flow:
        self.styles.faint = may_hide(source)
        for sheet in style_sheets(source):
            self.styles.add_sheet(sheet)
        if not self.styles.faint:
            source = without_formatting(source, self._hides)
        look = self.styles.look
        for name, attributes, data, line in read_tags(source, self._hides):
            if name == ROW:
                self._row(attributes, data, line)
                continue
            if name == CELL:
                self._cell(look(attributes) if attributes else PLAIN, data, line)
                continue
            if name:
                if name[0] == "/":
                    self._end(name[1:])
                elif name in RAW:
                    self._raw(name, data, line)
                    continue
                else:
                    self._start(name, look(attributes) if attributes else PLAIN, line)
            # Blanks between blocks, behind nearly every tag, print nothing.
            if data and not self.hidden and (self.buffer.pieces or not data.isspace()):
                self._text(data, line)
        self._pop_to(0)
        self._flush()
        return self.flow

    def _row(self, attributes: str, data: str, line: int) -> None:
        """A row of cells with nothing but text: at once, where nothing does anything to it."""
        look = self.styles.look(attributes) if attributes else PLAIN
        top = self.stack[-1] if self.stack else None
        whole = None
        if (
            top is not None
            and (top.role == "table" or top.role == "section")
            and top.live
            and self._plain()
            and (look is PLAIN or not changes_text(look))
        ):
            whole = whole_row(data, line, self.covers, self._hides)
        if whole is None:
            self._start("tr", look, line)
            for (own, paragraph, text), begin in zip(
                cells_of(data), lines_of(data, line), strict=True
            ):
                self._cell(self.styles.look(own), text, begin, paragraph)
            self._end("tr")
            return
        if self.buffer.pieces:
            self._flush()
        flow, table = self.flow, self.tables[-1]
        flow.parents.append(self.node)
        flow.kinds.append(("tr", look))
        row = TableRow(table.section, table.group, line, len(flow.parents) - 1, whole[0])
        row.cells = whole[1]
        table.rows.append(row)
        self.sinks[-1] = row.loose

    def _plain(self) -> bool:
        """Whether nothing around does anything to the text that is printed."""
        return not self.hidden and self.ink is NO_INK and not self.pre and not self.links

    def _cell(self, look: Look, data: str, line: int, paragraph: str = "") -> None:
        """A cell with nothing but text, where the short way is not open to it; `paragraph`: the
        attributes of the one that it stands in."""
        self._start("td", look, line)
        if paragraph:
            self._start("p", self.styles.look(paragraph), line)
        if data and not self.hidden:
            self._text(data, line)
        if paragraph:
            self._end("p")
        self._end("td")

    def _hides(self, attributes: str) -> bool:
        look = self.styles.look(attributes)
        return bool(look.display) or look.unseen or look.pre or look.raised or self.styles.faint

    def _raw(self, name: str, data: str, line: int) -> None:
        if name == "title" and self.flow.title is None and not self.hidden:
            self.flow.title = (" ".join(visible_text(data[:1000]).split()), line)
        elif name == "script":
            self.flow.scripts += 1
        elif name == "iframe":
            self.flow.frames += 1

    def _text(self, data: str, line: int) -> None:
        data = visible_text(data)
        if self.ink is not NO_INK and self.ink.hides(data):
            return
        if self.pre and "\n" in data:
            for number, part in enumerate(data.split("\n")):
                if number:
                    self._flush()
                if part.strip():
                    self._add(part, line + number)
        elif not data or data.isspace():
            if self.buffer.pieces:
                self.buffer.pieces.append(data)
        else:
            self._add(data, line)

    def _add(self, data: str, line: int) -> None:
        if self.stack and self.stack[-1].tag == "#table":
            self._pop_to(len(self.stack) - 1)
        self.buffer.add(data, line, self.links > 0)

    def _flush(self) -> None:
        """Ends the line that is being printed."""
        if self.buffer.pieces:
            self.buffer.end(self.sinks[-1], self.node, self.headings > 0, self.pre > 0)

    def _start(self, tag: str, look: Look, line: int) -> None:
        if tag == "th":
            tag = "td"
        role: Role = ROLES.get(tag, "")
        if look.display or role == "table":
            role = self._displayed(tag, role, look)
        if role:
            if role in CLOSED_BY and tag in TABLE_TAGS:
                # A row that stands directly in its table closes nothing.
                if role != "row" or not self._in_table():
                    self._close_before(role, line)
            elif self.open["p"]:
                self._close_paragraph()
            if not self.hidden:
                if self.buffer.pieces:
                    self._flush()
                if role == "block" and self.stack and self.stack[-1].tag == "#table":
                    self._pop_to(len(self.stack) - 1)
        elif tag in VOID:
            if not self.hidden:
                self._void(tag, look, line)
            return
        elif tag == "a" and self.links and "href" in look.attributes:
            self._end("a")
        live = not self.hidden and look.display != "none"
        if live and role == "row" and tag != "tr" and not self._in_table():
            self._open_table()
        opened = OpenElement(tag, role, live, self.node)
        self.stack.append(opened)
        self.open[tag] += 1
        if live:
            self._enter(opened, look, line)
        if look is not PLAIN and (look.display == "none" or look.unseen) or tag in HIDING:
            self._effects(opened).hides = True
            self.hidden += 1
        if look is not PLAIN and look.ink != NO_INK:
            self._effects(opened).around = self.ink
            self.ink = look.ink.over(self.ink)

    def _effects(self, opened: OpenElement) -> Effects:
        if opened.effects is None:
            opened.effects = Effects()
        return opened.effects

    def _displayed(self, tag: str, role: Role, look: Look) -> Role:
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

    def _enter(self, opened: OpenElement, look: Look, line: int) -> None:
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
                items: list[Item] = []
                row.slots.append(slot_of(look, line, items))
                self.sinks.append(items)
            elif role == "row":
                table = self.tables[-1]
                table.row = TableRow(table.section, table.group, line, self.node)
                table.rows.append(table.row)
                self.sinks[-1] = table.row.loose
            elif role == "section":
                self.tables[-1].section = SECTIONS[tag]
                self.tables[-1].group += 1
            elif role == "table":
                self.tables.append(Table(self.node))
                self.sinks.append(self.tables[-1].loose)
            elif tag in HEADINGS:
                self._effects(opened).heading = True
                self.headings += 1
            elif tag in FURNITURE or look.attributes.get("role") in FURNITURE_ROLES:
                flow.furniture.add(self.node)
        elif tag == "a" and (target := look.attributes.get("href")) is not None:
            effects = self._effects(opened)
            if _NOTE_LINK.match(target):
                effects.note, effects.note_link = len(self.buffer.pieces), True
            elif not target.startswith("#"):
                effects.links = True
                self.links += 1
            else:
                effects.perhaps = len(self.buffer.pieces)
        elif tag == "small":
            self._effects(opened).perhaps = len(self.buffer.pieces)
        elif tag in ("sup", "sub") or look.raised:
            self._effects(opened).note = len(self.buffer.pieces)
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
                pixels(found.get(name)) or pixels_in(style, name) for name in ("width", "height")
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
        opened = OpenElement("#table", "table", True, self.node)
        self.stack.append(opened)
        self.open["#table"] += 1
        self._enter(opened, PLAIN, 0)

    def _close_before(self, role: Role, line: int) -> None:
        """Ends cells and rows that a new one ends, and opens the row or table that it needs."""
        stack = self.stack
        wanted = CLOSED_BY[role]
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
        inside = ("table",) if tag in TABLE_TAGS else ("td", "caption", "table")
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
                if self.buffer.pieces:
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

    def _leave(self, opened: OpenElement) -> None:
        """Ends what an element does to the text; it may stay open for its place in the tree."""
        effects = opened.effects
        if effects is None:
            return
        self.hidden -= effects.hides
        self.links -= effects.links
        self.pre -= effects.pre
        self.headings -= effects.heading
        if effects.around is not None:
            self.ink = effects.around
        if effects.note >= 0:
            self.buffer.drop_note(effects.note, effects.note_link)
        if effects.perhaps > 0:
            self.buffer.part_note(effects.perhaps)
        opened.effects = None
