"""Years as people write them; what is no report year stays unread."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.text import fold
from knowledge.years import find_years

TODAY = date(2021, 3, 1)


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("2020年", (2020,)),
        ("２０２０年", (2020,)),
        ("2020", (2020,)),
        ("20年", (2020,)),
        ("二〇二〇年", (2020,)),
        ("二零二零年度", (2020,)),
        ("二零年", (2020,)),
        ("一九年", (2019,)),
        ("两千零二十年", (2020,)),
        ("去年", (2020,)),
        ("前年", (2019,)),
        ("今年", (2021,)),
        ("2019到2021年", (2019, 2020, 2021)),
        ("2019-2021", (2019, 2020, 2021)),
        ("19至21年", (2019, 2020, 2021)),
        ("2019和2020年", (2019, 2020)),
        ("19、20年", (2019, 2020)),
    ],
)
def test_years(text: str, years: tuple[int, ...]) -> None:
    found = find_years(fold(text), TODAY)
    assert tuple(year for mention in found for year in mention.years) == years


@pytest.mark.parametrize(
    ("text", "span", "count"),
    [
        ("近三年", "last", 3),
        ("最近5年", "last", 5),
        ("历年", "all", 0),
        ("这几年", "all", 0),
        ("最新", "latest", 0),
    ],
)
def test_spans(text: str, span: str, count: int) -> None:
    (found,) = find_years(text, TODAY)
    assert (found.span, found.count, found.end) == (span, count, len(text))


@pytest.mark.parametrize(
    "text", ["20年来", "2020件", "20202年", "45年", "1.2020", "电话0536-4611001"]
)
def test_no_years(text: str) -> None:
    assert find_years(text, TODAY) == []


@given(st.text(max_size=60))
def test_any_text(text: str) -> None:
    folded = fold(text)
    ends = 0
    for mention in find_years(folded, TODAY):
        assert ends <= mention.start < mention.end <= len(folded)
        ends = mention.end
