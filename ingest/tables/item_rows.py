"""Tables with one printed row an item (sections 二 and 三 of the form)."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence

from ingest.tables.alignment import (
    Match,
    Slot,
    align,
    doubled_rows,
    group_number,
    out_of_order,
    slots_of,
)
from ingest.tables.grid_headers import apart, column_places, ordered_labels
from ingest.tables.placing import (
    Header,
    Placed,
    Window,
    find_windows,
    first_of_two,
    place_row,
)
from ingest.tables.reading import (
    MONEY,
    SHOWN,
    TableReader,
    TableReading,
    incomplete,
    printed_unit,
    unit_is_clear,
)
from ingest.tables.strangers import SHIFTED, STRANGER, find_strangers, has_blank_edge
from ingest.tables.tokens import Place, Token, is_label, is_value
from knowledge.checks import row_adds_up, sums_confirm, sums_hold_without
from knowledge.form import FormColumn, FormRow, has_numbering, label_core
from knowledge.model import CellId, Figure, Finding, Gap
from knowledge.numerals import cell_number, is_blank

MAX_BRACKET_END = 8
"""Characters of the end of a bracket that is a line of its own (元）, 位：万元）)."""

NEXT_ROW = "下一行的行名没有找到，前一行的数可能是它的"


class ItemRows(TableReader):
    """Tables with one printed row an item (sections 二 and 三)."""

    @property
    def slots(self) -> tuple[Slot, ...]:
        return slots_of(self.edition.id, self.table.part)

    def read(self, tokens: Sequence[Token], section: str | None) -> tuple[float, TableReading]:
        slots = self.slots
        score, matches = align(tokens, slots)
        matches = [match for match in matches if not self._ends_a_header(tokens, match)]
        matches += out_of_order(tokens, slots, matches)
        if not matches:
            return 0.0, TableReading(None)
        by_item = {slots[m.slot].item: m for m in matches if slots[m.slot].kind == "row"}
        headers = self._headers(tokens, slots, matches)
        windows = find_windows(
            tokens, matches, slots, {row.item: len(row.group) for row in self.table.rows}
        )
        columns_of = {
            row.item: self._columns(row, headers[self._group_of(row)], windows.get(row.item))
            for row in self.table.rows
        }
        peers = [(window, len(columns_of[item])) for item, window in windows.items()]
        doubled = doubled_rows(tokens, slots, matches)
        never_filled = self._never_filled(tokens, matches, by_item, headers)
        figures: list[Figure] = []
        blanks: list[CellId] = []
        unread: list[tuple[str, CellId]] = []
        uncertain: set[str] = set()
        rows: dict[str, dict[str, Token | None]] = {}
        for row in self.table.rows:
            match = by_item.get(row.item)
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
            if never_filled:
                blanks += cells
                continue
            header = headers[self._group_of(row)]
            ids = [column.column for column in columns]
            placed = place_row(window, ids, header, peers, self._adds_up)
            both = placed is None and self._next_is_lost(match, matches)
            if both:
                placed = first_of_two(window, ids, self._adds_up)
            elif placed is not None and any(
                self._differs(tokens, other, placed, ids, header, peers)
                for other in doubled
                if slots[other.slot].item == row.item
            ):
                reason = f"“{row.label}”一行印了两次，数不一样"
                unread.extend((reason, cell) for cell in cells if not row.extra)
                continue
            last = tokens[match.end - 1].block
            if (
                placed is not None
                and not both
                and self._may_be_the_next_ones(match, last, window, matches)
            ):
                uncertain.add(row.item)
            if placed is None:
                if not row.extra:
                    reason = self._why_unplaced(row, ids, header, window)
                    unread.extend((reason, cell) for cell in cells)
                continue
            if has_blank_edge(self.table.part, placed):
                unread.extend((SHIFTED, cell) for cell in cells if not row.extra)
                continue
            rows[row.item] = dict(zip(ids, placed, strict=True))
            label = " ".join(t.text for t in tokens[match.start : match.end] if is_label(t))
            for column, cell, token in zip(columns, cells, placed, strict=True):
                if token is None:
                    unread.append((f"“{column.label}”的列名没有找到", cell))
                    continue
                unit = None
                if column.unit in MONEY:
                    unit = printed_unit(header.printed.get(column.column, ""))
                if is_blank(token.text):
                    blanks.append(cell)
                    continue
                printed = header.printed.get(column.column, "")
                if column.unit in MONEY and not unit_is_clear(printed):
                    unread.append((f"“{column.label}”的单位不清楚", cell))
                    continue
                figure = self.figure(row, column, token, label, unit, section)
                if isinstance(figure, Figure):
                    figures.append(figure)
                else:
                    shown = token.text[:SHOWN]
                    unread.append(
                        (f"“{row.label}”一行的“{column.label}”印作“{shown}”，{figure}", cell)
                    )
        doubted = dict.fromkeys(find_strangers(self.table.part, rows), STRANGER)
        missing = [anchor for anchor in self.table.anchors if anchor not in by_item]
        trusted = not missing or never_filled or self._trusted(figures, missing)
        values = {figure.cell: figure.value for figure in figures}
        names = [column.column for column in self.table.rows[0].columns]
        uncertain -= {i for i in uncertain if sums_confirm(self.table.part, i, names, values)}
        if uncertain and not (missing and trusted):
            doubted.update(dict.fromkeys(uncertain, NEXT_ROW))
        if doubted:
            read = (*(figure.cell for figure in figures), *blanks)
            unread += [(doubted[cell.item], cell) for cell in read if cell.item in doubted]
            figures = [figure for figure in figures if figure.cell.item not in doubted]
            blanks = [cell for cell in blanks if cell.item not in doubted]
        if not trusted:
            reason = f"缺少“{self._label_of(missing[0])}”一行，整张表不可靠"
            own = [cell for cell in self.table.cells if cell not in {c for _, c in unread}]
            unread += [(reason, cell) for cell in own]
            figures, blanks = [], []
        gaps = [Gap(cell, "blank") for cell in blanks]
        gaps.extend(Gap(cell, "unread") for _, cell in unread)
        reading = TableReading(
            self.edition.id,
            tuple(figures),
            tuple(gaps),
            _unread_findings(unread, section or self.table.section),
            empty_form=never_filled,
        )
        return score, reading

    def _ends_a_header(self, tokens: Sequence[Token], match: Match) -> bool:
        """Whether a row's label is the last one of a header that is printed again, one cell a line
        (其他 behind 法律服务机构): the label of the figures behind it is lost."""
        slot, token = self.slots[match.slot], tokens[match.start]
        if slot.kind != "row" or token.marked or match.end - match.start > 1:
            return False
        if has_numbering(token.text) or not has_numbering(slot.label):
            return False
        words = {
            core for c in self.table.rows[0].columns for core in self.form.column_cores(c.label)
        }
        before = next((t for t in reversed(tokens[: match.start]) if t.text), None)
        named = before is not None and is_label(before) and label_core(before.text) in words
        return named and label_core(token.text) in words

    def _differs(
        self,
        tokens: Sequence[Token],
        other: Match,
        placed: Placed,
        columns: Sequence[str],
        header: Header,
        peers: Sequence[tuple[Window, int]],
    ) -> bool:
        """Whether a second row under the same label is as full as the first and says otherwise."""
        item = self.slots[other.slot].item or ""
        depths = {row.item: len(row.group) for row in self.table.rows}
        window = find_windows(tokens, [other], self.slots, depths)[item]
        second = place_row(window, columns, header, peers, self._adds_up)
        if second is None or not any(token is not None and token.text for token in second):
            return False
        return [t and t.text.strip() for t in placed] != [t and t.text.strip() for t in second]

    def _may_be_the_next_ones(
        self, match: Match, last: int, window: Window, matches: Sequence[Match]
    ) -> bool:
        """Whether the figures behind a label may be those of the next row, whose label was lost.

        With one cell a line nothing shows that a row's own figures went together with the next
        row's label. Figures on the label's own line are its own; so are those before a heading
        that stands between the two rows.
        """
        if window.marked or any(token.block == last for token in window.values):
            return False
        return self._next_is_lost(match, matches)

    def _next_is_lost(self, match: Match, matches: Sequence[Match]) -> bool:
        """Whether the label of the next row of the form was not found."""
        slots = self.slots
        extra = {row.item for row in self.table.rows if row.extra}
        following = next(
            (
                number
                for number in range(match.slot + 1, len(slots))
                if slots[number].kind == "row" and slots[number].item not in extra
            ),
            None,
        )
        if following is None:
            return False
        return not any(match.slot < other.slot <= following for other in matches)

    def _trusted(self, figures: Sequence[Figure], missing: Sequence[str]) -> bool:
        """Whether a table without one of its anchor rows is read for certain all the same.

        The anchors stand for the table being whole. Where one of them is lost, the form's sums
        that do without it (the outcomes add up to （七）总计; where that is the lost row, what
        came in equals what was handled and carried on) must all be decided and hold.
        """
        if len(missing) > 1 or len(self.table.anchors) < 2:
            return False
        values = {figure.cell: figure.value for figure in figures}
        columns = [column.column for column in self.table.rows[0].columns]
        return sums_hold_without(self.table.part, missing[0], columns, values)

    def _adds_up(self, columns: Sequence[str], row: Sequence[Token]) -> bool:
        """Whether the form's sum for one row is decided by its figures and holds."""
        numbers = [cell_number(token.text) for token in row]
        return row_adds_up(
            self.table.part,
            {c: n.value for c, n in zip(columns, numbers, strict=True) if n is not None},
        )

    def _why_unplaced(
        self, row: FormRow, columns: Sequence[str], header: Header, window: Window
    ) -> str:
        known = header.known(window)
        if any(column not in known for column in columns):
            return f"“{row.label}”一行的列名没有找全"
        if window.label is not None and window.label.grid in header.places:
            return f"“{row.label}”一行的数和列名没有上下对齐"
        return f"“{row.label}”一行应有 {len(columns)} 格，印出的对不上"

    def _never_filled(
        self,
        tokens: Sequence[Token],
        matches: Sequence[Match],
        found: Container[str | None],
        headers: Mapping[int, Header],
    ) -> bool:
        """Whether a table of lines prints all its labels and no figure or dash at all.

        Without marks an empty cell leaves nothing behind, but a form on which every row and
        column is named and nothing stands was left empty (field-notes, section 3, 7).
        """
        first = min(match.start for match in matches)
        last = max(match.end for match in matches)
        return not any(t.marked or is_value(t.text) for t in tokens[first : last + 1]) and all(
            row.extra
            or (
                row.item in found
                and all(c.column in headers[self._group_of(row)].printed for c in row.columns)
            )
            for row in self.table.rows
        )

    def _stands_in(self, heading: FormRow, found: Mapping[str | None, Match]) -> bool:
        """Whether the figures behind a group's heading may be those of one of its rows.

        Where the label of the row that would stand there was lost and the group's others are
        there, they look like a subtotal of the group.
        """
        own = [
            found.get(row.item)
            for row in self.table.rows
            if row.group and label_core(row.group[-1]) == label_core(heading.label)
        ]
        place = found[heading.item].start
        above = [n for n, match in enumerate(own) if match is not None and match.start < place]
        behind = max(above, default=-1) + 1
        return any(own) and behind < len(own) and own[behind] is None

    def _label_of(self, item: str) -> str:
        return next(row.label for row in self.table.rows if row.item == item)

    def _group_of(self, row: FormRow) -> int:
        return group_number(self.table, row)

    def _columns(
        self, row: FormRow, header: Header, window: Window | None
    ) -> tuple[FormColumn, ...]:
        columns = list(row.columns)
        known = header.known(window) if window is not None else header.printed
        for after, extra in self.table.extra_columns:
            if extra.column in known:
                place = [column.column for column in columns].index(after) + 1
                columns.insert(place, extra)
        return tuple(columns)

    def _headers(
        self, tokens: Sequence[Token], slots: Sequence[Slot], matches: Sequence[Match]
    ) -> dict[int, Header]:
        """For each header the columns whose labels were seen, with the label as printed."""
        groups = {self._group_of(row) for row in self.table.rows}
        if self.table.header == "table":
            rows = [m.start for m in matches if slots[m.slot].kind == "row"]
            return {0: self._table_header(tokens, rows)}
        printed: dict[int, dict[str, str]] = {group: {} for group in groups}
        places: dict[int, dict[int, dict[str, Place]]] = {group: {} for group in groups}
        for match in matches:
            slot = slots[match.slot]
            if slot.kind == "column" and slot.column is not None:
                printed[slot.group][slot.column] = _whole_label(tokens, match)
                place = tokens[match.end - 1].place
                if place is not None:
                    places[slot.group].setdefault(place.grid, {})[slot.column] = place
        return {
            group: Header(printed[group], {g: apart(found) for g, found in places[group].items()})
            for group in groups
        }

    def _table_header(self, tokens: Sequence[Token], rows: Sequence[int]) -> Header:
        columns = [*self.table.rows[0].columns, *(c for _, c in self.table.extra_columns)]
        cores = {column.column: self.form.column_cores(column.label) for column in columns}
        first_rows: dict[int, int] = {}
        for number in sorted(rows, reverse=True):
            place = tokens[number].place
            if place is not None:
                first_rows[place.grid] = number
        groups = {label_core(label) for row in self.table.rows for label in row.group}
        places = column_places(tokens, first_rows, cores, groups) if first_rows else {}
        return Header(ordered_labels(tokens[: min(rows, default=0)], cores), places)


def _whole_label(tokens: Sequence[Token], match: Match) -> str:
    """A column's label as printed, with the end of its bracket where that is broken off
    (本年收费金额（单位：万 / 元）)."""
    label = "".join(token.text for token in tokens[match.start : match.end])
    opened = label.count("（") + label.count("(") > label.count("）") + label.count(")")
    end = next((t.text for t in tokens[match.end : match.end + 1]), "")
    closes = len(end) <= MAX_BRACKET_END and end.endswith(("）", ")"))
    return label + end if opened and closes else label


def _unread_findings(unread: Sequence[tuple[str, CellId]], section: str) -> tuple[Finding, ...]:
    reasons: dict[str, list[CellId]] = {}
    for reason, cell in unread:
        reasons.setdefault(reason, []).append(cell)
    return tuple(
        incomplete(f"{section}：{r}，没有收录", tuple(cells)) for r, cells in reasons.items()
    )
