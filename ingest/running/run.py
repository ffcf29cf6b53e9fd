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

from ingest.running.archives import Archives
from ingest.running.beside import pictures_beside
from ingest.running.files import Input, read_bytes
from ingest.running.fingerprint import digest_of
from ingest.running.outcome import FileResult
from ingest.running.workers import Task, Workers, read_task
from knowledge.catalogue import load_catalogue
from knowledge.errors import InputRejected
from knowledge.model import CellId, Report
from knowledge.store import Source, Store, replace_reports, stored_from_all

BATCH = 50
"""Reports in one transaction; more make none any cheaper (performance-notes, section 4)."""

PATIENCE = 0.5
"""Seconds after which reports that are read are stored though fewer than `BATCH`."""

LOOKED_UP = 500
"""Files that the store is asked about at once."""

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
    with Workers[_Read, Report](read_task) as workers, closing(Archives()) as archives:
        for item in workers.in_order(_prepared(store, inputs, archives)):
            if item is None:
                yield None
                continue
            read, answer = item
            if isinstance(answer, Report):
                read.report = answer
            elif answer is not None:
                read.result = _rejected(store, read.given, answer)
            yield read


def _prepared(
    store: Store, inputs: tuple[Input, ...], archives: Archives
) -> Iterator[tuple[_Read, Task | None]]:
    """Each file with its task; with its outcome instead if that is known without reading it."""
    for start in range(0, len(inputs), LOOKED_UP):
        chunk = inputs[start : start + LOOKED_UP]
        known = stored_from_all(store, [given.location for given in chunk])
        for given in chunk:
            try:
                task = task_of(given, archives)
                digest = digest_of(task.content, task.row, task.beside)
            except InputRejected as rejected:
                yield _Read(given, _rejected(store, given, rejected.reason)), None
                continue
            stored = known.get(given.location)
            if stored is not None and stored.digest == digest:
                entity = stored.entity
                yield (
                    _Read(
                        given,
                        FileResult(
                            given.file,
                            "unchanged",
                            entity.name,
                            entity.county,
                            stored.year,
                            stored.facts,
                        ),
                    ),
                    None,
                )
                continue
            yield _Read(given, None, Source(given.location, digest)), task


def task_of(given: Input, archives: Archives) -> Task:
    """All that reading a file takes: its bytes, what the manifest says, the pictures beside it.

    Raises: InputRejected.
    """
    if not _is_text(given.location):
        raise InputRejected(given.file, "文件或文件夹的名字不是 UTF-8 编码，请先改名")
    if given.row is not None and given.row.problem is not None:
        raise InputRejected(given.file, given.row.problem)
    content = read_bytes(given, archives)
    beside = {} if given.member else pictures_beside(content, given.location, given.file)
    return Task(content, given.file, given.path.suffix.lower(), given.row, beside)


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
    if not _is_text(given.location):
        return FileResult(_printable(given.file), "rejected", reason=reason)
    if stored_from_all(store, [given.location]):
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
