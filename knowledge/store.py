"""The fact store: opening it, and replacing what one file says, all at once.

Reading is in `query.py`, the tables are in `schema.py`. One transaction holds one file, so a
reader never sees half a report and an interrupted ingest leaves each file as it was or as it is.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

from knowledge import rows, schema
from knowledge.errors import StoreError, UnknownCell
from knowledge.fact_rows import Batch
from knowledge.form import load_form
from knowledge.kept import Kept
from knowledge.model import CellId, Entity, Report

BUSY_SECONDS = 30.0
"""How long a writer waits for another one; a file's transaction takes milliseconds."""

CACHE_KIB = 16 * 1024
"""Pages that a writer keeps: a batch of reports in hand (1.5 MB) and the ends of the indexes."""


_MAGIC = b"SQLite format 3\0"


@dataclass(frozen=True, slots=True)
class Source:
    """What the store needs to know of a file besides its report.

    `path` is absolute and names the file: stored again, it replaces itself. `digest` is any
    string that changes whenever the file has to be read anew.
    """

    path: str
    digest: str


@dataclass(frozen=True, slots=True)
class Stored:
    """What the store holds of a file: the digest it was read with, whose report, how many facts."""

    digest: str
    entity: Entity
    year: int
    facts: int


class Store:
    """An open fact store; closes its connection as a context manager."""

    __slots__ = ("connection", "kept", "path")

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self.connection = connection
        self.path = path
        self.kept = Kept(connection)

    def close(self) -> None:
        self.connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def open_for_reading(path: Path, *, any_thread: bool = False) -> Store:
    """A store that cannot be changed through this connection and holds at least one report.

    `any_thread`: the caller sees to it that only one thread uses it at a time, whichever.
    Raises: StoreError with one line that names the path and the way out: no file, a folder,
    an empty file, no SQLite file, another program's, an older or newer version, no report.
    """
    shown = _shown(path)
    start = _start_of(path)
    if start is None:
        raise StoreError(
            f"没有找到事实库 {shown}：请先运行 zhenwen ingest 读入报告，或用 --db 指明位置"
        )
    if not start:
        raise StoreError(f"事实库 {shown} 是空文件：请先运行 zhenwen ingest 读入报告")
    with _opening(path, "ro", any_thread=any_thread) as connection:
        version = _version(connection, shown)
        if version is None:
            raise StoreError(f"事实库 {shown} 是空的：请先运行 zhenwen ingest 读入报告")
        if version < schema.VERSION:
            raise StoreError(
                f"事实库 {shown} 是旧版本（{version}，本程序用 {schema.VERSION}）："
                "请运行一次 zhenwen ingest，它会升级事实库"
            )
        if connection.execute("SELECT 1 FROM reports LIMIT 1").fetchone() is None:
            raise StoreError(f"事实库 {shown} 里还没有报告：请先运行 zhenwen ingest 读入报告")
        return Store(connection, path)


