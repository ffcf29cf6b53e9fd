"""Tables as printed to cells of the form: the labels seen, aligned to the labels expected.

The form's labels come in a known order, so the labels that a report prints are aligned with
them as two sequences; that survives broken lines and pages, repeated headers and lost
columns. A figure belongs to a cell only because its row label and its column label were
found. Its place in the run of numbers is never used: a row whose count of cells does not fit
its columns is left out and named (`incomplete_table`), the other rows stay.

Most tables print exactly the form's labels in the form's order with a figure in every cell, or
here and there a blank that a drawn grid shows: those need no search (`ingest.tables.exact`), and
the search gives the same for them, only later.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from ingest.document import Block, Document
from ingest.sections import Section, part_section
from ingest.tables.doubts import drop_doubtful, drop_misplaced
from ingest.tables.exact import read_exactly
from ingest.tables.item_columns import ItemColumns
from ingest.tables.item_rows import ItemRows
from ingest.tables.reading import TableReading, incomplete
from ingest.tables.strangers import drop_page_numbers
from ingest.tables.tokens import tokens_of
from knowledge.form import load_form
from knowledge.model import Gap, Part

NEARLY = 2.5
"""By how much labels may fit less well than those of another edition: one row's label."""

PARTS: tuple[Part, ...] = ("disclosure", "applications", "reviews")


def read_tables(document: Document, sections: tuple[Section, ...]) -> dict[Part, TableReading]:
    """The three tables of a report, each looked for under its own heading.

    Without that heading it is looked for in the whole document; where the heading is there
    and no table under it, in the other sections. A table of lines with all its labels and
    no figure is blank only if the other tables are like that too: else its figures were lost
    (a page with every repeated line removed keeps one 0 of all its tables; field-notes,
    section 3).
    """
    readings: dict[Part, TableReading] = {}
    prefer: str | None = None
    for part in PARTS:
        section = part_section(sections, part)
        blocks = section.blocks if section else document.blocks
        reading = read_table(blocks, part, section.heading if section else None, prefer)
        if reading.edition is None and section is not None:
            for other in sections:
                if other is not section and other.blocks:
                    elsewhere = read_table(other.blocks, part, other.heading, prefer)
                    if len(elsewhere.figures) > len(reading.figures):
                        reading = elsewhere
        prefer = reading.edition or prefer
        readings[part] = reading
    empty = any(reading.empty_form for reading in readings.values())
    if empty and any(reading.edition and not reading.empty_form for reading in readings.values()):
        readings = {part: _not_blank(reading, part) for part, reading in readings.items()}
    return drop_page_numbers(readings, document)


def read_table(
    blocks: Sequence[Block], part: Part, section: str | None, prefer: str | None = None
) -> TableReading:
    """The cells of one table of the form among these blocks, in official order.

    The edition is the one whose labels fit best and of whose own cells the fewest are missing;
    where two fit alike (the table of section 四 is the same in both) it is `prefer`, else the
    oldest. `section` is the report's own heading and
    goes into every figure. Cells of rows that could not be aligned are gaps `unread`, cells
    printed blank are gaps `blank`; without any table all cells are missing and one
    `incomplete_table` finding says so.
    """
    for edition in _editions(prefer):
        exact = read_exactly(blocks, edition, part, section)
        if exact is not None:
            return drop_misplaced(exact, part)
    return drop_misplaced(search_table(blocks, part, section, prefer), part)


@lru_cache(maxsize=8)
def _editions(prefer: str | None) -> tuple[str, ...]:
    return tuple(sorted(load_form().editions, key=lambda edition: edition != prefer))


def search_table(
    blocks: Sequence[Block], part: Part, section: str | None, prefer: str | None = None
) -> TableReading:
    """What `read_table` gives, by searching for the labels in whatever state they are."""
    form = load_form()
    tokens = tokens_of(blocks)
    readings = []
    for edition in form.editions.values():
        table = edition.tables[part]
        reader = (
            ItemColumns(form, edition, table)
            if table.orientation == "across"
            else ItemRows(form, edition, table)
        )
        score, reading = reader.read(tokens, section)
        unread = sum(gap.kind == "unread" for gap in reading.gaps)
        readings.append(((score, -unread, edition.id == prefer), reading))
    best = max(scored[0] for scored, _ in readings)
    # Of readings that fit nearly alike one that has every cell of its form is the table's own: a
    # label of a header that is printed again (其他) may fit a row that the other edition has.
    filled = [r for r in readings if r[1].figures] or readings  # a form may have been left empty
    whole = [r for r in filled if r[0][0] >= best - NEARLY and not r[0][1]]
    (score, _, _), reading = max(whole or readings, key=lambda scored: scored[0])
    if score <= 0 or not (reading.figures or reading.gaps):
        title = section or form.editions["2021"].tables[part].section
        return TableReading(None, findings=(incomplete(f"{title}：没有找到表格", ()),))
    return drop_doubtful(reading, part)


def _not_blank(reading: TableReading, part: Part) -> TableReading:
    """A reading whose blanks are no blanks after all, since other tables have figures."""
    if not reading.empty_form or reading.edition is None:
        return reading
    cells = tuple(gap.cell for gap in reading.gaps)
    title = load_form().editions[reading.edition].tables[part].section
    return replace(
        reading,
        gaps=tuple(Gap(cell, "unread") for cell in cells),
        findings=(incomplete(f"{title}：只有行名和列名，没有一个数，没有收录", cells),),
    )
