"""Reading files side by side, each in a process of bounded time and memory.

A file that loops, swells or crashes its reader costs only itself: its process is replaced and
the file refused by name. What comes out is in the order of what went in, whoever was faster.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import sys
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkContext, SpawnContext
from pathlib import Path
from typing import Generic, Self, TypeVar

from ingest.document import Document
from ingest.formats import EXTENSIONS, read_document
from ingest.manifest import ManifestRow
from ingest.pipeline import parse_report
from ingest.readers.pictures.reader import picture_reader
from ingest.running.bounds import LIMITS, Limits, confine, grant_recognition, grant_time
from ingest.running.transport import answer_from_bytes, answer_to_bytes
from knowledge.errors import InputRejected
from knowledge.model import Report

T = TypeVar("T")
A = TypeVar("A")


BATCH = 16
BATCH_BYTES = 256 * 1024
"""Files handed to a process at once: few, so that the last ones are shared out evenly."""

WINDOW = 400
"""Files that may be read ahead of one that takes its time; their reports wait as bytes."""

FIRST = 8
FIRST_BYTES = 64 * 1024
"""The first few texts of at most this size are read here: a process costs more than they do,
and those that are forked later find all words and names loaded."""

TICK = 0.2

_OUT_OF_MEMORY = 77
"""Exit status of a process that ran out of memory and said so itself."""


@dataclass(frozen=True, slots=True)
class Task:
    """All that reading one file takes."""

    content: bytes
    file: str
    extension: str
    row: ManifestRow | None
    beside: Mapping[str, bytes] = field(default_factory=dict)
    """The pictures beside a web page, by the source that it gives."""


Answer = Report | str
"""The report in a file, or the reason why there is none."""


def read_task(task: Task) -> Answer:
    """The report in a file, or why it is refused; whatever else goes wrong is such a reason."""
    return or_reason(_report_in, task)


def document_of(task: Task) -> Document:
    """The document in a file, its pictures recognised. Raises: InputRejected."""
    pictures = picture_reader(grant_recognition)
    return read_document(task.content, task.file, task.extension, pictures, task.beside)


def _report_in(task: Task) -> Report:
    return parse_report(document_of(task), task.file, task.row)


def or_reason(read: Callable[[Task], A], task: Task) -> A | str:
    """What `read` gives, or in words why it gives nothing, whatever went wrong."""
    try:
        return read(task)
    except InputRejected as rejected:
        return rejected.reason
    except RecursionError:
        return "层层嵌套太深，不像一份年报"
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - one file must not stop the others
        at = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{type(error).__name__}，{Path(at.filename).name} 第 {at.lineno} 行"
        return f"读它时程序出错（{where}）：请把这个文件报告给镇问的开发者"


@dataclass(slots=True)
class _Job(Generic[T]):
    item: T
    task: Task | None
    answer: bytes | str | None = None
    done: bool = False
    alone: bool = False
    """To be read by a process that has read nothing before: another died on it."""


@dataclass(slots=True, eq=False)
class _Worker(Generic[T]):
    process: multiprocessing.process.BaseProcess
    connection: Connection
    jobs: deque[_Job[T]] = field(default_factory=deque)
    served: int = 0
    since: float = 0.0


class Workers(Generic[T, A]):
    """A handful of processes, started when there is work; none is left when the block ends.

    `read` gives the answer to a task, or a reason why there is none.
    """

    def __init__(
        self,
        read: Callable[[Task], A | str],
        limits: Limits | None = None,
        count: int | None = None,
    ) -> None:
        self._read = read
        self._limits = limits or LIMITS
        self._count = count or _cores()
        self._workers: list[_Worker[T]] = []
        self._waiting: deque[list[_Job[T]]] = deque()
        self._first = FIRST

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self._workers:
            worker.process.kill()
        while self._workers:
            self._bury(self._workers[-1])

    def in_order(
        self, items: Iterator[tuple[T, Task | None]]
    ) -> Iterator[tuple[T, A | str | None] | None]:
        """Each item with the answer to its task, in order; those without a task pass through.

        None whenever nothing was ready for a moment: time to do something else.
        """
        window: deque[_Job[T]] = deque()
        batch: list[_Job[T]] = []
        more = True
        while True:
            while window and window[0].done:
                job = window.popleft()
                answer = job.answer
                yield job.item, answer_from_bytes(answer) if isinstance(answer, bytes) else answer
            if not more and not window:
                return
            if more and len(window) < WINDOW and len(self._waiting) < self._count:
                given = next(items, None)
                if given is None:
                    more = False
                else:
                    job = _Job(*given)
                    window.append(job)
                    if job.task is None or self._read_here(job, job.task):
                        job.done = True
                        continue
                    batch.append(job)
                if batch and (not more or _full(batch)):
                    self._waiting.append(batch)
                    batch = []
            else:
                if batch and not self._waiting:  # the window is full, the batch never will be
                    self._waiting.append(batch)
                    batch = []
                self._hand_out()
                if not self._collect(TICK) and not (window and window[0].done):
                    yield None
                continue
            self._hand_out()
            self._collect(0)

    def _read_here(self, job: _Job[T], task: Task) -> bool:
        if self._first == 0 or self._read is not read_task:
            return False
        if EXTENSIONS.get(task.extension) != "text" or len(task.content) > FIRST_BYTES:
            return False
        self._first -= 1
        answer = self._read(task)
        job.answer = answer_to_bytes(answer)
        return True

    def _hand_out(self) -> None:
        """Gives waiting batches to idle processes, new ones if there are too few."""
        for worker in [worker for worker in self._workers if not worker.jobs]:
            if self._waiting and not (self._waiting[0][0].alone and worker.served):
                self._give(worker, self._waiting.popleft())
        while self._waiting and len(self._workers) < self._count:
            self._give(self._start(), self._waiting.popleft())
        if self._waiting and self._waiting[0][0].alone:
            idle = next((worker for worker in self._workers if not worker.jobs), None)
            if idle is not None:
                idle.process.kill()
                self._bury(idle)
                self._give(self._start(), self._waiting.popleft())

    def _give(self, worker: _Worker[T], batch: list[_Job[T]]) -> None:
        worker.jobs.extend(batch)
        worker.since = time.monotonic()
        # It fails if the process has died meanwhile: found out when its answer is collected.
        with contextlib.suppress(OSError):
            worker.connection.send([job.task for job in batch])

    def _collect(self, seconds: float) -> bool:
        """Takes the answers that have come, waiting so long for the first; whether one came."""
        busy = {worker.connection: worker for worker in self._workers if worker.jobs}
        if not busy:
            return False
        ready = wait(list(busy), seconds)
        for connection in ready:
            worker = busy[connection]  # type: ignore[index]
            try:
                answer = worker.connection.recv_bytes()
            except (EOFError, OSError):
                self._mourn(worker)
                continue
            job = worker.jobs.popleft()
            job.answer, job.done, job.task = answer, True, None
            worker.served += 1
            worker.since = time.monotonic()
        late = time.monotonic() - self._limits.wall
        for worker in busy.values():
            if worker.jobs and worker.since < late and worker in self._workers:
                worker.process.kill()
                self._mourn(worker, too_long=True)
        return bool(ready)

    def _mourn(self, worker: _Worker[T], *, too_long: bool = False) -> None:
        """A process is gone: its file is refused or tried once more alone, the rest go on."""
        self._bury(worker)
        job, rest = worker.jobs.popleft(), list(worker.jobs)
        status = worker.process.exitcode
        if rest:
            self._waiting.appendleft(rest)
        if too_long or status == -signal.SIGXCPU:
            seconds = self._limits.wall if too_long else self._limits.cpu
            job.answer = f"{seconds:g} 秒还没有读完，放弃了：像是损坏或特意做坏的文件"
        elif worker.served and not job.alone:
            # What the files before have left behind may be to blame.
            job.alone = True
            self._waiting.appendleft([job])
            return
        elif status == _OUT_OF_MEMORY:
            megabytes = self._limits.memory // 1024 // 1024
            job.answer = f"读它要超过 {megabytes} MB 内存，放弃了：像是损坏或特意做坏的文件"
        else:
            job.answer = "读它时程序崩溃：文件像是损坏了，请重新下载，或另存为文本再读"
        job.done, job.task = True, None

    def _bury(self, worker: _Worker[T]) -> None:
        self._workers.remove(worker)
        worker.connection.close()
        worker.process.join()

    def _start(self) -> _Worker[T]:
        # A fork has all words and names loaded and costs 2 ms; beside threads it is not safe.
        forked = sys.platform == "linux" and threading.active_count() == 1
        context: ForkContext | SpawnContext
        context = ForkContext() if forked else SpawnContext()
        ours, theirs = context.Pipe()
        process = context.Process(
            target=_serve, args=(theirs, self._read, self._limits, os.getpid()), daemon=True
        )
        # Ctrl-C reaches every process of a terminal; the child is not to meet it half started.
        blocked = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            process.start()
            worker: _Worker[T] = _Worker(process, ours)
            self._workers.append(worker)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, blocked)
        theirs.close()
        return worker


def _full(batch: list[_Job[T]]) -> bool:
    return len(batch) >= BATCH or sum(len(job.task.content) for job in batch if job.task) > (
        BATCH_BYTES
    )


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _serve(
    connection: Connection, read: Callable[[Task], object], limits: Limits, parent: int
) -> None:
    """The life of one process: batches in, an answer for each file out, as each is done."""
    confine(limits, parent)
    with contextlib.suppress(EOFError, OSError):  # the parent is gone or done
        while True:
            grant_time(limits)  # taking files in counts as well
            for task in connection.recv():
                grant_time(limits)
                try:
                    answer = answer_to_bytes(read(task))
                except MemoryError:
                    os._exit(_OUT_OF_MEMORY)
                connection.send_bytes(answer)
