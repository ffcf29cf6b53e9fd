"""Office Open XML packages (DOCX, XLSX): zip archives of XML parts, opened with every bound set.

Parts are read straight from the archive, not through python-docx or openpyxl: these load
every part of a file before any bound can be checked, and python-docx fails on the relations to
parts that do not exist which WPS leaves behind (`NULL`).
"""

from __future__ import annotations

import io
import posixpath
import re
import struct
import zipfile
import zlib
from typing import Any, Literal
from urllib.parse import unquote

from knowledge.errors import InputRejected

MAX_BYTES = 64 * 1024 * 1024
"""Of the file as it lies on the disk; reports with scanned attachments reach 30 MB."""

MAX_MEMBERS = 4_000
"""Parts in one package; a report has under 100, one with many pictures a few hundred."""

MAX_DIRECTORY = 1024 * 1024
"""Bytes of the archive's table of contents: bounds what opening it costs."""

MAX_PART = 8 * 1024 * 1024
"""Bytes of one XML part unpacked. The text of a 300-page document has under 5 MB; a tree takes
some twenty times its text in memory."""

MAX_PARTS = 32 * 1024 * 1024
"""Bytes of all XML parts unpacked that one reading looks at."""

_STRICT = (
    (
        b"http://purl.oclc.org/ooxml/wordprocessingml/main",
        b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    ),
    (
        b"http://purl.oclc.org/ooxml/spreadsheetml/main",
        b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    ),
    (
        b"http://purl.oclc.org/ooxml/officeDocument/relationships",
        b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    ),
    (
        b"http://purl.oclc.org/ooxml/drawingml/main",
        b"http://schemas.openxmlformats.org/drawingml/2006/main",
    ),
)
"""Namespaces of the strict form of the format, and those of the usual one."""

_ZIP_ERRORS = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    struct.error,
)
"""What the standard library raises for archives that are cut off, altered or encrypted."""

_DOCTYPE = re.compile(
    b"<!DOCTYPE|<!ENTITY|" + b"|".join("<!DOCTYPE".encode(f"utf-16-{end}") for end in ("le", "be"))
)


