"""One call of `zhenwen ingest`: the run, and what people see of it."""

from __future__ import annotations

import csv
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingest.running.files import Plan, plan_ingest
from ingest.running.outcome import FileResult, Outcome
from ingest.running.run import ingest_inputs
from ingest.running.stopping import stop_when_asked
from knowledge.errors import UsageError
from knowledge.store import Store, copy_store, open_for_writing
from knowledge.text import visible

if TYPE_CHECKING:
    from tqdm import tqdm

NAMES: dict[Outcome, str] = {
    "stored": "收录",
    "replaced": "更新",
    "unchanged": "未变",
    "duplicate": "重复",
    "rejected": "拒收",
    "skipped": "跳过",
}

MOST_NOTES = 5
"""Findings told of one file; a table that adds up nowhere has thirty."""

COLUMNS = ("file", "outcome", "entity", "county", "year", "facts", "findings", "reason")

_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")
"""A cell that begins so is computed when Excel or WPS opens the table; file names are anybody's."""


def run_ingest(
    paths: list[Path],
    db: Path,
    *,
    manifest: Path | None = None,
    as_json: bool = False,
    report: Path | None = None,
    dry_run: bool = False,
) -> bool:
    """Reads the files into the store, or only tries it; tells each outcome and their sum.

    Lines and summary go to standard output, warnings, the rejected files with their reasons
    and, on a terminal, the progress to standard error; `report` is written as CSV.
    Returns: whether every file was taken (none rejected).
    Raises: UsageError, StoreError; KeyboardInterrupt if stopped.
    """
    plan = plan_ingest(paths, manifest, report.resolve() if report is not None else None)
    for warning in plan.warnings:
        print(f"zhenwen: {visible(warning)}", file=sys.stderr)
    counts: Counter[Outcome] = Counter()
    rejected: list[FileResult] = []
    with (
        _table(report, db) as table,
        _store(db, dry_run) as store,
        _progress(len(plan.inputs), shown=not as_json) as bar,
        stop_when_asked() as stopped,
    ):
        for result in ingest_inputs(store, plan.inputs, stopped):
            counts[result.outcome] += 1
            if result.outcome == "rejected":
                rejected.append(result)
            if table is not None:
                table.writerow(_table_row(result))
            for line in [_json_line(result)] if as_json else _lines(result):
                if bar is not None and sys.stdout.isatty():
                    bar.write(line, file=sys.stdout)
                else:
                    print(line, flush=as_json)
            if bar is not None:
                bar.update()
    if not as_json:
        print(_sum(plan, counts, dry_run), flush=True)
        for result in rejected:
            print(f"zhenwen: {visible(result.file)}：{result.reason}", file=sys.stderr)
    return not rejected


def _sum(plan: Plan, counts: Counter[Outcome], dry_run: bool) -> str:
    counted = "，".join(f"{NAMES[outcome]} {n}" for outcome, n in counts.items())
    line = f"共 {counts.total()} 个文件：{counted or '没有找到年报文件'}"
    if plan.others:
        kinds = "、".join(
            f"{visible(kind)[:20] or '无扩展名'} {number}"
            for kind, number in sorted(plan.others.items(), key=lambda each: (-each[1], each[0]))[
                :5
            ]
        )
        line += f"；另有 {plan.others.total()} 个不是年报的文件格式，没有读（{kinds}）"
    return f"试读，什么也没有写进事实库。{line}" if dry_run else line


def _lines(result: FileResult) -> list[str]:
    """What is told of a file at once; the rejected ones are listed at the end."""
    file = visible(result.file)
    if result.outcome == "rejected":
        return []
    if result.outcome == "unchanged":
        return [f"未变  {file}"]
    place = f"{result.entity}（{result.county or '县区不详'}）{result.year} 年，{result.facts} 个数"
    notes = [f"      注意：{visible(finding.text)}" for finding in result.findings[:MOST_NOTES]]
    if (more := len(result.findings) - MOST_NOTES) > 0:
        notes.append(f"      ……另有 {more} 条，zhenwen show 可以看全")
    return [f"{NAMES[result.outcome]}  {file}：{place}", *notes]


def _json_line(result: FileResult) -> str:
    fields = {
        "file": result.file,
        "outcome": result.outcome,
        "entity": result.entity,
        "county": result.county,
        "year": result.year,
        "facts": result.facts,
        "findings": [
            {"rule": f.rule, "severity": f.severity, "text": f.text} for f in result.findings
        ],
        "reason": result.reason,
    }
    return json.dumps(fields, ensure_ascii=False)


def _table_row(result: FileResult) -> list[str | int]:
    findings = "；".join(finding.text for finding in result.findings)
    return [
        _inert(result.file),
        result.outcome,
        _inert(result.entity or ""),
        _inert(result.county or ""),
        result.year or "",
        result.facts,
        _inert(findings),
        _inert(result.reason or ""),
    ]


def _inert(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text


@contextmanager
def _table(path: Path | None, db: Path) -> Iterator[Any]:
    """A writer of the table for people, who open it in Excel or WPS: hence the byte order mark.

    Raises: UsageError if it cannot be written, or would overwrite something else than a table
    of an earlier run.
    """
    if path is None:
        yield None
        return
    head = ",".join(COLUMNS).encode()
    try:
        if path.exists():
            with path.open("rb") as before:
                start = before.read(len(head) + 3)
            if start and start.removeprefix(b"\xef\xbb\xbf")[: len(head)] != head:
                raise UsageError(
                    f"--report {path}：已有这个文件，又不是以前的拒收表，请换一个文件名"
                )
        if path.resolve() == db.resolve():
            raise UsageError(f"--report {path}：这是事实库的位置，请换一个文件名")
        file = path.open("w", encoding="utf-8-sig", errors="backslashreplace", newline="")
    except OSError as error:
        raise UsageError(f"--report {path}：写不了（{error.strerror}）") from error
    with file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        yield writer


@contextmanager
def _store(path: Path, dry_run: bool) -> Iterator[Store]:
    """The store; for a trial a copy of it that is thrown away, so that it is judged the same."""
    if not dry_run:
        with open_for_writing(path) as store:
            yield store
        return
    with tempfile.TemporaryDirectory(prefix="zhenwen-") as folder:
        copy = Path(folder) / "trial.db"
        copy_store(path, copy)
        with open_for_writing(copy) as store:
            yield store


def _progress(total: int, *, shown: bool) -> AbstractContextManager[tqdm | None]:
    """A bar on standard error if somebody is there to see it."""
    if not shown or not sys.stderr.isatty():
        return nullcontext()
    # 30 ms that a script need not pay.
    from tqdm import tqdm

    tqdm.monitor_interval = 0  # its thread would forbid `workers` to fork
    bar: AbstractContextManager[tqdm | None] = tqdm(
        total=total,
        unit="份",
        file=sys.stderr,
        leave=False,
        dynamic_ncols=True,
        bar_format="{percentage:3.0f}%|{bar}| {n_fmt}/{total_fmt} 份，{rate_fmt}，已用 {elapsed}，还要 {remaining}",
    )
    return bar
