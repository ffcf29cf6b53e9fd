"""What each step costs, as ratios within one run: `make bench`. No test depends on it.

Trust the ratios, not the microseconds: the machine may be shared. Each step stands beside its
floor, measured in the same run: reading a file, writing the bare rows, looking up one row.
"""

from __future__ import annotations

import sqlite3
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any

from benchmarks.copies import EXAMPLES, make_copies
from benchmarks.formats import bench_formats, statement_names
from benchmarks.places import bench_places
from benchmarks.timing import best, median
from bot.conversation.assistant import Assistant
from bot.understanding.intents import understand
from ingest.pipeline import parse_report
from ingest.readers.text import read_text
from ingest.running.files import Input, plan_ingest
from ingest.running.run import BATCH, ingest_inputs
from knowledge import query
from knowledge.entities import NameIndex
from knowledge.gazetteer import load_gazetteer
from knowledge.model import CellId, Entity
from knowledge.store import Source, Store, open_for_reading, open_for_writing, replace_reports
from tests.question_cases import load_cases

REPORTS = 300
ROUNDS = 3
TODAY = date(2024, 5, 1)
TO_FACTS = "file to facts, nothing stored"
PLACES = ", ".join("?" * 10)
QUESTION = "景芝镇2020年收到多少申请"


def main() -> None:
    """Prints a table for ingest, one a format, two for questions, one for whole processes."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_copies(folder / "reports", REPORTS)
        make_copies(folder / "others", REPORTS * ROUNDS, REPORTS)
        _ingest(folder)
        bench_formats()
        _questions(folder)
        bench_places(folder)
        _names()
        _processes(folder / "bench.db")


def _ingest(folder: Path) -> None:
    reports = folder / "reports"
    files = sorted(reports.glob("*.md"))
    plan = plan_ingest([reports], None)
    parsed = [
        parse_report(read_text(i.path.read_bytes(), i.file), i.file, i.row) for i in plan.inputs
    ]

    def read() -> None:
        for path in files:
            path.read_bytes().decode().splitlines()

    others = plan_ingest([folder / "others"], None).inputs
    unread = (others[start : start + REPORTS] for start in range(0, len(others), REPORTS))

    def parse() -> None:
        for given in next(unread):  # each round others: no report was read before
            parse_report(read_text(given.path.read_bytes(), given.file), given.file, given.row)

    def write_bare(batch: int) -> None:
        connection = sqlite3.connect(folder / "bare.db", isolation_level=None)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute(
            "CREATE TABLE facts(entity, year, cell, value, line, stated,"
            " PRIMARY KEY(entity, year, cell)) WITHOUT ROWID"
        )
        for start in range(0, len(parsed), batch):
            connection.execute("BEGIN")
            for number, report in enumerate(parsed[start : start + batch], start):
                connection.executemany(
                    "INSERT OR REPLACE INTO facts VALUES (?, ?, ?, ?, ?, ?)",
                    [
                        (
                            number,
                            report.year,
                            place,
                            float(figure.value),
                            figure.line,
                            figure.stated,
                        )
                        for place, figure in enumerate(report.figures)
                    ],
                )
            connection.execute("COMMIT")
        connection.close()

    kept, tables = _as_kept(folder / "kept.db", plan.inputs)

    def write_kept() -> None:
        connection = sqlite3.connect(folder / "bare.db", isolation_level=None)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        for table in tables:
            connection.execute(table)
        for start in range(0, len(kept), BATCH):
            connection.execute("BEGIN")
            for rows in kept[start : start + BATCH]:
                connection.executemany(f"INSERT INTO facts VALUES ({PLACES})", rows)
            connection.execute("COMMIT")
        connection.close()

    def no_store(name: str) -> None:
        for suffix in ("", "-wal", "-shm"):
            (folder / f"{name}{suffix}").unlink(missing_ok=True)

    def empty_store() -> None:
        no_store("bench.db")
        open_for_writing(folder / "bench.db").close()

    def store() -> None:
        with open_for_writing(folder / "bench.db") as opened:
            for start in range(0, len(plan.inputs), BATCH):
                read = [
                    (
                        Source(given.location, "1"),
                        parse_report(
                            read_text(given.path.read_bytes(), given.file), given.file, given.row
                        ),
                    )
                    for given in plan.inputs[start : start + BATCH]
                ]
                replace_reports(opened, read, statement_names())

    def whole() -> None:
        with open_for_writing(folder / "bench.db") as store:
            for _ in ingest_inputs(store, plan.inputs):
                pass

    def again() -> None:
        with open_for_writing(folder / "bench.db") as store:
            for result in ingest_inputs(store, plan.inputs):
                assert result.outcome == "unchanged"

    facts = sum(len(report.figures) for report in parsed)
    print(f"ingest, {len(files)} text reports, {facts} facts; milliseconds a report")
    print("  the bare write: the rows of the store's table of facts, with its index, nothing else")
    no_bare = partial(no_store, "bare.db")
    floor = best(read)
    bare = best(write_kept, prepare=no_bare)
    narrow = best(partial(write_bare, BATCH), prepare=no_bare)
    rows = [
        ("read, decode, split (floor)", floor),
        (f"bare write of the facts, {BATCH} reports a transaction (floor)", bare),
        ("the same in a narrow table without an index", narrow),
        ("the same, a transaction a report", best(partial(write_bare, 1), prepare=no_bare)),
        (TO_FACTS, best(parse, ROUNDS)),
        (f"file to facts in the store, {BATCH} a transaction", best(store, prepare=empty_store)),
        ("whole ingest, read side by side", best(whole, prepare=empty_store)),
        ("the same folder again, nothing changed", best(again)),
    ]
    for label, seconds in rows:
        goal = " (goal 2.5)" if label == TO_FACTS else ""
        print(
            f"  {label:58}{seconds / len(files) * 1e3:9.3f}   x read {seconds / floor:7.1f}"
            f"   x bare write {seconds / bare:6.2f}{goal}"
        )


def _as_kept(
    path: Path, inputs: tuple[Input, ...]
) -> tuple[list[list[tuple[Any, ...]]], list[str]]:
    """The rows of a store's facts, report by report, and what makes their table and its index."""
    with open_for_writing(path) as store:
        list(ingest_inputs(store, inputs))
        made = "SELECT sql FROM sqlite_master WHERE tbl_name = 'facts' AND sql IS NOT NULL"
        tables = [sql for (sql,) in store.connection.execute(made)]
        reports: dict[int, list[tuple[Any, ...]]] = {}
        for row in store.connection.execute("SELECT report_id, * FROM facts"):
            reports.setdefault(row[0], []).append(tuple(row[1:]))
    return list(reports.values()), tables


