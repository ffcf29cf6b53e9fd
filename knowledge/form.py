"""The official form in its editions: rows, columns, labels, units; all from `data/`.

The form was prescribed in 2019 and changed in 2021 (`data/editions.toml` names the issuing
documents). Which edition a printed table follows is read off its labels, never off the year.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Literal

from knowledge.errors import DataError, UnknownCell
from knowledge.form_files import (
    DefinitionChange,
    EditionEntry,
    EditionsFile,
    ExtraRow,
    LabelsFile,
)
from knowledge.model import CellId, Part
from knowledge.tables import load_table
from knowledge.text import data_text, solid

MAX_LABEL = 600
"""Characters of a printed label that are looked at; with the notes of one province it has 200.
Bounds what hostile text can leave in the memory of comparisons."""

_NUMBERING = re.compile(
    r"^(?:[(][一二三四五六七八九十\d]{1,3}[)]|[一二三四五六七八九十\d]{1,3}[、.,)])+"
)
_NOTE = re.compile(r"[(][^()]*[)]")
_MARKS = re.compile(r"[“”\"'《》:;。,、/]")


@dataclass(frozen=True, slots=True)
class FormColumn:
    """A column of a table: its id, official label and the unit in which its cells count."""

    column: str
    label: str
    unit: str


@dataclass(frozen=True, slots=True)
class FormRow:
    """A row of a table: its id, the group labels above it, its official label, its columns.

    `extra` marks a row that reports print although the edition does not have it.
    """

    item: str
    group: tuple[str, ...]
    label: str
    columns: tuple[FormColumn, ...]
    extra: bool = False


@dataclass(frozen=True, slots=True)
class FormTable:
    """One of the three tables of an edition, its rows in the official order."""

    part: Part
    section: str
    orientation: Literal["down", "across"]
    header: Literal["group", "table"]
    anchors: tuple[str, ...]
    rows: tuple[FormRow, ...]
    extra_columns: tuple[tuple[str, FormColumn], ...]
    """Columns outside the form, each with the column after which it is printed."""

    @property
    def cells(self) -> tuple[CellId, ...]:
        """Every cell of the form's own rows, in official order."""
        return tuple(
            CellId(row.item, column.column)
            for row in self.rows
            if not row.extra
            for column in row.columns
        )


@dataclass(frozen=True, slots=True)
class FormEdition:
    """One edition of the form. `last_year` is None while it is in force."""

    id: str
    issued_by: str
    first_year: int
    last_year: int | None
    tables: dict[Part, FormTable]


