"""Tables that ruling lines draw on a page of a PDF: their cells, and what stands in them.

A table is cut at every place where a line runs through a part of it; pieces that no line
parts are one cell again. So merged cells need no rule of their own, a border missing at the
edge of the table does no harm, and one missing inside it makes one cell of two.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from ingest.document import Cell
from ingest.readers.grids import join_lines
from ingest.readers.pdf.drawing import Rule
from ingest.readers.pdf.lines import APART, Glyph, box_lines, is_figure
from ingest.readers.pdf.page import Page
from knowledge.numerals import cell_number, is_blank

SNAP = 3.5
"""Points: lines nearer than this are one line; no row is so low, double lines are narrower."""

DOTS = 6.0
"""Points: the widest gap in a dotted line, and between a line and one that it meets."""

COVERED = 0.6
"""Share of a border that lines must run along; a line under a word is shorter."""

MAX_RULES = 4_000
"""Lines of one page that are looked at after those in one place are joined."""

UNREADABLE = "[看不清]"
"""Stands for a figure that runs over the border of its cell; it is words, no figure."""


@dataclass(slots=True)
class Table:
    """One ruled table on one page: where its lines run, and the characters inside."""

    page: Page
    columns: list[float]
    rows: list[float]
    level: list[Rule]
    upright: list[Rule]
    glyphs: list[Glyph] = field(default_factory=list)

    @property
    def top(self) -> float:
        return self.rows[0]

    @property
    def bottom(self) -> float:
        return self.rows[-1]

    def holds(self, glyph: Glyph) -> bool:
        x, y = glyph.centre
        return self.columns[0] <= x <= self.columns[-1] and self.rows[0] <= y <= self.rows[-1]


class Area(NamedTuple):
    """A cell: first row and column, the first ones behind it, from 0."""

    top: int
    left: int
    bottom: int
    right: int


def find_tables(page: Page) -> list[Table]:
    """The ruled tables of a page from top to bottom; single frames and underlines are none."""
    level = _joined([rule for rule in page.rules if rule.level])
    upright = _joined([rule for rule in page.rules if not rule.level])
    if len(level) + len(upright) > MAX_RULES:
        return []
    tables = []
    for own_level, own_upright in _connected(level, upright):
        if not own_upright:
            continue  # lines over and under a table: its columns are not drawn
        table = Table(
            page,
            _places(
                [r.left for r in own_upright], [x for r in own_level for x in (r.left, r.right)]
            ),
            _places(
                [r.top for r in own_level], [y for r in own_upright for y in (r.top, r.bottom)]
            ),
            own_level,
            own_upright,
        )
        if len(table.columns) < 3 or len(table.rows) < 2:
            continue
        if len({(area.left, area.right) for area in areas_of(table)}) < 2:
            continue
        table.glyphs = [glyph for glyph in page.glyphs if table.holds(glyph)]
        tables.append(table)
    tables.sort(key=lambda table: (table.top, table.columns[0]))
    return [t for t in tables if not any(o is not t and _inside(t, o) for o in tables)]


def _inside(table: Table, other: Table) -> bool:
    """Whether a table stands in a cell of another: it is read as part of that cell's text."""
    return (
        other.top - SNAP < table.top
        and table.bottom < other.bottom + SNAP
        and other.columns[0] - SNAP < table.columns[0]
        and table.columns[-1] < other.columns[-1] + SNAP
    )


def _joined(rules: Sequence[Rule]) -> list[Rule]:
    """Lines with the pieces of dotted, doubled and broken ones put together."""
    if not rules:
        return []
    level = rules[0].level

    def place(rule: Rule) -> float:
        return rule.top if level else rule.left

    def span(rule: Rule) -> tuple[float, float]:
        return (rule.left, rule.right) if level else (rule.top, rule.bottom)

    clusters: list[list[Rule]] = []
    for rule in sorted(rules, key=place):
        if clusters and place(rule) - place(clusters[-1][0]) <= SNAP:
            clusters[-1].append(rule)
        else:
            clusters.append([rule])
    joined = []
    for cluster in clusters:
        at = sum(map(place, cluster)) / len(cluster)
        spans = sorted(map(span, cluster))
        start, end = spans[0]
        for first, last in [*spans[1:], (float("inf"), 0.0)]:
            if first - end <= DOTS:
                end = max(end, last)
                continue
            if end - start > SNAP:
                joined.append(Rule(start, at, end, at) if level else Rule(at, start, at, end))
            start, end = first, last
    return joined


