"""ZIP archives: which files lie in one, and their contents, within bounds.

A member is named `archive.zip/inner/a.docx`. Nothing is unpacked to disk and no member is
read before it has been checked against the archive's own directory, so a bomb costs what its
directory costs.
"""

from __future__ import annotations

import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ingest.manifest import MAX_BYTES as MAX_MANIFEST
from ingest.manifest import NAME
from knowledge.errors import InputRejected

EXTENSION = ".zip"

MAX_FILES = 5_000
"""Members of one archive; a province has fewer townships."""

MAX_DIRECTORY = 4 * 1024 * 1024
"""Bytes of the archive's directory: what is read before anything can be checked."""

MAX_MEMBER = 64 * 1024 * 1024
"""Bytes of one unpacked member, as of a file in a folder (`files.MAX_BYTES`)."""

MAX_TOTAL = 1024 * 1024 * 1024
"""Bytes of all reports of one archive, unpacked."""

MAX_NESTED = 256 * 1024 * 1024
"""Bytes of the archives inside it: these are unpacked merely to see what they hold."""

MAX_RATIO = 200
"""Times that a member may be larger than its packed form. The form's tables as HTML shrink to
a fortieth; deflate reaches a thousandth only on one byte repeated."""

SMALL = 1024 * 1024
"""Bytes up to which the ratio does not matter."""

_END = struct.Struct("<4s4H2LH")
_DEFLATED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_OFFICE = frozenset({"word/document.xml", "xl/workbook.xml", "content.xml"})


@dataclass(frozen=True, slots=True)
class Member:
    """A file in an archive; `inner` are the names to go through, two of them in a nested one."""

    archive: Path
    inner: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Listed:
    """A name in an archive, with what it takes to read it, or why it is not read."""

    name: str
    member: Member
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """The files of an archive in the order of their names, and its own manifest if it has one."""

    files: tuple[Listed, ...]
    manifest: bytes | None = None
    others: tuple[str, ...] = ()
    """Names that are no report's, left out."""


def list_archive(path: Path, file: str, is_report: Callable[[str], bool]) -> Listing | None:
    """What lies in an archive, archives in it gone through one level deep.

    `is_report` tells by a name whether a member is one to read (or an archive). Members that
    cannot be read are listed with their problem. None if the archive is a document itself,
    as a .docx is.
    Raises: InputRejected for what is no ZIP archive, is too large, or is made to overflow.
    """
    try:
        with path.open("rb") as source:
            return _list(
                source, file, Member(path, ()), is_report, [MAX_TOTAL, MAX_FILES, MAX_NESTED]
            )
    except OSError as error:
        raise InputRejected(file, f"读不出来：{error.strerror}") from error


class Archives:
    """Reads members one after another; keeps the last archive open, as its members come in a row."""

    def __init__(self) -> None:
        self._path: Path | None = None
        self._opened: dict[tuple[str, ...], _Archive] = {}

    def read(self, member: Member, file: str) -> bytes:
        """The unpacked bytes of a member.

        Raises: InputRejected if they cannot be had: damaged, changed since it was listed.
        """
        try:
            if self._path != member.archive:
                self.close()
                self._opened[()] = _Archive(member.archive.open("rb"), file)
                self._path = member.archive
            for depth in range(1, len(member.inner)):
                above = member.inner[:depth]
                if above not in self._opened:
                    for key in [key for key in self._opened if key]:
                        del self._opened[key]
                    content = self._opened[above[:-1]].content(above[-1], file)
                    self._opened[above] = _Archive(io.BytesIO(content), file)
            return self._opened[member.inner[:-1]].content(member.inner[-1], file)
        except OSError as error:
            raise InputRejected(file, f"读不出来：{error.strerror}") from error

    def close(self) -> None:
        for archive in self._opened.values():
            archive.close()
        self._opened.clear()
        self._path = None