@dataclass(frozen=True)
class Form:
    """All editions together, and how their labels are printed."""

    editions: dict[str, FormEdition]
    definition_changes: tuple[DefinitionChange, ...]
    printed_rows: dict[str, tuple[str, ...]]
    printed_columns: dict[str, tuple[str, ...]]
    header_words: frozenset[str]
    signed_columns: frozenset[str]
    """Columns whose figures may carry a sign; in any other a sign makes a figure doubtful."""
    cell_words: frozenset[str]
    """Words that stand in a cell in place of a figure, folded as labels are."""
    swapped_words: tuple[str, ...]
    """Words of labels that mirrors swap for a brand."""

    @cached_property
    def _places(self) -> dict[tuple[str, CellId], tuple[FormTable, FormRow, FormColumn]]:
        places: dict[tuple[str, CellId], tuple[FormTable, FormRow, FormColumn]] = {}
        for edition in self.editions.values():
            for table in edition.tables.values():
                extra = tuple(column for _, column in table.extra_columns)
                for row in table.rows:
                    for column in row.columns + extra:
                        key = (edition.id, CellId(row.item, column.column))
                        places.setdefault(key, (table, row, column))
        return places

    @cached_property
    def _homes(self) -> dict[CellId, tuple[str, ...]]:
        homes: dict[CellId, tuple[str, ...]] = {}
        for edition, cell in self._places:
            homes[cell] = (*homes.get(cell, ()), edition)
        return homes

    def row_cores(self, item: str, label: str) -> tuple[str, ...]:
        """How the label of a row is printed, folded for comparison; the official form first."""
        return tuple(dict.fromkeys(map(label_core, (label, *self.printed_rows.get(item, ())))))

    def column_cores(self, label: str) -> tuple[str, ...]:
        """How an official column label is printed, folded for comparison."""
        return tuple(dict.fromkeys(map(label_core, (label, *self.printed_columns.get(label, ())))))

    def editions_with(self, cell: CellId) -> tuple[str, ...]:
        """The ids of the editions that print this cell; empty for statements of the text."""
        return self._homes.get(cell, ())

    def is_official(self, edition: str, cell: CellId) -> bool:
        """Whether the cell is one of the edition's own, not an extra row or column."""
        place = self._places.get((edition, cell))
        return (
            place is not None
            and not place[1].extra
            and any(column.column == cell.column for column in place[1].columns)
        )

    def place(
        self, cell: CellId, edition: str | None = None
    ) -> tuple[FormTable, FormRow, FormColumn]:
        """Table, row and column of a cell, in the edition given or else the newest that has it.

        Raises: UnknownCell if no edition (or not that edition) prints the cell.
        """
        homes = self.editions_with(cell)
        chosen = edition if edition is not None else (homes[-1] if homes else None)
        if chosen is None or (chosen, cell) not in self._places:
            raise UnknownCell(f"{cell.item} / {cell.column}")
        return self._places[(chosen, cell)]

    def label_path(self, cell: CellId, edition: str | None = None) -> str:
        """The official labels of groups, row and column, joined by ` / `."""
        _, row, column = self.place(cell, edition)
        return " / ".join((*row.group, row.label, column.label))

    def unit(self, cell: CellId, edition: str | None = None) -> str:
        """The unit in which the form counts the cell (件, 项 or 万元)."""
        return self.place(cell, edition)[2].unit

    def columns_of(self, item: str, edition: str | None = None) -> tuple[str, ...]:
        """The official columns of an item, in order; over all editions if none is named."""
        found: dict[str, None] = {}
        for home in [edition] if edition is not None else list(self.editions):
            for table in self.editions[home].tables.values():
                for row in table.rows:
                    if row.item == item:
                        found.update((column.column, None) for column in row.columns)
        return tuple(found)

    def part_of(self, item: str) -> Part | None:
        """The table in which an item stands, None for statements of the text."""
        for edition in self.editions.values():
            for part, table in edition.tables.items():
                if any(row.item == item for row in table.rows):
                    return part
        return None


def strip_numbering(label: str) -> str:
    """A folded label without its leading numbers (`三、`, `（一）`, `1.`)."""
    return _NUMBERING.sub("", label)


def label_core(label: str) -> str:
    """A label as it is compared: folded, without blanks, numbering, bracketed notes and marks.

    Notes may hold notes, and a note that is not closed (its rest stands on the next line)
    goes to the end.

    >>> label_core("（二） 部分公开（区分处理的，只计这一情形，不计其他情形）"), label_core("3. 危及“三安全一稳定”")
    ('部分公开', '危及三安全一稳定')
    >>> label_core("规范性文件（指有正式文号（含便函）的文件）"), label_core("规章（设区的市以上")
    ('规范性文件', '规章')
    """
    return _label_core(label[:MAX_LABEL])


@lru_cache(maxsize=8192)
def _label_core(label: str) -> str:
    folded = strip_numbering(solid(label))
    if "(" not in folded:
        return _MARKS.sub("", folded)
    bare, notes = folded, 1
    while notes:
        bare, notes = _NOTE.subn("", bare)
    bare = _MARKS.sub("", bare.partition("(")[0] or bare)
    return bare or _MARKS.sub("", folded.strip("()"))


