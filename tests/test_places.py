"""Places in questions: regions around a name, forms of a name, homonyms, what is not held."""

from __future__ import annotations

from datetime import date

import pytest

from bot.conversation.assistant import Assistant
from bot.understanding.intents import understand
from bot.understanding.interpretation import Clarify, Interpretation, Refusal
from knowledge.entities import NameIndex
from knowledge.gazetteer import load_gazetteer
from knowledge.model import Entity
from knowledge.store import Store

TODAY = date(2021, 6, 1)
NANZHUANG = Entity("南庄镇", "河南省/焦作市/孟州市")
JINGZHI = Entity("景芝镇", "山东省/潍坊市/安丘市")
GUZHAI = Entity("古砦仫佬族乡", "广西壮族自治区/柳州市/柳城县")
SHILONG = Entity("石龙镇", "广东省/东莞市")
YUETAN = Entity("月坛街道", "北京市/西城区")
ZOUPING = Entity("长山镇", "山东省/滨州市/邹平市")
LONGTAN = Entity("龙潭街道", "北京市/东城区")
KAIFENG = Entity("鼓楼街道", "江苏省/徐州市/鼓楼区")
NANJING = Entity("鼓楼街道", "江苏省/南京市/鼓楼区")
STORE = NameIndex((NANZHUANG, JINGZHI, GUZHAI, SHILONG, YUETAN, ZOUPING, LONGTAN, KAIFENG, NANJING))
ASKED = "2020年收到多少申请"


def _read(question: str, index: NameIndex = STORE) -> Interpretation | Clarify | Refusal:
    return understand(question, index, TODAY)


def _direct(question: str, index: NameIndex = STORE) -> tuple[Entity, ...]:
    understood = _read(question, index)
    assert isinstance(understood, Interpretation), (question, understood)
    assert not understood.absent
    return understood.entities


def _offered(question: str, index: NameIndex = STORE) -> list[Entity]:
    """The places offered, each by asking the question of its choice."""
    understood = _read(question, index)
    assert isinstance(understood, Clarify), (question, understood)
    return [entity for choice in understood.choices for entity in _direct(choice.question, index)]


@pytest.mark.parametrize(
    "typed",
    [
        "南庄镇",
        "孟州市南庄镇",
        "孟州南庄镇",
        "孟州的南庄",
        "河南孟州南庄镇",
        "河南省焦作市孟州市南庄镇",
        "焦作南庄",
        "南庄镇（孟州市）",
        "南庄镇(河南)",
        "南莊鎮",
        "nanzhuang",
        "Nanzhuang Town ",
        "nan zhuang zhen ",
        "nanzhuang镇",
        "nánzhuāng",
        "南庄",
    ],
)
def test_one_town_in_many_forms(typed: str) -> None:
    assert _direct(typed + ASKED) == (NANZHUANG,)


@pytest.mark.parametrize(
    ("typed", "entity"),
    [
        ("山东潍坊安丘景芝镇", JINGZHI),
        ("东莞石龙镇", SHILONG),
        ("广东省东莞市石龙镇", SHILONG),
        ("古砦乡", GUZHAI),
        ("古砦民族乡", GUZHAI),
        ("古砦", GUZHAI),
        ("柳城县古砦仫佬族乡", GUZHAI),
        ("月坛街道办", YUETAN),
        ("月坛街道办事处", YUETAN),
        ("月坛街办", YUETAN),
        ("月坛街", YUETAN),
        ("西城区月坛街道", YUETAN),
        ("邹平县长山镇", ZOUPING),
        ("邹平市长山镇", ZOUPING),
        ("南京市鼓楼区鼓楼街道", NANJING),
        ("徐州鼓楼街道", KAIFENG),
    ],
)
def test_other_forms_and_regions(typed: str, entity: Entity) -> None:
    assert _direct(typed + ASKED) == (entity,)


@pytest.mark.parametrize(
    "typed",
    ["jz", "nzz", "佛山市南庄镇", "南京景芝镇", "中南庄镇", "南庄镇街道", "上景芝镇", "南庄村镇"],
)
def test_what_is_another_place_or_none(typed: str) -> None:
    understood = _read(typed + ASKED)
    assert not isinstance(understood, Interpretation) or not understood.entities


def test_a_region_said_last_narrows_the_one_town() -> None:
    two = NameIndex([NANZHUANG, Entity("南庄镇", "广东省/佛山市/禅城区")])
    assert _direct("南庄镇2020年收到几件申请，孟州市的那个", two) == (NANZHUANG,)
    assert _direct("南庄镇2020年收到几件申请 孟州", two) == (NANZHUANG,)
    understood = _read("南庄镇2020年收到几件孟州市申请", two)
    assert not isinstance(understood, Interpretation)


