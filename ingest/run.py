"""From files to the store, one outcome a file.

Ingest is a function of the file's bytes, its manifest row and the code version: the same
file again changes nothing, a changed file replaces its own facts, one transaction a file.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator

from ingest.files import UNREADABLE, Input
from ingest.fingerprint import digest_of
from ingest.formats import EXTENSIONS, read_document
from ingest.outcome import FileResult
from ingest.pipeline import parse_report
from ingest.readers.text import MAX_BYTES
from knowledge.catalogue import load_catalogue
from knowledge.errors import InputRejected, UnknownCell
from knowledge.model import CellId
from knowledge.store import Source, Store, replace_report, stored_from


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
    digest = digest_of(content, given.row)
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
