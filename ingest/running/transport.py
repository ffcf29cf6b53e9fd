"""A report as bytes between two processes.

Figures travel field by field: pickle calls Python for each named tuple, on both sides, which for
the two hundred figures of a report costs as much as reading it.
"""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from knowledge.model import CellId, Figure, Report

PROTOCOL = 5

_new_cell = partial(tuple.__new__, CellId)
_new_figure = partial(tuple.__new__, Figure)


def answer_to_bytes(answer: Report | str) -> bytes:
    """A report, or the reason why there is none, for `answer_from_bytes`."""
    if isinstance(answer, str):
        return pickle.dumps(answer, PROTOCOL)
    cells, *fields = zip(*answer.figures, strict=True) if answer.figures else ((),)
    items, columns = zip(*cells, strict=True) if cells else ((), ())
    return pickle.dumps((replace(answer, figures=()), items, columns, fields), PROTOCOL)


def answer_from_bytes(content: bytes) -> Report | str:
    """What `answer_to_bytes` put into bytes. Only for bytes of our own processes."""
    found: str | tuple[Report, Sequence[str], Sequence[str], Sequence[Sequence[Any]]]
    found = pickle.loads(content)
    if isinstance(found, str):
        return found
    report, items, columns, fields = found
    if not items:
        return report
    cells = map(_new_cell, zip(items, columns, strict=True))
    return replace(report, figures=tuple(map(_new_figure, zip(cells, *fields, strict=True))))
