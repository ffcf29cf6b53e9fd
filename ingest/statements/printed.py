"""A paragraph as printed beside its folded form without blanks, in which figures are found."""

from __future__ import annotations

from collections.abc import Sequence

from knowledge.quantities import Quantity
from knowledge.text import fold, solid

_PLAIN_DIGITS = frozenset("0123456789０１２３４５６７８９")


class Printed:
    """`folded` is what is read; its places lead back to the text as printed."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._positions: Sequence[int] | None = None
        """Where each character of `folded` is printed; None where all stand as they are printed."""
        self.folded = solid(text)
        if len(self.folded) < len(text):
            self._positions = [n for n, character in enumerate(text) if not character.isspace()]
            self.folded = fold("".join([text[n] for n in self._positions]))

    def between(self, start: int, end: int) -> str:
        """What is printed from one place of the folded text to another."""
        if self._positions is None:
            return self._text[start:end]
        return self._text[self._positions[start] : self._positions[end - 1] + 1]

    def is_torn(self, offset: int, quantity: Quantity) -> bool:
        """Whether blanks stand between the digits, or the mark of a note behind them (125① is
        not 1251): then what the number was is not certain."""
        start, end = offset + quantity.start, offset + quantity.end
        read, positions = self.folded[start:end], self._positions
        if positions is None:
            printed = self._text[start:end]
        else:
            printed = "".join([self._text[n] for n in positions[start:end]])
        for digit, character in zip(read, printed, strict=True):
            if digit.isdigit() and character not in _PLAIN_DIGITS:
                return True
        return positions is not None and any(
            read[n].isdigit()
            and read[n + 1].isdigit()
            and positions[start + n + 1] - positions[start + n] > 1
            for n in range(len(read) - 1)
        )
