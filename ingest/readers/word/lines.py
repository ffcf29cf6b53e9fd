"""What one Word paragraph prints: its lines, and the boxes and pictures anchored in it.

Not printed, so not read: deleted and hidden text, codes of fields, page numbers, tables of
contents, marks of footnotes and comments. Printed, but no text: icons of symbol fonts,
struck-out words, formulas; `names.UNREADABLE` stands for them, so that what is left of a
cell is never taken for its figure.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from ingest.readers.word.names import (
    BLIP,
    BOX,
    CONTROL,
    CONTROL_CONTENT,
    CONTROL_PROPERTIES,
    EITHER,
    EMBED,
    EXTENT,
    IMAGE_DATA,
    MATHS,
    MATHS_PARAGRAPH,
    MATHS_RUN,
    MATHS_TEXT,
    RELATION,
    RUN,
    RUN_PROPERTIES,
    SHAPE,
    TEXT,
    UNREADABLE,
    VAL,
    WRAPPERS,
    chosen,
    is_on,
    w,
)

MAX_FIELDS = 200
"""Fields nested in one another; more is a hostile file."""

LARGE = (2_500_000, 700_000)
"""Width and height, in EMU (360,000 a centimetre), from which a picture can hold a table:
7 cm by 2 cm. Seals and logos are smaller on one side or narrower than a table's columns."""

_TAB, _BREAK, _RETURN = w("tab"), w("br"), w("cr")
_POSITIONED_TAB, _HYPHEN, _SYMBOL = w("ptab"), w("noBreakHyphen"), w("sym")
_FIELD_MARK, _FIELD_CODE, _SIMPLE_FIELD = w("fldChar"), w("instrText"), w("fldSimple")
_FOOTNOTE, _ENDNOTE = w("footnoteReference"), w("endnoteReference")
_DRAWINGS = frozenset((w("drawing"), w("pict"), w("object")))
_LINK, _RUBY, _RUBY_BASE = w("hyperlink"), w("ruby"), w("rubyBase")
_POSITION = w("position")
_VANISH, _STRIKE, _DOUBLE_STRIKE = w("vanish"), w("strike"), w("dstrike")
_ALIGNED, _FONTS, _RUN_STYLE = w("vertAlign"), w("rFonts"), w("rStyle")
_MARK_FOLLOWS, _INSTRUCTION, _CHARACTER = w("customMarkFollows"), w("instr"), w("char")

_PAGE_FIELDS = frozenset({"PAGE", "NUMPAGES", "SECTIONPAGES", "PAGEREF", "TOC", "INDEX", "TOA"})
"""Fields whose results say where something stands and never how much there is of it."""

_ICON_FONTS = ("wingdings", "webdings", "zapfdingbats")
_NOTE_MARK = re.compile(r"[\[(（【〔]?[\d①-⑳]{1,2}[\])）】〕]?")
_SIZE = re.compile(r"(width|height):\s*([\d.]{1,8})(pt|in|cm|mm|px)?")
_EMU = {"pt": 12_700, "in": 914_400, "cm": 360_000, "mm": 36_000, "px": 9_525, None: 12_700}


@dataclass(slots=True)
class _Field:
    """A field that has begun and not ended."""

    code: str = ""
    has_result: bool = False
    silent: bool = True
    """Whether what stands in it is not printed: its code, or a result that is left out."""


@dataclass(slots=True)
class Printed:
    """One paragraph as printed: its lines (tabs kept), and what is anchored in it, in order."""

    lines: list[str] = field(default_factory=list)
    boxes: list[Any] = field(default_factory=list)
    """The contents of text boxes: elements that hold paragraphs and tables."""
    pictures: list[str] = field(default_factory=list)
    """Relation ids of the pictures that are large enough to hold a table, "" if unknown."""


