"""Every question case gets what it must get: on the bundled examples, and on the real reports.

A case is data (`cases/questions/*.toml`); a known failure stays in its file with its reason.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.conversation.assistant import Assistant
from bot.conversation.dialogue import Dialogue
from knowledge.store import Store
from tests.question_cases import (
    Conversation,
    QuestionCase,
    judge,
    load_cases,
    load_conversations,
)

CASES = list(load_cases())


def test_there_are_enough_cases() -> None:
    """1,000 questions in 30 groups, half of them blind, 300 that must get no figure, 60 talks."""
    assert len(CASES) >= 1000
    blind = [case for case in CASES if case.file.startswith("blind")]
    assert len(blind) * 2 >= len(CASES)
    assert len({case.group for case in CASES}) >= 30
    assert sum(case.status not in ("answered", "no_wrong") for case in CASES) >= 300
    assert len(list(load_conversations())) >= 60
    assert all(case.known_failure != "" for case in CASES)


def _check(case: QuestionCase, store: Store, request: pytest.FixtureRequest) -> None:
    if case.known_failure is not None:
        request.applymarker(pytest.mark.xfail(reason=case.known_failure, strict=True))
    reply = Assistant(store, lambda: case.today).ask(case.wording)
    outcome, detail = judge(case, reply.data)
    # A plain refusal in place of "no data" tells the user less, but tells nothing wrong.
    assert outcome in ("right", "other refusal"), f"{outcome}: {detail}\n{reply.text}"


FIVE = [case for case in CASES if case.store == "five"]
TWELVE = [case for case in CASES if case.store == "twelve"]


@pytest.mark.parametrize("case", FIVE, ids=lambda case: case.id)
def test_case_on_the_examples(
    case: QuestionCase, examples: Store, request: pytest.FixtureRequest
) -> None:
    if case.passage is not None:  # the examples restate the reports in other words
        case = replace(case, passage={**case.passage, "mentions": ""})
    _check(case, examples, request)


@pytest.mark.parametrize("case", FIVE, ids=lambda case: case.id)
def test_case_on_the_real_reports(
    case: QuestionCase, seeds: Store, request: pytest.FixtureRequest
) -> None:
    _check(case, seeds, request)


@pytest.mark.parametrize("case", TWELVE, ids=lambda case: case.id)
def test_case_on_the_twelve_towns(
    case: QuestionCase, twelve: Store, request: pytest.FixtureRequest
) -> None:
    _check(case, twelve, request)


@pytest.mark.parametrize("talk", list(load_conversations()), ids=lambda talk: talk.id)
def test_conversation(talk: Conversation, request: pytest.FixtureRequest) -> None:
    if talk.known_failure is not None:
        request.applymarker(pytest.mark.xfail(reason=talk.known_failure, strict=True))
    store: Store = request.getfixturevalue("twelve" if talk.store == "twelve" else "seeds")
    dialogue = Dialogue(Assistant(store, lambda: talk.turns[0].today))
    for turn in talk.turns:
        reply = dialogue.say(turn.wording)
        outcome, detail = judge(turn, reply.data)
        assert outcome in ("right", "other refusal"), f"{turn.wording}: {detail}\n{reply.text}"
