"""Names: exact before near, a known name ends the search, near names in stages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.entities import NameIndex, split_name
from knowledge.gazetteer import load_gazetteer
from knowledge.model import Entity

STORE = [
    Entity("南庄镇", "河南省/焦作市/孟州市"),
    Entity("寒葱沟镇", "黑龙江省/佳木斯市/抚远市"),
    Entity("木耳镇", "重庆市/渝北区"),
    Entity("官坡镇", "河南省/三门峡市/卢氏县"),
    Entity("景芝镇", "山东省/潍坊市/安丘市"),
    Entity("鼓楼街道", "河南省/开封市/鼓楼区"),
]
INDEX = NameIndex(STORE)


@pytest.mark.parametrize(
    ("typed", "stage", "name", "direct"),
    [
        ("景枝镇", "homophone", "景芝镇", True),
        ("寒葱勾镇", "homophone", "寒葱沟镇", True),
        ("官破镇", "homophone", "官坡镇", True),
        ("木尔镇", "homophone", "木耳镇", True),
        ("官坡乡", "suffix", "官坡镇", True),
        ("景芝街道", "suffix", "景芝镇", True),
        ("景芝芝镇", "doubled", "景芝镇", True),
        ("芝景镇", "swapped", "景芝镇", False),
        ("大景芝镇", "edit", "景芝镇", False),
        ("中南庄镇", "edit", "南庄镇", False),
        ("寒沟镇", "edit", "寒葱沟镇", False),
        ("景支", "homophone", "景芝镇", True),
    ],
)
def test_near_names_come_in_stages(typed: str, stage: str, name: str, direct: bool) -> None:
    near = INDEX.resolve_near(typed)
    assert near is not None
    assert (near.stage, near.entities[0].name, near.direct) == (stage, name, direct)


@pytest.mark.parametrize("typed", ["飞鹤沟镇", "不存在镇", "幸福里街道"])
def test_what_resembles_nothing_is_nothing(typed: str) -> None:
    assert INDEX.resolve_near(typed) is None


def test_an_exact_name_of_china_is_found_though_not_stored() -> None:
    (mention,) = [m for m in INDEX.find("官庄镇") if m.typed == "官庄镇"]
    assert mention.entities == ()
    assert len(mention.elsewhere) > 5


def test_a_street_is_found_under_all_its_names() -> None:
    for typed in ("鼓楼街道", "鼓楼街道办事处", "鼓楼街办"):
        assert [m.entities[0].name for m in INDEX.find(typed) if m.end == len(typed)] == [
            "鼓楼街道"
        ]


def test_pinyin_is_found() -> None:
    for typed in ("jingzhi", "jingzhizhen", "jingzhitown"):
        assert INDEX.by_pinyin(typed) == (STORE[4],)
    assert INDEX.by_pinyin("jingzhixiang") == ()
    assert INDEX.by_pinyin("jz") == ()


@given(st.text(max_size=12))
def test_any_text_is_searched_without_an_error(text: str) -> None:
    for mention in INDEX.find(text):
        assert text[mention.start : mention.end] == mention.typed
    near = INDEX.resolve_near(text) if text else None
    assert near is None or set(near.entities) <= set(STORE)


def test_no_real_name_is_read_as_another() -> None:
    """Every town of China that the store lacks is found as itself, so it is never corrected."""
    stored = {entity.name for entity in STORE}
    gazetteer = load_gazetteer()
    for region in ("山东省/潍坊市/安丘市", "河南省/三门峡市/卢氏县", "重庆市/渝北区"):
        for name in gazetteer.towns_of(region):
            whole = [m for m in INDEX.find(name) if (m.start, m.end) == (0, len(name))]
            assert whole, name
            assert bool(whole[0].entities) == (name in stored), name


def test_the_county_of_a_name_that_exists_once() -> None:
    gazetteer = load_gazetteer()
    assert gazetteer.regions_of("官坡镇") == ("河南省/三门峡市/卢氏县",)
    assert gazetteer.regions_of("寒葱沟镇") == ("黑龙江省/佳木斯市/抚远市",)
    assert set(gazetteer.regions_of("木耳镇")) == {"重庆市/渝北区", "甘肃省/甘南藏族自治州/卓尼县"}
    assert len(gazetteer.regions_of("南庄镇")) == 5


@pytest.mark.parametrize(
    ("name", "parts"),
    [("景芝镇", ("景芝", "镇")), ("鼓楼街办", ("鼓楼", "街办")), ("镇", ("镇", ""))],
)
def test_split(name: str, parts: tuple[str, str]) -> None:
    assert split_name(name) == parts
