"""What one report becomes in each table of the store; called inside a transaction of `store.py`."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from knowledge.errors import UnknownCell
from knowledge.form import Form, FormColumn, FormTable
from knowledge.issues import Issue, judge
from knowledge.model import NARRATIVE, CellId, Entity, Report, SectionText
from knowledge.numerals import plain
from knowledge.schema import prose_of

Measures = dict[CellId, tuple[int, str, str]]
"""The id, name and unit of each measure that the store has."""

_Label = tuple[str | None, str | None, str, str, bool]
"""Edition, section, printed label, unit, and whether the report states the unit."""


@dataclass(slots=True)
class Batch:
    """One transaction, and what it has learnt so that its next report need not ask again.

    To be thrown away when the transaction ends, however it ends: the ids may be gone.
    """

    connection: sqlite3.Connection
    names: Mapping[CellId, tuple[str, str]]
    """The Chinese name and the unit of each narrative measure."""
    measures: Measures = field(init=False)
    labels: dict[_Label, int] = field(default_factory=dict)
    """The ids of the rows of `printed` that reports share."""
    numbers: dict[tuple[str, Decimal], tuple[int | float, str | None]] = field(default_factory=dict)
    """How a figure is kept: `stored_number`, and the words where they are not the number's own."""
    unindexed: set[int] = field(default_factory=set)
    """The ids of reports whose sections the full text index does not have yet."""

    def __post_init__(self) -> None:
        self.measures = _read_measures(self.connection)


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
    _write_facts(batch, entity_id, report_id, report)
    connection.executemany(
        "INSERT INTO gaps VALUES (?, ?, ?)",
        [
            (report_id, _known(batch.measures, cell), kind)
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
                ";".join(f"{cell.item}/{cell.column}" for cell in finding.cells),
            )
            for finding in report.findings
        ],
    )
    return report_id, entity_id


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


def judge_group(connection: sqlite3.Connection, entity_id: int, year: int) -> None:
    """Rewrite the statuses of all reports of an entity and year."""
    heads = connection.execute(
        "SELECT id, title, file, path, published, fact_count, corrected FROM reports"
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
            for report_id, title, file, path, published, facts, corrected in heads
        ]
    )
    connection.executemany(
        "UPDATE reports SET status = ? WHERE id = ?",
        [(status, report_id) for report_id, status in statuses.items()],
    )


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
        number = _register(connection, cell, form.label_path(cell), form.unit(cell))
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


def _read_measures(connection: sqlite3.Connection) -> Measures:
    return {
        CellId(item, column): (number, name, unit)
        for number, item, column, name, unit in connection.execute(
            'SELECT id, item, "column", name, unit FROM measures'
        )
    }


def _narrative_measure(batch: Batch, cell: CellId) -> int:
    """The id of a measure of the text, which is added or renamed where need be."""
    name = batch.names.get(cell)
    if name is None:
        raise UnknownCell(f"{cell.item} / {cell.column}")
    known = batch.measures.get(cell)
    if known is None or known[1:] != name:
        known = batch.measures[cell] = (_register(batch.connection, cell, *name), *name)
    return known[0]


def _known(measures: Measures, cell: CellId) -> int:
    if cell not in measures:
        raise UnknownCell(f"{cell.item} / {cell.column}")
    return measures[cell][0]


def _register(connection: sqlite3.Connection, cell: CellId, name: str, unit: str) -> int:
    (number,) = connection.execute(
        'INSERT INTO measures (item, "column", name, unit) VALUES (?, ?, ?, ?)'
        ' ON CONFLICT (item, "column") DO UPDATE SET name = excluded.name, unit = excluded.unit'
        " RETURNING id",
        (*cell, name, unit),
    ).fetchone()
    return int(number)


def _write_facts(batch: Batch, entity_id: int, report_id: int, report: Report) -> None:
    """Two hundred figures a report: names are bound outside of the loop, no call for most."""
    year, measures, numbers, labels = report.year, batch.measures, batch.numbers, batch.labels
    ordinals: dict[int, int] = {}
    sentences: dict[_Label, int] = {}
    facts = []
    for (
        cell,
        value,
        stated,
        unit,
        unit_stated,
        quote,
        line,
        section,
        edition,
        codes,
    ) in report.figures:
        narrative = cell[0].startswith(NARRATIVE)
        measure_id = _narrative_measure(batch, cell) if narrative else _known(measures, cell)
        kept = numbers.get((stated, value))
        if kept is None:
            kept = numbers[stated, value] = _kept(stated, value)
        label = quote.removesuffix(f" {stated}")
        if narrative or label == quote:
            # A sentence belongs to its report and goes with it.
            printed = (edition, section, quote, unit, unit_stated)
            printed_id = sentences.get(printed)
            if printed_id is None:
                printed_id = sentences[printed] = _print(batch.connection, report_id, printed)
        else:
            printed = (edition, section, label, unit, unit_stated)
            printed_id = labels.get(printed)
            if printed_id is None:
                printed_id = labels[printed] = _shared_label(batch.connection, printed)
        ordinal = ordinals.get(measure_id, 0)
        ordinals[measure_id] = ordinal + 1
        cautions = ";".join(codes) if codes else None
        facts.append(
            (entity_id, year, measure_id, report_id, ordinal, *kept, line, printed_id, cautions)
        )
    batch.connection.executemany("INSERT INTO facts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", facts)


def _kept(stated: str, value: Decimal) -> tuple[int | float, str | None]:
    number = stored_number(value)
    return number, None if stated == repr(number) == plain(value) else stated


def stored_number(value: Decimal) -> int | float:
    """The number by which SQLite keeps a value: an integer if it is one, else a double.

    A double keeps any decimal of fifteen significant digits: its shortest form is the decimal.

    Raises: ValueError for a value that would not come back exactly.

    >>> stored_number(Decimal("1859950.00")), stored_number(Decimal("22.6692"))
    (1859950, 22.6692)
    """
    number = int(value) if value == value.to_integral_value() else float(value)
    if abs(number) >= 2**63 or Decimal(repr(number)) != value:
        raise ValueError(f"{value}：有效数字太多，事实库不能精确保存")
    return number


def _shared_label(connection: sqlite3.Connection, label: _Label) -> int:
    """The id of a row label that many reports print; it stands once for all of them."""
    found = connection.execute(
        "SELECT id FROM printed WHERE report_id IS NULL AND edition IS ? AND section IS ?"
        " AND label = ? AND unit = ? AND unit_stated = ? AND whole_quote = 0",
        label,
    ).fetchone()
    return int(found[0]) if found is not None else _print(connection, None, label)


def _print(connection: sqlite3.Connection, report_id: int | None, label: _Label) -> int:
    """A new row of `printed`: a report's own sentence, or with no report a shared label."""
    (number,) = connection.execute(
        "INSERT INTO printed (report_id, whole_quote, edition, section, label, unit, unit_stated)"
        " VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id",
        (report_id, report_id is not None, *label),
    ).fetchone()
    return int(number)
