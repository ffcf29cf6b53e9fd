"""Answers as bytes between two processes.

Figures travel field by field: pickle calls Python for each named tuple, on both sides, which for
the two hundred figures of a report costs as much as reading it.
"""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple

from knowledge.model import CellId, Figure, Report

PROTOCOL = 5

_new_cell = partial(tuple.__new__, CellId)
_new_figure = partial(tuple.__new__, Figure)


class _Packed(NamedTuple):
    """A report without its figures, and these field by field."""

    report: Report
    items: Sequence[str]
    columns: Sequence[str]
    fields: Sequence[Sequence[Any]]


def answer_to_bytes(answer: object) -> bytes:
    """A report, or whatever else a reader answers, for `answer_from_bytes`."""
    if isinstance(answer, Report) and answer.figures:
        cells, *fields = zip(*answer.figures, strict=True)
        items, columns = zip(*cells, strict=True)
        answer = _Packed(replace(answer, figures=()), items, columns, fields)
    return pickle.dumps(answer, PROTOCOL)


def answer_from_bytes(content: bytes) -> Any:
    """What `answer_to_bytes` put into bytes. Only for bytes of our own processes."""
    found = pickle.loads(content)
    if not isinstance(found, _Packed):
        return found
    cells = map(_new_cell, zip(found.items, found.columns, strict=True))
    figures = tuple(map(_new_figure, zip(cells, *found.fields, strict=True)))
    return replace(found.report, figures=figures)
