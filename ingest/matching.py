"""Tables as printed to cells of the form: the labels seen, aligned to the labels expected.

The form's labels come in a known order, so the labels that a report prints are aligned with
them as two sequences; that survives broken lines and pages, repeated headers and lost
columns. A figure belongs to a cell only because its row label and its column label were
found. Its place in the run of numbers is never used: a row whose count of cells does not fit
its columns is left out and named (`incomplete_table`), the other rows stay.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ingest.alignment import (
    MAX_PIECES,
    Match,
    Slot,
    Token,
    align,
    group_number,
    is_label,
    is_value,
    slots_of,
    tokens_of,
)
from ingest.document import Block
from knowledge.form import Form, FormColumn, FormEdition, FormRow, FormTable, label_core, load_form
from knowledge.model import CellId, Figure, Finding, Gap, Part
from knowledge.numerals import cell_value, is_blank
from knowledge.text import fold, squeeze

MONEY = frozenset({"万元", "元"})


@dataclass(frozen=True, slots=True)
class TableReading:
    """What was read of one table. `edition` is None if no such table was found."""

    edition: str | None
    figures: tuple[Figure, ...] = ()
    gaps: tuple[Gap, ...] = ()
    findings: tuple[Finding, ...] = ()


def read_table(
    blocks: Sequence[Block], part: Part, section: str | None, prefer: str | None = None
) -> TableReading:
    """The cells of one table of the form among these blocks, in official order.

    The edition is the one whose labels fit best; where two fit alike (the table of section 四
    is the same in both) it is `prefer`, else the oldest. `section` is the report's own heading and
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
            _Across(form, edition, table)
            if table.orientation == "across"
            else _Down(form, edition, table)
        )
        score, reading = reader.read(tokens, section)
        readings.append(((score, edition.id == prefer), reading))
    (score, _), reading = max(readings, key=lambda scored: scored[0])
    if score <= 0 or not (reading.figures or reading.gaps):
        title = section or form.editions["2021"].tables[part].section
        return TableReading(None, findings=(_incomplete(f"{title}：没有找到表格", ()),))
    return reading


def _incomplete(text: str, cells: tuple[CellId, ...]) -> Finding:
    return Finding("incomplete_table", "warning", text, cells)


class _Reader:
    """Aligns tokens to the labels of one table of one edition."""

    def __init__(self, form: Form, edition: FormEdition, table: FormTable) -> None:
        self.form = form
        self.edition = edition
        self.table = table

    def figure(
        self,
        row: FormRow,
        column: FormColumn,
        token: Token,
        printed_label: str,
        unit_printed: str | None,
        section: str | None,
    ) -> Figure | None:
        read = cell_value(token.text)
        if read is None:
            return None
        value, unit_inside = read
        unit = unit_inside or unit_printed or column.unit
        stated = bool(unit_inside or unit_printed)
        money = column.unit in MONEY
        cautions = ("unit_not_stated",) if money and value != 0 and not stated else ()
        return Figure(
            cell=CellId(row.item, column.column),
            value=value,
            stated=token.text.strip(),
            unit=unit,
            unit_stated=stated,
            quote=f"{printed_label} {token.text.strip()}",
            line=token.line,
            section=section,
            edition=self.edition.id,
            cautions=cautions,
        )


def printed_unit(label: str) -> str | None:
    """The unit of money that a printed column label states, None if it states none.

    >>> printed_unit("采购总金额（单位：万元，保留4位小数）"), printed_unit("采购总金额")
    ('万元', None)
    """
    folded = squeeze(fold(label))
    if "(" not in folded:
        return None
    note = folded.split("(", 1)[1]
    if "万元" in note:
        return "万元"
    return "元" if "元" in note else None