def has_numbering(label: str) -> bool:
    """Whether a printed label carries its number (`（七）总计` does, the column 总计 does not)."""
    return _NUMBERING.match(solid(label)) is not None


@lru_cache(maxsize=1)
def load_form() -> Form:
    """The form with all editions, loaded once and checked.

    Raises: DataError, naming the file and entry, if the data does not hold together.
    """
    editions = load_table("editions.toml", EditionsFile)
    labels = load_table("labels.toml", LabelsFile)
    loaded = {entry.id: _edition(entry, editions) for entry in editions.edition}
    form = Form(
        editions=loaded,
        definition_changes=editions.definition_change,
        printed_rows=labels.rows,
        printed_columns=labels.columns,
        header_words=frozenset(label_core(word) for word in labels.header.words),
        signed_columns=frozenset(editions.columns.signed),
        cell_words=frozenset(label_core(word) for word in labels.cells.words),
        swapped_words=labels.brands.swapped,
    )
    _check(form, labels, editions)
    return form


def _edition(entry: EditionEntry, editions: EditionsFile) -> FormEdition:
    rows: dict[str, dict[str, FormRow]] = {}
    name = f"forms/{entry.id}.csv"
    for line in csv.DictReader(io.StringIO(data_text(name))):
        section = rows.setdefault(line["section"], {})
        column = FormColumn(line["column"], line["column_label"], line["unit"])
        row = section.get(line["item"])
        group = tuple(part for part in line["group"].split("/") if part)
        columns = (*row.columns, column) if row else (column,)
        if row and any(known.column == column.column for known in row.columns):
            raise DataError(name, f"{line['item']} / {column.column}", "出现了两次")
        section[line["item"]] = FormRow(line["item"], group, line["row_label"], columns)
    tables: dict[Part, FormTable] = {}
    for table in editions.table:
        own = rows.get(table.section)
        if own is None:
            raise DataError(name, table.section, "这一节没有单元格")
        tables[table.part] = FormTable(
            part=table.part,
            section=table.section,
            orientation=table.orientation,
            header=table.header,
            anchors=table.anchors,
            rows=_with_extra_rows(
                list(own.values()), [row for row in editions.extra_row if row.part == table.part]
            ),
            extra_columns=tuple(
                (extra.after, FormColumn(extra.column, extra.label, extra.unit))
                for extra in editions.extra_column
                if extra.part == table.part
            ),
        )
    return FormEdition(entry.id, entry.issued_by, entry.first_year, entry.last_year, tables)


def _with_extra_rows(rows: list[FormRow], extra_rows: list[ExtraRow]) -> tuple[FormRow, ...]:
    for extra in extra_rows:
        if any(row.item == extra.item for row in rows):
            continue  # this edition has the row as its own (other, on the 2019 form)
        neighbour = extra.before or extra.after
        places = [number for number, row in enumerate(rows) if row.item == neighbour]
        if not places:
            continue
        row = FormRow(
            extra.item, tuple(extra.group.split("/")), extra.label, rows[places[0]].columns, True
        )
        rows.insert(places[0] + (0 if extra.before else 1), row)
    return tuple(rows)


def _check(form: Form, labels: LabelsFile, editions: EditionsFile) -> None:
    items = {cell.item for cell in form._homes}
    columns = {column.label for _, _, column in form._places.values()}
    for item in labels.rows:
        if item not in items:
            raise DataError("labels.toml", f"rows.{item}", "没有哪个版本有这一行")
    for column in labels.columns:
        if column not in columns:
            raise DataError("labels.toml", f"columns.{column}", "没有哪个版本有这个列名")
    for signed in form.signed_columns:
        if all(cell.column != signed for cell in form._homes):
            raise DataError("editions.toml", f"columns.signed：{signed}", "没有哪个版本有这一列")
    for table in editions.table:
        for anchor in table.anchors:
            if anchor not in items:
                raise DataError("editions.toml", f"anchors：{anchor}", "没有哪个版本有这一行")
