"""Renders reports on the official form into the layouts in which they reach people.

A `Draft` is a report as a set of grids, before any layout: tests damage the draft (a row
lost, a header repeated) and then print it in every layout. `print_report` gives the text.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from knowledge.form import FormRow, load_form
from knowledge.model import CellId, Part

Grid = list[list[str]]
Layout = Literal["lines", "tabbed_lines", "pipes", "markdown", "tabs", "spaced"]
LAYOUTS: tuple[Layout, ...] = ("lines", "tabbed_lines", "pipes", "markdown", "tabs", "spaced")
CELL_MARKED: frozenset[Layout] = frozenset({"pipes", "markdown", "tabs"})
"""Layouts that show where a cell ends, so that an empty cell can be seen."""

CORNER = "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）"
NUMBERED_GROUPS = {
    "denied": "（三）不予公开",
    "unavailable": "（四）无法提供",
    "not_processed": "（五）不予处理",
    "other": "（六）其他处理",
}


@dataclass
class Style:
    """How the characters of a report are printed."""

    half_width_brackets: bool = False
    full_width_digits: bool = False
    thousands: bool = False
    padding: str = ""
    """Put around every figure: NBSP, full-width space."""
    header_breaks: bool = False
    """Column labels broken: over lines, or by blanks where the layout has one line a row."""
    inner_blanks: bool = False
    """Blanks inside row labels (`三、 本 年 度 办 理 结 果`)."""
    trailing_cells: int = 0
    """Empty cells after 总计 in layouts with marked cells."""
    ragged: bool = False
    """Rows of fewer label levels start their figures one cell earlier (seed 000)."""
    page_break: bool = False
    torn_header: bool = False
    groups_on_the_line: bool = False
    """`spaced` only: the group label stands on the line of its first row."""
    header_on_a_line: bool = False
    """`spaced` only: a row of the header is one line, its labels parted by blanks."""


@dataclass
class Draft:
    """A report as headings, lines and grids. Row cells are labels and figures as printed."""

    edition: dict[Part, str]
    title: list[str]
    overview: list[str]
    headings: dict[str, str | None]
    before: dict[Part, list[str]] = field(default_factory=dict)
    """Lines between a heading and its table."""
    disclosure: Grid = field(default_factory=list)
    header: Grid = field(default_factory=list)
    """The header rows of the table of applications."""
    applications: Grid = field(default_factory=list)
    reviews: Grid = field(default_factory=list)
    texts: dict[str, list[str]] = field(default_factory=dict)
    """Lines behind the title (`preamble`) and under a heading without a table, else 无。"""


HEADINGS = {
    "overview": "一、总体情况",
    "disclosure": "二、主动公开政府信息情况",
    "applications": "三、收到和处理政府信息公开申请情况",
    "reviews": "四、政府信息公开行政复议、行政诉讼情况",
    "problems": "五、存在的主要问题及改进情况",
    "other": "六、其他需要报告的事项",
}


NOTHING = ["无。"]
"""What stands under a heading that has nothing to say."""


def cells_of(edition: str, part: Part) -> tuple[CellId, ...]:
    return load_form().editions[edition].tables[part].cells


def all_cells(edition: str) -> tuple[CellId, ...]:
    return tuple(
        cell
        for part in ("disclosure", "applications", "reviews")
        for cell in cells_of(edition, part)
    )


def draft_report(
    edition: str | Mapping[Part, str],
    figures: Mapping[CellId, str],
    *,
    title: str = "清河镇人民政府2020年政府信息公开工作年度报告",
    overview: Iterable[str] = ("全年依法推进政府信息公开。",),
) -> Draft:
    """A report on the form of `edition` (one for all tables, or one a table).

    `figures` holds what is printed in each cell; a cell that is missing there is blank.
    """
    parts: tuple[Part, ...] = ("disclosure", "applications", "reviews")
    editions: dict[Part, str] = (
        dict.fromkeys(parts, edition) if isinstance(edition, str) else dict(edition)
    )
    draft = Draft(editions, [title], list(overview), dict(HEADINGS))
    form = load_form()
    own = form.editions[editions["disclosure"]].tables["disclosure"]
    group: tuple[str, ...] = ()
    for row in own.rows:
        if row.extra:
            continue
        if row.group != group:
            group = row.group
            draft.disclosure.append([group[-1], "", "", ""])
            draft.disclosure.append(_wide(["信息内容", *(c.label for c in row.columns)], 4))
        draft.disclosure.append(_wide([row.label, *_values(row, figures)], 4))
    draft.header = [
        [CORNER, "", "", "申请人情况", "", "", "", "", "", ""],
        ["", "", "", "自然人", "法人或其他组织", "", "", "", "", "总计"],
        ["", "", "", "", "商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他", ""],
    ]
    seen: set[str] = set()
    for row in form.editions[editions["applications"]].tables["applications"].rows:
        if row.extra:
            continue
        labels = [label if label not in seen else "" for label in row.group]
        seen.update(row.group)
        draft.applications.append([*_wide([*labels, row.label], 3), *_values(row, figures)])
    rows = form.editions[editions["reviews"]].tables["reviews"].rows
    leaves = [column.label for column in rows[0].columns]
    draft.reviews = [
        ["行政复议", "", "", "", "", "行政诉讼", *[""] * 9],
        [*leaves, "未经复议直接起诉", *[""] * 4, "复议后起诉", *[""] * 4],
        [*[""] * 5, *leaves, *leaves],
        [value for row in rows for value in _values(row, figures)],
    ]
    return draft


def _values(row: FormRow, figures: Mapping[CellId, str]) -> list[str]:
    return [figures.get(CellId(row.item, column.column), "") for column in row.columns]


def _wide(cells: list[str], width: int) -> list[str]:
    return [*cells, *[""] * (width - len(cells))]


def print_report(draft: Draft, layout: Layout, style: Style | None = None, seed: int = 0) -> str:
    """The draft as text; `seed` decides where labels and pages break."""
    printer = _Printer(layout, style or Style(), random.Random(seed))
    lines: list[str] = [*draft.title, *draft.texts.get("preamble", []), ""]
    for key, heading in draft.headings.items():
        if heading is not None:
            lines += [printer.label(heading), ""]
        if key == "overview":
            lines += [*draft.overview, ""]
        elif key == "disclosure":
            lines += [*draft.before.get("disclosure", []), *printer.disclosure(draft.disclosure)]
        elif key == "applications":
            lines += draft.before.get("applications", [])
            lines += printer.applications(draft.header, draft.applications)
        elif key == "reviews":
            lines += [*draft.before.get("reviews", []), *printer.reviews(draft.reviews)]
        else:
            lines += [*draft.texts.get(key, NOTHING), ""]
    return "\n".join(lines) + "\n"


class _Printer:
    def __init__(self, layout: Layout, style: Style, chance: random.Random) -> None:
        self.layout, self.style, self.chance = layout, style, chance

    def disclosure(self, grid: Grid) -> list[str]:
        printed = []
        for row in grid:
            header = row[0] == "信息内容"
            cells = [self.label(row[0]), *(self._cell(cell, header) for cell in row[1:])]
            printed.append(cells if self._marked else _trimmed(cells))
        return self._table(printed, first_values=1)

    def applications(self, header: Grid, rows: Grid) -> list[str]:
        torn = self.style.torn_header and self._marked
        top = [[self._cell(cell, True) for cell in row] for row in header]
        if torn:
            last = top[-1]
            follow = [""] * len(last)
            for column, label in enumerate(last):
                if len(label) == 6:
                    last[column], follow[column] = label[:4], label[4:]
            top.append(follow)
        printed = [row if self._marked else [c for c in row if c] for row in top]
        for row in rows:
            labels, values = row[:3], row[3:]
            cells = [self.label(label) for label in labels]
            figures = [self._cell(value, False) for value in values]
            if not self._marked:
                printed.append([*(label for label in cells if label), *figures])
                continue
            if self.style.ragged and not labels[2]:
                printed.append([*cells[:2], *figures, ""])
            else:
                printed.append([*cells, *figures])
        return self._table(printed, first_values=len(top))

    def reviews(self, grid: Grid) -> list[str]:
        printed = [[self._cell(cell, row is not grid[-1]) for cell in row] for row in grid]
        if not self._marked:
            printed = [[c for c in row if c] for row in printed[:-1]] + printed[-1:]
        return self._table(printed, first_values=len(grid) - 1)

    @property
    def _marked(self) -> bool:
        return self.layout in CELL_MARKED

    def label(self, text: str) -> str:
        if self.style.half_width_brackets:
            text = text.translate({0xFF08: "(", 0xFF09: ")", 0xFF0C: ","})
        if self.style.inner_blanks and len(text) > 4 and self.layout in CELL_MARKED | {"lines"}:
            cut = self.chance.randrange(2, len(text))
            text = f"{text[:cut]} {text[cut:]}"
        return text

    def _cell(self, text: str, header: bool) -> str:
        if header or not any(c.isdigit() for c in text):
            if self.style.header_breaks and header and len(text) in (4, 7) and "(" not in text:
                gap = "\n" if self.layout in ("lines", "tabbed_lines") else " "
                if self.layout != "spaced":
                    return text[:2] + gap + text[2:]
            return self.label(text) if header and len(text) > 12 else text
        return self.figure(text)

    def figure(self, text: str) -> str:
        if self.style.thousands and text.isdigit() and len(text) > 3:
            text = f"{int(text):,}"
        if self.style.full_width_digits:
            text = "".join(chr(ord(c) + 0xFEE0) if c.isdigit() else c for c in text)
        # In a layout parted by blanks a blank around a figure is no part of the cell.
        return text if self.layout == "spaced" else f"{self.style.padding}{text}"

    def _table(self, rows: Grid, first_values: int) -> list[str]:
        writers: dict[Layout, Callable[[Grid, int], list[str]]] = {
            "lines": self._lines,
            "tabbed_lines": self._lines,
            "pipes": self._pipes,
            "markdown": self._markdown,
            "tabs": self._tabs,
            "spaced": self._spaced,
        }
        if self._marked and self.style.trailing_cells:
            rows = [[*row, *[""] * self.style.trailing_cells] for row in rows]
        return [*writers[self.layout](rows, first_values), ""]

    def _breaks_before(self, number: int, first_values: int) -> bool:
        return self.style.page_break and number > first_values and self.chance.random() < 0.12

    def _lines(self, rows: Grid, first_values: int) -> list[str]:
        tab = "\t" if self.layout == "tabbed_lines" else ""
        lines: list[str] = []
        for number, row in enumerate(rows):
            if self._breaks_before(number, first_values):
                lines += ["", "- 7 -", ""]
            lines += [tab + cell for cell in row]
            lines.append("")
        return lines

    def _pipes(self, rows: Grid, first_values: int) -> list[str]:
        return [" | ".join(row) + " |" for row in rows]

    def _markdown(self, rows: Grid, first_values: int) -> list[str]:
        lines: list[str] = []
        for number, row in enumerate(rows):
            blank = "|" + " |" * len(row)
            if self._breaks_before(number, first_values):
                lines += [blank, "", blank, "|" + "---|" * len(row)]
            lines.append("| " + " | ".join(row) + " |")
            if number == 0:
                lines.append("|" + "---|" * len(row))
        return lines

    def _tabs(self, rows: Grid, first_values: int) -> list[str]:
        lines: list[str] = []
        for number, row in enumerate(rows):
            if self._breaks_before(number, first_values):
                lines += ["", ""]
            lines.append("\t".join(row))
        return lines

    def _spaced(self, rows: Grid, first_values: int) -> list[str]:
        lines: list[str] = []
        for row in rows:
            figures = [cell for cell in row if cell and _is_figure(cell)]
            labels = [cell for cell in row if cell and not _is_figure(cell)]
            if not figures:
                lines += [" ".join(labels)] if self.style.header_on_a_line else labels
            elif self.style.groups_on_the_line or not labels:
                lines.append(" ".join([*labels, *figures]))
            else:
                lines += [*labels[:-1], " ".join([labels[-1], *figures])]
        return lines


def _is_figure(cell: str) -> bool:
    return (
        cell in ("-", "—", "/", "无")
        or cell.lstrip("+-增减").replace(",", "").replace(".", "").isdecimal()
    )


def _trimmed(cells: list[str]) -> list[str]:
    """Without the empty cells behind the last filled one: without marks they are not there."""
    while cells and not cells[-1]:
        cells = cells[:-1]
    return cells
