"""The phrases of English questions, from `bot/data/questions.en.toml`.

Each word becomes one character (of a private area of Unicode), so that the recognisers that
find phrases in Chinese letters find them among English words.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from bot.tables import load_table
from knowledge.catalogue import UnitClass, load_catalogue
from knowledge.errors import DataError
from knowledge.phrases import Lexicon

FILE = "questions.en.toml"
_FIRST = 0xF0000
UNKNOWN = chr(_FIRST)
"""The character of every word that no phrase has."""

Kind = Literal["measure", "column", "topic", "year", "ask", "talk", "mark", "cause", "outside"]
"""Of a phrase. Marks are words of operations, which stand anywhere in a question."""


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Entry(_Table):
    """Phrases with the Chinese words they stand for (`zh`), or the question they make."""

    phrases: tuple[str, ...] = Field(min_length=1)
    ids: tuple[str, ...] = ()
    zh: str = ""
    """Of a measure: `{}` where the Chinese words of columns stand, in front without it."""
    before: bool = False
    """Of a column: whether its Chinese words stand before the measure."""
    unit: UnitClass | None = None
    template: str = ""
    bare: bool = False
    """Of what is asked for: whether no number is (what is …)."""
    several: bool = False
    """Of a year: whether more than one is meant."""
    across: bool = False
    """Of an operation: whether it stands between the places that it compares (more … than)."""


class _Words(_Table):
    harmless: tuple[str, ...]
    yes_or_no: tuple[str, ...]
    of_which: tuple[str, ...]
    follow: tuple[str, ...]
    together: tuple[str, ...]
    sent: tuple[str, ...]


class _Connectors(_Table):
    place: tuple[str, ...]
    measure: tuple[str, ...]
    year: tuple[str, ...]


class _Before(_Table):
    place: dict[str, tuple[str, ...]]
    year: dict[str, tuple[str, ...]]
    column: dict[str, tuple[str, ...]]
    measure: dict[str, tuple[str, ...]]


class _Behind(_Table):
    place: tuple[str, ...]
    region: tuple[str, ...]


class _Range(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    to: tuple[str, ...]
    from_: tuple[str, ...] = Field(alias="from")
    last: tuple[str, ...]
    over: tuple[str, ...]
    since: tuple[str, ...]
    numbers: dict[str, int]


class _File(_Table):
    forms: dict[str, tuple[str, ...]]
    pieces: dict[str, str]
    words: _Words
    connectors: _Connectors
    before: _Before
    behind: _Behind
    range: _Range
    year: tuple[Entry, ...]
    ask: tuple[Entry, ...]
    measure: tuple[Entry, ...]
    column: tuple[Entry, ...]
    topic: tuple[Entry, ...]
    report: tuple[Entry, ...]
    talk: tuple[Entry, ...]
    operation: tuple[Entry, ...]
    cause: tuple[Entry, ...]
    outside: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a phrase of an English question is, and its entry of the file."""

    kind: Kind
    entry: Entry


@dataclass(frozen=True, slots=True)
class Operation:
    """What makes a Chinese question of its own template: the words that must all stand in the
    English one, wherever; each piece with its alternatives, "" where it may be left out."""

    template: str
    across: bool
    pieces: tuple[frozenset[str], ...]

    def made_of(self, marks: Sequence[str], asks: Sequence[str]) -> frozenset[int] | None:
        """Whether all of `marks`, with some of `asks`, are its words and nothing lacks: the
        numbers of the asks that it takes, None if it is not this operation."""
        taken: set[int] = set()
        left = list(marks)
        for piece in self.pieces:
            own = next((mark for mark in left if mark in piece), None)
            if own is not None:
                left.remove(own)
                continue
            ask = next((n for n, a in enumerate(asks) if a in piece and n not in taken), None)
            if ask is not None:
                taken.add(ask)
            elif "" not in piece:
                return None
        return None if left else frozenset(taken)