class LineReader:
    """Reads paragraphs in their order; fields may run on from one to the next."""

    def __init__(
        self,
        hidden_styles: frozenset[str],
        raised_styles: frozenset[str],
        struck_styles: frozenset[str],
        whole_fields: bool,
    ) -> None:
        self._raised_styles = raised_styles
        self._struck_styles = struck_styles
        """`whole_fields`: every field of the document ends. Where one does not, no result is
        left out, since nothing tells how far the field reaches."""
        self._hidden_styles = hidden_styles
        self._whole_fields = whole_fields
        self._fields: list[_Field] = []
        """Open fields from outside to inside."""
        self._silent = 0
        """How many open fields print nothing where we are."""
        self._printed = Printed()
        self._line: list[tuple[str, bool]] = []

    def read(self, paragraph: Any) -> Printed:
        self._printed, self._line = Printed(), []
        self._inline(paragraph)
        self._end_line()
        while self._fields and not self._fields[-1].has_result:
            self._close_field()  # codes end with their paragraph, whatever the file says
        return self._printed

    def _end_line(self) -> None:
        raised = {is_raised for text, is_raised in self._line if text.strip()}
        if len(raised) < 2:
            text = "".join(text for text, _ in self._line)
        else:
            text = _without_marks(self._line)
        if text.strip():
            self._printed.lines.append(text)
        self._line = []

    def _inline(self, parent: Any) -> None:
        for child in parent:
            tag = child.tag
            if tag == RUN:
                self._run(child)
            elif tag in WRAPPERS or tag == _LINK:
                self._inline(child)
            elif tag == CONTROL:
                self._control(child)
            elif tag == _SIMPLE_FIELD:
                if _field_name(child.get(_INSTRUCTION, "")) not in _PAGE_FIELDS:
                    self._inline(child)
            elif tag == EITHER:
                branch = chosen(child)
                if branch is not None:
                    self._inline(branch)
            elif tag in (MATHS, MATHS_PARAGRAPH):
                self._maths(child)

    def _control(self, control: Any) -> None:
        """A content control; the prompt of one that nobody filled in is no text."""
        properties = control.find(CONTROL_PROPERTIES)
        if properties is not None and is_on(properties.find(w("showingPlcHdr"))):
            return
        content = control.find(CONTROL_CONTENT)
        if content is not None:
            self._inline(content)

    def _maths(self, formula: Any) -> None:
        """Figures typed as a formula are text; a fraction or a root is not."""
        if self._silent:
            return
        if all(child.tag == MATHS_RUN for child in formula):
            text = "".join(found.text or "" for found in formula.iter(MATHS_TEXT))
        else:
            text = UNREADABLE
        self._line.append((text, False))

    def _run(self, run: Any) -> None:
        visible, raised, icons, struck = True, False, False, False
        first = next(iter(run), None)
        if first is not None and first.tag == RUN_PROPERTIES and len(first):
            visible, raised, icons, struck = self._looks(first)
        for child in run:
            tag = child.tag
            if tag == TEXT:
                text = child.text
                if text and visible and not self._silent:
                    self._line.append((UNREADABLE if icons or struck else text, raised))
            elif tag == RUN_PROPERTIES:
                continue
            elif tag == _FIELD_MARK:
                self._field_mark(child.get(w("fldCharType")))
            elif tag == _FIELD_CODE:
                if self._fields and not self._fields[-1].has_result:
                    self._fields[-1].code += child.text or ""
            elif not visible or self._silent:
                continue
            elif tag in (_BREAK, _RETURN):
                self._end_line()
            elif tag in (_TAB, _POSITIONED_TAB):
                self._line.append(("\t", raised))
            elif tag == _HYPHEN:
                self._line.append(("-", raised))
            elif tag == _SYMBOL:
                self._line.append((_symbol(child), raised))
            elif tag in _DRAWINGS:
                self._drawing(child)
            elif tag == EITHER:
                branch = chosen(child)
                if branch is not None:
                    self._drawing(branch)
            elif tag == _RUBY:
                base = child.find(_RUBY_BASE)
                if base is not None:
                    self._inline(base)
            elif tag in (_FOOTNOTE, _ENDNOTE) and child.get(_MARK_FOLLOWS) in ("1", "true", "on"):
                return  # the rest of the run is the note's mark, not text

    def _looks(self, properties: Any) -> tuple[bool, bool, bool, bool]:
        """Whether a run is visible, raised or lowered, in a font of icons, struck out."""
        visible, icons, moved = True, False, False
        aligned: bool | None = None
        struck: bool | None = None
        styled: str | None = None
        vanish: Any | None = None
        for one in properties:
            tag = one.tag
            if tag == _VANISH:
                vanish = one
            elif tag in (_STRIKE, _DOUBLE_STRIKE):
                struck = bool(struck) or is_on(one)
            elif tag == _ALIGNED:
                aligned = one.get(VAL) in ("superscript", "subscript")
            elif tag == _POSITION:
                moved = one.get(VAL) not in (None, "0")
            elif tag == _FONTS:
                icons = (one.get(w("ascii")) or "").lower().startswith(_ICON_FONTS)
            elif tag == _RUN_STYLE:
                styled = one.get(VAL)
        if vanish is not None:
            visible = not is_on(vanish)
        elif styled is not None:
            visible = styled not in self._hidden_styles
        if aligned is None:
            aligned = styled in self._raised_styles
        if struck is None:
            struck = styled in self._struck_styles
        return visible, aligned or moved, icons, struck

    def _field_mark(self, kind: str | None) -> None:
        if kind == "begin":
            if len(self._fields) < MAX_FIELDS:
                self._fields.append(_Field())
                self._silent += 1
        elif kind == "separate" and self._fields and not self._fields[-1].has_result:
            innermost = self._fields[-1]
            innermost.has_result = True
            if not (self._whole_fields and _field_name(innermost.code) in _PAGE_FIELDS):
                innermost.silent = False
                self._silent -= 1
        elif kind == "end" and self._fields:
            self._close_field()

    def _close_field(self) -> None:
        ended = self._fields.pop()
        self._silent -= ended.silent
        if not ended.has_result and not self._silent and ended.code.strip().startswith("="):
            self._line.append((UNREADABLE, False))  # a sum that Word never worked out

    def _drawing(self, parent: Any) -> None:
        """Text boxes and pictures in a drawing, its alternatives taken once."""
        stack = [parent]
        large = parent.find(f".//{EXTENT}")
        while stack:
            element = stack.pop()
            tag = element.tag
            if tag == BOX:
                self._printed.boxes.append(element)
            elif tag == EITHER:
                branch = chosen(element)
                if branch is not None:
                    stack.append(branch)
            elif tag == BLIP:
                if large is not None and _is_large(large.get("cx"), large.get("cy")):
                    self._printed.pictures.append(element.get(EMBED, ""))
            elif tag == IMAGE_DATA:
                shape = element.getparent()
                style = shape.get("style", "") if shape is not None and shape.tag == SHAPE else ""
                size = {name: _emu(number, unit) for name, number, unit in _SIZE.findall(style)}
                if _is_large(size.get("width"), size.get("height")):
                    self._printed.pictures.append(element.get(RELATION, ""))
            else:
                stack.extend(reversed(element))


