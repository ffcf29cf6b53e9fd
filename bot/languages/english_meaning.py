"""What an English question means, and whether the Chinese reading of it is the same."""

from __future__ import annotations

from dataclasses import dataclass

from bot.understanding.interpretation import Interpretation, Refusal
from bot.understanding.units import unit_classes
from knowledge.catalogue import UnitClass
from knowledge.model import Entity

MAX_TYPED = 80
"""Characters of a question that a refusal repeats."""


@dataclass(frozen=True, slots=True)
class Translated:
    """The Chinese question that an English one means, and what must be understood from it."""

    question: str
    measures: tuple[tuple[str, ...], ...] = ()
    columns: frozenset[str] = frozenset()
    years: tuple[int, ...] = ()
    entities: tuple[Entity, ...] = ()
    units: frozenset[UnitClass] = frozenset()
    bare: bool = False
    """No number is asked for (what is …): only an amount or a rate can be meant."""
    several: bool = False
    """Several places or years are asked for, which may be put side by side."""
    operated: bool = False
    """More than looking up is asked for: to compare, rank, add up, filter."""
    operation: str = ""
    """The words that ask for it, as typed."""
    follows: bool = False
    """It only changes the question before: what is not named here was named there."""
    typed: str = ""
    talk: bool = False
    """A greeting, a call for help, or what the store holds: nothing to compare."""

    def check(self, understood: Interpretation) -> Refusal | None:
        """Why what was understood is not what the English question says; None if it is."""
        if self.talk:
            return None
        if self.follows:
            return self._check_changes(understood)
        wanted = {frozenset(want.measures) for want in understood.wanted}
        columns = {column for want in understood.wanted for column in want.columns}
        same = (
            wanted == {frozenset(ids) for ids in self.measures}
            and columns == self.columns
            and (not self.years or set(understood.years.years) == set(self.years))
            and (not self.entities or set(understood.entities) == set(self.entities))
        )
        tasked = understood.task is not None
        if self.operated and not tasked or tasked and not (self.operated or self.several):
            return Refusal("not_understood", "operation", {"words": self.operation})
        if not same:
            return Refusal("not_understood", "nothing")
        classes = [unit_classes(want) for want in understood.wanted]
        if self.bare and any(own not in ({"money"}, {"percent"}) for own in classes):
            return Refusal("not_understood", "nothing")
        if self.units and any(own and not own & self.units for own in classes):
            return Refusal("not_understood", "unit")
        return None

    def _check_changes(self, understood: Interpretation) -> Refusal | None:
        wanted = {frozenset(want.measures) for want in understood.wanted}
        columns = {column for want in understood.wanted for column in want.columns}
        held = (
            all(frozenset(ids) in wanted for ids in self.measures)
            and self.columns <= columns
            and set(self.years) <= set(understood.years.years)
            and set(self.entities) <= set(understood.entities)
        )
        return None if held else Refusal("not_understood", "nothing")

    def reworded(self, refusal: Refusal) -> Refusal:
        """A refusal of the Chinese question, with words of the English one."""
        if "words" not in refusal.values:
            return refusal
        words = self.operation or self.typed[:MAX_TYPED]
        return Refusal(refusal.status, refusal.key, {"words": words}, refusal.intent)
