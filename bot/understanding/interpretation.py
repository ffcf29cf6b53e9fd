"""What a question asks for, once it is understood; or why it is not."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from bot.understanding.task import Scope, Task
from knowledge.model import Entity
from knowledge.renamed import Renaming

Intent = Literal[
    "lookup", "series", "compare", "rank", "aggregate", "filter", "exists", "derived", "verify",
    "passage", "profile", "coverage", "meta", "help",
]  # fmt: skip

YearSpan = Literal["years", "last", "all", "latest", "since"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """One measure asked for, with the columns that narrow it.

    `measures` are ids of the catalogue, several only where a phrase has several meanings;
    `columns` are the columns named, empty for the usual one; `whole` keeps the usual column
    beside them (收到多少，其中自然人多少). `words` are words of the question of which the
    report's own must have one each, `|` between those that say the same (县人大代表建议).
    """

    measures: tuple[str, ...]
    columns: tuple[str, ...] = ()
    whole: bool = False
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WantedYears:
    """The years asked for. `latest` without the word for it is a default that the reply states.

    `since` means the one year in `years` and all later ones.
    """

    span: YearSpan
    years: tuple[int, ...] = ()
    count: int = 0
    named: bool = True
    is_range: bool = False

    @property
    def several(self) -> bool:
        """Whether more than one year is, or may be, meant."""
        return len(self.years) > 1 or self.span in ("all", "last", "since")


@dataclass(frozen=True, slots=True)
class Choice:
    """One reading of an ambiguous question, and the question that means only that."""

    label: str
    question: str


@dataclass(frozen=True, slots=True)
class AbsentPlace:
    """A place named that the store does not hold: its name and the regions that have it.

    `renaming` tells what it is called today; `nearby` is the nearest that the store holds, in
    the region `nearby_in`.
    """

    name: str
    regions: tuple[str, ...]
    renaming: Renaming | None = None
    nearby: tuple[Entity, ...] = ()
    nearby_in: str = ""


@dataclass(frozen=True, slots=True)
class Interpretation:
    """A question understood. `read_as` lists names that were read as another (typed, taken)."""

    intent: Intent
    entities: tuple[Entity, ...] = ()
    years: WantedYears = field(default_factory=lambda: WantedYears("latest", named=False))
    wanted: tuple[Wanted, ...] = ()
    topic: str | None = None
    absent: tuple[AbsentPlace, ...] = ()
    read_as: tuple[tuple[str, Entity], ...] = ()
    exists: bool = False
    persons: bool = False
    """几个人、几家申请过: persons or firms are asked for, of whom the reports count the requests."""
    bases: frozenset[str] = frozenset()
    """What is to be counted by the question's words, where reports may count otherwise: `people`
    (培训了几个人, of 人次) or `times` (公示栏贴了几次, of 条)."""
    aspect: str | None = None
    """What is asked of the store or of a report as such: an id of `bot/data/about.toml`."""
    search: str | None = None
    """The word whose sentences are wanted, as typed; `topic` is None then."""
    regions: tuple[str, ...] = ()
    """Regions, each within or around the others, that narrow a question without a town."""
    place_kind: str = "any"
    """Which kind of place is asked for where none is named: an id of `operations.toml`."""
    pairs: tuple[tuple[Entity, int], ...] = ()
    """Places each with a year of its own (木耳镇2019年、景芝镇2020年); empty: all for all."""
    completed: str | None = None
    """The question that a follow-up was completed to; None for one that stands for itself."""
    account: str | None = None
    """The name that a channel is called by (清秀木耳公众号), as typed: the sentence of each figure
    must hold it."""
    said_as: str | None = None
    """The question in the words that it was read in, where some of its own were put otherwise
    (`bot/data/rewordings`)."""
    task: Task | None = None
    """What is to be done with the figures; None: they are looked up."""
    scope: Scope | None = None
    """The places meant where they are not named one by one."""
    around_years: tuple[str, str] | None = None
    """What is typed before and behind the one mention of years ("" and all where there is none);
    None where years are named in several places."""

    around_measure: tuple[str, str] | None = None
    """What is typed before and behind the words of the one measure that may be several; None
    where there is no such one."""

    def asked_of(self, year: int) -> str | None:
        """The same question asked of another year; None where `around_years` is."""
        if self.around_years is None:
            return None
        before, behind = self.around_years
        return f"{before}{year}年{behind}"

    @property
    def of_store(self) -> bool:
        """Whether no town is named: all the store (or the regions named) is asked about."""
        return not self.entities and not self.absent


@dataclass(frozen=True, slots=True)
class Clarify:
    """A question with several readings: the wording key of what is asked back, and the choices."""

    key: str
    choices: tuple[Choice, ...]
    values: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A question without an answer: the wording key of the reason, and what goes into it."""

    status: Literal["no_data", "not_understood", "answered"]
    key: str
    values: dict[str, str] = field(default_factory=dict)
    intent: Intent | None = None
    choices: tuple[Choice, ...] = ()


Understood = Interpretation | Clarify | Refusal
