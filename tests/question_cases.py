"""Question cases as data: `tests/cases/questions/*.toml`, each wording with what it must give."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "cases" / "questions"


@dataclass(frozen=True)
class QuestionCase:
    """One wording. `status` is as in the contract, or `refused` (no figure, any such status)
    or `no_wrong` (anything, but figures only of the `reports` listed). `reply_has` are
    words that the text of the reply must have."""

    file: str
    name: str
    wording: str
    today: date
    status: str
    facts: tuple[dict[str, Any], ...]
    computed: tuple[dict[str, Any], ...]
    intent: str | None
    passage: dict[str, Any] | None
    known_failure: str | None
    reports: tuple[tuple[str, int], ...] = ()
    reply_has: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        return f"{self.file}:{self.name}:{self.wording[:24]}"


def load_cases(pattern: str = "*.toml") -> Iterator[QuestionCase]:
    """Every wording of every file; a wording listed in `known` is a known failure, with why."""
    for path in sorted(FOLDER.glob(pattern)):
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        known = table.get("known", {})
        for case in table["case"]:
            today = date.fromisoformat(str(case.get("today", table["today"])))
            for wording in case["wordings"]:
                yield QuestionCase(
                    file=path.stem,
                    name=case["name"],
                    wording=wording,
                    today=today,
                    status=case["status"],
                    facts=tuple(case.get("facts", ())),
                    computed=tuple(case.get("computed", ())),
                    intent=case.get("intent"),
                    passage=case.get("passage"),
                    known_failure=known.get(wording),
                    reports=tuple((name, year) for name, year in case.get("reports", ())),
                    reply_has=tuple(case.get("reply_has", ())),
                )


def judge(case: QuestionCase, reply: dict[str, Any]) -> tuple[str, str]:
    """As `_judge_figures`; a reply that lacks words it must have is wrong as well."""
    outcome, detail = _judge_figures(case, reply)
    lacking = [words for words in case.reply_has if words not in reply["text"]]
    if outcome == "right" and lacking:
        return "wrong", f"the text lacks {lacking}: {reply['text'][:200]}"
    return outcome, detail


def _judge_figures(case: QuestionCase, reply: dict[str, Any]) -> tuple[str, str]:
    """`right`, `asked back`, `refused` or `wrong`, and in what.

    Wrong is a figure that was not asked for, or a value that is not the expected one; an
    answer that lacks an expected figure is wrong as well. Not answering what should be
    answered is asked back or refused.
    """
    status = reply["status"]
    shown = [_fact_key(fact) for fact in reply["facts"]]
    expected = [_expected_key(fact) for fact in case.facts]
    if case.status == "refused":
        ok = status != "answered" and not shown and not reply["computed"]
        return ("right", "") if ok else ("wrong", f"{status} {shown[:3]}")
    if case.status == "no_wrong":
        strange = [key for key in shown if (key[0], key[1]) not in case.reports]
        return ("wrong", f"{strange[:3]}") if strange else ("right", "")
    if case.status in ("clarify", "no_data", "not_understood"):
        if shown or reply["computed"]:
            return "wrong", f"{status} {shown[:3]}"
        return ("right", "") if status == case.status else ("other refusal", status)
    if status != "answered":
        return ("asked back" if status == "clarify" else "refused"), reply["text"][:60]
    return _judge_answer(case, reply, shown, expected)


def _judge_answer(
    case: QuestionCase,
    reply: dict[str, Any],
    shown: list[tuple[str, int, str, str, Decimal]],
    expected: list[tuple[str, int, str, str, Decimal]],
) -> tuple[str, str]:
    missing = [key for key in expected if key not in shown]
    if missing:
        return "wrong", f"missing {missing[:3]} shown {shown[:3]}"
    if expected and not case.computed and shown[: len(expected)] and shown[0] not in expected:
        return "wrong", f"first {shown[0]} expected {expected[:3]}"
    computed = [(c["operation"], Decimal(str(c["value"]))) for c in reply["computed"]]
    for wanted in case.computed:
        key = (wanted["operation"], Decimal(str(wanted["value"])))
        if key not in computed:
            return "wrong", f"computed {computed} expected {key}"
    if case.intent is not None and reply["interpretation"]["intent"] != case.intent:
        return "wrong", f"intent {reply['interpretation']['intent']}"
    if case.passage is not None:
        return _judge_passage(case.passage, reply)
    return "right", ""


def _judge_passage(wanted: dict[str, Any], reply: dict[str, Any]) -> tuple[str, str]:
    for passage in reply["passages"]:
        section = passage["citation"]["section"] or ""
        if section.startswith(wanted.get("section", "")) and wanted["mentions"] in passage["text"]:
            return "right", ""
    return "wrong", f"passages {[p['citation']['section'] for p in reply['passages']]}"


def _fact_key(fact: dict[str, Any]) -> tuple[str, int, str, str, Decimal]:
    return fact["entity"], fact["year"], fact["item"], fact["column"], Decimal(str(fact["value"]))


def _expected_key(fact: dict[str, Any]) -> tuple[str, int, str, str, Decimal]:
    return (
        fact["entity"],
        int(fact["year"]),
        fact["item"],
        fact.get("column", "total"),
        Decimal(str(fact["value"])),
    )
