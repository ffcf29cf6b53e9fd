"""A run stopped at any instant and run again, tried without storing, and told as a table."""

from __future__ import annotations

import contextlib
import csv
import fcntl
import json
import os
import pty
import random
import signal
import sqlite3
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path
from typing import Any

import pytest

import zhenwen
from ingest.running.files import plan_ingest
from ingest.running.run import ingest_inputs
from knowledge.store import open_for_writing
from tests.conftest import ROOT
from tests.run_cases import contents, make_folder, report

ROUNDS = int(os.environ.get("ZHENWEN_KILL_ROUNDS", "4"))
"""Times that each way of stopping is tried; set it higher for a long hunt."""

STOPPED = "zhenwen: 已中断；已经收录的都在，再运行一次即可接着来\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_folder(tmp_path_factory.mktemp("run") / "reports")


@pytest.fixture(scope="module")
def whole(folder: Path) -> Path:
    """The store of an undisturbed run."""
    db = folder.parent / "whole.db"
    assert zhenwen.main(["ingest", str(folder), "--db", str(db)]) == 1
    return db


def start(folder: Path, db: Path, **options: Any) -> subprocess.Popen[str]:
    """A run that stores three reports at a time, so that there is much to interrupt."""
    code = (
        "import sys, zhenwen, ingest.running.run, ingest.running.workers\n"
        "ingest.running.run.BATCH = 3\n"
        "ingest.running.workers.FIRST = 2\n"
        "print('ready', flush=True)\n"
        "sys.exit(zhenwen.main())\n"
    )
    run = subprocess.Popen(
        [sys.executable, "-c", code, "ingest", str(folder), "--db", str(db)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        **options,
    )
    assert run.stdout is not None
    assert run.stdout.readline() == "ready\n"
    return run


def finish(run: subprocess.Popen[str]) -> tuple[int, str, str]:
    out, err = run.communicate(timeout=120)
    return run.returncode, out, err


@pytest.fixture(scope="module")
def seconds(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> float:
    """What an undisturbed run takes here."""
    began = time.monotonic()
    finish(start(folder, tmp_path_factory.mktemp("timed") / "a.db"))
    return time.monotonic() - began


def test_killed_at_any_instant_and_run_again(
    folder: Path, whole: Path, seconds: float, tmp_path: Path
) -> None:
    chance = random.Random(20)
    partly = 0
    for number in range(max(1, ROUNDS // 3)):
        db = tmp_path / f"{number}.db"
        for _ in range(3):
            run = start(folder, db)
            time.sleep(chance.uniform(0, seconds))
            with contextlib.suppress(ProcessLookupError):
                os.killpg(run.pid, signal.SIGKILL)
            _, _, err = finish(run)
            assert "Traceback" not in err
            partly += db.exists() and 0 < _reports(db) < 22
        code, _, _ = finish(start(folder, db))
        assert code == 1
        assert contents(db) == contents(whole)
    assert partly or ROUNDS < 30, "no round was interrupted in the middle"


def test_stopped_by_ctrl_c_at_any_instant(
    folder: Path, whole: Path, seconds: float, tmp_path: Path
) -> None:
    chance = random.Random(21)
    db = tmp_path / "a.db"
    for number in range(ROUNDS):
        run = start(folder, db)
        time.sleep(chance.uniform(0, seconds) if number else 0.05)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(run.pid, signal.SIGINT)  # as a terminal does: to every process of the run
        code, _, err = finish(run)
        if code == 130:
            assert err == STOPPED
        else:
            assert (code, err.count("\n")) == (1, 2), err
        if number % 3 == 2:
            assert finish(start(folder, db))[0] == 1
            assert contents(db) == contents(whole)
            db = tmp_path / f"{number}.db"


def _reports(db: Path) -> int:
    with contextlib.closing(sqlite3.connect(db)) as connection:
        try:
            return int(connection.execute("SELECT count(*) FROM reports").fetchone()[0])
        except sqlite3.OperationalError:  # killed before there was a table
            return 0


def test_what_is_told_as_stored_is_in_the_store(folder: Path, tmp_path: Path) -> None:
    """A line about a file comes after its transaction, so that a crash cannot belie it."""
    db = tmp_path / "a.db"
    told = 0
    with open_for_writing(db) as store:
        for result in ingest_inputs(store, plan_ingest([folder], None).inputs):
            told += result.outcome in ("stored", "duplicate")
            assert _reports(db) >= told
    assert told == 22


def test_the_first_interrupt_stores_what_is_read(folder: Path, tmp_path: Path) -> None:
    asked = iter([False] * 4)
    told = []
    with open_for_writing(tmp_path / "a.db") as store:
        inputs = plan_ingest([folder], None).inputs
        results = ingest_inputs(store, inputs, lambda: next(asked, True))
        with contextlib.suppress(KeyboardInterrupt):
            while True:  # StopIteration would fail the test
                told.append(next(results).file)
    assert told == [given.file for given in inputs][: len(told)]
    assert 5 <= len(told) < len(inputs)
    assert _reports(tmp_path / "a.db") == len(told)


def test_the_number_of_processes_changes_nothing(
    folder: Path, whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for count in (1, 5):
        monkeypatch.setattr("ingest.running.workers._cores", lambda count=count: count)
        monkeypatch.setattr("ingest.running.workers.BATCH", count)
        monkeypatch.setattr("ingest.running.workers.FIRST", count)
        db = tmp_path / f"{count}.db"
        assert zhenwen.main(["ingest", str(folder), "--db", str(db)]) == 1
        assert contents(db) == contents(whole)


def json_lines(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> list[dict[str, Any]]:
    capsys.readouterr()
    zhenwen.main(["ingest", *map(str, arguments), "--json"])
    captured = capsys.readouterr()
    assert captured.err == ""
    return [json.loads(line) for line in captured.out.splitlines()]


def test_a_trial_tells_what_a_run_would_and_stores_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = make_folder(tmp_path / "reports")
    db = tmp_path / "a.db"
    tried = json_lines(capsys, folder, "--db", db, "--dry-run")
    assert not db.exists()
    assert list(tmp_path.glob("a.db*")) == []
    assert tried == json_lines(capsys, folder, "--db", db)
    (folder / "1.md").write_text(report("乙水", received=77), encoding="utf-8")
    (folder / "new.md").write_text(report("辰巳", received=78), encoding="utf-8")
    (folder / "copy.md").write_text(report("辰巳", received=78), encoding="utf-8")
    (folder / "2.md").write_text("购物清单", encoding="utf-8")
    before = contents(db)
    tried = json_lines(capsys, folder, "--db", db, "--dry-run")
    assert contents(db) == before
    assert tried == json_lines(capsys, folder, "--db", db)
    outcomes = {line["file"]: line["outcome"] for line in tried}
    assert outcomes["1.md"] == "replaced"
    assert outcomes["0.md"] == "unchanged"
    assert {outcomes["new.md"], outcomes["copy.md"]} == {"stored", "duplicate"}
    assert outcomes["2.md"] == "rejected"
    assert zhenwen.main(["ingest", str(folder), "--db", str(db), "--dry-run"]) == 1
    assert capsys.readouterr().out.splitlines()[-1].startswith("试读，什么也没有写进事实库。共 ")


def test_a_trial_on_what_is_no_store(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.md").write_text(report("辰巳"), encoding="utf-8")
    (tmp_path / "a.db").write_bytes(b"words and words and words")
    call = ["ingest", str(tmp_path / "a.md"), "--db", str(tmp_path / "a.db"), "--dry-run"]
    assert zhenwen.main(call) == 2
    assert "SQLite" in capsys.readouterr().err
    (tmp_path / "a.db").write_bytes(b"")
    assert zhenwen.main(call) == 0
    assert (tmp_path / "a.db").read_bytes() == b""


def test_the_summary_counts_outcomes_and_ends_with_the_rejected(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = make_folder(tmp_path / "reports")
    (folder / "photo.jpg").touch()
    (folder / "readme.jpg").touch()
    (folder / "x.css").touch()
    assert zhenwen.main(["ingest", str(folder), "--db", str(tmp_path / "a.db")]) == 1
    captured = capsys.readouterr()
    assert captured.out.splitlines()[-1] == (
        "共 24 个文件：收录 19，拒收 2，重复 3"
        "；另有 2 个不是年报的文件格式，没有读（.css 1、.jpg 1）"
    )
    assert captured.err.splitlines() == [
        "zhenwen: bad.md：不是政府信息公开工作年度报告：没有年报的表格，也没有年报的章节",
        "zhenwen: empty.txt：文件是空的",
    ]


def test_the_report_is_a_table_to_work_through(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = make_folder(tmp_path / "reports")
    evil = '=HYPERLINK("http:x"),\n.md'
    (folder / evil).write_text(report("辰巳", received=78), encoding="utf-8")
    table = folder / "report.csv"
    db = tmp_path / "a.db"
    lines = json_lines(capsys, folder, "--db", db, "--report", table)
    for _ in range(2):  # the second time it is there already, in the folder itself
        content = table.read_bytes()
        assert content.startswith(b"\xef\xbb\xbffile,outcome,")
        rows = list(csv.DictReader(content.decode("utf-8-sig").splitlines(keepends=True)))
        assert [row["file"].removeprefix("'") for row in rows] == [line["file"] for line in lines]
        assert not any(
            cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row.values()
        )
        for row, line in zip(rows, lines, strict=True):
            assert row["outcome"] == line["outcome"]
            assert row["year"] == str(line["year"] or "")
            assert row["county"] == (line["county"] or "")
            assert row["facts"] == str(line["facts"])
            assert row["reason"] == (line["reason"] or "")
            assert row["findings"] == "；".join(each["text"] for each in line["findings"])
        lines = json_lines(capsys, folder, "--db", db, "--report", table)
    assert any(line["findings"] for line in lines) or lines


@pytest.mark.parametrize("name", ["notes.txt", "a.db", "no/folder.csv", "."])
def test_a_report_overwrites_nothing_else(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    (tmp_path / "a.md").write_text(report("辰巳"), encoding="utf-8")
    (tmp_path / "notes.txt").write_text("wichtig", encoding="utf-8")
    call = ["ingest", str(tmp_path / "a.md"), "--db", str(tmp_path / "a.db")]
    assert zhenwen.main([*call, "--report", str(tmp_path / name)]) == 2
    captured = capsys.readouterr()
    assert captured.err.count("\n") == 1
    assert "--report" in captured.err
    assert (tmp_path / "notes.txt").read_text(encoding="utf-8") == "wichtig"
    assert zhenwen.main(call) == 0


def on_a_terminal(*arguments: str | Path) -> tuple[int, str]:
    """The exit status of a run on a terminal, and all that this shows."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("4H", 24, 100, 0, 0))
    with subprocess.Popen(
        [sys.executable, "-m", "zhenwen", *map(str, arguments)],
        cwd=ROOT,
        stdout=theirs,
        stderr=theirs,
        stdin=theirs,
        start_new_session=True,
    ) as run:
        os.close(theirs)
        shown = b""
        with contextlib.suppress(OSError):  # Linux: the other side is closed
            while piece := os.read(ours, 65536):
                shown += piece
    os.close(ours)
    return run.returncode, shown.decode()


def test_a_bar_on_a_terminal_and_nowhere_else(folder: Path, tmp_path: Path) -> None:
    code, shown = on_a_terminal("ingest", folder, "--db", tmp_path / "a.db")
    assert code == 1
    assert "/24 份" in shown
    assert "还要" in shown
    # A line is never drawn into the bar: what stood there before is erased.
    lines = [line.split("\r")[-1] for line in shown.replace("\r\n", "\n").split("\n")]
    assert [line[:14] for line in lines if "sub/9.md" in line] == ["收录  sub/9.md：癸"]
    code, shown = on_a_terminal("ingest", folder, "--db", tmp_path / "b.db", "--json")
    assert code == 1
    assert all(json.loads(line) for line in shown.splitlines())
    code, out, err = finish(start(folder, tmp_path / "c.db"))
    assert "份" not in out + err


def test_a_process_that_ignores_interrupts_goes_on(folder: Path, tmp_path: Path) -> None:
    """As in the background of a script, where Ctrl-C is meant for somebody else."""
    run = start(
        folder, tmp_path / "a.db", preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN)
    )
    os.killpg(run.pid, signal.SIGINT)
    code, out, _ = finish(run)
    assert code == 1
    assert out.splitlines()[-1].startswith("共 24 个文件")
