"""Answers in words: the figure first, then where it stands, then what to beware of.

Every sentence comes from `bot/data/wording.zh.toml`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from bot.answer import Answer, Line, Passage
from bot.cautions import caution_sentences, caution_texts
from bot.envelope import envelope
from bot.interpretation import Clarify, Refusal
from bot.notes import add_holdings, add_notes
from bot.page import MAX_TEXT, Page
from bot.reply import Reply
from bot.sentences import path_of, say, value_text, wording
from knowledge.catalogue import load_catalogue
from knowledge.model import Entity, Fact, report_name
from knowledge.numerals import plain

MAX_QUOTE = 120
MAX_PASSAGE = 1500
MAX_COPY = 256


def word(answer: Answer, examples: Sequence[str]) -> Reply:
    """The reply to an answer; `examples` are questions that work, for those without one."""
    page = Page()
    if answer.status == "clarify":
        page.add(say("clarify", answer.key or "which_measure"), "b")
    elif answer.intent == "coverage" and answer.status == "answered":
        _coverage(page, answer)
    elif answer.reports:
        _reports(page, answer)
    elif answer.passages:
        _passages(page, answer)
    elif answer.intent == "profile" and answer.lines:
        _profile(page, answer)
    elif answer.status == "answered":
        _figures(page, answer)
    else:
        _no_data(page, answer)
    add_notes(page, answer)
    if answer.status == "answered":
        for sentence in caution_sentences(answer):
            page.add("⚠ " + sentence)
    return _reply(answer, page, _copy_line(answer))


def word_understood(
    text: str,
    understood: Clarify | Refusal,
    examples: Sequence[str],
    holdings: Sequence[str] = (),
) -> Reply:
    """The reply to a question that is asked back, or that has no answer.

    `holdings` are the names of the store, told where a place was not found in it.
    """
    page = Page()
    if isinstance(understood, Clarify):
        page.add(say("clarify", understood.key, **understood.values), "b")
        answer = Answer("clarify", text, choices=understood.choices)
        return _reply(answer, page, None)
    table = {"answered": "talk", "no_data": "no_data", "not_understood": "not_understood"}[
        understood.status
    ]
    page.add(say(table, understood.key, **understood.values))
    if understood.key in ("unknown_place", "no_region"):
        add_holdings(page, holdings)
    shown = list(examples) if table != "no_data" else []
    for example in shown:
        page.add(f"· {example}")
    answer = Answer(understood.status, text, understood.intent, choices=understood.choices)
    return _reply(answer, page, None)


def _reply(answer: Answer, page: Page, citation: str | None) -> Reply:
    text, marked = "\n".join(page.plain), "\n".join(page.html)
    if len(text) > MAX_TEXT:
        text, marked = page.cut()
    for number, choice in enumerate(answer.choices, 1):
        text += f"\n{number}. {choice.label}"
    return Reply(
        answer.status,
        text,
        marked,
        answer.choices,
        citation,
        envelope(answer, text, caution_texts(answer)),
    )


def _place(entity: Entity, answer: Answer) -> str:
    if entity in answer.county_shown and entity.county:
        return f"{entity.county}{entity.name}"
    return entity.name


def _line_values(line: Line) -> str:
    if line.computed is not None:
        if line.computed.value is None:
            return ""
        unit = line.computed.unit
        number = plain(line.computed.value) if unit != "%" else f"{line.computed.value}"
        return f"{number}%" if unit == "%" else f"{number} {unit}"
    return "、".join(dict.fromkeys(value_text(fact) for fact in line.facts))


def _figures(page: Page, answer: Answer) -> None:
    known = [line for line in answer.lines if line.facts or line.computed]
    if len(known) == 1:
        _one_figure(page, answer, known[0])
    else:
        _several_figures(page, answer, known)
    for line in answer.lines:
        if line.reason is not None and not line.facts and line.computed is None:
            page.add(_reason(line, answer))


def _one_figure(page: Page, answer: Answer, line: Line) -> None:
    place = _place(line.entity, answer)
    lead = ""
    if answer.interpretation is not None and answer.interpretation.exists:
        values = [line.computed.value] if line.computed else [f.value for f in line.facts]
        lead = say("figure", "no" if all(value == 0 for value in values) else "yes")
    if line.computed is not None and line.computed.value is None:
        base = load_catalogue().name_of(line.computed.operands[-1].cell)
        page.add(
            say(
                "figure", "share_undefined", place=place, year=line.year, name=line.name, base=base
            ),
            "b",
        )
    else:
        page.add(
            lead
            + say(
                "figure",
                "one",
                place=place,
                year=line.year,
                name=line.name,
                value=_line_values(line),
            ),
            "b",
        )
    if line.from_text:
        page.add(say("figure", "from_text"))
    if line.parts:
        page.add(say("figure", "parts", parts="、".join(_part(fact) for fact in line.parts)))
    if line.details and not line.said:
        parts = "、".join(f"{_short(fact)} {value_text(fact)}" for fact in line.details)
        page.add(say("figure", "parts", parts=parts))
    _working(page, line)
    cited = line.facts or (line.computed.operands[:1] if line.computed else ())
    for fact in cited:
        _cite(page, fact, whole=not line.computed)
    _said(page, line)


def _part(fact: Fact) -> str:
    column = load_catalogue().columns.get(fact.cell.column)
    name = column.name if column is not None else load_catalogue().name_of(fact.cell)
    return f"{name} {value_text(fact)}"


def _working(page: Page, line: Line) -> None:
    computed = line.computed
    if computed is None:
        return
    catalogue = load_catalogue()
    if computed.operation == "share":
        operands = "，".join(
            f"{catalogue.name_of(f.cell)} {value_text(f)}" for f in computed.operands
        )
        page.add(say("figure", "share", formula=computed.formula, operands=operands))
        return
    filled = [fact for fact in computed.operands if fact.value != 0]
    count = len(computed.operands)
    if not filled:
        page.add(say("figure", "sum_zero", count=count))
        return
    shown = "、".join(f"{catalogue.name_of(fact.cell)} {value_text(fact)}" for fact in filled)
    page.add(say("figure", "sum", count=count, operands=shown))


def _said(page: Page, line: Line) -> None:
    if not line.said or line.from_text:
        return
    values = "、".join(dict.fromkeys(value_text(fact) for fact in line.said))
    details = "、".join(f"{_short(fact)} {value_text(fact)}" for fact in line.details)
    shown = say("figure", "details", details=details) if details else ""
    if line.computed is not None and line.computed.operation == "share":
        for fact in line.said:  # the text's figure for one of the operands
            name = load_catalogue().name_of(fact.cell)
            page.add(say("figure", "operand_said", name=name, value=value_text(fact)))
        return
    own = line.computed.value if line.computed else line.facts[0].value
    key = "said" if all(fact.value == own for fact in line.said) else "said_otherwise"
    page.add(say("figure", key, values=values, details=shown))
    in_words = [fact for fact in line.said if not fact.unit_stated]
    if key == "said_otherwise" or in_words:
        page.quote([_quote_line((in_words or line.said)[0])])


def _short(fact: Fact) -> str:
    statement = load_catalogue().statements[fact.cell.item]
    return statement.short or statement.name


def _several_figures(page: Page, answer: Answer, lines: Sequence[Line]) -> None:
    for (entity, year), own in _by_report(lines):
        page.add(say("figure", "heading", place=_place(entity, answer), year=year), "b")
        for line in own:
            if line.computed is not None and line.computed.value is None:
                base = load_catalogue().name_of(line.computed.operands[-1].cell)
                page.add(
                    say(
                        "figure",
                        "share_undefined",
                        place=_place(entity, answer),
                        year=year,
                        name=line.name,
                        base=base,
                    )
                )
                continue
            page.add(say("figure", "item", name=line.name, value=_line_values(line)))
            _working(page, line)
            if (
                line.said
                and not line.from_text
                and any(f.value != g.value for f in line.said for g in line.facts)
            ):
                _said(page, line)
        facts = [fact for line in own for fact in (line.facts or line.operands)]
        _cite_together(page, facts)


def _by_report(lines: Iterable[Line]) -> list[tuple[tuple[Entity, int], list[Line]]]:
    groups: dict[tuple[Entity, int], list[Line]] = {}
    for line in lines:
        groups.setdefault((line.entity, line.year), []).append(line)
    return list(groups.items())


def _cite(page: Page, fact: Fact, whole: bool) -> None:
    citation = fact.citation
    path = path_of(citation) if whole else citation.section or ""
    page.add(say("citation", "report", report=citation.report, path=path), link=_web(citation.url))
    if whole:
        page.quote([_quote_line(fact)])


def _quote_line(fact: Fact) -> str:
    citation = fact.citation
    quote = (
        citation.quote if len(citation.quote) <= MAX_QUOTE else _around(citation.quote, fact.stated)
    )
    if citation.line is None:
        return say("citation", "quote", quote=quote)
    at = say("citation", "line", line=citation.line)
    return say("citation", "quote_at", quote=quote, file=citation.file, at=at)


def _around(quote: str, stated: str) -> str:
    """A long quote cut to the words that state the figure and what stands beside them."""
    place = max(quote.find(stated), 0)
    start = max(0, place - (MAX_QUOTE - len(stated)) // 2)
    end = min(len(quote), start + MAX_QUOTE)
    return ("…" if start else "") + quote[start:end] + ("…" if end < len(quote) else "")


def _web(url: str | None) -> str | None:
    return url if url and re.match(r"https?://", url) else None


def _cite_together(page: Page, facts: Sequence[Fact]) -> None:
    """One line for each report and section that the figures of a list stand in."""
    places = dict.fromkeys(
        (f.citation.report, f.citation.section or "", f.citation.url) for f in facts
    )
    for report, section, url in places:
        page.add(say("citation", "report", report=report, path=section), link=_web(url))
    page.quote([_quote_line(fact) for fact in facts[:8] if fact.value != 0])


def _profile(page: Page, answer: Answer) -> None:
    for (entity, year), own in _by_report(answer.lines):
        page.add(say("figure", "heading", place=_place(entity, answer), year=year), "b")
        groups: dict[str, list[str]] = {}
        for line in own:
            shown = f"{line.name} {_line_values(line)}"
            if line.said:
                said = "、".join(dict.fromkeys(value_text(fact) for fact in line.said))
                value = _line_values(line)
                shown = say("figure", "beside", name=line.name, value=value, said=said)
            groups.setdefault(line.group or "", []).append(shown)
        for group, items in groups.items():
            page.add(say("figure", "group", group=group, items="，".join(items)))
        citation = own[0].facts[0].citation
        page.add(
            say("citation", "report", report=citation.report, path=""), link=_web(citation.url)
        )
    page.add(say("figure", "profile_rest"))


def _passages(page: Page, answer: Answer) -> None:
    for passage in answer.passages:
        page.add(
            say(
                "passage",
                "heading",
                place=_place(passage.entity, answer),
                year=passage.year,
                topic=answer.values["topic"],
            ),
            "b",
        )
        page.add(_shortened(passage))
        page.add(
            say(
                "citation",
                "passage",
                report=passage.citation.report,
                path=path_of(passage.citation),
            ),
            link=_web(passage.citation.url),
        )


def _shortened(passage: Passage) -> str:
    text = passage.shown.strip()
    if len(text) <= MAX_PASSAGE:
        return text
    end = max(text.rfind("。", 0, MAX_PASSAGE), text.rfind("\n", 0, MAX_PASSAGE))
    return text[: end + 1 if end > 0 else MAX_PASSAGE] + say("passage", "cut")


def _reports(page: Page, answer: Answer) -> None:
    for record in answer.reports:
        title = report_name(record.title, record.entity, record.year)
        page.add(
            say("coverage", "report", place=_place(record.entity, answer), year=record.year), "b"
        )
        page.add(
            say("citation", "report", report=title, path=f"（{record.file}）"),
            link=_web(record.url),
        )
        if record.published:
            page.add(say("coverage", "published", published=record.published))


def _coverage(page: Page, answer: Answer) -> None:
    page.add(say("coverage", "heading", entities=answer.values["entities"]), "b")
    for listing in answer.listings:
        name = f"{listing.entity.name}（{(listing.entity.region or '县区不详').replace('/', '')}）"
        years = say("coverage", "years", years="、".join(map(str, listing.years)))
        page.add("· " + say("coverage", "one", name=name, years=years))
    if answer.values["more"] != "0":
        page.add(say("coverage", "more", more=answer.values["more"]))


def _no_data(page: Page, answer: Answer) -> None:
    for line in answer.lines:
        if line.reason is not None:
            page.add(_reason(line, answer))
    key = answer.key
    if key == "no_passage" and answer.interpretation is not None:
        names = "、".join(entity.name for entity in answer.interpretation.entities)
        page.add(say("no_data", key, name=names, **answer.values))
    elif key == "no_coverage":
        page.add(say("no_data", key, **answer.values))
    elif key == "no_report" and not answer.missing_years and not answer.absent:
        page.add(say("no_data", key))


def _reason(line: Line, answer: Answer) -> str:
    why = ""
    if line.reason == "not_on_form":
        why = next((text for key, text in wording()["why"].items() if _concerns(key, line)), "")
    return say(
        "reason",
        line.reason or "not_stated",
        place=_place(line.entity, answer),
        year=line.year,
        name=line.name,
        why=why,
    )


def _concerns(key: str, line: Line) -> bool:
    """Whether a reason for leaving a measure off a form is about the line's measure."""
    catalogue = load_catalogue()
    for measure in catalogue.measures.values():
        if measure.name == line.name or line.name.startswith(measure.name + "（"):
            return key in (measure.id, measure.item, measure.column)
    return False


def _copy_line(answer: Answer) -> str | None:
    """One line ready to paste: the figure and its citation; None without a figure."""
    known = [line for line in answer.lines if line.facts]
    if answer.status != "answered" or len(known) != 1:
        return None
    line, fact = known[0], known[0].facts[0]
    figure = say(
        "figure",
        "one",
        place=_place(line.entity, answer),
        year=line.year,
        name=line.name,
        value=_line_values(line),
    )
    text = say(
        "citation", "copy", figure=figure, report=fact.citation.report, path=path_of(fact.citation)
    )
    return text if len(text) <= MAX_COPY else None
