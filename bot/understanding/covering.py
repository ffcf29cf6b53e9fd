"""Which of the recognised spans account for a question's letters, and which letters none does."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bot.understanding.mentions import Amount, Value
from bot.understanding.operations import Operation, OperationKind
from knowledge.entities import NameMention
from knowledge.numerals import decimal_of
from knowledge.phrases import Cover, Hit, Steps, cover
from knowledge.quantities import find_quantities

PUNCTUATION = ",.;:!?、。，；：！？()（）[]【】{}\"'“”‘’「」《》<>~～…—-_·`*#@^|\\=" + "\u3000 \t"

BOUNDS: tuple[OperationKind, ...] = ("over", "at_least", "under", "at_most", "between")
"""Operations that may stand within a measure's words (收到超过三件申请)."""

_NUMBER_AND_UNIT = re.compile(
    r"(?:[\d,.]+|[零一二两三四五六七八九十百千]{1,6})(?P<unit>[^\d零一二两三四五六七八九十百千]+)$"
)
_BARE_NUMBER = re.compile(r"(?<![\d.])\d{1,9}(?:\.\d{1,4})?(?![\d.年月日号])")


def find_amounts(letters: str) -> Iterator[tuple[int, int, Amount]]:
    """Numbers of a folded text with their units, then those without; some may be years."""
    for quantity in find_quantities(letters):
        # Words before the number (超过, 约) are for the grammar to understand, not a part of it.
        number = _NUMBER_AND_UNIT.search(letters[quantity.start : quantity.end])
        if number is not None and number["unit"] == quantity.unit:
            start = quantity.start + number.start()
            yield start, quantity.end, Amount(quantity.value, quantity.unit)
    for match in _BARE_NUMBER.finditer(letters):
        value = decimal_of(match[0])
        if value is not None:
            yield match.start(), match.end(), Amount(value, "")


def account_for(letters: str, hits: Sequence[Hit[Value]], steps: Steps) -> Cover[Value]:
    """The cheapest account of the letters (`knowledge.phrases.cover`).

    A single letter that means an operation (大, 高) counts as none beside letters that
    nothing accounts for or a name: there it is a part of an unknown word (大|景芝镇).
    """
    chosen = cover(letters, hits, steps, PUNCTUATION)
    edges = {edge for span in chosen.leftover for edge in span}
    edges |= {hit.start for hit in chosen.hits if isinstance(hit.value, NameMention)}
    torn = [
        hit
        for hit in chosen.hits
        if isinstance(hit.value, (Operation, Amount))
        and not (isinstance(hit.value, Operation) and hit.value.kind == "than")
        and hit.end - hit.start == 1
        and not edges.isdisjoint((hit.start, hit.end))
    ]
    if not torn:
        return chosen
    return cover(letters, [hit for hit in hits if hit not in torn], steps, PUNCTUATION)
