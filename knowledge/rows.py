"""What one report becomes in each table of the store; called inside a transaction of `store.py`."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from knowledge.fact_rows import Batch, measure_of, register_measure, write_facts
from knowledge.form import Form, FormColumn, FormTable
from knowledge.issues import Issue, Status, judge
from knowledge.model import NARRATIVE, CellId, Entity, Report, SectionText
from knowledge.schema import prose_of


def remove_contents(batch: Batch, report_id: int, entity_id: int, year: int) -> None:
    """Remove all that a report holds but its own row, which keeps its id."""
    if report_id in batch.unindexed:
        batch.unindexed.remove(report_id)
    else:
        batch.connection.execute(
            "INSERT INTO sections_fts (sections_fts, rowid, heading, text)"
            " SELECT 'delete', id, heading, text FROM sections_searched WHERE report_id = ?",
            (report_id,),
        )
    batch.connection.execute(
        "DELETE FROM facts WHERE entity_id = ? AND year = ? AND report_id = ?",
        (entity_id, year, report_id),
    )
    for table in ("printed", "gaps", "sections", "findings"):
        batch.connection.execute(f"DELETE FROM {table} WHERE report_id = ?", (report_id,))


def index_sections(batch: Batch) -> None:
    """Take the sections of all reports of the batch into the full text index.

    Last and in one statement, not by triggers: before each statement that may fail half done
    the index writes itself out, which made it the dearest part of a report.
    """
    if not batch.unindexed:
        return
    numbers = ", ".join(map(str, sorted(batch.unindexed)))
    batch.connection.execute(
        "INSERT INTO sections_fts (rowid, heading, text)"
        f" SELECT id, heading, text FROM sections_searched WHERE report_id IN ({numbers})"
    )
    batch.unindexed.clear()


def forget_unused_entity(connection: sqlite3.Connection, entity_id: int) -> None:
    """Remove an entity that no report belongs to any more."""
    connection.execute(
        "DELETE FROM entities WHERE id = ?"
        " AND NOT EXISTS (SELECT 1 FROM reports WHERE entity_id = entities.id)",
        (entity_id,),
    )


def write_report(batch: Batch, path: str, digest: str, report: Report) -> tuple[int, int]:
    """Write a report whose file holds nothing (any more); returns its id and its entity's.

    Its sections are searched only after `index_sections`.
    Raises: UnknownCell and ValueError as `store.replace_report` says; the report is half
    written then.
    """
    connection = batch.connection
    entity_id = _entity_id(connection, report.entity)
    report_id = _write_head(connection, entity_id, path, digest, report)
    write_facts(batch, entity_id, report_id, report)
    connection.executemany(
        "INSERT INTO gaps VALUES (?, ?, ?)",
        [
            (report_id, measure_of(batch.measures, cell), kind)
            for cell, kind in {gap.cell: gap.kind for gap in report.gaps}.items()
        ],
    )
    connection.executemany(
        "INSERT INTO sections (report_id, ordinal, level, key, heading, text, line, prose)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (report_id, ordinal, *_section_row(section))
            for ordinal, section in enumerate(report.sections)
        ],
    )
    batch.unindexed.add(report_id)
    connection.executemany(
        "INSERT INTO findings (report_id, rule, severity, text, cells) VALUES (?, ?, ?, ?, ?)",
        [
            (
                report_id,
                finding.rule,
                finding.severity,
                finding.text,
                _cells_printed(finding.cells),
            )
            for finding in report.findings
        ],
    )
    return report_id, entity_id


@lru_cache(maxsize=1024)
def _cells_printed(cells: tuple[CellId, ...]) -> str:
    # Most findings are about a sum of the form, of which there are two hundred.
    return ";".join(map("/".join, cells))


def _section_row(section: SectionText) -> tuple[object, ...]:
    text = section.text
    prose = prose_of(text)
    return (
        section.level,
        section.key,
        section.heading,
        text,
        section.line,
        None if prose == text else prose,
    )


def judge_group(connection: sqlite3.Connection, entity_id: int, year: int) -> Mapping[int, Status]:
    """Rewrite the statuses of all reports of an entity and year; returns them by id."""
    heads = connection.execute(
        "SELECT id, title, file, path, published, fact_count, corrected, status FROM reports"
        " WHERE entity_id = ? AND year = ?",
        (entity_id, year),
    ).fetchall()
    cells: dict[int, dict[int, set[float]]] = {head[0]: {} for head in heads}
    if len(heads) > 1:
        for report_id, measure_id, value in connection.execute(
            "SELECT f.report_id, f.measure_id, f.value FROM facts f"
            " JOIN measures m ON m.id = f.measure_id"
            f" WHERE f.entity_id = ? AND f.year = ? AND m.item NOT GLOB '{NARRATIVE}*'",
            (entity_id, year),
        ):
            cells[report_id].setdefault(measure_id, set()).add(value)
    statuses = judge(
        [
            Issue(
                id=report_id,
                title=title,
                file=file,
                path=path,
                published=published,
                facts=facts,
                cells={cell: frozenset(values) for cell, values in cells[report_id].items()},
                corrected=bool(corrected),
            )
            for report_id, title, file, path, published, facts, corrected, _ in heads
        ]
    )
    connection.executemany(
        "UPDATE reports SET status = ? WHERE id = ?",
        [(statuses[head[0]], head[0]) for head in heads if statuses[head[0]] != head[-1]],
    )
    return statuses


def has_form(connection: sqlite3.Connection, form: Form) -> bool:
    """Whether the store's labels are those of the form."""
    stored = connection.execute(
        'SELECT l.edition, m.item, m."column", l.position, l.label, l.unit'
        " FROM labels l JOIN measures m ON m.id = l.measure_id"
    )
    return set(stored) == set(_form_rows(form))


