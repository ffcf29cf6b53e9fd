"""How one file was read, for people: whose it is and why, sections, tables, figures, findings.

This is what people send with a report of a misread file, so everything that ingest decided
stands in it with its line, and what was left out stands there with the reason.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from itertools import islice

from ingest.document import Document, Row
from ingest.issuer.vocabulary import identity_words
from ingest.pipeline import Reading
from ingest.statements.narrative import explain_statements
from knowledge.catalogue import load_catalogue
from knowledge.form import FormRow, FormTable, load_form
from knowledge.model import CellId, Figure, Gap, Part, Report
from knowledge.numerals import plain

PARTS: dict[Part, str] = {
    "disclosure": "二、主动公开",
    "applications": "三、申请",
    "reviews": "四、复议诉讼",
}
WITNESSES = {
    "page_title": "网页标题",
    "heading": "网页上的题目",
    "breadcrumb": "网页路径",
    "publisher": "发布机构",
    "published": "发布日期",
    "running_head": "页眉页脚",
    "properties": "文件属性",
}
KEYS = {
    "preamble": "开头",
    "overview": "总体情况",
    "disclosure": "主动公开",
    "applications": "申请",
    "reviews": "复议诉讼",
    "problems": "问题和改进",
    "other": "其他",
    None: "不认识的标题",
}
MOST_SHOWN = 12
"""Lines shown of a file that is refused."""
WHY = {
    "other_year": "别的年度",
    "cumulative": "历年累计",
    "part_of_year": "只是一年中的一段",
    "planned": "打算、计划",
    "comparison": "与往年比较",
}
REASONS = {
    "unknown_words": "有不认识的词",
    "no_kind": "没有说数的是什么",
    "other_unit": "单位与所说的事不合",
    "several_kinds": "一句里说了几样事",
    "crowded": "一句里有几个数",
    "no_classifier": "数字后没有量词",
    "glued_digits": "像是粘在一起的日期",
    "parted_digits": "数字中间断开了",
    "whole_unclear": "所属的总数没看懂",
    "open_list": "没有列完（等）",
    "subject_before": "说的可能是前一句的事",
    "no_object": "没有说是对什么的",
    "same_kind_twice": "同一样事说了两遍",
    "carry_over_unclear": "含不含上年结转不清楚",
    "not_disclosure": "报送、采用不是公开",
    "document_class": "说的是文件的公开属性",
    "not_handled": "说的是公开，不是办理",
    "so_far_unclear": "分不清是历年累计还是本年",
}
BLANK, UNREAD, ABSENT = "空", "?", "·"


def show_lines(reading: Reading) -> Iterator[str]:
    """The whole account of one file, line by line."""
    yield from _head(reading)
    yield ""
    yield from _sections(reading.report)
    for part, name in PARTS.items():
        yield ""
        yield from _table(reading.report, part, name)
    yield ""
    yield from _statements(reading)
    yield ""
    yield from _findings(reading.report)


def _head(reading: Reading) -> Iterator[str]:
    document, report = reading.document, reading.report
    rows = sum(isinstance(block, Row) for block in document.blocks)
    texts = len(document.blocks) - rows
    pictures = f"，{document.pictures} 张图片没有读" if document.pictures else ""
    yield f"文件  {report.file}：{texts} 段文字，{rows} 行表格{pictures}"
    yield f"单位  {report.entity.name}（{report.entity.region or '县区不详'}）"
    yield f"年度  {report.year}"
    yield f"标题  {report.title or '没有'}"
    if report.published:
        yield f"发布  {report.published}"
    names = identity_words().names
    for number, witness in enumerate(reading.identity.witnesses):
        said = [witness.issuer.name if witness.issuer is not None else "", str(witness.year or "")]
        says = "，".join(filter(None, said)) or "没有写明单位或年度"
        weak = "（只作旁证）" if witness.weak else ""
        kind = names.get(witness.kind, witness.kind)
        label = "凭据" if number == 0 else "    "
        yield f"{label}  {kind}{_at(witness.line)}：“{witness.text[:60]}” → {says}{weak}"
    if reading.identity.inferred:
        yield "      单位或年度不是清单或标题明白写出的，每个数都带提示 entity_inferred"


def _sections(report: Report) -> Iterator[str]:
    yield "章节"
    for section in report.sections:
        indent = "  " * max(section.level, 1)
        heading = section.heading or "（没有标题）"
        kind = f"〔{KEYS.get(section.key, section.key)}〕" if section.level < 2 else ""
        yield f"{indent}{heading}{kind}{_at(section.line)}，{len(section.text)} 字"


def _table(report: Report, part: Part, name: str) -> Iterator[str]:
    edition = report.editions.get(part)
    if edition is None:
        yield f"表格  {name}：没有找到"
        return
    table = load_form().editions[edition].tables[part]
    figures = {figure.cell: figure for figure in report.figures if not figure.cell.is_narrative}
    gaps = {gap.cell: gap for gap in report.gaps}
    official = table.cells
    read = sum(cell in figures for cell in official)
    blank = sum(cell in gaps and gaps[cell].kind == "blank" for cell in official)
    yield (
        f"表格  {name}（{edition} 版）：{len(official)} 格，"
        f"读出 {read}，空白 {blank}，没读出 {len(official) - read - blank}"
    )
    header: tuple[str, ...] | None = None
    for row in table.rows:
        cells = [*_cells(row), *_extra_cells(table, row, figures)]
        if row.extra and not any(cell in figures for cell in cells):
            continue
        labels = tuple(_column_label(cell, edition) for cell in cells)
        if labels != header:
            header = labels
            yield f"  {_padded('', 36)}{''.join(_padded(label, 13) for label in labels)}"
        label = "".join((*row.group[1:], row.label))
        shown = [_cell(cell, figures, gaps) for cell in cells]
        at = next((figures[cell].line for cell in cells if cell in figures), None)
        yield f"  {_padded(label, 36)}{''.join(_padded(text, 13) for text in shown)}{_at(at)}"


def _cells(row: FormRow) -> list[CellId]:
    return [CellId(row.item, column.column) for column in row.columns]


def _extra_cells(table: FormTable, row: FormRow, figures: dict[CellId, Figure]) -> Iterable[CellId]:
    """Cells of columns that some reports print beyond the form's (小计), where they were read."""
    cells = [CellId(row.item, column.column) for _, column in table.extra_columns]
    return [cell for cell in cells if cell in figures]