class _Archive:
    """An opened archive whose directory is within bounds, its members by their decoded names."""

    def __init__(self, source: io.BufferedIOBase, file: str) -> None:
        self._source = source
        try:
            _check_directory(source, file)
            self._zip = zipfile.ZipFile(source)
        except (zipfile.BadZipFile, ValueError, NotImplementedError, struct.error) as error:
            source.close()
            raise InputRejected(file, "ZIP 文件已损坏或不完整，请重新下载或解压后再读") from error
        except InputRejected:
            source.close()
            raise
        encoding = _name_encoding(self._zip.infolist())
        self.entries: list[tuple[str, zipfile.ZipInfo]] = [
            (_name(info, encoding), info) for info in self._zip.infolist() if not info.is_dir()
        ]
        self._by_name: dict[str, zipfile.ZipInfo] = {}
        for name, info in self.entries:
            self._by_name.setdefault(name, info)

    def first(self, name: str, info: zipfile.ZipInfo) -> bool:
        return self._by_name[name] is info

    def content(self, name: str, file: str) -> bytes:
        """Raises: InputRejected."""
        info = self._by_name.get(name)
        problem = "压缩包里已没有这个文件" if info is None else _problem(name, info)
        if info is None or problem is not None:
            raise InputRejected(file, problem or "")
        try:
            with self._zip.open(info) as packed:
                # zipfile itself stops at the size that the directory states.
                return packed.read(MAX_MEMBER)
        except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError) as error:
            raise InputRejected(file, "在压缩包里已损坏，解不出来，请重新下载或打包") from error
        except RuntimeError as error:  # encrypted by its local head only
            raise InputRejected(file, "在压缩包里是加密的，请去掉密码后再读") from error

    def overlaps(self) -> bool:
        """Whether two members lie on the same bytes: a few kilobytes that unpack to terabytes."""
        end = 0
        for info in sorted(self._zip.infolist(), key=lambda info: info.header_offset):
            if info.header_offset < end:
                return True
            end = info.header_offset + 30 + info.compress_size
        return False

    def is_swollen(self) -> bool:
        """Whether all of it unpacks to far more than reports would."""
        unpacked = sum(info.file_size for info in self._zip.infolist())
        packed = sum(info.compress_size for info in self._zip.infolist())
        return unpacked > MAX_MEMBER and unpacked > MAX_RATIO / 2 * packed

    def close(self) -> None:
        self._zip.close()
        self._source.close()


def _list(
    source: io.BufferedIOBase,
    file: str,
    above: Member,
    is_report: Callable[[str], bool],
    left: list[int],
) -> Listing | None:
    """`left`: bytes, files, and bytes of nested archives that may still come on all levels."""
    archive = _Archive(source, file)
    try:
        if any(name in _OFFICE for name, _ in archive.entries):
            return None
        if archive.overlaps() or archive.is_swollen():
            raise InputRejected(file, "是压缩炸弹（很小的文件解开后大得反常），没有打开")
        files: list[Listed] = []
        others: list[str] = []
        manifest: bytes | None = None
        for name, info in sorted(archive.entries, key=lambda entry: entry[0]):
            parts = name.split("/")
            if any(part.startswith((".", "__MACOSX")) and part != ".." for part in parts):
                continue
            if name == NAME and not above.inner:
                if info.file_size > MAX_MANIFEST:
                    raise InputRejected(file, f"压缩包里的 {NAME} 太大")
                manifest = archive.content(name, file)
                continue
            if parts[-1] == NAME or not is_report(parts[-1]):
                others.append(parts[-1])
                continue
            member = Member(above.archive, (*above.inner, name))
            problem = _problem(name, info)
            if problem is None and not archive.first(name, info):
                problem = "压缩包里有两个文件同名，只读第一个"
            left[0] -= info.file_size if problem is None else 0
            left[1] -= 1
            if left[0] < 0:
                raise InputRejected(file, f"解开后超过 {MAX_TOTAL // 1024**3} GB，请解压后分批读入")
            if left[1] < 0:
                raise InputRejected(file, f"里面超过 {MAX_FILES} 个文件，请解压后分批读入")
            if problem is None and name.lower().endswith(EXTENSION):
                left[2] -= info.file_size
                if left[2] < 0:
                    raise InputRejected(file, "里面的压缩包太多太大，请先解压")
                files += _nested(archive, Listed(name, member), file, is_report, left)
            else:
                files.append(Listed(name, member, problem))
        return Listing(tuple(files), manifest, tuple(others))
    finally:
        archive.close()


