"""The empty roster: drop-down lists, an example row that is never read, a sheet that explains."""

import datetime
from typing import Any

from core.sheets.table import EXAMPLE, SERIAL
from core.sheets.writing import BookWriter, SheetWriter, Value
from trainees.roster.checking import SEX, STATUS
from trainees.roster.columns import COLUMNS, NAME, REQUIRED
from trainees.roster.days import ACCEPTED
from trainees.roster.words import ETHNIC_WORDS, LEVEL_WORDS, POLITICAL_WORDS
from trainees.rules.levels import RANKS

STYLES: dict[str, dict[str, Any]] = {
    "head": {"bold": True, "bg_color": "#F3E9E9", "border": 1, "align": "center"},
    "required": {"bold": True, "bg_color": "#F6D5D2", "border": 1, "align": "center"},
    "text": {"num_format": "@"},
    "example": {"italic": True, "font_color": "#808080"},
    "example_date": {"italic": True, "font_color": "#808080", "num_format": "yyyy-mm-dd"},
    "wrap": {"text_wrap": True, "valign": "top"},
}
LISTS = {
    "性别": tuple(SEX), "民族": ETHNIC_WORDS, "政治面貌": POLITICAL_WORDS, "职务层次": LEVEL_WORDS, "职级": RANKS,
    "状态": tuple(STATUS),
}  # fmt: skip
WORDS = "选项"
LAST_ROW = 50_000
DAY = datetime.date(2026, 3, 2)
EXAMPLES: dict[str, Value] = {
    "姓名": "张伟", "身份证号": "（18 位，文本格式）", "性别": "男", "民族": "汉族", "政治面貌": "中共党员", "单位": "单位全称、简称或编码",
    "职务": "科长", "职务层次": "乡科级正职", "职级": "一级主任科员", "任职时间": DAY, "手机号": "13900000000", "状态": "在职",
    "入党时间": "2001.07", "参加工作时间": "1998.07",
}  # fmt: skip
HELP = (
    "干部花名册填写说明",
    "1. 粉红色表头为必填列，其余可不填；列的次序可以变动，表头文字不要改；缺少的列和空白的格不改动原有信息。",
    f"2. “{SERIAL}”写着“{EXAMPLE}”的灰色行是示例，导入时不读取。",
    "3. 身份证号必须是文本，人只按身份证号认；号码相同而姓名不同的，核对时逐一确认。",
    "4. 单位写全称、简称或编码；管理权限写管理该干部的组织部，不填时为最近的上级组织部。",
    f"5. 日期：{ACCEPTED}。",
    "6. 单位、职务、职务层次或职级变了，任职时间写新任职的起始日期：原任职到前一天为止；任职时间不变的，视为更正。",
    "7. 退休、去世、调离须填写状态起始；花名册中没有的人只列出，不改动。",
)


def template_workbook() -> bytes:
    book = BookWriter(STYLES)
    _roster(book)
    _help(book.sheet("填写说明"))
    _words(book.sheet(WORDS))
    return book.finish()


def _roster(book: BookWriter) -> None:
    sheet = book.sheet(NAME)
    sheet.put(0, 0, SERIAL, "head")
    sheet.put(1, 0, EXAMPLE, "example")
    for index, column in enumerate(COLUMNS, 1):
        sheet.put(0, index, column.name, "required" if column.name in REQUIRED else "head")
        sheet.sheet.set_column(index, index, column.width, book.style("text"))
        example = EXAMPLES.get(column.name)
        sheet.put(1, index, example, "example_date" if isinstance(example, datetime.date) else "example")
        if column.name in LISTS:
            _offer(sheet, index, list(LISTS).index(column.name), len(LISTS[column.name]))
    sheet.sheet.freeze_panes(1, 2)


def _offer(sheet: SheetWriter, column: int, place: int, count: int) -> None:
    """A drop-down list from the sheet of words: a list in the rule itself may have 255 characters."""
    letter = chr(ord("A") + place)
    rule = {"validate": "list", "source": f"={WORDS}!${letter}$2:${letter}${count + 1}", "error_type": "warning"}
    sheet.sheet.data_validation(1, column, LAST_ROW, column, rule)


def _words(sheet: SheetWriter) -> None:
    for column, (heading, words) in enumerate(LISTS.items()):
        for row, word in enumerate((heading, *words)):
            sheet.put(row, column, word, "head" if row == 0 else "")


def _help(sheet: SheetWriter) -> None:
    sheet.sheet.set_column(0, 0, 110, sheet.book.style("wrap"))
    for row, text in enumerate(HELP):
        sheet.put(row, 0, text, "required" if row == 0 else "wrap")