def test_a_rank_behind_pinyin_must_fit() -> None:
    understood = _read("nanzhuang乡" + ASKED)
    assert not isinstance(understood, Interpretation)


def test_a_stored_report_under_an_old_county_is_found_by_the_new_name() -> None:
    old = Entity("长山镇", "山东省/滨州市/邹平县")
    assert _direct("邹平市长山镇" + ASKED, NameIndex([old])) == (old,)


def test_a_merged_district_is_asked_back() -> None:
    understood = _read("崇文区龙潭街道" + ASKED)
    assert isinstance(understood, Clarify)
    assert (understood.key, understood.values["year"]) == ("merged_region", "2010")
    assert _offered("崇文区龙潭街道" + ASKED) == [LONGTAN]


def test_namesakes_in_districts_of_one_name_are_told_apart() -> None:
    assert set(_offered("鼓楼街道" + ASKED)) == {KAIFENG, NANJING}
    assert set(_offered("鼓楼区鼓楼街道" + ASKED)) == {KAIFENG, NANJING}


def test_many_namesakes_are_counted_and_five_shown() -> None:
    regions = load_gazetteer().regions_of("城关镇")
    index = NameIndex(Entity("城关镇", region) for region in regions)
    understood = _read("城关镇" + ASKED, index)
    assert isinstance(understood, Clarify)
    assert (understood.key, understood.values["count"]) == ("which_place_many", str(len(regions)))
    assert len(_offered("城关镇" + ASKED, index)) == 5
    assert _direct("五河县城关镇" + ASKED, index) == (Entity("城关镇", "安徽省/蚌埠市/五河县"),)


def test_a_region_and_a_town_of_one_short_name_are_asked_about() -> None:
    """鼓楼 is a district; whether the street of that name is meant, nobody can tell."""
    index = NameIndex([NANJING, Entity("中央门街道", "江苏省/南京市/鼓楼区")])
    assert NANJING in _offered("鼓楼" + ASKED, index)


ORDINARY = NameIndex(
    Entity(name, "甘肃省/陇南市/礼县")
    for name in (
        "太平镇",
        "永安镇",
        "安全乡",
        "和平街道",
        "第二街道",
        "平台镇",
        "公民镇",
        "信息镇",
        "中韩庄乡",
    )
)


@pytest.mark.parametrize(
    "question",
    [
        "第二项申请收到几件",
        "安全事项公开几件",
        "公开平台2020年发了多少条",
        "公民2020年申请几件",
        "2020年和平均相比收到多少申请",
        "信息平台2020年发了多少条",
        "危及三安全一稳定的申请几件",
        "2020年收到多少申请",
        "公民申请公开的有几件",
    ],
)
def test_an_ordinary_word_is_no_town(question: str) -> None:
    understood = _read(question, ORDINARY)
    if isinstance(understood, Interpretation):
        assert understood.entities == ()


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("安全", "安全乡"),
        ("太平", "太平镇"),
        ("礼县和平", "和平街道"),
        ("礼县公民", "公民镇"),
        ("中韩庄乡", "中韩庄乡"),
    ],
)
def test_an_ordinary_word_alone_is_its_town(typed: str, name: str) -> None:
    (entity,) = _direct(typed + ASKED, ORDINARY)
    assert entity.name == name


def test_a_name_inside_a_longer_one_is_none() -> None:
    index = NameIndex([Entity("韩庄乡", "河北省/保定市/莲池区")])
    assert "韩庄乡" in {mention.typed for mention in index.find("中韩庄乡")}
    understood = _read("中韩庄乡" + ASKED, index)
    assert not isinstance(understood, Interpretation) or not understood.entities


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("孟州市槐树乡2020年收到多少申请", "孟州市收录了：南庄镇。"),
        ("安丘市官庄镇2020年收到多少申请", "安丘市收录了：景芝镇。"),
        ("三亚市凤凰镇2020年收到多少申请", "2014 年并入海南省三亚市天涯区"),
        ("芦潮港镇2020年收到多少申请", "2012 年并入上海市浦东新区南汇新城镇"),
        ("官庄镇2020年收到多少申请", "全国有 10 处"),
        ("诸城市相州镇2020年收到多少申请", "潍坊市收录了：景芝镇。"),
    ],
)
def test_a_place_that_is_not_held_is_said_to_exist(
    examples: Store, question: str, told: str
) -> None:
    reply = Assistant(examples, lambda: TODAY).ask(question)
    assert reply.status == "no_data"
    assert told in reply.text
    assert not reply.data["facts"]
