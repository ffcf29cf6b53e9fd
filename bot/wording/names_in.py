"""How each language writes names, units and what a question is asked with.

The catalogue, the gazetteer and the store hold simplified Chinese; here is what becomes of it
in a reply. What a report prints (quotes, titles, labels) is never passed through here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

from bot.languages.pinyin import spell
from bot.languages.traditional import to_traditional
from bot.wording.english_names import load_english_names
from knowledge.entities import NameIndex
from knowledge.gazetteer import load_gazetteer
from knowledge.model import Entity

Language = Literal["zh-Hans", "zh-Hant", "en"]


class Simplified:
    """Everything as it is stored."""

    def name(self, name: str) -> str:
        """The name of a measure, column, topic or group."""
        return name

    def place(self, name: str) -> str:
        """The name of a town, county or province."""
        return name

    def place_asked(self, entity: Entity, index: NameIndex) -> str:
        """The name of a town as a question has it, among the names of the store."""
        return self.place(entity.name)

    def region(self, path: str) -> str:
        """A region's path (山东省/潍坊市/安丘市)."""
        return path.replace("/", "")

    def unit(self, unit: str) -> str:
        """What stands behind a figure; "" where nothing does."""
        return unit

    def value(self, key: str, text: str) -> str:
        """What goes into the braces `key` of a refusal."""
        return text

    def label(self, label: str) -> str:
        """The label of a choice."""
        return label

    def question(self, question: str) -> str:
        """The question that a choice asks."""
        return question


class Traditional(Simplified):
    """Everything in traditional characters."""

    def name(self, name: str) -> str:
        return to_traditional(name)

    def place(self, name: str) -> str:
        return to_traditional(name)

    def region(self, path: str) -> str:
        return "".join(map(to_traditional, path.split("/")))

    def unit(self, unit: str) -> str:
        return to_traditional(unit)

    def value(self, key: str, text: str) -> str:
        return to_traditional(text)

    def label(self, label: str) -> str:
        return to_traditional(label)

    def question(self, question: str) -> str:
        return to_traditional(question)


class English(Simplified):
    """Measures in English; places in pinyin with their characters; unknown names as stored."""

    def name(self, name: str) -> str:
        return load_english_names().name(name) or name

    def place(self, name: str) -> str:
        spelled = spell(name)
        return f"{spelled} ({name})" if spelled else name

    def place_asked(self, entity: Entity, index: NameIndex) -> str:
        spelled = spell(entity.name)
        joined = spelled.lower().replace("'", "").replace("ü", "v")
        return spelled if index.by_pinyin(joined) == (entity,) else entity.name

    def region(self, path: str) -> str:
        segments = path.split("/")
        spelled = [spell(segment) for segment in reversed(segments)]
        whole = "".join(segments)
        return f"{', '.join(spelled)} ({whole})" if all(spelled) else whole

    def unit(self, unit: str) -> str:
        return load_english_names().units.get(unit, unit)

    def value(self, key: str, text: str) -> str:
        if key in ("name", "region") and re.fullmatch(r"[\u3400-\u9fff]+", text):
            return self.place(text)
        if key == "held":
            return "; ".join(map(self.label, text.split("、")))
        return self.name(text) if key in ("topic", "column") else text

    def label(self, label: str) -> str:
        known = load_english_names().name(label)
        if known is not None:
            return known
        measure, colon, column = label.partition("：")
        if colon:  # what is no measure (政府信息公开申请) stands in the other's English name
            whole = load_english_names().name(measure)
            return f"{whole}: {self.name(column)}" if whole else self.name(column)
        if load_gazetteer().paths_of(label):
            return self.place(label)
        dated = re.fullmatch(r"(?:([\u3400-\u9fff]+) )?(\d{4}) 年", label)
        if dated is not None:
            return f"{self.place(dated[1])}, {dated[2]}" if dated[1] else dated[2]
        placed = re.fullmatch(r"([\u3400-\u9fff]+)（([\u3400-\u9fff]+)）", label)
        if placed is None or not load_gazetteer().paths_of(placed[2]):
            return label
        return f"{self.place(placed[1])}, {self.place(placed[2])}"


NAMES: Mapping[Language, Simplified] = {
    "zh-Hans": Simplified(),
    "zh-Hant": Traditional(),
    "en": English(),
}