class _Down(_Reader):
    """Tables with one printed row an item (sections 二 and 三)."""

    @property
    def slots(self) -> tuple[Slot, ...]:
        return slots_of(self.edition.id, self.table.part)

    def read(self, tokens: Sequence[Token], section: str | None) -> tuple[float, TableReading]:
        slots = self.slots
        score, matches = align(tokens, slots)
        by_item = {slots[m.slot].item: m for m in matches if slots[m.slot].kind == "row"}
        headers = self._headers(tokens, slots, matches)
        figures: list[Figure] = []
        gaps: list[Gap] = []
        unread: list[tuple[str, CellId]] = []
        missing = [anchor for anchor in self.table.anchors if anchor not in by_item]
        starts = {match.start for match in matches}
        windows = _row_windows(tokens, matches, slots)
        for row in self.table.rows:
            match = by_item.get(row.item)
            header = headers.get(self._group_of(row), {})
            columns = self._columns(row, header)
            cells = [CellId(row.item, column.column) for column in columns]
            if match is None:
                if not row.extra:
                    unread.extend((f"“{row.label}”一行没有找到", cell) for cell in cells)
                continue
            values = windows.get(match.start, ())
            if row.extra and not values:
                continue  # a group heading without figures of its own, as the form has it
            reason = None
            if missing:
                reason = f"缺少“{self._label_of(missing[0])}”一行，整张表不可靠"
            elif any(column.column not in header for column in columns):
                reason = f"“{row.label}”一行的列名没有找全"
            elif (placed := self._place(values, len(columns), windows, slots, matches)) is None:
                reason = f"“{row.label}”一行应有 {len(columns)} 格，印出的对不上"
            if reason is not None or placed is None:
                if not row.extra:
                    unread.extend((reason or "", cell) for cell in cells)
                continue
            label = " ".join(token.text for token in tokens[match.start : match.end])
            for column, token in zip(columns, placed, strict=True):
                unit = printed_unit(header[column.column]) if column.unit in MONEY else None
                figure = self.figure(row, column, token, label, unit, section)
                if figure is not None:
                    figures.append(figure)
                elif is_blank(token.text):
                    gaps.append(Gap(CellId(row.item, column.column), "blank"))
                else:
                    unread.append(
                        (
                            f"“{row.label}”一行的“{column.label}”印作“{token.text[:20]}”，不是数字",
                            CellId(row.item, column.column),
                        )
                    )
        gaps.extend(Gap(cell, "unread") for _, cell in unread)
        reading = TableReading(
            self.edition.id if starts else None,
            tuple(figures),
            tuple(gaps),
            _unread_findings(unread, section or self.table.section),
        )
        return (score if matches else 0.0), reading

    def _label_of(self, item: str) -> str:
        return next(row.label for row in self.table.rows if row.item == item)

    def _group_of(self, row: FormRow) -> int:
        return group_number(self.table, row)

    def _columns(self, row: FormRow, header: dict[str, str]) -> tuple[FormColumn, ...]:
        columns = list(row.columns)
        for after, extra in self.table.extra_columns:
            if extra.column in header:
                place = [column.column for column in columns].index(after) + 1
                columns.insert(place, extra)
        return tuple(columns)

    def _headers(
        self, tokens: Sequence[Token], slots: Sequence[Slot], matches: Sequence[Match]
    ) -> dict[int, dict[str, str]]:
        """For each header the columns whose labels were seen, with the label as printed."""
        headers: dict[int, dict[str, str]] = {}
        for match in matches:
            slot = slots[match.slot]
            if slot.kind == "column" and slot.column is not None:
                printed = "".join(token.text for token in tokens[match.start : match.end])
                headers.setdefault(slot.group, {})[slot.column] = printed
        if self.table.header == "table":
            first_row = min((m.start for m in matches if slots[m.slot].kind == "row"), default=0)
            headers[0] = {**self._table_header(tokens[:first_row]), **headers.get(0, {})}
        return headers

    def _table_header(self, tokens: Sequence[Token]) -> dict[str, str]:
        """Columns of a header whose order in the text is not the form's (spanned cells).

        A label torn over a page break (`社会公益` … `组织`) counts when its rest follows in the
        order of the columns. Columns printed in another order than the form's do not count.
        """
        columns = list(self.table.rows[0].columns)
        columns += [extra for _, extra in self.table.extra_columns]
        pieces = [(number, label_core(t.text)) for number, t in enumerate(tokens) if is_label(t)]
        seen: dict[str, tuple[int, str]] = {}
        rests: list[tuple[str, int, str]] = []
        used: set[int] = set()
        for column in columns:
            cores = self.form.column_cores(column.label)
            whole = next(
                (
                    (n, size)
                    for size in range(1, MAX_PIECES + 1)
                    for n in range(len(pieces))
                    if not used.intersection(range(n, n + size))
                    and "".join(text for _, text in pieces[n : n + size]) in cores
                    and n + size <= len(pieces)
                ),
                None,
            )
            if whole is not None:
                number, size = whole
                used.update(range(number, number + size))
                seen[column.column] = (
                    number,
                    "".join(tokens[pieces[k][0]].text for k in range(number, number + size)),
                )
                continue
            torn = next(
                (
                    (n, core[len(text) :])
                    for n, (_, text) in enumerate(pieces)
                    for core in cores
                    if n not in used and len(text) >= 2 and core.startswith(text)
                ),
                None,
            )
            if torn is not None:
                used.add(torn[0])
                rests.append((column.column, torn[0], torn[1]))
        last = -1
        for name, number, rest in rests:
            follow = next(
                (
                    n
                    for n in range(max(last, number) + 1, len(pieces))
                    if n not in used and pieces[n][1] == rest
                ),
                None,
            )
            if follow is not None:
                used.add(follow)
                last = follow
                seen[name] = (number, pieces[number][1] + rest)
        order = [seen[c.column][0] for c in columns if c.column in seen and c.column != "total"]
        if order != sorted(order):
            return {}
        return {name: printed for name, (_, printed) in seen.items()}

    def _place(
        self,
        values: Sequence[Token],
        count: int,
        windows: dict[int, tuple[Token, ...]],
        slots: Sequence[Slot],
        matches: Sequence[Match],
    ) -> Sequence[Token] | None:
        """The `count` cells of a row among what follows its label, or None if not certain.

        In a line-by-line layout there must be exactly so many. In a printed row there may be
        empty cells before (spanned labels) and after (trailing columns): the cells must be
        the only stretch that leaves no figure outside, or the same stretch that full rows
        of the same width show.
        """
        if not values or values[0].row is None:
            return values if len(values) == count else None
        fits = _fitting(values, count)
        if len(fits) == 1:
            return values[fits[0] : fits[0] + count]
        if not fits:
            return None
        peers = {
            own[0]
            for peer in windows.values()
            if len(peer) == len(values)
            and peer is not values
            and peer[0].row is not None
            and len(own := _fitting(peer, count)) == 1
        }
        shared = [start for start in fits if start in peers]
        return values[shared[0] : shared[0] + count] if len(shared) == 1 else None


