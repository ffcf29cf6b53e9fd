"""Which of the cells behind a row label are the row's own: certain, or none at all.

Three things can settle it, each by itself enough, and where two speak they must agree:

- a drawn grid: the figure stands in the column in which the column's label stands;
- the full count: as many figures as the form has columns, and nothing else on the row;
- rows printed alike: where blanks at an edge hide the beginning, rows with figures at both
  ends show it.

One column label that was lost costs its column only, where the grid or the full count
together with the row's own sum leaves no doubt about the others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ingest.tables.alignment import Match, Slot, label_parts
from ingest.tables.tokens import Place, Token, is_damaged_figure, is_label, is_value
from knowledge.form import label_core, strip_numbering
from knowledge.text import fold, solid

MAX_NOTE = 8
"""Tokens of a note in brackets behind a row label (a note of one province fills three lines)."""

MAX_NOTE_LINE = 200
"""Characters of one line of such a note."""


@dataclass(frozen=True, slots=True)
class Window:
    """The cells between a row label and the next label.

    `depth` counts the group labels that the form has above the row, `column` the printed
    cells before its label: rows alike in both are printed alike. `marked` tells whether the
    layout shows where a cell ends. `label` is the place of the label where a grid was drawn.
    """

    values: tuple[Token, ...]
    depth: int
    column: int
    marked: bool
    label: Place | None = None


@dataclass(frozen=True, slots=True)
class Header:
    """The column labels seen above a row: each as printed, and where they stand in each grid."""

    printed: Mapping[str, str] = field(default_factory=dict)
    places: Mapping[int, Mapping[str, Place]] = field(default_factory=dict)

    def known(self, window: Window) -> Mapping[str, object]:
        """The columns whose labels were seen above this row."""
        places = self.places.get(window.label.grid) if window.label is not None else None
        return places if places is not None else self.printed


Placed = tuple[Token | None, ...]
"""One token a column; None for a column that is not known although the row is."""


def find_windows(
    tokens: Sequence[Token],
    matches: Iterable[Match],
    slots: tuple[Slot, ...],
    depths: dict[str, int],
) -> dict[str, Window]:
    """For each matched row label, by item, what follows it."""
    windows: dict[str, Window] = {}
    parts = label_parts(slots)
    for match in matches:
        item = slots[match.slot].item
        if slots[match.slot].kind != "row" or item is None:
            continue
        last = match.end - 1
        row = tokens[last].row
        start = end = _after_notes(tokens, match, parts)
        if row is None:
            while end < len(tokens) and not tokens[end].marked and is_value(tokens[end].text):
                end += 1
        else:
            while end < len(tokens) and tokens[end].row == row and _is_cell(tokens[end], parts):
                end += 1
        values = list(tokens[start:end])
        if match.around:
            inside = tokens[match.start : match.end]
            values = [token for token in inside if is_value(token.text)] + values
        first = last
        while row is not None and first > 0 and tokens[first - 1].row == row:
            first -= 1
        windows[item] = Window(
            tuple(values), depths[item], last - first, row is not None, tokens[last].place
        )
    return windows


def _is_cell(token: Token, parts: frozenset[str]) -> bool:
    """Whether a cell of a printed row is a figure, empty, or a figure gone wrong."""
    if not is_label(token):
        return True
    return is_damaged_figure(token.text) and label_core(token.text) not in parts


def _after_notes(tokens: Sequence[Token], match: Match, parts: frozenset[str]) -> int:
    """Where the notes in brackets behind a row label end (`规范性文件` / `（指…的文件）` / `0`).

    A note may be broken over lines and hold digits; the next row's `（二）部分公开` is none.
    """
    number = match.end
    printed = fold("".join(token.text for token in tokens[match.start : match.end]))
    depth = max(printed.count("(") - printed.count(")"), 0)
    while number < len(tokens) and is_label(tokens[number]):
        text = solid(tokens[number].text[:MAX_NOTE_LINE])
        if not depth and (
            not text.startswith("(")
            or strip_numbering(f"{text})") != f"{text})"
            or label_core(text) in parts
        ):
            break
        end = _note_end(tokens, number, depth)
        if end is None:
            break
        number, depth = end, 0
    return number


def _note_end(tokens: Sequence[Token], number: int, depth: int) -> int | None:
    """Where a note in brackets ends, None if it does not end with the end of a token.

    `（五` / `）不予处理` is the label of another row, cut in its number, and no note.
    """
    for end in range(number, min(len(tokens), number + MAX_NOTE)):
        text = solid(tokens[end].text[:MAX_NOTE_LINE])
        for position, character in enumerate(text):
            depth += (character == "(") - (character == ")")
            if depth <= 0:
                return end + 1 if position == len(text) - 1 else None
    return None


def fitting_places(values: Sequence[Token], count: int) -> list[int]:
    """Where a stretch of `count` cells can start so that every cell outside it is empty."""
    filled = [number for number, token in enumerate(values) if token.text]
    if not filled:
        return list(range(len(values) - count + 1)) if len(values) >= count else []
    return [
        start
        for start in range(len(values) - count + 1)
        if start <= filled[0] and filled[-1] < start + count
    ]


def settled_place(values: Sequence[Token], count: int) -> int | None:
    """Where `count` cells start that have a figure at both ends and none outside, else None."""
    filled = [number for number, token in enumerate(values) if token.text]
    return filled[0] if filled and filled[-1] - filled[0] + 1 == count else None


def place_row(
    window: Window,
    columns: Sequence[str],
    header: Header,
    others: Iterable[tuple[Window, int]],
    adds_up: Callable[[Sequence[str], Sequence[Token]], bool],
) -> Placed | None:
    """The cells of a row among what follows its label, one a column, or None if not certain.

    `others` are the windows of the table's rows, each with its count of columns; `adds_up`
    tells whether a full row of figures is decided by the form's sum for it, and holds.
    """
    known = header.known(window)
    missing = [column for column in columns if column not in known]
    if len(missing) > 1 or len(missing) == len(columns):
        return None
    places = header.places.get(window.label.grid) if window.label is not None else None
    if places is not None:
        placed = place_in_grid(window, columns, places)
        if placed is not None:
            return placed
    if places is not None or missing:
        full = _full_row(window, len(columns))
        if full is None or not adds_up(columns, full):
            return None
        return tuple(
            None if column in missing else token
            for column, token in zip(columns, full, strict=True)
        )
    return _place_by_order(window, len(columns), others)


def first_of_two(
    window: Window,
    columns: Sequence[str],
    adds_up: Callable[[Sequence[str], Sequence[Token]], bool],
) -> Placed | None:
    """A row's own cells where the figures of the next row, whose label was lost, follow on them.

    Only with one cell a line, exactly the figures of two rows, and both adding up.
    """
    count, values = len(columns), window.values
    if window.marked or len(values) != 2 * count or _mixed_lines(window):
        return None
    if not all(adds_up(columns, half) for half in (values[:count], values[count:])):
        return None
    return tuple(values[:count])


def _full_row(window: Window, count: int) -> Sequence[Token] | None:
    """The figures of a row that has exactly `count` of them side by side and nothing else."""
    filled = [token for token in window.values if token.text]
    start = settled_place(window.values, count)
    if len(filled) != count or start is None or _mixed_lines(window):
        return None
    return filled


def place_in_grid(
    window: Window, columns: Sequence[str], places: Mapping[str, Place]
) -> Placed | None:
    """The cells that stand under the labels of their columns; None where grid and row disagree.

    They disagree if a figure stands under no label or under two (a merged cell), or if a label
    has no cell of its own under it.
    """
    cells = [token for token in window.values if token.place is not None]
    filled = [token for token in cells if token.text]
    if len(filled) == len(columns) and all(
        column in places and token.place is not None and token.place.overlaps(places[column])
        for column, token in zip(columns, filled, strict=True)
    ):
        return tuple(filled)
    placed: list[Token | None] = []
    used: list[Token] = []
    for column in columns:
        place = places.get(column)
        if place is None:
            placed.append(None)
            continue
        under = [t for t in cells if t.place is not None and t.place.overlaps(place)]
        figures = [token for token in under if token.text]
        if not under or len(figures) > 1:
            return None
        placed.append(figures[0] if figures else under[0])
        used += figures
    if len({token.place for token in used}) < len(used):
        return None
    strangers = [token for token in filled if token not in used]
    lost = [number for number, token in enumerate(placed) if token is None]
    if strangers and not (
        len(strangers) == len(lost) == 1 and _stands_between(strangers[0], columns, places, lost[0])
    ):
        return None
    return tuple(placed)


def _stands_between(
    stranger: Token, columns: Sequence[str], places: Mapping[str, Place], lost: int
) -> bool:
    """Whether a figure without a label stands where the column with the lost label does."""
    if stranger.place is None:
        return False
    column = stranger.place.column
    before = all(places[name].column < column for name in columns[:lost])
    return before and all(places[name].column > column for name in columns[lost + 1 :])


def _mixed_lines(window: Window) -> bool:
    """Whether some figures stand on one line and some on lines of their own.

    Then a blank inside a figure (`12 345`) looks like two cells.
    """
    blocks = {token.block for token in window.values}
    return not window.marked and 1 < len(blocks) < len(window.values)


def _place_by_order(
    window: Window, count: int, others: Iterable[tuple[Window, int]]
) -> Placed | None:
    """In a line-by-line layout there must be exactly `count` figures. In a printed row there
    may be empty cells before (spanned labels) and after (trailing columns). Figures at both
    ends settle it. Where a cell at an end is empty, settled rows printed alike (`others`, each
    with its count) must show the same start: a row that lost a cell looks just the same.
    """
    values = window.values
    if not window.marked:
        return values if len(values) == count and not _mixed_lines(window) else None
    if not any(token.text for token in values):
        return values[:count] if len(values) >= count else None
    start = settled_place(values, count)
    others = list(others)
    if start is None and window.label is None and any(w.label is not None for w, _ in others):
        return None  # a row that does not fit the grid of its table has lost a cell somewhere
    if start is None:
        alike = [
            (len(other.values), settled_place(other.values, size))
            for other, size in others
            if (other.depth, other.column, other.marked) == (window.depth, window.column, True)
            and (other.label and other.label.grid) == (window.label and window.label.grid)
            and any(token.text for token in other.values)
        ]
        places = {place for width, place in alike if place is not None and width == len(values)}
        # A row with none to compare it with has no cell to spare, if no other row has more cells
        # than figures: its empty one may be such, and one of its own lost. Where several rows lack
        # one at their end, a whole column of figures may be lost.
        # In a grid without a header its one cell too many may be what a merged label covers.
        drawn = window.label is not None and window.label.grid is not None
        spared = any(w.marked and n == count and len(w.values) > count for w, n in others)
        if len(alike) == 1 and len(values) == count and not drawn and not spared:
            places = {0}
        if len(places) != 1 or not places.issubset(fitting_places(values, count)):
            return None
        start = places.pop()
    return values[start : start + count]
