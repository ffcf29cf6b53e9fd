"""The JSON of every reply keeps what contract.md promises of its parts."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from bot.conversation.assistant import Assistant
from knowledge.store import Store
from tests.question_cases import QuestionCase, load_cases

TWELVE = [case for case in load_cases() if case.store == "twelve"]


def broken_promises(reply: dict[str, Any]) -> list[str]:
    """What one reply breaks, in a few words each."""
    found: list[str] = []
    facts, computed = reply["facts"], reply["computed"]
    if not reply["text"].strip():
        found.append("no words")
    if reply["status"] != "answered" and (facts or computed):
        found.append("figures without an answer")
    if reply["status"] == "clarify" and not reply["choices"]:
        found.append("asked back without a choice")
    operands = {index for result in computed for index in result["of"]}
    if not operands <= set(range(len(facts))):
        found.append("an operand that is no fact")
    named = {(e["entity"], e["county"]) for e in reply["interpretation"]["entities"]}
    years = set(reply["interpretation"]["years"])
    for index, fact in enumerate(facts):
        if (fact["entity"], fact["county"]) not in named or fact["year"] not in years:
            found.append(f"a place or year not in the interpretation: {fact}")
        if index not in operands and f"{fact['value']}" not in reply["text"]:
            found.append(f"a fact neither shown nor computed with: {fact}")
    return found


@pytest.mark.parametrize("file", sorted({case.file for case in TWELVE}))
def test_replies_keep_the_contract(file: str, twelve: Store) -> None:
    cases: list[QuestionCase] = [case for case in TWELVE if case.file == file]
    broken: dict[str, list[str]] = {}
    for case in cases:
        reply = Assistant(twelve, partial(getattr, case, "today")).ask(case.wording)
        if promises := broken_promises(reply.data):
            broken[case.wording] = promises
    assert broken == {}
