"""How a question was understood and answered, step by step: `zhenwen ask --explain`."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeVar

from bot.answers.dispatch import answer
from bot.conversation.assistant import Assistant
from bot.conversation.language import read_language
from bot.understanding.intents import understand
from bot.understanding.interpretation import Clarify, Interpretation, Refusal, Understood
from bot.understanding.mentions import Amount, Region, Value
from bot.understanding.operations import Operation, Places
from bot.understanding.phrases import Meaning
from bot.understanding.question import MAX_QUESTION, Question, read_question
from bot.wording.reply import Reply
from knowledge.entities import NameMention
from knowledge.store import Store
from knowledge.years import Years

MAX_SQL = 160
"""Characters of a statement that are shown."""

MAX_LISTED = 12

T = TypeVar("T")


@dataclass
class Steps:
    """How long each step took, in microseconds, in order."""

    taken: list[tuple[str, float]] = field(default_factory=list)

    def run(self, name: str, action: Callable[[], T]) -> T:
        """The result of a step, its time noted."""
        started = time.perf_counter()
        result = action()
        self.taken.append((name, (time.perf_counter() - started) * 1e6))
        return result


def explain(assistant: Assistant, text: str) -> Iterator[str]:
    """Lines that tell every span, reading, query and time; then the reply itself.

    The reply is the one that `ask` gives; the steps are run once more beside it.
    """
    index, today = assistant.index(), assistant.clock()
    assistant.ask(text)  # all vocabulary is loaded before times are taken
    steps = Steps()
    asked = read_language(text, index)
    if asked.question != text:
        yield f"换成中文  {asked.question}"
    if not asked.question.strip() or len(asked.question) > MAX_QUESTION:
        yield "没有读：是空的，或者太长"
    else:
        question = steps.run("认词", lambda: read_question(asked.question, index, today))
        yield from _spans(question)
        understood = steps.run("理解", lambda: understand(asked.question, index, today))
        yield from _reading(understood)
        if isinstance(understood, Interpretation):
            interpretation = understood
            with _queries(assistant.store) as queries:
                steps.run(
                    "查库",
                    lambda: answer(assistant.store, index, asked.question, interpretation),
                )
            yield from _statements(queries)
    reply: Reply = steps.run("整个回答", lambda: assistant.ask(text))
    yield "用时    " + "，".join(f"{name} {taken:.0f} 微秒" for name, taken in steps.taken)
    yield ""
    yield reply.text


def _spans(question: Question) -> Iterator[str]:
    yield f"读作    {question.letters}"
    for mention in question.mentions:
        words = question.letters[mention.start : mention.end]
        yield f"  取    “{words}”[{mention.start},{mention.end}) {_kind(mention.value)}"
    taken = {(m.start, m.end) for m in question.mentions}
    others = [hit for hit in question.considered if (hit.start, hit.end) not in taken]
    for hit in others[:MAX_LISTED]:
        words = question.letters[hit.start : hit.end]
        yield f"  没取  “{words}”[{hit.start},{hit.end}) {_kind(hit.value)}"
    if len(others) > MAX_LISTED:
        yield f"  没取的还有 {len(others) - MAX_LISTED} 处"
    if others:
        yield "  （取法：剩下的字最少，其次段数最少，再次词最长；同样时取词表里在前的）"
    for unknown in question.unknown_names:
        yield f"  生名  “{unknown.typed}”[{unknown.start},{unknown.end})"
    left = "、".join(question.leftover) or "无"
    yield f"  剩下  {left}"


def _kind(value: Value) -> str:
    if isinstance(value, Meaning):
        return f"{value.kind} {' 或 '.join(value.ids)}"
    if isinstance(value, NameMention):
        held = "、".join(f"{e.name}（{e.region or '不详'}）" for e in value.entities[:5])
        return f"地名 {held or '库里没有，见于 ' + '、'.join(value.elsewhere[:3])}"
    if isinstance(value, Years):
        return f"年份 {value.span} {'、'.join(map(str, value.years)) or value.count or ''}"
    if isinstance(value, Region):
        return f"地区 {value.name}"
    if isinstance(value, Operation):
        return f"算法 {value.kind} {value.number if value.number is not None else ''}".rstrip()
    if isinstance(value, Places):
        return f"一批地方 {value.quantifier} {value.kind}"
    assert isinstance(value, Amount)
    return f"数 {value.value} {value.unit}".rstrip()


def _reading(understood: Understood) -> Iterator[str]:
    if isinstance(understood, Refusal):
        yield f"解作    不答：{understood.status} {understood.key} {understood.values or ''}".rstrip()
        return
    if isinstance(understood, Clarify):
        yield f"解作    反问：{understood.key}"
        for choice in understood.choices[:MAX_LISTED]:
            yield f"  解法  {choice.label}：{choice.question}"
        return
    yield f"解作    {understood.intent}"
    if understood.task is not None:
        yield f"  任务  {understood.task}"
    if understood.entities:
        yield "  地方  " + "、".join(
            f"{e.name}（{e.region or '不详'}）" for e in understood.entities
        )
    if understood.scope is not None:
        where = understood.scope.region or "整个库"
        yield f"  范围  {where}的 {len(understood.scope.entities)} 个地方"
    years = understood.years
    named = "" if years.named else "（没有说，取最新）"
    yield f"  年份  {years.span} {'、'.join(map(str, years.years))}{named}".rstrip()
    for wanted in understood.wanted:
        columns = f"，列 {'、'.join(wanted.columns)}" if wanted.columns else ""
        yield f"  指标  {' 或 '.join(wanted.measures)}{columns}"
    for typed, entity in understood.read_as:
        yield f"  改读  “{typed}”按 {entity.name} 理解"


@contextmanager
def _queries(store: Store) -> Iterator[list[str]]:
    """The statements that are run meanwhile, with their values filled in."""
    statements: list[str] = []
    store.connection.set_trace_callback(statements.append)
    try:
        yield statements
    finally:
        store.connection.set_trace_callback(None)


def _statements(queries: list[str]) -> Iterator[str]:
    counted: dict[str, int] = {}
    for statement in queries:
        shown = " ".join(statement.split())
        shown = (
            shown
            if len(shown) <= MAX_SQL
            else f"{shown[: MAX_SQL // 2]} … {shown[-MAX_SQL // 2 :]}"
        )
        counted[shown] = counted.get(shown, 0) + 1
    for shown, times in list(counted.items())[:MAX_LISTED]:
        yield f"查询    {f'{times} 次 ' if times > 1 else ''}{shown}"
    if len(counted) > MAX_LISTED:
        yield f"查询    还有 {len(counted) - MAX_LISTED} 句"
