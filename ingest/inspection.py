"""One file read for `zhenwen show`: from its path to the account of how it was read."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from ingest.formats import read_document
from ingest.pipeline import read_report
from ingest.readers.pictures.reader import picture_reader
from ingest.running.archives import Archives
from ingest.running.files import Input, plan_ingest, read_bytes
from ingest.show import refused_lines, show_lines
from knowledge.errors import InputRejected, UsageError


def inspect_file(path: Path, manifest: Path | None) -> tuple[bool, list[str]]:
    """Whether the file would be stored, and how it was read, line by line.

    A file in an archive is named `a.zip/inner.docx`. Raises: UsageError if there is no such
    file, or if it is a folder or an archive of several.
    """
    given = _input(path, manifest)
    extension = given.path.suffix.lower()
    try:
        if given.problem is not None:
            raise InputRejected(given.file, given.problem)
        if given.row is not None and given.row.problem is not None:
            raise InputRejected(given.file, given.row.problem)
        with closing(Archives()) as archives:
            content = read_bytes(given, archives)
        document = read_document(content, given.file, extension, picture_reader(lambda: None))
    except InputRejected as rejected:
        return False, [f"拒收  {rejected.file}：{rejected.reason}"]
    try:
        return True, list(show_lines(read_report(document, given.file, given.row)))
    except InputRejected as rejected:
        return False, list(refused_lines(document, given.file, rejected.reason))


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