def _questions(folder: Path) -> None:
    path = folder / "examples.db"
    with open_for_writing(path) as store:
        list(ingest_inputs(store, plan_ingest([EXAMPLES], None).inputs))
    with open_for_reading(path) as store:
        assistant = Assistant(store, lambda: TODAY)
        entity = Entity("景芝镇", "山东省/潍坊市/安丘市")
        wordings = [case.wording for case in load_cases() if len(case.wording) < 100]
        steps: list[tuple[str, Callable[[], object]]] = [
            ("bare lookup of one row (floor)", _bare_lookup(store)),
            (
                "one figure with its citation",
                lambda: query.lookup(store, entity, 2020, CellId("received_new", "total")),
            ),
            (
                "understand the sample question",
                lambda: understand(QUESTION, assistant.index(), TODAY),
            ),
            ("whole reply", lambda: assistant.ask(QUESTION)),
            ("whole reply as JSON", lambda: assistant.ask(QUESTION).json_line()),
            ("misspelt name, whole reply", lambda: assistant.ask(QUESTION.replace("芝", "枝"))),
            ("asked back with choices", lambda: assistant.ask("2020年收到多少申请")),
            ("refused", lambda: assistant.ask("景芝镇2020年GDP是多少")),
        ]
        print("questions; microseconds, median of 300")
        floor = 0.0
        for label, action in steps:
            taken = median(action)
            floor = floor or taken
            print(f"  {label:58}{taken:9.1f}   x bare lookup {taken / floor:7.1f}")
        times = sorted(median(partial(assistant.ask, w), 3) for w in wordings)
        p99 = times[int(len(times) * 0.99)]
        print(
            f"  {'all ' + str(len(times)) + ' question cases, median / p99':58}"
            f"{statistics.median(times):9.1f} / {p99:.1f}"
        )


def _names() -> None:
    """Names over a store of every town of China; a misspelt one once, then again and again."""
    gazetteer = load_gazetteer()
    everywhere = [Entity(name, path) for path, own in gazetteer.by_region.items() for name in own]
    started = perf_counter()
    index = NameIndex(everywhere)
    index.resolve_near("景枝镇")
    print(
        f"names: index of {len(everywhere)} towns with all shelves, s {perf_counter() - started:.2f}"
    )
    for label, action in (
        ("exact name found", lambda: index.find(QUESTION)),
        ("misspelt name, whole country", lambda: index.resolve_near("景枝镇")),
        (
            "misspelt name, county named",
            lambda: index.resolve_near("景枝镇", index.scope(["安丘市"])),
        ),
    ):
        print(f"  {label:58}{median(action):9.1f}")


def _bare_lookup(store: Store) -> Callable[[], object]:
    sql = "SELECT value FROM facts WHERE entity_id = 1 AND year = 2020 AND measure_id = 23"
    return lambda: store.connection.execute(sql).fetchone()


def _processes(db: Path) -> None:
    print("one process; milliseconds, fastest of 5")
    commands = {
        "bare Python (floor)": [sys.executable, "-c", "pass"],
        "zhenwen ask": [sys.executable, "-m", "zhenwen", "ask", QUESTION, "--db", str(db)],
    }
    floor = 0.0
    for label, command in commands.items():
        seconds = best(partial(subprocess.run, command, check=False, capture_output=True), 5)
        floor = floor or seconds
        print(f"  {label:58}{seconds * 1e3:9.1f}   x bare Python {seconds / floor:7.1f}")


if __name__ == "__main__":
    main()
