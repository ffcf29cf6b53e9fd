"""From a file to the store: `parse_report` is pure, `ingest_paths` reads and writes.

Ingest is a function of the file's bytes, its manifest row and the code version: the same
file again changes nothing, a changed file replaces its own facts, one transaction a file.
"""

from __future__ import annotations

import hashlib
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Literal

from ingest.document import Document
from ingest.identity import find_identity
from ingest.manifest import NAME, Manifest, ManifestRow, read_manifest
from ingest.matching import read_table
from ingest.narrative import find_statements
from ingest.readers.text import MAX_BYTES, read_text
from ingest.sections import find_sections, part_section, section_texts
from knowledge.catalogue import load_catalogue
from knowledge.checks import mark_contradictions
from knowledge.errors import InputRejected, UsageError
from knowledge.model import CellId, Figure, Finding, Gap, Part, Report
from knowledge.store import Source, Store, digest_of, replace_report

READERS = {".txt": read_text, ".md": read_text, ".markdown": read_text}
"""Extensions that are read today, each with its reader."""

UNREADABLE = frozenset(
    {
        ".html",
        ".htm",
        ".docx",
        ".doc",
        ".wps",
        ".rtf",
        ".odt",
        ".pdf",
        ".xlsx",
        ".xls",
        ".csv",
        ".zip",
    }
)
"""Report formats that are not read yet: rejected with that reason, never passed over silently."""

PARTS: tuple[Part, ...] = ("disclosure", "applications", "reviews")

Outcome = Literal["stored", "unchanged", "replaced", "duplicate", "rejected", "skipped"]


@dataclass(frozen=True, slots=True)
class FileResult:
    """What became of one file. `reason` says why it was rejected or skipped, else None."""

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
    named: bool
    """Named on the command line itself, so it is read or rejected, never skipped."""
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
    )


def plan_ingest(paths: list[Path], manifest: Path | None) -> Plan:
    """The files that a call names, folders gone through, in the order of their names.

    In a folder the manifest, README files, hidden files and extensions of no report format
    are left out; a file named itself is always in.
    Raises: UsageError for a path that does not exist or a manifest that is none.
    """
    inputs: list[Input] = []
    warnings: list[str] = []
    seen: set[Path] = set()
    for given in paths:
        if not given.exists():
            raise UsageError(f"{given}：没有这个文件或文件夹")
        folder = given if given.is_dir() else given.parent
        root = folder.resolve()
        if given.is_dir():
            found = _files_in(root)
        else:
            found = [root / given.name]
        table = manifest if manifest is not None else root / NAME
        read = Manifest({})
        if manifest is not None or table.is_file():
            read = read_manifest(table, root, found)
            if given.is_dir():
                warnings += read.warnings
        for path in found:
            if path in seen:
                continue
            seen.add(path)
            inputs.append(
                Input(
                    path, path.relative_to(root).as_posix(), not given.is_dir(), read.rows.get(path)
                )
            )
    return Plan(tuple(inputs), tuple(warnings))


def _files_in(root: Path) -> list[Path]:
    found: list[Path] = []
    for path in sorted(root.rglob("*")):
        relative = path.relative_to(root)
        if any(part.startswith(".") for part in relative.parts) or not path.is_file():
            continue
        if path.name == NAME or path.stem.lower().split(".")[0] == "readme":
            continue
        if path.suffix.lower() in READERS or path.suffix.lower() in UNREADABLE:
            found.append(path)
    return found


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
            yield FileResult(given.file, "rejected", reason=rejected.reason)


def _ingest_one(store: Store, given: Input, names: dict[CellId, tuple[str, str]]) -> FileResult:
    extension = given.path.suffix.lower()
    if extension not in READERS:
        known = "、".join(sorted(READERS))
        if extension in UNREADABLE:
            reason = f"还不会读 {extension} 文件，请先另存为文本（{known}）"
        else:
            reason = f"{extension or '没有扩展名'}：不是年报的文件格式，能读的有 {known}"
        raise InputRejected(given.file, reason)
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
    known_digest = digest_of(store, str(given.path))
    if known_digest == digest:
        return FileResult(given.file, "unchanged")
    document = READERS[extension](content, given.file)
    report = parse_report(document, given.file, given.row)
    outcome = replace_report(store, Source(str(given.path), digest), report, names)
    return FileResult(
        given.file,
        outcome,
        report.entity.name,
        report.entity.county,
        report.year,
        len(report.figures),
        report.findings,
    )


def _digest(content: bytes, given: Input) -> str:
    digest = hashlib.sha256(content)
    digest.update(repr((given.file, given.row)).encode())
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
