"""What stands for the fonts that a PDF names without holding them: one font, on every machine.

The PDF library would take whatever is installed: characters that it does not find there have
no box and are lost, others get boxes wider than the space they take, and the same file reads
differently on another machine. In the font made here every character is there, and so narrow
that its box is the width which the file itself states.
"""

from __future__ import annotations

import ctypes
import struct
from functools import lru_cache
from typing import Any

STANDARD = frozenset(
    f"{family}{style}".encode()
    for family, styles in (
        ("Courier", ("", "-Bold", "-BoldOblique", "-Oblique")),
        ("Helvetica", ("", "-Bold", "-BoldOblique", "-Oblique")),
        ("Times", ("-Roman", "-Bold", "-BoldItalic", "-Italic")),
        ("Symbol", ("",)),
        ("ZapfDingbats", ("",)),
    )
    for style in styles
)
"""The fonts whose widths a file need not state: the library has them built in."""

LATIN = 0
"""The number by which the library asks for a font of Western characters alone."""


def stand_in() -> None:
    """From now on characters of fonts that are not in their file get the boxes they take there.

    Pictures of pages would show a bar for each of them: before one is made, see `built_in`.
    """
    import pypdfium2.raw as pdfium

    pdfium.FPDF_SetSystemFontInfo(_provider())


def built_in() -> None:
    """From now on documents are opened with the fonts that the library has built in."""
    import pypdfium2.raw as pdfium

    pdfium.FPDF_SetSystemFontInfo(None)


@lru_cache(maxsize=1)
def _provider() -> Any:
    """The library's interface to installed fonts, with one font; kept as long as the process."""
    import pypdfium2.raw as pdfium

    font = _font()

    def find(
        _own: Any, _weight: int, _italic: int, charset: int, _pitch: int, name: Any, _exact: Any
    ) -> int | None:
        face = ctypes.cast(name, ctypes.c_char_p).value
        return None if charset == LATIN and face in STANDARD else 1

    def read(_own: Any, _font: Any, table: int, buffer: Any, room: int) -> int:
        if table:
            return 0  # asked for one table of the font, or for a collection of fonts
        if buffer and room >= len(font):
            ctypes.memmove(buffer, font, len(font))
        return len(font)

    provider = pdfium.FPDF_SYSFONTINFO()
    kinds = dict(pdfium.FPDF_SYSFONTINFO._fields_)
    provider.version = 1
    provider.MapFont = kinds["MapFont"](find)
    provider.GetFontData = kinds["GetFontData"](read)
    return provider


def _font() -> bytes:
    """A TrueType font of 1000 units: from U+0100 on characters are 1000 wide, the others 500.

    Each is a bar at its origin, 100 wide and 700 high. It must not reach out of the width that
    the file states, and must not be empty: the library leaves out text that takes no room.
    """
    bar = struct.pack(
        ">5h2H4B8h", 1, 0, 0, 100, 700, 3, 0, *(1,) * 4, 0, 0, 100, 0, 0, 700, 0, -700
    )
    bar += bytes(-len(bar) % 4)
    missing, narrow, wide = 0, 1, 2
    groups = struct.pack(">6I", 0x20, 0xFF, narrow, 0x100, 0x10FFFF, wide)
    tables = {
        # Format 13: all characters of a group have the same glyph.
        b"cmap": struct.pack(">4HI2H3I", 0, 1, 3, 10, 12, 13, 0, 16 + len(groups), 0, 2) + groups,
        b"glyf": bar * 3,
        b"head": struct.pack(
            ">4I2H2Q4h2H3h",
            *(0x10000, 0x10000, 0, 0x5F0F3CF5, 0, 1000, 0, 0),
            *(0, 0, 100, 700, 0, 8, 2, 1, 0),
        ),
        b"hhea": struct.pack(">I3hH3h8hH", 0x10000, 880, -120, 0, 1000, 0, 0, 100, 1, *(0,) * 7, 3),
        b"hmtx": struct.pack(">HhHhHh", 1000, missing, 500, 0, 1000, 0),
        b"loca": struct.pack(">4I", *(len(bar) * n for n in range(4))),
        b"maxp": struct.pack(">I14H", 0x10000, 3, 4, 1, 0, 0, 2, *(0,) * 8),
    }
    start = 12 + 16 * len(tables)
    directory = struct.pack(">I4H", 0x10000, len(tables), 64, 2, 16 * len(tables) - 64)
    body = b""
    for name, table in sorted(tables.items()):
        directory += struct.pack(">4s3I", name, 0, start + len(body), len(table))
        body += table + bytes(-len(table) % 4)
    return directory + body
