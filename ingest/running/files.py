"""Which files a call of ingest names, in a fixed order, and their bytes.

A link to a file is read like the file, wherever it points: whoever put it there meant it. A
link to a folder is named and not followed, since it may lead round in circles or to the same
reports once more.
"""

from __future__ import annotations

import os
import stat
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path

from ingest.formats import EXTENSIONS
from ingest.manifest import NAME, Manifest, ManifestRow, parse_manifest, read_manifest
from ingest.running.archives import EXTENSION as ARCHIVE
from ingest.running.archives import Archives, Member, list_archive
from knowledge.errors import InputRejected, UsageError

MAX_BYTES = 64 * 1024 * 1024
"""A scanned report of a county has 40 MB; a larger file is refused unread."""


@dataclass(frozen=True, slots=True)
class Input:
    """A file to ingest: where it lies, how it is called, what the manifest says of it.

    `location` is its absolute path: as text, since half of what a file that has not changed
    costs were Path objects. A file in an archive has `/folder/archive.zip/inner/a.docx` and its `member`.
    `problem`: why it is not read at all.
    """

    location: str
    file: str
    row: ManifestRow | None = None
    member: Member | None = None
    problem: str | None = None

    @property
    def path(self) -> Path:
        return Path(self.location)


@dataclass(frozen=True, slots=True)
class Plan:
    """All files of one call in a fixed order, and the warnings of their manifests.

    `others` counts by extension what folders and archives hold besides: no report's format.
    """

    inputs: tuple[Input, ...]
    warnings: tuple[str, ...]
    others: Counter[str] = field(default_factory=Counter)


def plan_ingest(paths: list[Path], manifest: Path | None, leave_out: Path | None = None) -> Plan:
    """The files that a call names, folders and archives gone through, in the order of their names.

    In a folder the manifest, README files, hidden files and extensions of no report format
    are left out, and so is the file `leave_out`; a file named itself is always in.
    Raises: UsageError for a path that does not exist or cannot be looked at, or a manifest
    that is none.
    """
    inputs: list[Input] = []
    warnings: list[str] = []
    others: Counter[str] = Counter()
    seen: set[str] = set()
    for given in paths:
        try:
            given.lstat()
            is_folder = given.is_dir()
            root = (given if is_folder else given.parent).resolve()
            found = _files_in(root, warnings, others) if is_folder else [str(root / given.name)]
            if is_folder and leave_out is not None:
                found = [path for path in found if path != str(leave_out)]
            table = manifest if manifest is not None else root / NAME
            opened = _with_members(root, found, others, warnings, manifest is None)
            read = Manifest({})
            if manifest is not None or table.is_file():
                read = read_manifest(table, root, [entry.path for entry in opened])
        except (FileNotFoundError, NotADirectoryError) as error:
            raise UsageError(f"{given}：没有这个文件或文件夹") from error
        except (OSError, RuntimeError) as error:  # RuntimeError: links that lead in a circle
            if isinstance(error, RuntimeError):
                raise UsageError(f"{given}：打不开（链接绕成了圈）") from error
            name = error.filename if isinstance(error.filename, str) else given
            raise UsageError(f"{name}：打不开（{error.strerror or error}）") from error
        if is_folder:
            warnings += read.warnings
        for entry in opened:
            if entry.location not in seen:
                seen.add(entry.location)
                row = read.rows.get(entry.path) if read.rows else None
                inputs.append(entry if row is None else replace(entry, row=row))
    return Plan(tuple(inputs), tuple(warnings), others)


def is_report(name: str) -> bool:
    """Whether a name in a folder or archive promises a report (or an archive of them)."""
    if _left_out(name):
        return False
    extension = _extension(name)
    return extension in EXTENSIONS or extension == ARCHIVE


def _extension(name: str) -> str:
    return os.path.splitext(name)[1].lower()  # noqa: PTH122 - names of an archive are no paths


def _left_out(name: str) -> bool:
    """Names that are not even counted: hidden files, manifest, README."""
    return name.startswith(".") or name == NAME or name.lower().split(".")[0] == "readme"