def open_for_writing(path: Path) -> Store:
    """A store to write to, made with its folder if there is none and brought up to date.

    Raises: StoreError with one line if it cannot be made or written, or is no store of ours.
    """
    shown = _shown(path)
    _start_of(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            f"不能建立事实库 {shown}：{error.strerror}；请用 --db 换一个位置"
        ) from error
    with _opening(path, "rwc") as connection:
        version = _version(connection, shown)
        _write_ahead(connection)
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
        if version is None or version < schema.VERSION:
            schema.migrate(connection)
        store = Store(connection, path)
        form = load_form()
        if not rows.has_form(connection, form):
            with _transaction(store):
                rows.write_form(connection, form)
        return store


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Turns to write-ahead logging, for which SQLite itself does not wait: of two processes that
    make a store at once one would be told at once that it is locked."""
    until = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            busy = getattr(error, "sqlite_errorname", "").startswith("SQLITE_BUSY")
            if not busy or time.monotonic() > until:
                raise
        time.sleep(0.02)


def _start_of(path: Path) -> bytes | None:
    """The first bytes of the file, None if there is none.

    Raises: StoreError for a folder and for what is no SQLite file. SQLite itself would take a
    file of a few bytes for an empty database and write over it.
    """
    shown = _shown(path)
    try:
        with path.open("rb") as file:
            start = file.read(len(_MAGIC))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except IsADirectoryError as error:
        raise StoreError(
            f"{shown} 是文件夹，不是事实库：请用 --db 指明文件，例如 {shown}/zhenwen.db"
        ) from error
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        raise StoreError(f"事实库 {shown} 打不开（{error}）：请用 --db 指明另一个文件") from error
    if start not in (b"", _MAGIC):
        raise StoreError(f"{shown} 不是 SQLite 文件：请用 --db 指明 zhenwen ingest 写成的事实库")
    return start


@contextmanager
def _opening(
    path: Path, mode: Literal["ro", "rwc"], *, any_thread: bool = False
) -> Iterator[sqlite3.Connection]:
    """A connection that stays open if the block succeeds; SQLite's errors become one line."""
    shown = _shown(path)
    connection: sqlite3.Connection | None = None
    try:
        # A path may hold ? # %, which mean something in a URI; as_uri quotes them.
        connection = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode={mode}",
            uri=True,
            timeout=BUSY_SECONDS,
            isolation_level=None,
            check_same_thread=not any_thread,
        )
        yield connection
    except BaseException as error:
        if connection is not None:
            connection.close()
        if isinstance(error, sqlite3.DatabaseError):
            raise StoreError(_reason(shown, error)) from error
        raise


def _reason(shown: str, error: sqlite3.DatabaseError) -> str:
    name = getattr(error, "sqlite_errorname", "")
    if name.startswith("SQLITE_NOTADB"):
        return f"{shown} 不是 SQLite 文件：请用 --db 指明 zhenwen ingest 写成的事实库"
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return f"事实库 {shown} 正被另一个程序写入：请稍后再试"
    if name.startswith("SQLITE_CORRUPT"):
        return f"事实库 {shown} 已损坏：请删去它，再运行 zhenwen ingest"
    if name.startswith("SQLITE_FULL"):
        return f"事实库 {shown} 写不下了：请腾出磁盘空间后再运行 zhenwen ingest"
    return (
        f"事实库 {shown} 打不开或不能写（{error}）：请检查文件和文件夹的权限，或用 --db 换一个位置"
    )


def _version(connection: sqlite3.Connection, shown: str) -> int | None:
    """The store's version, None for a database without any table."""
    # One snapshot: another process may be making the store at this moment.
    connection.execute("BEGIN")
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    connection.execute("ROLLBACK")
    if application == schema.APPLICATION_ID:
        if version > schema.VERSION:
            raise StoreError(
                f"事实库 {shown} 由更新的镇问写成（版本 {version}，本程序只到 {schema.VERSION}）："
                "请升级镇问，或用 --db 换一个库"
            )
        return int(version)
    if tables == 0:
        return None
    raise StoreError(f"{shown} 是别的程序的数据库：请用 --db 指明 zhenwen ingest 写成的事实库")


def _shown(path: Path) -> str:
    """The path on one line, whatever its characters."""
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode()
        for character in str(path)
    )


@contextmanager
def _transaction(store: Store) -> Iterator[sqlite3.Connection]:
    """A write transaction: all of the block, or nothing of it."""
    connection = store.connection
    try:
        connection.execute("BEGIN IMMEDIATE")
        yield connection
        connection.execute("COMMIT")
    except BaseException as error:
        connection.rollback()
        if isinstance(error, sqlite3.OperationalError):
            raise StoreError(_reason(_shown(store.path), error)) from error
        raise


def stored_from(store: Store, path: str) -> Stored | None:
    """What the file at this absolute path was stored as, None if it was not."""
    return stored_from_all(store, [path]).get(path)


def stored_from_all(store: Store, paths: Collection[str]) -> dict[str, Stored]:
    """What those of the files at these absolute paths that were stored were stored as.

    A path that is no UTF-8 was never stored.
    """
    asked = [path for path in paths if path.isascii() or _encodes(path)]
    found = store.connection.execute(
        "SELECT r.path, r.digest, e.name, e.region, r.year, r.fact_count"
        " FROM reports r JOIN entities e ON e.id = r.entity_id"
        f" WHERE r.path IN ({','.join('?' * len(asked))})",
        asked,
    )
    return {
        path: Stored(digest, Entity(name, region), year, facts)
        for path, digest, name, region, year, facts in found
    }


