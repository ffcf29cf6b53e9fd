"""One file read for `zhenwen show`, within the bounds of ingest: from its path to the account
of how it was read."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from ingest.pipeline import read_report
from ingest.running.archives import Archives
from ingest.running.files import Input, plan_ingest
from ingest.running.run import task_of
from ingest.running.workers import Task, Workers, document_of, or_reason
from ingest.show import refused_lines, show_lines
from knowledge.errors import InputRejected, UsageError


def inspect_file(path: Path, manifest: Path | None) -> tuple[bool, list[str]]:
    """Whether the file would be stored, and how it was read, line by line.

    It is read in a process of its own, as ingest does: a file that takes too much time or
    memory gives one line that says so.

    A file in an archive is named `a.zip/inner.docx`. Raises: UsageError if there is no such
    file, or if it is a folder or an archive of several.
    """
    given = _input(path, manifest)
    try:
        with closing(Archives()) as archives:
            task = task_of(given, archives)
    except InputRejected as rejected:
        return False, [f"拒收  {rejected.file}：{rejected.reason}"]
    with Workers[None, Account](_account_or_reason, count=1) as workers:
        answers = (found[1] for found in workers.in_order(iter([(None, task)])) if found)
        answer = next(answers)
    if isinstance(answer, Account):
        return answer.stored, list(answer.lines)
    return False, [f"拒收  {given.file}：{answer}"]


@dataclass(frozen=True, slots=True)
class Account:
    """How a file was read, line by line, and whether it would be stored."""

    stored: bool
    lines: tuple[str, ...]


def _account_or_reason(task: Task) -> Account | str:
    return or_reason(_account, task)


def _account(task: Task) -> Account:
    """Raises: InputRejected if it cannot be opened; the account tells why a report is none."""
    document = document_of(task)
    try:
        return Account(True, tuple(show_lines(read_report(document, task.file, task.row))))
    except InputRejected as rejected:
        return Account(False, tuple(refused_lines(document, task.file, rejected.reason)))


def _input(path: Path, manifest: Path | None) -> Input:
    archive = next((p for p in path.parents if p.suffix.lower() == ".zip" and p.is_file()), None)
    inputs = plan_ingest([archive or path], manifest).inputs
    if archive is not None:
        wanted = archive.resolve() / path.relative_to(archive)
        inputs = tuple(given for given in inputs if given.path == wanted)
    if len(inputs) == 1:
        return inputs[0]
    if not inputs:
        raise UsageError(f"{path}：没有这个文件")
    raise UsageError(f"{path}：里面有 {len(inputs)} 个文件，请只写一个，例如 {inputs[0].path}")