def _nested(
    archive: _Archive,
    inner: Listed,
    file: str,
    is_report: Callable[[str], bool],
    left: list[int],
) -> list[Listed]:
    """The files of an archive in an archive; if it cannot be opened, itself with its problem."""
    if len(inner.member.inner) > 1:
        return [Listed(inner.name, inner.member, "压缩包套了三层，请先解压")]
    try:
        content = archive.content(inner.name, file)
        listing = _list(io.BytesIO(content), file, inner.member, is_report, left)
    except InputRejected as rejected:
        if min(left) < 0:
            raise
        return [Listed(inner.name, inner.member, rejected.reason)]
    if listing is None:
        return [inner]
    return [
        Listed(f"{inner.name}/{listed.name}", listed.member, listed.problem)
        for listed in listing.files
    ]


def _problem(name: str, info: zipfile.ZipInfo) -> str | None:
    """Why a member is not read, None if it may be."""
    parts = name.split("/")
    if "\x00" in name or ".." in parts or name.startswith("/") or ":" in parts[0]:
        return "压缩包里的路径指到包外面，没有读"
    if stat.S_ISLNK(info.external_attr >> 16):
        return "压缩包里的这个文件是链接，没有内容可读"
    if info.flag_bits & 0x1:
        return "在压缩包里是加密的，请去掉密码后再读"
    if info.compress_type not in _DEFLATED:
        return "压缩方法不常见，请用普通 ZIP 重新打包或解压后再读"
    if info.file_size > MAX_MEMBER:
        return f"文件太大（上限 {MAX_MEMBER // 1024 // 1024} MB），不像一份年报"
    if info.file_size > SMALL and info.file_size > MAX_RATIO * info.compress_size:
        return "压缩比高得反常，像压缩炸弹，没有读"
    return None


def _check_directory(source: io.BufferedIOBase, file: str) -> None:
    """Refuses an archive whose directory is too large to be read, before zipfile reads it.

    Raises: InputRejected.
    """
    size = source.seek(0, io.SEEK_END)
    if size == 0:
        raise InputRejected(file, "文件是空的")
    start = max(0, size - _END.size - 20 - 65535)  # 20: where ZIP64 tells of itself
    source.seek(start)
    tail = source.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or at + _END.size > len(tail):
        raise InputRejected(file, "不是 ZIP 文件，或没有下载完整")
    _, _, _, _, count, directory, _, _ = _END.unpack_from(tail, at)
    if tail[max(0, at - 20) :].startswith(b"PK\x06\x07"):
        raise InputRejected(file, "是超大格式（ZIP64）的压缩包，请解压后分批读入")
    if directory > MAX_DIRECTORY or count > 4 * MAX_FILES:
        raise InputRejected(file, f"里面超过 {MAX_FILES} 个文件，请解压后分批读入")
    source.seek(0)


def _name_encoding(entries: list[zipfile.ZipInfo]) -> str:
    """How names without the UTF-8 flag are written: UTF-8 all the same, else Windows' GB18030."""
    unmarked = [_raw(info) for info in entries if not info.flag_bits & 0x800]
    for encoding in ("utf-8", "gb18030"):
        try:
            for raw in unmarked:
                raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        return encoding
    return "cp437"


def _raw(info: zipfile.ZipInfo) -> bytes:
    return info.orig_filename.encode("cp437")


def _name(info: zipfile.ZipInfo, encoding: str) -> str:
    name = info.orig_filename
    if not info.flag_bits & 0x800:
        name = _raw(info).decode(encoding)
    # Decoded first: the second byte of a character in GBK may be a backslash.
    return name.replace("\\", "/")
