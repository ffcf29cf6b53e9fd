"""Renders reports as PDF files with the habits of Word, spreadsheets and browsers."""

from __future__ import annotations

import io
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from tests.render_formats import MadeReport, Printed, Slot, Table, part_named, spread

Ruling = Literal["lines", "rects", "double", "dotted", "open", "none"]
"""`open`: no border at the left and right edge of tables; `none`: no lines at
all."""

FONT = "STSong-Light"
WIDE, HIGH = 595.0, 842.0
MARGIN = 72.0


@dataclass(frozen=True, slots=True)
class PdfLook:
    """How a PDF is made. Every switch is one habit of real files."""

    ruling: Ruling = "lines"
    size: float = 9.0
    """Points of the type in tables; text is half as large again."""
    turned_header: Literal["no", "90", "270", "vertical"] = "no"
    """The labels of columns run up, down, or stand one character a line."""
    breaks: bool = True
    """Tables go on over pages; else each begins on a page of its own."""
    repeat_header: bool = False
    """The header of the table of applications stands again on top of each page."""
    torn: bool = False
    """A merged label that the page break cuts has its last characters on the next page."""
    middle: bool = True
    """Figures stand in the middle of their row, with labels of several lines around them."""
    numbers: bool = True
    head: bool = True
    watermark: bool = False
    bold_twice: bool = False
    hidden: bool = False
    """Invisible, white and clipped figures beside the real ones, and some off the page."""
    rotate: Literal[0, 90, 180, 270] = 0
    """The page's /Rotate: its content is drawn turned, so that it looks upright."""
    start: float = 0.0
    """Points of white above the first line: moves all page breaks."""
    narrow: bool = False
    """Columns of figures so narrow that their labels wrap every two characters."""


def render_pdf(made: MadeReport, tables: Printed, look: PdfLook, seed: int = 0) -> bytes:
    """The file as bytes, the same for the same seed."""
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    return _Writer(made, look, random.Random(seed)).render(tables)


