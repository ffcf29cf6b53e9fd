"""The operations, amounts and sets of places of a question; each is used by one rule or refuses."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.understanding.interpretation import Refusal
from bot.understanding.mentions import Amount, Mention
from bot.understanding.operations import Operation, OperationKind, Places
from bot.understanding.question import Question


@dataclass
class Asked:
    """The operations, amounts and sets of places of a question, each used at most once."""

    question: Question
    left: list[tuple[Mention, Operation]]
    amounts: list[tuple[Mention, Amount]]
    places: list[tuple[Mention, Places]]
    used: list[Operation] = field(default_factory=list)

    @classmethod
    def of(cls, question: Question) -> Asked:
        """All of them, none used yet."""
        return cls(
            question,
            list(question.operations),
            list(question.amounts),
            list(question.place_sets),
        )

    def __bool__(self) -> bool:
        return bool(self.left or self.amounts or self.places)

    def has(self, *kinds: OperationKind) -> bool:
        """Whether one of these is there and not used yet."""
        return any(operation.kind in kinds for _, operation in self.left)

    def take(self, *kinds: OperationKind) -> list[Operation]:
        """Uses every operation of these kinds."""
        taken = [operation for _, operation in self.left if operation.kind in kinds]
        self.left = [pair for pair in self.left if pair[1].kind not in kinds]
        self.used += taken
        return taken

    def take_amount(self) -> Amount | None:
        """Uses the only amount there is; None if there is none or more than one."""
        if len(self.amounts) != 1:
            return None
        return self.amounts.pop()[1]

    def quantifiers(self) -> set[str]:
        return {places.quantifier for _, places in self.places}

    def refusal(self) -> Refusal | None:
        """The refusal for what no rule had a use for; None if all was used."""
        unused = [m for m, _ in (*self.left, *self.amounts)]
        if not unused:
            return None
        unused.sort(key=lambda mention: mention.start)
        words = "、".join(dict.fromkeys(self.question.typed(m.start, m.end) for m in unused))
        return Refusal("not_understood", "operation", {"words": words[:60]})
