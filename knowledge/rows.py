"""What one report becomes in each table of the store; called inside a transaction of `store.py`."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

from knowledge.errors import UnknownCell
from knowledge.form import Form, FormColumn, FormTable
from knowledge.issues import Issue, judge
from knowledge.model import NARRATIVE, CellId, Entity, Figure, Report
from knowledge.numerals import plain

Measures = dict[CellId, tuple[int, str, str]]
"""The id, name and unit of each measure that the store has."""


def remove_contents(
    connection: sqlite3.Connection, report_id: int, entity_id: int, year: int
) -> None:
    """Remove all that a report holds but its own row, which keeps its id."""
    connection.execute(
        "DELETE FROM facts WHERE entity_id = ? AND year = ? AND report_id = ?",
        (entity_id, year, report_id),
    )
    for table in ("printed", "gaps", "sections", "findings"):
        connection.execute(f"DELETE FROM {table} WHERE report_id = ?", (report_id,))


def forget_unused_entity(connection: sqlite3.Connection, entity_id: int) -> None:
    """Remove an entity that no report belongs to any more."""
    connection.execute(
        "DELETE FROM entities WHERE id = ?"
        " AND NOT EXISTS (SELECT 1 FROM reports WHERE entity_id = entities.id)",
        (entity_id,),
    )


def write_report(
    connection: sqlite3.Connection,
    path: str,
    digest: str,
    report: Report,
    names: Mapping[CellId, tuple[str, str]],
    measures: Measures,
) -> tuple[int, int]:
    """Write a report whose file holds nothing (any more); returns its id and its entity's.

    `measures` are those of the store; what the report adds to them is added here as well.
    Raises: UnknownCell and ValueError as `store.replace_report` says.
    """
    entity_id = _entity_id(connection, report.entity)
    report_id = _write_head(connection, entity_id, path, digest, report)
    _add_measures(connection, report, names, measures)
    _write_facts(connection, entity_id, report_id, report, measures)
    connection.executemany(
        "INSERT INTO gaps VALUES (?, ?, ?)",
        [
            (report_id, _known(measures, cell), kind)
            for cell, kind in {gap.cell: gap.kind for gap in report.gaps}.items()
        ],
    )
    connection.executemany(
        "INSERT INTO sections (report_id, ordinal, level, key, heading, text, line)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            (report_id, ordinal, part.level, part.key, part.heading, part.text, part.line)
            for ordinal, part in enumerate(report.sections)
        ],
    )
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


def read_measures(connection: sqlite3.Connection) -> Measures:
    """All measures of the store; once a transaction, since a report alone has 200 of them."""
    return {
        CellId(item, column): (number, name, unit)
        for number, item, column, name, unit in connection.execute(
            'SELECT id, item, "column", name, unit FROM measures'
        )
    }


def _add_measures(
    connection: sqlite3.Connection,
    report: Report,
    names: Mapping[CellId, tuple[str, str]],
    measures: Measures,
) -> None:
    """Those that the report states in its text are added or renamed."""
    for cell in dict.fromkeys(figure.cell for figure in report.figures if figure.cell.is_narrative):
        if cell not in names:
            raise UnknownCell(f"{cell.item} / {cell.column}")
        if cell not in measures or measures[cell][1:] != names[cell]:
            measures[cell] = (_register(connection, cell, *names[cell]), *names[cell])


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


def _write_facts(
    connection: sqlite3.Connection,
    entity_id: int,
    report_id: int,
    report: Report,
    measures: Measures,
) -> None:
    ordinals: Counter[CellId] = Counter()
    printed: dict[tuple[object, ...], int] = {}
    facts = []
    for figure in report.figures:
        number = stored_number(figure.value)
        facts.append(
            (
                entity_id,
                report.year,
                _known(measures, figure.cell),
                report_id,
                ordinals[figure.cell],
                number,
                None if figure.stated == repr(number) == plain(figure.value) else figure.stated,
                figure.line,
                _printed_id(connection, printed, report_id, figure),
                ";".join(figure.cautions) or None,
            )
        )
        ordinals[figure.cell] += 1
    connection.executemany("INSERT INTO facts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", facts)


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


def _printed_id(
    connection: sqlite3.Connection,
    seen: dict[tuple[object, ...], int],
    report_id: int,
    figure: Figure,
) -> int:
    """The id of the row that says how a figure is printed, written on first sight.

    A row label that many reports print stands once for all of them; a sentence belongs to its
    report and goes with it.
    """
    label = figure.quote.removesuffix(f" {figure.stated}")
    shared = not figure.cell.is_narrative and label != figure.quote
    row = (
        None if shared else report_id,
        figure.edition,
        figure.section,
        label if shared else figure.quote,
        int(not shared),
        figure.unit,
        int(figure.unit_stated),
    )
    number = seen.get(row)
    if number is not None:
        return number
    found = None
    if shared:
        found = connection.execute(
            "SELECT id FROM printed WHERE report_id IS NULL AND edition IS ?2 AND section IS ?3"
            " AND label = ?4 AND whole_quote = ?5 AND unit = ?6 AND unit_stated = ?7",
            row,
        ).fetchone()
    if found is None:
        found = connection.execute(
            "INSERT INTO printed"
            " (report_id, edition, section, label, whole_quote, unit, unit_stated)"
            " VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id",
            row,
        ).fetchone()
    seen[row] = int(found[0])
    return seen[row]
