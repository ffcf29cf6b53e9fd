"""Every language words every reply: the same tables, keys and braces in each file."""

from __future__ import annotations

import pytest

from bot.wording.names_in import Language
from bot.wording.sentences import FILES, FIRST, Wording, check_alike, load_sentences
from knowledge.errors import DataError

SENTENCES = {"figure": {"one": "{place} {value}", "yes": "有。"}}


@pytest.mark.parametrize("language", FILES)
def test_every_language_words_everything(language: Language) -> None:
    own = load_sentences(language)
    assert {(t, key) for t in own for key in own[t]} == {
        (t, key) for t in load_sentences(FIRST) for key in load_sentences(FIRST)[t]
    }


@pytest.mark.parametrize(
    ("other", "entry"),
    [
        ({}, "figure"),
        ({"figure": SENTENCES["figure"], "note": {}}, "note"),
        ({"figure": {"one": "{place} {value}"}}, "figure：yes"),
        ({"figure": {"yes": "有。", "one": "{place} {value}"}}, "figure：yes、one"),
        ({"figure": {"one": "{place} {value}", "yes": 1}}, "figure.yes"),
        ({"figure": {"one": "{place} {values}", "yes": "有。"}}, "figure.one"),
        ({"figure": {"one": "{place} {value", "yes": "有。"}}, "figure.one"),
    ],
)
def test_a_file_that_differs_is_refused(other: dict[str, object], entry: str) -> None:
    with pytest.raises(DataError, match=entry):
        check_alike("wording.xx.toml", other, SENTENCES)


def test_values_are_no_templates() -> None:
    said = Wording(FIRST).say("note", "absent", name="{place}")
    assert said == "没有收录“{place}”。"
