"""Characters that look alike, from `data/shapes.tsv`."""

from __future__ import annotations

from functools import lru_cache

from knowledge.errors import DataError
from knowledge.text import data_text, fold

FILE = "shapes.tsv"


def read_shapes(text: str) -> dict[str, str]:
    """Every character with those it is taken for, in the order of the file's text.

    Raises: DataError naming the line: two characters or more, none twice, all as they fold.
    """
    table: dict[str, dict[str, None]] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        characters = all("\u3400" <= character <= "\u9fff" for character in line)
        if len(line) < 2 or len(set(line)) != len(line) or fold(line) != line or not characters:
            raise DataError(FILE, f"第 {number} 行", "应为两个以上互不相同的简体字，中间没有空格")
        for character in line:
            table.setdefault(character, {}).update(
                (other, None) for other in line if other != character
            )
    return {character: "".join(others) for character, others in table.items()}


@lru_cache(maxsize=1)
def load_shapes() -> dict[str, str]:
    """The table, loaded once. Raises: DataError if a line is not as it should be."""
    return read_shapes(data_text(FILE))
