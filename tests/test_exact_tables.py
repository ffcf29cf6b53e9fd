"""The walk that reads exact tables and the search that reads all others agree everywhere."""

from __future__ import annotations

import os
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ingest.document import Block, Document, Paragraph, Row
from ingest.readers.text import read_text
from ingest.sections import find_sections, part_section
from ingest.tables.doubts import drop_misplaced
from ingest.tables.exact import read_exactly
from ingest.tables.exact_rows import is_count, number_of
from ingest.tables.matching import PARTS, search_table
from ingest.tables.reading import MONEY, TableReading, doubt_of
from knowledge.form import load_form
from knowledge.numerals import CellNumber, cell_number
from tests.grid_blocks import grid_document
from tests.reading_cases import distinct_figures
from tests.render import Draft, draft_report, print_report
from tests.test_reading_properties import CASES, Case

EXAMPLES = int(os.environ.get("ZHENWEN_RENDERED_REPORTS", "200"))
EDITIONS = tuple(load_form().editions)


def reads_more(exact: TableReading, searched: TableReading) -> bool:
    """Whether the search lost rows that the walk has (a heading of a group printed twice), and
    gives nothing that the walk does not."""
    lost = [gap for gap in searched.gaps if gap.kind == "unread"]
    whole = not any(gap.kind == "unread" for gap in exact.gaps)
    values = {figure.cell: figure.value for figure in exact.figures}
    return bool(lost) and whole and all(values.get(f.cell) == f.value for f in searched.figures)


def compare(document: Document) -> int:
    """How many of the tables were read exactly; fails where the search gives another reading."""
    exact_tables = 0
    sections = find_sections(document)
    for part in PARTS:
        section = part_section(sections, part)
        blocks: tuple[Block, ...] = section.blocks if section else document.blocks
        for edition in EDITIONS:
            exact = read_exactly(blocks, edition, part, "三")
            if exact is not None:
                searched = search_table(blocks, part, "三", edition)
                assert exact == searched or (not exact.gaps and reads_more(exact, searched))
                looked_at = replace(exact, adds_up=False)
                assert not exact.adds_up or drop_misplaced(looked_at, part) == exact
                exact_tables += 1
                break
    return exact_tables


@pytest.mark.parametrize("layout", ["pipes", "markdown", "tabs"])
@pytest.mark.parametrize("edition", EDITIONS)
def test_whole_tables_are_read_exactly(edition: str, layout: str) -> None:
    text = print_report(draft_report(edition, distinct_figures(edition)), layout)  # type: ignore[arg-type]
    assert compare(read_text(text.encode(), "a.md")) == 3


@pytest.mark.parametrize("edition", EDITIONS)
def test_whole_grids_are_read_exactly(edition: str) -> None:
    assert compare(grid_document(draft_report(edition, distinct_figures(edition)))) == 3


def with_lines_for_groups(document: Document) -> Document:
    """The document as a page gives it whose group labels are merged over the whole table."""
    groups = {
        label
        for row in load_form().editions["2021"].tables["disclosure"].rows
        for label in row.group
    }
    return Document(
        tuple(
            Paragraph(texts[0], block.line)
            if isinstance(block, Row)
            and (texts := [cell.text for cell in block.cells if cell.text])
            and len(texts) == 1
            and texts[0] in groups
            else block
            for block in document.blocks
        )
    )


@pytest.mark.parametrize("edition", EDITIONS)
def test_group_labels_over_the_whole_width_are_read_exactly(edition: str) -> None:
    document = with_lines_for_groups(
        grid_document(draft_report(edition, distinct_figures(edition)))
    )
    assert any(isinstance(b, Paragraph) and b.text.startswith("第二十条") for b in document.blocks)
    assert compare(document) == 3


COLUMNS = sorted(
    {
        (column.column, column.unit)
        for edition in load_form().editions.values()
        for table in edition.tables.values()
        for row in table.rows
        for column in row.columns
    }
)
NUMBERS = st.one_of(
    st.from_regex(r"[0-9]{0,16}(?:[.,][0-9]{0,10})?", fullmatch=True),
    st.from_regex(r"[+-]?20[0-9]{0,7}(?:\.0+)?[件元万]{0,2}", fullmatch=True),
    st.text("0123456789０５零①².,- 元", max_size=9),
)


@example("20211", ("total", "件"))
@example("", ("total", "件"))
@given(NUMBERS, st.sampled_from(COLUMNS))
@settings(max_examples=EXAMPLES * 5)
def test_plain_figures_are_what_the_search_takes_them_for(
    text: str, column: tuple[str, str]
) -> None:
    number = cell_number(text)
    doubt = number and doubt_of(number, text.strip(), *column)
    assert number_of(text, *column) == (None if doubt else number)
    if is_count(text):
        assert column[1] in MONEY or number == CellNumber(Decimal(text), "", False)


@given(CASES)
@settings(max_examples=EXAMPLES)
def test_rendered_reports_read_alike(case: Case) -> None:
    draft = draft_report(case.edition, case.printed())
    text = print_report(draft, case.layout, case.style, case.seed)
    compare(read_text(text.encode(), "a.txt"))
    compare(grid_document(draft))


WORDS = ("其他", "总计", "自然人", "规章", "信息内容", "本年增/减", "结果维持", "（六）其他处理", "5", "—", "组织",
         "三、本年度办理结果", "第二十条第（五）项", "备注", "1.属于国家秘密", "行政复议", "小计", "2021年", "12 3")  # fmt: skip


def damage(draft: Draft, place: float, kind: int, text: str) -> None:
    """One row or cell of one table lost, doubled, moved or overwritten."""
    tables = (draft.disclosure, draft.header, draft.applications, draft.reviews)
    rows = [(table, number) for table in tables for number in range(len(table))]
    table, at = rows[int(place * (len(rows) - 1))]
    column = int(place * 7919) % len(table[at])
    if kind == 0 and len(table) > 1:
        del table[at]
    elif kind == 1:
        table.insert(at, list(table[at]))
    elif kind == 2:
        table[at], table[at - 1] = table[at - 1], table[at]
    elif kind == 3:
        table.insert(at, [text, *[""] * (len(table[at]) - 1)])
    else:
        table[at][column] = "" if kind == 4 else text


DAMAGES = st.lists(
    st.tuples(st.floats(0, 1), st.integers(0, 5), st.sampled_from(WORDS)), min_size=1, max_size=3
)


# The columns' labels before the heading of their group, and no 信息内容 beside them.
@example("2021", "pipes", [(0.27734375, 4, "其他"), (0.28125, 2, "其他")])
@example("2019", "pipes", [(0.90625, 3, "三、本年度办理结果")])
@given(st.sampled_from(EDITIONS), st.sampled_from(("pipes", "tabs")), DAMAGES)
@settings(max_examples=EXAMPLES)
def test_damaged_reports_read_alike(
    edition: str, layout: str, damages: list[tuple[float, int, str]]
) -> None:
    draft = draft_report(edition, distinct_figures(edition))
    for place, kind, text in damages:
        damage(draft, place, kind, text)
    compare(grid_document(draft))
    compare(with_lines_for_groups(grid_document(draft)))
    compare(read_text(print_report(draft, layout).encode(), "a.txt"))  # type: ignore[arg-type]