class _Writer:
    def __init__(self, made: MadeReport, look: PdfLook, chance: random.Random) -> None:
        self.made, self.look, self.chance = made, look, chance
        self.stream = io.BytesIO()
        # The library itself swaps the sides of a page that is turned.
        self.canvas: Any = Canvas(self.stream, pagesize=(WIDE, HIGH), invariant=1)
        self.page = 0
        self.rest: dict[int, str] = {}
        """Labels, by the id of their slot, that a page break has cut: what is still to print."""
        self.y = 0.0

    def render(self, tables: Printed) -> bytes:
        draft = self.made.draft
        self._begin()
        self.y -= self.look.start
        for line in draft.title:
            self._line(line, MARGIN + 40, 18)
        for key, heading in draft.headings.items():
            part = part_named(key)
            own = tables.tables.get(part, []) if part else []
            if part and not self.look.breaks:
                self._next()
            if heading is not None:
                if self.y < MARGIN + 60:
                    self._next()
                self._line(heading, MARGIN + 24, 14)
            if key == "overview":
                for sentence in draft.overview:
                    self._paragraph(sentence)
            elif part is None:
                self._paragraph("无。")
            for number, table in enumerate(own):
                if number:
                    self._next()
                self._table(table)
        self._end()
        self.canvas.save()
        return self.stream.getvalue()

    # ── pages ──

    def _begin(self) -> None:
        self.page += 1
        self.y = HIGH - MARGIN - 24
        canvas = self.canvas
        canvas.saveState()
        if self.look.rotate:
            canvas.setPageRotation(self.look.rotate)
            turn = {90: (0, 1, -1, 0, HIGH, 0), 180: (-1, 0, 0, -1, WIDE, HIGH)}
            canvas.transform(*turn.get(self.look.rotate, (0, -1, 1, 0, 0, WIDE)))
        if self.look.head:
            self._text(f"{self.made.year}年度报告汇编", MARGIN, HIGH - 50, 9)
        if self.look.numbers:
            self._text(f"- {self.page} -", WIDE / 2 - 10, 45, 9)
        if self.look.watermark:
            canvas.saveState()
            canvas.setFillGray(0.85)
            canvas.translate(WIDE / 2, HIGH / 2)
            canvas.rotate(45)
            self._text("内部资料 2099", -160, 0, 60)
            canvas.restoreState()
        if self.look.hidden:
            self._hide()

    def _hide(self) -> None:
        canvas = self.canvas
        canvas.saveState()
        for number in range(12):
            y = HIGH - MARGIN - 60 * number
            hidden = canvas.beginText(MARGIN + 30 * number, y)
            hidden.setFont(FONT, 9)
            hidden.setTextRenderMode(3)
            hidden.textOut("777")
            canvas.drawText(hidden)
            canvas.setFillGray(1)
            white = canvas.beginText(MARGIN + 200, y + 9)
            white.setFont(FONT, 9)
            white.setTextRenderMode(0)
            white.textOut("888件")
            canvas.drawText(white)
            canvas.setFillGray(0)
            self._text("999", WIDE + 40, y, 9)
        clip = canvas.beginPath()
        clip.rect(0, 0, 5, 5)
        canvas.clipPath(clip, stroke=0, fill=0)
        self._text("全年主动公开政府信息666条。", MARGIN, HIGH / 2, 9)
        canvas.restoreState()

    def _end(self) -> None:
        self.canvas.restoreState()

    def _next(self) -> None:
        self._end()
        self.canvas.showPage()
        self._begin()

    # ── text ──

    def _text(self, text: str, x: float, y: float, size: float) -> None:
        self.canvas.setFont(FONT, size)
        self.canvas.drawString(x, y, text)
        if self.look.bold_twice:
            self.canvas.drawString(x + 0.03 * size, y, text)

    def _line(self, text: str, x: float, size: float) -> None:
        if self.y < MARGIN + size:
            self._next()
        self.y -= 1.6 * size
        self._text(text, x, self.y, size)
        self.y -= 0.2 * size

    def _paragraph(self, text: str) -> None:
        size = 1.5 * self.look.size
        room = WIDE - 2 * MARGIN
        for number, line in enumerate(wrapped("\u3000\u3000" + text, size, room)):
            if self.y < MARGIN + 2 * size:
                self._next()
            self.y -= 1.7 * size
            indent = 2 * size if number == 0 else 0
            self._text(line.lstrip("\u3000"), MARGIN + indent, self.y, size)

    # ── tables ──

    def _table(self, table: Table) -> None:
        grid = spread(table)
        width = max(map(len, grid))
        grid = [[*row, *[None] * (width - len(row))] for row in grid]
        edges = self._edges(width)
        heights = self._heights(grid, edges)
        header = next((n for n, row in enumerate(grid) if _has(row, "figure")), 0)
        head = header if self.look.repeat_header and width > 8 and header >= 2 else 0
        start = 0
        self.y -= 6
        while start < len(grid):
            end, y = start, self.y
            top = head if start else 0
            y -= sum(heights[:top])
            while end < len(grid) and (y - heights[end] > MARGIN or end == start):
                y -= heights[end]
                end += 1
            # A header stays together with its first row of figures.
            if end < len(grid) and (
                start == 0 and end <= header or end == start + 1 and end <= header
            ):
                if self.y < HIGH - MARGIN - 100:
                    self._next()
                    continue
            if top:
                self._rows(grid, 0, top, edges, heights, [])
            self._rows(grid, start, end, edges, heights, grid)
            start = end
            if start < len(grid):
                self._next()
        self.y -= 14

    def _edges(self, width: int) -> list[float]:
        room = WIDE - 2 * MARGIN
        if width > 13:
            shares = [1.0] * width
        elif width > 8:
            shares = [1.0, 2.4, 5.0, *[1.0 if self.look.narrow else 1.5] * (width - 3)]
        else:
            shares = [2.0, *[1.2] * (width - 1)]
        unit = room / sum(shares)
        edges = [MARGIN]
        for share in shares:
            edges.append(edges[-1] + share * unit)
        return edges

    def _lines(self, slot: Slot, wide: float) -> list[str]:
        if slot.kind == "header" and self._turns(slot):
            return list(slot.text) if self.look.turned_header == "vertical" else [slot.text]
        if slot.kind == "figure":
            return [slot.text] if slot.text else []
        room = wide - 4
        if slot.kind == "header" and self.look.narrow:
            room = min(room, max(2.3 * self.look.size, 0.4 * wide))
        return wrapped(slot.text, self.look.size, room)

    def _turns(self, slot: Slot) -> bool:
        return self.look.turned_header != "no" and slot.columns == 1 and 2 <= len(slot.text) <= 6

    def _heights(self, grid: list[list[Slot | None]], edges: list[float]) -> list[float]:
        size = self.look.size
        heights = [1.9 * size] * len(grid)
        for many in (False, True):
            for y, row in enumerate(grid):
                for x, slot in enumerate(row):
                    if slot is None or (slot.rows > 1) is not many:
                        continue
                    wide = edges[min(x + slot.columns, len(edges) - 1)] - edges[x]
                    lines = self._lines(slot, wide)
                    need = 1.25 * size * len(lines) + 0.7 * size
                    if (
                        slot.kind == "header"
                        and self._turns(slot)
                        and "0" in self.look.turned_header
                    ):
                        need = size * (len(slot.text) + 1.2)
                    have = sum(heights[y : y + slot.rows])
                    if need > have:
                        last = min(y + slot.rows, len(grid)) - 1
                        heights[last] += need - have
        return heights

    def _rows(
        self,
        grid: list[list[Slot | None]],
        start: int,
        end: int,
        edges: list[float],
        heights: list[float],
        whole: list[list[Slot | None]],
    ) -> None:
        """Rows from start to end; merged cells that reach over an end are cut there."""
        tops = [self.y]
        for n in range(start, end):
            tops.append(tops[-1] - heights[n])
        borders: list[tuple[float, float, float, float]] = []
        for y, row in enumerate(grid):
            for x, slot in enumerate(row):
                if slot is None:
                    continue
                first, last = max(y, start), min(y + slot.rows, end)
                if first >= last:
                    continue
                box = (
                    edges[x],
                    tops[last - start],
                    edges[min(x + slot.columns, len(edges) - 1)],
                    tops[first - start],
                )
                text = slot.text
                if whole and slot.rows > 1 and slot.kind == "label":
                    text = self._fitting(slot, box, y + slot.rows <= end)
                self._cell(Slot(text, last - first, slot.columns, slot.kind), box)
                borders.append(box)
        self._rules(borders, edges)
        self.y = tops[-1]

    def _fitting(self, slot: Slot, box: tuple[float, float, float, float], ends: bool) -> str:
        """What of a label stands in this piece of its cell; the rest waits for the next."""
        text = self.rest.pop(id(slot), slot.text)
        if ends:
            return text
        room = box[2] - box[0] - 4
        lines = int((box[3] - box[1]) / (1.25 * self.look.size))
        if len(wrapped(text, self.look.size, room)) <= lines and not self.look.torn:
            self.rest[id(slot)] = ""
            return text
        cut = "".join(wrapped(text, self.look.size, room)[:lines]) if self.look.torn else ""
        cut = cut[: max(1, 2 * len(text) // 3)] if cut else ""
        self.rest[id(slot)] = text[len(cut) :]
        return cut

    def _cell(self, slot: Slot, box: tuple[float, float, float, float]) -> None:
        left, bottom, right, top = box
        size = self.look.size
        if slot.kind == "header" and self._turns(slot) and "0" in self.look.turned_header:
            self.canvas.saveState()
            up = self.look.turned_header == "90"
            self.canvas.translate(
                (left + right) / 2 + (0.35 if up else -0.35) * size, bottom + 3 if up else top - 3
            )
            self.canvas.rotate(90 if up else -90)
            self._text(slot.text, 0, 0, size)
            self.canvas.restoreState()
            return
        lines = self._lines(slot, right - left)
        if slot.kind == "figure" and lines:
            # A figure too wide for its cell is printed smaller, as spreadsheets do.
            size *= min(1.0, (right - left - 6) / width_of(lines[0], size))
        high = 1.25 * size * len(lines)
        if high > top - bottom + 1 and slot.kind == "label":
            size *= (top - bottom) / high
            high = top - bottom
        if self.look.middle or slot.kind == "header":
            y = (top + bottom) / 2 + high / 2
        else:
            y = top - 0.3 * size
        for line in lines:
            y -= 1.25 * size
            x = left + 2
            if slot.kind in ("figure", "header"):
                x = (left + right) / 2 - width_of(line, size) / 2
            self._text(line, x, y + 0.28 * size, size)

    def _rules(self, borders: list[tuple[float, float, float, float]], edges: list[float]) -> None:
        look, canvas = self.look, self.canvas
        if look.ruling == "none":
            return
        for left, bottom, right, top in borders:
            for side, line in _sides(left, bottom, right, top):
                if (
                    look.ruling == "open"
                    and side in "lr"
                    and (abs(line[0] - edges[0]) < 1 or abs(line[0] - edges[-1]) < 1)
                ):
                    continue
                self._rule(*line)
        canvas.setDash()

    def _rule(self, x0: float, y0: float, x1: float, y1: float) -> None:
        canvas, look = self.canvas, self.look
        if look.ruling == "rects":
            canvas.rect(x0 - 0.3, y0 - 0.3, x1 - x0 + 0.6, y1 - y0 + 0.6, stroke=0, fill=1)
            return
        canvas.setLineWidth(0.5)
        if look.ruling == "dotted":
            canvas.setDash(1, 2)
        canvas.line(x0, y0, x1, y1)
        if look.ruling == "double":
            canvas.line(x0 + 1.5, y0 - 1.5, x1 + 1.5, y1 - 1.5)


def _sides(
    left: float, bottom: float, right: float, top: float
) -> Iterator[tuple[str, tuple[float, float, float, float]]]:
    yield "b", (left, bottom, right, bottom)
    yield "t", (left, top, right, top)
    yield "l", (left, bottom, left, top)
    yield "r", (right, bottom, right, top)


def _has(row: list[Slot | None], kind: str) -> bool:
    return any(slot is not None and slot.kind == kind for slot in row)


def width_of(text: str, size: float) -> float:
    return float(pdfmetrics.stringWidth(text, FONT, size))


def wrapped(text: str, size: float, room: float) -> list[str]:
    """The text in lines no wider than `room`; digits stay together."""
    lines, line = [], ""
    for piece in _pieces(text):
        if line and width_of(line + piece, size) > room:
            lines.append(line)
            line = ""
        line += piece
    return [*lines, line] if line else lines


def _pieces(text: str) -> Iterator[str]:
    piece = ""
    for character in text:
        if piece and not (piece[-1].isascii() and character.isascii()):
            yield piece
            piece = ""
        piece += character
    if piece:
        yield piece
