"""English questions as the Chinese ones that they mean, word for word accounted for.

A question is taken apart into places, years, measures and what is asked, and put together again
as the Chinese question that the rest of the bot understands. What comes of that is compared with
what was recognised here, so that a phrase which means something else in Chinese gives no figure.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.languages.english_data import UNKNOWN, Entry, Kind, Meaning, Operation, load_english
from bot.languages.english_meaning import MAX_TYPED, Translated
from bot.languages.english_reading import EnglishQuestion, Span, is_english, read_english
from bot.languages.english_words import Place, Region, Year, tokens_of
from bot.understanding.interpretation import Choice, Clarify, Refusal
from bot.understanding.places import place_label, spelled
from bot.understanding.question import MAX_QUESTION
from bot.understanding.units import is_stock
from knowledge.entities import NameIndex
from knowledge.model import Entity

SUM = "{places}{years}{measures}加起来多少"
"""What `in total` asks with several places or years."""


def translate(text: str, index: NameIndex) -> Translated | Clarify | Refusal | None:
    """What an English question means in Chinese; None if it is not English.

    Pure: the same words and names give the same result.
    """
    tokens = tokens_of(text[: MAX_QUESTION + 1])
    if not is_english(tokens, index):
        return None
    if len(text) > MAX_QUESTION:
        return Refusal("not_understood", "too_long", {"limit": str(MAX_QUESTION)})
    return _Translation(read_english(text, tokens, index), index).result()


@dataclass
class _Translation:
    """One question on its way."""

    question: EnglishQuestion
    index: NameIndex
    places: list[Span] = field(default_factory=list)
    regions: list[Span] = field(default_factory=list)
    years: list[Span] = field(default_factory=list)
    meanings: dict[Kind, list[Span]] = field(default_factory=dict)
    operation: Operation | None = None
    asks: list[Span] = field(default_factory=list)
    """What is asked for, but for words that belong to the operation."""

    def __post_init__(self) -> None:
        for span in self.question.spans:
            if isinstance(span.value, Place):
                self.places.append(span)
            elif isinstance(span.value, Region):
                self.regions.append(span)
            elif isinstance(span.value, Year):
                self.years.append(span)
            else:
                self.meanings.setdefault(span.value.kind, []).append(span)
        self.asks = self._of("ask")
        marks, letters = self._of("mark"), self.question.letters
        if marks or self.asks:
            for known in load_english().operations:
                taken = known.made_of(
                    [letters[s.start : s.end] for s in marks],
                    [letters[s.start : s.end] for s in self.asks],
                )
                if taken is not None:
                    self.operation = known
                    self.asks = [s for n, s in enumerate(self.asks) if n not in taken]
                    break

    def result(self) -> Translated | Clarify | Refusal:
        refusal = self._refused_words() or self._misplaced()
        if refusal is not None:
            return refusal
        talk = self._of("talk")
        if talk:
            return self._talk(talk)
        template = self._template()
        if isinstance(template, Refusal):
            return template
        named = self._places_named()
        return named if isinstance(named, (Clarify, Refusal)) else self._asked(template, named)

    def _of(self, kind: Kind) -> list[Span]:
        return self.meanings.get(kind, [])

    def _typed(self, spans: Sequence[tuple[int, int]]) -> str:
        words = dict.fromkeys(self.question.typed(start, end) for start, end in spans)
        return ", ".join(words)[:MAX_TYPED]

    def _pieces(self, kind: Kind) -> list[tuple[int, int]]:
        return sorted(piece for span in self._of(kind) for piece in span.pieces)

    # --- What is refused ----------------------------------------------------------------------

    def _refused_words(self) -> Refusal | None:
        if self._of("outside"):
            return Refusal("no_data", "outside", {"words": self._typed(self._pieces("outside"))})
        if self._of("cause"):
            words = self._typed(self._pieces("cause"))
            return Refusal("not_understood", "cause", {"words": words})
        leftover = self.question.leftover
        if self._of("mark") and self.operation is None and not leftover:
            words = self._typed(self._pieces("mark"))
            return Refusal("not_understood", "operation", {"words": words})
        if not leftover:
            return None
        name = self._like_a_name()
        if name is not None and not self.places:
            return Refusal("no_data", "not_held", {"name": name})
        return Refusal("not_understood", "leftover", {"words": self._typed(leftover)})

    def _like_a_name(self) -> str | None:
        """The only unknown words, if they are written like a place's name and not at the start."""
        letters, tokens = self.question.letters, self.question.tokens
        unknown = [
            number
            for start, end in self.question.leftover
            for number in range(start, end)
            if letters[number] == UNKNOWN
        ]
        if not unknown or unknown[0] == 0 or len(unknown) != unknown[-1] - unknown[0] + 1:
            return None
        words = [tokens[number].typed for number in unknown]
        capital = all(re.fullmatch("[A-Z][a-z']+", word) for word in words)
        return " ".join(words) if capital and len(words) <= 4 else None

    def _misplaced(self) -> Refusal | None:
        """Places, years and measures that do not stand beside what they belong to.

        Two of a kind need a word that lists them between them, and what lists must stand
        between two of a kind: requests received were refused is not two figures.
        """
        pieces = sorted(
            (*piece, _sign(span)) for span in self.question.spans for piece in span.pieces
        )
        order = "".join(sign for *_, sign in pieces)
        across = self.operation is not None and self.operation.across
        if not across and re.search("[PR][^PR]*[MC].*[PR]", order):
            return Refusal("not_understood", "interleaved")
        if re.search("Y.*M.*Y", order) or re.search("P.*Y.*P", order) and not self._paired():
            return Refusal("not_understood", "interleaved")
        for span in self.years:
            # Carried over from 2022 to 2023: from the one to the other, or in both?
            several = isinstance(span.value, Year) and span.value.several
            carried = any(s.end == span.start and _is_stock(s) for s in self._of("measure"))
            if several and carried:
                return self._leftover(span.start, span.end)
        for span in self.places:
            # How many licences was Jingzhi granted: the town is who got them.
            behind = any(start == span.end and sign == "M" for start, _, sign in pieces)
            if behind and self.question.letters[: span.start].endswith(load_english().word("be")):
                if not any(end == span.start and sign == "M" for _, end, sign in pieces):
                    return self._leftover(span.start - 1, span.end)
        odd = self._counted_applicants()
        if odd is not None:
            return self._leftover(odd.start, odd.end)
        lists = self._listing()
        used: set[int] = set()
        for sign, kind in (("P", "place"), ("Y", "year"), ("C", "measure"), ("M", "measure")):
            spans = [span for span in self.question.spans if _sign(span) == sign]
            for first, second in zip(spans, spans[1:], strict=False):
                between = set(range(first.end, second.start))
                own = {n for n in between - used if kind in lists.get(n, ()) or self._comma(n)}
                operated = sign == "P" and any(
                    start in between and found == "O" for start, _, found in pieces
                )
                if not own and not operated:
                    return self._leftover(first.start, second.end)
                used |= own
        stray = sorted(number for number in lists if number not in used)
        return self._leftover(stray[0], stray[0] + 1) if stray else None

    def _counted_applicants(self) -> Span | None:
        """An applicant kind that is no attribute of requests: how many companies received
        requests asks for no requests of companies."""
        phrases, letters = load_english(), self.question.letters
        the = phrases.word("the")
        before = tuple(word for word, _ in phrases.before["column"])
        listed = [span for span in self._of("column") if _entry(span).before]
        for number, span in enumerate(listed):
            lead, tail = letters[: span.start].rstrip(the), letters[span.end :]
            if lead.endswith(before) or tail.startswith(phrases.nouns):
                continue
            if lead.endswith(phrases.word("do")) and tail.startswith(phrases.sent):
                continue
            joined = any(n in self._listing() or self._comma(n) for n in (span.start - 1,))
            if number and joined and listed[number - 1].end >= span.start - 2:
                continue
            return span
        return None

    def _listing(self) -> dict[int, set[str]]:
        """The words that list and stand in no phrase: which kinds of things each may list."""
        taken = {
            number
            for span in self.question.spans
            for start, end in span.pieces
            for number in range(start, end)
        }
        found: dict[int, set[str]] = {}
        for kind, lexicon in load_english().connectors.items():
            for word in lexicon.find(self.question.letters):
                own = word.start >= self.question.follows
                if own and taken.isdisjoint(range(word.start, word.end)):
                    found.setdefault(word.start, set()).add(kind)
        return found

    def _comma(self, number: int) -> bool:
        return self.question.tokens[number].word in (",", ";")

    def _leftover(self, start: int, end: int) -> Refusal:
        words = self.question.typed(start, end)[:MAX_TYPED]
        return Refusal("not_understood", "leftover", {"words": words})

    # --- Places -------------------------------------------------------------------------------

    def _places_named(self) -> list[tuple[str, Entity | None]] | Clarify | Refusal:
        """The places as Chinese questions name them, each with the entity it must be."""
        regions = [s.value.zh for s in self.regions if isinstance(s.value, Region)]
        if regions and len(self.places) > 1:
            return Refusal("not_understood", "interleaved")
        named: list[tuple[str, Entity | None]] = []
        for span in self.places:
            assert isinstance(span.value, Place)
            if span.value.written:
                held = self.index.by_name(span.value.written)
                alone = spelled(held[0]) if len(held) == 1 and not regions else span.value.written
                named.append(("".join(reversed(regions)) + alone, None))
                continue
            gazetteer = self.index.gazetteer
            own = [
                entity
                for entity in span.value.entities
                if all(gazetteer.contains(entity.region or "", region) for region in regions)
            ] or list(span.value.entities)
            if len(own) > 1:
                return self._which(span, own)
            name = spelled(own[0]) if not regions else "".join(reversed(regions)) + own[0].name
            named.append((name, own[0]))
        if not named and regions:
            named.append(("".join(reversed(regions)), None))
        return named

    def _which(self, span: Span, entities: Sequence[Entity]) -> Clarify | Refusal:
        """One name in pinyin that several places of the store have: the choices."""
        typed = self.question.typed(span.start, span.end)
        choices: list[Choice] = []
        for entity in entities:
            one = Place((entity,), "")
            spans = tuple(
                Span(s.start, s.end, s.pieces, one) if s is span else s for s in self.question.spans
            )
            question = EnglishQuestion(
                self.question.text,
                self.question.tokens,
                self.question.letters,
                spans,
                (),
                self.question.of_which,
                self.question.follows,
                self.question.together,
            )
            result = _Translation(question, self.index).result()
            if not isinstance(result, Translated):
                return result
            choices.append(Choice(place_label(entity), result.question))
        return Clarify("which_place", tuple(choices), {"name": typed})

    # --- The Chinese question -----------------------------------------------------------------

    def _talk(self, talk: Sequence[Span]) -> Translated | Clarify | Refusal:
        """Greetings, help, and what the store holds."""
        others = [s for s in self.question.spans if _sign(s) in "MCTO"]
        kinds = {_entry(span).zh for span in talk}
        if others or len(kinds) > 1:
            return self._leftover(talk[0].start, talk[0].end)
        named = self._places_named()
        if isinstance(named, (Clarify, Refusal)):
            return named
        places = "和".join(name for name, _ in named)
        return Translated(f"{places}{self._years_named()}{kinds.pop()}", talk=True)

    def _years_named(self) -> str:
        return "和".join(s.value.zh for s in self.years if isinstance(s.value, Year))

    def _template(self) -> str | Refusal:
        """The Chinese question with places, years and measures left open."""
        measures, topics = self._of("measure"), self._of("topic")
        operation = self.operation
        if len(topics) > 1 or topics and (measures or operation):
            return Refusal("not_understood", "two_things")
        if topics:
            return "{places}{years}" + _entry(topics[0]).zh
        if self.question.together and (self._several() or self.regions and not self.places):
            return SUM if operation is None else self._unused()
        if operation is not None and operation.template.endswith("吗") and self.asks:
            return self._unused()  # how many times more … than: takes no yes or no
        if operation is not None:
            fits = ("{measures}" in operation.template) == bool(measures)
            return operation.template if fits else self._unused()
        if self.question.follows:
            return "那{places}{years}{measures}呢"
        if not measures and not self._of("column"):
            if self.question.letters[:1] in load_english().yes_or_no:
                return Refusal("not_understood", "nothing")
            return "{places}{years}" + ("多少" if self.asks else "")
        return "{places}{years}{each}"

    def _unused(self) -> Refusal:
        """The refusal of an operation that does not go with the rest of the question."""
        words = self._typed(self._pieces("mark"))
        return Refusal("not_understood", "operation", {"words": words})

    def _several(self) -> bool:
        """Whether several places or years are asked for."""
        years = [s.value for s in self.years if isinstance(s.value, Year)]
        return len(self.places) > 1 or len(years) > 1 or any(year.several for year in years)

    def _asked(
        self, template: str, named: Sequence[tuple[str, Entity | None]]
    ) -> Translated | Refusal:
        columns = [_entry(span) for span in self._of("column")]
        entries = [_entry(span) for span in self._of("measure")]
        if len(entries) > 1 and columns or self.question.of_which and not columns:
            return Refusal("not_understood", "interleaved")
        words = self._measure_words(entries, columns)
        starts = load_english().yes_or_no
        exists = self.question.letters[:1] in starts and not self.asks
        if exists:
            each = "有没有" + "和".join(words)
        else:
            each = "，".join(f"{word}多少" for word in words)
        paired = self._paired()
        places = self._with_years(named) if paired else "和".join(name for name, _ in named)
        question = template.format(
            places=places,
            years="" if paired else self._years_named(),
            first=named[0][0] if named else "",
            second=named[-1][0] if named else "",
            measures="和".join(words),
            each=each,
        )
        units = [_entry(span).unit for span in self.asks]
        entities = [entity for _, entity in named if entity is not None]
        return Translated(
            question,
            tuple(entry.ids for entry in entries),
            frozenset(known for column in columns for known in column.ids),
            tuple(y for s in self.years if isinstance(s.value, Year) for y in s.value.years),
            tuple(entities) if len(entities) == len(named) else (),
            frozenset(unit for unit in units if unit is not None),
            bool(self.asks)
            and self.operation is None
            and not self.question.together
            and all(_entry(span).bare for span in self.asks),
            self._several() or paired,
            bool(entries) and (self.operation is not None or template == SUM),
            self._typed(self._pieces("mark")),
            self.question.follows > 0,
            self.question.text,
        )

    def _measure_words(self, entries: Sequence[Entry], columns: Sequence[Entry]) -> list[str]:
        """The measures in Chinese, the one with columns together with them."""
        words = [entry.zh for entry in entries] or [""]
        before = "和".join(column.zh for column in columns if column.before)
        behind = "和".join(column.zh for column in columns if not column.before)
        if self.question.of_which:
            return [f"{words[0].format('')}多少，其中{before}{behind}"]
        if "{}" not in words[0]:
            words[0] = "{}" + words[0]
        return [
            word.format(before if number == 0 else "") + (behind if number == 0 else "")
            for number, word in enumerate(words)
        ]

    def _paired(self) -> bool:
        """Whether each place stands with a year of its own."""
        count = len(self.places)
        spans = sorted((*self.places, *self.years), key=lambda span: span.start)
        order = "".join(map(_sign, spans))
        return count > 1 and order in ("PY" * count, "YP" * count)

    def _with_years(self, named: Sequence[tuple[str, Entity | None]]) -> str:
        pairs = zip(named, self.years, strict=True)
        return "和".join(
            f"{name}{span.value.zh}" for (name, _), span in pairs if isinstance(span.value, Year)
        )


def _entry(span: Span) -> Entry:
    assert isinstance(span.value, Meaning)
    return span.value.entry


def _is_stock(span: Span) -> bool:
    return any(is_stock(name) for name in _entry(span).ids)


def _sign(span: Span) -> str:
    """A letter for the kind of a span: P, R, Y for places, regions, years; M measure, C column,
    T topic, O a word of an operation, A what is asked, X else."""
    if isinstance(span.value, Place):
        return "P"
    if isinstance(span.value, Region):
        return "R"
    if isinstance(span.value, Year):
        return "Y"
    return _SIGNS.get(span.value.kind, "X")


_SIGNS: dict[Kind, str] = {
    "measure": "M",
    "column": "C",
    "topic": "T",
    "mark": "O",
    "ask": "A",
}
