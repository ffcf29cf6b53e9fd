"""How people ask, loaded from `bot/data`: harmless words, question words, topics, intents."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from bot.tables import load_table
from bot.understanding.operations import Operation, Places, operation_phrases, place_phrases
from knowledge.audit_rules import load_audit_rules
from knowledge.catalogue import load_catalogue
from knowledge.errors import DataError
from knowledge.phrases import Lexicon, expand
from knowledge.text import fold
from knowledge.words import load_words

ENDLESS = re.compile(r"(?<!\\)[*+]|\{\d*,\}")
"""What makes a pattern of a data file unbounded; it runs over text from outside."""

Kind = Literal[
    "measure",
    "column",
    "topic",
    "coverage",
    "meta",
    "help",
    "greeting",
    "thanks",
    "cause",
    "outside",
    "source",
]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Harmless(_Table):
    words: tuple[str, ...]
    connectors: tuple[str, ...]
    of_report: tuple[str, ...]
    never_before_name: tuple[str, ...]
    addressed: tuple[str, ...]
    before_name: tuple[str, ...]
    after_name: tuple[str, ...]
    before_year: tuple[str, ...]
    until_year: tuple[str, ...]
    end_of_year: tuple[str, ...]
    before_measure: tuple[str, ...]
    behind_measure: tuple[str, ...]
    before_kind: tuple[str, ...]
    before_channel: tuple[str, ...]
    apart: tuple[str, ...]
    together: tuple[str, ...]
    totals: tuple[str, ...]
    counted: tuple[str, ...]
    each: tuple[str, ...]
    of_which: tuple[str, ...]
    behind_region: tuple[str, ...]
    within_region: tuple[str, ...]
    accounts: tuple[str, ...]
    topics_first: tuple[str, ...]
    namesakes: dict[str, int]


class _Asked(_Table):
    any: tuple[str, ...]
    count: tuple[str, ...]
    money: tuple[str, ...]
    percent: tuple[str, ...]
    exists: tuple[str, ...]


class _WordList(_Table):
    words: tuple[str, ...]


class _Profile(_Table):
    words: tuple[str, ...]
    contents: tuple[str, ...]


class _Receives(_Table):
    words: tuple[str, ...]
    but_not: tuple[str, ...]
    offices: tuple[str, ...]
    answers: tuple[str, ...]


class _Quantifiers(_Table):
    words: tuple[str, ...]
    but_not: tuple[Annotated[str, Field(min_length=2, max_length=2)], ...]


class _WordsButNot(_Table):
    words: tuple[str, ...]
    but_not: tuple[str, ...]


class _SoFar(_Table):
    words: tuple[str, ...]
    particle: str
    but_not: tuple[str, ...]


class _Acts(_Table):
    words: tuple[str, ...]
    between: tuple[str, ...]
    towards: tuple[str, ...]


class _Objects(_Table):
    papers: tuple[str, ...]
    looks: tuple[str, ...]
    acts: tuple[str, ...]
    totals: tuple[str, ...]
    things: tuple[str, ...]
    numbers: tuple[str, ...]
    done_to_towns: tuple[str, ...]
    senders: tuple[str, ...]
    sends: tuple[str, ...]


class _Classifiers(_Table):
    people: tuple[str, ...]
    papers: tuple[str, ...]
    cases: tuple[str, ...]
    items: tuple[str, ...]
    things: tuple[str, ...]
    houses: tuple[str, ...]
    visits: tuple[str, ...]
    times: tuple[str, ...]
    sessions: tuple[str, ...]
    entries: tuple[str, ...]


class _Greeting(_Table):
    words: tuple[str, ...]
    thanks: tuple[str, ...]


class _OfParts(_Table):
    reasons: tuple[str, ...]
    text: tuple[str, ...]
    table: tuple[str, ...]
    units: tuple[str, ...]
    corrected: tuple[str, ...]
    changes: str
    results: tuple[str, ...]
    reviews: str
    requests: str


class _Follow(_Table):
    before: tuple[str, ...]
    after: tuple[str, ...]
    denies: tuple[str, ...]
    instead: tuple[str, ...]
    it: tuple[str, ...]
    of_which: tuple[str, ...]
    told: dict[str, int]
    adding: tuple[str, ...]
    winner: tuple[str, ...]
    these_figures: tuple[str, ...]
    others_too: tuple[str, ...]
    now: tuple[str, ...]
    reports: tuple[str, ...]
    all_reports: tuple[str, ...]
    holdings: tuple[str, ...]
    years_with: tuple[str, ...]
    years_without: tuple[str, ...]
    which_reports: str
    all_zero: tuple[str, ...]
    which_year: tuple[str, ...]
    aside: tuple[str, ...]
    no_place: tuple[str, ...]
    years: dict[str, int]
    choosing: tuple[str, ...]
    agreeing: tuple[str, ...]
    picks: dict[str, int]
    own_words: dict[str, tuple[str, ...]]
    of_parts: _OfParts


class Phrases(_Table):
    """The tables of `bot/data/phrases.toml`; its comments say what each is for."""

    harmless: _Harmless
    asked: _Asked
    so_far: _SoFar
    acts: _Acts
    objects: _Objects
    profile: _Profile
    help: _WordList
    greeting: _Greeting
    quantifiers: _Quantifiers
    unclear: _WordList
    classifiers: _Classifiers
    request_words: _WordList
    bodies: _WordsButNot
    receives: _Receives
    topic_words: _WordList
    causes: _WordList
    outside: _WordList
    persons: _WordList
    misspelt: _WordList
    source: _WordList
    follow: _Follow


class Topic(_Table):
    """Something that words answer; see the head of `bot/data/topics.toml`."""

    id: str
    name: str
    sections: tuple[str, ...]
    headings: tuple[str, ...]
    avoid: tuple[str, ...]
    lines: tuple[str, ...] = ()
    pattern: str | None = None
    whole: bool = True
    terms: tuple[str, ...]
    example: str
    near_miss: str

    @field_validator("pattern")
    @classmethod
    def _compiles(cls, pattern: str | None) -> str | None:
        if pattern is not None:
            if ENDLESS.search(pattern):
                raise ValueError("式样不许用 *、+ 或没有上限的重复")
            re.compile(pattern)
        return pattern


class Ask(_Table):
    """A way to ask about the store or a report as such; see the head of `bot/data/about.toml`."""

    id: str
    intent: Literal["coverage", "meta"]
    scope: Literal["store", "town", "both"]
    terms: tuple[str, ...]
    rules: tuple[str, ...] = ()
    years: Literal["latest", "all"] = "latest"
    yearless: bool = False
    example: str
    near_miss: str


class _Asks(_Table):
    ask: tuple[Ask, ...]


class _Topics(_Table):
    topic: tuple[Topic, ...]


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a phrase of a question stands for: its kind, and the ids it may mean."""

    kind: Kind
    ids: tuple[str, ...] = ()
    yields: Literal["beside", "before"] | None = None
    """Whether it yields to a measure of the same table: a bare noun (申请) beside it, a verb
    (答复) only directly before it."""
    lawsuits: bool = False
    """A column that only lawsuits have by this word (败诉)."""
    results: bool = False
    """A column that only reviews and lawsuits have by this word (其他结果)."""


