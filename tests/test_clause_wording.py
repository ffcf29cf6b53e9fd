"""What a clause offers is looked up once for all numbers: never another thing than it says."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from ingest.statements.clauses import find_clauses
from ingest.statements.wording import OwnName, Wording, wording_of
from knowledge.model import Entity
from knowledge.text import fold, squeeze

CASES = Path(__file__).parent / "cases" / "statements"
OWN = OwnName(Entity("清河镇", "山东省/潍坊市/安丘市"))
FIGURES = ("0", "5", "12", "20", "202", "2021", "1,250", "12.5", "12345", "123456")
"""Among them what is a year, a hotline, or holds one."""


def clauses() -> list[tuple[str, tuple[int, int]]]:
    """Every clause of the cases whose quantity has digits, with where these stand."""
    found = {}
    for path in sorted(CASES.glob("*.toml")):
        for case in tomllib.loads(path.read_text(encoding="utf-8"))["case"]:
            text = fold(squeeze(case["text"]))
            for clause in find_clauses(text):
                quantity = clause.quantity
                if quantity is None:
                    continue
                words = text[clause.start : clause.end]
                first, last = quantity.start - clause.start, quantity.end - clause.start
                digits = [n for n in range(first, last) if words[n].isdigit()]
                if digits:
                    found[words] = (digits[0], digits[-1] + 1)
    return list(found.items())


@pytest.mark.parametrize("figure", FIGURES)
def test_a_wording_is_the_same_whatever_was_looked_up_before(figure: str) -> None:
    seen = 0
    for printed, (start, end) in clauses():
        words = printed[:start] + figure + printed[end:]
        # Not the unit: what stands in it may be a piece of a phrase and is never exchanged.
        number = (start, start + len(figure))
        known = wording_of(words, number, OWN, 2021, ())
        fresh = Wording(words, number, OWN, 2021)
        assert known.hits == fresh.hits, words
        assert [known.steps.ends(n) for n in range(len(words))] == [
            fresh.steps.ends(n) for n in range(len(words))
        ], words
        every = tuple(range(len(fresh.hits)))
        assert known.cover(every) == fresh.cover(every), words
        seen += bool(fresh.hits)
    assert seen > 300


def test_a_name_or_a_year_is_never_taken_from_another_report() -> None:
    words = "清河镇2020年收到申请5件"
    number = (len(words) - 2, len(words))
    other = OwnName(Entity("景芝镇"))
    assert wording_of(words, number, OWN, 2020, ()).cover((0,)).leftover == ()
    assert wording_of(words, number, other, 2020, ()).cover((0,)).leftover != ()
    assert wording_of(words, number, OWN, 2021, ()).cover((0,)).leftover != ()


def test_a_denial_is_the_same_whatever_was_tried_before() -> None:
    """Zero words of a shorter kind are tried behind longer ones, with these stepped over."""
    seen = 0
    for path in sorted(CASES.glob("*.toml")):
        for case in tomllib.loads(path.read_text(encoding="utf-8"))["case"]:
            text = fold(squeeze(case["text"]))
            for clause in find_clauses(text):
                words = text[clause.start : clause.end]
                zero = next((n for n, c in enumerate(words) if c in "未无没"), None)
                if clause.quantity is not None or clause.crowded or zero is None:
                    continue
                known = wording_of(words, None, OWN, 2021, ())
                for more in ((), ((zero, min(zero + 2, len(words))),), ()):
                    tried, fresh = known.denied(more), Wording(words, None, OWN, 2021).denied(more)
                    assert tried.hits == fresh.hits, words
                    every = tuple(range(len(fresh.hits)))
                    for span in ((zero, zero + 2), (zero, zero + 1), (zero, zero + 2)):
                        span = (zero, min(span[1], len(words)))
                        alone = Wording(words, None, OWN, 2021).denied(more)
                        assert tried.cover(span, every) == alone.cover(span, every), words
                    seen += bool(fresh.hits)
    assert seen > 50


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("清河镇收到申请5件", ["清河镇"]),
        ("2020年安丘市清河镇人民政府收到申请5件", ["安丘市清河镇|人民政府"]),
        ("由安丘市清河镇和安丘市清河镇办事处", ["安丘市清河镇", "清河镇|办事处"]),
        ("在潍坊市的清河镇机关", ["清河镇|机关"]),
        ("白清河乡", []),
    ],
)
def test_the_issuer_is_stepped_over_with_its_county_and_its_government(
    words: str, found: list[str]
) -> None:
    spans = OWN.spans(words)
    assert [f"{words[a:b]}|{words[b:c]}".rstrip("|") for a, b, c in spans] == found
    assert OWN.begins(words) == (bool(spans) and spans[0][0] == 0)
