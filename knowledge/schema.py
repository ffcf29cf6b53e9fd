"""The tables of the fact store, its version, and how an older store is brought up to date.

Journalists open the store in Datasette or any SQLite tool as it is, so the names are the words
of the contract and the comments inside the tables are Chinese. `facts` is narrow: its key is
entity, year and measure, and what thousands of facts share (labels, headings, units) stands
once in `printed` and `labels`. Foreign keys are declared for those tools; enforcing them would
search all facts for every report replaced, so the writer keeps them itself and a test checks.
"""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils.db import Database

VERSION = 3
"""The version that this code reads and writes, kept as `user_version` of the file."""

APPLICATION_ID = 0x5A57454E
"""Marks a SQLite file as a fact store of this project ("ZWEN")."""

_TABLES = (
    """
CREATE TABLE entities (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,   -- 发布报告的单位，不带“人民政府”“办事处”
  region TEXT,          -- 省/市/县，不详为空
  county TEXT           -- region 中的县级一段
)""",
    "CREATE UNIQUE INDEX entities_name_region ON entities (name, ifnull(region, ''))",
    """
CREATE TABLE reports (
  id INTEGER PRIMARY KEY,
  entity_id INTEGER NOT NULL REFERENCES entities (id),
  year INTEGER NOT NULL,       -- 报告所述年度
  title TEXT,
  file TEXT NOT NULL,          -- 相对于导入文件夹的路径
  path TEXT NOT NULL UNIQUE,   -- 绝对路径
  digest TEXT NOT NULL,        -- 文件、清单行和程序版本的指纹
  url TEXT,
  published TEXT,              -- 发布日期
  issuer_inferred INTEGER NOT NULL,  -- 1：单位或年度不是出自清单或标题
  disclosure_edition TEXT,     -- 第二部分表格的版本，空：没有找到表格
  applications_edition TEXT,   -- 第三部分
  reviews_edition TEXT,        -- 第四部分
  fact_count INTEGER NOT NULL, -- 本报告的数据条数
  status TEXT NOT NULL CHECK (status IN ('current', 'superseded', 'duplicate'))
)""",
    "CREATE INDEX reports_entity_year ON reports (entity_id, year)",
    """
CREATE TABLE measures (
  id INTEGER PRIMARY KEY,
  item TEXT NOT NULL,
  "column" TEXT NOT NULL,
  name TEXT NOT NULL,          -- 最新版本的标签路径，正文数据为中文名
  unit TEXT NOT NULL,          -- 表格规定的计量单位
  UNIQUE (item, "column")
)""",
    """
CREATE TABLE labels (
  edition TEXT NOT NULL,
  measure_id INTEGER NOT NULL REFERENCES measures (id),
  position INTEGER NOT NULL,   -- 在该版本表格中的次序
  label TEXT NOT NULL,         -- 该版本的标签路径
  unit TEXT NOT NULL,
  PRIMARY KEY (edition, measure_id)
) WITHOUT ROWID""",
    """
CREATE TABLE printed (
  id INTEGER PRIMARY KEY,
  report_id INTEGER REFERENCES reports (id),  -- 只属于一份报告的语句；空：各报告共用的行标签
  edition TEXT,                -- 表格版本，正文数据为空
  section TEXT,                -- 报告自己的一级标题
  label TEXT NOT NULL,         -- 印出的行标签，或整句
  whole_quote INTEGER NOT NULL,-- 1：label 就是整段引文；0：引文是 label 加单元格
  unit TEXT NOT NULL,
  unit_stated INTEGER NOT NULL -- 1：报告写明了单位
)""",
    "CREATE INDEX printed_shared ON printed (label, section, edition) WHERE report_id IS NULL",
    "CREATE INDEX printed_owned ON printed (report_id) WHERE report_id IS NOT NULL",
    """
CREATE TABLE facts (
  entity_id INTEGER NOT NULL REFERENCES entities (id),
  year INTEGER NOT NULL,
  measure_id INTEGER NOT NULL REFERENCES measures (id),
  report_id INTEGER NOT NULL REFERENCES reports (id),
  ordinal INTEGER NOT NULL,    -- 同一指标的第几处陈述，从 0 起
  value NUMERIC NOT NULL,
  stated TEXT,                 -- 原文写法，与 value 相同时为空
  line INTEGER,                -- 行号（PDF 为页码）
  printed_id INTEGER NOT NULL REFERENCES printed (id),
  cautions TEXT,               -- 提示代码，以分号相连
  PRIMARY KEY (entity_id, year, measure_id, report_id, ordinal)
) WITHOUT ROWID""",
    # Nearly all figures are 0: without them the index is a twentieth of the size
    # (performance-notes.md, 1b). A query uses it only if it says `value <> 0`.
    "CREATE INDEX facts_not_zero ON facts (measure_id, year, value) WHERE value <> 0",
    """
CREATE TABLE gaps (
  report_id INTEGER NOT NULL REFERENCES reports (id),
  measure_id INTEGER NOT NULL REFERENCES measures (id),
  kind TEXT NOT NULL CHECK (kind IN ('blank', 'unread')),  -- 空白；未能读出
  PRIMARY KEY (report_id, measure_id)
) WITHOUT ROWID""",
    """
CREATE TABLE sections (
  id INTEGER PRIMARY KEY,
  report_id INTEGER NOT NULL REFERENCES reports (id),
  ordinal INTEGER NOT NULL,    -- 在报告中的次序
  level INTEGER NOT NULL,      -- 0 标题之前，1 部分，2 小节
  key TEXT,                    -- 属于规定结构的哪一部分
  heading TEXT,
  text TEXT NOT NULL,          -- 标题下的全部文字，含小节
  line INTEGER
)""",
    "CREATE INDEX sections_report ON sections (report_id, ordinal)",
    """
CREATE VIRTUAL TABLE sections_fts USING fts5 (
  heading, text, content='sections', content_rowid='id', tokenize='trigram'
)""",
    """
CREATE TRIGGER sections_ai AFTER INSERT ON sections BEGIN
  INSERT INTO sections_fts (rowid, heading, text) VALUES (new.id, new.heading, new.text);
END""",
    """
CREATE TRIGGER sections_ad AFTER DELETE ON sections BEGIN
  INSERT INTO sections_fts (sections_fts, rowid, heading, text)
  VALUES ('delete', old.id, old.heading, old.text);
END""",
    """
CREATE TRIGGER sections_au AFTER UPDATE ON sections BEGIN
  INSERT INTO sections_fts (sections_fts, rowid, heading, text)
  VALUES ('delete', old.id, old.heading, old.text);
  INSERT INTO sections_fts (rowid, heading, text) VALUES (new.id, new.heading, new.text);
END""",
    """
CREATE TABLE findings (
  id INTEGER PRIMARY KEY,
  report_id INTEGER NOT NULL REFERENCES reports (id),
  rule TEXT NOT NULL,
  severity TEXT NOT NULL CHECK (severity IN ('error', 'warning')),
  text TEXT NOT NULL,
  cells TEXT NOT NULL          -- item/column，以分号相连
)""",
    "CREATE INDEX findings_report ON findings (report_id)",
)

