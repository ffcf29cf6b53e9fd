"""Files are read side by side in bounded processes: one monstrous file costs only itself."""

from __future__ import annotations

import faulthandler
import os
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ingest.readers import text
from ingest.running import workers
from ingest.running.bounds import Limits, grant_recognition
from ingest.running.workers import Answer, Task, Workers, read_task
from knowledge.model import Report
from tests.conftest import EXAMPLES, ROOT

LIMITS = Limits(cpu=1, wall=30, memory=96 * 1024 * 1024)
IMPATIENT = Limits(cpu=9, wall=0.5, memory=96 * 1024 * 1024)


def misread(task: Task) -> Answer:
    """Does what the file says; else tells the file and the process that read it."""
    wish = task.content
    if wish == b"loop":
        while True:
            pass
    if wish == b"sleep":
        time.sleep(600)
    if wish == b"swell":
        held = []
        while True:
            held.append(bytearray(1 << 20))
    if wish == b"keep":
        _kept.append(bytearray(75 << 20))
    if wish == b"crash":
        faulthandler.disable()  # pytest's, which would report it
        os.kill(os.getpid(), signal.SIGSEGV)
    if wish == b"leave":
        os._exit(3)
    if wish == b"picture":
        before, _ = resource.getrlimit(resource.RLIMIT_CPU)
        grant_recognition()
        after, _ = resource.getrlimit(resource.RLIMIT_CPU)
        return f"{after - before} {len(bytearray(200 << 20))}"
    if wish == b"chatter":
        os.write(1, b"noise")
        os.write(2, b"noise")
    if wish.startswith(b"slow"):
        time.sleep(0.1)
    return f"{task.file} {os.getpid()}"


_kept: list[bytearray] = []


def tasks(*wishes: str) -> Iterator[tuple[str, Task]]:
    for number, wish in enumerate(wishes):
        yield wish, Task(wish.encode(), f"{number}.txt", ".txt", None)


def answers(*wishes: str, count: int = 2, limits: Limits = LIMITS) -> list[str]:
    with Workers[str, Report](misread, limits, count) as pool:
        found = [each for each in pool.in_order(tasks(*wishes)) if each is not None]
        assert [wish for wish, _ in found] == list(wishes)
    assert not _children()
    return [str(answer) for _, answer in found]


def _children() -> list[str]:
    path = Path(f"/proc/self/task/{os.getpid()}/children")
    return path.read_text(encoding="ascii").split() if path.exists() else []


linux = pytest.mark.skipif(sys.platform != "linux", reason="limits of memory are Linux's")


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        ("loop", "1 秒还没有读完"),
        ("sleep", "0.5 秒还没有读完"),
        pytest.param("swell", "超过 96 MB 内存", marks=linux),
        ("crash", "程序崩溃"),
        ("leave", "程序崩溃"),
    ],
)
def test_a_monstrous_file_is_refused_and_the_others_are_read(wish: str, words: str) -> None:
    others = [f"a{number}" for number in range(40)]
    limits = IMPATIENT if wish == "sleep" else LIMITS
    found = answers(*others[:20], wish, *others[20:], limits=limits)
    assert words in found.pop(20)
    numbers = [int(answer.split(".")[0]) for answer in found]
    assert numbers == [number for number in range(41) if number != 20]


def test_many_monsters_in_one_batch_cost_only_themselves() -> None:
    found = answers("a", "crash", "leave", "b", "crash", "c", "crash")
    assert [("崩溃" in answer) for answer in found] == [False, True, True, False, True, False, True]


@linux
def test_what_the_files_before_left_behind_is_not_this_files_fault() -> None:
    """Two files that keep 75 MB each: either alone is within 96 MB."""
    found = answers("keep", "keep", "keep", "a", count=1)
    assert all(".txt" in answer for answer in found), found
    assert len({answer.split()[1] for answer in found[:3]}) == 3


