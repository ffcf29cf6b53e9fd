"""`manifest.csv`: what the person who collected the files knows about them."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePosixPath

from knowledge.errors import UsageError

NAME = "manifest.csv"
COLUMNS = ("file", "entity", "region", "year", "title", "url", "published")
MAX_BYTES = 64 * 1024 * 1024
MAX_FIELD = 2_000


@dataclass(frozen=True, slots=True)
class ManifestRow:
    """One row; what was left empty is None. It wins over what the report's text suggests."""

    file: str
    entity: str | None = None
    region: str | None = None
    year: int | None = None
    title: str | None = None
    url: str | None = None
    published: str | None = None
    problem: str | None = None
    """Why the row cannot be used; its file is rejected with this reason."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """The rows by the absolute path of their file, and one line for each row without one."""

    rows: dict[Path, ManifestRow]
    warnings: tuple[str, ...] = ()


def read_manifest(path: Path, folder: Path, files: list[Path]) -> Manifest:
    """The manifest at `path` for the `files` found under `folder`.

    `file` in a row is a path relative to the folder, or a bare name that is unique under it.
    A row without a file, or one that points out of the folder, is a warning; a year or date
    that is none is the row's `problem`.
    Raises: UsageError if the file cannot be read, is no CSV with a `file` column, or has an
    unknown column.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}：清单读不出来（{error.strerror}）") from error
    return parse_manifest(content, path, folder, files)


def parse_manifest(content: bytes, path: Path, folder: Path, files: list[Path]) -> Manifest:
    """The manifest with these bytes, called `path`; else as `read_manifest`."""
    if len(content) > MAX_BYTES:
        raise UsageError(f"{path}：清单太大（上限 {MAX_BYTES // 1024 // 1024} MB）")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UsageError(f"{path}：清单不是 UTF-8 编码，请另存为 UTF-8 的 CSV") from None
    if "\x00" in text:
        raise UsageError(f"{path}：清单里有空字符，不是 CSV 文件")
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    by_path = {file: file for file in files}
    by_name: dict[str, list[Path]] = {}
    for file in files:
        by_name.setdefault(file.name, []).append(file)
    rows: dict[Path, ManifestRow] = {}
    warnings: list[str] = []
    try:
        _check_columns(path, reader.fieldnames)
        for number, fields in enumerate(reader, 2):
            row = _row(path, number, fields)
            found = _find(row.file, folder, by_path, by_name)
            if found is None:
                warnings.append(f"{path} 第 {number} 行：没有“{row.file[:80]}”这个文件，跳过这一行")
            elif found in rows:
                warnings.append(f"{path} 第 {number} 行：“{row.file[:80]}”重复，只用第一行")
            else:
                rows[found] = row
    except csv.Error as error:
        raise UsageError(f"{path} 第 {reader.line_num} 行：不是合格的 CSV（{error}）") from error
    return Manifest(rows, tuple(warnings))


def _check_columns(path: Path, names: object) -> None:
    if not isinstance(names, (list, tuple)) or "file" not in names:
        raise UsageError(f"{path}：清单第一行应为列名 {','.join(COLUMNS)}，缺少 file")
    unknown = [name for name in names if name not in COLUMNS]
    if unknown:
        raise UsageError(f"{path}：清单有不认识的列“{unknown[0]}”，可用的列：{','.join(COLUMNS)}")


def _row(path: Path, number: int, fields: dict[str, str]) -> ManifestRow:
    values = {name: (fields.get(name) or "").strip() for name in COLUMNS}
    if None in fields:
        raise UsageError(f"{path} 第 {number} 行：比第一行多出几格，文字里的逗号要用引号括起来")
    for name, value in values.items():
        if len(value) > MAX_FIELD:
            raise UsageError(f"{path} 第 {number} 行：{name} 太长")
    problem: str | None = None
    published = _day(values["published"])
    if values["published"] and published is None:
        problem = f"published 应写作 2021-01-26 的样子，写的是“{values['published'][:20]}”"
    year = values["year"]
    if year and not re.fullmatch(r"(?:19|20)[0-9][0-9]", year):
        year, problem = "", f"year 应为四位年份，写的是“{year[:20]}”"
    return ManifestRow(
        file=values["file"],
        entity=values["entity"] or None,
        region=values["region"].strip("/") or None,
        year=int(year) if year else None,
        title=values["title"] or None,
        url=values["url"] or None,
        published=published,
        problem=f"{path.name} 第 {number} 行：{problem}" if problem else None,
    )


def _day(written: str) -> str | None:
    """A day as `2021-01-26`, written so or as 2021-1-26 or 2021/1/26; None if it is none."""
    match = re.fullmatch(r"([0-9]{4})([-/])([0-9]{1,2})\2([0-9]{1,2})", written)
    if match is None:
        return None
    try:
        return date(int(match[1]), int(match[3]), int(match[4])).isoformat()
    except ValueError:
        return None


def _find(
    name: str, folder: Path, by_path: dict[Path, Path], by_name: dict[str, list[Path]]
) -> Path | None:
    relative = PurePosixPath(name.replace("\\", "/"))
    if not name or relative.is_absolute() or ".." in relative.parts:
        return None
    direct = by_path.get(folder / relative)
    if direct is not None:
        return direct
    same = by_name.get(name, [])
    return same[0] if len(same) == 1 else None