REVISED = """EXISTS (
    SELECT 1 FROM facts earlier JOIN reports issue ON issue.id = earlier.report_id
    WHERE earlier.entity_id = f.entity_id AND earlier.year = f.year
      AND earlier.measure_id = f.measure_id AND issue.status = 'superseded'
    GROUP BY earlier.report_id HAVING sum(earlier.value = f.value) = 0)"""
"""SQL for: a superseded issue states this measure, and nowhere with this value."""

REPORT_NAME = "coalesce(r.title, e.name || r.year || '年')"
"""SQL for `model.report_name`."""

_READABLE = f"""
CREATE VIEW facts_readable AS
SELECT e.name AS entity, e.county, e.region, f.year, m.item, m."column",
  coalesce(l.label, m.name) AS label,
  f.value, p.unit, p.unit_stated, coalesce(f.stated, CAST(f.value AS TEXT)) AS stated,
  {REPORT_NAME} AS report,
  p.section,
  CASE WHEN p.whole_quote THEN p.label
    ELSE p.label || ' ' || coalesce(f.stated, CAST(f.value AS TEXT)) END AS quote,
  r.file, f.line, r.url, p.edition,
  trim(ifnull(f.cautions, '')
    || CASE WHEN r.issuer_inferred AND instr(';' || ifnull(f.cautions, '') || ';', ';entity_inferred;') = 0
       THEN ';entity_inferred' ELSE '' END
    || CASE WHEN r.status = 'current' AND {REVISED} THEN ';revised' ELSE '' END, ';') AS cautions,
  r.status = 'superseded' AS superseded
FROM facts f
JOIN entities e ON e.id = f.entity_id
JOIN reports r ON r.id = f.report_id
JOIN measures m ON m.id = f.measure_id
JOIN printed p ON p.id = f.printed_id
LEFT JOIN labels l ON l.edition = p.edition AND l.measure_id = f.measure_id
WHERE r.status <> 'duplicate'"""