def write_form(connection: sqlite3.Connection, form: Form) -> None:
    """Give every cell of the form its id, and its place, label and unit in each edition."""
    connection.execute("DELETE FROM labels")
    for edition, item, column, position, label, unit in _form_rows(form):
        cell = CellId(item, column)
        number = register_measure(connection, cell, form.label_path(cell), form.unit(cell))
        connection.execute(
            "INSERT INTO labels VALUES (?, ?, ?, ?, ?)", (edition, number, position, label, unit)
        )


def _form_rows(form: Form) -> Iterator[tuple[str, str, str, int, str, str]]:
    for edition in form.editions.values():
        printed = _printed_order(edition.tables.values())
        for position, (cell, column) in enumerate(printed.items()):
            label = form.label_path(cell, edition.id)
            yield (edition.id, *cell, position, label, column.unit)


def _printed_order(tables: Iterable[FormTable]) -> dict[CellId, FormColumn]:
    """The cells of an edition as printed, extra rows and columns in their places."""
    order: dict[CellId, FormColumn] = {}
    for table in tables:
        for row in table.rows:
            for column in row.columns:
                order.setdefault(CellId(row.item, column.column), column)
                for neighbour, extra in table.extra_columns:
                    if neighbour == column.column:
                        order.setdefault(CellId(row.item, extra.column), extra)
    return order


def _entity_id(connection: sqlite3.Connection, entity: Entity) -> int:
    row = connection.execute(
        "SELECT id FROM entities WHERE name = ? AND ifnull(region, '') = ?",
        (entity.name, entity.region or ""),
    ).fetchone()
    if row is None:
        row = connection.execute(
            "INSERT INTO entities (name, region, county) VALUES (?, ?, ?) RETURNING id",
            (entity.name, entity.region or None, entity.county),
        ).fetchone()
    return int(row[0])


def _write_head(
    connection: sqlite3.Connection, entity_id: int, path: str, digest: str, report: Report
) -> int:
    row = {
        "entity_id": entity_id,
        "year": report.year,
        "title": report.title,
        "file": report.file,
        "path": path,
        "digest": digest,
        "url": report.url,
        "published": report.published,
        "corrected": int(report.corrected),
        "issuer_inferred": int(report.inferred),
        "disclosure_edition": report.editions.get("disclosure"),
        "applications_edition": report.editions.get("applications"),
        "reviews_edition": report.editions.get("reviews"),
        "fact_count": len(report.figures),
        "status": "current",
    }
    values = ", ".join(f":{column}" for column in row)
    updates = ", ".join(f"{column} = excluded.{column}" for column in row if column != "path")
    (report_id,) = connection.execute(
        f"INSERT INTO reports ({', '.join(row)}) VALUES ({values})"
        f" ON CONFLICT (path) DO UPDATE SET {updates} RETURNING id",
        row,
    ).fetchone()
    return int(report_id)