def _encodes(path: str) -> bool:
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True


Written = Literal["stored", "replaced", "duplicate"]


def replace_report(
    store: Store,
    source: Source,
    report: Report,
    names: Mapping[CellId, tuple[str, str]],
) -> Written:
    """Store a report in place of whatever the same file said before, and judge its group anew.

    `names` gives the Chinese name and the unit of each narrative measure. The statuses of all
    reports of the entity and year (and of those that the file held before) are rewritten in
    the same transaction, so they do not depend on the order of arrival.

    Returns: `duplicate` if the report adds no cell to a fuller one, whether new or not; else
    `replaced` if the file was stored before, else `stored`.
    Raises: UnknownCell for a cell without a name; ValueError for a value that the store cannot
    hold exactly; StoreError if the disk is full or another program keeps the store. Whatever
    is raised, the store is as before.
    """
    (written,) = replace_reports(store, [(source, report)], names)
    if isinstance(written, Exception):
        raise written
    return written


def replace_reports(
    store: Store,
    reports: Iterable[tuple[Source, Report]],
    names: Mapping[CellId, tuple[str, str]],
) -> list[Written | UnknownCell | ValueError]:
    """Store several reports in one transaction, one after another as `replace_report` does.

    One that the store cannot hold leaves what its file held before; its error stands in place
    of its outcome. Fifty at once cost a third of fifty alone (performance-notes, section 4).
    Raises: StoreError; nothing is stored then.
    """
    given = list(reports)
    with _transaction(store) as connection:
        connection.execute("SAVEPOINT batch")
        try:
            outcomes = _replace_all(Batch(connection, names), given, one_by_one=False)
        except (UnknownCell, ValueError):
            connection.execute("ROLLBACK TO batch")
            outcomes = _replace_all(Batch(connection, names), given, one_by_one=True)
        connection.execute("RELEASE batch")
    return outcomes


def _replace_all(
    batch: Batch, reports: Iterable[tuple[Source, Report]], *, one_by_one: bool
) -> list[Written | UnknownCell | ValueError]:
    """The outcome of each; a report that fails is undone if `one_by_one`, else raises.

    Undoing one of many needs a savepoint for each, which is dear where nothing fails.
    """
    outcomes: list[Written | UnknownCell | ValueError] = []
    for source, report in reports:
        if not one_by_one:
            outcomes.append(_replace(batch, source, report))
            continue
        batch.connection.execute("SAVEPOINT report")
        try:
            outcomes.append(_replace(batch, source, report))
            rows.index_sections(batch)
        except (UnknownCell, ValueError) as error:
            batch.connection.execute("ROLLBACK TO report")
            batch = Batch(batch.connection, batch.names)
            outcomes.append(error)
        batch.connection.execute("RELEASE report")
    rows.index_sections(batch)
    return outcomes


def _replace(batch: Batch, source: Source, report: Report) -> Written:
    connection = batch.connection
    before = connection.execute(
        "SELECT id, entity_id, year FROM reports WHERE path = ?", (source.path,)
    ).fetchone()
    if before is not None:
        rows.remove_contents(batch, *before)
    report_id, entity_id = rows.write_report(batch, source.path, source.digest, report)
    status = rows.judge_group(connection, entity_id, report.year)[report_id]
    if before is not None and before[1:] != (entity_id, report.year):
        rows.judge_group(connection, before[1], before[2])
        rows.forget_unused_entity(connection, before[1])
    if status == "duplicate":
        return "duplicate"
    return "stored" if before is None else "replaced"


def copy_store(path: Path, target: Path) -> None:
    """A copy of the store at `path`, to try something on; the store itself is only read.

    Raises: StoreError as `open_for_reading` does, but an empty or older store is copied too.
    """
    if _start_of(path):
        with _opening(path, "ro") as connection, _opening(target, "rwc") as copy:
            connection.backup(copy)
            copy.close()
            connection.close()