def _create_tables(db: Database) -> None:
    for statement in (*_TABLES, _READABLE):
        db.execute(statement)


def _add_corrected(db: Database) -> None:
    """Whether the manifest calls a report corrected; citations without an invented title."""
    db.execute(
        "ALTER TABLE reports ADD COLUMN"
        " corrected /* 1：标题或清单说明是更正后重新发布的 */ INTEGER NOT NULL DEFAULT 0"
    )
    db.execute("DROP VIEW facts_readable")
    db.execute(_READABLE)


CELL_BORDER = " | "
"""What stands between the cells of a table in the text of a section."""


def prose_of(text: str) -> str:
    """The lines of a section's text without the rows of its tables.

    Labels and figures are found in the facts. A row that holds a sentence stays: whole reports
    are laid out as tables (field-notes, section 3).

    >>> prose_of("全年公开信息\\n规章 | 0 | 0\\n三 | 公众号发布信息。")
    '全年公开信息\\n三 | 公众号发布信息。'
    """
    if CELL_BORDER not in text:
        return text
    return "\n".join([line for line in text.split("\n") if CELL_BORDER not in line or "。" in line])


_SEARCHED = (
    "DROP TRIGGER sections_ai",
    "DROP TRIGGER sections_ad",
    "DROP TRIGGER sections_au",
    "DROP TABLE sections_fts",
    "ALTER TABLE sections ADD COLUMN"
    " prose /* text 中不含表格的行，供全文检索；空：与 text 相同 */ TEXT",
    """
CREATE VIEW sections_searched AS
SELECT id, report_id, heading, coalesce(prose, text) AS text FROM sections""",
    """
CREATE VIRTUAL TABLE sections_fts USING fts5 (
  heading, text, content='sections_searched', content_rowid='id', tokenize='trigram'
)""",
)


def _search_prose_only(db: Database) -> None:
    """The full text index without the rows of tables; filled by the writer, not by triggers."""
    for statement in _SEARCHED:
        db.execute(statement)
    sections = db.execute("SELECT id, text FROM sections").fetchall()
    for number, text in sections:
        prose = prose_of(text)
        if prose != text:
            db.execute("UPDATE sections SET prose = ? WHERE id = ?", (prose, number))
    db.execute("INSERT INTO sections_fts (sections_fts) VALUES ('rebuild')")


def migrate(connection: sqlite3.Connection) -> None:
    """Bring an empty or older store to `VERSION`, all of it or nothing.

    Two processes may meet here on one new file: the second waits and finds the work done.
    """
    # 80 ms of imports that a process which only reads need not pay.
    from sqlite_utils import Database
    from sqlite_utils.migrations import Migrations

    migrations = Migrations("zhenwen")
    migrations(name="0001_tables")(_create_tables)
    migrations(name="0002_corrected")(_add_corrected)
    migrations(name="0003_search_prose_only")(_search_prose_only)
    connection.execute("BEGIN IMMEDIATE")
    try:
        migrations.apply(Database(connection, execute_plugins=False))
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {VERSION}")
        connection.execute("COMMIT")
    except BaseException:
        connection.rollback()
        raise
