"""The rules of the audit as data: `data/audit.toml`, checked when loaded."""

from __future__ import annotations

from functools import lru_cache
from string import Formatter
from typing import Literal

from pydantic import BaseModel, ConfigDict

from knowledge.catalogue import load_catalogue
from knowledge.errors import DataError
from knowledge.form import load_form
from knowledge.model import CellId
from knowledge.tables import load_table


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Rule(_Strict):
    """One rule: its id of the contract, how serious it is, and what it finds, in a few words."""

    id: str
    severity: Literal["error", "warning"]
    name: str


class Operand(_Strict):
    """A figure that a relation speaks of; item or column left out are those being computed."""

    item: str | None = None
    column: str | None = None
    year: Literal[0, -1] = 0
    minus: bool = False

    def cell(self, item: str, column: str) -> CellId:
        return CellId(self.item or item, self.column or column)


class Relation(_Strict):
    """Two sums of figures that must be equal, or are suspicious if they are."""

    rule: str
    text: str
    items: tuple[str, ...]
    columns: tuple[str, ...]
    left: tuple[Operand, ...]
    right: tuple[Operand, ...]
    wrong_if: Literal["different", "equal"]


class Amount(_Strict):
    """From which amount on (万元) a unit is implausible: without a printed unit, and with one."""

    cell: str
    bare: int
    stated: int

    @property
    def id(self) -> CellId:
        return CellId(*self.cell.split("/"))


class Copied(_Strict):
    """When two texts are nearly the same; see the end of `data/audit.toml`."""

    sentence: int
    sentences: int
    share: int
    common: int


class Parts(_Strict):
    """Ways to divide a total, each as the beginnings of the ids of its parts."""

    lists: tuple[tuple[str, ...], ...]

    def list_of(self, item: str) -> int | None:
        """Which way of dividing a part belongs to, None for none of them."""
        return next(
            (number for number, starts in enumerate(self.lists) if item.startswith(starts)), None
        )


class AuditRules(_Strict):
    rule: tuple[Rule, ...]
    relation: tuple[Relation, ...]
    amount: tuple[Amount, ...]
    copied: Copied
    parts: Parts

    def named(self, name: str) -> Rule | None:
        return next((rule for rule in self.rule if rule.id == name), None)


@lru_cache(maxsize=1)
def load_audit_rules() -> AuditRules:
    """The rules, loaded once.

    Raises: DataError if a relation or an amount names a rule, an item or a cell that does not
    exist, or a text has a field that is not filled.
    """
    rules = load_table("audit.toml", AuditRules)
    form = load_form()
    known = set(load_catalogue().statements)
    for relation in rules.relation:
        if rules.named(relation.rule) is None:
            raise DataError("audit.toml", relation.rule, "没有这条规则")
        operands = (*relation.left, *relation.right)
        for item in (*relation.items, *(o.item for o in operands if o.item)):
            if form.part_of(item) is None:
                raise DataError("audit.toml", relation.rule, f"表格里没有 {item}")
        fields = {field for _, field, _, _ in Formatter().parse(relation.text) if field}
        if fields - {"year", "previous", "left", "right", "name"}:
            raise DataError("audit.toml", relation.rule, f"text 里有填不上的 {sorted(fields)}")
    for amount in rules.amount:
        item = amount.id.item
        if form.part_of(item) is None and item not in known:
            raise DataError("audit.toml", amount.cell, "没有这一项")
    return rules
