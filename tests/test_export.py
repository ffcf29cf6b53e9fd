"""The export is what contract.md promises: columns, order, plain decimals, the print."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from knowledge.errors import UsageError
from knowledge.export import COLUMNS, Format, export
from knowledge.numerals import decimal_of
from knowledge.store import Store, open_for_writing, replace_report
from tests.made_reports import (
    MUER,
    NAMES,
    PERSONS,
    RECEIVED,
    figure,
    full_report,
    report,
    source,
    statement,
)

HEADER = (
    "entity,county,region,year,item,column,value,unit,stated,section,label,report,file,line,"
    "url,edition,unit_stated,cautions,superseded"
)
FORMATS: tuple[Format, ...] = ("csv", "jsonl", "parquet")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_for_writing(tmp_path / "zhenwen.db") as opened:
        made = {
            "a.txt": full_report(),
            "b.txt": report(figure(RECEIVED, "8"), title="更正"),
            "copy.txt": report(figure(RECEIVED, "8"), title="更正"),
            "m.docx": replace(
                report(
                    figure(RECEIVED, "0.000010")._replace(line=None, section=None),
                    statement("-3", '=1+2，\r\n“减少”3件, "x"'),
                    entity=MUER,
                    year=2019,
                    title=None,
                ),
                url=None,
            ),
        }
        for file, one in made.items():
            replace_report(opened, source(file), replace(one, file=file), NAMES)
        yield opened


def exported(store: Store, format: Format) -> bytes:
    out = io.BytesIO()
    export(store, format, out)
    return out.getvalue()


def test_csv_is_utf8_without_bom_with_lf_and_the_promised_header(store: Store) -> None:
    content = exported(store, "csv")
    assert content.startswith(f"{HEADER}\n木耳镇,,,2019,received_new,total,0.00001,".encode())
    assert tuple(HEADER.split(",")) == COLUMNS
    assert content.endswith(b"\n")


def test_csv_rows(store: Store) -> None:
    text = exported(store, "csv").decode("utf-8")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [(row["file"], row["item"], row["value"]) for row in rows] == [
        ("m.docx", "received_new", "0.00001"),
        ("m.docx", "narrative.applications_received", "-3"),
        ("a.txt", "procurement", "1859950"),
        ("a.txt", "received_new", "4"),
        ("a.txt", "received_new", "5"),
        ("a.txt", "narrative.applications_received", "6"),
        ("a.txt", "narrative.applications_received", "2"),
        ("b.txt", "received_new", "8"),
    ]
    unknown = {name for name, value in rows[0].items() if value == ""}
    assert unknown == {"county", "region", "section", "line", "url", "cautions"}
    assert rows[0]["stated"] == "0.000010"
    assert rows[1]["stated"] == '=1+2，\r\n“减少”3件, "x"'
    assert rows[1]["report"] == "木耳镇2019年"
    assert rows[1]["edition"] == ""
    assert rows[2]["cautions"] == "unit_not_stated;implausible_unit"
    assert [row["superseded"] for row in rows] == ["false"] * 2 + ["true"] * 5 + ["false"]
    assert [row["unit_stated"] for row in rows[:2]] == ["false", "true"]
    assert rows[7]["cautions"] == "revised"
    assert rows[7]["county"] == "安丘市"
    assert rows[7]["line"] == "212"


def test_jsonl_has_the_same_keys_and_exact_numbers(store: Store) -> None:
    lines = exported(store, "jsonl").decode("utf-8").split("\n")
    assert lines.pop() == ""
    rows = [json.loads(line, parse_float=Decimal, parse_int=Decimal) for line in lines]
    assert all(tuple(row) == COLUMNS for row in rows)
    assert '"value": 0.00001,' in lines[0]
    assert rows[2]["value"] == Decimal("1859950")
    assert rows[0]["county"] is None
    assert rows[1]["unit_stated"] is True
    assert rows[7]["superseded"] is False


def test_parquet_has_the_same_rows(store: Store, tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    path = tmp_path / "facts.parquet"
    assert export(store, "parquet", path) == 8
    rows = parquet.read_table(path).to_pylist()
    lines = exported(store, "jsonl").decode("utf-8").splitlines()
    wanted = [json.loads(line, parse_float=Decimal) for line in lines if line]
    assert rows == [row | {"value": Decimal(row["value"])} for row in wanted]


def test_parquet_holds_every_figure_that_is_read(tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    assert decimal_of("0.1234567891") is None
    texts = ["0.000000001", "999999.123456789", "999999999999999", "0.123456789"]
    values = [value for text in texts if (value := decimal_of(text)) is not None]
    assert len(values) == len(texts)
    with open_for_writing(tmp_path / "z.db") as made:
        for year, text in enumerate(texts, 2018):
            one = report(figure(RECEIVED, text), year=year)
            replace_report(made, source(f"{year}.txt"), one, NAMES)
        export(made, "parquet", tmp_path / "facts.parquet")
    rows = parquet.read_table(tmp_path / "facts.parquet").to_pylist()
    assert [row["value"] for row in rows] == values


def test_the_same_store_gives_the_same_bytes(store: Store) -> None:
    for format in FORMATS:
        assert exported(store, format) == exported(store, format)


def test_an_empty_store_gives_the_header(tmp_path: Path) -> None:
    with open_for_writing(tmp_path / "empty.db") as empty:
        assert exported(empty, "csv").decode() == f"{HEADER}\n"
        assert exported(empty, "jsonl") == b""


def test_parquet_without_pyarrow_is_one_line(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    path = tmp_path / "facts.parquet"
    path.write_text("old")
    with pytest.raises(
        UsageError, match=r"^导出 parquet 需要安装：pip install 'zhenwen\[parquet\]'$"
    ):
        export(store, "parquet", path)
    assert path.read_text() == "old"


def test_a_file_is_replaced_only_by_a_complete_one(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "out" / "facts.csv"
    path.parent.mkdir()
    path.write_text("old")
    with monkeypatch.context() as patched:
        patched.setattr("knowledge.export._row", lambda fact: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            export(store, "csv", path)
    assert path.read_text() == "old"
    assert export(store, "csv", path) == 8
    assert path.read_bytes() == exported(store, "csv")
    assert list(path.parent.iterdir()) == [path]


def test_a_link_keeps_pointing_and_a_device_stays_one(store: Store, tmp_path: Path) -> None:
    (tmp_path / "real.csv").touch()
    link = tmp_path / "link.csv"
    link.symlink_to("real.csv")
    export(store, "csv", link)
    assert link.is_symlink()
    assert (tmp_path / "real.csv").read_bytes() == exported(store, "csv")
    export(store, "csv", Path("/dev/null"))
    assert Path("/dev/null").is_char_device()


@pytest.mark.parametrize("name", [".", "missing/facts.csv", "zhenwen.db/facts.csv", "a" * 300])
def test_what_cannot_be_written_is_one_line(store: Store, tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="不能写入") as caught:
        export(store, "csv", tmp_path / name)
    assert "\n" not in str(caught.value)


def test_a_stream_stays_open(store: Store) -> None:
    out = io.BytesIO(b"")
    assert export(store, "csv", out) == 8
    assert not out.closed
    assert PERSONS.column in out.getvalue().decode()