@linux
def test_a_picture_to_recognise_is_given_more() -> None:
    before = resource.getrlimit(resource.RLIMIT_CPU)
    grant_recognition()  # this process is not bound, and stays so
    assert resource.getrlimit(resource.RLIMIT_CPU) == before
    assert answers("picture") == [f"60 {200 << 20}"]


def test_answers_come_in_order_whoever_is_faster() -> None:
    found = answers("slow", *"abcdefghijklmnopqrstuvwxyz" * 3, "slow1", "z", count=3)
    assert [int(answer.split(".")[0]) for answer in found] == list(range(81))


def test_files_are_shared_out_to_several_processes() -> None:
    found = answers(*(f"slow{number}" for number in range(20)), count=2)
    assert len({answer.split()[1] for answer in found}) == 2


def test_items_without_a_task_pass_through_in_their_place() -> None:
    given = [("a", None), *tasks("slow"), ("b", None), ("c", None)]
    with Workers[str, Report](misread, LIMITS, 1) as pool:
        found = [each for each in pool.in_order(iter(given)) if each is not None]
    assert [(item, answer is None) for item, answer in found] == [
        ("a", True), ("slow", False), ("b", True), ("c", True)
    ]  # fmt: skip


def test_a_slow_file_at_the_front_does_not_hold_the_memory_of_all_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(workers, "WINDOW", 20)
    taken = 0

    def counted() -> Iterator[tuple[str, Task]]:
        nonlocal taken
        for item in tasks("sleep", *("a" for _ in range(200))):
            taken += 1
            yield item

    with Workers[str, Report](misread, IMPATIENT, 2) as pool:
        for found in pool.in_order(counted()):
            if found is not None:
                break
            assert taken <= 20
        assert taken <= 21
        assert sum(1 for each in pool.in_order(iter([("z", None)])) if each) == 1


def test_warnings_of_libraries_do_not_reach_the_terminal(
    capfd: pytest.CaptureFixture[str],
) -> None:
    answers("chatter")
    assert capfd.readouterr() == ("", "")


def test_beside_threads_a_process_is_not_forked() -> None:
    """A fork beside threads may hang; a new interpreter reads the same."""
    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    thread.start()
    try:
        content = (EXAMPLES / "guanpo-2023.md").read_bytes()
        task = Task(content, "a.md", ".md", None)
        with Workers[int, Report](read_task, count=1) as pool:
            pool._first = 0
            found = [each for each in pool.in_order(iter([(1, task)])) if each]
    finally:
        done.set()
        thread.join()
    assert [answer for _, answer in found] == [read_task(task)]
    assert isinstance(found[0][1], Report)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (KeyError("x"), "KeyError"),
        (RecursionError(), "嵌套太深"),
        (ValueError("a\nb"), "ValueError"),
    ],
)
def test_an_error_in_a_reader_is_a_reason_that_says_where(
    monkeypatch: pytest.MonkeyPatch, error: Exception, words: str
) -> None:
    def fail(_line: str) -> str:
        raise error

    monkeypatch.setattr(text, "_lines", fail)
    reason = read_task(Task(b"a", "a.txt", ".txt", None))
    assert isinstance(reason, str)
    assert words in reason
    assert "\n" not in reason


@linux
@pytest.mark.parametrize("wish", ["loop", "sleep", "a"])
def test_no_process_outlives_the_run_that_is_killed(wish: str) -> None:
    """`kill -9`: nobody is left to tell the readers to stop."""
    code = (
        "import time\n"
        "from tests.test_run_workers import Limits, Workers, _children, misread, tasks\n"
        f"pool = Workers(misread, Limits(cpu=60), 2)\n"
        f"for each in pool.in_order(tasks('slow', {wish!r}, {wish!r})):\n"
        "    print(*_children(), flush=True)\n"
        "time.sleep(60)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as run:
        assert run.stdout is not None
        children = run.stdout.readline().split()
        assert children
        run.kill()
    assert _gone(lambda: not any(Path("/proc", child).exists() for child in children))


def _gone(check: Callable[[], bool]) -> bool:
    for _ in range(500):
        if check():
            return True
        time.sleep(0.02)
    return False
