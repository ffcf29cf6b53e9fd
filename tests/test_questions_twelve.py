"""Every question case over the twelve towns, and every conversation, gets what it must get.

Apart from `test_questions`, so that both are run side by side.
"""

from __future__ import annotations

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
from tests.test_questions import check

TWELVE = [case for case in load_cases() if case.store == "twelve"]


@pytest.mark.parametrize("case", TWELVE, ids=lambda case: case.id)
def test_case_on_the_twelve_towns(
    case: QuestionCase, twelve: Store, request: pytest.FixtureRequest
) -> None:
    check(case, twelve, request)


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
