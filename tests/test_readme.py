"""The conversations in the README are real: every line shown is in the reply, in that order."""

from __future__ import annotations

import re
from datetime import date

import pytest

from bot.conversation.assistant import Assistant
from bot.conversation.dialogue import Dialogue
from knowledge.store import Store
from tests.conftest import ROOT

Turn = tuple[str, list[str]]


def _conversations() -> list[list[Turn]]:
    """Every block of the README that has questions, each a conversation of its own."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    found: list[list[Turn]] = []
    for block in re.findall(r"```text\n(.*?)```", text, re.DOTALL):
        turns: list[Turn] = []
        for turn in re.split(r"^> ", block, flags=re.MULTILINE)[1:]:
            question, *lines = turn.strip().splitlines()
            turns.append((question, lines))
        found += [turns] if turns else []
    return found


def _asked_in_chinese() -> list[str]:
    text = (ROOT / "README.zh-CN.md").read_text(encoding="utf-8")
    return re.findall(r"^- (.+)$", text.split("## 运行的人")[0], re.MULTILINE)


@pytest.mark.parametrize("turns", _conversations(), ids=lambda turns: turns[0][0])
def test_a_conversation_of_the_readme(turns: list[Turn], examples: Store) -> None:
    dialogue = Dialogue(Assistant(examples, lambda: date(2024, 5, 1)))
    for question, lines in turns:
        reply = dialogue.say(question).text.splitlines()
        if "…" not in lines:
            assert reply == lines
            continue
        place = 0
        for line in lines:
            if line != "…":
                place = reply.index(line, place) + 1


@pytest.mark.parametrize("question", _asked_in_chinese())
def test_the_examples_of_the_chinese_readme_are_answered(question: str, examples: Store) -> None:
    assert Assistant(examples, lambda: date(2021, 5, 1)).ask(question).status == "answered"
