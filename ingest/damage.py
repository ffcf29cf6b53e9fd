"""What mirrors and extractors did to a document: mended where that is certain, else named.

Mended before anything is read: pinyin in brackets behind its character (`報(bào)告`) and list
marks whose bytes were cut. Not mended, because nobody can: characters lost between digits
(`自202111日起`: then `20条3次` may have become `203次`), masked digits (`发布**条`), a page of
which every repeated line was removed. What such damage makes uncertain is not stored, and the
finding `damaged_text` says which and why (field-notes, sections 1 and 3).

Characters changed one for one (traditional, over-converted: 曆年, 當麵, 谘詢) need no mending:
`knowledge.text.fold` reads them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from pydantic import BaseModel, ConfigDict

from ingest.document import Block, Document, Paragraph, Row
from ingest.headings import is_row_label
from knowledge.model import CellId, Figure, Finding, Gap
from knowledge.numerals import plain
from knowledge.tables import load_table
from knowledge.text import solid

MIN_LINES = 40
"""Lines of a page that is looked at for removed repetitions; a form alone has over 60 labels."""

MIN_LABELS = 10
"""Labels of the form among the lines that tell a form with one cell a line."""

MAX_SURE_DIGITS = 3
"""Digits of an amount that cannot have lost their point unnoticed: amounts of a town are given
in 万元 with up to six decimals, so `22.6692` without its point has six."""

TOO_MANY_MASKS = 3
"""Masked figures from which on a text is a template or an aggregator's, not a report."""

_LETTERS = "a-zāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜüńňǹɡ"
_PINYIN = re.compile(rf"(?<=[\u3400-\u9fff])[(（][{_LETTERS}]{{1,6}}[)）]")
_GLUED_DATE = re.compile(
    r"(?<!\d)20\d{3,4}月|(?<!\d)20\d{3,12}日|[〔\[（(]20\d{3,7}号"
    r"|(?<=[于至到自起])(?:1[0-2]|[1-9])(?:[012]?\d|3[01])日|(?<!\d)20\d\d20\d\d年"
)
_MAY_BE_GLUED = re.compile(r"\d{5}[月日号]|[于至到自起]\d{2,4}日|20\d\d20\d\d年")
"""What a glued date holds: found without a look behind, ten times as fast."""

_MASK = re.compile(
    r"(?<![*a-zA-Z×＊])(?:[*＊]{2,}|[xX×]{1,6})(?=[条件项个篇次份%％镇乡县]|万元|元|余条|年度?|街道)"
)
_SIGNS = ("**", "＊＊", "。ㄒ", "。ǘ", "。ㄈ", "。ㄋ", "。ㄎ", "。ㄆ", "。ò", "x", "X", "×")
_SIGN_ENDS = "".join(sorted({sign[-1] for sign in _SIGNS}))
_MASK_SIGNS = "*＊xX×"
_LONG_NUMBER = re.compile(r"20\d{3}")
_LONG_DAY = re.compile(r"日(?<=\d{3}日)")
_BRACKETED_WIDE = re.compile(rf"（[{_LETTERS}]{{1,6}}[)）]")
_BRACKETED = re.compile(rf"\([{_LETTERS}]{{1,6}}[)）]")
"""Signs of damage that are quick to look for, since each begins with one character; where none
is found nothing else is done."""


