"""The one thing both front ends talk to: text in, the same Reply out."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from dataclasses import replace
from datetime import date

from bot.answers.answer import Answer
from bot.answers.dispatch import answer
from bot.answers.facts import one_found, reported_years
from bot.conversation.language import Asked, read_language
from bot.understanding.context import FollowUp
from bot.understanding.intents import understand
from bot.understanding.interpretation import Choice, Clarify, Interpretation, Refusal, Understood
from bot.understanding.resuming import (
    dated,
    follow_on,
    holdings,
    in_place,
    of_its_question,
    of_its_region,
    overview,
    word_of_town,
    year_lost,
)
from bot.understanding.spoken_of import Context
from bot.understanding.turn import UNCLEAR
from bot.understanding.which_measure import whole_choices
from bot.wording.names_in import Language
from bot.wording.replies import word, word_source, word_understood
from bot.wording.reply import Reply
from bot.wording.sentences import FIRST, Wording
from knowledge import query
from knowledge.entities import MAX_OFFERS, NameIndex
from knowledge.model import CellId, Entity
from knowledge.roster import roster
from knowledge.store import Store

MAX_EXAMPLES = 3

_WHICH_PLACE = ("no_place", "name_place", "name_place_in_region", "region_only", "which_place")
"""What is asked back where a question does not say which town it means."""

_NEAR_PLACE = ("near_place", "near_place_here")


class Names:
    """The latest index of names, for assistants that answer from one store side by side: each
    reads the store for itself, and what it holds of all towns of China takes 40 MB."""

    def __init__(self) -> None:
        self._latest = NameIndex(())

    def index(self, entities: tuple[Entity, ...]) -> NameIndex:
        """The index of these names, made only where they are others than last time."""
        latest = self._latest
        if latest.entities != entities:
            latest = self._latest = NameIndex(entities)
        return latest


class Assistant:
    """Answers questions about one store. `clock` gives today, for 去年 and the like.

    The names of the store are read once and again whenever the store has changed. A front end
    that shows no JSON wants replies without `data`: under a sum over all of China lie forty
    thousand figures, and each of them stands in it with its citation.
    """

    def __init__(
        self,
        store: Store,
        clock: Callable[[], date],
        *,
        with_data: bool = True,
        names: Names | None = None,
    ) -> None:
        self.store = store
        self.clock = clock
        self.with_data = with_data
        self._names = names if names is not None else Names()
        self._version = (-1, -1)
        self._index = NameIndex(())
        self._examples: tuple[tuple[str, Entity, int], ...] = ()
        self._holdings: tuple[str, ...] = ()

    def giving_data(self) -> Assistant:
        """This assistant for one question of which the `data` is wanted after all: the same
        store, and everything that was read of it."""
        other = copy(self)
        other.with_data = True
        return other

    def ask(
        self,
        text: str,
        context: Context | None = None,
        pending: str = "",
        unread: bool = False,
        lost: str = "",
    ) -> Reply:
        """The reply to one question, in its language; never raises for what people type.

        `context` is what the question before left behind: with it a follow-up (那2021年呢) is
        completed, and the reply says how. `pending` is the question that was asked back before,
        which a message that only names a place completes; `unread`: the message before was not
        understood, and `lost` is that message where nothing else was spoken of. All of a reply is
        read from one snapshot of the store.
        """
        with query.snapshot(self.store):
            return self._ask(text, context, pending, unread, lost)

    def _ask(
        self, text: str, context: Context | None, pending: str, unread: bool, lost: str
    ) -> Reply:
        index, today = self.index(), self.clock()
        asked = read_language(text, index)
        words = Wording(asked.language)
        if asked.told is not None:
            return self._reply(text, asked.told, words)
        reply, alone, followed = None, text, None
        placed = in_place(asked.question, pending, index, today) if pending else None
        if placed is not None and unread:
            # What was said in between, and not understood, may be what the place completes.
            reply = self._reply(text, Clarify("after_missed", (Choice(placed, placed),)), words)
            reply = replace(reply, pending=placed)
        elif placed is not None:
            reply = self._follow_up(FollowUp(placed), asked, context, words)
            alone = words.asked(placed)
            reply = replace(reply, pending=placed) if reply is not None else None
        if reply is None and context is not None:
            followed = follow_on(asked.question, context, index, today)
            if isinstance(followed, (Clarify, Refusal)):
                reply = self._reply(asked.question, asked.checked(followed), words)
                if isinstance(followed, Clarify) and followed.key == "after_missed":
                    # A town alone then answers to what was offered, in the year of that.
                    reply = replace(reply, pending=followed.choices[0].question)
                elif isinstance(followed, Clarify) and reply.choices:
                    reply = replace(reply, meant=followed.choices[0].question)
            elif followed is not None:
                reply = self._follow_up(followed, asked, context, words)
                alone = words.asked(followed.question)
        if reply is None:
            alone = dated(asked.question, context, pending, index, today) or text
            question = asked.question if alone == text else alone
            understood = asked.checked(understand(question, index, today))
            if alone != text and not _asks_where(understood):
                alone, question = text, asked.question
                understood = asked.checked(understand(question, index, today))
            about = word_of_town(understood, asked.question, context) if context else None
            if about is not None:
                question, understood = about, asked.checked(understand(about, index, today))
                if isinstance(understood, Interpretation):
                    understood = replace(understood, completed=about)
            if context is not None:
                understood = of_its_region(understood, asked.question, context, index, today)
            if pending:
                understood = of_its_question(understood, asked.question, pending, index, today)
            if lost or pending:
                before = lost or pending
                understood = year_lost(understood, asked.question, before, index, today)
            if context is not None or pending or unread:
                understood = holdings(understood, asked.question, index, today)
            if unread or context is not None or pending:
                # 海明街道去年呢, where what it was completed to is no question.
                failed = isinstance(followed, FollowUp)
                understood = overview(understood, asked.question, index, today, dated=failed)
            reply = self._reply(question, understood, words)
            if alone != text:
                reply = replace(reply, pending=alone)
            if context is not None and _turns_to_places(understood):
                # 湟源县有哪些镇: a follow-up may be about these.
                reply = replace(reply, context=context.missing(asked.question))
        reply.data["question"] = text
        if reply.table is not None:
            reply = replace(reply, table=replace(reply.table, question=alone))
        return reply

    def _follow_up(
        self, followed: FollowUp, asked: Asked, context: Context | None, words: Wording
    ) -> Reply | None:
        """The reply to a completed follow-up; None if it is no question after all."""
        understood = understand(followed.question, self.index(), self.clock())
        understood = asked.checked(understood)
        if followed.kind != "question" and context is not None:
            if not isinstance(understood, Interpretation):
                return None
            found = answer(self.store, self.index(), followed.question, understood)
            if followed.kind == "cause" and found.status == "no_data":
                return self._reply(followed.question, understood, words)  # it says why
            return word_source(found, followed.kind, words, context)
        if isinstance(understood, Refusal) and understood.status == "not_understood":
            return None
        if isinstance(understood, Interpretation):
            understood = replace(understood, completed=followed.question)
        reply = self._reply(followed.question, understood, words)
        if followed.or_alone and reply.status == "no_data":
            return None
        if followed.aside:
            reply = replace(reply, context=context)
        elif reply.context is not None and context is not None:
            reply = replace(reply, context=reply.context.following(context))
        return reply

    def _reply(self, text: str, understood: Understood, words: Wording) -> Reply:
        if isinstance(understood, Interpretation):
            found = answer(self.store, self.index(), text, understood)
            if found.status == "clarify" and found.key == "which_measure":
                whole = whole_choices(understood, self.index(), self.clock())
                found = found if whole is None else replace(found, choices=whole)
            choices = self._working(found.choices) or self._other_years(found)
            if found.status == "clarify" and not choices:
                key = "no_measure" if found.key == "which_measure" else "years"
                found = replace(found, status="not_understood", key=key)
            if found.status == "clarify" and found.key == "which_measure" and len(choices) == 1:
                found = replace(found, key="only_one")
            found = replace(
                found,
                choices=words.choices(choices),
                values=words.values(found.values),
                holdings=self._holdings,
            )
            examples = self.examples(words.language)
            reply = word(found, examples, words.language, with_data=self.with_data)
            context = self._context(found, text)
            told = found.status == "answered" and found.intent == "meta"
            return replace(reply, context=context, unkept=told and context is None)
        if isinstance(understood, Clarify):
            choices = self._working(understood.choices)
            if not choices:
                return self._refused(text, understood, words)
            single = understood.key == "which_measure" and len(choices) == 1
            key = "only_one" if single else understood.key
            understood = replace(understood, key=key, choices=words.choices(choices))
        return self._told(text, understood, words)

    def _other_years(self, found: Answer) -> tuple[Choice, ...]:
        """The same question for the other reports of the place, where no year was named or the
        one that was has no report."""
        asked = found.interpretation
        lacking = found.status == "no_data" and bool(found.missing_years) and not found.default_year
        if asked is None or not (lacking or (found.status == "answered" and found.default_year)):
            return ()
        if len(asked.entities) != 1 or asked.scope is not None:
            return ()
        if not lacking and not (asked.wanted or asked.topic):
            return ()
        told = {line.year for line in found.lines} | {p.year for p in found.passages}
        years = [y for y in query.years_of(self.store, asked.entities[0]) if y not in told]
        newest = sorted(years, reverse=True)[:MAX_OFFERS]
        offered = [(year, asked.asked_of(year)) for year in newest]
        # Other years may not have the item at all.
        return self._working(
            tuple(Choice(f"{year} 年", text) for year, text in offered if text is not None)
        )

    def _context(self, found: Answer, text: str) -> Context | None:
        """What a follow-up refers to after this answer; nothing where it asked back."""
        asked = found.interpretation
        if asked is None or found.status not in ("answered", "no_data"):
            return None
        if not asked.entities and not asked.wanted:
            return None  # what the store holds: the conversation is still about what it was
        without = found.status == "no_data" and bool(found.missing_years)
        years = () if without else tuple(reported_years(found))
        return Context(asked.said_as or text, asked.entities, years, found=one_found(found))

    def _refused(self, text: str, clarify: Clarify, words: Wording) -> Reply:
        """The reply where no reading has an answer: why the first of them has none; where they
        are places, that none has, for the first of these is no more meant than the others."""
        if clarify.key == "after_missed":
            return self._told(text, UNCLEAR, words)  # a guess without an answer is no news
        if clarify.key in _NEAR_PLACE:
            # Nothing is told of a place that only has a name like the one typed.
            region = clarify.values.get("region", "")
            gone = "not_here" if region else "unknown_place"
            return self._told(text, Refusal("no_data", gone, dict(clarify.values)), words)
        if clarify.key in _WHICH_PLACE and len(clarify.choices) > 1:
            lacking = self._lack_the_figure(clarify.choices)
            key = Refusal("no_data", "nowhere") if lacking else Refusal("not_understood", "where")
            if clarify.key == "which_place" and lacking:
                first = understand(clarify.choices[0].question, self.index(), self.clock())
                if isinstance(first, Interpretation) and len(first.years.years) == 1:
                    year = str(first.years.years[0])
                    held = {r for c in clarify.choices for r in self._years_held(c)}
                    if int(year) not in held:
                        key = Refusal("no_data", "no_year", {"year": year})
            return self._told(text, key, words)
        if clarify.choices:
            # The question as it was typed, where that is one of the readings.
            asked = next((c for c in clarify.choices if c.question == text), clarify.choices[0])
            first = understand(asked.question, self.index(), self.clock())
            if isinstance(first, Refusal):
                return self._told(text, first, words)
            if isinstance(first, Clarify):  # which figure, too: two questions back at once
                return self._told(text, Refusal("not_understood", "no_measure"), words)
            found = answer(self.store, self.index(), asked.question, first)
            if found.status == "clarify":
                return self._told(text, Refusal("not_understood", "no_measure"), words)
            if found.status == "no_data":
                return self._reply(text, first, words)
        return self._told(text, Refusal("no_data", "no_report"), words)

    def _years_held(self, choice: Choice) -> tuple[int, ...]:
        """The years of which the store has a report of the one place that a choice names."""
        found = understand(choice.question, self.index(), self.clock())
        if not isinstance(found, Interpretation) or len(found.entities) != 1:
            return ()
        return query.years_of(self.store, found.entities[0])

    def _lack_the_figure(self, choices: tuple[Choice, ...]) -> bool:
        """Whether the places offered have no such figure, rather than no such question."""
        for choice in choices:
            understood = understand(choice.question, self.index(), self.clock())
            if not isinstance(understood, Interpretation):
                return False
            if answer(self.store, self.index(), choice.question, understood).status != "no_data":
                return False
        return True

    def _told(self, text: str, understood: Clarify | Refusal, words: Wording) -> Reply:
        understood = replace(understood, values=words.values(understood.values))
        examples = self.examples(words.language)
        return word_understood(text, understood, examples, self._holdings, words.language)

    def _working(self, choices: tuple[Choice, ...]) -> tuple[Choice, ...]:
        """The first choices whose question gives an answer, as the contract promises."""
        working: list[Choice] = []
        for choice in choices:
            understood = understand(choice.question, self.index(), self.clock())
            if not isinstance(understood, Interpretation):
                continue
            found = answer(self.store, self.index(), choice.question, understood)
            if found.status == "answered":
                working.append(choice)
            elif found.status == "clarify" and found.key == "which_measure":
                # 城关镇结转多少: each of the towns with each of the measures.
                whole = whole_choices(understood, self.index(), self.clock())
                several = self._working(found.choices if whole is None else whole)
                working += [Choice(f"{choice.label}：{c.label}", c.question) for c in several]
            if len(working) >= MAX_OFFERS:
                break
        return tuple(working[:MAX_OFFERS])

    def index(self) -> NameIndex:
        """The names of the store as it is now."""
        version = self.store.kept.version()
        if version != self._version or not self._index.entities:
            held = roster(self.store)
            self._index = self._names.index(held.entities)
            self._examples = self._find_examples()
            self._holdings = tuple(entity.name for entity in held.entities)
            self._version = version
        return self._index

    def examples(self, language: Language = FIRST) -> tuple[str, ...]:
        """Questions that work on this store, for help and refusals; empty for an empty store."""
        index = self.index()
        words = Wording(language)
        return tuple(
            words.say("example", kind, name=words.place_asked(entity, index), year=year)
            for kind, entity, year in self._examples
        )

    def _find_examples(self) -> tuple[tuple[str, Entity, int], ...]:
        """One question each from the reports that state most: about requests, text and words.

        Each as a key of the wording's examples, a place and a year.
        """
        wanted = (
            (CellId("received_new", "total"), "received"),
            (CellId("narrative.disclosed_wechat", "total"), "wechat"),
            (CellId("procurement", "amount"), "procurement"),
            (CellId("narrative.disclosed_total", "total"), "disclosed"),
        )
        examples: list[tuple[str, Entity, int]] = []
        for cell, kind in wanted:
            for entity, years in query.entities(self.store):
                facts = query.lookup(self.store, entity, years[-1], cell)
                if facts and facts[0].value != 0:
                    examples.append((kind, entity, years[-1]))
                    break
        for entity, years in query.entities(self.store)[:1]:
            examples.append(("profile", entity, years[-1]))
        return tuple(dict.fromkeys(examples))[:MAX_EXAMPLES]


def _turns_to_places(understood: Understood) -> bool:
    """Whether a question is about the places of a region that the store has."""
    return (
        isinstance(understood, Interpretation)
        and understood.intent == "coverage"
        and bool(understood.regions)
    )


def _asks_where(understood: Understood) -> bool:
    return isinstance(understood, Clarify) and understood.key in _WHICH_PLACE
