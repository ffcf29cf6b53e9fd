"""What is drawn on a page of a PDF: characters that can be seen, ruling lines, pictures.

Only this module, `drawing` and `fonts` talk to the PDF library. Left out here: invisible,
white, clipped and off-page text, watermarks, blanks. Places come out as a reader sees the page: points from its
upper left corner, /Rotate and text that runs up or down the whole page turned upright.
"""

from __future__ import annotations

import ctypes
import math
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ingest.readers.pdf.drawing import (
    FAINT,
    Drawn,
    Point,
    Rule,
    TooMuch,
    address_of,
    is_seen,
    lightness,
)
from ingest.readers.pdf.lines import LOST, Glyph, printed_once, turned

MAX_CHARACTERS = 20_000
"""Characters of one page; the fullest page of a report met has under 3,000."""

MIN_PICTURE = (200.0, 60.0)
"""Points: the smallest picture that could hold a table; seals and logos are narrower."""


@dataclass(frozen=True, slots=True)
class Page:
    """What is drawn on a page; `number` counts from 1, sizes are in points.

    `recognised`: the text is the invisible one under a scan, read by a recogniser.
    `pictures` counts those large enough for a table. `lost` counts characters that the font
    does not tell.
    """

    number: int
    width: float
    height: float
    glyphs: tuple[Glyph, ...]
    rules: tuple[Rule, ...]
    pictures: int
    lost: int
    recognised: bool


def read_page(page: Any, number: int) -> Page:
    """What is to be seen on one page of an opened PDF.

    Raises: TooMuch if the page has too much on it.
    """
    place, width, height = _placing(page)
    drawn = Drawn(page, place, (width, height))
    seen, hidden, lost = _glyphs(page, place, drawn, (width, height))
    recognised = False
    if len(hidden) > 20 * max(len(seen), 1) and drawn.covering(width * height):
        seen, recognised = hidden, True
    glyphs = printed_once(seen)
    rules = drawn.rules
    main = Counter(glyph.direction for glyph in glyphs).most_common(1)
    if main and main[0][0] and main[0][1] > 0.7 * len(glyphs):
        direction = main[0][0]
        glyphs = [turned(glyph, direction, width, height) for glyph in glyphs]
        boxes = [turned(Glyph("", *rule, 0), direction, width, height) for rule in rules]
        rules = [Rule(box.left, box.top, box.right, box.bottom) for box in boxes]
        if direction in (90, 270):
            width, height = height, width
    pictures = sum(w >= MIN_PICTURE[0] and h >= MIN_PICTURE[1] for w, h in drawn.pictures)
    return Page(number, width, height, tuple(glyphs), tuple(rules), pictures, lost, recognised)


def picture_of(page: Any, scale: float = 2.5) -> bytes:
    """The page as a PNG picture, 180 dots an inch: what a recogniser is given.

    The page must be of a document opened with fonts to be looked at (`fonts.built_in`).
    """
    import io

    side = max(page.get_size())
    picture = page.render(scale=min(scale, 4_000 / max(side, 1.0)), grayscale=True).to_pil()
    stream = io.BytesIO()
    picture.save(stream, "PNG")
    return stream.getvalue()


def _placing(page: Any) -> tuple[Callable[[float, float], Point], float, float]:
    """How points of the file become points of the page as it is looked at, and its size."""
    left, bottom, right, top = page.get_bbox()
    wide, high = right - left, top - bottom
    turn = page.get_rotation()
    if turn == 90:
        return (lambda x, y: (y - bottom, x - left)), high, wide
    if turn == 180:
        return (lambda x, y: (right - x, y - bottom)), wide, high
    if turn == 270:
        return (lambda x, y: (top - y, right - x)), high, wide
    return (lambda x, y: (x - left, top - y)), wide, high