class _Mark(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    printed: str
    read: str


class _Marks(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    mark: tuple[_Mark, ...]


@lru_cache(maxsize=1)
def _marks() -> tuple[tuple[str, re.Pattern[str], str], ...]:
    """The marks as printed, with a lost first byte or without, and as they are read."""
    marks = load_table("damage.toml", _Marks).mark
    return tuple((m.printed, re.compile(rf"[?？]?{re.escape(m.printed)}"), m.read) for m in marks)


@dataclass(frozen=True, slots=True)
class Damage:
    """What is known to be wrong with a document; empty for most.

    `lost` and `masked` are the words that show it. `printed` gives for every text that was
    mended what stood there, so that quotes stay what was printed.
    """

    lost: tuple[str, ...] = ()
    masked: tuple[str, ...] = ()
    deduplicated: bool = False
    printed: dict[str, str] = field(default_factory=dict)

    def as_printed(self, words: str) -> str:
        """Words of a mended text as they were printed; other words unchanged."""
        for mended, printed in self.printed.items():
            start = mended.find(words)
            if words and start >= 0:
                kept = _kept_positions(printed)
                if len(kept) == len(mended):
                    return printed[kept[start] : kept[start + len(words) - 1] + 1]
        return words


NO_DAMAGE = Damage()


def without_pinyin(text: str) -> str:
    """A text without the pinyin that mirrors put in brackets behind characters.

    >>> without_pinyin("信息公開(kāi)工作年度報(bào)告")
    '信息公開工作年度報告'
    """
    return _PINYIN.sub("", text)


def repair(document: Document) -> tuple[Document, Damage]:
    """The document with what can be mended mended, and what is wrong with it.

    The document itself comes back where nothing is: looking costs one pass over the text.
    """
    # Of a row the label is looked at: what damages the figures damages the words as well.
    whole = "\n".join(document.first_texts())
    lines = document.lines()
    deduplicated = len(lines) >= MIN_LINES and _lacks_repetitions([text for _, text in lines])
    if not _is_suspect(whole):
        return document, Damage(deduplicated=True) if deduplicated else NO_DAMAGE
    printed: dict[str, str] = {}
    blocks = document.blocks
    if _may_be_mended(blocks):
        blocks = tuple(_mended(block, printed) for block in blocks)
    return (
        replace(document, blocks=blocks) if printed else document,
        Damage(
            lost=_found(_GLUED_DATE, whole) if _MAY_BE_GLUED.search(whole) else (),
            masked=_found(_MASK, whole) if any(sign in whole for sign in _MASK_SIGNS) else (),
            deduplicated=deduplicated,
            printed=printed,
        ),
    )


def _is_suspect(text: str) -> bool:
    """Whether a text has a sign of damage; for single characters it is searched fastest."""
    for end in _SIGN_ENDS:
        if end in text and any(sign in text for sign in _SIGNS):
            return True
    return bool(_LONG_NUMBER.search(text) or _LONG_DAY.search(text)) or _holds_letters(text)


def _holds_letters(text: str) -> bool:
    """Whether letters stand in brackets, as pinyin does."""
    return bool(_BRACKETED_WIDE.search(text) or _BRACKETED.search(text))


def _found(pattern: re.Pattern[str], text: str) -> tuple[str, ...]:
    return tuple(match[0] for match in pattern.finditer(text))


def _may_be_mended(blocks: Sequence[Block]) -> bool:
    """Whether any text holds what is mended: a number as long as a date makes one suspect too."""
    texts = [
        text
        for block in blocks
        for text in ((block.text,) if isinstance(block, Paragraph) else block.texts)
    ]
    whole = "\n".join(texts)
    if _holds_letters(whole) and _PINYIN.search(whole):
        return True
    return any(mark in whole for mark, _, _ in _marks())


def _mended(block: Block, printed: dict[str, str]) -> Block:
    if isinstance(block, Paragraph):
        return block._replace(text=_mend(block.text, printed))
    cells = [cell._replace(text=_mend(cell.text, printed)) for cell in block.cells]
    return Row(tuple(cells), block.grid, block.recognised)


def _mend(text: str, printed: dict[str, str]) -> str:
    mended = _PINYIN.sub("", text)
    for _, pattern, read in _marks():
        mended = pattern.sub(read, mended)
    if mended != text:
        printed.setdefault(mended, text)
    return mended


def _kept_positions(printed: str) -> list[int]:
    inserted = {
        position for match in _PINYIN.finditer(printed) for position in range(*match.span())
    }
    return [position for position in range(len(printed)) if position not in inserted]


def _lacks_repetitions(texts: Sequence[str]) -> bool:
    """Whether a form with one cell a line has no line twice: then its repeated zeros are gone.

    A figure that is left stands under the wrong labels.
    """
    lines = [text.strip() for text in texts]
    if len(set(lines)) < len(lines):
        return False
    if not any(line.isdigit() for line in lines):
        return False
    return sum(is_row_label(line) for line in lines) >= MIN_LABELS


def settle(
    figures: Sequence[Figure], gaps: Sequence[Gap], damage: Damage
) -> tuple[tuple[Figure, ...], tuple[Gap, ...], tuple[Finding, ...]]:
    """Figures and gaps without what the damage makes uncertain, and findings that say so.

    Cells left out become gaps `unread`. Figures of mended lines are quoted as printed.
    """
    if damage is NO_DAMAGE or damage == NO_DAMAGE:
        return tuple(figures), tuple(gaps), ()
    kept: list[Figure] = []
    left_out: list[Figure] = []
    for figure in figures:
        if damage.printed:
            figure = figure._replace(
                stated=damage.as_printed(figure.stated), quote=damage.as_printed(figure.quote)
            )
        (left_out if _is_uncertain(figure, damage) else kept).append(figure)
    unread = [Gap(f.cell, "unread") for f in left_out if not f.cell.is_narrative]
    return tuple(kept), (*gaps, *unread), tuple(_findings(damage, left_out))


def _is_uncertain(figure: Figure, damage: Damage) -> bool:
    if figure.cell.is_narrative:
        return bool(damage.lost) and (abs(figure.value) >= 10 or figure.value % 1 != 0)
    if damage.deduplicated:
        return True
    digits = solid(figure.stated)
    long = sum(c.isdigit() for c in digits) > MAX_SURE_DIGITS and "." not in digits
    return bool(damage.lost) and figure.unit in ("万元", "元") and long


def _findings(damage: Damage, left_out: Sequence[Figure]) -> Iterable[Finding]:
    cells = tuple(dict.fromkeys(figure.cell for figure in left_out))
    if damage.lost:
        shown = "、".join(dict.fromkeys(plain(figure.value) for figure in left_out))
        which = f"这些数没有存：{shown}" if shown else "没有数因此存疑"
        yield _damaged(
            f"数字之间有字丢失（“{damage.lost[0]}”），两个数可能连成一个，{which}", cells
        )
    if damage.deduplicated:
        yield _damaged("重复的行都被删掉了，表格里剩下的数对不上行列，表格没有存", cells)
    if damage.masked:
        count = len(damage.masked)
        yield _damaged(f"有 {count} 处数字被遮盖（“{damage.masked[0]}”），这些数读不到", ())


def _damaged(text: str, cells: tuple[CellId, ...]) -> Finding:
    return Finding("damaged_text", "warning", text, cells)
