"""Question cases as data: `tests/cases/questions/*.toml`, each wording with what it must give."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from knowledge.text import fold

FOLDER = Path(__file__).parent / "cases" / "questions"
CONVERSATIONS = Path(__file__).parent / "cases" / "conversations"


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
    store: str = "five"
    group: str = ""
    choices: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        return f"{self.file}:{self.name}:{self.wording[:24]}"


def load_cases(pattern: str = "*.toml") -> Iterator[QuestionCase]:
    """Every wording of every file; a wording listed in `known` is a known failure, with why."""
    for path in sorted(FOLDER.glob(pattern)):
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        for case in table["case"]:
            for wording in case["wordings"]:
                yield _case(path.stem, table, case, wording)


def _case(file: str, table: dict[str, Any], case: dict[str, Any], wording: str) -> QuestionCase:
    return QuestionCase(
        file=file,
        name=case["name"],
        wording=wording,
        today=date.fromisoformat(str(case.get("today", table["today"]))),
        status=case["status"],
        facts=tuple(case.get("facts", ())),
        computed=tuple(case.get("computed", ())),
        intent=case.get("intent"),
        passage=case.get("passage"),
        known_failure=table.get("known", {}).get(wording),
        reports=tuple((name, year) for name, year in case.get("reports", ())),
        reply_has=(*case.get("reply_has", ()), *case.get("says", ())),
        store=table.get("store", "five"),
        group=case.get("group", "other"),
        choices=tuple(case.get("choices", ())),
    )


@dataclass(frozen=True)
class Conversation:
    """Messages of one person in a row, each with what it must get."""

    file: str
    name: str
    store: str
    turns: tuple[QuestionCase, ...]
    known_failure: str | None

    @property
    def id(self) -> str:
        return f"{self.file}:{self.name}"


def load_conversations(pattern: str = "*.toml") -> Iterator[Conversation]:
    """Every conversation of every file; one named in `known` is a known failure, with why."""
    for path in sorted(CONVERSATIONS.glob(pattern)):
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        for talk in table["conversation"]:
            head = {**table, **{key: talk[key] for key in ("today", "store") if key in talk}}
            turns = tuple(
                _case(
                    path.stem,
                    {**head, "known": {}},
                    {"name": f"{talk['name']}-{number}", **turn},
                    turn["say"],
                )
                for number, turn in enumerate(talk["turns"], 1)
            )
            known = table.get("known", {}).get(talk["name"])
            yield Conversation(path.stem, talk["name"], head.get("store", "five"), turns, known)


def judge(case: QuestionCase, reply: dict[str, Any]) -> tuple[str, str]:
    """As `_judge_figures`; a reply that lacks words it must have is wrong as well."""
    outcome, detail = _judge_figures(case, reply)
    lacking = [words for words in case.reply_has if words not in reply["text"]]
    labels = [fold(choice["label"]) for choice in reply["choices"]]  # a reply may be traditional
    unoffered = [w for w in case.choices if not any(fold(w) in label for label in labels)]
    if outcome == "right" and unoffered:
        return "other refusal", f"not offered {unoffered}: {labels}"
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
        if shown or reply["computed"]:
            return "wrong", f"{status} {shown[:3]}"
        return ("right", "") if status != "answered" else ("other refusal", status)
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
    counties = {(*_fact_key(fact), fact["county"]) for fact in reply["facts"]}
    strangers = [
        key
        for key, fact in zip(expected, case.facts, strict=True)
        if "county" in fact and key in shown and (*key, fact["county"]) not in counties
    ]
    if strangers:
        return "wrong", f"of another county: {strangers[:3]}"
    missing = [key for key in expected if key not in shown]
    if missing:
        return "wrong", f"missing {missing[:3]} shown {shown[:3]}"
    profile = reply["interpretation"]["intent"] == "profile"  # shows many figures, none first
    direct = not case.computed and not reply["computed"] and not profile
    asked_for = shown[: max(3, len(expected))]  # one wording of a case may ask for more than one
    if expected and direct and shown and not set(asked_for) & set(expected):
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
