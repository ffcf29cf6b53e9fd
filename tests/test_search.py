"""Which reports mention a word: whole store or regions, long words by the index, short ones too."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge import search
from knowledge.model import Entity, SectionText
from knowledge.search import reports_mentioning
from knowledge.store import Store, open_for_reading, open_for_writing, replace_report
from tests.made_reports import JINGZHI, NAMES, RECEIVED, figure, report, source

ANQIU, LUSHI = "山东省/潍坊市/安丘市", "河南省/三门峡市/卢氏县"
GUANPO = Entity("官坡镇", LUSHI)
TEXTS = (
    (JINGZHI, 2020, "公开栏更新及时。100%按时办结，“一网通办”上线。"),
    (JINGZHI, 2021, "公开栏不够及时。"),
    (GUANPO, 2021, "依托公开栏和村务微信群公布。"),
    (GUANPO, 2022, "培训三次。"),
)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    path: Path = tmp_path_factory.mktemp("search") / "s.db"
    with open_for_writing(path) as opened:
        for number, (entity, year, text) in enumerate(TEXTS):
            section = SectionText(1, "overview", "一、总体情况", text, 3)
            table = SectionText(1, "disclosure", "二、主动公开", "规章 | 微信平台 | 0", 5)
            made = report(figure(RECEIVED, str(number)), entity=entity, year=year)
            made = replace(made, file=f"{number}.txt", sections=(section, table))
            replace_report(opened, source(f"{number}.txt"), made, NAMES)
    with open_for_reading(path) as opened:
        yield opened


@pytest.mark.parametrize(
    ("phrase", "found"),
    [
        ("公开栏", [("景芝镇", 2021), ("官坡镇", 2021), ("景芝镇", 2020)]),
        ("及时", [("景芝镇", 2021), ("景芝镇", 2020)]),
        ("一网通办", [("景芝镇", 2020)]),
        ("村务微信群", [("官坡镇", 2021)]),
        ("微信平台", []),
        ("平台", []),
        ("公开栏 及时", []),
        ("%", [("景芝镇", 2020)]),
        ("_", []),
        ('"', []),
        ("公开栏 OR 培训三次", []),
        ("公开栏*", []),
        ("NEAR(公开栏)", []),
        ("", []),
        ("  ", []),
    ],
)
def test_a_phrase_is_found_literally(
    store: Store, phrase: str, found: list[tuple[str, int]]
) -> None:
    mentions = reports_mentioning(store, phrase)
    assert mentions is not None
    ordered = [(r.entity.name, r.year) for r in mentions.shown]
    assert sorted(ordered) == sorted(found)
    assert mentions.count == len(found)
    assert [year for _, year in ordered] == sorted((y for _, y in ordered), reverse=True)


def test_regions_years_and_the_limit_narrow_it(store: Store) -> None:
    def found(**narrowed: object) -> list[tuple[str, int]]:
        mentions = reports_mentioning(store, "公开栏", **narrowed)  # type: ignore[arg-type]
        assert mentions is not None
        return [(r.entity.name, r.year) for r in mentions.shown]

    assert found(regions=[LUSHI]) == [("官坡镇", 2021)]
    assert found(regions=[ANQIU], years=(2020,)) == [("景芝镇", 2020)]
    assert found(regions=[]) == []
    mentions = reports_mentioning(store, "公开栏", limit=1)
    assert mentions is not None
    assert (mentions.count, len(mentions.shown)) == (3, 1)


def test_more_than_can_be_counted_says_so(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "MAX_COUNTED", 2)
    mentions = reports_mentioning(store, "公开栏")
    assert mentions is not None
    assert (mentions.count, mentions.more) == (2, True)


def test_a_short_word_is_not_searched_in_a_large_store(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "MAX_SCANNED", 3)
    assert reports_mentioning(store, "及时") is None
    assert reports_mentioning(store, "公开栏") is not None


@settings(max_examples=200)
@given(st.text(max_size=30))
def test_no_text_is_an_operator_or_an_error(store: Store, phrase: str) -> None:
    mentions = reports_mentioning(store, phrase)
    assert mentions is not None
    assert mentions.count <= len(TEXTS)
