"""Which files a call of ingest names, in a fixed order, and their bytes.

A link to a file is read like the file, wherever it points: whoever put it there meant it. A
link to a folder is named and not followed, since it may lead round in circles or to the same
reports once more.
"""

from __future__ import annotations

import os
import stat
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ingest.archives import EXTENSION as ARCHIVE
from ingest.archives import Archives, Member, list_archive
from ingest.formats import EXTENSIONS
from ingest.manifest import NAME, Manifest, ManifestRow, parse_manifest, read_manifest
from knowledge.errors import InputRejected, UsageError

UNREADABLE = frozenset({".html", ".htm", ".docx", ".doc", ".wps", ".rtf", ".odt", ".pdf"})
"""Report formats that are not read yet: rejected with that reason, never passed over silently."""

MAX_BYTES = 64 * 1024 * 1024
"""A scanned report of a county has 40 MB; a larger file is refused unread."""


@dataclass(frozen=True, slots=True)
class Input:
    """A file to ingest: where it lies, how it is called, what the manifest says of it.

    A file in an archive has the path `/folder/archive.zip/inner/a.docx` and its `member`.
    `problem`: why it is not read at all.
    """

    path: Path
    file: str
    row: ManifestRow | None = None
    member: Member | None = None
    problem: str | None = None


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
    seen: set[Path] = set()
    for given in paths:
        try:
            given.lstat()
            is_folder = given.is_dir()
            root = (given if is_folder else given.parent).resolve()
            found = _files_in(root, warnings, others) if is_folder else [root / given.name]
            if is_folder and leave_out is not None:
                found = [path for path in found if path != leave_out]
            table = manifest if manifest is not None else root / NAME
            opened = list(_with_members(root, found, others, warnings, manifest is None))
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
            if entry.path not in seen:
                seen.add(entry.path)
                row = read.rows.get(entry.path, entry.row)
                inputs.append(Input(entry.path, entry.file, row, entry.member, entry.problem))
    return Plan(tuple(inputs), tuple(warnings), others)


def is_report(name: str) -> bool:
    """Whether a name in a folder or archive promises a report (or an archive of them)."""
    if _left_out(name):
        return False
    return _extension(name) in EXTENSIONS or _extension(name) in UNREADABLE or name_is_archive(name)


def name_is_archive(name: str) -> bool:
    return _extension(name) == ARCHIVE


def _extension(name: str) -> str:
    return os.path.splitext(name)[1].lower()  # noqa: PTH122 - names of an archive are no paths


def _left_out(name: str) -> bool:
    """Names that are not even counted: hidden files, manifest, README."""
    return name.startswith(".") or name == NAME or name.lower().split(".")[0] == "readme"


def _files_in(root: Path, warnings: list[str], others: Counter[str]) -> list[Path]:
    """Raises: OSError if a folder may not be read: its reports would be missing silently."""

    def stop(error: OSError) -> None:
        raise error

    found: list[Path] = []
    for folder, folders, names in os.walk(root, onerror=stop):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in folders:
            if os.path.islink(os.path.join(folder, name)):  # noqa: PTH114, PTH118 - one a folder
                link = Path(folder, name).relative_to(root).as_posix()
                warnings.append(f"{link}：是指向文件夹的链接，没有进去；要读请直接写出那个文件夹")
        for name in names:
            if is_report(name):
                found.append(Path(folder, name))
            elif not _left_out(name):
                others[_extension(name)] += 1
    return sorted(found)


def _with_members(
    root: Path, found: list[Path], others: Counter[str], warnings: list[str], own_manifest: bool
) -> Iterator[Input]:
    """The files found, archives replaced by what lies in them.

    A manifest in an archive counts for its members if `own_manifest`, as that of a folder does.
    """
    for path in found:
        file = path.relative_to(root).as_posix()
        if not _is_archive(path):
            yield Input(path, file)
            continue
        try:
            listing = list_archive(path, file, is_report)
            if listing is None:
                yield Input(path, file)
                continue
            members: dict[Path, Input] = {}
            for listed in listing.files:
                name = f"{file}/{listed.name}"
                inside = Path(f"{path}/{listed.name}")
                if inside in members:
                    # The second of two of one name, or of two spellings of one path.
                    inside = Path(f"{inside}#{len(members)}")
                    problem = listed.problem or "压缩包里有两个文件同名，只读第一个"
                    members[inside] = Input(inside, name, None, listed.member, problem)
                    continue
                members[inside] = Input(inside, name, None, listed.member, listed.problem)
            rows: dict[Path, ManifestRow] = {}
            if listing.manifest is not None and own_manifest:
                read = parse_manifest(listing.manifest, path / NAME, path, list(members))
                warnings += read.warnings
                rows = read.rows
        except (InputRejected, UsageError) as error:
            reason = error.reason if isinstance(error, InputRejected) else str(error)
            yield Input(path, file, problem=reason)
            continue
        others.update(_extension(name) for name in listing.others if not _left_out(name))
        if not members:
            yield Input(path, file, problem="压缩包里没有年报文件")
        for inside, entry in members.items():
            yield Input(inside, entry.file, rows.get(inside), entry.member, entry.problem)


def _is_archive(path: Path) -> bool:
    """By its name; a file of another name, called for itself, by how it begins."""
    if not name_is_archive(path.name) and is_report(path.name):
        return False
    try:
        # A pipe of that name must not be waited for.
        if not stat.S_ISREG(path.stat().st_mode):
            return False
        with path.open("rb") as file:
            return name_is_archive(path.name) or file.read(4) == b"PK\x03\x04"
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
        number = os.open(given.path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with open(number, "rb") as file:  # noqa: PTH123 - a number, no path
            before = os.fstat(number)
            if not stat.S_ISREG(before.st_mode):
                raise InputRejected(given.file, "不是普通文件，没有内容可读")
            if before.st_size > MAX_BYTES:
                raise InputRejected(
                    given.file, f"文件太大（上限 {MAX_BYTES // 1024 // 1024} MB），不像一份年报"
                )
            content = file.read(before.st_size + 1)
            after = os.fstat(number)
    except FileNotFoundError as error:
        link = "是指向别处的链接，那里没有文件" if given.path.is_symlink() else "文件已经不在了"
        raise InputRejected(given.file, link) from error
    except OSError as error:
        raise InputRejected(given.file, f"读不出来：{error.strerror}") from error
    if (after.st_mtime_ns, after.st_size) != (before.st_mtime_ns, len(content)):
        raise InputRejected(given.file, "正在被别的程序改写，请等它写完再读一次")
    return content
