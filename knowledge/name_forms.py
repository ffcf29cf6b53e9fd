"""The forms in which one town's name is written: stem and suffix, streets, names of peoples."""

from __future__ import annotations

from functools import lru_cache

from knowledge.words import load_words

STREET = "街道"
STREETS = ("街道办事处", "街道办", STREET, "街办", "街")
"""Endings under which one street office is known, longest first; `STREET` is the key."""

SUFFIXES = (*STREETS[:4], "苏木", "民族乡", "镇", "乡", "街")
"""Endings of a town's name, longest first."""

MIN_STEM = 2
"""Characters that a stem needs to stand for its town."""


def split_name(name: str) -> tuple[str, str]:
    """A folded name as stem and suffix; the suffix is "" if it has none.

    >>> split_name("景芝镇"), split_name("鼓楼街道办"), split_name("景芝")
    (('景芝', '镇'), ('鼓楼', '街道办'), ('景芝', ''))
    """
    for suffix in SUFFIXES:
        if name.endswith(suffix) and len(name) > len(suffix):
            return name[: -len(suffix)], suffix
    return name, ""


def split_key(name: str) -> tuple[str, str]:
    """Stem and suffix with every ending of a street as `STREET`.

    >>> split_key("鼓楼街办"), split_key("景芝镇")
    (('鼓楼', '街道'), ('景芝', '镇'))
    """
    stem, suffix = split_name(name)
    return stem, STREET if suffix in STREETS else suffix


def street_forms(name: str) -> tuple[str, ...]:
    """The other names of a street; empty for what is none.

    >>> street_forms("鼓楼街道"), street_forms("景芝镇")
    (('鼓楼街道办事处', '鼓楼街道办', '鼓楼街办', '鼓楼街'), ())
    """
    stem, suffix = split_name(name)
    if suffix not in STREETS or len(stem) < MIN_STEM:
        return ()
    return tuple(stem + other for other in STREETS if other != suffix)


def office_forms(name: str) -> tuple[str, ...]:
    """The other name of a county's office; empty for what is none.

    >>> office_forms("卢氏县政府办公室"), office_forms("景芝镇")
    (('卢氏县人民政府办公室',), ())
    """
    for office in ("政府办公室", "政府办公厅"):
        if name.endswith(office):
            return (f"{name.removesuffix(office)}人民{office}",)
    return ()


@lru_cache(maxsize=1)
def _peoples() -> tuple[str, ...]:
    """The names of peoples as they stand in names of towns, longest first."""
    peoples = (f"{people}族" for people in load_words().regions.peoples)
    return (*sorted(peoples, key=len, reverse=True), "民族")


def without_people(name: str) -> str | None:
    """The name of a people's town without the people; None if there is none in it.

    >>> without_people("古砦仫佬族乡"), without_people("景芝镇"), without_people("回族乡")
    ('古砦乡', None, None)
    """
    suffix = next((end for end in ("苏木", "乡", "镇") if name.endswith("族" + end)), None)
    if suffix is None:
        return None
    stem = name.removesuffix(suffix)
    while stem.endswith("族"):
        people = next((people for people in _peoples() if stem.endswith(people)), None)
        if people is None:
            break
        stem = stem.removesuffix(people)
    stripped = stem + suffix
    return stripped if len(stem) >= MIN_STEM and stripped != name else None
