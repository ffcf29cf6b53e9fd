"""The gazetteer and the names of yesterday: regions, streets, peoples' towns, renamings."""

from __future__ import annotations

import pytest

from knowledge.errors import DataError
from knowledge.gazetteer import Gazetteer, load_gazetteer
from knowledge.renamed import load_renamings, read_renamings

GAZETTEER = load_gazetteer()


def test_paths_are_told_as_printed_and_found_folded() -> None:
    """乾县 is not 干县: 乾 is the traditional form of 干 only where it means dry."""
    county = "陕西省/咸阳市/乾县"
    for name in GAZETTEER.towns_of(county):
        assert county in GAZETTEER.regions_of(name), name
    assert GAZETTEER.regions["乾县"] == (county,)
    assert "干县" not in GAZETTEER.regions
    assert GAZETTEER.contains(county, "乾县")


@pytest.mark.parametrize(
    ("typed", "same_as"),
    [
        ("月坛街办", "月坛街道"),
        ("月坛街道办事处", "月坛街道"),
        ("月坛街", "月坛街道"),
        ("古砦乡", "古砦仫佬族乡"),
        ("日月乡", "日月藏族乡"),
    ],
)
def test_a_name_means_the_town_of_another_form(typed: str, same_as: str) -> None:
    assert typed not in GAZETTEER
    assert GAZETTEER.regions_meant(typed) == GAZETTEER.regions_of(same_as) != ()


def test_a_name_with_brackets_is_known() -> None:
    assert GAZETTEER.regions_meant("中国(上海)自由贸易试验区") == ("上海市/浦东新区",)


@pytest.mark.parametrize(
    ("region", "name", "lies_in"),
    [
        ("山东省/滨州市/邹平市", "邹平县", True),
        ("山东省/滨州市/邹平县", "邹平市", True),
        ("山东省/滨州市/邹平县", "邹平", True),
        ("山东省/莱芜市/莱城区", "济南市", True),
        ("湖北省/襄樊市/襄城区", "襄阳市", True),
        ("北京市/东城区", "崇文区", True),
        ("山东省/滨州市/邹平市", "安丘市", False),
    ],
)
def test_old_and_new_names_of_regions_are_one_place(region: str, name: str, lies_in: bool) -> None:
    assert GAZETTEER.contains(region, name) == lies_in


def test_a_merger_is_told_from_a_new_name() -> None:
    merger = GAZETTEER.merger("崇文区", "北京市/东城区")
    assert merger is not None
    assert (merger.new_name, merger.year) == ("东城区", 2010)
    assert GAZETTEER.merger("东城区", "北京市/东城区") is None
    assert GAZETTEER.merger("邹平县", "山东省/滨州市/邹平市") is None


def test_every_new_name_is_in_the_gazetteer_and_no_old_one() -> None:
    everywhere = {path for paths in GAZETTEER.regions.values() for path in paths}
    for renaming in load_renamings():
        parent, _, name = renaming.new.rpartition("/")
        assert renaming.new in everywhere or parent in GAZETTEER.regions_of(name), renaming
        parent, _, name = renaming.old.rpartition("/")
        assert renaming.old not in everywhere, renaming
        assert parent not in GAZETTEER.regions_of(name), renaming


@pytest.mark.parametrize(
    ("line", "place"),
    [
        ("甲省/乙县\t甲省/乙市\t2018", "第 1 行"),
        ("甲省/乙县\t甲省/乙市\t18\trenamed", "第 1 行"),
        ("甲省/乙县\t甲省/乙市\t2018\t改名", "第 1 行"),
        ("乙县\t甲省/乙市\t2018\trenamed", "第 1 行"),
        ("甲省/乙县\t甲省/乙县\t2018\trenamed", "第 1 行"),
        ("甲省/乙县\t甲省/乙市\t2018\trenamed\n甲省/乙县\t甲省/丙市\t2019\trenamed", "第 2 行"),
        ("甲省/乙县\t甲省/乙市\t2018\trenamed\n甲省/乙市\t甲省/乙区\t2019\trenamed", "甲省/乙市"),
    ],
)
def test_a_bad_line_of_renamings_is_refused(line: str, place: str) -> None:
    with pytest.raises(DataError, match=place):
        read_renamings(line)


def test_an_old_name_that_is_new_elsewhere_leads_to_both() -> None:
    text = "甲省/乙市/丙区\t子镇\n甲省/丁市/戊区\t丑镇\n"
    renamings = read_renamings("甲省/丁市/丙区\t甲省/丁市/戊区\t2016\tmerged")
    gazetteer = Gazetteer(text, renamings)
    assert set(gazetteer.regions["丙区"]) == {"甲省/乙市/丙区", "甲省/丁市/戊区"}
    assert gazetteer.merger("丙区", "甲省/乙市/丙区") is None
    assert gazetteer.merger("丙区", "甲省/丁市/戊区") is not None
