"""What is to be done with the figures of a question, where more than looking up is asked for."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from knowledge.model import Entity

Direction = Literal["most", "least"]
Bound = Literal["over", "at_least", "under", "at_most", "between", "equal"]
Trend = Literal["rise", "fall"]
Claim = Literal["more", "less"]


@dataclass(frozen=True, slots=True)
class Scope:
    """The places that a question is about without naming each.

    `region` is as named in the question, empty for the whole store; `kind` the id of the
    kind of place; `left_out` counts places of the region that are of another kind.
    `strict` are those that the noun `said` means in its narrow sense, where it has a wider one.
    """

    entities: tuple[Entity, ...]
    region: str = ""
    kind: str = "any"
    left_out: int = 0
    strict: tuple[Entity, ...] = ()
    said: str = ""
    known: int = 0
    """How many places of the kind the gazetteer has in the region; 0 if none is named."""


@dataclass(frozen=True, slots=True)
class Condition:
    """What a figure must fulfil: a bound, or a rise or fall `years` times in a row."""

    bound: Bound | None = None
    number: Decimal = Decimal(0)
    unit: str = ""
    """Of the number, as written; empty if none is."""
    trend: Trend | None = None
    years: int = 1
    upper: Decimal | None = None
    """The other end of a range (5到10件); both ends lie in it."""

    def holds(self, value: Decimal) -> bool:
        """Whether a figure lies within the bound."""
        if self.bound == "between":
            return self.upper is not None and self.number <= value <= self.upper
        holds = _HOLDS.get(self.bound)
        return holds is not None and holds(value, self.number)


_HOLDS: dict[Bound | None, Callable[[Decimal, Decimal], bool]] = {
    "over": operator.gt,
    "at_least": operator.ge,
    "under": operator.lt,
    "at_most": operator.le,
    "equal": operator.eq,
}


@dataclass(frozen=True, slots=True)
class Each:
    """The figure of every place of a scope."""


@dataclass(frozen=True, slots=True)
class Series:
    """One place over years; `peak` asks for the year of the most or the least, `rises` whether
    it rose or fell, which a single figure does not tell."""

    peak: Direction | None = None
    trend: bool = False
    rises: bool = False


@dataclass(frozen=True, slots=True)
class Compare:
    """Two places in one year, two years of one place, or two measures of one report.

    `claim` is what a yes-or-no question supposes of the first beside the second (of the later
    year beside the earlier); `ratio` asks how many times as much.
    """

    over: Literal["places", "years", "measures"]
    ratio: bool = False
    claim: Claim | None = None
    claimed: Condition | None = None
    """By how much the question supposes that it differs; `percent` tells of what kind."""
    percent: bool = False
    beside: int | None = None
    """The year that the other is compared with (behind 比, or 是 with 几倍); None: the earlier."""
    signed: bool = True
    """Whether the first is taken minus the second; else the lesser from the greater (差多少)."""
    previous: bool = False
    """The year before the one named is to be compared with it (同比)."""


@dataclass(frozen=True, slots=True)
class Rank:
    """Places in the order of a figure: the first `top`, the `nth`, or where one of them stands."""

    direction: Direction = "most"
    top: int | None = 1
    nth: int | None = None
    position: Entity | None = None
    claim: Entity | None = None
    """The place that a yes-or-no question supposes to be the first."""


@dataclass(frozen=True, slots=True)
class Aggregate:
    """A sum or mean over the places of a scope, over places named, over years, over months, or
    a sum of several measures of one report."""

    operation: Literal["sum", "mean"]
    over: Literal["places", "years", "months", "measures"]
    change: bool = False
    """Whether the sum of the last year is compared with that of the first."""


@dataclass(frozen=True, slots=True)
class Share:
    """The first figure in percent of the second, or of the whole that it is a part of; or one
    place's figure in percent of all of a scope."""

    of: Literal["whole", "named", "scope"]


@dataclass(frozen=True, slots=True)
class Filter:
    """Which places (or years of one place) fulfil a condition, or how many."""

    condition: Condition
    counting: bool = False
    over: Literal["places", "years"] = "places"


@dataclass(frozen=True, slots=True)
class Verify:
    """Claims about figures, one for each measure asked for; a unit is as written, empty if none."""

    claims: tuple[tuple[Condition, str], ...]


Task = Each | Series | Compare | Rank | Aggregate | Share | Filter | Verify