def _connected(level: list[Rule], upright: list[Rule]) -> list[tuple[list[Rule], list[Rule]]]:
    """Lines that meet one another, as groups."""
    rules = [*level, *upright]
    group = list(range(len(rules)))

    def root(n: int) -> int:
        while group[n] != n:
            group[n] = group[group[n]]
            n = group[n]
        return n

    for n, across in enumerate(level):
        for m, down in enumerate(upright, len(level)):
            if (
                across.left - DOTS <= down.left <= across.right + DOTS
                and down.top - DOTS <= across.top <= down.bottom + DOTS
            ):
                group[root(m)] = root(n)
    groups: dict[int, tuple[list[Rule], list[Rule]]] = {}
    for n, rule in enumerate(rules):
        groups.setdefault(root(n), ([], []))[n >= len(level)].append(rule)
    return [found for found in groups.values() if found[0] or len(found[1]) > 1]


def _places(lines: Iterable[float], ends: Iterable[float]) -> list[float]:
    """Where a table is cut: its lines, and its edges where they have no line of their own."""
    places = merged_places(lines)
    ends = list(ends)
    if ends:
        if not places or min(ends) < places[0] - DOTS:
            places.insert(0, min(ends))
        if max(ends) > places[-1] + DOTS:
            places.append(max(ends))
    return places


def merged_places(places: Iterable[float]) -> list[float]:
    """Places in order, those nearer than SNAP taken as one."""
    found: list[list[float]] = []
    for place in sorted(places):
        if found and place - found[-1][0] <= SNAP:
            found[-1].append(place)
        else:
            found.append([place])
    return [sum(group) / len(group) for group in found]


def areas_of(table: Table) -> list[Area]:
    """The cells of a table; what is left by missing borders and is no rectangle comes in pieces."""
    rows, columns = table.rows, table.columns
    high, wide = len(rows) - 1, len(columns) - 1
    group = list(range(high * wide))

    def root(n: int) -> int:
        while group[n] != n:
            group[n] = group[group[n]]
            n = group[n]
        return n

    below = {y: [r for r in table.level if abs(r.top - rows[y]) <= SNAP] for y in range(high + 1)}
    beside = {
        x: [r for r in table.upright if abs(r.left - columns[x]) <= SNAP] for x in range(wide + 1)
    }
    for y in range(high):
        for x in range(wide):
            if x + 1 < wide and not _along(
                [(r.top, r.bottom) for r in beside[x + 1]], rows[y], rows[y + 1]
            ):
                group[root(y * wide + x + 1)] = root(y * wide + x)
            if y + 1 < high and not _along(
                [(r.left, r.right) for r in below[y + 1]], columns[x], columns[x + 1]
            ):
                group[root((y + 1) * wide + x)] = root(y * wide + x)
    members: dict[int, list[tuple[int, int]]] = {}
    for n in range(high * wide):
        members.setdefault(root(n), []).append(divmod(n, wide))
    areas = []
    for cells in members.values():
        top, bottom = min(y for y, _ in cells), max(y for y, _ in cells) + 1
        left, right = min(x for _, x in cells), max(x for _, x in cells) + 1
        if len(cells) == (bottom - top) * (right - left):
            areas.append(Area(top, left, bottom, right))
        else:
            areas += [Area(y, x, y + 1, x + 1) for y, x in cells]
    return sorted(areas)


def _along(spans: Iterable[tuple[float, float]], start: float, end: float) -> bool:
    return sum(max(0.0, min(end, b) - max(start, a)) for a, b in spans) >= COVERED * (end - start)


