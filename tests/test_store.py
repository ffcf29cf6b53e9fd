"""The store: opening it, replacing files whole, judging issues of one report."""

from __future__ import annotations

import itertools
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from knowledge import schema
from knowledge.errors import StoreError, UnknownCell
from knowledge.issues import Issue, judge
from knowledge.model import CellId, Entity, Gap, Report, SectionText
from knowledge.query import counts, entities, facts_of, lookup, reports
from knowledge.search import search_sections
from knowledge.store import (
    Source,
    Store,
    Stored,
    open_for_reading,
    open_for_writing,
    replace_report,
    replace_reports,
    stored_from,
)
from tests.made_reports import (
    JINGZHI,
    MUER,
    NAMES,
    PERSONS,
    RECEIVED,
    STATED,
    figure,
    full_report,
    report,
    source,
    statement,
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_for_writing(tmp_path / "zhenwen.db") as opened:
        yield opened


def dump(store: Store) -> dict[str, list[tuple[object, ...]]]:
    """Every table's rows, to compare two states of a store."""
    tables = ("entities", "reports", "facts", "printed", "gaps", "sections", "findings")
    return {
        table: sorted(store.connection.execute(f"SELECT * FROM {table}").fetchall(), key=repr)
        for table in tables
    }


def check_integrity(store: Store) -> None:
    assert store.connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert store.connection.execute("PRAGMA foreign_key_check").fetchall() == []
    store.connection.execute(
        "INSERT INTO sections_fts (sections_fts, rank) VALUES ('integrity-check', 1)"
    )


def with_a_table() -> Report:
    """A report of which one section prints a table and names one of its labels in the text."""
    return replace(
        full_report(),
        sections=(
            SectionText(1, "overview", "一、总体情况", "完善规章制度\n规章 | 3 | 0", 30),
            SectionText(1, "disclosure", "二、主动公开", "规章制度 | 3 | 0\n公众号发布 | 1", 41),
            SectionText(1, None, "三、其他", "说明 | 公众号发布规章。", 52),
        ),
    )


# --- opening ---


def ingested(path: Path) -> Path:
    with open_for_writing(path) as store:
        replace_report(store, source("a.txt"), full_report(), NAMES)
    return path


@pytest.mark.parametrize(
    "name", ["a?b.db", "a#b.db", "a%20b.db", "a b&mode=rwc.db", "镇问.db", "a'b\".db", "file:x.db"]
)
def test_a_path_may_hold_any_character(tmp_path: Path, name: str) -> None:
    path = ingested(tmp_path / "库 ?#%" / name)
    assert path.is_file()
    with open_for_reading(path) as store:
        assert len(reports(store)) == 1


def make_other_database(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE bookmarks (url)")
    connection.close()


def set_version(version: int) -> Callable[[Path], None]:
    def change(path: Path) -> None:
        connection = sqlite3.connect(ingested(path))
        connection.execute(f"PRAGMA user_version = {version}")
        connection.close()

    return change


def remove_tables(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE t (x)")
    connection.execute("DROP TABLE t")
    connection.close()


CANNOT_READ: dict[str, tuple[Callable[[Path], object], str, str]] = {
    "missing": (lambda path: None, "没有找到事实库", "zhenwen ingest"),
    "folder": (Path.mkdir, "是文件夹", "--db"),
    "empty file": (Path.touch, "是空文件", "zhenwen ingest"),
    "empty database": (remove_tables, "是空的", "zhenwen ingest"),
    "no database": (lambda path: path.write_text("a,b\n" * 100), "不是 SQLite 文件", "--db"),
    "short text": (lambda path: path.write_text("a"), "不是 SQLite 文件", "--db"),
    "other database": (make_other_database, "别的程序", "--db"),
    "newer": (set_version(schema.VERSION + 1), "更新的镇问", "升级镇问"),
    "older": (set_version(schema.VERSION - 1), "旧版本", "zhenwen ingest"),
    "no report": (lambda path: open_for_writing(path).close(), "还没有报告", "zhenwen ingest"),
}


@pytest.mark.parametrize("case", CANNOT_READ)
def test_a_store_that_cannot_be_read_is_one_line_with_the_way_out(
    tmp_path: Path, case: str
) -> None:
    make, reason, way_out = CANNOT_READ[case]
    path = tmp_path / "库.db"
    make(path)
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(StoreError) as caught:
        open_for_reading(path)
    message = str(caught.value)
    assert str(path) in message
    assert reason in message
    assert way_out in message
    assert "\n" not in message
    assert (path.read_bytes() if path.is_file() else None) == before


@pytest.mark.parametrize("case", ["folder", "no database", "short text", "other database", "newer"])
def test_what_is_no_store_is_never_written_to(tmp_path: Path, case: str) -> None:
    make, reason, _ = CANNOT_READ[case]
    path = tmp_path / "库.db"
    make(path)
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(StoreError, match=reason):
        open_for_writing(path)
    assert (path.read_bytes() if path.is_file() else None) == before


@pytest.mark.parametrize("case", ["empty file", "empty database", "older", "no report"])
def test_writing_makes_a_store_of_what_may_become_one(tmp_path: Path, case: str) -> None:
    path = tmp_path / "库.db"
    CANNOT_READ[case][0](path)
    ingested(path)
    with open_for_reading(path) as store:
        assert [fact.value for fact in lookup(store, JINGZHI, 2020, RECEIVED)] == [5]


def test_a_folder_that_cannot_be_made_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="不能建立事实库"):
        open_for_writing(tmp_path / "file" / "zhenwen.db")


def test_a_path_with_a_line_break_is_still_one_line(tmp_path: Path) -> None:
    with pytest.raises(StoreError) as caught:
        open_for_reading(tmp_path / "a\nb.db")
    assert "\n" not in str(caught.value)


def test_a_reader_cannot_write(tmp_path: Path) -> None:
    with (
        open_for_reading(ingested(tmp_path / "z.db")) as store,
        pytest.raises(StoreError, match="不能写"),
    ):
        replace_report(store, source("b.txt"), full_report(), NAMES)


def test_a_damaged_store_says_so(tmp_path: Path) -> None:
    path = ingested(tmp_path / "z.db")
    content = bytearray(path.read_bytes())
    content[100:4096] = b"\xff" * 3996
    path.write_bytes(content)
    with pytest.raises(StoreError, match="已损坏"):
        open_for_reading(path)


def test_two_processes_may_make_one_store(tmp_path: Path) -> None:
    path = tmp_path / "z.db"
    code = (
        "import sys; from pathlib import Path; from knowledge.store import open_for_writing;"
        "open_for_writing(Path(sys.argv[1])).close()"
    )
    running = [subprocess.Popen([sys.executable, "-c", code, str(path)]) for _ in range(3)]
    assert [process.wait() for process in running] == [0, 0, 0]
    with open_for_writing(path) as store:
        applied = store.connection.execute("SELECT name FROM _sqlite_migrations").fetchall()
        assert applied == [("0001_tables",), ("0002_corrected",), ("0003_search_prose_only",)]


def test_a_store_that_another_process_is_making_is_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "z.db"
    with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as other:
        other.execute("PRAGMA user_version = 0")
        other.execute("BEGIN IMMEDIATE")  # it may still be read, but is not WAL yet
        later = threading.Timer(0.3, other.rollback)
        later.start()
        with open_for_writing(path) as store:
            assert store.connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        later.join()


def test_a_store_of_the_first_version_is_brought_up_to_date(tmp_path: Path) -> None:
    path = tmp_path / "z.db"
    with open_for_writing(path) as store:
        replace_report(store, source("a.txt"), full_report(), NAMES)
        store.connection.execute("ALTER TABLE reports DROP COLUMN corrected")
        store.connection.execute("DELETE FROM _sqlite_migrations WHERE name = '0002_corrected'")
        store.connection.execute("PRAGMA user_version = 1")
    with pytest.raises(StoreError, match="旧版本"):
        open_for_reading(path)
    with open_for_writing(path) as store:
        replace_report(store, source("b.txt"), report(year=2021), NAMES)
        assert len(facts_of(store, JINGZHI, 2020)) == 5


SECOND_VERSION = """
DROP TABLE sections_fts;
DROP VIEW sections_searched;
ALTER TABLE sections DROP COLUMN prose;
CREATE VIRTUAL TABLE sections_fts USING fts5 (
  heading, text, content='sections', content_rowid='id', tokenize='trigram'
);
CREATE TRIGGER sections_ai AFTER INSERT ON sections BEGIN
  INSERT INTO sections_fts (rowid, heading, text) VALUES (new.id, new.heading, new.text);
END;
CREATE TRIGGER sections_ad AFTER DELETE ON sections BEGIN
  INSERT INTO sections_fts (sections_fts, rowid, heading, text)
  VALUES ('delete', old.id, old.heading, old.text);
END;
CREATE TRIGGER sections_au AFTER UPDATE ON sections BEGIN
  INSERT INTO sections_fts (sections_fts, rowid, heading, text)
  VALUES ('delete', old.id, old.heading, old.text);
  INSERT INTO sections_fts (rowid, heading, text) VALUES (new.id, new.heading, new.text);
END;
INSERT INTO sections_fts (sections_fts) VALUES ('rebuild');
DELETE FROM _sqlite_migrations WHERE name = '0003_search_prose_only';
PRAGMA user_version = 2;
"""


def test_a_store_of_the_second_version_is_brought_up_to_date(tmp_path: Path) -> None:
    path = tmp_path / "z.db"
    with open_for_writing(path) as store:
        replace_report(store, source("a.txt"), with_a_table(), NAMES)
        made = dump(store)
        store.connection.executescript(SECOND_VERSION)
        assert len(search_sections(store, "规章制度")) == 2
    with pytest.raises(StoreError, match="旧版本"):
        open_for_reading(path)
    with open_for_writing(path) as store:
        assert dump(store) == made
        assert [section.line for _, section in search_sections(store, "规章制度")] == [30]
        replace_report(store, source("a.txt", "2"), full_report(), NAMES)
        assert search_sections(store, "规章制度") == []
        check_integrity(store)


# --- replacing ---


def test_the_same_file_replaces_itself_whole(store: Store) -> None:
    assert replace_report(store, source("a.txt"), full_report(), NAMES) == "stored"
    once = dump(store)
    assert replace_report(store, source("a.txt"), full_report(), NAMES) == "replaced"
    again = dump(store)
    assert [len(rows) for rows in again.values()] == [len(rows) for rows in once.values()]
    assert len(again["facts"]) == 5

    small = report(figure(PERSONS, "3"))
    assert replace_report(store, source("a.txt", "2"), small, NAMES) == "replaced"
    assert stored_from(store, source("a.txt").path) == Stored("2", JINGZHI, 2020, 1)
    assert [fact.value for fact in facts_of(store, JINGZHI, 2020)] == [3]
    assert search_sections(store, "政府信息公开申请") == []
    assert store.connection.execute("SELECT count(*) FROM findings, gaps").fetchone() == (0,)
    # Sentences go with their report; row labels that all reports share may stay.
    assert store.connection.execute(
        "SELECT count(*) FROM printed WHERE report_id IS NOT NULL"
    ).fetchone() == (0,)
    check_integrity(store)


def test_a_file_that_changes_entity_or_year_takes_its_facts_along(store: Store) -> None:
    replace_report(store, source("a.txt"), full_report(), NAMES)
    moved = report(figure(RECEIVED, "7"), entity=MUER, year=2019)
    assert replace_report(store, source("a.txt"), moved, NAMES) == "replaced"
    assert entities(store) == [(MUER, (2019,))]
    assert store.connection.execute("SELECT name FROM entities").fetchall() == [("木耳镇",)]
    assert facts_of(store, JINGZHI, 2020) == []
    assert [fact.value for fact in facts_of(store, MUER, 2019)] == [7]
    check_integrity(store)


def test_a_file_that_leaves_its_group_frees_the_others(store: Store) -> None:
    replace_report(store, source("a.txt"), full_report(), NAMES)
    twin = report(figure(RECEIVED, "5"), file="b.txt")
    assert replace_report(store, source("b.txt"), twin, NAMES) == "duplicate"
    replace_report(store, source("a.txt"), replace(full_report(), year=2021), NAMES)
    assert [record.file for record in reports(store, year=2020)] == ["b.txt"]


def test_one_name_in_two_regions_is_two_entities(store: Store) -> None:
    for number, region in enumerate((None, "重庆市/渝北区", "甘肃省/庆阳市/某县")):
        made = report(figure(RECEIVED, str(number + 1)), entity=Entity("木耳镇", region))
        replace_report(store, source(f"{number}.txt"), made, NAMES)
    assert [entity.region for entity, _ in entities(store)] == [
        None,
        "甘肃省/庆阳市/某县",
        "重庆市/渝北区",
    ]
    assert [fact.value for fact in lookup(store, MUER, 2020, RECEIVED)] == [1]


def test_what_is_wrong_with_a_report_leaves_the_store_as_it_was(store: Store) -> None:
    replace_report(store, source("a.txt"), full_report(), NAMES)
    before = dump(store)
    wrong: list[tuple[Report, type[Exception]]] = [
        (report(figure(RECEIVED, "1"), figure(CellId("gdp", "total"), "2")), UnknownCell),
        (report(statement("1", "收到1件")), UnknownCell),
        (report(figure(RECEIVED, "0.12345678901234567890")), ValueError),
        (report(figure(RECEIVED, "99999999999999999999")), ValueError),
        (replace(report(), gaps=(Gap(CellId("gdp", "total"), "blank"),)), UnknownCell),
    ]
    for bad, error in wrong:
        with pytest.raises(error):
            replace_report(store, source("a.txt", "2"), bad, {})
        assert dump(store) == before
    assert not store.connection.in_transaction


def test_one_bad_report_of_a_batch_is_left_out_alone(store: Store) -> None:
    """The batch is written again without it: nothing of the first attempt may stay."""
    replace_report(store, source("b.txt"), full_report(), NAMES)
    bad = replace(full_report(), figures=(figure(CellId("gdp", "total"), "2"),))
    other = replace(with_a_table(), year=2021)
    written = replace_reports(
        store,
        [(source("a.txt"), other), (source("b.txt", "2"), bad), (source("c.txt"), other)],
        NAMES,
    )
    assert [str(outcome) for outcome in written] == ["stored", "gdp / total", "duplicate"]
    assert stored_from(store, source("b.txt").path) == Stored("1", JINGZHI, 2020, 5)
    found = [
        (record.year, section.line) for record, section in search_sections(store, "公众号发布")
    ]
    assert sorted(found) == [(2020, 33), (2021, 52)]
    assert len(search_sections(store, "规章制度")) == 1
    check_integrity(store)


def test_a_file_may_come_twice_in_one_batch(store: Store) -> None:
    """The index takes a batch's sections last: what was replaced before is not there to remove."""
    assert replace_reports(
        store,
        [(source("a.txt"), with_a_table()), (source("a.txt", "2"), full_report())],
        NAMES,
    ) == ["stored", "replaced"]
    assert search_sections(store, "规章制度") == []
    assert [section.line for _, section in search_sections(store, "公众号")] == [33]
    check_integrity(store)


def test_a_narrative_measure_may_be_renamed(store: Store) -> None:
    replace_report(store, source("a.txt"), full_report(), NAMES)
    replace_report(store, source("a.txt"), full_report(), {STATED: ("收到的申请（正文）", "件")})
    labels = {fact.citation.label for fact in lookup(store, JINGZHI, 2020, STATED)}
    assert labels == {"收到的申请（正文）"}


KILLED = """
import os, sys
from pathlib import Path
from knowledge.store import open_for_writing, replace_report
from tests.made_reports import NAMES, RECEIVED, figure, full_report, report, source

store = open_for_writing(Path(sys.argv[1]))
seen, last = 0, int(sys.argv[2])

def count(statement):
    global seen
    seen += 1
    if seen == last or (last == 0 and statement == "COMMIT"):
        os._exit(9)

store.connection.set_trace_callback(count)
replace_report(store, source("a.txt", "2"), report(figure(RECEIVED, "8")), NAMES)
os._exit(0)
"""


@pytest.mark.parametrize("statement_number", [2, 6, 12, 0])
def test_a_process_killed_in_the_middle_leaves_the_old_report(
    tmp_path: Path, statement_number: int
) -> None:
    path = ingested(tmp_path / "z.db")
    with open_for_reading(path) as store:
        before = dump(store)
    command = [sys.executable, "-c", KILLED, str(path), str(statement_number)]
    assert subprocess.run(command, cwd=Path(__file__).parents[1], check=False).returncode == 9
    with open_for_writing(path) as store:
        assert dump(store) == before
        assert replace_report(store, source("a.txt", "2"), full_report(), NAMES) == "replaced"
        check_integrity(store)


def test_an_interruption_at_any_moment_leaves_the_old_report(store: Store) -> None:
    replace_report(store, source("a.txt"), full_report(), NAMES)
    before = dump(store)
    made = report(figure(RECEIVED, "8"), statement("8", "收到8件"))
    for moment in itertools.count(1, 40):
        ticks = itertools.count(1)
        store.connection.set_progress_handler(lambda t=ticks, m=moment: next(t) == m, 1)  # type: ignore[misc]
        try:
            replace_report(store, source("a.txt"), made, NAMES)
        except StoreError:
            store.connection.set_progress_handler(None, 1)
            assert dump(store) == before
            continue
        store.connection.set_progress_handler(None, 1)
        break
    assert moment > 400
    assert [fact.value for fact in lookup(store, JINGZHI, 2020, RECEIVED)] == [8]


# --- several reports of one entity and year ---


def in_every_order(
    tmp_path: Path, made: dict[str, Report]
) -> Iterator[tuple[Store, dict[str, str]]]:
    """A store for every order of arrival, with the status of each file."""
    for number, order in enumerate(itertools.permutations(made)):
        with open_for_writing(tmp_path / f"{number}.db") as store:
            for name in order:
                replace_report(store, source(name), replace(made[name], file=name), NAMES)
            found = store.connection.execute("SELECT file, status FROM reports").fetchall()
            yield store, dict(found)


def test_duplicates_count_once_and_the_fuller_one_counts(tmp_path: Path) -> None:
    made = {
        "a.txt": report(figure(RECEIVED, "5")),
        "b.html": report(figure(RECEIVED, "5.0"), figure(PERSONS, "4"), title="更正"),
        "c.pdf": report(figure(RECEIVED, "5"), figure(PERSONS, "4")),
    }
    for store, statuses in in_every_order(tmp_path, made):
        assert statuses == {"a.txt": "duplicate", "b.html": "current", "c.pdf": "duplicate"}
        assert counts(store) == (1, 1, 2)
        assert len(lookup(store, JINGZHI, 2020, RECEIVED)) == 1


def test_what_only_the_text_states_does_not_make_a_reissue(tmp_path: Path) -> None:
    made = {
        "a.txt": report(figure(RECEIVED, "5"), statement("6", "收到6件")),
        "b.txt": report(figure(RECEIVED, "5"), statement("7", "收到7件"), figure(PERSONS, "1")),
    }
    for _, statuses in in_every_order(tmp_path, made):
        assert statuses == {"a.txt": "duplicate", "b.txt": "current"}


@pytest.mark.parametrize(
    ("later", "earlier"),
    [
        ({"title": "景芝镇2020年年度报告（更正）"}, {"published": "2022-01-01"}),
        ({"title": "关于重新发布年度报告的公告"}, {}),
        ({"published": "2021-03-02"}, {"published": "2021-01-25"}),
        (
            {"title": "修订版", "published": "2021-03-02"},
            {"title": "修订稿", "published": "2021-02-02"},
        ),
    ],
)
def test_the_later_issue_answers(
    tmp_path: Path, later: dict[str, str], earlier: dict[str, str]
) -> None:
    made = {
        "a.txt": replace(report(figure(RECEIVED, "5"), figure(PERSONS, "4")), **earlier),  # type: ignore[arg-type]
        "b.txt": replace(report(figure(RECEIVED, "6"), figure(PERSONS, "4")), **later),  # type: ignore[arg-type]
    }
    for store, statuses in in_every_order(tmp_path, made):
        assert statuses == {"a.txt": "superseded", "b.txt": "current"}
        new, old = lookup(store, JINGZHI, 2020, RECEIVED)
        assert (int(new.value), new.superseded, new.cautions) == (6, False, ("revised",))
        assert (int(old.value), old.superseded, old.cautions) == (5, True, ())
        assert lookup(store, JINGZHI, 2020, PERSONS)[0].cautions == ()
        assert [fact.value for fact in facts_of(store, JINGZHI, 2020)] == [4, 6]
        assert counts(store) == (1, 2, 4)


def test_a_report_that_the_manifest_calls_corrected_answers(tmp_path: Path) -> None:
    made = {
        "a.txt": report(figure(RECEIVED, "5"), published="2021-09-01"),
        "b.txt": replace(report(figure(RECEIVED, "6")), corrected=True),
    }
    for _, statuses in in_every_order(tmp_path, made):
        assert statuses == {"a.txt": "superseded", "b.txt": "current"}


def test_reports_without_a_common_cell_are_neither_copies_nor_issues(tmp_path: Path) -> None:
    made = {
        "table.txt": report(figure(RECEIVED, "5"), published="2021-01-05"),
        "other.txt": report(figure(PERSONS, "4")),
        "text.txt": report(statement("6", "收到6件"), published="2021-02-05", title="更正"),
    }
    for store, statuses in in_every_order(tmp_path, made):
        assert set(statuses.values()) == {"current"}
        assert counts(store) == (1, 3, 3)


@pytest.mark.parametrize(
    "dates", [(None, None), ("2021-03-02", None), ("2021-03", "2021-03-02"), ("2021-01-01",) * 2]
)
def test_where_nothing_tells_both_figures_are_shown(
    tmp_path: Path, dates: tuple[str | None, str | None]
) -> None:
    made = {
        "a.txt": report(figure(RECEIVED, "5"), published=dates[0]),
        "b.txt": report(figure(RECEIVED, "6"), published=dates[1]),
    }
    for store, statuses in in_every_order(tmp_path, made):
        assert set(statuses.values()) == {"current"}
        found = lookup(store, JINGZHI, 2020, RECEIVED)
        assert [(int(fact.value), fact.cautions) for fact in found] == [(5, ()), (6, ())]


def test_copies_and_issues_together(tmp_path: Path) -> None:
    made = {
        "first.txt": report(figure(RECEIVED, "5"), published="2021-01-05"),
        "second.txt": report(figure(RECEIVED, "6"), published="2021-02-05"),
        "second-copy.txt": report(figure(RECEIVED, "6"), published="2021-02-06"),
        "undated.txt": report(figure(RECEIVED, "7")),
    }
    for _, statuses in in_every_order(tmp_path, made):
        assert statuses == {
            "first.txt": "superseded",
            "second.txt": "duplicate",
            "second-copy.txt": "current",
            "undated.txt": "current",
        }


def test_a_short_report_that_fits_two_others_does_not_depend_on_the_order() -> None:
    def issue(number: int, *values: float) -> Issue:
        cells = {measure: frozenset({value}) for measure, value in enumerate(values)}
        name = f"{number}.txt"
        return Issue(number, None, name, f"/{name}", None, len(values), cells)

    made = [issue(1, 1, 1), issue(2, 1, 2), issue(3, 1)]
    for order in itertools.permutations(made):
        assert judge(order) == {1: "current", 2: "current", 3: "duplicate"}


def test_the_source_is_named_by_its_path(store: Store) -> None:
    assert stored_from(store, "/reports/a.txt") is None
    replace_report(store, Source("/reports/a.txt", "bytes+row+1"), full_report(), NAMES)
    known = stored_from(store, "/reports/a.txt")
    assert known == Stored("bytes+row+1", JINGZHI, 2020, 5)


def test_values_are_kept_exactly(store: Store) -> None:
    texts = ["22.6692", "-3", "999999999999999", "0.000001", "123456789.012345", "1859950.00"]
    cells = [CellId("received_new", column) for column in ("business", "research", "other")]
    cells += [RECEIVED, PERSONS, CellId("carried_over", "total")]
    made = report(*(figure(cell, text) for cell, text in zip(cells, texts, strict=True)))
    replace_report(store, source("a.txt"), made, NAMES)
    for cell, text in zip(cells, texts, strict=True):
        (fact,) = lookup(store, JINGZHI, 2020, cell)
        assert (fact.value, fact.stated) == (Decimal(text), text)
