"""Rows of nothing but text are read at once; tag by tag they must give the same.

A comment between two cells parts a row into its tags and prints nothing: with and without it
a page is the same document, line for line, whatever stands around and inside its rows.
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.document import Row
from ingest.readers.html.reader import read_html
from ingest.readers.html.tags import ROW, cells_of, lines_of, read_tags

CELLS = st.sampled_from(
    [
        "<td>5</td>",
        "<td></td>",
        "<th>总计</th>",
        "<td> \n 12 </td>",
        '<td colspan="3">一、本年新收政府信息公开申请数量</td>',
        '<td rowspan="2" align="center">三、本年度办理结果</td>',
        '<td rowspan="0">其他</td>',
        "<td><p>7</p></td>",
        "<td>\n<p align=right>31</p>\n</td>",
        '<td><p style="display:none">99</p></td>',
        '<td style="display:none">98</td>',
        '<td style="visibility:hidden">97</td>',
        "<TD>1&nbsp;234</TD>",
        "<td>&#48;</td>",
        "<td>２３</td>",
        "<td>按《条例》第二十条公开的\n规范性文件</td>",
    ]
)
ROWS = st.builds(
    lambda opened, cells, closed: (opened, cells, closed),
    st.sampled_from(
        ["<tr>", '<tr class="row">', '<tr style="display:none">', "<TR\n>", "<tr hidden>"]
    ),
    st.lists(CELLS, min_size=1, max_size=9),
    st.sampled_from(["</tr>", "\n</TR>"]),
)
AROUND = st.sampled_from(
    [
        ("<table>", "</table>"),
        ("<table><tbody>", "</tbody></table>"),
        ("<table><thead>", "</thead><tfoot><tr><td>8</td></tr></tfoot></table>"),
        ("<div><table><caption>表</caption>", "</table></div>"),
        ("<table><tr><td>", "</td></tr></table>"),
        ('<a href="x.html"><table>', "</table></a>"),
        ('<div style="display:none"><table>', "</table></div>"),
        ("<pre><table>", "</table></pre>"),
        ("<table>行间", "</table>"),
        ("", ""),
        ("<table><tr>", "</table>"),
    ]
)
BODY = "<html><body><p>一、总体情况</p><p>正文。</p>{}<p>五、存在的主要问题及改进情况</p><p>无。</p></body></html>"


@given(AROUND, st.lists(ROWS, min_size=1, max_size=6), st.sampled_from(["", "\n", "文字"]))
def test_a_row_at_once_is_the_row_tag_by_tag(
    around: tuple[str, str], written: list[tuple[str, list[str], str]], between: str
) -> None:
    pages = []
    for parting in ("", "<!---->"):
        rows = [
            f"{first}{parting}{parting.join(cells)}{parting}{last}"
            for first, cells, last in written
        ]
        table = around[0] + between.join(rows) + around[1]
        pages.append(read_html(BODY.format(table).encode(), "page.html"))
    assert pages[0] == pages[1]


def test_only_rows_of_nothing_but_text_come_whole() -> None:
    page = (
        "<table><tr>\n<td>件</td><td><p>5</p></td></tr><tr><td>6<br>7</td><td>8</td></tr></table>"
    )
    names = [name for name, _, _, _ in read_tags(page, lambda attributes: False)]
    assert names.count(ROW) == 1
    assert "br" in names


def test_the_cells_of_a_row_and_where_their_text_begins() -> None:
    row = '\n<td colspan="2">件</td>\n<td>\n<p align="right">5</p></td>'
    assert cells_of(row) == [(' colspan="2"', "", "件"), ("", ' align="right"', "5")]
    assert lines_of(row, 3) == [4, 6]


@pytest.mark.parametrize("columns", [300, 1000])
def test_a_row_wider_than_a_table_may_be_keeps_its_first_cells(columns: int) -> None:
    cells = "".join(f"<td>{number}</td>" for number in range(1000, 1000 + columns))
    page = BODY.format(f"<table><tr>{cells}</tr></table>")
    (row,) = [b for b in read_html(page.encode(), "page.html").blocks if isinstance(b, Row)]
    assert list(row.texts) == [str(1000 + number) for number in range(len(row.texts))]
    assert len(row.texts) < columns
