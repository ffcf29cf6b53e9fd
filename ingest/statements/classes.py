"""Information by how it is disclosed: 制作信息60条，其中主动公开40条，依申请公开20条.

The whole of such a list holds what is given only to those who ask, or to nobody, so it is no
total of disclosure, whatever its verb (公开信息60条，其中依申请公开20条); its part 主动公开 is.
"""

from __future__ import annotations

import re

from knowledge.quantities import Quantity

_MADE = re.compile(
    r"(?:制作|产生|形成|生成)(?:或者?获取|或者?保存|获取|保存|及|和|、|的|各类|政府|政务|公共)*信息"
)
_NOUN = r"(?:类|的|政府|政务|信息|数量|条数|数|为|:|有|共|占)*"
_HIDDEN = re.compile(
    r"(?:^|[,、;:(。和及与])[^\w]{0,2}(?:其中|包括|包含|含|分为|分别为|还有|另有|另)?[^\w]{0,2}(?:属于?)?"
    r"(?:依申请|不予|不|免予|免于|暂不|暂缓)公开" + _NOUN + r"(?P<value>[1-9]\d*)(?P<unit>.)"
)
_MAY_BE_HIDDEN = re.compile("[请予不于缓]公开")
"""What every match of `_HIDDEN` holds."""
_OPEN = re.compile(
    r"[^\w]{0,2}(?:其中|包括|包含|含)[^\w]{0,2}(?:已|属于?)?主动公开"
    + _NOUN
    + r"(?P<value>\d+)(?P<unit>.)"
)
_OF_REQUESTS = re.compile(r"收到|接到|接收|受理|新收|办理|答复|办结|处理|(?<!依)申请\D{0,6}\d")
_LIST = re.compile(r"其中|包括|包含|分为|分别")
_END = re.compile(r"[。!?](?![^\w]*其中)")
SHOWN_BEHIND = 240
"""Characters behind a number in which its classes are looked for."""


def is_of_all_classes(words: str, quantity: Quantity, later: str, of_all_ways: bool = True) -> bool:
    """Whether what looks like a total of disclosure holds other classes too: `words` is its
    clause, `later` what follows it in its paragraph. `of_all_ways`: not that of one channel,
    which is named for what it shows and only doubted where a list says so.

    >>> from knowledge.quantities import find_quantities
    >>> sixty = find_quantities("公开信息60条")[0]
    >>> is_of_all_classes("公开信息60条", sixty, "，其中主动公开40条，依申请公开20条。")
    True
    >>> is_of_all_classes("公开信息60条", sixty, "，其中网站公开40条。收到依申请公开20件。")
    False
    """
    alone = of_all_ways and "主动" not in words
    later = later[:SHOWN_BEHIND]
    if _MAY_BE_HIDDEN.search(later) is None and not (alone and "主动公开" in later):
        return False
    end = _END.search(later)
    later = later[: end.start()] if end is not None else later
    asked = _OF_REQUESTS.search(later)
    later = later[: asked.start()] if asked is not None else later
    listed = _LIST.search(later)
    for found in _HIDDEN.finditer(later):
        in_list = listed is not None and listed.start() < found.start("value")
        if in_list or (alone and found["unit"] == quantity.unit):
            return True
    part = _OPEN.match(later) if alone else None
    return part is not None and int(part["value"]) < quantity.value


def is_made(words: str) -> bool:
    """Whether a clause counts the information made, of which a list may say what is disclosed."""
    return _MADE.search(words) is not None
