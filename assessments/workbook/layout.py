"""How a class workbook looks when the system writes one: columns, widths, what may be chosen from a list."""

from dataclasses import dataclass
from typing import Any

from assessments.sheets import entries, satisfaction
from assessments.sheets.rows import ASPECTS, RATINGS
from core.sheets.writing import BookWriter, SheetWriter
from training.sheets import roster, timetable
from training.sheets.rows import Mark, Period

STYLES: dict[str, dict[str, Any]] = {
    "head": {"bold": True, "bg_color": "#F3E9E9", "border": 1, "align": "center", "valign": "vcenter"},
    "required": {"bold": True, "bg_color": "#F6D5D2", "border": 1, "align": "center", "valign": "vcenter"},
    "text": {"num_format": "@"},
    "example": {"italic": True, "font_color": "#808080"},
    "example_date": {"italic": True, "font_color": "#808080", "num_format": "yyyy-mm-dd"},
    "wrap": {"text_wrap": True, "valign": "top"},
}
ROSTER = (
    "序号",
    "姓名",
    "性别",
    "身份证号",
    "民族",
    "政治面貌",
    "单位",
    "职务",
    "职务层次",
    "职级",
    "手机号",
    "组别",
    "班委职务",
)
TIMETABLE = ("日期", "时段", "课程名称", "课程类别", "教学形式", "授课人", "地点", "学时")
ENTRIES = ("日期", "姓名", "指标项", "分值", "事由", "记录人")
SATISFACTION = (*ASPECTS, satisfaction.SUGGESTION)
REQUIRED = {*roster.REQUIRED, *timetable.REQUIRED, *entries.REQUIRED, *ASPECTS}
LISTS = {
    "性别": ("男", "女"),
    "政治面貌": ("中共党员", "中共预备党员", "共青团员", "民革党员", "民盟盟员", "民建会员", "民进会员", "农工党党员",
              "致公党党员", "九三学社社员", "台盟盟员", "无党派人士", "群众"),
    "职务层次": ("厅局级正职", "厅局级副职", "县处级正职", "县处级副职", "乡科级正职", "乡科级副职"),
    "时段": tuple(period.label for period in Period),
    "课程类别": ("理论教育", "党性教育", "专业能力", "知识培训"),
    "教学形式": ("讲授", "研讨", "现场教学", "案例教学", "模拟教学", "体验教学", "访谈教学"),
    **dict.fromkeys(ASPECTS, RATINGS),
}  # fmt: skip
MARKS = tuple(mark.sign for mark in Mark)
_WIDTHS = {
    "序号": 6, "姓名": 14, "身份证号": 22, "单位": 32, "职务": 16, "职务层次": 13, "职级": 14, "手机号": 14, "政治面貌": 12,
    "日期": 12, "时段": 8, "课程名称": 40, "课程类别": 12, "教学形式": 12, "授课人": 22, "地点": 18, "学时": 8, "指标项": 16,
    "事由": 28, "记录人": 12, "意见建议": 48,
}  # fmt: skip
_LAST_ROW = 4_999
_TEXT_COLUMNS = frozenset({"身份证号", "手机号", "姓名"})


@dataclass(frozen=True, slots=True)
class Columns:
    """A sheet begun with its header row."""

    sheet: SheetWriter
    names: tuple[str, ...]

    def choose(self, lists: dict[str, tuple[str, ...]]) -> None:
        """Offer drop-down lists under the columns that have one; other words may still be typed."""
        for index, name in enumerate(self.names):
            if name in lists:
                offer(self.sheet, 1, index, _LAST_ROW, index, lists[name])


def begin(book: BookWriter, name: str, columns: tuple[str, ...]) -> Columns:
    """Add a sheet with its header row, widths and frozen head; columns of digits are texts."""
    sheet = book.sheet(name)
    for index, column in enumerate(columns):
        sheet.put(0, index, column, "required" if column in REQUIRED else "head")
        form = book.style("text") if column in _TEXT_COLUMNS else None
        sheet.sheet.set_column(index, index, _WIDTHS.get(column, 13), form)
    sheet.sheet.freeze_panes(1, 1)
    return Columns(sheet, columns)


def offer(sheet: SheetWriter, top: int, left: int, bottom: int, right: int, words: tuple[str, ...]) -> None:
    """Put a drop-down list on a range; a list in a cell's rule may have 255 characters."""
    rule = {"validate": "list", "source": list(words), "error_type": "warning", "error_message": "不在下拉选项之中"}
    sheet.sheet.data_validation(top, left, bottom, right, rule)
