"""Which format a file has, by its content, and its reader; the name only decides between equals.

Files are often named after another format than theirs (a web page saved as `.doc`), so the
first bytes are believed before the extension.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from ingest.document import Document
from ingest.readers.docx import read_docx
from ingest.readers.packages import package_format
from ingest.readers.text import read_text
from knowledge.errors import InputRejected

Format = Literal["text", "html", "mhtml", "csv", "docx", "xlsx", "pdf", "office", "zip"]
"""`office` is every format that LibreOffice converts first: doc, wps, rtf, odt, xls, et, ods."""

Reader = Callable[[bytes, str], Document]
"""Content and name of a file to its document. Raises: InputRejected with the reason."""

EXTENSIONS: dict[str, Format] = {
    ".txt": "text",
    ".md": "text",
    ".markdown": "text",
    ".docx": "docx",
    ".docm": "docx",
}
"""Extensions that a folder is searched for, with the format that they promise."""

READERS: dict[Format, Reader] = {"text": read_text, "docx": read_docx}


def format_of(content: bytes, extension: str) -> Format | None:
    """The format by the first bytes, else by the extension (lower case, with its dot).

    None if neither tells a format that is read.
    """
    if content.startswith(b"PK\x03\x04"):
        return package_format(content) or EXTENSIONS.get(extension)
    return EXTENSIONS.get(extension)


def read_document(content: bytes, file: str, extension: str) -> Document:
    """The document in a file, whatever its format.

    Raises: InputRejected with a reason that names the format and the way out.
    """
    found = format_of(content, extension)
    if found is None or found not in READERS:
        readable = "、".join(sorted(EXTENSIONS))
        shown = extension or "没有扩展名"
        raise InputRejected(file, f"{shown}：不是年报的文件格式，能读的有 {readable}")
    return READERS[found](content, file)
