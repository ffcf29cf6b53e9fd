"""Which format a file has, by its content, and its reader; the name only decides between equals.

Files are often named after another format than theirs (a web page saved as `.doc`), so the
first bytes are believed before the extension.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal

from ingest.document import Document, PictureReader
from ingest.readers.compound import MAGIC as COMPOUND
from ingest.readers.html.reader import html_format, read_html, read_mhtml
from ingest.readers.office import read_office
from ingest.readers.packages import package_format
from ingest.readers.pdf.reader import read_pdf
from ingest.readers.pictures.image import PICTURES, read_image
from ingest.readers.sheets.csv_table import read_csv_table
from ingest.readers.sheets.reader import read_xlsx
from ingest.readers.text import read_text
from ingest.readers.word.reader import read_docx
from knowledge.errors import InputRejected

Format = Literal["text", "html", "mhtml", "csv", "docx", "xlsx", "pdf", "office", "picture", "zip"]
"""`office` is every format that LibreOffice converts first: doc, wps, rtf, odt, xls, et, ods."""

Reader = Callable[[bytes, str], Document]
"""Content and name of a file to its document. Raises: InputRejected with the reason."""

EXTENSIONS: dict[str, Format] = {
    ".txt": "text",
    ".md": "text",
    ".markdown": "text",
    ".html": "html",
    ".htm": "html",
    ".shtml": "html",
    ".xhtml": "html",
    ".mht": "mhtml",
    ".mhtml": "mhtml",
    ".docx": "docx",
    ".docm": "docx",
    ".xlsx": "xlsx",
    ".xlsm": "xlsx",
    ".csv": "csv",
    ".tsv": "csv",
    ".pdf": "pdf",
    ".doc": "office",
    ".wps": "office",
    ".rtf": "office",
    ".odt": "office",
    ".xls": "office",
    ".et": "office",
    ".ods": "office",
}
"""Extensions that a folder is searched for, with the format that they promise."""

READERS: dict[Format, Reader] = {
    "text": read_text,
    "html": read_html,
    "mhtml": read_mhtml,
    "docx": read_docx,
    "xlsx": read_xlsx,
    "csv": read_csv_table,
    "pdf": read_pdf,
    "office": read_office,
    "picture": read_image,
}


WITH_PICTURES: dict[Format, Callable[[bytes, str, PictureReader], Document]] = {
    "html": read_html,
    "docx": read_docx,
    "pdf": read_pdf,
    "picture": read_image,
}
"""Readers that hand pictures and scanned pages to a recogniser."""


def format_of(content: bytes, extension: str) -> Format | None:
    """The format by the first bytes, else by the extension (lower case, with its dot).

    None if neither tells a format that is read.
    """
    if content.startswith(b"PK\x03\x04"):
        return package_format(content) or EXTENSIONS.get(extension)
    if content.startswith((COMPOUND, b"{\\rtf")) or _WORD_XML in content[:400]:
        return "office"
    if content.startswith(PICTURES):
        return "picture"
    if b"%PDF-" in content[:1024]:
        return "pdf"
    promised = EXTENSIONS.get(extension)
    page = html_format(content)
    if page is not None:
        return page
    if promised == "html" and b"<" not in content:
        return "text"
    if promised in ("docx", "xlsx", "office") and _looks_like_text(content):
        return "csv" if promised == "xlsx" or extension in (".xls", ".et", ".ods") else "text"
    if promised == "office":
        # LibreOffice takes noise for text in some encoding, and 40 s for 30 MB of it.
        return None if content.strip() else "text"
    return promised


_WORD_XML = b'<?mso-application progid="Word.Document"?>'


def _looks_like_text(content: bytes) -> bool:
    """Whether bytes under the name of an office format are plain text after all."""
    head = content[:8192]
    return bool(head.strip()) and sum(byte < 9 or 13 < byte < 32 for byte in head) == 0


def read_document(
    content: bytes,
    file: str,
    extension: str,
    read_picture: PictureReader | None = None,
    beside: Mapping[str, bytes] | None = None,
) -> Document:
    """The document in a file, whatever its format; pictures and scans by `read_picture`.

    `beside` are the pictures that lie beside a web page, by the source that it gives.

    Raises: InputRejected with a reason that names the format and the way out.
    """
    if not content:
        raise InputRejected(file, "文件是空的")
    found = format_of(content, extension)
    if found is None and extension in EXTENSIONS:
        raise InputRejected(
            file, f"内容不是 {extension} 文件：像是损坏了，或扩展名写错了，请重新下载或另存"
        )
    if found is None or found not in READERS:
        readable = "、".join(sorted(EXTENSIONS))
        shown = extension or "没有扩展名"
        raise InputRejected(file, f"{shown}：不是年报的文件格式，能读的有 {readable}")
    if found == "html" and beside:
        return read_html(content, file, read_picture, beside=beside)
    if found in WITH_PICTURES and read_picture is not None:
        return WITH_PICTURES[found](content, file, read_picture)
    return READERS[found](content, file)
