"""What is known to a question: lines with figures and their citations, passages, or nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal, NamedTuple

from bot.understanding.interpretation import AbsentPlace, Choice, Intent, Interpretation
from knowledge.model import Citation, Entity, Fact

Status = Literal["answered", "clarify", "no_data", "not_understood"]

Reason = Literal["blank", "unread", "not_on_form", "not_stated", "other_words", "issues_differ"]
"""Why a figure is missing: printed blank, not read, not on the report's form, not in the text,
stated of another kind, level or outcome than the one asked for, or not computed because two issues of the report differ and neither is known to be later."""


Operator = Literal[
    "sum", "difference", "change_rate", "share", "ratio", "mean", "max", "min", "rank", "count"
]


@dataclass(frozen=True, slots=True)
class Computed:
    """A figure worked out from stored ones; `value` is None where it is undefined (of 0).

    Shares and rates are in percent; they, means and ratios have two decimals, half up.
    `formula` says in words what was worked out, empty where the sentence says it.
    """

    operation: Operator
    value: Decimal | None
    unit: str
    operands: Sequence[Fact]
    """Of very many places they are read only when they are looked at (`Operands`)."""
    formula: str = ""
    exact: Decimal | None = None
    """A share before it was rounded: what it is compared by. None for whatever is not compared."""


@dataclass(frozen=True, slots=True)
class Line:
    """One measure of one report: the facts or the computed figure that answer, or the reason.

    `facts` are the figures asked for (several where statements or re-issues differ).
    `parts` break it down, `said` are the statements of the text on the same measure,
    `details` break those down. `group` heads lines of an overview.
    """

    entity: Entity
    year: int
    name: str
    facts: tuple[Fact, ...] = ()
    computed: Computed | None = None
    reason: Reason | None = None
    parts: tuple[Fact, ...] = ()
    said: tuple[Fact, ...] = ()
    details: tuple[Fact, ...] = ()
    group: str | None = None
    from_text: bool = False
    """The table has no such figure, the text has: its statement answers, and the reply says so."""

    @property
    def contradicting(self) -> tuple[Fact, ...]:
        """What the text says other than the table; of a share what it says of either operand."""
        if self.computed is not None and self.computed.operation == "share":
            return self.said
        own = {self.computed.value} if self.computed else {fact.value for fact in self.facts}
        return tuple(fact for fact in self.said if own - {fact.value})

    @property
    def operands(self) -> tuple[Fact, ...]:
        """The stored figures that a computed one is made of."""
        return tuple(self.computed.operands) if self.computed is not None else ()


Why = Reason | Literal[
    "no_report", "differ", "no_unit", "other_unit", "undefined", "approximate"
]  # fmt: skip
"""Why a place or year has no figure to compare: a `Reason`, no report at all, several figures
that differ, an amount without its unit, another unit than the rest, a rate of 0, or a figure
that is only about and must be held against a bound."""


@dataclass(frozen=True, slots=True)
class Point:
    """One figure that can stand beside others: its line and its one value."""

    line: Line
    value: Decimal
    unit: str
    rank: int = 0
    tied: bool = False
    """Whether another place has the same rank."""

    @property
    def exact(self) -> Decimal:
        """The value before it was rounded: 39.29% and 28.57% lie 10.71 points apart, not 10.72."""
        computed = self.line.computed
        return computed.exact if computed is not None and computed.exact is not None else self.value

    @property
    def entity(self) -> Entity:
        """The place."""
        return self.line.entity

    @property
    def year(self) -> int:
        """The year reported on."""
        return self.line.year

    @property
    def facts(self) -> tuple[Fact, ...]:
        """The stored figures that the value is made of."""
        return self.line.facts[:1] or self.line.operands

    @property
    def approximate(self) -> bool:
        """Whether the report gives the figure only about (150余条)."""
        return any("approximate" in fact.cautions for fact in self.facts)

    @property
    def certain(self) -> bool:
        """Whether one value can be held against it: no approximate figure, and no rate of
        figures of which the text says others."""
        rate = self.line.computed is not None and self.line.computed.operation == "share"
        return not self.approximate and not (rate and self.line.said)

    @property
    def stated(self) -> frozenset[Decimal]:
        """Every value that the report gives the figure: its own, and what the text says."""
        return frozenset({self.value, *(fact.value for fact in self.line.said)})


class Placed(NamedTuple):
    """One figure among those of very many places: as a `Point`, of which only what is compared
    is known. `model` is the point of some place that says the same."""

    entity: Entity
    year: int
    value: Decimal
    unit: str
    model: Point

    @property
    def approximate(self) -> bool:
        """Whether the report gives the figure only about."""
        return self.model.approximate


AnyPoint = Point | Placed


class Lack(NamedTuple):
    """A place and year without a figure to compare, and why."""

    entity: Entity
    year: int
    why: Why
    point: AnyPoint | None = None
    """The figure itself, where there is one in another unit than the others."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of comparing figures of one measure.

    `points` are those shown, in their order; `lacks` what had to be left out; `compared` how
    many figures were looked at. `verdict` answers a yes-or-no question, None where none was
    asked or the report itself is of two minds.
    """

    name: str
    points: tuple[Point, ...] = ()
    lacks: tuple[Lack, ...] = ()
    compared: int = 0
    results: tuple[Computed, ...] = ()
    year: int | None = None
    years: tuple[int, ...] = ()
    """The years that are added up over many places; empty where `year` tells it."""
    verdict: bool | None = None
    apart: bool = False
    """Whether the points are in units that are not converted: they are told, and neither compared
    nor added up."""
    replaced: tuple[Fact, ...] = ()
    """Figures that a question claims and that stood in an issue of the report which a later one
    corrected."""
    more: int = 0
    """Points that fulfil what was asked for but are not shown."""
    strict: Outcome | None = None
    """The same for fewer places, where the noun asked for can mean these alone."""

    def result(self, *operations: Operator) -> Computed | None:
        """The first result of one of these operations."""
        return next((r for r in self.results if r.operation in operations), None)


@dataclass(frozen=True, slots=True)
class Passage:
    """Words of a report: the whole sub-section, and the stretch of it that answers.

    Sentences that name private people are in neither; `left_out` counts those that `shown`
    would have had. `hits` counts where a word that was searched stands in the report.
    """

    text: str
    shown: str
    citation: Citation
    entity: Entity
    year: int
    left_out: int = 0
    hits: int = 0


@dataclass(frozen=True, slots=True)
class MissingYear:
    """A year asked for of which the store has no report of this entity, and the years it has."""

    entity: Entity
    years: tuple[int, ...]
    held: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Listing:
    """A line of the list of what the store holds."""

    entity: Entity
    years: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """A line about the store or a report: `key` names its wording (table `meta` or `coverage`).

    Values are texts as printed, lists of them, or what the wording translates by its name:
    `region` a path, `part` and `level` keys of a table, `rule` the name of a rule, `names`
    of towns, `rows` official labels, each of a row and behind tabs of its columns.

    `place` is named in front if it is told of one town; `facts` are the figures that the line
    speaks of, shown below it with their citations; `citation` is where the report stands.
    """

    key: str
    values: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)
    place: Entity | None = None
    facts: tuple[Fact, ...] = ()
    citation: Citation | None = None
    head: bool = False
    """A heading over the lines that follow."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Everything that a reply says, before it is worded.

    `key` names the wording of replies without figures, `values` what goes into it.
    """

    status: Status
    question: str
    intent: Intent | None = None
    interpretation: Interpretation | None = None
    lines: tuple[Line, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    """One for each measure, where more than looking up was asked for."""
    passages: tuple[Passage, ...] = ()
    missing_years: tuple[MissingYear, ...] = ()
    absent: tuple[AbsentPlace, ...] = ()
    listings: tuple[Listing, ...] = ()
    told: tuple[Told, ...] = ()
    choices: tuple[Choice, ...] = ()
    key: str | None = None
    values: dict[str, str] = field(default_factory=dict)
    default_year: bool = False
    """No year was named: the latest report of each entity answers."""
    holdings: tuple[str, ...] = ()
    """The names of all places in the store, told where the place asked for is not among them."""
    same_named: frozenset[Entity] = frozenset()
    """Entities of a scope that share their name with another in it: always told with county."""
    county_shown: tuple[Entity, ...] = ()
    """Entities whose name several towns of China share: the reply names their county."""
