"""A small store for the tests of the front ends: two made-up reports on the 2021 form, ingested.

The towns exist; what the reports say of them is invented, every figure distinct.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from ingest.running.files import plan_ingest
from ingest.running.run import ingest_inputs
from knowledge.store import open_for_writing

QUESTION = "官坡镇2022年收到多少申请"
TOTAL, PERSONS = 47, 38
OTHER_QUESTION = "寒葱沟镇2022年收到多少申请"
OTHER_TOTAL, OTHER_PERSONS = 29, 23
WITHOUT_PLACE = "2022年收到多少申请"
"""Has two readings in this store, one for each town."""
CHANGED_TOTAL = 53
"""What `make_store(changed=True)` says instead of TOTAL."""

_ROWS = """
一、本年新收政府信息公开申请数量
二、上年结转政府信息公开申请数量
三、本年度办理结果|（一）予以公开
|（二）部分公开（区分处理的，只计这一情形，不计其他情形）
|（三）不予公开|1.属于国家秘密
||2.其他法律行政法规禁止公开
||3.危及“三安全一稳定”
||4.保护第三方合法权益
||5.属于三类内部事务信息
||6.属于四类过程性信息
||7.属于行政执法案卷
||8.属于行政查询事项
|（四）无法提供|1.本机关不掌握相关政府信息
||2.没有现成信息需要另行制作
||3.补正后申请内容仍不明确
|（五）不予处理|1.信访举报投诉类申请
||2.重复申请
||3.要求提供公开出版物
||4.无正当理由大量反复申请
||5.要求行政机关确认或重新出具已获取信息
|（六）其他处理|1.申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请
||2.申请人逾期未按收费通知要求缴纳费用、行政机关不再处理其政府信息公开申请
||3.其他
|（七）总计
四、结转下年度继续办理
""".strip().splitlines()

_HEAD = """\
| （本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和） | | | 申请人情况 | | | | | | |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
| | | | 自然人 | 法人或其他组织 | | | | | 总计 |
| | | | | 商业企业 | 科研机构 | 社会公益组织 | 法律服务机构 | 其他 | |
"""


def _table(filled: Mapping[str, tuple[int, int]]) -> str:
    """The table of section 三; (自然人, 商业企业) of the rows named, 0 in all others."""
    lines = []
    for row in _ROWS:
        labels = [*row.split("|"), "", ""][:3]
        persons, firms = next((v for k, v in filled.items() if k in row), (0, 0))
        cells = [persons, firms, 0, 0, 0, 0, persons + firms]
        lines.append(f"| {' | '.join([*labels, *map(str, cells)])} |")
    return _HEAD + "\n".join(lines)


def _report(
    town: str, year: int, received: tuple[int, int], granted: tuple[int, int], told: Sequence[str]
) -> str:
    rest = (received[0] - granted[0], received[1] - granted[1])
    table = _table(
        {
            "本年新收": received,
            "（一）予以公开": granted,
            "（七）总计": granted,
            "结转下年度": rest,
        }
    )
    return f"""# {town}人民政府{year}年政府信息公开工作年度报告

## 一、总体情况

{told[0]}

## 二、主动公开政府信息情况

| 第二十条第（五）项 | |
| --- | --- |
| 信息内容 | 本年处理决定数量 |
| 行政许可 | {told[1]} |

## 三、收到和处理政府信息公开申请情况

{table}

## 五、存在的主要问题及改进情况

{told[2]}
"""


def write_reports(folder: Path, total: int = TOTAL) -> Path:
    """The two reports and their manifest."""
    folder.mkdir(parents=True, exist_ok=True)
    firms = TOTAL - PERSONS
    guanpo = _report(
        "官坡镇",
        2022,
        (total - firms, firms),
        (31, 6),
        (f"2022年我镇共收到政府信息公开申请{total}件。", "83", "公开栏<更新>不够及时 & 不够细。"),
    )
    hanconggou = _report(
        "寒葱沟镇",
        2022,
        (OTHER_PERSONS, OTHER_TOTAL - OTHER_PERSONS),
        (19, 5),
        (f"2022年我镇共收到政府信息公开申请{OTHER_TOTAL}件。", "64", "培训次数偏少。"),
    )
    (folder / "guanpo-2022.md").write_text(guanpo, encoding="utf-8")
    (folder / "hanconggou-2022.md").write_text(hanconggou, encoding="utf-8")
    (folder / "manifest.csv").write_text(
        "file,entity,region,year,title,url,published\n"
        "guanpo-2022.md,官坡镇,河南省/三门峡市/卢氏县,2022,,https://example.org/gp?a=1&b=2,\n"
        "hanconggou-2022.md,寒葱沟镇,黑龙江省/佳木斯市/抚远市,2022,,,\n",
        encoding="utf-8",
    )
    return folder


def make_store(path: Path, changed: bool = False) -> Path:
    """A store with both reports; `changed` has another total for the first."""
    reports = write_reports(
        path.parent / f"{path.stem}-reports", CHANGED_TOTAL if changed else TOTAL
    )
    plan = plan_ingest([reports], None)
    with open_for_writing(path) as store:
        outcomes = [result.outcome for result in ingest_inputs(store, plan.inputs)]
    assert outcomes == ["stored", "stored"], outcomes
    return path
