"""Reports to be rendered into files of any format, and what reading them must give back.

`make_report` fills a `tests.render.Draft` with figures and sentences whose meaning is known,
`merged_tables` turns its grids into tables with merged cells, as web pages and Word files have
them. `render_html`, `render_docx` and `render_sheets` print these; none of them knows a reader.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from knowledge.form import load_form
from knowledge.model import CellId, Part
from tests.render import Draft, Grid, cells_of, draft_report

SlotKind = Literal["label", "header", "figure", "spare"]
PARTS: tuple[Part, ...] = ("disclosure", "applications", "reviews")

TOWNS = (
    ("景芝镇", "安丘市", "山东省潍坊市"),
    ("官坡镇", "卢氏县", "河南省三门峡市"),
    ("寒葱沟镇", "抚远市", "黑龙江省佳木斯市"),
)
"""Issuers whose names exist once in the country, with county and what stands above it."""

OTHER_TOWN = "乌镇"
"""Named by lists of other articles; no report in the tests is its own."""

GROUP_ROWS = {
    "denied": "（三）",
    "unavailable": "（四）",
    "not_processed": "（五）",
    "other": "（六）",
}
ORGANISATIONS = "小计"
VISIBLE_BLANKS = ("-", "—", "/", "无")


@dataclass(frozen=True, slots=True)
class Slot:
    """One printed cell of a table with merged cells; a covered position has no slot."""

    text: str
    rows: int = 1
    columns: int = 1
    kind: SlotKind = "label"


Table = list[list[Slot]]


@dataclass(frozen=True, slots=True)
class Stated:
    """A figure that a sentence states: narrative id without its prefix, value, unit."""

    item: str
    value: str
    unit: str


@dataclass
class MadeReport:
    """A report before any format, and everything that reading it must give."""

    draft: Draft
    printed: dict[CellId, str]
    """What stands in each cell, those outside the form too; "" and dashes are no fact."""
    stated: tuple[Stated, ...]
    entity: str
    county: str
    year: int
    extra_column: bool = False
    group_rows: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        return "".join(self.draft.title)

    def row_of(self, cell: CellId) -> str:
        """The printed row of a cell; the table of reviews has one for all its items."""
        return "reviews" if load_form().part_of(cell.item) == "reviews" else cell.item


@dataclass(frozen=True, slots=True)
class Content:
    """What a made report holds. Everything follows from these few values and `seed`."""

    editions: tuple[str, str, str] = ("2021", "2021", "2021")
    """Of sections 二, 三 and 四."""
    zeros: float = 0.0
    blanks: float = 0.0
    visible_blanks: bool = True
    start: int = 11
    money: bool = True
    signed: bool = True
    thousands: bool = False
    extra_column: bool = False
    group_rows: bool = False
    sentences: int = 3
    seed: int = 0
    town: int = 0


def make_report(content: Content) -> MadeReport:
    """A report with distinct figures, some replaced by zeros, blanks, money and changes."""
    chance = random.Random(content.seed)
    editions: dict[Part, str] = dict(zip(PARTS, content.editions, strict=True))
    printed = {
        cell: str(content.start + number)
        for number, cell in enumerate(
            cell for part in PARTS for cell in cells_of(editions[part], part)
        )
    }
    for cell in printed:
        printed[cell] = _varied(printed[cell], cell, editions, content, chance)
    entity, county, _ = TOWNS[content.town % len(TOWNS)]
    year = 2020 if editions["applications"] == "2019" else 2022
    sentences, stated = _sentences(chance, content.sentences, year)
    title = f"{entity}人民政府{year}年政府信息公开工作年度报告"
    draft = draft_report(editions, printed, title=title, overview=sentences)
    made = MadeReport(draft, printed, tuple(stated), entity, county, year)
    if content.group_rows:
        _add_group_rows(made, content.start + 500)
    if content.extra_column:
        _add_extra_column(made, content.start + 700)
    return made


def _varied(
    text: str, cell: CellId, editions: Mapping[Part, str], content: Content, chance: random.Random
) -> str:
    roll = chance.random()
    part = load_form().part_of(cell.item)
    assert part is not None
    if roll < content.blanks:
        return chance.choice(("", "", "", *VISIBLE_BLANKS)) if content.visible_blanks else ""
    if roll < content.blanks + content.zeros:
        return "0"
    if content.money and load_form().unit(cell, editions[part]) == "万元":
        return chance.choice(("1859950.00", "22.6692", "84500元", "180.123456", text))
    if content.signed and cell.column == "change":
        return chance.choice(("+", "-", "增", "减", "")) + text
    if content.thousands and len(text) < 4:
        return f"{int(text) * 1000:,}"
    return text


def _sentences(chance: random.Random, count: int, year: int) -> tuple[list[str], list[Stated]]:
    numbers = chance.sample(range(301, 1800), 40)
    fresh = iter(map(str, numbers))
    makers: list[Callable[[], tuple[str, list[Stated]]]] = [
        lambda: _total(next(fresh)),
        lambda: _channels(next(fresh), next(fresh)),
        lambda: _received(next(fresh), next(fresh), next(fresh)),
        lambda: _trained(next(fresh), next(fresh)),
        lambda: _proposed(next(fresh), next(fresh)),
        lambda: ("全年未发生政府信息公开行政复议。", [Stated("reviews", "0", "件")]),
        lambda: (f"全年向市政府网站报送信息{next(fresh)}篇，采用{next(fresh)}篇。", []),
        lambda: (f"力争{year + 1}年主动公开政府信息{next(fresh)}条。", []),
        lambda: ("按照国办公开办函〔2021〕30号文件和《条例》第20条的要求编制。", []),
        lambda: ("如有疑问请联系党政办公室（电话：0536-4611001，邮编：262100）。", []),
        lambda: (f"本报告统计期限自{year}年1月1日起至{year}年12月31日止。", []),
    ]
    sentences = ["全年依法推进政府信息公开工作。"]
    stated: list[Stated] = []
    for make in chance.sample(makers, min(count, len(makers))):
        sentence, figures = make()
        sentences.append(sentence)
        stated += figures
    return sentences, stated


def _total(a: str) -> tuple[str, list[Stated]]:
    return f"全年主动公开政府信息{a}条。", [Stated("disclosed_total", a, "条")]


def _channels(a: str, b: str) -> tuple[str, list[Stated]]:
    return f"通过政府网站公开{a}条、微信公众号公开{b}条。", [
        Stated("disclosed_website", a, "条"),
        Stated("disclosed_wechat", b, "条"),
    ]


def _received(a: str, b: str, c: str) -> tuple[str, list[Stated]]:
    return f"共收到政府信息公开申请{a}件，其中网络申请{b}件、信函申请{c}件。", [
        Stated("applications_received", a, "件"),
        Stated("applications_mode.online", b, "件"),
        Stated("applications_mode.letter", c, "件"),
    ]


def _trained(a: str, b: str) -> tuple[str, list[Stated]]:
    return f"举办培训{a}次，参训{b}人次。", [
        Stated("trainings", a, "次"),
        Stated("trainees", b, "人次"),
    ]


def _proposed(a: str, b: str) -> tuple[str, list[Stated]]:
    return f"办理人大代表建议{a}件、政协提案{b}件。", [
        Stated("proposals_npc", a, "件"),
        Stated("proposals_cppcc", b, "件"),
    ]


def _add_group_rows(made: MadeReport, start: int) -> None:
    """A row of figures on the line of each group label ((三) to (六)), with its own sums."""
    rows = made.draft.applications
    columns = [cell.column for cell in cells_of("2021", "applications")[:7]]
    for item, number in GROUP_ROWS.items():
        at = next((n for n, row in enumerate(rows) if row[1].startswith(number)), None)
        if at is None or not rows[at][2]:
            continue
        values = [str(start + n) for n in range(7)]
        start += 7
        label = rows[at][1]
        rows[at] = [rows[at][0], "", *rows[at][2:]]
        rows.insert(at, ["", label, "", *values])
        made.printed |= {
            CellId(item, column): value for column, value in zip(columns, values, strict=True)
        }
        made.group_rows += (item,)


def _add_extra_column(made: MadeReport, start: int) -> None:
    """A column 小计 of the five kinds of organisations, in front of 总计."""
    at = 9
    made.draft.header = [
        [*row[:at], ORGANISATIONS if n == 2 else "", *row[at:]]
        for n, row in enumerate(made.draft.header)
    ]
    items = _items_of_rows(made)
    for number, row in enumerate(made.draft.applications):
        row.insert(at, str(start + number))
        made.printed[CellId(items[number], "organisations")] = str(start + number)
    made.extra_column = True


def _items_of_rows(made: MadeReport) -> list[str]:
    items: list[str] = []
    own = load_form().editions[made.draft.edition["applications"]].tables["applications"].rows
    for row in own:
        if not row.extra or row.item in made.group_rows:
            items.append(row.item)
    assert len(items) == len(made.draft.applications), (items, made.draft.applications)
    return items


# ── grids with merged cells ──


@dataclass(frozen=True, slots=True)
class Shape:
    """How the grids of a draft become tables."""

    short_rows: Literal["spanned", "spare"] = "spanned"
    """Rows of section 二 with fewer columns: the last cell spans the rest, or empty cells do."""
    trailing: int = 0
    """Empty columns behind 总计."""
    corner: bool = True
    """Whether the corner cell has its note about the sums."""
    break_after: int = 0
    """Row of the table of applications after which it breaks; 0 for no break."""
    repeat_header: bool = False
    """A table that breaks has its header again."""
    joined: bool = False
    """The pieces of a table that breaks stand in one table, as pasted from a printed page."""


@dataclass
class Printed:
    """The tables of a report in reading order; a broken one is two."""

    tables: dict[Part, list[Table]] = field(default_factory=dict)


def merged_tables(draft: Draft, shape: Shape) -> Printed:
    """The grids of a draft as tables with merged cells."""
    applications = draft.applications
    header = _header(draft.header, shape)
    pieces = [applications]
    if 0 < shape.break_after < len(applications):
        pieces = [applications[: shape.break_after], applications[shape.break_after :]]
    tables: list[Table] = []
    for number, piece in enumerate(pieces):
        top = [list(row) for row in header] if number == 0 or shape.repeat_header else []
        tables.append([*top, *_application_rows(piece, shape.trailing)])
    if shape.joined:
        tables = [[row for table in tables for row in table]]
    return Printed(
        {
            "disclosure": [_disclosure(draft.disclosure, shape)],
            "applications": tables,
            "reviews": [_reviews(draft.reviews)],
        }
    )


def _disclosure(grid: Grid, shape: Shape) -> Table:
    table: Table = []
    width = 1
    for number, row in enumerate(grid):
        header = row[0] == "信息内容"
        if header:
            width = sum(bool(cell) for cell in row)
        elif number + 1 < len(grid) and grid[number + 1][0] == "信息内容":
            table.append([Slot(row[0], columns=4)])
            continue
        kind: SlotKind = "header" if header else "figure"
        slots = [
            Slot(cell, kind=kind if n or header else "label") for n, cell in enumerate(row[:width])
        ]
        spare = 4 - width
        if spare and shape.short_rows == "spanned":
            slots[-1] = replace(slots[-1], columns=1 + spare)
        else:
            slots += [Slot("", kind="spare")] * spare
        table.append(slots)
    return table


def _header(header: Grid, shape: Shape) -> Table:
    kinds = len(header[2]) - 3
    trailing = [Slot("", 3, kind="spare")] * shape.trailing
    leaves = [cell for cell in header[2][4:-1] if cell]
    corner = header[0][0] if shape.corner else ""

    def head(text: str, rows: int = 1, columns: int = 1) -> Slot:
        return Slot(text, rows, columns, "header")

    return [
        [head(corner, 3, 3), head(header[0][3], 1, kinds), *trailing],
        [head(header[1][3], 2), head(header[1][4], 1, len(leaves)), head("总计", 2)],
        [head(leaf) for leaf in leaves],
    ]


def _application_rows(rows: Grid, trailing: int) -> Table:
    table: Table = []
    covered = [0, 0, 0]
    for number, row in enumerate(rows):
        slots: list[Slot] = []
        below = rows[number + 1 :]
        filled = [n for n in range(3) if row[n]]
        last = filled[-1] if filled else 2
        for level in range(last + 1):
            if not row[level] and number < covered[level]:
                continue
            if level == last:
                slots.append(Slot(row[level], columns=3 - level))
                continue
            # Without a label (its own stands above a page break or has figures itself) the
            # cell goes on empty.
            slots.append(Slot(row[level], _going_on(below, level, 1)))
            covered[level] = number + slots[-1].rows
        slots += [Slot(cell, kind="figure") for cell in row[3:]]
        table.append([*slots, *[Slot("", kind="spare")] * trailing])
    return table


def _going_on(below: Grid, level: int, rows: int) -> int:
    for row in below:
        if any(row[: level + 1]):
            break
        rows += 1
    return rows


def _reviews(grid: Grid) -> Table:
    def head(text: str, rows: int = 1, columns: int = 1) -> Slot:
        return Slot(text, rows, columns, "header")

    return [
        [head(grid[0][0], 1, 5), head(grid[0][5], 1, 10)],
        [*(head(leaf, 2) for leaf in grid[1][:5]), head(grid[1][5], 1, 5), head(grid[1][10], 1, 5)],
        [head(leaf) for leaf in grid[2][5:]],
        [Slot(cell, kind="figure") for cell in grid[3]],
    ]


def part_named(key: str) -> Part | None:
    """The table under a heading of `Draft.headings`; None for the headings without one."""
    return next((part for part in PARTS if part == key), None)


def spread(table: Table) -> list[list[Slot | None]]:
    """The table as a full grid: a slot at its upper left position, None where it covers.

    A row with too few cells ends early, one with too many is as wide as it is.
    """
    grid: list[list[Slot | None]] = [[] for _ in table]
    taken: list[set[int]] = [set() for _ in table]
    for y, row in enumerate(table):
        x = 0
        for slot in row:
            while x in taken[y]:
                x += 1
            for below in range(y, min(y + slot.rows, len(table))):
                taken[below].update(range(x, x + slot.columns))
            grid[y] += [None] * (x + slot.columns - len(grid[y]))
            grid[y][x] = slot
        grid[y] += [None] * (max(taken[y], default=-1) + 1 - len(grid[y]))
    return grid
