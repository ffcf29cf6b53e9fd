"""网络、信函、当面申请各几件: a noun said once behind a list that it belongs to whole.

Only where the question as typed leaves words over; what each then means is decided like that of
any other question, every word accounted for.
"""

from __future__ import annotations

import re

from knowledge.text import fold

NOUN = "申请"

_PART = r"[\u4e00-\u9fff]{2,4}?"
_LIST = re.compile(rf"(?P<list>{_PART}(?:(?:[、,]|和|与|及){_PART}){{1,4}}){NOUN}")
_BETWEEN = re.compile("[、,和与及]")


def with_noun_shared(text: str) -> str | None:
    """The question with the noun behind each word of the list; None if there is no such list.

    >>> with_noun_shared("2021年网络、信函、当面申请各几件")
    '2021年网络申请、信函申请、当面申请各几件'
    >>> with_noun_shared("网络申请、信函申请各几件"), with_noun_shared("收到几件申请")
    (None, None)
    """
    found = _LIST.search(fold(text))  # as long as the text, letter for letter
    if found is None or NOUN in found["list"]:
        return None
    parts = _BETWEEN.split(found["list"])
    return f"{text[: found.start()]}{'、'.join(f'{part}{NOUN}' for part in parts)}{text[found.end() :]}"
