"""Every fact as a row, in the columns and the order that the contract promises."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Literal

from knowledge.errors import UsageError
from knowledge.model import Fact
from knowledge.numerals import plain
from knowledge.query import every_fact
from knowledge.store import Store

if TYPE_CHECKING:
    import pyarrow

Format = Literal["csv", "jsonl", "parquet"]
Value = str | int | bool | Decimal | None

COLUMNS = (
    "entity", "county", "region", "year", "item", "column", "value", "unit", "stated",
    "section", "label", "report", "file", "line", "url", "edition", "unit_stated",
    "cautions", "superseded",
)  # fmt: skip

GROUP_ROWS = 50_000
"""Rows of a Parquet row group: some 20 MB in memory, whatever the size of the store."""


def export(store: Store, format: Format, out: BinaryIO | Path) -> int:
    """Write every fact, one a row, in the order of `query.every_fact`; returns their number.

    `csv`: UTF-8 without BOM, lines end with LF, a header row; unknown is empty, yes and no are
    `true` and `false`, values are plain decimals. `jsonl`: one object a line with the same
    keys; unknown is null, values are numbers with exactly the digits of the decimal.
    `parquet`: the same columns, values as exact decimals.

    A text that begins with `=`, `+`, `-` or `@` stays as the report prints it, for the
    contract promises the print: import the column as text where a spreadsheet might compute.

    A path is written aside and moved into place, so that a file there is either the old one
    or complete. Raises: UsageError if it cannot be written, or pyarrow is not installed.
    """
    write = {"csv": _write_csv, "jsonl": _write_jsonl, "parquet": _write_parquet}[format]
    if not isinstance(out, Path):
        return write(store, out)
    try:
        with _moved_into_place(out) as stream:
            return write(store, stream)
    except OSError as error:
        raise UsageError(f"不能写入 {out}：{error.strerror}") from error


@contextmanager
def _moved_into_place(path: Path) -> Iterator[BinaryIO]:
    path = path.resolve()
    if path.exists() and not path.is_file():  # /dev/stdout, a pipe; a folder fails here
        with path.open("wb") as stream:
            yield stream
        return
    aside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with aside.open("wb") as stream:
            yield stream
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)


def _row(fact: Fact) -> tuple[Value, ...]:
    return (
        fact.entity.name,
        fact.entity.county,
        fact.entity.region,
        fact.year,
        fact.cell.item,
        fact.cell.column,
        fact.value,
        fact.unit,
        fact.stated,
        fact.citation.section,
        fact.citation.label,
        fact.citation.report,
        fact.citation.file,
        fact.citation.line,
        fact.citation.url,
        fact.edition,
        fact.unit_stated,
        ";".join(fact.cautions),
        fact.superseded,
    )


def _write_csv(store: Store, out: BinaryIO) -> int:
    with _as_text(out) as text:
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(COLUMNS)
        count = 0
        for fact in every_fact(store):
            writer.writerow([_csv_text(value) for value in _row(fact)])
            count += 1
    return count


def _csv_text(value: Value) -> str | int:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return plain(value) if isinstance(value, Decimal) else value


def _write_jsonl(store: Store, out: BinaryIO) -> int:
    # json knows no Decimal, and a float would print 0.00001 as 1e-05.
    as_json = json.JSONEncoder(ensure_ascii=False).encode
    with _as_text(out) as text:
        count = 0
        for fact in every_fact(store):
            members = [
                f'"{name}": {plain(value) if isinstance(value, Decimal) else as_json(value)}'
                for name, value in zip(COLUMNS, _row(fact), strict=True)
            ]
            text.write("{" + ", ".join(members) + "}\n")
            count += 1
    return count


@contextmanager
def _as_text(out: BinaryIO) -> Iterator[io.TextIOWrapper]:
    """The stream as UTF-8 text with line ends left alone; it stays open afterwards."""
    text = io.TextIOWrapper(out, encoding="utf-8", newline="")
    try:
        yield text
    finally:
        text.detach()


def _write_parquet(store: Store, out: BinaryIO) -> int:
    try:
        # An extra of some 40 MB, and 0.2 s that no other command should wait for.
        import pyarrow as arrow
        from pyarrow import parquet
    except ImportError as error:
        raise UsageError("导出 parquet 需要安装：pip install 'zhenwen[parquet]'") from error
    schema = _arrow_schema()
    facts = every_fact(store)
    count = 0
    with parquet.ParquetWriter(out, schema) as writer:
        while rows := [_row(fact) for fact in islice(facts, GROUP_ROWS)]:
            columns = [list(column) for column in zip(*rows, strict=True)]
            writer.write_table(arrow.table(dict(zip(COLUMNS, columns, strict=True)), schema=schema))
            count += len(rows)
    return count


def _arrow_schema() -> pyarrow.Schema:
    import pyarrow as arrow

    types = {
        "year": arrow.int32(),
        "value": arrow.decimal128(38, 18),
        "line": arrow.int32(),
        "unit_stated": arrow.bool_(),
        "superseded": arrow.bool_(),
    }
    return arrow.schema([(name, types.get(name, arrow.string())) for name in COLUMNS])
