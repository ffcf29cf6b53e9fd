"""The problems that the audit found, as lines for a terminal and as the JSON of contract.md."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from bot.wording.envelope import citation_json, fact_json, number_json
from bot.wording.sentences import FIRST, Wording
from knowledge.audit import Problem
from knowledge.audit_rules import load_audit_rules
from knowledge.model import Citation

WORDS = Wording(FIRST)
MOST_FACTS = 8
"""Facts shown of one problem on a terminal; a sum of the form has up to 22 operands."""


def problem_json(problem: Problem) -> dict[str, Any]:
    """One problem as contract.md has it, with both sides, their difference and all citations."""
    sentences = {code: WORDS.say("caution", code) for code in WORDS.keys("caution")}
    difference = problem.difference
    return {
        "rule": problem.rule,
        "severity": problem.severity,
        "entity": problem.entity.name,
        "county": problem.entity.county,
        "year": problem.year,
        "text": problem.text,
        "left": number_json(problem.left) if problem.left is not None else None,
        "right": number_json(problem.right) if problem.right is not None else None,
        "difference": number_json(difference) if difference is not None else None,
        "facts": [fact_json(fact, sentences) for fact in problem.facts],
        "citations": [citation_json(c) for c in _citations(problem)],
    }


def problem_lines(problems: Iterable[Problem]) -> Iterator[str]:
    """The problems under the place and year they belong to, and at the end how many there are."""
    heading = None
    counted = {"error": 0, "warning": 0}
    rules = load_audit_rules()
    for problem in problems:
        counted[problem.severity] += 1
        entity = problem.entity
        new = WORDS.say(
            "audit", "place", name=entity.name, county=entity.county or "", year=problem.year
        )
        if not entity.county:
            new = WORDS.say("audit", "place_without_county", name=entity.name, year=problem.year)
        if new != heading:
            heading = new
            yield new
        rule = rules.named(problem.rule)
        yield WORDS.say(
            "audit",
            problem.severity,
            rule=rule.name if rule is not None else problem.rule,
            text=problem.text,
        )
        for fact in problem.facts[:MOST_FACTS]:
            yield WORDS.say(
                "audit", "fact", stated=WORDS.value_text(fact), where=_where(fact.citation)
            )
        if len(problem.facts) > MOST_FACTS:
            yield WORDS.say("audit", "more", more=len(problem.facts) - MOST_FACTS)
        for citation in problem.citations:
            yield WORDS.say("audit", "citation", where=_where(citation))
    yield WORDS.say("audit", "summary", errors=counted["error"], warnings=counted["warning"])


def _citations(problem: Problem) -> list[Citation]:
    return list(problem.citations) or [fact.citation for fact in problem.facts]


def _where(citation: Citation) -> str:
    line = WORDS.say("audit", "line", line=citation.line) if citation.line is not None else ""
    label = (citation.label or "").replace(" / ", " › ")
    return WORDS.say(
        "audit", "where", report=citation.report, label=label, file=citation.file, line=line
    )
