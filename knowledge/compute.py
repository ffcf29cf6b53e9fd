"""What is worked out from stored figures: differences, rates, shares, means, ranks.

Exact decimals in and out; rates, shares and means have two decimals, rounded half up.
Nothing here converts units or fills in what is missing: callers pass what is comparable.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal

HUNDREDTH = Decimal("0.01")


def rounded(value: Decimal) -> Decimal:
    """The value with two decimals, half up.

    >>> rounded(Decimal("81.175")), rounded(Decimal("-0.005"))
    (Decimal('81.18'), Decimal('-0.01'))
    """
    return value.quantize(HUNDREDTH, rounding=ROUND_HALF_UP)


def share(part: Decimal, whole: Decimal) -> Decimal | None:
    """`part` in percent of `whole`; None where that is 0, for then there is no share.

    >>> share(Decimal(69), Decimal(85)), share(Decimal(0), Decimal(0))
    (Decimal('81.18'), None)
    """
    return None if whole == 0 else rounded(part * 100 / whole)


def change_rate(earlier: Decimal, later: Decimal) -> Decimal | None:
    """By how many percent the later value lies above the earlier; None where that is 0.

    >>> change_rate(Decimal(4), Decimal(5)), change_rate(Decimal(0), Decimal(5))
    (Decimal('25.00'), None)
    """
    return None if earlier == 0 else rounded((later - earlier) * 100 / earlier)


def ratio(value: Decimal, base: Decimal) -> Decimal | None:
    """How many times the base a value is; None where the base is 0."""
    return None if base == 0 else rounded(value / base)


def mean(values: Sequence[Decimal]) -> Decimal:
    """The arithmetic mean. Raises: ValueError without values."""
    if not values:
        raise ValueError("no values")
    return rounded(sum(values, Decimal(0)) / len(values))


def ranks_of(counts: Mapping[Decimal, int], most_first: bool = True) -> dict[Decimal, int]:
    """The rank of each value from 1, given how often each occurs: equal values share one, and
    the next is as far behind as there are values before it.

    >>> ranks_of({Decimal(5): 2, Decimal(7): 1, Decimal(2): 1})
    {Decimal('7'): 1, Decimal('5'): 2, Decimal('2'): 4}
    """
    ranks: dict[Decimal, int] = {}
    before = 0
    for value in sorted(counts, reverse=most_first):
        ranks[value] = before + 1
        before += counts[value]
    return ranks