def cells_of(table: Table) -> list[list[Cell]]:
    """The printed rows of a table, as many cells as columns; rows in which no cell begins are
    left out. A figure that runs over a border is unreadable in both cells.
    """
    areas = areas_of(table)
    owner = {
        (y, x): n
        for n, area in enumerate(areas)
        for y in range(area.top, area.bottom)
        for x in range(area.left, area.right)
    }
    inside: list[list[Glyph]] = [[] for _ in areas]
    where: dict[int, int] = {}
    for number, glyph in enumerate(table.glyphs):
        x, y = glyph.centre
        at = owner.get((_between(table.rows, y), _between(table.columns, x)))
        if at is not None:
            inside[at].append(glyph)
            where[number] = at
    spoilt = _over_borders(table, areas, where)
    texts: dict[Area, str] = {}
    for n, area in enumerate(areas):
        if n in spoilt:
            texts[area] = UNREADABLE
            continue
        pieces = _parted(table, area, inside[n])
        for piece, glyphs in pieces:
            lines = box_lines(glyphs, table.page.width, table.page.height)
            texts[piece] = join_lines(lines)
    tops = {area.top for area in texts}
    number = table.page.number
    grid = [[Cell("", number, covered=True) for _ in table.columns[1:]] for _ in table.rows[1:]]
    for area, text in texts.items():
        grid[area.top][area.left] = Cell(text, number)
    return [row for y, row in enumerate(grid) if y in tops]


def _between(places: Sequence[float], place: float) -> int:
    return sum(edge <= place for edge in places[1:-1])


def _over_borders(table: Table, areas: Sequence[Area], where: dict[int, int]) -> set[int]:
    """The cells that hold a part of a figure that runs on into the next cell."""
    spoilt: set[int] = set()
    figures = sorted(
        (number for number in where if is_figure(table.glyphs[number].text)),
        key=lambda number: (round(table.glyphs[number].bottom), table.glyphs[number].left),
    )
    for one, other in zip(figures, figures[1:], strict=False):
        a, b = table.glyphs[one], table.glyphs[other]
        if where[one] != where[other] and _are_one(a, b):
            spoilt |= {where[one], where[other]}
    return spoilt


def _are_one(a: Glyph, b: Glyph) -> bool:
    """Whether of two upright characters of figures the second goes on the number of the first."""
    level = abs(a.bottom - b.bottom) <= 0.2 * a.size and not (a.direction or b.direction)
    return level and a.left < b.left and b.left - a.right <= APART * a.size and not b.spaced


def _parted(table: Table, area: Area, glyphs: list[Glyph]) -> list[tuple[Area, list[Glyph]]]:
    """A cell one row high whose missing borders would have parted its figures, in its parts.

    Only where figures or dashes alone stand in it, in more than one column of the table, and
    none of them would be cut: a number may end a digit at the very place of a border above.
    """
    whole = [(area, glyphs)]
    if area.bottom - area.top > 1 or area.right - area.left < 2 or len(glyphs) < 2:
        return whole
    parts: dict[int, list[Glyph]] = {x: [] for x in range(area.left, area.right)}
    for glyph in glyphs:
        x = _between(table.columns, glyph.centre[0])
        if not (table.columns[x] <= glyph.left + 0.5 and glyph.right <= table.columns[x + 1] + 0.5):
            return whole
        if x not in parts:
            return whole
        parts[x].append(glyph)
    if sum(map(bool, parts.values())) < 2:
        return whole
    where = {id(glyph): x for x, own in parts.items() for glyph in own}
    ordered = sorted(glyphs, key=lambda glyph: (round(glyph.bottom), glyph.left))
    for a, b in zip(ordered, ordered[1:], strict=False):
        if where[id(a)] != where[id(b)] and _are_one(a, b):
            return whole
    for own in parts.values():
        text = join_lines(box_lines(own, table.page.width, table.page.height))
        if text and cell_number(text) is None and not is_blank(text):
            return whole
    return [(Area(area.top, x, area.bottom, x + 1), own) for x, own in parts.items()]
