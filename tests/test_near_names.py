"""Near names in stages, their data files, and what may be answered directly."""

from __future__ import annotations

import pytest

from knowledge.entities import NameIndex
from knowledge.errors import DataError
from knowledge.model import Entity
from knowledge.near_names import FEW, NameShelf
from knowledge.shapes import load_shapes, read_shapes

COUNTY = "河南省/三门峡市/卢氏县"
NAMES = ("官坡镇", "寒葱沟镇", "未庄乡", "石龙镇", "鼓楼街道", "大河南镇")


def _stage(typed: str, names: tuple[str, ...] = NAMES) -> tuple[str, str, bool] | None:
    near = NameShelf(names).near(typed, frozenset(names))
    return None if near is None else (near.stage, near.names[0], near.alone)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("官坡乡", ("suffix", "官坡镇", True)),
        ("官破镇", ("homophone", "官坡镇", True)),
        ("官波镇", ("shape", "官坡镇", True)),
        ("光坡镇", ("near_homophone", "官坡镇", True)),
        ("官坡坡镇", ("doubled", "官坡镇", True)),
        ("坡官镇", ("swapped", "官坡镇", True)),
        ("葱寒沟镇", ("swapped", "寒葱沟镇", True)),
        ("末庄乡", ("shape", "未庄乡", True)),
        ("石尤镇", ("shape", "石龙镇", True)),
        ("寒沟镇", ("edit", "寒葱沟镇", True)),
        ("寒葱葱沟口镇", ("similar", "寒葱沟镇", False)),
        ("寒山沟镇", ("edit", "寒葱沟镇", True)),
        ("古楼街办", ("homophone", "鼓楼街道", True)),
        ("鼓楼镇", ("suffix", "鼓楼街道", True)),
    ],
)
def test_each_error_has_its_stage(typed: str, expected: tuple[str, str, bool]) -> None:
    assert _stage(typed) == expected


@pytest.mark.parametrize("typed", ["飞鹤口镇", "官坡镇", "镇", "", "安全"])
def test_no_stage_for_what_is_far_or_right(typed: str) -> None:
    assert _stage(typed) is None


def test_a_second_single_error_away_makes_it_an_offer() -> None:
    """官破镇 is a homophone of one and one character from the other: nobody knows which."""
    names = ("官坡镇", "关破镇", "官山镇")
    near = NameShelf(names).near("官破镇", frozenset(names))
    assert near is not None
    assert near.names == ("官坡镇", "关破镇", "官山镇")
    assert not near.alone


def test_only_names_of_the_scope_are_near() -> None:
    near = NameShelf(NAMES).near("官破镇", frozenset({"石龙镇"}))
    assert near is None


def test_namesakes_are_never_answered_directly() -> None:
    two = [Entity("官坡镇", COUNTY), Entity("官坡镇", "山东省/潍坊市/安丘市")]
    near = NameIndex(two).resolve_near("官破镇")
    assert near is not None
    assert (len(near.entities), near.direct) == (2, False)
    narrowed = NameIndex(two).resolve_near("官破镇", NameIndex(two).scope(["卢氏县"]))
    assert narrowed is not None
    assert (narrowed.entities, narrowed.direct) == ((two[0],), True)


def test_a_large_scope_only_offers_short_stems() -> None:
    many = [
        Entity(f"{first}{second}镇")
        for first in "甲乙丙丁戊己庚辛壬癸子丑寅卯辰"
        for second in "山水木火石田林泉江海湖河溪洞"
    ]
    index = NameIndex([*many, Entity("官坡镇")])
    assert len(index.scope().names) > FEW
    near = index.resolve_near("官破镇")
    assert near is not None
    assert near.entities == (Entity("官坡镇"),)
    assert not near.direct


def test_the_shapes_are_mutual_and_simplified() -> None:
    shapes = load_shapes()
    assert len(shapes) > 900
    for character, others in shapes.items():
        assert all(character in shapes[other] for other in others), character
    assert "末" in shapes["未"]
    assert "侯" in shapes["候"]


@pytest.mark.parametrize("line", ["未", "未未", "未 末", "龍尤"])
def test_a_bad_line_of_shapes_is_refused(line: str) -> None:
    with pytest.raises(DataError, match="第 1 行"):
        read_shapes(line)