class Package:
    """The parts of one file. Every method raises InputRejected for a part that is damaged."""

    def __init__(self, content: bytes, file: str, kind: str) -> None:
        """`kind` is how the file is called in reasons: `Word 文档（.docx）`.

        Raises: InputRejected if the archive is too large, damaged or encrypted.
        """
        self.file, self.kind = file, kind
        self._unpacked = 0
        if not content:
            raise InputRejected(file, "文件是空的")
        if len(content) > MAX_BYTES:
            raise InputRejected(
                file, f"文件有 {len(content) // 1024 // 1024} MB，太大，不像一份年报"
            )
        _check_directory(content, file, kind)
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(content))
        except _ZIP_ERRORS:
            raise InputRejected(file, damaged(kind)) from None
        self._names = {name.lower(): name for name in self._archive.namelist()}

    def has(self, name: str) -> bool:
        return name.lower() in self._names

    def read(self, name: str, limit: int = MAX_PART) -> bytes:
        """The bytes of a part, at most `limit`, however much its header declares."""
        actual = self._names.get(name.lower())
        if actual is None:
            raise InputRejected(self.file, damaged(self.kind))
        member = self._archive.getinfo(actual)
        if member.flag_bits & 1:
            raise InputRejected(self.file, encrypted(self.kind))
        if member.file_size > limit:
            raise InputRejected(self.file, _too_large(self.kind))
        try:
            with self._archive.open(member) as part:
                data = part.read(limit + 1)
        except _ZIP_ERRORS:
            raise InputRejected(self.file, damaged(self.kind)) from None
        self._unpacked += len(data)
        if len(data) > limit or self._unpacked > max(limit, MAX_PARTS):
            raise InputRejected(self.file, _too_large(self.kind))
        return data

    def tree(self, name: str) -> Any:
        """The root element of an XML part. Entities are never declared, so none is resolved.

        Raises: InputRejected for XML that is broken, nested beyond all use, or has a DOCTYPE,
        which no program that writes these files puts in.
        """
        # Imported here: commands that read no Word file must not pay for lxml.
        from lxml import etree

        data = self.read(name)
        if _DOCTYPE.search(data):
            raise InputRejected(self.file, f"{self.kind}里声明了 XML 实体，正常的文件没有，不读")
        if b"purl.oclc.org/ooxml" in data[:4096]:
            for strict, usual in _STRICT:
                data = data.replace(strict, usual)
        parser = etree.XMLParser(
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
        )
        try:
            return etree.fromstring(data, parser)
        except (etree.XMLSyntaxError, ValueError):
            raise InputRejected(self.file, damaged(self.kind)) from None

    def relations(self, part: str) -> dict[str, tuple[str, str]]:
        """Id → (kind, part) of what a part refers to inside the package; {} if nothing.

        `kind` is the last word of the relation's type (`header`, `image`). Targets outside of
        the package are left out: nothing is ever fetched.
        """
        folder, name = posixpath.split(part)
        path = posixpath.join(folder, "_rels", f"{name}.rels")
        if not self.has(path):
            return {}
        found: dict[str, tuple[str, str]] = {}
        for relation in self.tree(path):
            target = relation.get("Target", "")
            if relation.get("TargetMode") == "External" or not target:
                continue
            target = unquote(target)
            joined = target if target.startswith("/") else posixpath.join(folder, target)
            kind = relation.get("Type", "").rsplit("/", 1)[-1]
            found[relation.get("Id", "")] = (kind, posixpath.normpath(joined).lstrip("/"))
        return found

    def main_part(self, usual: str) -> str:
        """The part with the text: the one that the package names, else the usual one."""
        for kind, target in self.relations("").values():
            if kind == "officeDocument" and self.has(target):
                return target
        return usual

    def title(self) -> str:
        """The title in the file's properties, "" if it has none."""
        if not self.has("docProps/core.xml"):
            return ""
        for element in self.tree("docProps/core.xml"):
            if element.tag.endswith("}title"):
                return (element.text or "").strip()
        return ""


def _check_directory(content: bytes, file: str, kind: str) -> None:
    """Refuses an archive whose table of contents would be costly to read, before reading it."""
    end = content.rfind(b"PK\x05\x06")
    if end < 0 or end + 22 > len(content):
        raise InputRejected(file, damaged(kind))
    members, size = struct.unpack_from("<HI", content, end + 10)
    if members > MAX_MEMBERS or size > MAX_DIRECTORY:
        raise InputRejected(file, f"{kind}里的部件多得不正常，不像一份年报")


def package_format(content: bytes) -> Literal["docx", "xlsx", "office", "zip"] | None:
    """What a zip archive is, by the parts in it; None if it is cut off or too large to tell.

    `office` is an OpenDocument file, `zip` an archive of anything else.
    """
    if content[30:38] == b"mimetype" and b"opendocument" in content[38:100]:
        return "office"
    try:
        _check_directory(content, "", "")
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = {name.lower() for name in archive.namelist()}
    except (*_ZIP_ERRORS, InputRejected):
        return None
    if "word/document.xml" in names or "word/document2.xml" in names:
        return "docx"
    return "xlsx" if "xl/workbook.xml" in names else "zip"


def damaged(kind: str) -> str:
    """The reason for a file that is cut off or broken, with the way out."""
    return f"{kind}不完整或已损坏，请重新下载，或用 Word、WPS 打开后另存一份"


def encrypted(kind: str) -> str:
    """The reason for a file with a password, with the way out."""
    return f"{kind}加密了，请用密码打开、去掉密码后另存一份"


def _too_large(kind: str) -> str:
    return f"{kind}解开后大得不正常，不像一份年报"
