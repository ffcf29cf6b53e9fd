"""Tables with all items side by side over one row of figures (section 四 of the form)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from ingest.tables.alignment import MAX_PIECES
from ingest.tables.grid_headers import apart, stacked_labels
from ingest.tables.placing import Placed, Window, fitting_places, place_in_grid, settled_place
from ingest.tables.reading import SHOWN, TableReader, TableReading, incomplete
from ingest.tables.strangers import STRANGER, find_strangers
from ingest.tables.tokens import Place, Token, is_damaged_figure, is_label, is_value
from knowledge.checks import row_adds_up
from knowledge.form import label_core
from knowledge.model import CellId, Figure, Finding, Gap
from knowledge.numerals import cell_number, is_blank


class ItemColumns(TableReader):
    """The table of section 四: all items side by side over one row of figures.

    The header is read as labels in order: the heads of the three blocks in the form's order,
    and under them the result columns, as many times as there are blocks.
    """

    def read(self, tokens: Sequence[Token], section: str | None) -> tuple[float, TableReading]:
        rows = self.table.rows
        cells = [(row, column) for row in rows for column in row.columns]
        heads = [row.label for row in rows]
        leaves = [column.label for row in rows for column in row.columns]
        seen_heads, seen_leaves, end, again, lost = self._header(tokens, heads, leaves)
        wanted = tuple(CellId(row.item, column.column) for row, column in cells)
        if not seen_heads and not seen_leaves:
            return 0.0, TableReading(None)
        score = float(seen_heads + seen_leaves)
        title = section or self.table.section
        if seen_heads < len(heads) or seen_leaves < len(leaves):
            reason = f"列名只找到 {seen_heads + seen_leaves} 个，应有 {len(heads) + len(leaves)} 个"
            return score, self._unread(wanted, f"{title}：{reason}，没有收录")
        values = self._values(tokens[:again], end, leaves)
        if again is not None and self._differs(tokens[again:], section, values):
            return score, self._unread(wanted, f"{title}：同一张表印了两次，数不一样，没有收录")
        if values is None:
            if not any(token.marked or is_value(token.text) for token in tokens[end - 1 :]):
                # All labels and nothing at all below them: a form left empty.
                gaps = tuple(Gap(cell, "blank") for cell in wanted)
                return score, TableReading(self.edition.id, (), gaps, empty_form=True)
            return score, self._unread(
                wanted, f"{title}：应有 {len(cells)} 格，印出的对不上，没有收录"
            )
        row_of: dict[str, dict[str, Token | None]] = {}
        for (row, column), token in zip(cells, values, strict=True):
            row_of.setdefault(row.item, {})[column.column] = token
        if find_strangers(self.table.part, row_of):
            return score, self._unread(wanted, f"{title}：{STRANGER}，没有收录")
        if lost is not None and not self._adds_up(row_of):
            reason = f"“{rows[lost // len(rows[0].columns)].label}”的一个列名没有找到"
            return score, self._unread(wanted, f"{title}：{reason}，没有收录")
        figures: list[Figure] = []
        gaps_found: list[Gap] = []
        findings: list[Finding] = []
        for number, ((row, column), token) in enumerate(zip(cells, values, strict=True)):
            cell = CellId(row.item, column.column)
            if number == lost:
                gaps_found.append(Gap(cell, "unread"))
                reason = f"“{row.label}”的“{column.label}”的列名没有找到"
                findings.append(incomplete(f"{title}：{reason}，没有收录", (cell,)))
                continue
            if token is None or is_blank(token.text):
                gaps_found.append(Gap(cell, "blank"))
                continue
            label = " ".join((*row.group, row.label, column.label))
            figure = self.figure(row, column, token, label, None, section)
            if isinstance(figure, Figure):
                figures.append(figure)
                continue
            gaps_found.append(Gap(cell, "unread"))
            shown = f"“{row.label}”的“{column.label}”印作“{token.text[:SHOWN]}”，{figure}"
            findings.append(incomplete(f"{title}：{shown}，没有收录", (cell,)))
        return score, TableReading(
            self.edition.id, tuple(figures), tuple(gaps_found), tuple(findings)
        )

    def _differs(self, tokens: Sequence[Token], section: str | None, values: Placed | None) -> bool:
        """Whether a second table in the section (last year's, a subordinate's) has figures and
        not the same: which one is this report's own is not said."""
        _, second = self.read(tokens, section)
        own = [token.text.strip() for token in values or () if token is not None and token.text]
        return bool(second.figures) and own != [figure.stated for figure in second.figures]

    def _adds_up(self, rows: Mapping[str, Mapping[str, Token | None]]) -> bool:
        """Whether every item is full and its results come to its total."""
        for cells in rows.values():
            numbers = {c: cell_number(t.text) for c, t in cells.items() if t is not None}
            values = {c: number.value for c, number in numbers.items() if number is not None}
            if not row_adds_up(self.table.part, values):
                return False
        return True

    def _unread(self, cells: tuple[CellId, ...], text: str) -> TableReading:
        gaps = tuple(Gap(cell, "unread") for cell in cells)
        return TableReading(self.edition.id, (), gaps, (incomplete(text, cells),))

    def _header(
        self, tokens: Sequence[Token], heads: Sequence[str], leaves: Sequence[str]
    ) -> tuple[int, int, int, int | None, int | None]:
        """How many heads and leaf labels were seen in order, where the header ends, where
        behind figures another one begins, None if none does, and which leaf is missing.

        One leaf may be; it is counted as seen, and the sums must confirm the row.
        """
        wanted_heads = [{label_core(label)} for label in heads]
        wanted_leaves = [set(self.form.column_cores(label)) for label in leaves]
        groups = frozenset(label_core(label) for row in self.table.rows for label in row.group)
        known, beginnings = _known(frozenset().union(groups, *wanted_heads, *wanted_leaves))
        seen_heads = seen_leaves = end = 0
        lost: int | None = None
        strays = 0
        number = 0
        while number < len(tokens):
            if not is_label(tokens[number]) or label_core(tokens[number].text) not in beginnings:
                number += 1
                continue
            joined, size = "", 0
            for ahead in range(number, min(len(tokens), number + 2 * MAX_PIECES)):
                if not tokens[ahead].text:
                    continue
                if not is_label(tokens[ahead]):
                    break
                joined += label_core(tokens[ahead].text)
                if joined in known:
                    size = ahead - number + 1
                    break
                if joined not in beginnings:
                    break
            if size == 0:
                number += 1
                continue
            if not seen_heads and joined in groups:
                # 行政诉讼 before 行政复议 is not the order of the form.
                return 0, max(seen_leaves, 1), 0, None, None
            whole = seen_heads == len(heads) and seen_leaves == len(leaves)
            if whole and any(is_value(token.text) for token in tokens[end:number]):
                return seen_heads, seen_leaves, end, number, lost
            if seen_heads < len(heads) and joined in wanted_heads[seen_heads]:
                seen_heads += 1
            elif seen_leaves < len(leaves) and joined in wanted_leaves[seen_leaves]:
                seen_leaves += 1
            elif (
                lost is None
                and seen_leaves + 1 < len(leaves)
                and joined in wanted_leaves[seen_leaves + 1]
            ):
                lost = seen_leaves
                seen_leaves += 2
            elif joined not in groups:
                strays += 1
            number += size
            end = number
        if lost is None and seen_leaves == len(leaves) - 1:
            lost, seen_leaves = seen_leaves, len(leaves)
        if lost is not None and strays:
            seen_leaves -= 1  # a label in another's place: not lost, but printed elsewhere
        return seen_heads, seen_leaves, end, None, lost

    def _values(self, tokens: Sequence[Token], end: int, leaves: Sequence[str]) -> Placed | None:
        """The row of figures under the header, or None if it is not certain.

        An empty cell at its edge leaves open where the row begins: then it must be as wide
        as the last row of the header, whose last label stands over its last figure. In a
        drawn grid each figure must stand under its label.
        """
        count = len(leaves)
        header = tokens[end - 1].row
        width = sum(token.row == header for token in tokens) if header is not None else 0
        last = sum(token.row == header for token in tokens[:end])
        rest = [token for token in tokens[end:] if header is None or token.row != header]
        grid = tokens[end - 1].place
        if grid is not None:
            places = self._leaf_places(tokens[:end], grid.grid, leaves)
            below = [t for t in rest if t.place is not None and t.place.grid == grid.grid]
            if places is not None and below:
                return self._in_grid(below, places)
        filled = next((number for number, token in enumerate(rest) if token.text), None)
        if filled is None:
            blank = [token for token in rest if rest[0].row == token.row]
            return tuple(blank[:count]) if header is not None and len(blank) >= count else None
        if not rest[filled].marked:
            values = []
            for token in rest[filled:]:
                if token.marked or not is_value(token.text):
                    break
                values.append(token)
            blocks = {token.block for token in values}
            even = len(blocks) in (1, len(values))
            return tuple(values) if len(values) == count and even else None
        row = [token for token in rest if token.row == rest[filled].row]
        if any(is_label(token) and not is_damaged_figure(token.text) for token in row):
            return None
        if _other_rows(rest, row, count):
            return None
        start = settled_place(row, count)
        if start is None and len(row) == width and last - count in fitting_places(row, count):
            start = last - count
        return tuple(row[start : start + count]) if start is not None else None

    def _leaf_places(
        self, tokens: Sequence[Token], grid: int, leaves: Sequence[str]
    ) -> list[Place] | None:
        """Where each leaf label stands in a grid, from left to right; None if not all do."""
        found: dict[int, tuple[Place, str]] = {}
        cores = {core for leaf in leaves for core in self.form.column_cores(leaf)}
        for place, stack in stacked_labels(tokens).get(grid, []):
            joined = ""
            for token in reversed(stack):
                joined = label_core(token.text) + joined
                if joined in cores:
                    found[place.column] = (place, joined)
        ordered = [found[column] for column in sorted(found)]
        if len(ordered) != len(leaves) or any(
            core not in self.form.column_cores(leaf)
            for (_, core), leaf in zip(ordered, leaves, strict=True)
        ):
            return None
        named = {str(number): place for number, (place, _) in enumerate(ordered)}
        return list(apart(named).values())

    def _in_grid(self, below: Sequence[Token], places: Sequence[Place]) -> Placed | None:
        first = next((token.row for token in below if token.text), below[0].row)
        row = [token for token in below if token.row == first]
        if any(is_label(token) and not is_damaged_figure(token.text) for token in row):
            return None
        if _other_rows(below, row, len(places)):
            return None
        names = [str(number) for number in range(len(places))]
        return place_in_grid(
            Window(tuple(row), 0, 0, True, row[0].place),
            names,
            dict(zip(names, places, strict=True)),
        )


def _other_rows(tokens: Sequence[Token], row: Sequence[Token], count: int) -> bool:
    """Whether a second row of as many figures stands below, without a label and with others."""
    own = [token.text.strip() for token in row if token.text]
    others: dict[int, list[str]] = {}
    for token in tokens:
        if token.row is not None and token.row != row[0].row and token.text:
            others.setdefault(token.row, []).append(token.text.strip())
    return any(
        len(texts) >= count and texts != own and all(map(is_value, texts))
        for texts in others.values()
    )


@lru_cache(maxsize=8)
def _known(labels: frozenset[str]) -> tuple[frozenset[str], frozenset[str]]:
    """Labels with everything that one of them begins with."""
    return labels, frozenset(label[:end] for label in labels for end in range(1, len(label) + 1))
