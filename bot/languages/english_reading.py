"""An English question as spans of words: places, years, phrases, and what is left over."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.languages.english_data import UNKNOWN, EnglishPhrases, Meaning, load_english
from bot.languages.english_words import (
    HAN,
    MARKS,
    Place,
    Region,
    Token,
    Value,
    Year,
    find_places,
    find_years,
    written_place,
)
from knowledge.entities import NameIndex
from knowledge.phrases import Hit, Steps, cover


@dataclass(frozen=True, slots=True)
class Span:
    """Something recognised: start and end (excluded) in tokens, and the spans of its pieces."""

    start: int
    end: int
    pieces: tuple[tuple[int, int], ...]
    value: Value


@dataclass(frozen=True, slots=True)
class EnglishQuestion:
    """What was recognised, in order, and the words that nothing accounts for."""

    text: str
    tokens: tuple[Token, ...]
    letters: str
    spans: tuple[Span, ...]
    leftover: tuple[tuple[int, int], ...]
    of_which: bool
    follows: int
    """How many words at the beginning lead from the question before to this one."""
    together: bool
    """A sum is asked for, if there are several figures to add."""

    def typed(self, start: int, end: int) -> str:
        """The words from start to end as they were typed."""
        return self.text[self.tokens[start].start : self.tokens[end - 1].end]


def is_english(tokens: Sequence[Token], index: NameIndex) -> bool:
    """Whether words of English questions stand here, and no Chinese but names of places."""
    phrases = load_english()
    words = [token for token in tokens if token.word[0].isascii() and token.word[0].isalpha()]
    if not any(phrases.read(token.word) != UNKNOWN for token in words):
        return False
    return all(
        written_place(token.word, index) is not None
        for token in tokens
        if HAN.fullmatch(token.word)
    )


def read_english(text: str, tokens: tuple[Token, ...], index: NameIndex) -> EnglishQuestion:
    """The spans of a question. Never raises, whatever the text; callers bound its length."""
    phrases = load_english()
    letters = "".join(_letter(token, phrases) for token in tokens)
    steps, inner = Steps(len(letters)), Steps(len(letters))
    hits: list[Hit[Value]] = list(find_places(tokens, letters, index, phrases))
    hits += find_years(tokens, letters, hits, phrases)
    for word in phrases.harmless.find(letters):
        steps.add(word.start, word.end)
    of_which = phrases.of_which.find(letters)
    together = phrases.together.find(letters)
    follow = max((word.end for word in phrases.follow.find(letters) if word.start == 0), default=0)
    steps.add(0, follow)
    for word in (*of_which, *together):
        steps.add(word.start, word.end)
    for lexicon in phrases.connectors.values():
        for word in lexicon.find(letters):
            steps.add(word.start, word.end)
    for number, token in enumerate(tokens):
        if token.word in MARKS:
            steps.add(number, number + 1)
    single = [hit for hit in phrases.meanings.find(letters) if len(hit.pieces) == 1]
    columns = [hit for hit in single if hit.value.kind == "column"]
    named: dict[str, list[Hit[Value]]] = {
        "place": [hit for hit in hits if isinstance(hit.value, (Place, Region))],
        "year": [hit for hit in hits if isinstance(hit.value, Year)]
        + [_plain(hit) for hit in single if hit.value.kind == "year"],
        "column": [_plain(hit) for hit in columns],
    }
    for kind, own in named.items():
        for start, end in _before(letters, kind, {hit.start for hit in own}, phrases):
            steps.add(start, end)
    for start, end in _behind(letters, hits, phrases):
        steps.add(start, end)
    _inner_steps(inner, steps, letters, phrases, hits, single)
    found = phrases.meanings.find(letters, inner)
    hits += [_plain(hit) for hit in found]
    if any(hit.value.kind == "mark" for hit in single):
        starts = {start for hit in found if hit.value.kind == "measure" for start, _ in hit.pieces}
        for start, end in _before(letters, "measure", starts, phrases):
            steps.add(start, end)
    chosen = cover(letters, hits, steps)
    spans: list[Span] = []
    for hit in chosen.hits:
        spans.append(_span(hit))
        spans.extend(_inside(letters, hit, hits, steps))
    spans.sort(key=lambda span: (span.start, span.end))
    taken = [piece for span in spans for piece in span.pieces]

    def stands(words: Sequence[Hit[str]]) -> bool:
        return any(
            not any(start < word.end and word.start < end for start, end in taken) for word in words
        )

    return EnglishQuestion(
        text,
        tokens,
        letters,
        tuple(spans),
        chosen.leftover,
        stands(of_which),
        0 if any(start < follow for start, _ in taken) else follow,
        stands(together),
    )


def _letter(token: Token, phrases: EnglishPhrases) -> str:
    return phrases.read(token.word)


def _plain(hit: Hit[Meaning]) -> Hit[Value]:
    return Hit(hit.start, hit.end, hit.pieces, hit.phrase, hit.value)


def _span(hit: Hit[Value]) -> Span:
    value = hit.value
    if isinstance(value, Meaning) and value.kind == "year":
        value = Year(value.entry.zh, several=value.entry.several)
    return Span(hit.start, hit.end, hit.pieces, value)


def _inner_steps(
    inner: Steps,
    steps: Steps,
    letters: str,
    phrases: EnglishPhrases,
    hits: Sequence[Hit[Value]],
    single: Sequence[Hit[Meaning]],
) -> None:
    """What may stand between the pieces of a phrase: harmless words, places, years, columns,
    question words; nothing that lists, for what it lists are two things."""
    listing = {
        (word.start, word.end)
        for lexicon in phrases.connectors.values()
        for word in lexicon.find(letters)
    }
    named = {(hit.start, hit.end) for hit in hits}
    for start in range(len(letters)):
        for end in steps.ends(start):
            between = any(stop == start for _, stop in named) and end in {s for s, _ in named}
            if (start, end) not in listing or between:
                inner.add(start, end)
    for start, end in named:
        inner.add(start, end)
    for hit in single:
        if hit.value.kind in ("year", "column", "ask", "mark"):
            inner.add(hit.start, hit.end)


def _inside(
    letters: str, outer: Hit[Value], hits: Sequence[Hit[Value]], steps: Steps
) -> Iterator[Span]:
    """What was stepped over between the pieces of a phrase."""
    for (_, start), (end, _) in zip(outer.pieces, outer.pieces[1:], strict=False):
        if start == end:
            continue
        within = [
            Hit(
                hit.start - start,
                hit.end - start,
                tuple((a - start, b - start) for a, b in hit.pieces),
                hit.phrase,
                hit.value,
            )
            for hit in hits
            if start <= hit.start
            and hit.end <= end
            and not (
                isinstance(hit.value, Meaning)
                and hit.value.kind not in ("column", "year", "ask", "mark")
            )
        ]
        own = Steps(end - start)
        for position in range(start, end):
            for stop in steps.ends(position):
                if stop <= end:
                    own.add(position - start, stop - start)
        for hit in cover(letters[start:end], within, own).hits:
            pieces = tuple((a + start, b + start) for a, b in hit.pieces)
            yield _span(Hit(hit.start + start, hit.end + start, pieces, hit.phrase, hit.value))


# --- Words that are harmless in their place ----------------------------------------------------


def _before(
    letters: str,
    kind: str,
    starts: set[int],
    phrases: EnglishPhrases,
) -> Iterator[tuple[int, int]]:
    """Prepositions directly before what they belong to; `the` may stand between."""
    known = set(starts)
    the = phrases.word("the")
    for position in range(len(letters) - 1, -1, -1):
        if letters[position] == the and position + 1 in known:
            known.add(position)
        for word, after in phrases.before[kind]:
            end = position + len(word)
            if letters.startswith(word, position) and end in known:
                if after and letters[position - 1 : position] not in after:
                    continue
                yield position, end
                known.add(position)


def _behind(
    letters: str, hits: Sequence[Hit[Value]], phrases: EnglishPhrases
) -> Iterator[tuple[int, int]]:
    for kind, type_ in (("place", Place), ("region", Region)):
        ends = {hit.end for hit in hits if isinstance(hit.value, type_)}
        for position in range(len(letters)):
            if position not in ends:
                continue
            for word in phrases.behind[kind]:
                if letters.startswith(word, position):
                    yield position, position + len(word)
                    ends.add(position + len(word))
