"""Tables with all items side by side over one row of figures (section 四 of the form)."""

from __future__ import annotations

from collections.abc import Sequence

from ingest.alignment import MAX_PIECES, Token, is_label, is_value
from ingest.placing import fitting_places, settled_place
from ingest.reading import TableReader, TableReading, incomplete
from knowledge.form import label_core
from knowledge.model import CellId, Figure, Gap
from knowledge.numerals import is_blank


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
        seen_heads, seen_leaves, end = self._header(tokens, heads, leaves)
        wanted = tuple(CellId(row.item, column.column) for row, column in cells)
        if not seen_heads and not seen_leaves:
            return 0.0, TableReading(None)
        score = float(seen_heads + seen_leaves)
        title = section or self.table.section
        if seen_heads < len(heads) or seen_leaves < len(leaves):
            reason = f"列名只找到 {seen_heads + seen_leaves} 个，应有 {len(heads) + len(leaves)} 个"
            return score, self._unread(wanted, f"{title}：{reason}，没有收录")
        values = self._values(tokens, end, len(cells))
        if values is None:
            return score, self._unread(
                wanted, f"{title}：应有 {len(cells)} 格，印出的对不上，没有收录"
            )
        figures: list[Figure] = []
        gaps: list[Gap] = []
        for (row, column), token in zip(cells, values, strict=True):
            label = " ".join((*row.group, row.label, column.label))
            figure = self.figure(row, column, token, label, None, section)
            if figure is not None:
                figures.append(figure)
            else:
                cell = CellId(row.item, column.column)
                gaps.append(Gap(cell, "blank" if is_blank(token.text) else "unread"))
        return score, TableReading(self.edition.id, tuple(figures), tuple(gaps))

    def _unread(self, cells: tuple[CellId, ...], text: str) -> TableReading:
        gaps = tuple(Gap(cell, "unread") for cell in cells)
        return TableReading(self.edition.id, (), gaps, (incomplete(text, cells),))

    def _header(
        self, tokens: Sequence[Token], heads: Sequence[str], leaves: Sequence[str]
    ) -> tuple[int, int, int]:
        """How many heads and leaf labels were seen in order, and where the header ends."""
        wanted_heads = [{label_core(label)} for label in heads]
        wanted_leaves = [set(self.form.column_cores(label)) for label in leaves]
        known = set().union(*wanted_heads, *wanted_leaves)
        seen_heads = seen_leaves = end = 0
        number = 0
        while number < len(tokens):
            if not is_label(tokens[number]):
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
            if size == 0:
                number += 1
                continue
            if seen_heads < len(heads) and joined in wanted_heads[seen_heads]:
                seen_heads += 1
            elif seen_leaves < len(leaves) and joined in wanted_leaves[seen_leaves]:
                seen_leaves += 1
            number += size
            end = number
        return seen_heads, seen_leaves, end

    def _values(self, tokens: Sequence[Token], end: int, count: int) -> Sequence[Token] | None:
        """The row of figures under the header, or None if it is not certain.

        An empty cell at its edge leaves open where the row begins: then it must be as wide
        as the last row of the header, whose last label stands over its last figure.
        """
        header = tokens[end - 1].row
        width = sum(token.row == header for token in tokens) if header is not None else 0
        last = sum(token.row == header for token in tokens[:end])
        rest = [token for token in tokens[end:] if header is None or token.row != header]
        filled = next((number for number, token in enumerate(rest) if token.text), None)
        if filled is None:
            blank = [token for token in rest if rest[0].row == token.row]
            return blank[:count] if header is not None and len(blank) >= count else None
        if rest[filled].row is None:
            values = []
            for token in rest[filled:]:
                if token.row is not None or not is_value(token.text):
                    break
                values.append(token)
            return values if len(values) == count else None
        row = [token for token in rest if token.row == rest[filled].row]
        if any(is_label(token) for token in row):
            return None
        start = settled_place(row, count)
        if start is None and len(row) == width and last - count in fitting_places(row, count):
            start = last - count
        return row[start : start + count] if start is not None else None