class EnglishPhrases:
    """The file, with its words as characters."""

    def __init__(self, table: _File) -> None:
        self.table = table
        self._base = {form: base for base, forms in table.forms.items() for form in forms}
        self._letters: dict[str, str] = {}
        kinds: dict[Kind, tuple[Entry, ...]] = {
            "year": table.year,
            "ask": table.ask,
            "measure": table.measure,
            "column": table.column,
            "topic": table.topic,
            "talk": table.talk,
            "cause": table.cause,
            "outside": table.outside,
        }
        asks = {self._phrase(phrase) for entry in table.ask for phrase in entry.phrases}
        self.operations = [
            Operation(
                entry.template,
                entry.across,
                tuple(frozenset(self._alternatives(piece)) for piece in phrase.split()),
            )
            for entry in (*table.report, *table.operation)
            for phrase in entry.phrases
        ]
        marks = {mark for known in self.operations for piece in known.pieces for mark in piece}
        entries = [
            (self._phrase(phrase), Meaning(kind, entry))
            for kind, listed in kinds.items()
            for entry in listed
            for phrase in entry.phrases
        ]
        mark = Entry(phrases=("",))
        entries += [(known, Meaning("mark", mark)) for known in sorted(marks - asks - {""})]
        self.meanings = Lexicon(entries)
        self.harmless = self._words(table.words.harmless)
        self.yes_or_no = frozenset(map(self.word, table.words.yes_or_no))
        self.of_which = self._words(table.words.of_which)
        self.follow = self._words(table.words.follow)
        self.together = self._words(table.words.together)
        self.nouns = tuple(self._alternatives("$requests"))
        self.sent = tuple(map(self.encode, table.words.sent))
        self.connectors = {
            kind: self._words(words) for kind, words in table.connectors.model_dump().items()
        }
        self.before = {
            kind: [(self.encode(word), frozenset(map(self.word, after))) for word, after in words]
            for kind, words in (
                (kind, words.items()) for kind, words in table.before.model_dump().items()
            )
        }
        self.behind = {
            kind: [self.encode(word) for word in words]
            for kind, words in table.behind.model_dump().items()
        }

    def word(self, written: str) -> str:
        """The character of one word of the file; other forms of a word have the same."""
        base = self._base.get(written, written)
        return self._letters.setdefault(base, chr(_FIRST + 1 + len(self._letters)))

    def read(self, word: str) -> str:
        """The character of a word of a question, UNKNOWN if no phrase has it."""
        return self._letters.get(self._base.get(word, word), UNKNOWN)

    def encode(self, piece: str) -> str:
        """Words joined by `_`, as characters."""
        return "".join(map(self.word, filter(None, piece.split("_"))))

    def _words(self, words: tuple[str, ...]) -> Lexicon[str]:
        return Lexicon((self.encode(word), word) for word in words)

    def _phrase(self, written: str) -> str:
        return " ".join("|".join(self._alternatives(piece)) for piece in written.split())

    def _alternatives(self, piece: str) -> Iterator[str]:
        for alternative in piece.split("|"):
            if not alternative.startswith("$"):
                yield self.encode(alternative)
                continue
            if alternative[1:] not in self.table.pieces:
                raise DataError(FILE, piece, f"[pieces] 里没有 {alternative[1:]}")
            yield from self._alternatives(self.table.pieces[alternative[1:]])


@lru_cache(maxsize=1)
def load_english() -> EnglishPhrases:
    """The phrases, loaded once. Raises: DataError if an id or a piece is unknown."""
    table = load_table(FILE, _File)
    catalogue = load_catalogue()
    for known, entries in (
        ({**catalogue.measures, **catalogue.statements}, table.measure),
        (catalogue.columns, table.column),
    ):
        for entry in entries:
            if not entry.zh or not entry.ids or (odd := set(entry.ids) - set(known)):
                raise DataError(
                    FILE, entry.zh or entry.phrases[0], f"没有 zh，或没有这个 id：{odd}"
                )
    return EnglishPhrases(table)
