"""Ways to say something that are put in other words before they are read again.

Only where a question as typed is not understood. What is put in place of them means the same, is
read by the same rules (every word accounted for), and the reply tells how the question was read.
"""

from __future__ import annotations

import re
from functools import cached_property, lru_cache

from pydantic import BaseModel, ConfigDict, model_validator

from bot.tables import load_table, tables_in
from bot.understanding.phrases import ENDLESS
from bot.understanding.question import is_letter
from knowledge.text import fold

_YEAR = re.compile(r"20\d\d")


class Rewording(BaseModel):
    """One entry of `bot/data/rewordings`, whose README explains the keys."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    blanks: bool = False
    always: bool = False
    after: str | None = None
    pattern: str
    to: str
    example: str
    becomes: str
    near_miss: str

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(self.pattern)  # more of them than `re` remembers

    @model_validator(mode="after")
    def _works(self) -> Rewording:
        if ENDLESS.search(self.pattern):
            raise ValueError("式样不许用 *、+ 或没有上限的重复")
        if self.apply(self.example) != self.becomes:
            raise ValueError(f"example 换成了 {self.apply(self.example)}")
        if self.apply(self.near_miss) is not None:
            raise ValueError("near_miss 不该认出")
        return self

    def apply(self, text: str) -> str | None:
        """A text with the first stretch that fits put in other words; None if none does.

        The stretch is looked for in folded letters, without blanks unless the entry says
        `blanks`; the rest stays as typed.
        """
        positions = [n for n, c in enumerate(text) if self.blanks or is_letter(c)]
        found = self._compiled.search(fold("".join(text[n] for n in positions)))
        if found is None:
            return None
        if {"after", "before"} & found.groupdict().keys() and len(_YEAR.findall(found.string)) > 2:
            return None  # 2022年和2023年结转到2024年: of which of them?
        groups = {name: said or "" for name, said in found.groupdict().items()}
        if "after" in groups and int(groups["after"]) != int(groups["year"]) + 1:
            return None
        if "before" in groups and int(groups["before"]) != int(groups["year"]) - 1:
            return None
        first, last = positions[found.start()], positions[found.end() - 1] + 1
        return text[:first] + self.to.format(**groups) + text[last:]


class _Rewordings(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    rewording: tuple[Rewording, ...]


def reworded(text: str, always: bool = False, follows: bool = False) -> str | None:
    """A question in the words of all entries that fit it, in their order; None if none does.

    `always`: only those that hold even where the words as typed are understood. `follows`: also
    those that hold only where the text follows on another question.

    >>> reworded("和平乡2024年报哪天发的"), reworded("收到几件申请")
    ('和平乡2024年年报哪天发的', None)
    """
    said = text
    for entry in load_rewordings():
        if (always and not entry.always) or (entry.after is not None and not follows):
            continue
        said = entry.apply(said) or said
    return said if said != text else None


@lru_cache(maxsize=1)
def load_rewordings() -> tuple[Rewording, ...]:
    """The entries of all files, loaded once. Raises: DataError naming the entry that is wrong."""
    tables = [load_table(name, _Rewordings) for name in tables_in("rewordings")]
    return tuple(entry for table in tables for entry in table.rewording)
