"""Every question case gets what it must get: on the bundled examples, and on the real reports.

A case is data (`cases/questions/*.toml`); a known failure stays in its file with its reason.
"""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from bot.conversation.assistant import Assistant
from knowledge.store import Store
from tests.conftest import SEEDS
from tests.question_cases import QuestionCase, judge, load_cases, load_conversations

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


def check(case: QuestionCase, store: Store, request: pytest.FixtureRequest) -> None:
    if case.known_failure is not None:
        request.applymarker(pytest.mark.xfail(reason=case.known_failure, strict=True))
    reply = Assistant(store, lambda: case.today).ask(case.wording)
    outcome, detail = judge(case, reply.data)
    # A plain refusal in place of "no data" tells the user less, but tells nothing wrong.
    assert outcome in ("right", "other refusal"), f"{outcome}: {detail}\n{reply.text}"


FIVE = [case for case in CASES if case.store == "five"]
RETOLD = [case for case in FIVE if not (SEEDS.is_dir() and re.match(r"blind\d", case.file))]
"""Cases asked of the bundled transcriptions: those of the numbered blind sets, a figure each as in
the real reports, only where these are not there."""


@pytest.mark.parametrize("case", RETOLD, ids=lambda case: case.id)
def test_case_on_the_examples(
    case: QuestionCase, examples: Store, request: pytest.FixtureRequest
) -> None:
    if case.passage is not None:  # the examples restate the reports in other words
        case = replace(case, passage={**case.passage, "mentions": ""})
    check(case, examples, request)


@pytest.mark.parametrize("case", FIVE, ids=lambda case: case.id)
def test_case_on_the_real_reports(
    case: QuestionCase, seeds: Store, request: pytest.FixtureRequest
) -> None:
    check(case, seeds, request)
