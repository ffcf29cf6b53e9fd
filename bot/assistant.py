"""The one thing both front ends talk to: text in, the same Reply out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from bot.answering import answer
from bot.intents import understand
from bot.interpretation import Choice, Clarify, Interpretation, Refusal
from bot.reply import Reply
from bot.sentences import FIRST, Language
from bot.wording import word, word_understood
from knowledge import query
from knowledge.entities import MAX_OFFERS, NameIndex
from knowledge.model import CellId
from knowledge.store import Store

MAX_EXAMPLES = 3


class Assistant:
    """Answers questions about one store. `clock` gives today, for 去年 and the like.

    The names of the store are read once and again whenever the store has changed.
    """

    def __init__(self, store: Store, clock: Callable[[], date]) -> None:
        self.store = store
        self.clock = clock
        self._version = -1
        self._index = NameIndex(())
        self._examples: tuple[str, ...] = ()
        self._holdings: tuple[str, ...] = ()

    def ask(self, text: str) -> Reply:
        """The reply to one question; never raises for what people type."""
        index = self.index()
        language = FIRST
        understood = understand(text, index, self.clock())
        if isinstance(understood, Interpretation):
            found = answer(self.store, index, text, understood)
            found = replace(found, choices=self._working(found.choices), holdings=self._holdings)
            return word(found, self.examples(), language)
        if isinstance(understood, Clarify):
            choices = self._working(understood.choices)
            if not choices:
                return self._refused(text, understood, language)
            understood = replace(understood, choices=choices)
        return word_understood(text, understood, self.examples(), self._holdings, language)

    def _refused(self, text: str, clarify: Clarify, language: Language) -> Reply:
        """The reply where no reading has an answer: why the first of them has none."""
        if clarify.choices:
            first = understand(clarify.choices[0].question, self.index(), self.clock())
            if isinstance(first, Refusal):
                return word_understood(text, first, self.examples(), self._holdings, language)
        refusal = Refusal("no_data", "no_report")
        return word_understood(text, refusal, self.examples(), self._holdings, language)

    def _working(self, choices: tuple[Choice, ...]) -> tuple[Choice, ...]:
        """The first choices whose question gives an answer, as the contract promises."""
        working: list[Choice] = []
        for choice in choices:
            understood = understand(choice.question, self.index(), self.clock())
            if not isinstance(understood, Interpretation):
                continue
            if answer(self.store, self.index(), choice.question, understood).status == "answered":
                working.append(choice)
            if len(working) == MAX_OFFERS:
                break
        return tuple(working)

    def index(self) -> NameIndex:
        """The names of the store as it is now."""
        (version,) = self.store.connection.execute("PRAGMA data_version").fetchone()
        if version != self._version or not self._index.entities:
            held = query.entities(self.store)
            self._index = NameIndex(entity for entity, _ in held)
            self._examples = self._find_examples()
            self._holdings = tuple(entity.name for entity, _ in held)
            self._version = version
        return self._index

    def examples(self) -> tuple[str, ...]:
        """Questions that work on this store, for help and refusals; empty for an empty store."""
        self.index()
        return self._examples

    def _find_examples(self) -> tuple[str, ...]:
        """One question each from the reports that state most: about requests, text and words."""
        wanted = (
            (CellId("received_new", "total"), "{name}{year}年收到多少申请"),
            (CellId("narrative.disclosed_wechat", "total"), "{name}{year}年公众号发了多少条"),
            (CellId("procurement", "amount"), "{name}{year}年采购花了多少钱"),
            (CellId("narrative.disclosed_total", "total"), "{name}{year}年主动公开多少条信息"),
        )
        examples: list[str] = []
        for cell, pattern in wanted:
            for entity, years in query.entities(self.store):
                facts = query.lookup(self.store, entity, years[-1], cell)
                if facts and facts[0].value != 0:
                    examples.append(pattern.format(name=entity.name, year=years[-1]))
                    break
        for entity, years in query.entities(self.store)[:1]:
            examples.append(f"{entity.name}{years[-1]}年情况")
        return tuple(dict.fromkeys(examples))[:MAX_EXAMPLES]
