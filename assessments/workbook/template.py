"""The empty workbook: every sheet with its drop-down lists, an example row that is never read, and a help sheet."""

import datetime

from assessments.sheets import entries, papers, satisfaction
from assessments.sheets.scheme import SchemeRules
from assessments.workbook import layout
from core.sheets.table import EXAMPLE, SERIAL
from core.sheets.writing import BookWriter, SheetWriter, Value
from training.sheets import attendance, facts, roster, timetable

HELP = "填写说明"
_DAY = datetime.date(2026, 3, 2)
_FACT_HINTS = {
    "班次名称": "例：云岭市2026年春季中青年干部培训班",
    "班次编号": "例：YL2026-001；再次导入时凭编号认出同一个班",
    "班次类别": "例：主体班、专题班",
    "主办单位": "例：中共云岭市委组织部",
    "承办单位": "例：中共云岭市委党校",
    "开始日期": "例：2026-03-02",
    "结束日期": "例：2026-03-13",
    "培训地点": "例：市委党校",
    "班主任": "例：周班主任",
    "计划人数": "例：48",
    "量化方案": "不填即为 4+1",
}
_QUESTIONS = 50
_EXAMPLES: dict[str, dict[str, Value]] = {
    roster.NAME: {
        "姓名": "张　伟", "性别": "男", "身份证号": "（18 位，文本格式）", "民族": "汉族", "政治面貌": "中共党员",
        "单位": "单位全称或简称", "职务": "科长", "职务层次": "乡科级正职", "职级": "一级主任科员", "手机号": "13900000000",
        "组别": "第1组", "班委职务": "班长",
    },
    timetable.NAME: {
        "日期": _DAY, "时段": "上午", "课程名称": "党章党规党纪教育", "课程类别": "党性教育", "教学形式": "讲授",
        "授课人": "王老师（市委党校）", "地点": "第一报告厅", "学时": 4,
    },
    entries.NAME: {
        "日期": _DAY, "姓名": "张伟", "指标项": "课堂互动", "分值": 1, "事由": "有效提问", "记录人": "周班主任",
    },
    satisfaction.NAME: {
        "培训设计": "非常满意", "培训实施": "满意", "培训管理": "满意", "培训效果": "非常满意", "意见建议": "希望增加现场教学",
    },
}  # fmt: skip
_HELP_TEXT = (
    "班次工作簿填写说明",
    "1. 粉红色表头为必填列，其余可不填；列的次序可以变动，表头文字不要改。",
    f"2. “{SERIAL}”写着“{EXAMPLE}”的灰色行是示例，导入时不读取，可以留着，也可以删去。",
    "3. “班次信息”“花名册”“课程表”必须有；其余工作表没有内容时请整个删去：留着空表，相关各项按 0 分计。",
    "4. 身份证号必须是文本；同班同名的人，各表都写成“姓名(身份证号后四位)”，例：王伟(002X)。",
    "5. 单位写全称或简称都可以，例：云岭市发展和改革局、市发改局。",
    "6. 日期可写成 2026-03-02、2026/3/2、2026.03.02、2026年3月2日，或使用 Excel 日期。",
    "7. 课程表的时段为 上午、下午、晚上；一个时段有两次课时，第二次写成 上午②。学时为 0.5 的倍数。",
    "8. 考勤每次课一列，表头写成 3月2日上午（跨年的班加上年份，第二次课写成 3月2日上午②）；"
    "空白、√、到、出勤为出勤，另有 迟、早、事、病、公、旷，一格只写一个。",
    "9. 量化记录的出勤情况、结业测试由系统计算，不要填写；研讨交流可填 优、良、中、差、未发言。",
    "10. 入学测试、结业考试：“标准答案”“分值”两行必填，答案为 A 至 H；只有得分时，把题号各列换成“得分”一列（百分制）。",
    "11. 满意度为无记名，导入后只保留各项计数。",
)


def write_template(scheme: SchemeRules) -> bytes:
    """Return the empty workbook for classes under a scheme (its items fill a drop-down list)."""
    file = BookWriter(layout.STYLES)
    _write_facts(file, scheme)
    lists = {**layout.LISTS, "指标项": tuple(scheme.entered)}
    _write_sheet(file, roster.NAME, layout.ROSTER, lists)
    _write_sheet(file, timetable.NAME, (SERIAL, *layout.TIMETABLE), lists)
    _write_attendance(file)
    _write_sheet(file, entries.NAME, (SERIAL, *layout.ENTRIES), lists)
    for name in papers.NAMES:
        _write_paper(file, name)
    _write_sheet(file, satisfaction.NAME, (SERIAL, *layout.SATISFACTION), lists)
    _write_help(file.sheet(HELP))
    return file.finish()


def _write_facts(file: BookWriter, scheme: SchemeRules) -> None:
    sheet = file.sheet(facts.NAME)
    sheet.sheet.set_column(0, 0, 14)
    sheet.sheet.set_column(1, 1, 50)
    for row, (item, hint) in enumerate(_FACT_HINTS.items()):
        sheet.put(row, 0, item, "required" if item in facts.REQUIRED else "head")
        sheet.sheet.write_comment(row, 1, hint)
    layout.offer(sheet, len(_FACT_HINTS) - 1, 1, len(_FACT_HINTS) - 1, 1, (scheme.name,))


def _write_sheet(file: BookWriter, name: str, columns: tuple[str, ...], lists: dict[str, tuple[str, ...]]) -> None:
    begun = layout.begin(file, name, columns)
    begun.choose(lists)
    _write_example(begun.sheet, 1, [_EXAMPLES[name].get(column) for column in columns[1:]])


def _write_example(sheet: SheetWriter, row: int, values: list[Value]) -> None:
    for column, value in enumerate([EXAMPLE, *values]):
        sheet.put(row, column, value, "example_date" if isinstance(value, datetime.date) else "example")


def _write_attendance(file: BookWriter) -> None:
    begun = layout.begin(file, attendance.NAME, (SERIAL, "姓名"))
    begun.sheet.sheet.write_comment(0, 1, "从 C 列起每次课一列，表头写成 3月2日上午")
    layout.offer(begun.sheet, 1, 2, 299, 120, layout.MARKS)
    _write_example(begun.sheet, 1, ["张伟", "√", "迟", "事"])


def _write_paper(file: BookWriter, name: str) -> None:
    begun = layout.begin(file, name, (SERIAL, "姓名", *(str(number) for number in range(1, _QUESTIONS + 1))))
    begun.sheet.sheet.set_column(2, _QUESTIONS + 1, 5)
    begun.sheet.put(1, 1, "标准答案")
    begun.sheet.put(2, 1, "分值")
    _write_example(begun.sheet, 3, ["张伟", "A", "BC", "ABD"])


def _write_help(sheet: SheetWriter) -> None:
    sheet.sheet.set_column(0, 0, 110, sheet.book.style("wrap"))
    for row, text in enumerate(_HELP_TEXT):
        sheet.put(row, 0, text, "required" if row == 0 else "wrap")
