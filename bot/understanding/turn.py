"""A follow-up beside the question before it: both as spans, with what reading them needs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from bot.understanding.intents import understand
from bot.understanding.interpretation import Clarify, Interpretation, Refusal, Understood
from bot.understanding.mentions import Mention, Region
from bot.understanding.operations import OperationKind
from bot.understanding.phrases import Meaning, load_phrases
from bot.understanding.question import Question, read_question
from bot.understanding.spoken_of import Context, measure_of, place_of, years_of
from knowledge.entities import NameIndex, NameMention
from knowledge.years import Years

EDGES = " ，,。.？?！!　"

Completed = str | Clarify | Refusal | None
"""A follow-up as a question that stands for itself, or what is told where it cannot be one; None
if it does not follow on the question before."""

UNCLEAR = Refusal("not_understood", "follow_up")
"""A message that follows on the question before, but does not say in what."""

_CHECKED: frozenset[OperationKind] = frozenset({"true", "is_it"})
"""Operations of a claim, which concerns one figure: another figure is looked up, not checked."""


@dataclass(frozen=True, slots=True)
class Turn:
    """The follow-up `asked`, the question `before` it, and what that one meant.

    `marked`: its words lead into a follow-up (那…呢, 换成…). `pronoun` stands for the place.
    """

    asked: Question
    before: Question
    context: Context
    index: NameIndex
    today: date
    marked: bool
    pronoun: str | None

    def read(self, text: str) -> Question:
        """The spans of a question as it would be asked now."""
        return read_question(text, self.index, self.today)

    def understood(self, text: str) -> Interpretation | None:
        """What a completed question asks for, None if it is not understood."""
        found: Understood = understand(text, self.index, self.today)
        return found if isinstance(found, Interpretation) else None

    @property
    def operations(self) -> frozenset[OperationKind]:
        return frozenset(operation.kind for _, operation in self.asked.operations)

    @property
    def kept(self) -> frozenset[OperationKind]:
        """The operations of the question before that another place or measure is asked with."""
        return frozenset(o.kind for _, o in self.before.operations) - _CHECKED

    @property
    def worked_out(self) -> bool:
        """Whether the question before asked for more than figures to be looked up."""
        context, before = self.context, self.before
        several = len(context.entities) > 1 or len(context.years) > 1
        listed = bool(before.place_sets) and not context.entities
        return bool(self.kept) or listed or (before.said_together and several)

    @property
    def of_any_year(self) -> bool:
        """Whether the year with the most is asked for (哪年最多) after one year or two: it may be
        asked of all years. 哪年多, after two, is asked of these."""
        superlative = self.operations & {"most", "least"} and "which_year" in self.operations
        return bool(superlative) and len(self.context.years) < 3

    @property
    def of_which(self) -> bool:
        """Whether a part of what was told is asked for (其中…)."""
        return self.asked.letters.startswith(load_phrases().follow.of_which)

    def names(self, *words: str) -> bool:
        """Whether the follow-up has one of these words."""
        return any(word in self.asked.letters for word in words)

    @property
    def place(self) -> str:
        return place_of(self.context, self.before)

    @property
    def years(self) -> str:
        return years_of(self.before, self.context)

    @property
    def measure(self) -> str:
        return measure_of(self.before)

    def plain(self) -> str:
        """The words as typed, without what stands for the place and without 呢 at the end."""
        words = self.asked.text
        if self.pronoun is not None:
            words = words.replace(self.pronoun, "", 1)
        words = words.strip(EDGES).removeprefix("那")
        for word in load_phrases().follow.after:
            if words.endswith(word) and len(words) > len(word):
                words = words[: -len(word)]
        return words

    def substituted(self, gone: list[Mention], words: str) -> str | None:
        """The question before with what was typed for these mentions replaced by other words;
        None where they stand apart, or something else stands within them."""
        if not gone:
            return None
        start, end = min(m.start for m in gone), max(m.end for m in gone)
        others = (NameMention, Region, Years)
        for mention in self.before.mentions:
            within = start < mention.end and mention.start < end
            known = any(m.start <= mention.start and mention.end <= m.end for m in gone)
            if within and not known and isinstance(mention.value, others):
                return None
        return self.before.replaced(start, end, words)

    def keeps_operations(self, completed: str) -> bool:
        """Whether a completed question asks for the same to be done as the question before."""
        again = self.read(completed)
        quantifiers = [
            sorted(places.quantifier for _, places in question.place_sets)
            for question in (again, self.before)
        ]
        kinds = frozenset(o.kind for _, o in again.operations) - _CHECKED
        return (
            kinds == self.kept
            and quantifiers[0] == quantifiers[1]
            and again.said_together == self.before.said_together
            and self.understood(completed) is not None
        )


def of_kind(question: Question, *kinds: str) -> list[tuple[Mention, Meaning]]:
    """The meanings of these kinds in a question, each with its mention."""
    return [(m, meaning) for m, meaning in question.meanings if meaning.kind in kinds]
