"""Invented documents: a class of 48 trainees from 15 units, with every awkward thing that a document meets."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from reports.papers.bulletin import Bulletin
from reports.papers.facts import ClassFacts, Issue
from reports.papers.figures import (
    Attendance,
    BulletinCandidate,
    CurriculumShare,
    ExamBand,
    ExamComparison,
    ExamFigures,
    GradeCount,
    PaperAnalysis,
    Satisfaction,
    SatisfactionRow,
    ScoreBand,
    ScoreSummary,
    UnitRow,
)
from reports.papers.letter import FeedbackLetter, TraineeRow
from reports.papers.sheet import BonusEntry, SheetBlock, SheetItem, TraineeSheet

D = Decimal
FACTS = ClassFacts(
    name="2026年春季学期中青年干部培训班",
    begins=date(2026, 3, 2),
    ends=date(2026, 3, 13),
    host="中共云岭市委组织部",
    trainees=48,
    hours=D("76"),
    scheme="“4+1”量化考核办法（第1版）",
    code="YL2026-01",
    organizer="中共云岭市委党校",
    place="云岭市委党校",
)
ISSUE = Issue(
    office="中共云岭市委组织部",
    day=date(2026, 3, 20),
    number="云组函〔2026〕12号",
    check_url="http://10.1.2.3:8000/check/8f3a2c91d7b64e0f",
)
DRAFT = replace(ISSUE, number=None)
UNASSESSED = replace(FACTS, unassessed=("出勤情况", "结业测试"))
LONG_NAME = "买买提·阿卜杜热合曼·吐尔逊江·艾合买提·玉素甫·依明江·热西"  # 31 characters


def trainee(name: str = "张伟", **changes: object) -> TraineeRow:
    row = TraineeRow(name, "政治部副主任", D("93.15"), "优秀", 3, D("72"), D("4"), D("44"), D("82.5"), "是")
    return replace(row, **changes)  # type: ignore[arg-type]


SMALL_UNIT = (
    trainee(),
    trainee("龚䶮", total=D("86.20"), grade="良好", rank=15, candidate=""),
    trainee("阿依古丽·买买提", post="", total=D("76.05"), grade="合格", rank=46, entry=None, candidate=""),
)


def letter(**changes: object) -> FeedbackLetter:
    made = FeedbackLetter(
        issue=ISSUE,
        facts=FACTS,
        unit="云岭市发展和改革局",
        rows=SMALL_UNIT,
        class_mean=D("85.11"),
        class_entry=D("44.33"),
        class_final=D("69.62"),
        attachments=("学员考核结果单（3份）",),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def _item(name: str, maximum: str, points: str, how: str) -> SheetItem:
    return SheetItem(name, D(maximum), D(points), how)


BLOCKS = (
    SheetBlock(
        "学风学纪",
        D(30),
        D("26.50"),
        D("27.31"),
        (
            _item("出勤情况", "15", "12.00", "满分15分，事假3次各扣1.00分"),
            _item("纪律建设", "10", "9.50", "满分10分；3月5日 −0.50 手机铃响"),
            _item("学习作业", "5", "5.00", "满分5分，无扣分记录"),
        ),
    ),
    SheetBlock(
        "班级管理",
        D(20),
        D("18.00"),
        D("17.20"),
        (
            _item("班务与支部活动", "8", "6.00", "满分8分；3月6日 −2.00 未参加支部会"),
            _item("小组履职", "6", "6.00", "满分6分，无扣分记录"),
            _item("内务与廉洁", "6", "6.00", "满分6分，无扣分记录"),
        ),
    ),
    SheetBlock(
        "课堂表现",
        D(25),
        D("19.50"),
        D("18.10"),
        (
            _item("课堂互动", "10", "9.00", "基础分6分，加分记录3条共3.00分"),
            _item("研讨交流", "15", "10.50", "2次评定：良12、中9，平均10.50分"),
        ),
    ),
    SheetBlock(
        "能力拓展",
        D(25),
        D("22.20"),
        D("19.60"),
        (
            _item("结业测试", "15", "13.50", "得90分，占90.00%，折合13.50分"),
            _item("调研报告", "10", "8.70", "3名评阅人平均8.70分"),
        ),
    ),
)


def sheet(**changes: object) -> TraineeSheet:
    made = TraineeSheet(
        issue=ISSUE,
        facts=FACTS,
        name="阿依古丽·买买提",
        unit="云岭市发展和改革局",
        post="固定资产投资科副科长、四级主任科员",
        blocks=BLOCKS,
        base=D("86.20"),
        bonus=D("5.00"),
        total=D("91.20"),
        class_total=D("85.11"),
        grade="优秀",
        grade_reason="总分91.20分，不低于90分；常规项合计86.20分，不低于85分",
        rank=3,
        ranked=45,
        attended=D("72"),
        leave=D("4"),
        entry=D("78"),
        final=D("90"),
        entry_mean=D("44.33"),
        final_mean=D("69.62"),
        bonus_entries=(BonusEntry(date(2026, 3, 9), D("5"), "代表本班作交流发言"),),
        candidate="是",
        group="第三组",
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def unassessed_sheet() -> TraineeSheet:
    """A class without attendance and without a final exam."""
    none = {"出勤情况", "结业测试"}
    blocks = tuple(
        replace(
            block,
            points=None if any(item.name in none for item in block.items) else block.points,
            items=tuple(
                replace(item, points=None, how="未评定") if item.name in none else item for item in block.items
            ),
        )
        for block in BLOCKS
    )
    return sheet(
        facts=UNASSESSED,
        blocks=blocks,
        grade="未评定",
        grade_reason="",
        rank=None,
        ranked=0,
        attended=None,
        leave=None,
        final=None,
        final_mean=None,
        candidate="",
    )


UNIT_NAMES = (
    "云岭市发展和改革局",
    "云岭市财政局",
    "云岭市教育局",
    "云岭市民政局",
    "云岭市人力资源和社会保障局",
    "清河县委组织部",
    "清河县石桥镇人民政府",
    "云岭经济技术开发区管理委员会综合保障中心",
    "云岭市公安局交通警察支队",
    "云岭市卫生健康委员会",
    "云岭市水利局",
    "云岭市农业农村局",
    "云岭市审计局",
    "云岭市统计局",
    "云岭市市场监督管理局",
)
ASPECTS = ("培训设计", "培训实施", "培训管理", "培训效果")
CANDIDATES = ("张伟", "龚䶮", "阿依古丽·买买提", "刘𬭎", "欧阳晓红", "王芳")
EXAMS = ExamComparison(
    entry=ExamFigures(47, D("44.33"), D("12.10"), D("78"), D("20")),
    final=ExamFigures(46, D("69.62"), D("13.80"), D("98"), D("36")),
    pairs=45,
    gain=D("25.40"),
    improved=43,
    bands=tuple(
        ExamBand(f"{low}—{low + 9}", entry, final)
        for low, entry, final in (
            (20, 6, 0),
            (30, 12, 2),
            (40, 14, 3),
            (50, 8, 6),
            (60, 5, 12),
            (70, 2, 11),
            (80, 0, 8),
            (90, 0, 4),
        )
    ),
)


def satisfaction(answers: int = 44, *suggestions: str) -> Satisfaction:
    return Satisfaction(answers, tuple(SatisfactionRow(name, 30, 10, 3, 1) for name in ASPECTS), suggestions)


def bulletin(**changes: object) -> Bulletin:
    made = Bulletin(
        issue=replace(ISSUE, office="中共云岭市委党校", number="云校发〔2026〕8号"),
        facts=FACTS,
        addressee="中共云岭市委组织部",
        curriculum=(
            CurriculumShare("理论教育", D("37"), D("48.68")),
            CurriculumShare("党性教育", D("24"), D("31.58")),
            CurriculumShare("能力培训", D("15"), D("19.74")),
        ),
        attendance=Attendance(19, D("97.42"), (("迟到", 5), ("早退", 0), ("事假", 8), ("旷课", 1)), 21, 2),
        scores=ScoreSummary(46, D("85.11"), D("96.35"), D("58.20"), D("7.23")),
        bands=tuple(
            ScoreBand(label, count)
            for label, count in (("60以下", 1), ("60—69", 2), ("70—79", 8), ("80—89", 20), ("90以上", 15))
        ),
        grades=(
            GradeCount("优秀", 15, D("32.61")),
            GradeCount("良好", 20, D("43.48")),
            GradeCount("合格", 10, D("21.74")),
            GradeCount("不合格", 1, D("2.17")),
            GradeCount("退学", 2, None),
        ),
        candidates=tuple(
            BulletinCandidate(name, unit, D("93.15"), D("88.15"), "是")
            for name, unit in zip(CANDIDATES, UNIT_NAMES, strict=False)
        ),
        units=tuple(UnitRow(name, 3, D("85.11"), 1, 1, 1, 0, 0) for name in UNIT_NAMES),
        exams=EXAMS,
        papers=(
            PaperAnalysis("入学测试", 40, D("0.44"), D("0.31"), D("0.78"), ("第3题", "第17题")),
            PaperAnalysis("结业考试", 40, D("0.70"), D("0.35"), None, (), ("第8题",)),
        ),
        satisfaction=satisfaction(44, "建议增加现场教学，多到基层一线看看。", "希望“案例教学”更多一些。"),
        copies=("市委办公室", "市政府办公室"),
    )
    return replace(made, **changes)  # type: ignore[arg-type]
