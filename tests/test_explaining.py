"""`zhenwen ask --explain`: every step told, and the reply at the end the one that `ask` gives."""

from __future__ import annotations

from datetime import date

import pytest

from bot.conversation.assistant import Assistant
from bot.conversation.explaining import explain
from knowledge.store import Store


@pytest.fixture
def assistant(twelve: Store) -> Assistant:
    return Assistant(twelve, lambda: date(2025, 3, 10))


def test_spans_readings_queries_and_times(assistant: Assistant) -> None:
    question = "湟源县2023年哪个镇收到的申请最多"
    lines = list(explain(assistant, question))
    told = "\n".join(lines)
    for span in ("“湟源县”", "“2023年”", "“哪个镇”", "“收到的申请”", "“最多”"):
        assert any("取" in line and span in line for line in lines)
    assert any(
        "没取" in line and "“申请”" in line for line in lines
    )  # a reading that was not taken
    assert "received_new" in told
    assert any("SELECT" in line for line in lines)
    assert "微秒" in told
    assert lines[-1] == assistant.ask(question).text


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("湟源县城关镇2023年GDP是多少", "gdp"),
        ("城关镇2023年收到多少申请", "反问：which_place"),
        ("海明接道2023年收到多少申请", "生名"),
        ("How many requests did Dahua receive in 2023?", "换成中文"),
        ("", "没有读"),
    ],
)
def test_what_is_not_answered_is_explained_too(
    assistant: Assistant, question: str, says: str
) -> None:
    lines = list(explain(assistant, question))
    assert any(says in line for line in lines)
    assert lines[-1] == assistant.ask(question).text


def test_the_trace_of_queries_ends_with_it(assistant: Assistant) -> None:
    list(explain(assistant, "大华镇2023年收到多少申请"))
    seen: list[str] = []
    assistant.store.connection.set_trace_callback(seen.append)
    try:
        assistant.ask("大华镇2023年收到多少申请")
    finally:
        assistant.store.connection.set_trace_callback(None)
    assert seen
