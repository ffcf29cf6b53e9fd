"""Web pages (HTML, XHTML) and web archives (MHT) as documents.

From bytes to blocks in four steps, each in its module: characters (`encoding`), tags
(`tags`), lines and tables as a reader sees them (`flow`, `grid`), and the part
of the page that is the report (`body`). Lines count from 1 in the page's source.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from typing import Literal
from urllib.parse import unquote

from ingest.document import Block, Document, PictureReader, Row
from ingest.readers.encoding import decode_page
from ingest.readers.html.body import cut_page
from ingest.readers.html.flow import read_flow
from ingest.readers.html.grid import print_items
from ingest.readers.html.parts import Picture
from ingest.readers.text import MAX_BYTES, MAX_CHARACTERS
from knowledge.errors import InputRejected

MAX_TAGS = 150_000
"""A report as Word writes it has under 20,000, a city's page with all its menus under 10,000."""

MAX_TABLE_CELLS = 200_000
"""Cells of all tables of a page; the form has under 400."""

MIN_TEXT = 200
"""Characters that a page without a report's headings shows at least if it is not made by script."""

_XML = re.compile(r"\s*<\?xml\b")
_CDATA = re.compile(r"<!\[CDATA\[(.*?)\]\]>", re.DOTALL)
_HEADS = re.compile(
    rb"\s*(?:<\?xml\b[^>]{0,300}>\s*|<!--.{0,2000}?-->\s*)*<(?:!doctype\s+html|html)\b", re.I | re.S
)
_MAIL = re.compile(
    rb"(?:[\w-]{1,40}:[^\r\n]{0,500}\r?\n(?:[ \t][^\r\n]{0,500}\r?\n){0,10}){0,12}?MIME-Version:",
    re.I,
)


def html_format(content: bytes) -> Literal["html", "mhtml"] | None:
    """`html` or `mhtml` if the first bytes say so, else None.

    A text that merely holds some tags is none: a page begins with its doctype or `<html>`.
    """
    head = content[:4096].removeprefix(b"\xef\xbb\xbf")
    if head[:2] in (b"\xff\xfe", b"\xfe\xff") or b"<\x00" in head[:200] or b"\x00<" in head[:200]:
        head = head.replace(b"\x00", b"").lstrip(b"\xff\xfe")
    if _HEADS.match(head):
        return "html"
    return "mhtml" if _MAIL.match(head) else None


def read_html(
    content: bytes,
    file: str,
    read_picture: PictureReader | None = None,
    declared: str | None = None,
    beside: Mapping[str, bytes] | None = None,
) -> Document:
    """The report on a web page; what the page prints around it only as witnesses.

    `declared`: the charset given outside the page, if any. Pictures that the page itself
    carries or that lie `beside` it (by `source_of`) are handed to `read_picture`; those that
    lie elsewhere count as unread.
    Raises: InputRejected if it is too large, binary, empty, or shows no text of its own
    (frames, a page that a script fills).
    """
    if len(content) > MAX_BYTES:
        raise InputRejected(file, f"文件有 {len(content) // 1024 // 1024} MB，太大，不像一份年报")
    source = decode_page(content, file, declared)
    if not source.strip():
        raise InputRejected(file, "文件是空的")
    if source.count("<") > MAX_TAGS:
        raise InputRejected(
            file, f"网页有 {source.count('<') // 10_000} 万个标记，太大，不像一份年报"
        )
    if "\r" in source:
        source = source.replace("\r\n", "\n").replace("\r", "\n")
    source = source.replace("\x00", "\ufffd")
    if _XML.match(source) or file.lower().endswith(".xhtml"):
        source = _CDATA.sub(r"\1", source)
    flow = read_flow(source)

    def recognise(picture: Picture, grid: int) -> tuple[Block, ...]:
        inside = picture_content(picture) or (beside or {}).get(source_of(picture.source))
        if read_picture is None or inside is None:
            return ()
        return read_picture(inside, picture.line, grid)

    page = cut_page(flow, print_items(flow.items), recognise)
    _check_size(page.blocks, file, read_picture is None and len(source) <= MAX_CHARACTERS)
    shown = sum(len(block.text) for block in page.blocks if not isinstance(block, Row))
    rows = any(isinstance(block, Row) for block in page.blocks)
    if not page.certain and not rows and shown < MIN_TEXT:
        if flow.frames:
            raise InputRejected(
                file,
                "网页用框架嵌着别的网页，正文不在这个文件里：请在浏览器里单独打开里面那一页再保存",
            )
        if flow.scripts:
            raise InputRejected(
                file,
                "网页的正文由脚本生成，文件里没有：请在浏览器里等网页显示完整后另存（网页，全部）",
            )
        if not page.blocks and not page.pictures:
            raise InputRejected(file, "网页里没有文字")
    return Document(page.blocks, page.witnesses, len(page.pictures))


def read_mhtml(content: bytes, file: str) -> Document:
    """The report in a web archive (one file that a browser or Word saved with its pictures).

    Lines count in the page inside, not in the archive. Raises: InputRejected as `read_html`
    does, and if there is no page inside.
    """
    # Imported here: email brings 20 modules that no other command needs.
    from email import message_from_bytes, policy

    if len(content) > MAX_BYTES:
        raise InputRejected(file, f"文件有 {len(content) // 1024 // 1024} MB，太大，不像一份年报")
    try:
        message = message_from_bytes(content, policy=policy.compat32)
        for part in message.walk():
            if part.get_content_type() in ("text/html", "application/xhtml+xml"):
                payload = part.get_payload(decode=True)
                if isinstance(payload, bytes) and payload.strip():
                    return read_html(payload, file, declared=part.get_content_charset())
    except (RecursionError, ValueError, LookupError):
        raise InputRejected(file, "网页存档（MHT）坏了，读不出里面的网页") from None
    raise InputRejected(file, "网页存档（MHT）里没有网页")


def picture_content(picture: Picture) -> bytes | None:
    """The image itself where the page carries it (`data:`), None where it lies elsewhere."""
    head, found, data = picture.source.partition(",")
    if not found or not head.startswith("data:image/") or not head.endswith(";base64"):
        return None
    try:
        return base64.b64decode(data, validate=False) or None
    except (binascii.Error, ValueError):
        return None


def source_of(printed: str) -> str:
    """The path that a page's `src` means: without query, percent signs read.

    >>> source_of("a_files/%E8%A1%A8%201.png?v=2")
    'a_files/表 1.png'
    """
    return unquote(printed.partition("?")[0].partition("#")[0].strip())


def _check_size(blocks: tuple[object, ...], file: str, short: bool) -> None:
    """`short`: the page has no more characters than its text may have."""
    cells = characters = 0
    for block in blocks:
        if isinstance(block, Row):
            cells += len(block.texts)
            characters += 0 if short else sum(map(len, block.texts))
        else:
            characters += len(getattr(block, "text", ""))
    if cells > MAX_TABLE_CELLS:
        raise InputRejected(file, f"表格有 {cells // 10_000} 万格，太大，不像一份年报")
    if characters > MAX_CHARACTERS:
        raise InputRejected(file, f"网页有 {characters // 10_000} 万字，太长，不像一份年报")
