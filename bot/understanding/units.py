"""Whether a question asks for the kind of quantity that its measures count (多少万元申请 does not)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.understanding.interpretation import Refusal, Wanted
from bot.understanding.phrases import load_phrases
from bot.understanding.question import Question
from knowledge.catalogue import Measure, Statement, UnitClass, load_catalogue
from knowledge.form import load_form
from knowledge.model import CellId


def check_units(question: Question, wanted: tuple[Wanted, ...]) -> tuple[Wanted, ...] | Refusal:
    """Refuses a question whose question words ask for another kind of quantity (多少万元申请),
    or whose classifier the measure does not take (有几个公众号)."""
    if not all(_counted_so(name, wanted) for name in question.classifiers):
        return Refusal("not_understood", "unit", {})
    if not all(_takes(question, want) for want in wanted):
        return Refusal("not_understood", "unit", {})
    asked = question.asked - _of_operations(question)
    if not asked:
        return wanted
    if len(asked) == 1:
        wanted = tuple(_columns_in(want, asked) for want in wanted)
    classes: set[str] = set()
    for want in wanted:
        classes |= unit_classes(want)
    if not classes or asked <= classes:
        return wanted
    others = _cells_beside(wanted, asked - classes)
    return (*wanted, *others) if others else Refusal("not_understood", "unit", {})


def _of_operations(question: Question) -> frozenset[UnitClass]:
    """What the question words ask for of an operation, not of a measure (增长了百分之几)."""
    rates = ("rise", "fall", "change", "rate", "year_on_year", "share", "comparison", "than")
    of_rate = any(operation.kind in rates for _, operation in question.operations)
    return frozenset({"percent"}) if of_rate else frozenset()


def asks_persons(question: Question, wanted: tuple[Wanted, ...]) -> bool:
    """Whether persons or firms are asked for where the reports count their requests
    (几个人申请过, 几家企业申请过)."""
    of_whom = bool({"people", "houses"} & question.classifiers)
    return of_whom and any(_of_people(want) for want in wanted)


def bases(question: Question) -> frozenset[str]:
    """What the question counts that a report may count otherwise."""
    return question.classifiers & {"people", "times"}


def _of_people(wanted: Wanted) -> bool:
    measures = load_catalogue().measures
    return any(name in measures and measures[name].people for name in wanted.measures)


def _counted_so(classifier: str, wanted: Sequence[Wanted]) -> bool:
    """Whether one of the measures may be asked for with a classifier: persons where persons are
    counted, 次 not where they are (参加培训几次), 场 and 期 not of entries (政策解读几场)."""
    statements = load_catalogue().statements
    units = {statements[n].unit for w in wanted for n in w.measures if n in statements}
    tables = any(n not in statements for w in wanted for n in w.measures)
    if classifier == "people":
        return bool(units & {"人", "名", "人次"}) or any(map(_of_people, wanted))
    if classifier == "houses":
        return any(map(_of_people, wanted))
    if classifier == "visits":
        return "人次" in units
    if classifier == "times":
        return tables or bool(units - {"人", "名", "人次"})
    if classifier == "sessions":
        return tables or bool(units & {"次", "场", "期"})
    return True


def _columns_in(wanted: Wanted, asked: frozenset[UnitClass]) -> Wanted:
    """A row whose columns count different kinds of things, asked for by one of them: only the
    columns that count so (收费几项 asks for no amount of money)."""
    measures, form = load_catalogue().measures, load_form()
    row = measures.get(wanted.measures[0]) if len(wanted.measures) == 1 else None
    if row is None or row.item is None or row.column is not None or wanted.columns:
        return wanted
    known = load_catalogue().columns
    kinds = {
        column: _classes(row.item, column)
        for column in form.columns_of(row.item)
        if column in known
    }
    fitting = tuple(column for column, kind in kinds.items() if kind <= asked)
    return replace(wanted, columns=fitting) if 0 < len(fitting) < len(kinds) else wanted


def _classes(item: str, column: str) -> set[str]:
    return {"money" if "元" in unit else "count" for unit in _units(item, column)}


def _takes(question: Question, wanted: Wanted) -> bool:
    catalogue = load_catalogue()
    phrases = load_phrases()
    letters = question.letters
    requests = any(word in letters for word in phrases.request_words.words)
    for name in wanted.measures:
        statement = catalogue.statements.get(name)
        measure = catalogue.measures.get(name)
        if "cases" in question.classifiers and measure is not None and measure.item:
            if any(_units(measure.item, column) == {"项"} for column in wanted.columns):
                return False  # 上一年行政许可多少件: the column counts 项
        if "items" in question.classifiers and measure is not None and measure.item:
            plain = measure.column is not None and not wanted.columns
            disclosure = load_form().part_of(measure.item) == "disclosure"
            if plain and disclosure and _units(measure.item, measure.column or "") == {"件"}:
                return False  # 行政处罚事项多少项: decisions are counted in 件
        entries = statement is not None and statement.unit == "条"
        if "things" in question.classifiers and entries:
            return False
        about_requests = statement is None or "申请" in statement.context
        if "entries" in question.classifiers and about_requests and "申请" not in letters:
            return False
        reason = any(name in group.sum_of for group in catalogue.measures.values())
        if reason and not requests and question.classifiers & {"papers", "entries", "things"}:
            return False  # 国家秘密几份
    return True


def _units(item: str, column: str) -> set[str]:
    form = load_form()
    return {
        form.unit(CellId(item, column), edition)
        for edition in form.editions_with(CellId(item, column))
    }


def _cells_beside(wanted: tuple[Wanted, ...], lacking: frozenset[UnitClass]) -> tuple[Wanted, ...]:
    """采购了几个项目，多少钱: the cells of the same row that count in the other units asked for."""
    catalogue = load_catalogue()
    rows = {
        measure.item
        for want in wanted
        for name in want.measures
        if (measure := catalogue.measures.get(name)) is not None and measure.item is not None
    }
    if len(rows) != 1:
        return ()
    beside = tuple(
        Wanted((measure.id,))
        for measure in catalogue.measures.values()
        if measure.item in rows
        and measure.column is not None
        and unit_classes(Wanted((measure.id,))) <= lacking
    )
    found = {unit for want in beside for unit in unit_classes(want)}
    return beside if found == set(lacking) else ()


def unit_classes(wanted: Wanted) -> set[str]:
    """The kinds of quantity that a measure counts in, over all editions of the form."""
    catalogue, form = load_catalogue(), load_form()
    classes: set[str] = set()
    for name in wanted.measures:
        entry: Measure | Statement | None = catalogue.measures.get(
            name
        ) or catalogue.statements.get(name)
        if isinstance(entry, Statement):
            classes.add(entry.unit_class)
        elif entry is not None and entry.share is not None:
            classes.add("percent")
        elif entry is not None:
            for item in (entry.item,) if entry.item else entry.sum_of:
                columns = (entry.column,) if entry.column else form.columns_of(item)
                for column in columns:
                    classes |= _classes(item, column)
    return classes


def is_stock(name: str, columns: Sequence[str] = ()) -> bool:
    """Whether a measure (in these columns) tells what there is at a year's end, not what
    happened in the year."""
    catalogue = load_catalogue()
    entry = catalogue.measures.get(name) or catalogue.statements.get(name)
    if entry is None:
        return False
    own = getattr(entry, "column", None)
    told = columns or ((own,) if own else ())
    return entry.stock or any(c in catalogue.columns and catalogue.columns[c].stock for c in told)
