"""Tables as printed to cells of the form: the labels seen, aligned to the labels expected.

The form's labels come in a known order, so the labels that a report prints are aligned with
them as two sequences; that survives broken lines and pages, repeated headers and lost
columns. A figure belongs to a cell only because its row label and its column label were
found. Its place in the run of numbers is never used: a row whose count of cells does not fit
its columns is left out and named (`incomplete_table`), the other rows stay.
"""

from __future__ import annotations

from collections.abc import Sequence

from ingest.alignment import tokens_of
from ingest.document import Block
from ingest.item_columns import ItemColumns
from ingest.item_rows import ItemRows
from ingest.reading import TableReading, incomplete
from knowledge.form import load_form
from knowledge.model import Part


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
    form = load_form()
    tokens = tuple(tokens_of(blocks))
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
    (score, _, _), reading = max(readings, key=lambda scored: scored[0])
    if score <= 0 or not (reading.figures or reading.gaps):
        title = section or form.editions["2021"].tables[part].section
        return TableReading(None, findings=(incomplete(f"{title}：没有找到表格", ()),))
    return reading
