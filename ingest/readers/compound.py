"""OLE compound files (.doc, .xls and encrypted .docx): what is inside, and whether it is locked.

Only the list of streams and a few bytes of the main one are read; LibreOffice does the rest.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import NamedTuple

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

_DIRECTORY_ENTRY = 128
_ENCRYPTED_FLAG = 0x0100
"""In the flags at byte 10 of a Word document."""

_RECORD_LOCK = 0x002F
"""Type of the record that holds the encryption of a workbook."""

MAX_SECTORS = 4_096
"""Of the list of streams; bounds a list that runs in a circle."""


class _Stream(NamedTuple):
    name: str
    sector: int
    size: int


def compound_kind(content: bytes) -> str | None:
    """`.doc` or `.xls` by the main stream inside, "" for a compound file that holds neither or
    whose list is broken; None for what is no compound file."""
    if not content.startswith(MAGIC):
        return None
    names = {stream.name for stream in _streams(content)}
    if "WordDocument" in names:
        return ".doc"
    return ".xls" if names & {"Workbook", "Book"} else ""


def is_encrypted(content: bytes) -> bool:
    """Whether a compound file asks for a password; False where that cannot be told.

    An encrypted .docx or .xlsx is a compound file with the stream `EncryptedPackage`.
    """
    if not content.startswith(MAGIC):
        return False
    for stream in _streams(content):
        if stream.name == "EncryptedPackage":
            return True
        start = (stream.sector + 1) * _sector_size(content)
        if stream.size < 4096 or start + 32 > len(content):
            continue  # small streams lie elsewhere; no document is that small
        if stream.name == "WordDocument":
            flags = struct.unpack_from("<H", content, start + 10)[0]
            if flags & _ENCRYPTED_FLAG:
                return True
        elif stream.name in ("Workbook", "Book"):
            if _is_locked_workbook(content, start):
                return True
    return False


def _is_locked_workbook(content: bytes, start: int) -> bool:
    """Whether one of the first records is the one of encryption, which stands before all data."""
    for _ in range(8):
        if start + 4 > len(content):
            return False
        kind, size = struct.unpack_from("<HH", content, start)
        if kind == _RECORD_LOCK:
            return True
        start += 4 + size
    return False


def _sector_size(content: bytes) -> int:
    shift: int = struct.unpack_from("<H", content, 30)[0] if len(content) > 76 else 9
    return 1 << (shift if shift in (9, 12) else 9)


def _streams(content: bytes) -> Iterator[_Stream]:
    """The streams that the file lists, as far as the list can be followed."""
    if len(content) < 512:
        return
    size = _sector_size(content)
    tables = [sector for sector in struct.unpack_from("<109I", content, 76) if sector < 0xFFFFFFF0]
    sector: int = struct.unpack_from("<I", content, 48)[0]
    for _ in range(MAX_SECTORS):
        start = (sector + 1) * size
        if sector >= 0xFFFFFFF0 or start + size > len(content):
            return
        for entry in range(start, start + size, _DIRECTORY_ENTRY):
            length = struct.unpack_from("<H", content, entry + 64)[0]
            if content[entry + 66] == 2 and 2 <= length <= 64:
                name = content[entry : entry + length - 2].decode("utf-16-le", "replace")
                first, bytes_in = struct.unpack_from("<II", content, entry + 116)
                yield _Stream(name, first, bytes_in)
        table, place = divmod(sector, size // 4)
        if table >= len(tables):
            return
        position = (tables[table] + 1) * size + 4 * place
        if position + 4 > len(content):
            return
        sector = struct.unpack_from("<I", content, position)[0]
