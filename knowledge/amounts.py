"""Amounts of money that no town can have: their unit is almost surely another than it seems.

A town that writes 1859950.00 under 万元 means 元 (field-notes, section 5.9); which of the two is
not decided here, the figure only carries a caution. The limits are data (`audit.toml`).
"""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache

from knowledge.audit_rules import Amount, load_audit_rules
from knowledge.model import CellId

IN_WAN = {"元": Decimal("0.0001"), "万元": Decimal(1), "亿元": Decimal(10_000)}
"""Units of money in 万元."""


@lru_cache(maxsize=1)
def _limits() -> dict[CellId, Amount]:
    return {amount.id: amount for amount in load_audit_rules().amount}


def is_implausible(cell: CellId, value: Decimal, unit: str, bare: bool) -> bool:
    """Whether an amount is beyond the limit of its cell; `bare`: the report prints no unit."""
    scale = IN_WAN.get(unit)
    limit = _limits().get(cell) if scale is not None else None
    if scale is None or limit is None:
        return False
    return abs(value) * scale >= (limit.bare if bare else limit.stated)