def _column_label(cell: CellId, edition: str) -> str:
    return load_form().place(cell, edition)[2].label


def _cell(cell: CellId, figures: dict[CellId, Figure], gaps: dict[CellId, Gap]) -> str:
    figure = figures.get(cell)
    if figure is not None:
        unit = figure.unit if figure.unit_stated else ""
        return plain(figure.value) + unit + ("!" if figure.cautions else "")
    gap = gaps.get(cell)
    if gap is None:
        return ABSENT
    return BLANK if gap.kind == "blank" else UNREAD


def _statements(reading: Reading) -> Iterator[str]:
    names = load_catalogue().statements
    stated = [figure for figure in reading.report.figures if figure.cell.is_narrative]
    yield f"正文里的数  {len(stated)} 个"
    for figure in stated:
        kind = names[figure.cell.item].name
        cautions = f"〔{'、'.join(figure.cautions)}〕" if figure.cautions else ""
        yield f"  {kind}：{plain(figure.value)} {figure.unit}{cautions}{_at(figure.line)}"
        yield f"      {_marked(figure)}"
    _, asides, omissions = explain_statements(
        reading.sections, reading.report.entity, reading.report.year
    )
    if asides:
        yield f"看懂了、但不是本年实数的  {len(asides)} 个（没有收录）"
        for aside in asides:
            value = f"{plain(aside.value)} {aside.unit}"
            yield f"  {WHY[aside.why]}：{aside.statement.name} {value}{_at(aside.line)}"
            yield f"      {aside.quote}"
    if omissions:
        yield f"有数字、没有当作数收录的  {len(omissions)} 处"
        for omission in omissions:
            reason = REASONS.get(omission.reason, omission.reason)
            detail = f"（{omission.detail}）" if omission.detail else ""
            yield f"  {reason}{detail}{_at(omission.line)}：{omission.stated[:80]}"


def _marked(figure: Figure) -> str:
    """The sentence with the words of the figure in brackets."""
    before, found, after = figure.quote.partition(figure.stated)
    return f"{before}【{found}】{after}" if found else figure.quote


def _findings(report: Report) -> Iterator[str]:
    yield f"发现  {len(report.findings)} 条"
    for finding in report.findings:
        sign = "✗" if finding.severity == "error" else "⚠"
        yield f"  {sign} {finding.rule}：{finding.text}"


def _at(line: int | None) -> str:
    return f"（第 {line} 行）" if line is not None else ""


def _padded(text: str, width: int) -> str:
    """Text cut or filled to a width in terminal columns; a Chinese character takes two."""
    taken = 0
    for place, character in enumerate(text):
        wide = 2 if unicodedata.east_asian_width(character) in "WF" else 1
        if taken + wide > width - 1:
            return text[:place] + "…" + " " * max(0, width - taken - 1)
        taken += wide
    return text + " " * (width - taken)


def refused_lines(document: Document, file: str, reason: str) -> Iterator[str]:
    """What can be told of a file that is refused: why, and the first that was seen of it."""
    yield f"拒收  {file}：{reason}"
    rows = sum(isinstance(block, Row) for block in document.blocks)
    yield f"      {len(document.blocks) - rows} 段文字，{rows} 行表格，{document.pictures} 张图片没有读"
    for witness in document.witnesses[:MOST_SHOWN]:
        yield f"      {WITNESSES[witness.kind]}{_at(witness.line)}：“{witness.text[:60]}”"
    yield "      开头："
    for paragraph in islice(document.paragraphs(), MOST_SHOWN):
        yield f"      {_at(paragraph.line)}{paragraph.text[:80]}"
