"""Recognised spans of a question's letters."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from bot.understanding.operations import Operation, Places
from bot.understanding.phrases import Meaning
from knowledge.entities import NameMention
from knowledge.years import Years

ENDINGS = ("镇", "乡", "街道", "苏木", "街办")
"""What makes a stretch of unknown letters look like the name of a town."""


@dataclass(frozen=True, slots=True)
class Region:
    """The name of a province, city or county in a question."""

    name: str


@dataclass(frozen=True, slots=True)
class Amount:
    """A number in a question that is no year: a claim (6件) or a bound (超过10); `unit` is empty
    where none is written."""

    value: Decimal
    unit: str


Value = Meaning | NameMention | Years | Region | Operation | Places | Amount


@dataclass(frozen=True, slots=True)
class Mention:
    """A recognised span of the question's letters (end excluded) and what it stands for."""

    start: int
    end: int
    value: Value
    pieces: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class UnknownName:
    """Words that stand where a town's name stands but are none: as typed, and their span."""

    start: int
    end: int
    typed: str
