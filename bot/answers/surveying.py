"""Figures of the places of a scope in one year, be they a county's or all of China's.

Of few places each is looked up. Of many the columns of the store are read (`knowledge.columns`)
and a measure is worked out once for all places that say the same; the figures of a place with
their citations are read only for those that are shown, or that a script asks for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, cast, overload

from bot.answers.answer import Answer, AnyPoint, Lack, Placed, Point
from bot.answers.figures import Resolver, Sample, cells_of
from bot.answers.gathering import (
    gather,
    mark_definitions,
    mark_line,
    mark_redefined,
    point_of,
    redefined,
    same_unit,
)
from bot.understanding.interpretation import Wanted
from knowledge import query
from knowledge.catalogue import load_catalogue
from knowledge.columns import column
from knowledge.form import load_form
from knowledge.model import CellId, Entity, Fact, Part
from knowledge.roster import reports_of_year, roster
from knowledge.store import Store

MANY = 200
"""Places from which on whole columns are read."""

CHUNK = 1000
"""Places whose figures are read at once where all are asked for."""

_NOBODY = Entity("")


@dataclass(frozen=True, slots=True)
class Gathered:
    """The comparable figures of places in their order, what is lacking, and the measure's name."""

    store: Store
    wanted: Wanted
    question: str
    points: Sequence[AnyPoint]
    lacks: Sequence[Lack]
    name: str
    redefined: frozenset[str] = frozenset()
    """Items of which figures of differently defined editions stand among those of many places;
    those of few are marked already."""

    def shown(self, points: Sequence[AnyPoint]) -> tuple[Point, ...]:
        """Some of the points with all that is known of them."""
        return tuple(p if isinstance(p, Point) else self._whole(p) for p in points)

    def _whole(self, placed: Placed) -> Point:
        resolver = Resolver(self.store, placed.entity, placed.year, bare=True)
        found = point_of(resolver, self.wanted, self.question)
        assert not isinstance(found, Answer)
        point, _ = found
        assert isinstance(point, Point)
        return replace(point, line=mark_line(point.line, self.redefined))

    def marked(self) -> Gathered:
        """With the caution `definition_changed`, where `mark_definition_changes` gives it."""
        placed = _placed(self.points)
        if not placed:
            return replace(self, points=mark_definitions(self.shown(self.points)))
        lines = {id(p.model): p.model.line for p in placed}
        return replace(self, redefined=redefined(lines.values()))

    def facts(self, points: Sequence[AnyPoint]) -> Sequence[Fact]:
        """The stored figures that some of the points are made of."""
        placed = _placed(points)
        if placed:
            return Operands(self.store, placed, self.redefined)
        return tuple(fact for point in self.shown(points) for fact in point.facts)


def _placed(points: Sequence[AnyPoint]) -> Sequence[Placed]:
    """The points, where they are those of many places; they are all of one sort."""
    return cast("Sequence[Placed]", points) if points and isinstance(points[0], Placed) else ()


class Operands(Sequence[Fact]):
    """The stored figures of very many places: as many as there are, read when they are looked at.

    To be looked at only while the store is held at the snapshot that the answer was made from.
    """

    def __init__(self, store: Store, placed: Sequence[Placed], items: frozenset[str]) -> None:
        self._store = store
        self._placed = placed
        self._items = items
        self._whole: list[Fact] | None = None
        self._models = {id(p.model): p.model for p in placed}

    def kinds(self) -> list[Fact]:
        """One figure of each kind, without its place, in order of first appearance: what is said
        of it (cautions, unit, year) holds of all of the kind. Reads nothing."""
        return [
            mark_redefined(fact, self._items) if model.line.facts else fact
            for model in self._models.values()
            for fact in model.facts
        ]

    def __len__(self) -> int:
        return sum(len(p.model.facts) for p in self._placed)

    def __iter__(self) -> Iterator[Fact]:
        if self._whole is not None:
            yield from self._whole
            return
        whole: list[Fact] = []
        for start in range(0, len(self._placed), CHUNK):
            chunk = self._read(self._placed[start : start + CHUNK])
            whole += chunk
            yield from chunk
        self._whole = whole

    @overload
    def __getitem__(self, index: int) -> Fact: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[Fact]: ...

    def __getitem__(self, index: int | slice) -> Fact | Sequence[Fact]:
        return list(self)[index]

    def _read(self, chunk: Sequence[Placed]) -> list[Fact]:
        asked: dict[tuple[int, CellId], list[Entity]] = {}
        for place in chunk:
            for fact in place.model.facts:
                asked.setdefault((place.year, fact.cell), []).append(place.entity)
        found = {
            (year, cell): query.lookup_of(self._store, entities, year, cell)
            for (year, cell), entities in asked.items()
        }
        facts: list[Fact] = []
        for place in chunk:
            for model in place.model.facts:
                own = found[place.year, model.cell][place.entity]
                fact = next(fact for fact in own if not fact.superseded)
                facts.append(mark_redefined(fact, self._items) if place.model.line.facts else fact)
        return facts


