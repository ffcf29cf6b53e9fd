"""Answers in words: the figure first, then where it stands, then what to beware of.

Every sentence comes from the page's language, a file `bot/data/wording.*.toml`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from bot.answers.answer import Answer, Line
from bot.answers.facts import first_facts, rests_on_several
from bot.understanding.interpretation import Choice, Clarify, Refusal
from bot.understanding.spoken_of import Context
from bot.wording.cautions import caution_sentences, caution_texts
from bot.wording.citing import (
    cite,
    cite_together,
    detail_text,
    line_values,
    operand_text,
    part_text,
    place_text,
    quote_line,
    quote_lines,
    web_address,
)
from bot.wording.envelope import envelope
from bot.wording.names_in import Language
from bot.wording.notes import add_holdings, add_notes
from bot.wording.outcomes import add_missing_outcomes, add_outcomes
from bot.wording.page import MAX_TEXT, Page
from bot.wording.reply import Reply
from bot.wording.sentences import Wording, path_of
from bot.wording.told import add_no_passage, add_passages, add_profile, add_told
from knowledge.catalogue import load_catalogue
from knowledge.model import Citation, Entity

MAX_COPY = 256
MAX_SOURCES = 6


def word(
    answer: Answer, examples: Sequence[str], language: Language, *, with_data: bool = True
) -> Reply:
    """The reply to an answer; `examples` are questions that work, for those without one."""
    page = Page(Wording(language))
    if answer.status == "clarify":
        page.add(page.say("clarify", answer.key or "which_measure"), "b")
    elif answer.passages:
        add_passages(page, answer)
    elif answer.intent == "profile" and answer.lines:
        add_profile(page, answer)
    elif answer.told and (answer.status == "answered" or answer.intent == "meta"):
        add_told(page, answer)
    elif answer.outcomes and answer.status == "no_data":
        add_missing_outcomes(page, answer)
    elif answer.outcomes:
        add_outcomes(page, answer)
    elif answer.status == "not_understood":
        page.add(page.say("not_understood", answer.key or "nothing", **answer.values))
        for example in examples:
            page.add(f"· {example}")
    elif answer.status == "answered":
        _figures(page, answer)
    else:
        _no_data(page, answer)
    add_notes(page, answer)
    if not page.plain:  # not even a measure to name: no report of any of the years
        page.add(page.say("no_data", "no_report"))
    if answer.status == "answered":
        for sentence in caution_sentences(answer, page.words):
            page.add("⚠ " + sentence)
    reply = _reply(answer, page, _copy_line(answer, page.words), with_data)
    if rests_on_several(answer):
        reply = replace(reply, table=Choice(page.say("table", "button"), answer.question))
    return reply


def word_understood(
    text: str,
    understood: Clarify | Refusal,
    examples: Sequence[str],
    holdings: Sequence[str],
    language: Language,
) -> Reply:
    """The reply to a question that is asked back, or that has no answer.

    `holdings` are the names of the store, told where a place was not found in it.
    """
    page = Page(Wording(language))
    if isinstance(understood, Clarify):
        page.add(page.say("clarify", understood.key, **understood.values), "b")
        answer = Answer("clarify", text, choices=understood.choices)
        return _reply(answer, page, None)
    table = {"answered": "talk", "no_data": "no_data", "not_understood": "not_understood"}[
        understood.status
    ]
    page.add(page.say(table, understood.key, **understood.values))
    if understood.key in ("unknown_place", "no_region", "not_held"):
        add_holdings(page, holdings)
    shown = list(examples) if table != "no_data" else []
    for example in shown:
        page.add(f"· {example}")
    answer = Answer(understood.status, text, understood.intent, choices=understood.choices)
    return _reply(answer, page, None)


def word_source(answer: Answer, kind: str, words: Wording, context: Context) -> Reply:
    """Where the figures or words of the question before stand; or, to 为什么, that a report says no
    reason, and where they stand, without them."""
    page = Page(words)
    facts = first_facts(answer, MAX_SOURCES) if answer.status == "answered" else []
    if kind == "cause":
        page.add(page.say("no_data", "cause_of" if facts else "cause"), "b")
        cited = dict.fromkeys((fact.citation.report, path_of(fact.citation)) for fact in facts)
        for report, path in cited:
            page.add(page.say("citation", "report", report=report, path=path))
        told = Answer("no_data", answer.question, "lookup", answer.interpretation)
        return replace(_reply(told, page, None), context=context)
    reports = _reports_of(answer) if not facts and answer.status == "answered" else []
    if not facts and not reports:
        page.add(page.say("no_data", "no_source"))
        told = Answer("no_data", answer.question, "meta", answer.interpretation)
        return replace(_reply(told, page, None), context=context)
    for fact in facts:
        cite(page, fact, whole=True)
        _add_address(page, fact.citation)
    for citation in reports:
        path = citation.section or page.say("citation", "file", file=citation.file)
        page.add(page.say("citation", "report", report=citation.report, path=path))
        _add_address(page, citation)
    told = Answer(
        "answered",
        answer.question,
        "meta",
        answer.interpretation,
        lines=tuple(Line(f.entity, f.year, "", facts=(f,)) for f in facts),
    )
    return replace(_reply(told, page, _copy_line(answer, words)), context=context)


def _reports_of(answer: Answer) -> list[Citation]:
    """Where the words or reports that were told of stand (存在的问题, 什么时候发布的)."""
    found = [passage.citation for passage in answer.passages]
    found += [told.citation for told in answer.told if told.citation is not None]
    return list({(one.report, one.section, one.file): one for one in found}.values())[:MAX_SOURCES]


def _add_address(page: Page, citation: Citation) -> None:
    if citation.url and web_address(citation.url):
        page.add("　 " + citation.url)


def _reply(answer: Answer, page: Page, citation: str | None, with_data: bool = True) -> Reply:
    text, marked = "\n".join(page.plain), "\n".join(page.html)
    if len(text) > MAX_TEXT:
        text, marked = page.cut()
    numbered = [f"{number}. {choice.label}" for number, choice in enumerate(answer.choices, 1)]
    asked = answer.interpretation
    regions = bool(answer.told) and asked is not None and asked.of_store  # not years of a town
    years = answer.status == "answered" or bool(answer.missing_years)
    if numbered and years and not regions:
        text += "\n" + page.say("note", "other_years") + "　".join(numbered)
    elif numbered:
        text += "\n" + "\n".join(numbered)
    return Reply(
        answer.status,
        text,
        marked,
        answer.choices,
        citation,
        envelope(answer, text, caution_texts(answer, page.words)) if with_data else {},
        page.words.language,
    )


def _figures(page: Page, answer: Answer) -> None:
    known = [line for line in answer.lines if line.facts or line.computed]
    if len(known) == 1:
        _one_figure(page, answer, known[0])
    else:
        _several_figures(page, answer, known)
    for line in answer.lines:
        if line.reason is not None and not line.facts and line.computed is None:
            page.add(_reason(line, answer, page.words))


def _one_figure(page: Page, answer: Answer, line: Line) -> None:
    place = place_text(line.entity, answer, page.words)
    lead = ""
    if answer.interpretation is not None and answer.interpretation.exists:
        values = [line.computed.value] if line.computed else [f.value for f in line.facts]
        lead = page.say("figure", "no" if all(value == 0 for value in values) else "yes")
    if line.computed is not None and line.computed.value is None:
        base = page.words.name(load_catalogue().name_of(line.computed.operands[-1].cell))
        page.add(
            page.say(
                "figure",
                "share_undefined",
                place=place,
                year=line.year,
                name=page.words.name(line.name),
                base=base,
            ),
            "b",
        )
    else:
        page.add(
            lead
            + page.say(
                "figure",
                "one",
                place=place,
                year=line.year,
                name=page.words.name(line.name),
                value=line_values(line, page.words),
            ),
            "b",
        )
    if line.from_text:
        page.add(page.say("figure", "from_text"))
    if line.parts:
        page.add(
            page.say(
                "figure",
                "parts",
                parts=page.words.listed(part_text(fact, page.words) for fact in line.parts),
            )
        )
    if line.details and not line.said:
        parts = page.words.listed(detail_text(fact, page.words) for fact in line.details)
        page.add(page.say("figure", "parts", parts=parts))
    _working(page, line)
    cited = line.facts or (line.computed.operands[:1] if line.computed else ())
    for fact in cited:
        cite(page, fact, whole=not line.computed)
    if line.computed is not None:
        page.quote(quote_lines(line.computed.operands, page.words))
    _said(page, line)


def _working(page: Page, line: Line) -> None:
    computed = line.computed
    if computed is None:
        return
    words = page.words
    if computed.operation == "share":
        operands = words.clauses(operand_text(fact, words) for fact in computed.operands)
        formula = words.name(computed.formula)
        page.add(page.say("figure", "share", formula=formula, operands=operands))
        return
    filled = [fact for fact in computed.operands if fact.value != 0]
    count = len(computed.operands)
    if not filled:
        page.add(page.say("figure", "sum_zero", count=count))
        return
    shown = words.listed(operand_text(fact, words) for fact in filled)
    page.add(page.say("figure", "sum", count=count, operands=shown))


def _said(page: Page, line: Line) -> None:
    if not line.said or line.from_text:
        return
    values = page.words.values_text(line.said)
    details = page.words.listed(detail_text(fact, page.words) for fact in line.details)
    shown = page.say("figure", "details", details=details) if details else ""
    if line.computed is not None and line.computed.operation == "share":
        for fact in line.said:  # the text's figure for one of the operands
            name = page.words.name(load_catalogue().name_of(fact.cell))
            page.add(page.say("figure", "operand_said", name=name, value=page.value_text(fact)))
        return
    own = line.computed.value if line.computed else line.facts[0].value
    key = "said" if all(fact.value == own for fact in line.said) else "said_otherwise"
    page.add(page.say("figure", key, values=values, details=shown))
    in_words = [fact for fact in line.said if not fact.unit_stated]
    if key == "said_otherwise" or in_words:
        page.quote([quote_line((in_words or line.said)[0], page.words)])


def _several_figures(page: Page, answer: Answer, lines: Sequence[Line]) -> None:
    for (entity, year), own in _by_report(lines):
        page.add(
            page.say("figure", "heading", place=place_text(entity, answer, page.words), year=year),
            "b",
        )
        for line in own:
            if line.computed is not None and line.computed.value is None:
                base = page.words.name(load_catalogue().name_of(line.computed.operands[-1].cell))
                page.add(
                    page.say(
                        "figure",
                        "share_undefined",
                        place=place_text(entity, answer, page.words),
                        year=year,
                        name=page.words.name(line.name),
                        base=base,
                    )
                )
                continue
            page.add(
                page.say(
                    "figure",
                    "item",
                    name=page.words.name(line.name),
                    value=line_values(line, page.words),
                )
            )
            _working(page, line)
            if (
                line.said
                and not line.from_text
                and (
                    line.computed is not None
                    or any(f.value != g.value for f in line.said for g in line.facts)
                )
            ):
                _said(page, line)
        facts = [fact for line in own for fact in (line.facts or line.operands)]
        cite_together(page, facts)


def _by_report(lines: Iterable[Line]) -> list[tuple[tuple[Entity, int], list[Line]]]:
    groups: dict[tuple[Entity, int], list[Line]] = {}
    for line in lines:
        groups.setdefault((line.entity, line.year), []).append(line)
    return list(groups.items())


def _no_data(page: Page, answer: Answer) -> None:
    for line in answer.lines:
        if line.reason is not None:
            page.add(_reason(line, answer, page.words))
    key = answer.key
    if answer.intent == "passage" and key is not None and key != "no_report":
        add_no_passage(page, answer, key)
    elif key in ("no_common_year", "no_year") or (
        answer.intent in ("coverage", "meta") and key is not None and key != "no_report"
    ):
        page.add(page.say("no_data", key, **page.words.values(answer.values)))
    elif key == "no_report" and not answer.missing_years and not answer.absent:
        page.add(page.say("no_data", key))


def _reason(line: Line, answer: Answer, words: Wording) -> str:
    why = ""
    if line.reason == "not_on_form":
        why = next((words.say("why", key) for key in words.keys("why") if _concerns(key, line)), "")
    key: str = line.reason or "not_stated"
    measures = load_catalogue().measures.values()
    added = any(m.sum_of and line.name.partition("（")[0] == m.name for m in measures)
    if key == "blank" and added:
        key = "blank_part"
    return words.say(
        "reason",
        key,
        place=place_text(line.entity, answer, words),
        year=line.year,
        name=words.name(line.name),
        why=why,
    )


def _concerns(key: str, line: Line) -> bool:
    """Whether a reason for leaving a measure off a form is about the line's measure."""
    catalogue = load_catalogue()
    for measure in catalogue.measures.values():
        if measure.name == line.name or line.name.startswith(measure.name + "（"):
            return key in (measure.id, measure.item, measure.column)
    return False


def _copy_line(answer: Answer, words: Wording) -> str | None:
    """One line ready to paste: the figure and its citation; None without a figure."""
    known = [line for line in answer.lines if line.facts]
    if answer.status != "answered" or len(known) != 1:
        return None
    line, fact = known[0], known[0].facts[0]
    figure = words.say(
        "figure",
        "one",
        place=place_text(line.entity, answer, words),
        year=line.year,
        name=words.name(line.name),
        value=line_values(line, words),
    )
    text = words.say(
        "citation", "copy", figure=figure, report=fact.citation.report, path=path_of(fact.citation)
    )
    return text if len(text) <= MAX_COPY else None