@lru_cache(maxsize=1)
def load_phrases() -> Phrases:
    """`phrases.toml`, loaded once."""
    return load_table("phrases.toml", Phrases)


@lru_cache(maxsize=1)
def load_topics() -> dict[str, Topic]:
    """`topics.toml` by id, loaded once."""
    return {topic.id: topic for topic in load_table("topics.toml", _Topics).topic}


@lru_cache(maxsize=1)
def load_asks() -> dict[str, Ask]:
    """`about.toml` by id, loaded once. Raises: DataError if it names a rule that is none."""
    asks = {ask.id: ask for ask in load_table("about.toml", _Asks).ask}
    for ask in asks.values():
        for rule in ask.rules:
            if load_audit_rules().named(rule) is None:
                raise DataError("about.toml", ask.id, f"没有核对规则 {rule}")
    return asks


@lru_cache(maxsize=1)
def meanings() -> Lexicon[Meaning]:
    """Every phrase that means something, with what it means; ambiguous ones with all ids."""
    catalogue = load_catalogue()
    phrases = load_phrases()
    entries: list[tuple[str, Meaning]] = []
    both: dict[str, dict[str, None]] = {}
    for measure in catalogue.measures.values():
        own = Meaning("measure", (measure.id,))
        entries += [(fold(phrase), own) for phrase in (*measure.terms, *measure.asked)]
        noun = Meaning("measure", (measure.id,), yields="beside")
        entries += [(fold(phrase), noun) for phrase in measure.generic]
        verb = Meaning("measure", (measure.id,), yields="before")
        entries += [(fold(phrase), verb) for phrase in measure.leading]
        for plain in (plain for phrase in measure.ambiguous for plain in expand(fold(phrase))):
            both.setdefault(plain, {})[measure.id] = None
    for statement in catalogue.statements.values():
        own = Meaning("measure", (statement.id,))
        entries += [(fold(phrase), own) for phrase in (*statement.terms, *statement.asked)]
        for plain in (plain for phrase in statement.ambiguous for plain in expand(fold(phrase))):
            both.setdefault(plain, {})[statement.id] = None
    entries += [(phrase, Meaning("measure", tuple(ids))) for phrase, ids in both.items()]
    entries += _column_entries()
    for topic in load_topics().values():
        entries += [(fold(term), Meaning("topic", (topic.id,))) for term in topic.terms]
    for ask in load_asks().values():
        entries += [(fold(term), Meaning(ask.intent, (ask.id,))) for term in ask.terms]
    kinds: tuple[tuple[Kind, tuple[str, ...]], ...] = (
        ("help", phrases.help.words),
        ("greeting", phrases.greeting.words),
        ("thanks", phrases.greeting.thanks),
        ("cause", phrases.causes.words),
        ("outside", phrases.outside.words),
        ("source", phrases.source.words),
    )
    for kind, words in kinds:
        entries += [(fold(word), Meaning(kind, (word,))) for word in words]
    return Lexicon(entries)