def _fitting(values: Sequence[Token], count: int) -> list[int]:
    """Where a stretch of `count` cells can start so that every cell outside it is empty."""
    filled = [number for number, token in enumerate(values) if token.text]
    if not filled:
        return list(range(len(values) - count + 1)) if len(values) >= count else []
    return [
        start
        for start in range(len(values) - count + 1)
        if start <= filled[0] and filled[-1] < start + count
    ]


def _row_windows(
    tokens: Sequence[Token], matches: Sequence[Match], slots: Sequence[Slot]
) -> dict[int, tuple[Token, ...]]:
    """For each matched row label the cells that follow it, up to the next label."""
    windows: dict[int, tuple[Token, ...]] = {}
    for match in matches:
        if slots[match.slot].kind != "row":
            continue
        row = tokens[match.end - 1].row
        end = match.end
        while end < len(tokens) and tokens[end].row == row and not is_label(tokens[end]):
            end += 1
        windows[match.start] = tuple(tokens[match.end : end])
    return windows


def _unread_findings(unread: Sequence[tuple[str, CellId]], section: str) -> tuple[Finding, ...]:
    reasons: dict[str, list[CellId]] = {}
    for reason, cell in unread:
        reasons.setdefault(reason, []).append(cell)
    return tuple(
        _incomplete(f"{section}：{r}，没有收录", tuple(cells)) for r, cells in reasons.items()
    )


class _Across(_Reader):
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
        return TableReading(self.edition.id, (), gaps, (_incomplete(text, cells),))

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
        rest = tokens[end:]
        while rest and not rest[0].text:
            rest = rest[1:]
        if not rest:
            return None
        if rest[0].row is None:
            values = []
            for token in rest:
                if token.row is not None or not is_value(token.text):
                    break
                values.append(token)
            return values if len(values) == count else None
        row = [token for token in tokens[end:] if token.row == rest[0].row]
        if any(is_label(token) for token in row):
            return None
        fits = _fitting(row, count)
        return row[fits[0] : fits[0] + count] if len(fits) == 1 else None
