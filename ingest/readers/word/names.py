"""Names of the elements of WordprocessingML and its neighbours, as lxml spells them."""

from __future__ import annotations

from typing import Any

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
_V = "{urn:schemas-microsoft-com:vml}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"


def w(name: str) -> str:
    """`w:name` as lxml spells it."""
    return _W + name


VAL = w("val")
PARAGRAPH, RUN, TEXT = w("p"), w("r"), w("t")
PARAGRAPH_PROPERTIES, RUN_PROPERTIES = w("pPr"), w("rPr")
TABLE, ROW, CELL = w("tbl"), w("tr"), w("tc")
CONTROL, CONTROL_CONTENT, CONTROL_PROPERTIES = w("sdt"), w("sdtContent"), w("sdtPr")
BOX = w("txbxContent")
EITHER, CHOICE, FALLBACK = f"{_MC}AlternateContent", f"{_MC}Choice", f"{_MC}Fallback"
BLIP, EXTENT, IMAGE_DATA, SHAPE = f"{_A}blip", f"{_WP}extent", f"{_V}imagedata", f"{_V}shape"
EMBED, RELATION = f"{_R}embed", f"{_R}id"
MATHS, MATHS_PARAGRAPH, MATHS_RUN, MATHS_TEXT = (
    f"{_M}oMath",
    f"{_M}oMathPara",
    f"{_M}r",
    f"{_M}t",
)

WRAPPERS = frozenset(w(name) for name in ("ins", "moveTo", "smartTag", "customXml", "dir", "bdo"))
"""Elements around blocks, rows, cells or runs that say nothing of what is printed. What is
deleted or moved away (`del`, `moveFrom`) is no wrapper: it is passed over."""

UNREADABLE = "□"
"""Stands where something is printed that is no text (an icon, struck-out words, a formula
without its result): a cell that holds it is not blank and no figure."""


def is_on(element: Any) -> bool:
    """Whether a switch such as `<w:vanish/>` is on; False for None."""
    return element is not None and element.get(VAL) not in ("0", "false", "off", "none")


def number_of(element: Any, default: int) -> int:
    """The whole number in `w:val`, or the default if there is none."""
    if element is None:
        return default
    try:
        return int(element.get(VAL, ""))
    except ValueError:
        return default


def chosen(either: Any) -> Any | None:
    """The branch of `mc:AlternateContent` that Word shows: the first choice, else the fallback.

    Both hold the same text box, once as a shape and once as VML; it must be read once.
    """
    branch = either.find(CHOICE)
    return branch if branch is not None else either.find(FALLBACK)
