"""Tables with one printed row an item (sections 二 and 三 of the form)."""

from __future__ import annotations

from collections.abc import Container, Sequence

from ingest.alignment import (
    MAX_PIECES,
    Match,
    Slot,
    Token,
    align,
    group_number,
    is_label,
    out_of_order,
    slots_of,
)
from ingest.placing import find_windows, place_row
from ingest.reading import (
    MONEY,
    TableReader,
    TableReading,
    incomplete,
    printed_unit,
)
from knowledge.form import FormColumn, FormRow, label_core
from knowledge.model import CellId, Figure, Finding, Gap
from knowledge.numerals import is_blank


class ItemRows(TableReader):
    """Tables with one printed row an item (sections 二 and 三)."""

    @property
    def slots(self) -> tuple[Slot, ...]:
        return slots_of(self.edition.id, self.table.part)

    def read(self, tokens: Sequence[Token], section: str | None) -> tuple[float, TableReading]:
        slots = self.slots
        score, matches = align(tokens, slots)
        matches += out_of_order(tokens, slots, matches)
        by_item = {slots[m.slot].item: m for m in matches if slots[m.slot].kind == "row"}
        headers = self._headers(tokens, slots, matches)
        figures: list[Figure] = []
        gaps: list[Gap] = []
        unread: list[tuple[str, CellId]] = []
        missing = [anchor for anchor in self.table.anchors if anchor not in by_item]
        starts = {match.start for match in matches}
        windows = find_windows(
            tokens, matches, slots, {row.item: len(row.group) for row in self.table.rows}
        )
        columns_of = {
            row.item: self._columns(row, headers.get(self._group_of(row), {}))
            for row in self.table.rows
        }
        peers = [(window, len(columns_of[item])) for item, window in windows.items()]
        for row in self.table.rows:
            match = by_item.get(row.item)
            header = headers.get(self._group_of(row), {})
            columns = columns_of[row.item]
            cells = [CellId(row.item, column.column) for column in columns]
            if match is None:
                if not row.extra:
                    unread.extend((f"“{row.label}”一行没有找到", cell) for cell in cells)
                continue
            window = windows[row.item]
            if row.extra and (
                not any(token.text for token in window.values) or self._stands_in(row, by_item)
            ):
                continue  # a group heading without figures of its own, as the form has it
            reason = None
            if missing:
                reason = f"缺少“{self._label_of(missing[0])}”一行，整张表不可靠"
            elif any(column.column not in header for column in columns):
                reason = f"“{row.label}”一行的列名没有找全"
            elif (placed := place_row(window, len(columns), peers)) is None:
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

    def _stands_in(self, heading: FormRow, found: Container[str | None]) -> bool:
        """Whether the figures behind a group's heading may be those of its first row.

        Where that row's label was lost and the group's others are there, they look like a
        subtotal of the group.
        """
        own = [
            row.item in found
            for row in self.table.rows
            if row.group and label_core(row.group[-1]) == label_core(heading.label)
        ]
        return bool(own) and not own[0] and any(own)

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


def _unread_findings(unread: Sequence[tuple[str, CellId]], section: str) -> tuple[Finding, ...]:
    reasons: dict[str, list[CellId]] = {}
    for reason, cell in unread:
        reasons.setdefault(reason, []).append(cell)
    return tuple(
        incomplete(f"{section}：{r}，没有收录", tuple(cells)) for r, cells in reasons.items()
    )