def _without_marks(line: list[tuple[str, bool]]) -> str:
    """A line with raised pieces among others, which are marks of notes typed by hand.

    A mark behind a word goes. Beside a digit it stays, in brackets: 5 with a small 1 behind it
    is not 51, nor 5 beyond doubt.
    """
    text = ""
    for number, (piece, is_raised) in enumerate(line):
        if not is_raised or not any(c.isdigit() for c in piece):
            text += piece
            continue
        behind = line[number + 1][0][:1] if number + 1 < len(line) else ""
        if text[-1:].isdigit() or text[-1:] == "]" or behind.isdigit():
            text += f"[{piece}]"
        elif not _NOTE_MARK.fullmatch(piece.strip()):
            text += piece
    return text


def _field_name(code: str) -> str:
    words = code.split(None, 1)
    return words[0].upper() if words else ""


def _symbol(symbol: Any) -> str:
    """A character of a symbol font: only the font Symbol has figures and signs among them."""
    try:
        code = int(symbol.get(_CHARACTER, ""), 16) & 0xFF
    except ValueError:
        return UNREADABLE
    plain = (symbol.get(w("font")) or "").lower() == "symbol" and chr(code) in "0123456789+-,./%()"
    return chr(code) if plain else UNREADABLE


def _emu(number: str, unit: str | None) -> int:
    try:
        return int(float(number) * _EMU[unit or None])
    except ValueError:
        return 0


def _is_large(width: str | int | None, height: str | int | None) -> bool:
    try:
        return int(width or 0) >= LARGE[0] and int(height or 0) >= LARGE[1]
    except ValueError:
        return False
