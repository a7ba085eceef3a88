"""A small faultless class workbook as plain rows, written by openpyxl, and ways to spoil it.

Shares no code with the writer under test. Row and column numbers are Excel's.
"""

import csv
import datetime
import io
import json
from decimal import Decimal
from typing import Any

import openpyxl

from assessments.sheets.scheme import ItemRules, SchemeRules
from assessments.workbook.rehearsal import Rehearsal, judge
from core.sheets.cells import Book
from core.sheets.limits import CLASS_WORKBOOK
from core.sheets.parsing import parse
from core.sheets.reading import from_wire
from organization.directory import UnitDirectory, split_short_names
from organization.loading import SHIPPED_UNITS
from tests.samples import DATA as DATA

TODAY = datetime.date(2026, 11, 22)
Sheets = dict[str, list[list[Any]]]

SCHEME = SchemeRules(
    "4+1",
    (
        ItemRules("出勤情况", "deduct_per_mark", Decimal(15)),
        ItemRules("纪律建设", "full_plus_entries", Decimal(10)),
        ItemRules("学习作业", "full_plus_entries", Decimal(5)),
        ItemRules("班务与支部活动", "full_plus_entries", Decimal(8)),
        ItemRules("小组履职", "full_plus_entries", Decimal(6)),
        ItemRules("内务与廉洁", "full_plus_entries", Decimal(6)),
        ItemRules("课堂互动", "base_plus_entries", Decimal(10)),
        ItemRules(
            "研讨交流",
            "mean_of_entries",
            Decimal(15),
            {"优": Decimal(15), "良": Decimal(12), "中": Decimal(9), "差": Decimal(6), "未发言": Decimal(0)},
        ),
        ItemRules("结业测试", "share_of_exam", Decimal(15)),
        ItemRules("调研报告", "mean_of_entries", Decimal(10)),
        ItemRules("加分项", "sum_of_entries"),
        ItemRules("否决项", "veto"),
    ),
)
SCHEMES = {"4+1": SCHEME}


def id_number(day: str = "19800101", sequence: int = 1, address: str = "990000") -> str:
    """A number with an address that nobody has and the right check character (GB 11643, ISO 7064)."""
    body = f"{address}{day}{sequence:03d}"
    # ISO 7064 MOD 11-2 as the standard's recursive scheme, not as the weights that the project uses.
    rest = 0
    for digit in body:
        rest = (rest + int(digit)) * 2 % 11
    return body + "0123456789X"[(12 - rest) % 11]


IDS = [id_number(f"198{n}0101", sequence) for n, sequence in enumerate((1, 12, 23, 34, 45))]
NAMES = ["龚䶮", "张伟", "刘𬭎", "阿依古丽·买买提", "王芳"]
UNITS = ["云岭市财政局", "市发改局", "云岭市教育局", "清溪县委办", "云岭市审计局"]


def sheets() -> Sheets:
    """Five trainees, four sessions on 2–3 March 2026, every sheet."""
    roster: list[list[Any]] = [["序号", "姓名", "性别", "身份证号", "单位", "职务"]]
    for place, (name, number, unit) in enumerate(zip(NAMES, IDS, UNITS, strict=True), start=1):
        roster.append([place, name, "男" if int(number[16]) % 2 else "女", number, unit, "科长"])
    return {
        "班次信息": [
            ["班次名称", "春季中青班"],
            ["班次编号", "YL2026-009"],
            ["班次类别", "主体班"],
            ["主办单位", "中共云岭市委组织部"],
            ["开始日期", datetime.datetime(2026, 3, 2)],
            ["结束日期", datetime.datetime(2026, 3, 6)],
        ],
        "花名册": roster,
        "课程表": [
            ["日期", "时段", "课程名称", "课程类别", "学时", "授课人", "地点"],
            [datetime.datetime(2026, 3, 2), "上午", "理论", "理论教育", 4, "王老师", "一教"],
            [datetime.datetime(2026, 3, 2), "下午", "党性", "党性教育", 3, "王老师", "一教"],
            [datetime.datetime(2026, 3, 3), "上午", "党性", "党性教育", 4, "李老师", "一教"],
            [datetime.datetime(2026, 3, 3), "晚上", "专业", "专业能力", 2, "李老师", "一教"],
        ],
        "考勤": [
            ["姓名", "3月2日上午", "3月2日下午", "3月3日上午", "3月3日晚上"],
            *([name, "√", "迟" if name == "张伟" else "√", "√", None] for name in NAMES),
        ],
        "量化记录": [
            ["日期", "姓名", "指标项", "分值", "事由", "记录人"],
            [datetime.datetime(2026, 3, 2), "张伟", "课堂互动", 1, "有效提问", "周班主任"],
            [datetime.datetime(2026, 3, 2), "张伟", "课堂互动", 1, "有效提问", "周班主任"],
            [datetime.datetime(2026, 3, 3), "王芳", "研讨交流", "优", "组长评定", "周班主任"],
            [datetime.datetime(2026, 3, 3), "刘𬭎", "纪律建设", -1.5, "迟交笔记", "周班主任"],
            [datetime.datetime(2026, 3, 3), "龚䶮", "调研报告", 8.3, "阅卷人1", "周班主任"],
        ],
        "入学测试": [["姓名", "得分"], *([name, 50 + place] for place, name in enumerate(NAMES))],
        "结业考试": [
            ["姓名", 1, 2, 3],
            ["标准答案", "A", "BD", "C"],
            ["分值", 2, 4, 4],
            *([name, "A", "D、b", None] for name in NAMES[:4]),
        ],
        "满意度": [
            ["培训设计", "培训实施", "培训管理", "培训效果", "意见建议"],
            ["非常满意", "满意", "一般", "不满意", "希望增加现场教学"],
            ["非常满意", "满意", "满意", "满意", None],
        ],
    }


def save(content: Sheets) -> bytes:
    """The workbook's bytes as openpyxl writes them; strings that begin with = stay strings."""
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    for name, rows in content.items():
        sheet = workbook.create_sheet(name)
        for number, row in enumerate(rows, start=1):
            for column, value in enumerate(row, start=1):
                cell = sheet.cell(number, column)
                if isinstance(value, Formula):
                    cell.value = value.text
                else:
                    cell.value = value
                    if isinstance(value, str):
                        cell.data_type = "s"
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


class Formula:
    """A formula without a stored value, as openpyxl leaves it."""

    def __init__(self, text: str) -> None:
        self.text = text


def read_here(data: bytes) -> Book:
    """Read without the child process, for tests that read a hundred workbooks."""
    return from_wire(json.loads(json.dumps(parse(data, CLASS_WORKBOOK))))


def units() -> UnitDirectory:
    """The demo city's units."""
    with SHIPPED_UNITS.open(encoding="utf-8-sig") as lines:
        rows = [(row["编码"], row["单位名称"], split_short_names(row["简称"])) for row in csv.DictReader(lines)]
    return UnitDirectory.from_rows(rows)


def no_missing_characters(_: str) -> list[str]:
    return []


def rehearse_here(content: Sheets | bytes, **more: Any) -> Rehearsal:
    """Rehearse rows or bytes in this process."""
    data = content if isinstance(content, bytes) else save(content)
    given = {"units": units(), "schemes": SCHEMES, "missing_characters": no_missing_characters, "today": TODAY}
    return judge(read_here(data), **{**given, **more})


def told(content: Sheets | bytes, **more: Any) -> list[tuple[str, int | None, str | None, str]]:
    """The errors as (sheet, row, column, code)."""
    return [(f.place.sheet, f.place.row, f.place.column, f.code) for f in rehearse_here(content, **more).errors]