def _glyphs(
    page: Any, place: Callable[[float, float], Point], drawn: Drawn, paper: Point
) -> tuple[list[Glyph], list[Glyph], int]:
    """Characters to be seen, those printed invisibly, and how many the fonts do not tell."""
    import pypdfium2.raw as pdfium

    textpage = page.get_textpage()
    raw = textpage.raw
    count = pdfium.FPDFText_CountChars(raw)
    if count > MAX_CHARACTERS:
        raise TooMuch(f"一页里有 {count} 个字")
    box, own = pdfium.FS_RECTF(), pdfium.FS_MATRIX()
    x, y = ctypes.c_double(), ctypes.c_double()
    ink = [ctypes.c_double() for _ in range(4)]
    looks: dict[int, tuple[bool, bool, float]] = {}
    seen: list[Glyph] = []
    hidden: list[Glyph] = []
    lost = 0
    spaced = False
    for n in range(max(count, 0)):
        code = pdfium.FPDFText_GetUnicode(raw, n)
        # The library marks a hyphen at the end of a line by 2; here it is a dash in a cell.
        text = "-" if code == 2 or pdfium.FPDFText_IsHyphen(raw, n) == 1 else chr(code or 0xFFFD)
        if pdfium.FPDFText_IsGenerated(raw, n) == 1:
            continue
        if text.isspace():
            spaced = True
            continue
        behind_blank, spaced = spaced, False
        if pdfium.FPDFText_HasUnicodeMapError(raw, n) == 1 or _untold(text):
            text = LOST
        pdfium.FPDFText_GetMatrix(raw, n, own)
        pdfium.FPDFText_GetCharOrigin(raw, n, x, y)
        pdfium.FPDFText_GetLooseCharBox(raw, n, box)
        long = math.hypot(own.a, own.b)
        if not long > 0 or not math.isfinite(x.value + y.value + box.left + box.top):
            continue
        ux, uy = own.a / long, own.b / long
        size = pdfium.FPDFText_GetFontSize(raw, n) * math.hypot(own.c, own.d)
        if not 1.5 <= size <= 200:
            continue
        direction = _direction(ux, uy, place)
        if direction is None:
            continue
        obj = pdfium.FPDFText_GetTextObject(raw, n)
        address = address_of(obj)
        look = looks.get(address)
        if look is None:
            look = looks[address] = _look(raw, n, obj, pdfium)
        invisible, white, light = look
        if light >= FAINT and size >= 24:
            continue  # a watermark
        along = _extent(box.left, box.right, box.bottom, box.top, ux, uy)
        up = y.value * ux - x.value * uy
        across = (up - 0.12 * size, up + 0.88 * size)
        if along[1] - along[0] > 2.2 * size:
            # Written downwards in the font's own way: only the ink tells where it is.
            pdfium.FPDFText_GetCharBox(raw, n, *ink)
            left, right, bottom, top = (edge.value for edge in ink)
            along = _extent(left, right, bottom, top, ux, uy)
            across = _extent(left, right, bottom, top, -uy, ux)
        points = [place(s * ux - t * uy, s * uy + t * ux) for s in along for t in across]
        glyph = Glyph(
            text,
            min(p[0] for p in points),
            min(p[1] for p in points),
            max(p[0] for p in points),
            max(p[1] for p in points),
            size,
            direction,
            behind_blank,
        )
        cx, cy = glyph.centre
        if not (0 <= cx <= paper[0] and 0 <= cy <= paper[1]):
            continue
        if invisible:
            hidden.append(glyph)
            continue
        clip = drawn.clips.get(address)
        if clip is not None and not (
            clip[0] - 1 <= cx <= clip[2] + 1 and clip[1] - 1 <= cy <= clip[3] + 1
        ):
            continue
        if white and not any(d[0] <= cx <= d[2] and d[1] <= cy <= d[3] for d in drawn.dark):
            continue
        lost += text == LOST
        seen.append(glyph)
    textpage.close()
    return seen, hidden, lost


def _extent(
    left: float, right: float, bottom: float, top: float, ux: float, uy: float
) -> tuple[float, float]:
    """How far a box reaches in a direction."""
    corners = [px * ux + py * uy for px in (left, right) for py in (bottom, top)]
    return min(corners), max(corners)


def _direction(ux: float, uy: float, place: Callable[[float, float], Point]) -> int | None:
    """0, 90, 180 or 270 as in Glyph; None for text at any other angle, a watermark or a seal."""
    zero, one = place(0.0, 0.0), place(ux, uy)
    angle = math.degrees(math.atan2(zero[1] - one[1], one[0] - zero[0])) % 360
    nearest = round(angle / 90) * 90
    return nearest % 360 if abs(angle - nearest) <= 3 else None


def _look(raw: Any, n: int, obj: Any, pdfium: Any) -> tuple[bool, bool, float]:
    """Whether a text is printed invisibly, is as white as paper, and how light it is."""
    mode = pdfium.FPDFTextObj_GetTextRenderMode(obj) if obj else 0
    invisible = mode in (pdfium.FPDF_TEXTRENDERMODE_INVISIBLE, pdfium.FPDF_TEXTRENDERMODE_CLIP)
    parts = [ctypes.c_uint() for _ in range(4)]
    get = pdfium.FPDFText_GetFillColor
    if mode in (pdfium.FPDF_TEXTRENDERMODE_STROKE, pdfium.FPDF_TEXTRENDERMODE_STROKE_CLIP):
        get = pdfium.FPDFText_GetStrokeColor
    if not get(raw, n, *parts):
        return invisible, False, 0.0
    colour = (parts[0].value, parts[1].value, parts[2].value, parts[3].value)
    return invisible, not is_seen(colour), lightness(colour)


def _untold(text: str) -> bool:
    """Control characters, private and unassigned ones stand for a character that is not known."""
    code = ord(text)
    return code < 32 or 0xE000 <= code <= 0xF8FF or code >= 0xF0000 or code in (0xFFFD, 0xFFFE)
