"""From files to the store, one outcome a file.

Ingest is a function of the file's bytes, its manifest row and the code version: the same
file again changes nothing, a changed file replaces its own facts. Reports are stored in the
order of the plan, however fast each was read, and a transaction holds whole reports: stopped
at any instant and run again, it ends in the same store.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import dataclass

from ingest.archives import Archives
from ingest.files import UNREADABLE, Input, read_bytes
from ingest.fingerprint import digest_of
from ingest.formats import EXTENSIONS
from ingest.outcome import FileResult
from ingest.workers import Task, Workers
from knowledge.catalogue import load_catalogue
from knowledge.errors import InputRejected
from knowledge.model import CellId, Report
from knowledge.store import Source, Store, replace_reports, stored_from

BATCH = 50
"""Reports in one transaction; more make none any cheaper (performance-notes, section 4)."""

PATIENCE = 0.5
"""Seconds after which reports that are read are stored though fewer than `BATCH`."""

Names = dict[CellId, tuple[str, str]]


@dataclass(slots=True)
class _Read:
    """A file after reading: its outcome if that is settled, else its report, to be stored."""

    given: Input
    result: FileResult | None = None
    source: Source | None = None
    report: Report | None = None


def ingest_inputs(
    store: Store, inputs: tuple[Input, ...], stopped: Callable[[], bool] = lambda: False
) -> Iterator[FileResult]:
    """Reads and stores each file; yields what became of it, in order, once it is in the store.

    A bad file never stops the rest. Where `stopped` turns true, what has been read in order is
    stored and told, and KeyboardInterrupt raised.
    """
    names: Names = {
        CellId(statement.id, "total"): (statement.name, statement.unit)
        for statement in load_catalogue().statements.values()
    }
    held: list[_Read] = []
    to_store = 0
    since = time.monotonic()
    # The inner generator is closed first: it holds the processes and the open archive.
    with closing(_read_all(store, inputs)) as files:
        for read in files:
            if read is not None:
                if not held:
                    since = time.monotonic()
                held.append(read)
                to_store += read.report is not None
            stop = stopped()
            waited = time.monotonic() - since > PATIENCE
            if held and (to_store == 0 or to_store >= BATCH or stop or waited):
                yield from _store(store, held, names)
                held, to_store = [], 0
            if stop:
                raise KeyboardInterrupt
        yield from _store(store, held, names)


def _read_all(store: Store, inputs: tuple[Input, ...]) -> Generator[_Read | None, None, None]:
    """Each file, read; None whenever nothing was ready for a moment."""
    with Workers[_Read]() as workers, closing(Archives()) as archives:
        tasks = (_prepared(store, given, archives) for given in inputs)
        for item in workers.in_order(tasks):
            if item is None:
                yield None
                continue
            read, answer = item
            if isinstance(answer, Report):
                read.report = answer
            elif answer is not None:
                read.result = _rejected(store, read.given, answer)
            yield read


def _prepared(store: Store, given: Input, archives: Archives) -> tuple[_Read, Task | None]:
    """What is known of a file before it is read: perhaps its outcome, else its task."""
    read = _Read(given)
    path = str(given.path)
    try:
        if not _is_text(path):
            raise InputRejected(given.file, "文件或文件夹的名字不是 UTF-8 编码，请先改名")
        extension = given.path.suffix.lower()
        if given.problem is None and extension in UNREADABLE and extension not in EXTENSIONS:
            readable = "、".join(sorted(EXTENSIONS))
            raise InputRejected(
                given.file, f"还不会读 {extension} 文件，请先另存为文本（{readable}）"
            )
        if given.row is not None and given.row.problem is not None:
            raise InputRejected(given.file, given.row.problem)
        content = read_bytes(given, archives)
    except InputRejected as rejected:
        read.result = _rejected(store, given, rejected.reason)
        return read, None
    digest = digest_of(content, given.row)
    known = stored_from(store, path)
    if known is not None and known.digest == digest:
        entity = known.entity
        read.result = FileResult(
            given.file, "unchanged", entity.name, entity.county, known.year, known.facts
        )
        return read, None
    read.source = Source(path, digest)
    return read, Task(content, given.file, extension, given.row)


def _store(store: Store, held: list[_Read], names: Names) -> Iterator[FileResult]:
    """Stores in one transaction what has been read, then tells the outcome of each file."""
    reports = [(read.source, read.report) for read in held if read.source and read.report]
    written = iter(replace_reports(store, reports, names) if reports else ())
    for read in held:
        if read.result is not None:
            yield read.result
            continue
        outcome, report = next(written), read.report
        assert report is not None
        if isinstance(outcome, Exception):
            yield _rejected(store, read.given, f"有一个数存不进事实库（{outcome}）")
            continue
        yield FileResult(
            read.given.file,
            outcome,
            report.entity.name,
            report.entity.county,
            report.year,
            len(report.figures),
            report.findings,
        )


def _rejected(store: Store, given: Input, reason: str) -> FileResult:
    path = str(given.path)
    if not _is_text(path):
        return FileResult(_printable(given.file), "rejected", reason=reason)
    if stored_from(store, path) is not None:
        reason += "；库里仍保留上次读入的内容"
    return FileResult(given.file, "rejected", reason=reason)


def _is_text(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:  # bytes that are no UTF-8, as half surrogate pairs
        return False
    return True


def _printable(name: str) -> str:
    return os.fsencode(name).decode("utf-8", "backslashreplace")
