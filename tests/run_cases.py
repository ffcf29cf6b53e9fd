"""A folder in which everything happens that a run can meet, and what a store then holds."""

from __future__ import annotations

import io
import sqlite3
import zipfile
from pathlib import Path

from tests.conftest import EXAMPLES

NAMES = ("甲山", "乙水", "丙林", "丁田", "戊岭", "己湖", "庚泉", "辛坡", "壬沟", "癸桥")


def report(name: str, *, received: int = 5) -> str:
    """A report of the 景芝镇 example under another town's name, with another first figure."""
    text = (EXAMPLES / "jingzhi-2020.md").read_text(encoding="utf-8").replace("景芝", name)
    row = "| 一、本年新收政府信息公开申请数量 | | | {0} | 0 | 0 | 0 | 0 | 0 | {0} |"
    assert row.format(5) in text
    return text.replace(row.format(5), row.format(received))


def zipped(files: dict[str, str | bytes]) -> bytes:
    """A ZIP archive of these files."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


def make_folder(folder: Path) -> Path:
    """Reports, duplicates, a re-issue, rejected files and an archive, with a manifest."""
    (folder / "sub").mkdir(parents=True)
    for number, name in enumerate(NAMES):
        (folder / f"{number}.md").write_text(report(name, received=5 + number), encoding="utf-8")
        (folder / "sub" / f"{number}.md").write_text(
            report(name, received=5 + number % 3), encoding="utf-8"
        )
    (folder / "bad.md").write_text("购物清单", encoding="utf-8")
    (folder / "empty.txt").touch()
    (folder / "pack.zip").write_bytes(
        zipped({"x/a.md": report("子丑", received=61), "b.md": report("寅卯", received=62)})
    )
    (folder / "manifest.csv").write_text(
        "file,published\n3.md,2021-01-26\nsub/3.md,2021-02-27\n", encoding="utf-8"
    )
    return folder


_CONTENTS = (
    "SELECT name, region, county FROM entities",
    "SELECT r.path, r.file, e.name, e.region, r.year, r.title, r.digest, r.url, r.published,"
    " r.issuer_inferred, r.corrected, r.disclosure_edition, r.applications_edition,"
    " r.reviews_edition, r.fact_count, r.status FROM reports r JOIN entities e"
    " ON e.id = r.entity_id",
    'SELECT item, "column", name, unit FROM measures',
    "SELECT r.path, p.edition, p.section, p.label, p.whole_quote, p.unit, p.unit_stated"
    " FROM printed p LEFT JOIN reports r ON r.id = p.report_id",
    'SELECT r.path, e.name, f.year, m.item, m."column", f.ordinal, f.value, f.stated, f.line,'
    " f.cautions, p.edition, p.section, p.label, p.unit FROM facts f"
    " JOIN reports r ON r.id = f.report_id JOIN entities e ON e.id = f.entity_id"
    " JOIN measures m ON m.id = f.measure_id JOIN printed p ON p.id = f.printed_id",
    'SELECT r.path, m.item, m."column", g.kind FROM gaps g JOIN reports r ON r.id = g.report_id'
    " JOIN measures m ON m.id = g.measure_id",
    "SELECT r.path, s.ordinal, s.level, s.key, s.heading, s.text, s.line FROM sections s"
    " JOIN reports r ON r.id = s.report_id",
    "SELECT r.path, n.rule, n.severity, n.text, n.cells FROM findings n"
    " JOIN reports r ON r.id = n.report_id",
)


def contents(db: Path) -> list[list[str]]:
    """All that a store holds, whatever numbers its rows have; fails if it is not sound."""
    with sqlite3.connect(db) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        connection.execute("INSERT INTO sections_fts (sections_fts) VALUES ('integrity-check')")
        found = [sorted(map(repr, connection.execute(query))) for query in _CONTENTS]
    connection.close()
    return found
