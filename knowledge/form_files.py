"""What `data/editions.toml` and `data/labels.toml` hold, checked as they are read."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

from knowledge.model import Part


class DefinitionChange(BaseModel):
    """A measure whose meaning differs between two editions, and in what."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    items: tuple[str, ...]
    between: tuple[str, str]
    note: str


class EditionEntry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    issued_by: str
    first_year: int
    last_year: int | None = None


class TableEntry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    part: Part
    section: str
    orientation: Literal["down", "across"]
    header: Literal["group", "table"]
    anchors: tuple[str, ...]


class ExtraRow(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    part: Part
    item: str
    group: str
    label: str
    before: str | None = None
    after: str | None = None


class ExtraColumn(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    part: Part
    column: str
    label: str
    unit: str
    after: str


class ColumnWords(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    signed: tuple[str, ...]


class EditionsFile(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    edition: tuple[EditionEntry, ...]
    table: tuple[TableEntry, ...]
    columns: ColumnWords
    extra_row: tuple[ExtraRow, ...] = ()
    extra_column: tuple[ExtraColumn, ...] = ()
    definition_change: tuple[DefinitionChange, ...] = ()


class HeaderWords(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    words: tuple[str, ...]


class CellWords(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    words: tuple[str, ...]


class BrandWords(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    swapped: tuple[str, ...]


class LabelsFile(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    rows: dict[str, tuple[str, ...]]
    columns: dict[str, tuple[str, ...]]
    header: HeaderWords
    cells: CellWords
    brands: BrandWords