def gather_scope(
    store: Store,
    numbers: Sequence[int],
    year: int,
    wanted: Wanted,
    question: str,
    mixed: bool = False,
) -> Gathered | Answer:
    """The figures of places, by their numbers in the roster, that have a report for the year.

    `mixed`: in whatever units, for a list in which nothing is compared. An `Answer` asks back
    where the words fit several measures.
    """
    entities = roster(store).entities
    if len(numbers) <= MANY or wanted.words:  # a column does not have the words of its figures
        places = [(entities[number], year) for number in numbers]
        few = gather(store, places, wanted, question, mixed=mixed)
        if isinstance(few, Answer):
            return few
        points, lacks, name = few
        return Gathered(store, wanted, question, points, lacks, name)
    models = survey(store, year, wanted)
    said = [models[number] for number in numbers]
    for number, model in zip(numbers, said, strict=True):
        if isinstance(model.found, Answer):
            return ask_back(store, entities[number], year, wanted, question)
    placed = [
        Placed(entities[number], year, found.value, found.unit, found)
        for number, (found, _) in zip(numbers, said, strict=True)
        if isinstance(found, Point)
    ]
    lacking = [
        Lack(entities[number], year, found.why)
        for number, (found, _) in zip(numbers, said, strict=True)
        if isinstance(found, Lack)
    ]
    if not mixed:
        placed, lacking = same_unit(placed, lacking)
    return Gathered(store, wanted, question, placed, lacking, said[0].name)


def ask_back(store: Store, entity: Entity, year: int, wanted: Wanted, question: str) -> Answer:
    """Which of several measures is meant of a place, where `survey` has an `Answer`."""
    found = point_of(Resolver(store, entity, year, bare=True), wanted, question)
    assert isinstance(found, Answer)
    return found


class Model(NamedTuple):
    """What comes of a measure in all reports that say the same: `found` without its place, and
    the name of the measure; an `Answer` where the words fit several measures."""

    found: Point | Lack | Answer
    name: str


def survey(store: Store, year: int, wanted: Wanted) -> Sequence[Model]:
    """What comes of a measure in the reports of one year, by the numbers of the roster."""
    wanted = _of_one_column(wanted)
    return store.kept.get(("survey", year, wanted), lambda: _survey(store, year, wanted))


def _of_one_column(wanted: Wanted) -> Wanted:
    """The one line of a measure that is compared: that of the usual column, or the first named."""
    columns = () if wanted.whole else wanted.columns[:1]
    return Wanted(wanted.measures, columns)


def _survey(store: Store, year: int, wanted: Wanted) -> list[Model]:
    cells = cells_of(wanted)
    parts = _parts_of(wanted)
    columns = [column(store, year, cell) for cell in cells]
    editions = [_editions(store, year, part) for part in parts]
    models: dict[tuple[Any, ...], Model] = {}
    found: list[Model] = []
    for said in zip(*columns, *editions, strict=True):
        model = models.get(said)
        if model is None:
            sample = Sample(
                dict(zip(cells, said[: len(cells)], strict=True)),
                dict(zip(parts, said[len(cells) :], strict=True)),
            )
            resolver = Resolver(store, _NOBODY, year, True, sample)
            point = point_of(resolver, wanted, "")
            model = Model(point, "") if isinstance(point, Answer) else Model(*point)
            models[said] = model
        found.append(model)
    return found


def _parts_of(wanted: Wanted) -> list[Part]:
    """The tables whose edition decides which columns a measure has: of rows without a usual one."""
    catalogue, form = load_catalogue(), load_form()
    parts: dict[Part, None] = {}
    for name in wanted.measures:
        measure = catalogue.measures.get(name)
        if measure is not None and measure.item is not None and measure.column is None:
            part = form.part_of(measure.item)
            if part is not None and not wanted.columns:
                parts[part] = None
    return list(parts)


def _editions(store: Store, year: int, part: Part) -> list[frozenset[str]]:
    """The editions of a table in the current reports of a year, by the numbers of the roster."""
    found = [frozenset[str]()] * len(roster(store).entities)
    for head in reports_of_year(store, year).values():
        edition = head.editions[part]
        if head.current and edition is not None:
            found[head.number] |= {edition}
    return found
