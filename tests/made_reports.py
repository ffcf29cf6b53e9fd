"""Small reports made by hand for the tests of the store, every figure distinct."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from knowledge.model import (
    CellId,
    Entity,
    Figure,
    Finding,
    Gap,
    Report,
    SectionText,
)
from knowledge.store import Source

JINGZHI = Entity("景芝镇", "山东省/潍坊市/安丘市")
MUER = Entity("木耳镇")

RECEIVED = CellId("received_new", "total")
PERSONS = CellId("received_new", "natural_person")
PROCUREMENT = CellId("procurement", "amount")
STATED = CellId("narrative.applications_received", "total")
NAMES = {
    STATED: ("正文：收到申请", "件"),
    CellId("narrative.disclosed_total", "total"): ("正文：主动公开", "条"),
}
SECTION = "三、收到和处理政府信息公开申请情况"


def figure(cell: CellId, stated: str, *, label: str = "一、本年新收政府信息公开申请数量") -> Figure:
    """A cell of the 2019 form's table of applications, printed as `stated`."""
    return Figure(
        cell=cell,
        value=Decimal(stated),
        stated=stated,
        unit="件",
        unit_stated=False,
        quote=f"{label} {stated}",
        line=212,
        section=SECTION,
        edition="2019",
    )


def statement(value: str, sentence: str, *cautions: str) -> Figure:
    """A figure that the text states, in its own words."""
    return Figure(
        cell=STATED,
        value=Decimal(value),
        stated=sentence,
        unit="件",
        unit_stated=True,
        quote=sentence,
        line=31,
        section="一、总体情况",
        edition=None,
        cautions=cautions,
    )


def report(
    *figures: Figure,
    entity: Entity = JINGZHI,
    year: int = 2020,
    title: str | None = "景芝镇人民政府2020年政府信息公开工作年度报告",
    file: str = "安丘/景芝镇2020.txt",
    published: str | None = None,
    inferred: bool = False,
) -> Report:
    """A report with these figures and nothing else."""
    return Report(
        entity=entity,
        year=year,
        title=title,
        file=file,
        url="https://example.org/jz2020",
        published=published,
        inferred=inferred,
        editions={"disclosure": None, "applications": "2019", "reviews": "2019"},
        figures=figures,
        gaps=(),
        sections=(),
        findings=(),
    )


def full_report() -> Report:
    """A report with something in every table of the store."""
    return replace(
        report(
            figure(RECEIVED, "5"),
            figure(PERSONS, "4"),
            figure(PROCUREMENT, "1859950.00", label="政府集中采购")._replace(
                unit="万元",
                section="二、主动公开政府信息情况",
                cautions=("unit_not_stated", "implausible_unit"),
            ),
            statement("6", "共收到政府信息公开申请6件", "report_disagrees"),
            statement("2", "其中网络申请2件"),
        ),
        gaps=(
            Gap(CellId("received_new", "research"), "blank"),
            Gap(CellId("carried_over", "total"), "unread"),
        ),
        sections=(
            SectionText(1, "overview", "一、总体情况", "共收到政府信息公开申请6件。100%办结", 30),
            SectionText(2, None, "（一）公开渠道", "公众号发布\t“三务”信息", 33),
        ),
        findings=(
            Finding("narrative", "warning", "正文 6 件，表格 5 件", (RECEIVED, STATED)),
            Finding("incomplete_table", "error", "第二部分没有找到表格"),
        ),
    )


def source(file: str, digest: str = "1") -> Source:
    """The source of a report whose file lies under /reports."""
    return Source(str(Path("/reports") / file), digest)
