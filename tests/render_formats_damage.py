"""One damage to the tables of a made report, of the kinds that mislead readers by position."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from typing import Literal, get_args

from knowledge.model import CellId, Part
from tests.render_formats import PARTS, MadeReport, Printed, Slot, Table

Damage = Literal[
    "lost_cell",
    "extra_blank",
    "two_in_one_cell",
    "lost_label",
    "label_of_another_row",
    "lost_row",
    "row_twice",
    "foreign_row",
    "foreign_column",
    "lost_column",
    "swapped_columns",
    "lost_header",
]
DAMAGES: tuple[Damage, ...] = get_args(Damage)


class Damager:
    """Damages tables in place and tells `made.printed` what stands in each cell afterwards.

    The figures of the report must all be distinct: they tell which cell a slot is.
    """

    def __init__(self, made: MadeReport, tables: Printed, seed: int) -> None:
        self.made, self.tables = made, tables
        self.chance = random.Random(seed)
        self.cells = {text: cell for cell, text in made.printed.items()}
        assert len(self.cells) == len(made.printed)

    def apply(self, damage: Damage) -> None:
        kinds: dict[Damage, Callable[[], None]] = {
            "lost_cell": self.lost_cell,
            "extra_blank": self.extra_blank,
            "two_in_one_cell": self.two_in_one_cell,
            "lost_label": self.lost_label,
            "label_of_another_row": self.label_of_another_row,
            "lost_row": self.lost_row,
            "row_twice": self.row_twice,
            "foreign_row": self.foreign_row,
            "foreign_column": self.foreign_column,
            "lost_column": self.lost_column,
            "swapped_columns": self.swapped_columns,
            "lost_header": self.lost_header,
        }
        kinds[damage]()

    # ── what a slot is ──

    def figure_rows(self, *parts: Part) -> list[tuple[Table, int]]:
        return [
            (table, number)
            for part in parts or PARTS
            for table in self.tables.tables[part]
            for number, row in enumerate(table)
            if any(slot.kind == "figure" for slot in row)
        ]

    def pick_row(self, *parts: Part) -> tuple[Table, int]:
        return self.chance.choice(self.figure_rows(*parts))

    def pick_figure(self, row: list[Slot]) -> int:
        return self.chance.choice([n for n, slot in enumerate(row) if slot.kind == "figure"])

    def forget(self, *slots: Slot) -> None:
        """These figures stand under no label any more."""
        for slot in slots:
            if slot.kind == "figure" and slot.text in self.cells:
                self.made.printed[self.cells[slot.text]] = ""

    # ── the damages ──

    def lost_cell(self) -> None:
        """A cell is gone, and the rest of its row has moved up."""
        table, number = self.pick_row()
        at = self.pick_figure(table[number])
        self.forget(table[number].pop(at))

    def moved_up(self) -> dict[CellId, str]:
        """What a sheet shows after `lost_cell`: the figures behind the lost one stand one
        column further left, under that column's label."""
        shown = dict(self.made.printed)
        gone = [cell for cell in self.cells.values() if self.made.printed[cell] == ""]
        for cell in gone:
            part = self._columns_of(cell)
            for left, right in zip(part, [*part[1:], None], strict=True):
                if part.index(left) >= part.index(cell):
                    shown[left] = self._text_of(right) if right is not None else ""
        return shown

    def _columns_of(self, cell: CellId) -> list[CellId]:
        """The cells of a printed row from left to right, the extra column in its place."""
        row = [c for c in self.cells.values() if self.made.row_of(c) == self.made.row_of(cell)]
        extra = [c for c in row if c.column == "organisations"]
        own = [c for c in row if c.column != "organisations"]
        return [*own[:-1], *extra, own[-1]] if extra else own

    def _text_of(self, cell: CellId) -> str:
        return next(text for text, other in self.cells.items() if other == cell)

    def extra_blank(self) -> None:
        table, number = self.pick_row()
        at = self.pick_figure(table[number])
        table[number].insert(at, Slot("", kind="spare"))

    def two_in_one_cell(self) -> None:
        table, number = self.pick_row()
        row = table[number]
        figures = [n for n, slot in enumerate(row) if slot.kind == "figure"]
        if len(figures) < 2:
            return
        at = self.chance.choice(figures[:-1])
        self.forget(row[at], row[at + 1])
        row[at] = replace(row[at], text=f"{row[at].text} {row[at + 1].text}")
        row[at + 1] = replace(row[at + 1], text="")

    def lost_label(self) -> None:
        table, number = self.pick_row("disclosure", "applications")
        row = table[number]
        labels = [n for n, slot in enumerate(row) if slot.kind == "label" and slot.text]
        row[labels[-1]] = replace(row[labels[-1]], text="")
        self.forget(*row)

    def label_of_another_row(self) -> None:
        table, number = self.pick_row("applications")
        other, second = self.pick_row("applications")
        row = table[number]
        at = [n for n, slot in enumerate(row) if slot.kind == "label"][-1]
        label = [slot.text for slot in other[second] if slot.kind == "label"][-1]
        if label == row[at].text or not label:
            return
        self.forget(*row)
        row[at] = replace(row[at], text=label)

    def lost_row(self) -> None:
        table, number = self.pick_row()
        # A row with a cell merged down would take the labels of the rows below with it.
        if all(slot.rows == 1 for slot in table[number]) and not self._covered(table, number):
            self.forget(*table.pop(number))

    def row_twice(self) -> None:
        table, number = self.pick_row("disclosure", "applications")
        if all(slot.rows == 1 for slot in table[number]) and not self._covered(table, number):
            table.insert(number, list(table[number]))

    def foreign_row(self) -> None:
        table, number = self.pick_row("disclosure", "applications")
        row = table[number]
        if any(slot.rows > 1 for slot in row) or self._covered(table, number):
            return
        numbers = iter(range(77_001, 77_100))
        table.insert(
            number,
            [
                replace(slot, text=str(next(numbers)))
                if slot.kind == "figure"
                else replace(slot, text="其中涉农事项" if slot.text else "")
                for slot in row
            ],
        )

    def foreign_column(self) -> None:
        """A column that no form has, between two others or behind all."""
        first_row = next(
            row
            for row in self.tables.tables["applications"][0]
            if row[-1].kind != "header" and any(slot.kind == "figure" for slot in row)
        )
        at = self.chance.randrange(sum(slot.kind == "figure" for slot in first_row) + 1)
        for table in self.tables.tables["applications"]:
            headed = False
            for row in table:
                kinds = [slot.kind for slot in row]
                if "figure" in kinds:
                    first = kinds.index("figure")
                    value = str(78_001 + self.chance.randrange(900))
                    row.insert(min(first + at, len(row)), Slot(value, kind="figure"))
                elif row and row[0].text == "商业企业":
                    headed = True
            if headed:
                self._widen_header(table, at)

    def _widen_header(self, table: Table, at: int) -> None:
        top, middle, leaves = table[0], table[1], table[2]
        people = next(n for n, slot in enumerate(top) if slot.text == "申请人情况")
        figures = sum(slot.kind == "figure" for slot in table[3]) - 1
        if at == figures:
            top.insert(people + 1, Slot("备注数", 3, kind="header"))
            return
        top[people] = replace(top[people], columns=top[people].columns + 1)
        if at == 0:
            middle.insert(0, Slot("备注数", 2, kind="header"))
        elif at > len(leaves):
            middle.insert(2, Slot("备注数", 2, kind="header"))
        else:
            middle[1] = replace(middle[1], columns=middle[1].columns + 1)
            leaves.insert(at - 1, Slot("备注数", kind="header"))

    def lost_column(self) -> None:
        """One kind of organisation is gone, header and figures."""
        gone = self.chance.randrange(5)
        for table in self.tables.tables["applications"]:
            for row in table:
                figures = [n for n, slot in enumerate(row) if slot.kind == "figure"]
                if figures:
                    self.forget(row.pop(figures[1 + gone]))
                for n, slot in enumerate(row):
                    if slot.text in ("申请人情况", "法人或其他组织"):
                        row[n] = replace(slot, columns=slot.columns - 1)
                if row and row[0].text == "商业企业":
                    row.pop(gone)

    def swapped_columns(self) -> None:
        """Two labels of the header have changed places: the figures go with the labels."""
        for table in self.tables.tables["applications"]:
            for row in table:
                if row and row[0].text == "商业企业":
                    row[0], row[1] = row[1], row[0]
        # Where the header stands once only, all rows of the table follow it.
        before = dict(self.made.printed)
        for cell in before:
            if cell.column == "business":
                other = CellId(cell.item, "research")
                self.made.printed[cell], self.made.printed[other] = before[other], before[cell]

    def lost_header(self) -> None:
        for table in self.tables.tables["applications"]:
            table[:] = [row for row in table if any(slot.kind == "figure" for slot in row)]
            for row in table:
                self.forget(*row)

    def _covered(self, table: Table, number: int) -> bool:
        return any(
            above + slot.rows > number
            for above in range(number)
            for slot in table[above]
            if slot.rows > 1
        )