def _files_in(root: Path, warnings: list[str], others: Counter[str]) -> list[str]:
    """Raises: OSError if a folder may not be read: its reports would be missing silently."""

    def stop(error: OSError) -> None:
        raise error

    found: list[str] = []
    for folder, folders, names in os.walk(root, onerror=stop):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in folders:
            if os.path.islink(f"{folder}/{name}"):  # noqa: PTH114
                link = Path(folder, name).relative_to(root).as_posix()
                warnings.append(f"{link}：是指向文件夹的链接，没有进去；要读请直接写出那个文件夹")
        for name in names:
            if is_report(name):
                found.append(f"{folder}/{name}")
            elif not _left_out(name):
                others[_extension(name)] += 1
    # A folder's files stand together, as if the separator came before every other character.
    return sorted(found, key=lambda path: path.replace("/", "\0"))


def _with_members(
    root: Path, found: list[str], others: Counter[str], warnings: list[str], own_manifest: bool
) -> list[Input]:
    """The files found, archives replaced by what lies in them.

    A manifest in an archive counts for its members if `own_manifest`, as that of a folder does.
    """
    start = len(str(root).rstrip("/")) + 1
    opened: list[Input] = []
    for path in found:
        given = Input(path, path[start:])
        if not _is_archive(path):
            opened.append(given)
            continue
        try:
            opened += _members(given, others, warnings, own_manifest)
        except (InputRejected, UsageError) as error:
            reason = error.reason if isinstance(error, InputRejected) else str(error)
            opened.append(replace(given, problem=reason))
    return opened


def _members(
    given: Input, others: Counter[str], warnings: list[str], own_manifest: bool
) -> list[Input]:
    """Raises: InputRejected, UsageError."""
    listing = list_archive(given.path, given.file, is_report)
    if listing is None:
        return [given]
    members: dict[Path, Input] = {}
    for listed in listing.files:
        name = f"{given.file}/{listed.name}"
        inside, problem = f"{given.location}/{listed.name}", listed.problem
        if Path(inside) in members:
            # The second of two of one name, or of two spellings of one path.
            inside += f"#{len(members)}"
            problem = problem or "压缩包里有两个文件同名，只读第一个"
        members[Path(inside)] = Input(inside, name, None, listed.member, problem)
    others.update(_extension(name) for name in listing.others if not _left_out(name))
    if not members:
        raise InputRejected(given.file, "压缩包里没有年报文件")
    rows: dict[Path, ManifestRow] = {}
    if listing.manifest is not None and own_manifest:
        read = parse_manifest(listing.manifest, given.path / NAME, given.path, list(members))
        warnings += read.warnings
        rows = read.rows
    return [replace(entry, row=rows.get(inside)) for inside, entry in members.items()]


def _is_archive(path: str) -> bool:
    """By its name; a file of another name, called for itself, by how it begins."""
    if _extension(path) != ARCHIVE and is_report(os.path.basename(path)):  # noqa: PTH119
        return False
    try:
        # A pipe of that name must not be waited for.
        if not stat.S_ISREG(os.stat(path).st_mode):  # noqa: PTH116
            return False
        with Path(path).open("rb") as file:
            return _extension(path) == ARCHIVE or file.read(4) == b"PK\x03\x04"
    except OSError:
        return False


def read_bytes(given: Input, archives: Archives) -> bytes:
    """The bytes of a file, as they are at one moment.

    Raises: InputRejected if there are none to be had, too many, or somebody is writing them.
    """
    if given.problem is not None:
        raise InputRejected(given.file, given.problem)
    if given.member is not None:
        return archives.read(given.member, given.file)
    try:
        # Without O_NONBLOCK opening a pipe waits until somebody writes to it.
        number = os.open(given.location, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            before = os.fstat(number)
            if not stat.S_ISREG(before.st_mode):
                raise InputRejected(given.file, "不是普通文件，没有内容可读")
            if before.st_size > MAX_BYTES:
                raise InputRejected(
                    given.file, f"文件太大（上限 {MAX_BYTES // 1024 // 1024} MB），不像一份年报"
                )
            # Bare calls: a file object costs as much as the reading of a small file.
            content = os.read(number, before.st_size + 1)
            while 0 < len(content) < before.st_size and (more := os.read(number, before.st_size)):
                content += more
            after = os.fstat(number)
        finally:
            os.close(number)
    except FileNotFoundError as error:
        link = "是指向别处的链接，那里没有文件" if given.path.is_symlink() else "文件已经不在了"
        raise InputRejected(given.file, link) from error
    except OSError as error:
        raise InputRejected(given.file, f"读不出来：{error.strerror}") from error
    if (after.st_mtime_ns, after.st_size) != (before.st_mtime_ns, len(content)):
        raise InputRejected(given.file, "正在被别的程序改写，请等它写完再读一次")
    return content
