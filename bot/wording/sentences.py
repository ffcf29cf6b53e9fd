"""The words of replies in one language: sentences, figures with their units, names, lists.

Each language has a file `bot/data/wording.*.toml`; all of them have the same tables, keys and
braces. Nothing here is for what a report prints: quotes, titles and labels stay as they are.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from string import Formatter

from bot.tables import bot_data
from bot.understanding.interpretation import Choice
from bot.wording.names_in import NAMES, Language
from knowledge.entities import NameIndex
from knowledge.errors import DataError
from knowledge.model import Citation, Entity, Fact
from knowledge.numerals import plain

FILES: Mapping[Language, str] = {
    "zh-Hans": "wording.zh.toml",
    "zh-Hant": "wording.zh-Hant.toml",
    "en": "wording.en.toml",
}
FIRST: Language = "zh-Hans"
"""The language that the others are measured against, and that the command line speaks."""

Sentences = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Wording:
    """How replies are worded in one language."""

    language: Language

    def say(self, table: str, key: str, **values: object) -> str:
        """One sentence with its braces filled; values go in as they are, never as templates."""
        sentence = load_sentences(self.language)[table][key]
        return sentence.format(**{name: str(value) for name, value in values.items()})

    def keys(self, table: str) -> tuple[str, ...]:
        """The keys of one table in the order of the file."""
        return tuple(load_sentences(self.language)[table])

    def listed(self, items: Iterable[object]) -> str:
        """Items of one kind as a list within a sentence (甲、乙、丙)."""
        return self.say("list", "items").join(map(str, items))

    def clauses(self, items: Iterable[str]) -> str:
        """Clauses side by side (甲 5 件，乙 6 件)."""
        return self.say("list", "clauses").join(items)

    def amount(self, number: str, unit: str) -> str:
        """A figure, already written out, with its unit; an empty unit leaves the figure alone."""
        if unit == "%":
            return self.say("value", "percent", number=number)
        shown = NAMES[self.language].unit(unit)
        return self.say("value", "with_unit", number=number, unit=shown) if shown else number

    def classifier(self, unit: str) -> str:
        """A unit by itself; as printed where the language writes none behind a figure."""
        return NAMES[self.language].unit(unit).strip() or unit

    def value_text(self, fact: Fact) -> str:
        """A figure with its unit; without one where the report states none for money."""
        if "unit_not_stated" in fact.cautions:
            return fact.stated if re.fullmatch(r"[\d,.]+", fact.stated) else plain(fact.value)
        value = self.amount(plain(fact.value), fact.unit)
        return self.say("value", "about", value=value) if "approximate" in fact.cautions else value

    def values_text(self, facts: Iterable[Fact]) -> str:
        """The figures of several facts, equal ones once."""
        return self.listed(dict.fromkeys(self.value_text(fact) for fact in facts))

    def name(self, name: str) -> str:
        """The name of a measure, statement, column, topic or group, with a column in brackets
        behind it or without, as this language has it."""
        return NAMES[self.language].name(name)

    def place(self, name: str) -> str:
        """The name of a town, county or province."""
        return NAMES[self.language].place(name)

    def place_asked(self, entity: Entity, index: NameIndex) -> str:
        """A town's name as a question in this language has it, so that it means this one."""
        return NAMES[self.language].place_asked(entity, index)

    def region(self, path: str) -> str:
        """A region's path (山东省/潍坊市/安丘市) as a reply writes it."""
        return NAMES[self.language].region(path)

    def entity(self, entity: Entity, with_county: bool = False) -> str:
        """An issuer's name, with its county where that is known and asked for."""
        if with_county and entity.county:
            county, name = self.place(entity.county), self.place(entity.name)
            return self.say("list", "county_and_name", county=county, name=name)
        return self.place(entity.name)

    def values(self, values: Mapping[str, str]) -> dict[str, str]:
        """What goes into the sentence of a refusal, in this language: names and typed words."""
        return {key: NAMES[self.language].value(key, text) for key, text in values.items()}

    def typed(self, text: str) -> str:
        """A word of the question, which is looked at in simplified characters."""
        return NAMES[self.language].value("typed", text)

    def choices(self, choices: Iterable[Choice]) -> tuple[Choice, ...]:
        """Choices of which label and question are in this language: what the question is
        answered in."""
        names = NAMES[self.language]
        return tuple(
            Choice(names.label(choice.label), self.asked(choice.question)) for choice in choices
        )

    def asked(self, question: str) -> str:
        """A question in Chinese as one that is answered in this language."""
        return self.say("choice", "question", question=NAMES[self.language].question(question))


@lru_cache(maxsize=len(FILES))
def load_sentences(language: Language) -> Sentences:
    """All sentences of a language by table and key.

    Raises: DataError if one is no text, or if tables, keys or braces are not those of `FIRST`.
    """
    name = FILES[language]
    try:
        tables = tomllib.loads(bot_data(name))
    except tomllib.TOMLDecodeError as error:
        raise DataError(name, "全文", f"不是合格的 TOML：{error}") from error
    check_alike(name, tables, tables if language == FIRST else load_sentences(FIRST))
    return tables


def check_alike(name: str, tables: Mapping[str, object], first: Sentences) -> None:
    """Raises: DataError naming the first table, key or brace that the two files do not share."""
    if list(tables) != list(first):
        differing = sorted(set(tables) ^ set(first)) or list(tables)
        raise DataError(name, "、".join(differing), f"各表应与 {FILES[FIRST]} 相同，次序也相同")
    for table, sentences in tables.items():
        if not isinstance(sentences, dict):
            raise DataError(name, table, "应为一张表")
        if list(sentences) != list(first[table]):
            differing = sorted(set(sentences) ^ set(first[table])) or list(sentences)
            entry = f"{table}：{'、'.join(differing)}"
            raise DataError(name, entry, f"各句应与 {FILES[FIRST]} 相同，次序也相同")
        for key, sentence in sentences.items():
            entry = f"{table}.{key}"
            if not isinstance(sentence, str):
                raise DataError(name, entry, "应为一句话")
            own, wanted = _braces(name, entry, sentence), _braces(name, entry, first[table][key])
            if own != wanted:
                raise DataError(name, entry, f"花括号应为 {sorted(wanted)}，写的是 {sorted(own)}")


def _braces(name: str, entry: str, sentence: str) -> set[str]:
    try:
        return {field for _, field, _, _ in Formatter().parse(sentence) if field is not None}
    except ValueError as error:
        raise DataError(name, entry, f"花括号不成对：{error}") from error


def path_of(citation: Citation) -> str:
    """Section and label path as one line, as printed: 三、… › 一、… › 总计."""
    parts = [citation.section or "", *(citation.label or "").split(" / ")]
    return " › ".join(part for part in parts if part)
