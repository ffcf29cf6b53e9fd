"""From a file to the store: `parse_report` is pure, `ingest_paths` reads and writes.

Ingest is a function of the file's bytes, its manifest row and the code version: the same
file again changes nothing, a changed file replaces its own facts, one transaction a file.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Literal

from ingest.document import Document
from ingest.formats import EXTENSIONS, read_document
from ingest.identity import find_identity
from ingest.manifest import NAME, Manifest, ManifestRow, read_manifest
from ingest.matching import read_table
from ingest.narrative import find_statements
from ingest.readers.text import MAX_BYTES
from ingest.sections import find_sections, part_section, section_texts
from knowledge.catalogue import load_catalogue
from knowledge.checks import mark_contradictions
from knowledge.errors import InputRejected, UnknownCell, UsageError
from knowledge.model import CellId, Figure, Finding, Gap, Part, Report
from knowledge.store import Source, Store, replace_report, stored_from

UNREADABLE = frozenset({".html", ".htm", ".docx", ".doc", ".wps", ".rtf", ".odt", ".pdf"})
"""Report formats that are not read yet: rejected with that reason, never passed over silently."""

PARTS: tuple[Part, ...] = ("disclosure", "applications", "reviews")

Outcome = Literal["stored", "unchanged", "replaced", "duplicate", "rejected", "skipped"]


@dataclass(frozen=True, slots=True)
class FileResult:
    """What became of one file. `reason` says why it was rejected or skipped, else None.

    Of an `unchanged` file entity, county, year and facts are those of the stored report.
    """

    file: str
    outcome: Outcome
    entity: str | None = None
    county: str | None = None
    year: int | None = None
    facts: int = 0
    findings: tuple[Finding, ...] = ()
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Input:
    """A file to ingest: where it lies, how it is called, what the manifest says of it."""

    path: Path
    file: str
    row: ManifestRow | None


@dataclass(frozen=True, slots=True)
class Plan:
    """All files of one call in a fixed order, and the warnings of their manifests."""

    inputs: tuple[Input, ...]
    warnings: tuple[str, ...]


def parse_report(document: Document, file: str, row: ManifestRow | None = None) -> Report:
    """Everything that a document says, read: identity, cells, statements, passages, findings.

    Raises: InputRejected if issuer or year stay unknown, or if it is no annual report: it
    has none of the form's tables and no title of one.
    """
    sections = find_sections(document)
    figures: list[Figure] = []
    gaps: list[Gap] = []
    findings: list[Finding] = []
    editions: dict[Part, str | None] = {}
    prefer: str | None = None
    for part in PARTS:
        section = part_section(sections, part)
        blocks = section.blocks if section else document.blocks
        reading = read_table(blocks, part, section.heading if section else None, prefer)
        editions[part] = reading.edition
        prefer = reading.edition or prefer
        figures += reading.figures
        gaps += reading.gaps
        findings += reading.findings
    known = sum(section.key not in (None, "preamble") for section in sections)
    if not any(editions.values()) and known < 2:
        raise InputRejected(file, "不是政府信息公开工作年度报告：没有年报的表格，也没有年报的章节")
    identity = find_identity(document, sections, row, file)
    figures += find_statements(sections, identity.entity, identity.year)
    findings += [Finding("identity_disagrees", "warning", text) for text in identity.disagreements]
    marked, contradictions = mark_contradictions(figures)
    return Report(
        entity=identity.entity,
        year=identity.year,
        title=identity.title,
        file=file,
        url=row.url if row else None,
        published=row.published if row else None,
        inferred=identity.inferred,
        editions=editions,
        figures=marked,
        gaps=tuple(gaps),
        sections=section_texts(sections),
        findings=(*findings, *contradictions),
        corrected=identity.corrected,
    )


def plan_ingest(paths: list[Path], manifest: Path | None) -> Plan:
    """The files that a call names, folders gone through, in the order of their names.

    In a folder the manifest, README files, hidden files and extensions of no report format
    are left out; a file named itself is always in.
    Raises: UsageError for a path that does not exist or cannot be looked at, or a manifest
    that is none.
    """
    inputs: list[Input] = []
    warnings: list[str] = []
    seen: set[Path] = set()
    for given in paths:
        try:
            if not given.exists():
                raise UsageError(f"{given}：没有这个文件或文件夹")
            is_folder = given.is_dir()
            root = (given if is_folder else given.parent).resolve()
            found = _files_in(root) if is_folder else [root / given.name]
            table = manifest if manifest is not None else root / NAME
            read = Manifest({})
            if manifest is not None or table.is_file():
                read = read_manifest(table, root, found)
        except OSError as error:
            name = error.filename if isinstance(error.filename, str) else given
            raise UsageError(f"{name}：打不开（{error.strerror or error}）") from error
        if is_folder:
            warnings += read.warnings
        for path in found:
            if path not in seen:
                seen.add(path)
                file = path.relative_to(root).as_posix()
                inputs.append(Input(path, file, read.rows.get(path)))
    return Plan(tuple(inputs), tuple(warnings))


def _files_in(root: Path) -> list[Path]:
    """Raises: OSError if a folder may not be read: its reports would be missing silently."""

    def stop(error: OSError) -> None:
        raise error

    found: list[Path] = []
    for folder, folders, names in os.walk(root, onerror=stop):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for path in (Path(folder, name) for name in names if not name.startswith(".")):
            if path.name == NAME or path.stem.lower().split(".")[0] == "readme":
                continue
            if path.suffix.lower() in EXTENSIONS or path.suffix.lower() in UNREADABLE:
                if path.is_file():
                    found.append(path)
    return sorted(found)


def ingest_inputs(store: Store, inputs: tuple[Input, ...]) -> Iterator[FileResult]:
    """Reads and stores each file; yields what became of it. A bad file never stops the rest."""
    names = {
        CellId(statement.id, "total"): (statement.name, statement.unit)
        for statement in load_catalogue().statements.values()
    }
    for given in inputs:
        try:
            yield _ingest_one(store, given, names)
        except InputRejected as rejected:
            reason = rejected.reason
            path = str(given.path)
            if _is_text(path) and stored_from(store, path) is not None:
                reason += "；库里仍保留上次读入的内容"
            yield FileResult(rejected.file, "rejected", reason=reason)


def _ingest_one(store: Store, given: Input, names: dict[CellId, tuple[str, str]]) -> FileResult:
    path = str(given.path)
    if not _is_text(path):
        raise InputRejected(_printable(given.file), "文件或文件夹的名字不是 UTF-8 编码，请先改名")
    extension = given.path.suffix.lower()
    if extension in UNREADABLE and extension not in EXTENSIONS:
        readable = "、".join(sorted(EXTENSIONS))
        raise InputRejected(given.file, f"还不会读 {extension} 文件，请先另存为文本（{readable}）")
    if given.row is not None and given.row.problem is not None:
        raise InputRejected(given.file, given.row.problem)
    try:
        if not stat.S_ISREG(given.path.stat().st_mode):
            raise InputRejected(given.file, "不是普通文件，没有内容可读")
        if given.path.stat().st_size > MAX_BYTES:
            raise InputRejected(
                given.file, f"文件太大（上限 {MAX_BYTES // 1024 // 1024} MB），不像一份年报"
            )
        content = given.path.read_bytes()
    except OSError as error:
        raise InputRejected(given.file, f"读不出来：{error.strerror}") from error
    digest = _digest(content, given)
    known = stored_from(store, path)
    if known is not None and known.digest == digest:
        entity = known.entity
        return FileResult(
            given.file, "unchanged", entity.name, entity.county, known.year, known.facts
        )
    document = read_document(content, given.file, extension)
    report = parse_report(document, given.file, given.row)
    try:
        outcome = replace_report(store, Source(path, digest), report, names)
    except (UnknownCell, ValueError) as error:
        raise InputRejected(given.file, f"有一个数存不进事实库（{error}）") from error
    return FileResult(
        given.file,
        outcome,
        report.entity.name,
        report.entity.county,
        report.year,
        len(report.figures),
        report.findings,
    )


def _is_text(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:  # bytes that are no UTF-8, as half surrogate pairs
        return False
    return True


def _printable(name: str) -> str:
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def _digest(content: bytes, given: Input) -> str:
    """Of bytes, manifest row and code, however the path and the row's `file` are spelt."""
    row = replace(given.row, file="") if given.row is not None else None
    digest = hashlib.sha256(content)
    digest.update(repr(row).encode())
    digest.update(code_version().encode())
    return digest.hexdigest()


@lru_cache(maxsize=1)
def code_version() -> str:
    """A fingerprint of the code and data that decide how a file is read.

    So that a better reader reads old files anew without anybody counting versions.
    """
    digest = hashlib.sha256()
    for package in ("ingest", "knowledge"):
        for name, content in sorted(_sources(files(package), package)):
            digest.update(name.encode())
            digest.update(content)
    return digest.hexdigest()


def _sources(folder: Traversable, prefix: str) -> Iterator[tuple[str, bytes]]:
    for entry in folder.iterdir():
        name = f"{prefix}/{entry.name}"
        if entry.is_dir():
            if entry.name != "__pycache__":
                yield from _sources(entry, name)
        elif entry.name.endswith((".py", ".toml", ".csv", ".tsv")):
            yield name, entry.read_bytes()