def _column_entries() -> list[tuple[str, Meaning]]:
    """The words for columns; one that names like columns of two tables has both ids."""
    owners: dict[str, dict[str, None]] = {}
    for column in load_catalogue().columns.values():
        for phrase in (*column.terms, *column.asked):
            for plain in expand(fold(phrase)):
                owners.setdefault(plain, {})[column.id] = None
    entries = [(phrase, Meaning("column", tuple(ids))) for phrase, ids in owners.items()]
    for column in load_catalogue().columns.values():
        lost = Meaning("column", (column.id,), lawsuits=True)
        entries += [(fold(phrase), lost) for phrase in column.lawsuits]
        ended = Meaning("column", (column.id,), results=True)
        entries += [(plain, ended) for phrase in column.results for plain in expand(fold(phrase))]
    return entries


@lru_cache(maxsize=1)
def columns() -> Lexicon[Meaning]:
    """The words for columns alone: they may stand between the pieces of a measure's phrase."""
    return Lexicon(_column_entries())


@lru_cache(maxsize=1)
def operations() -> Lexicon[Operation]:
    """The words for operations: comparing, ranking, adding up, conditions."""
    return Lexicon(operation_phrases())


@lru_cache(maxsize=1)
def place_sets() -> Lexicon[Places]:
    """The words for many places at once: a quantifier with a noun, or alone."""
    return Lexicon(place_phrases())


@lru_cache(maxsize=1)
def unclear() -> Lexicon[str]:
    """Words with which a question is refused wherever they stand."""
    return Lexicon((fold(word), word) for word in load_phrases().unclear.words)


@lru_cache(maxsize=1)
def topic_words() -> Lexicon[str]:
    """Words that are harmless beside a topic alone."""
    return Lexicon((fold(word), word) for word in load_phrases().topic_words.words)


@lru_cache(maxsize=1)
def placed() -> Lexicon[str]:
    """Words that are harmless in one place only, each with the name of that place: directly
    before a town's name or a year, directly before a channel, or apart from everything else."""
    words = load_phrases().harmless
    places = (
        ("name", words.before_name),
        ("behind", words.after_name),
        ("year", words.before_year),
        ("until", words.until_year),
        ("year_end", words.end_of_year),
        ("measure", words.before_measure),
        ("behind_measure", words.behind_measure),
        ("channel", words.before_channel),
        ("kind", words.before_kind),
        ("apart", words.apart),
    )
    return Lexicon((fold(word), place) for place, listed in places for word in listed)


@lru_cache(maxsize=2)
def harmless(connectors: bool = True) -> Lexicon[str]:
    """Words that may be stepped over: talk, particles, question words, and `connectors`.

    Between the pieces of one phrase nothing that lists may stand (公开多少条、微信…).
    """
    phrases = load_phrases()
    asked = phrases.asked
    listing = set(phrases.harmless.connectors)
    words = dict.fromkeys(
        (
            *(word for word in load_words().both.words if word not in listing),
            *(word for word in phrases.harmless.words if word not in listing),
            *(phrases.harmless.connectors if connectors else ()),
            *phrases.profile.words,
            *asked.any,
            *asked.count,
            *asked.money,
            *asked.percent,
            *asked.exists,
        )
    )
    return Lexicon((fold(word), word) for word in words)
