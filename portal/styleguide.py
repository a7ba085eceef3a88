"""Example data of the page /styleguide/: every component once, with invented people, units and numbers."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.paginator import Paginator

from portal import styleguide_teaching
from portal.badges import BADGES
from portal.pages.radar import radar_of

Context = dict[str, Any]


class ExampleForm(forms.Form):
    """A form with a filled, a wrong, a choice and a tick field."""

    name = forms.CharField(label="班次名称", initial="2026年春季中青年干部培训班", max_length=60)
    id_number = forms.CharField(label="身份证号", help_text="十八位，末位可以是 X。")
    kind = forms.ChoiceField(label="班次类别", choices=[("main", "主体班"), ("topic", "专题班")])
    full_time = forms.BooleanField(label="脱产学习", required=False, initial=True)
    workbook = forms.FileField(label="班次工作簿", required=False)

    def clean_id_number(self) -> str:
        """Always wrong: the page shows what a refusal looks like."""
        raise forms.ValidationError("校验位不符，应为 7。请核对后四位。")


def example_form() -> ExampleForm:
    """The form as it comes back after a mistake."""
    return ExampleForm({"name": "2026年春季中青年干部培训班", "id_number": "999894198703120010", "kind": "main"})


def figures() -> list[Context]:
    """Four figures, the first opens the list behind it."""
    return [
        {"label": "在办班次", "value": 12, "unit": "个", "note": "比上月多 3 个", "url": "#figures"},
        {"label": "参训学员", "value": "1,486", "unit": "人次", "note": "", "url": ""},
        {"label": "平均分", "value": "86.42", "unit": "分", "note": "入学 52.63，结业 73.74", "url": ""},
        {"label": "满意率", "value": "96.8", "unit": "%", "note": "要求不低于 85%", "url": ""},
    ]


def badge_rows() -> list[Context]:
    """Each kind of state with all its words."""
    names = {
        "class": "班次",
        "enrolment": "学员",
        "result": "成绩",
        "grade": "等次",
        "candidate": "人选",
        "document": "文件",
        "job": "处理",
        "ledger_year": "台账年度",
        "recognition": "学分认定",
        "leave": "请假",
        "correction": "更正申请",
        "duty": "学习任务",
        "fault": "问题",
    }
    return [{"kind": kind, "name": names[kind], "values": list(values)} for kind, values in BADGES.items()]


def filters() -> list[Context]:
    """Two groups of chips, one chosen in each."""
    states = [("", "全部", 12, True), ("running", "进行中", 5, False), ("ended", "已结束", 4, False)]
    years = [("2026", "2026年", None, True), ("2025", "2025年", None, False)]
    return [
        {
            "name": name,
            "label": label,
            "options": [dict(zip(("value", "label", "count", "selected"), o, strict=True)) for o in options],
        }
        for name, label, options in (("state", "状态", states), ("year", "年度", years))
    ]


def class_rows() -> list[Context]:
    """Rows of a class list."""
    words = [
        ("2026年春季中青年干部培训班", "ZQ2026-01", "2026年3月2日—3月13日", 48, "ended", "shown"),
        ("乡镇党政正职乡村振兴专题班", "XZ2026-03", "2026年4月7日—4月11日", 56, "running", "none"),
        ("新提拔科级干部任职培训班", "RZ2025-11", "2025年11月3日—11月14日", 62, "closed", "confirmed"),
    ]
    keys = ("name", "code", "period", "trainees", "state", "results_state")
    return [{"url": "#tables", "organizer": "中共云岭市委组织部", **dict(zip(keys, row, strict=True))} for row in words]


def fault_sheets() -> list[Context]:
    """Faults of two sheets, one with what follows from it."""
    follows = [
        "考勤 第15行“何志远”不在名册：名册第17行缺姓名",
        "量化记录 第22行、第31行“何志远”同此",
    ]
    roster = [
        {
            "row": 14,
            "column": "单位",
            "found": "市发展改革局",
            "message": "没有这个单位，最接近的是：云岭市发展和改革局",
        },
        {"row": 15, "column": "身份证号", "found": "999894198703120010", "message": "校验位不符，应为 5"},
        {"row": 17, "column": "姓名", "found": "", "message": "缺姓名", "follows": follows},
    ]
    return [
        {"name": "花名册", "faults": roster},
        {"name": "考勤", "faults": [{"row": 5, "column": "3月4日上午", "found": "迟旷", "message": "不是考勤标记"}]},
    ]


def point_items() -> list[Context]:
    """Three items with their rules and records."""
    late = {"date": date(2026, 3, 4), "text": "上午 迟到", "points": Decimal("-1"), "recorder": ""}
    talk = {"date": date(2026, 3, 6), "text": "主动发言，联系实际", "points": Decimal("2"), "recorder": "韩雪梅"}
    return [
        {
            "block": "学风学纪",
            "name": "出勤情况",
            "points": Decimal("14"),
            "maximum": Decimal("15"),
            "rule": "满分 15 分，按考勤标记扣分：迟到 1 次",
            "reasons": [late],
        },
        {
            "block": "课堂表现",
            "name": "课堂互动",
            "points": Decimal("8"),
            "maximum": Decimal("10"),
            "rule": "基础分 6 分，加 1 条记录共 2 分",
            "reasons": [talk],
        },
        {
            "block": "能力拓展",
            "name": "结业测试",
            "points": Decimal("12.3"),
            "maximum": Decimal("15"),
            "rule": "试卷得分率 82% × 15",
            "reasons": [],
        },
        {
            "block": "+1",
            "name": "加分项",
            "points": None,
            "maximum": None,
            "rule": "未评定：工作簿没有量化记录",
            "reasons": [],
        },
    ]


def point_sums() -> list[Context]:
    """The two lines under the table of points."""
    return [
        {"label": "常规项合计", "points": Decimal("90.9"), "maximum": Decimal("100"), "note": "十项之和"},
        {"label": "总分", "points": Decimal("95.9"), "maximum": None, "note": "常规项合计 + 加分项"},
    ]


def radar() -> Context:
    """One trainee against the class mean, four blocks."""
    blocks = [
        ("学风学纪", 30, 28.0, 27.1),
        ("班级管理", 20, 19.0, 18.2),
        ("课堂表现", 25, 22.0, 19.4),
        ("能力拓展", 25, 20.9, 18.8),
    ]
    return radar_of("四个板块：本人与班级平均", blocks)


def bars() -> Context:
    """How many trainees have which grade."""
    counts = [("优秀", 19), ("良好", 20), ("合格", 6), ("不合格", 2), ("退学", 1)]
    return {
        "id": "chart-bars",
        "kind": "bars",
        "title": "等次分布",
        "data": {
            "categories": [name for name, _ in counts],
            "series": [{"name": "人数", "values": [count for _, count in counts]}],
            "unit": "人",
        },
        "table": {"head": ["等次", "人数"], "rows": counts},
    }


def documents() -> list[Context]:
    """One document in each state."""
    issued = date(2026, 3, 20)
    return [
        {
            "recipient": "云岭市财政局",
            "title": "反馈函",
            "number": "云组训函〔2026〕12号",
            "state": "issued",
            "issued_on": issued,
            "url": "#documents",
        },
        {
            "recipient": "云岭市教育局",
            "title": "反馈函",
            "number": "云组训函〔2026〕19号",
            "state": "issued",
            "issued_on": issued,
            "url": "#documents",
            "replaces": "云组训函〔2026〕13号",
        },
        {
            "recipient": "云岭市教育局",
            "title": "反馈函",
            "number": "云组训函〔2026〕13号",
            "state": "replaced",
            "issued_on": issued,
            "url": "#documents",
        },
        {
            "recipient": "云岭市民政局",
            "title": "反馈函",
            "number": "",
            "state": "draft",
            "issued_on": None,
            "url": "#documents",
        },
    ]


def jobs() -> list[Context]:
    """Long work: at half, done, and with failures. All are finished here, so that nothing is polled."""
    failed = [{"subject": "反馈函 · 云岭市审计局", "reason": "字库无此字：𬭎", "attempts": 3}]
    shared = {"url": "#jobs", "unit": "份", "total": 64, "finished": True}
    return [
        {**shared, "id": "a", "title": "生成反馈函与成绩单", "state": "running", "done": 27, "time_left": "40 秒"},
        {**shared, "id": "b", "title": "生成反馈函与成绩单", "state": "done", "done": 64, "result_url": "#jobs"},
        {
            **shared,
            "id": "c",
            "title": "生成反馈函与成绩单",
            "state": "failed",
            "done": 63,
            "failed": 1,
            "errors": failed,
        },
    ]


def checks() -> list[Context]:
    """What is there and what is missing before a class can be closed."""
    return [
        {"label": "花名册与课程表", "ok": True, "detail": "48 名学员，76 学时"},
        {"label": "考勤完整", "ok": True, "detail": "22 个时段都有记录"},
        {"label": "成绩已确认", "ok": False, "detail": "公示至 3月18日 17:00", "url": "#checks", "action": "去确认"},
    ]


def events() -> list[Context]:
    """A short story of one class."""
    return [
        {
            "title": "导入班次工作簿",
            "when": "2026年3月16日 09:12",
            "who": "韩雪梅",
            "text": "新增学员 48 人、时段 22 个、量化记录 316 条。",
        },
        {"title": "公示成绩", "when": "2026年3月16日 10:00", "who": "韩雪梅", "text": ""},
    ]


def ask() -> Context:
    """A step that writes: it says its numbers and asks a reason."""
    return {
        "id": "ask-example",
        "url": "#dialogs",
        "title": "更正已确认的成绩",
        "text": "将更正 1 名学员的成绩，并重新签发 3 份文件：",
        "points": ["反馈函 1 份、成绩单 1 份、综合通报 1 份", "旧文件注明“已被替换”，文号不再使用"],
        "reason": "更正的理由",
        "action": "更正并重新签发",
        "op_id": "00000000-0000-7000-8000-000000000000",
    }


def context() -> Context:
    """Everything that templates/portal/styleguide/page.html shows."""
    return styleguide_teaching.context() | {
        "figures": figures(),
        "badge_rows": badge_rows(),
        "filters": filters(),
        "page_obj": Paginator(class_rows() * 9, 3).page(2),
        "sheets": fault_sheets(),
        "items": point_items(),
        "sums": point_sums(),
        "radar": radar(),
        "bars": bars(),
        "documents": documents(),
        "jobs": jobs(),
        "checks": checks(),
        "events": events(),
        "ask": ask(),
        "form": example_form(),
        "facts": [
            {"label": "主办单位", "value": "中共云岭市委组织部"},
            {"label": "培训地点", "value": "市委党校 3 号楼 201"},
            {"label": "班主任", "value": "韩雪梅", "url": "#facts"},
            {"label": "计划人数", "value": ""},
        ],
        "tabs": [
            {"label": "概览", "url": "#tabs", "active": True},
            {"label": "学员", "url": "#tabs", "count": 48},
            {"label": "成绩", "url": "#tabs"},
        ],
        "steps": [
            {"label": "上传", "state": "done"},
            {"label": "核对", "state": "current"},
            {"label": "确认", "state": "todo"},
            {"label": "完成", "state": "todo"},
        ],
        "tones": [
            {"tone": "good", "text": "已确认成绩，签发文件 64 份。"},
            {"tone": "info", "text": "这个班次由工作簿建立，按班次编号识别。"},
            {"tone": "warn", "text": "党性教育学时占 18.4%，低于 20%；可以继续，请核对。"},
            {"tone": "bad", "text": "有 11 处错误，改正后才能导入；没有写入任何内容。"},
        ],
        "colours": [
            ("--accent", "强调"),
            ("--ink", "正文"),
            ("--ink-3", "次要"),
            ("--link", "链接"),
            ("--good", "完成"),
            ("--warn", "提醒"),
            ("--bad", "错误"),
            ("--info", "说明"),
        ],
    }
