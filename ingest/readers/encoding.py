"""Bytes of a text or a web page as characters, in the encodings in which reports are published.

UTF-8, GB18030 (with GBK and GB2312 in it) and UTF-16; of pages that mirrors keep, Big5 too.
Decoding is strict before it is lenient: a wrong declaration must not turn into wrong letters.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable

from knowledge.errors import InputRejected

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

_DECLARED = re.compile(
    rb"<meta\b[^>]{0,300}?\bcharset\s{0,9}=\s{0,9}[\"']?\s{0,9}([\w.:-]{1,40})"
    rb"|<\?xml\b[^>]{0,200}?\bencoding\s{0,9}=\s{0,9}[\"']([\w.:-]{1,40})",
    re.IGNORECASE,
)
DECLARED_WITHIN = 16_384
"""Bytes in which a page's charset is looked for; browsers look through 1,024, but Word puts
its own declarations first."""

MAX_BROKEN = 0.002
"""Broken places for each character at which a page still counts as written in an encoding:
servers cut texts of a fixed number of bytes in the middle of a character, once or twice a page."""

_COMMON = re.compile("[的年月日一公开開政府信息镇鎮]")
"""Characters without which no report is written; in a page read in a wrong encoding they are rare."""

_FAMILIES = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "gb2312": "gb18030",
    "gb_2312-80": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "cp936": "gb18030",
    "gb18030": "gb18030",
    "big5": "big5hkscs",
    "big5-hkscs": "big5hkscs",
}
"""Names in a declaration to the encoding that is tried. Latin ones are left out: nearly every
page of Chinese that declares one does so wrongly, and they decode anything."""


def decode_text(content: bytes, file: str) -> str:
    """A text file as characters, without its byte order mark.

    Raises: InputRejected if it is binary or in no known encoding.
    """
    marked = _marked(content, file)
    if marked is not None:
        return marked
    if b"\x00" in content[:65536]:
        raise InputRejected(file, "是二进制文件，不是文本")
    for encoding in ("utf-8", "gb18030"):
        text = _strict(content, encoding)
        if text is None:
            continue
        if encoding == "gb18030" and len(_CONTROL.findall(text)) > len(text) // 200:
            break
        return text
    raise InputRejected(file, "既不是 UTF-8 也不是 GB18030 编码的文本")


def decode_page(content: bytes, file: str, declared: str | None = None) -> str:
    """A web page as characters: by its byte order mark, its declaration, else by what fits.

    `declared`: the charset that stands outside the page (the head of a mail part). UTF-8 is
    recognised without any declaration, since other text is hardly ever valid UTF-8. Bytes
    that fit no encoding become U+FFFD, which is no digit and no letter, if they are few.
    Raises: InputRejected if the page is binary or in no known encoding.
    """
    marked = _marked(content, file)
    if marked is not None:
        return marked
    wide = _unmarked_utf16(content)
    if wide is not None:
        return wide
    nulls = content.count(b"\x00")
    if nulls > len(content) // 1000 + 8:
        raise InputRejected(file, "是二进制文件，不是网页")
    if content.isascii():
        return content.decode("ascii")
    named = [_FAMILIES.get((declared or "").lower()), _declared(content)]
    text = _strict(content, "utf-8")
    if text is not None and not (_two_byte_only(text) and named != [None, None]):
        return text
    tried = list(dict.fromkeys([*(name for name in named if name), "utf-8", "gb18030"]))
    return _best(content, tried, file)


def _marked(content: bytes, file: str) -> str | None:
    for bom, encoding in _BOMS:
        if content.startswith(bom):
            text = _strict(content, encoding)
            if text is None:
                raise InputRejected(file, f"开头标明 {encoding}，内容却不是")
            return text
    return None


def _unmarked_utf16(content: bytes) -> str | None:
    """UTF-16 whose mark was lost: its first tag has a NUL beside every letter."""
    head = content[:64].lstrip(b" \r\n\t\x00")
    if len(content) % 2 == 0 and content[1:64:2].count(0) > 24 and head[:1] == b"<":
        return _strict(content, "utf-16-le")
    if len(content) % 2 == 0 and content[0:64:2].count(0) > 24 and head[:1] == b"<":
        return _strict(content, "utf-16-be")
    return None


def _declared(content: bytes) -> str | None:
    found = _DECLARED.search(content, 0, DECLARED_WITHIN)
    name = (found[1] or found[2]).decode("ascii", "replace").lower() if found else ""
    return _FAMILIES.get(name)


def _two_byte_only(text: str) -> bool:
    """Whether all that is not ASCII is below U+0800: a few words of GBK can look like that."""
    return not text.isascii() and all(character < "\u0800" for character in text)


def _strict(content: bytes, encoding: str) -> str | None:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        return None


def _best(content: bytes, tried: Iterable[str], file: str) -> str:
    """The first encoding that fits wholly and gives Chinese, else the one that nearly fits."""
    fitting: list[str] = []
    for encoding in tried:
        text = _strict(content, encoding)
        if text is None:
            text = content.decode(encoding, "replace")
            if text.count("\ufffd") > len(text) * MAX_BROKEN + 2:
                continue
            # Bytes in which UTF-8 nearly fits are UTF-8: GBK would break at every other word.
            if encoding != "utf-8":
                fitting.append(text)
                continue
        if len(_CONTROL.findall(text)) > len(text) // 200:
            continue
        if _COMMON.search(text):
            return text
        fitting.append(text)
    traditional = _strict(content, "big5hkscs")
    if traditional is not None and _COMMON.search(traditional):
        return traditional
    if fitting:
        return fitting[0]
    raise InputRejected(file, "既不是 UTF-8 也不是 GB18030 编码的网页")
