"""The conversations in the README are real: every line shown is in the reply, in that order."""

from __future__ import annotations

import re
from datetime import date

import pytest

from bot.assistant import Assistant
from knowledge.store import Store
from tests.conftest import ROOT


def _conversations() -> list[tuple[str, list[str]]]:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    found: list[tuple[str, list[str]]] = []
    for block in re.findall(r"```text\n(.*?)```", text, re.DOTALL):
        for turn in re.split(r"^> ", block, flags=re.MULTILINE)[1:]:
            question, *lines = turn.strip().splitlines()
            found.append((question, lines))
    return found


def _asked_in_chinese() -> list[str]:
    text = (ROOT / "README.zh-CN.md").read_text(encoding="utf-8")
    return re.findall(r"^- (.+)$", text.split("## 运行的人")[0], re.MULTILINE)


@pytest.mark.parametrize(("question", "lines"), _conversations())
def test_a_conversation_of_the_readme(question: str, lines: list[str], examples: Store) -> None:
    reply = Assistant(examples, lambda: date(2024, 5, 1)).ask(question).text.splitlines()
    if "…" not in lines:
        assert reply == lines
        return
    place = 0
    for line in lines:
        if line != "…":
            place = reply.index(line, place) + 1


@pytest.mark.parametrize("question", _asked_in_chinese())
def test_the_examples_of_the_chinese_readme_are_answered(question: str, examples: Store) -> None:
    assert Assistant(examples, lambda: date(2021, 5, 1)).ask(question).status == "answered"
