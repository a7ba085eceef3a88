"""Invented contexts, one for each page template: what a view fills, with names of nobody."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.core.paginator import Paginator

from portal import styleguide
from portal.pages.archive.classes import radar
from portal.pages.archive.duties import gauge
from tests.reports import archive_samples as samples

Context = dict[str, Any]

ITEMS = (
    ("出勤情况", "15"),
    ("纪律建设", "10"),
    ("学习作业", "5"),
    ("班务与支部活动", "8"),
    ("小组履职", "6"),
    ("内务与廉洁", "6"),
    ("课堂互动", "10"),
    ("研讨交流", "15"),
    ("结业测试", "15"),
    ("调研报告", "10"),
)
PEOPLE = (
    ("刘𬭎", "青山区人民政府办公室", "优秀", "是"),
    ("龚䶮", "清溪县农业农村局", "优秀", "是"),
    ("司马清", "云岭市人民医院", "优秀", "待定"),
    ("阿依古丽·买买提", "清溪县委办公室", "良好", ""),
    ("欧阳致远", "云岭市发展和改革局", "合格", ""),
    ("余洋", "云岭市自然资源和规划局青山分局", "退学", ""),
)


def frame(active: str = "班次") -> Context:
    """What the base frame asks: rail, account, search."""
    groups: list[tuple[str, list[tuple[str, str, int | None]]]] = [
        ("工作", [("工作台", "layout-dashboard", 4), ("班次", "school", None), ("上传工作簿", "upload", None)]),
        ("材料", [("综合通报", "report", None), ("反馈函", "mail", 2)]),
        (
            "维护",
            [
                ("单位", "sitemap", None),
                ("干部", "users", None),
                ("考核方案", "scale", None),
                ("管理后台", "settings", None),
            ],
        ),
    ]
    rail = [
        {
            "label": label,
            "places": [
                {"label": name, "icon": icon, "count": count, "url": "#", "active": name == active}
                for name, icon, count in places
            ],
        }
        for label, places in groups
    ]
    account = {"name": "韩雪梅", "role": "班主任", "unit": "中共云岭市委党校"}
    return {
        "rail": rail,
        "account": account,
        "home_url": "/",
        "search_url": "/search/",
        "sign_out_url": "/sign-out/",
        "password_url": "/password/",
        "demo": True,
        "crumbs": [{"label": "首页", "url": "/"}, {"label": "班次", "url": "/classes/"}, {"label": "本页", "url": ""}],
    }


def class_list() -> Context:
    """Three classes of nine pages."""
    return frame() | {
        "page_obj": Paginator(styleguide.class_rows() * 9, 25).page(1),
        "filters": styleguide.filters(),
        "export_url": "#",
        "upload_url": "#",
    }


def empty_class_list() -> Context:
    """A manager's first visit."""
    return frame() | {"page_obj": Paginator([], 25).page(1), "upload_url": "#"}


def class_page(fragment: str, **own: Any) -> Context:
    """The frame of one class with one of its tabs."""
    labels = (
        ("概览", "_overview"),
        ("学员", "_roster"),
        ("成绩", "_results"),
        ("文件", "_files"),
        ("满意度", "_satisfaction"),
    )
    facts = [
        ("编号", "ZQ2026-01"),
        ("起止", "2026年3月2日—3月13日"),
        ("主办", "中共云岭市委组织部"),
        ("班主任", "韩雪梅"),
    ]
    page = {
        "header": {
            "name": "2026年春季中青年干部培训班",
            "state": "ended",
            "facts": [{"label": label, "value": value} for label, value in facts],
            "actions": [
                {"url": "#", "label": "更新工作簿", "icon": "upload"},
                {"url": "#", "label": "导出工作簿", "icon": "download"},
            ],
        },
        "tabs": [{"label": label, "url": "#", "active": name == fragment} for label, name in labels],
        "fragment": f"portal/class/{fragment}.html",
    }
    return frame() | page | own


def overview() -> Context:
    """The first tab: figures, facts, what is missing, what happened."""
    data = styleguide.context()
    return class_page("_overview", **{name: data[name] for name in ("figures", "facts", "checks", "events")})


def roster() -> Context:
    """The second tab."""
    rows = [
        {
            "order": order,
            "name": name,
            "url": "#",
            "unverified": order == 4,
            "unit": unit,
            "post": "科长",
            "level": "乡科级正职",
            "group": "第一组",
            "duty": "组长" if order == 1 else "",
            "id_masked": "9****************X",
            "state": "withdrawn" if grade == "退学" else "completed",
        }
        for order, (name, unit, grade, _) in enumerate(PEOPLE, 1)
    ]
    return class_page("_roster", page_obj=Paginator(rows, 50).page(1), export_url="#")


def result_row(order: int) -> Context:
    """One line of the table of results."""
    name, unit, grade, candidate = PEOPLE[(order - 1) % len(PEOPLE)]
    out = grade == "退学"
    return {
        "url": "#",
        "name": name,
        "unit": unit,
        "grade": grade,
        "candidate": candidate,
        "rank": None if out else order,
        "total": Decimal("97.85") - order,
        "cells": [Decimal(maximum) - Decimal("0.15") * order for _, maximum in ITEMS],
        "base": Decimal("90.85") - order,
        "bonus": Decimal("7"),
        "leave_hours": Decimal("11") if out else Decimal("0"),
        "attended_hours": Decimal("65") if out else Decimal("76"),
        "entry": Decimal("52"),
        "final": Decimal("82"),
    }


def results() -> Context:
    """The third tab: ten items, totals, grades, ranks, candidates."""
    return class_page(
        "_results",
        figures=styleguide.figures(),
        results={"state": "shown", "words": "公示至 2026年3月18日 17:00"},
        items=[{"name": name, "maximum": maximum} for name, maximum in ITEMS],
        rows=[result_row(order) for order in range(1, 19)],
        csv_url="#",
        xlsx_url="#",
        charts=[styleguide.bars()],
        asks=[styleguide.ask() | {"opener": "确认成绩", "title": "确认成绩", "reason": "", "action": "确认并签发"}],
    )


def files() -> Context:
    """The fourth tab: a batch on its way and what is there."""
    job = styleguide.jobs()[0] | {"finished": False, "url": "/job/"}
    groups = [{"label": "反馈函", "documents": styleguide.documents()}]
    return class_page("_files", job=job, groups=groups, zip_url="#", files_words="共 64 份，已完成 27 份")


def satisfaction() -> Context:
    """The fifth tab: counts, never people."""
    keys = ("name", "excellent", "good", "fair", "poor", "rate", "below_bar")
    rows = [("培训设计", 31, 14, 2, 0, "95.7", False), ("培训效果", 20, 18, 8, 1, "80.9", True)]
    questions = [dict(zip(keys, row, strict=True)) for row in rows]
    return class_page("_satisfaction", enough=True, answers=47, questions=questions, suggestions=["希望增加现场教学。"])


def result_detail() -> Context:
    """One trainee's points, each with its reason."""
    facts = [("请假学时", "2（上限 10.86）"), ("实到学时", "74 / 76"), ("入学测试", "70.00"), ("结业考试", "82.00")]
    return frame() | {
        "person": {"name": "龚䶮", "unit": "清溪县农业农村局", "post": "副局长"},
        "class_name": "2026年春季中青年干部培训班",
        "result": {
            "grade": "优秀",
            "candidate": "是",
            "state": "shown",
            "total": Decimal("95.9"),
            "base": Decimal("90.9"),
            "bonus": Decimal("5"),
            "rank": 7,
            "of": 47,
        },
        "grade_reasons": [
            "总分 95.90，不低于 90；常规项合计 90.90，不低于 85：优秀",
            "请假 2 学时，未超过总学时 76 的七分之一",
        ],
        "facts": [{"label": label, "value": value} for label, value in facts],
        "radar": styleguide.radar(),
        "items": styleguide.point_items(),
        "sums": styleguide.point_sums(),
        "sheet": {"url": "#", "state": "draft"},
        "previous_url": "#",
        "next_url": "#",
    }


def upload() -> Context:
    """Before anything is sent."""
    recent: list[Context] = [{"file_name": "春季班.xlsx", "url": "#", "about": "2026年春季中青年干部培训班"}]
    recent[0] |= {"when": datetime(2026, 3, 16, 9, 12, tzinfo=UTC), "who": "韩雪梅", "outcome": "有 11 处错误"}
    form = styleguide.ExampleForm()
    return frame("上传工作簿") | {"form": form, "op_id": "1", "steps": steps(0), "template_url": "#", "recent": recent}


def steps(done: int) -> list[Context]:
    """The path of an import with its first steps done."""
    states = ["done"] * done + ["current"] + ["todo"] * 3
    return [
        {"label": label, "state": state} for label, state in zip(("上传", "核对", "确认", "完成"), states, strict=False)
    ]


def rehearsal(errors: int = 11) -> Context:
    """After the rehearsal: with errors nothing can be confirmed, without them a dialog says what will be written."""
    return frame("上传工作簿") | {
        "rehearsal": {"file_name": "春季班.xlsx", "errors": errors, "warnings": 2, "notices": 1},
        "verdict": f"有 {errors} 处错误，改正后才能导入；没有写入任何内容。"
        if errors
        else "没有错误；有 2 处提醒请核对。",
        "figures": [{"label": "错误", "value": errors, "unit": "处"}, {"label": "学员", "value": 48, "unit": "人"}],
        "target": {
            "known": True,
            "url": "#",
            "name": "2026年春季中青年干部培训班",
            "words": "按班次编号 ZQ2026-01 认出。",
            "facts": styleguide.context()["facts"],
        },
        "changes": [{"label": "学员", "added": 0, "changed": 1, "removed": 0}],
        "error_sheets": styleguide.fault_sheets() if errors else [],
        "warning_sheets": styleguide.fault_sheets()[1:],
        "ask": None if errors else styleguide.ask() | {"reason": "", "title": "确认导入", "action": "导入"},
        "marked_url": "#",
        "upload_url": "#",
        "steps": steps(1),
    }


def done() -> Context:
    """After the import: what it did and what comes next."""
    return frame("上传工作簿") | {
        "class_name": "2026年春季中青年干部培训班",
        "class_url": "#",
        "verdict": "导入完成，成绩已算出。",
        "sentences": ["建立班次 1 个，学员 48 人。", "写入考勤 1,056 次、量化记录 316 条。"],
        "job": styleguide.jobs()[1],
        "next_steps": styleguide.checks(),
        "steps": steps(3),
    }


def trainee() -> Context:
    """A trainee's home, phone first."""
    line = samples.a_class()
    step: Context = {
        "class_name": line.name,
        "period": "2026年3月2日—3月13日",
        "role": line.role,
        "hours": "实到 74 / 76 学时",
    }
    step |= {"state": "completed", "result": line.result, "url": "#", "sheet_url": "#", "work_url": "#"}
    due = {
        "icon": "target",
        "title": "脱产培训",
        "text": "还差 28 学时",
        "url": "#",
        "on": samples.TODAY,
        "late": False,
    }
    places = [("首页", "home", True), ("成绩", "award", False), ("文件", "files", False)]
    return frame() | {
        "person": {"name": "龚䶮", "unit": "清溪县农业农村局"},
        "today": {
            "url": "#",
            "when": "明天",
            "row": {"begins": "08:30", "title": "宪法与依法行政", "place": "第一报告厅"},
        },
        "gauges": [gauge(one, samples.TODAY) for one in samples.archive().duties],
        "figures": styleguide.figures()[:3],
        "due": [
            due,
            due | {"title": "学分认定被退回：乡村振兴专题", "text": "请补交结业证明", "on": None, "late": True},
        ],
        "radar": radar(line),
        "steps": [step, step | {"result": None, "state": "reported", "url": "", "sheet_url": ""}],
        "archive_url": "#",
        "papers": {"rows": [], "job": None, "order_url": "#", "op_id": "1"},
        "phone_places": [
            {"label": label, "icon": icon, "url": "#", "active": active} for label, icon, active in places
        ],
    }


def liaison() -> Context:
    """A unit's letters."""
    page = Paginator(styleguide.documents(), 25).page(1)
    return frame("反馈函") | {"unit_name": "云岭市教育局", "page_obj": page, "filters": styleguide.filters()}


def leader() -> Context:
    """Figures and bulletins of an area."""
    return frame("综合通报") | {
        "area_name": "云岭市",
        "period_words": "2026年1月至今",
        "figures": styleguide.figures(),
        "charts": [styleguide.bars()],
        "page_obj": Paginator(styleguide.documents()[:1], 25).page(1),
    }


def staff() -> Context:
    """The department's desk."""
    waits = [
        {
            "icon": "school",
            "label": "3 个班次结束未结班",
            "detail": "最久的：乡镇党政正职专题班",
            "url": "#",
            "age": "12 天",
            "late": True,
        },
        {"icon": "user-check", "label": "7 名干部待核", "detail": "来自班次工作簿", "url": "#", "age": "2 天"},
    ]
    own = {"area_name": "云岭市", "today": date(2026, 3, 16), "figures": styleguide.figures(), "upload_url": "#"}
    return frame("工作台") | own | {"waits": waits, "events": styleguide.events()}


def verify(verdict: str) -> Context:
    """What a QR code opens."""
    facts = [
        ("文号", "云组训函〔2026〕13号"),
        ("种类", "反馈函"),
        ("签发机关", "中共云岭市委组织部"),
        ("签发日期", "2026年3月20日"),
    ]
    document = {
        "replaced_by": "云组训函〔2026〕19号",
        "facts": [{"label": label, "value": value} for label, value in facts],
    }
    return {"verdict": verdict, "document": None if verdict == "unknown" else document}


def search() -> Context:
    """Names found in scope."""
    rows = [{"url": "#", "label": "龚䶮", "detail": "清溪县农业农村局 · 副局长"}]
    return frame() | {"q": "gong", "groups": [{"label": "干部", "icon": "user", "rows": rows}]}


def sign_in() -> Context:
    """The door, after a wrong password."""
    from django.contrib.auth.forms import AuthenticationForm

    form = AuthenticationForm()
    form.fields["username"].label, form.fields["password"].label = "用户名", "密码"
    return {"form": form, "next": "/", "demo_accounts": [{"role": "班主任", "username": "banzhuren"}]}


REFUSAL: Context = {
    "refusal": {"what": "更正龚䶮的成绩", "why": "成绩已经确认", "who": "考评工作小组，填写更正理由并经第二人同意"}
}

PAGES: dict[str, tuple[str, Context]] = {
    "sign_in": ("registration/login.html", sign_in()),
    "class_list": ("portal/class_list.html", class_list()),
    "class_list_empty": ("portal/class_list.html", empty_class_list()),
    "overview": ("portal/class_page.html", overview()),
    "roster": ("portal/class_page.html", roster()),
    "results": ("portal/class_page.html", results()),
    "results_empty": ("portal/class_page.html", class_page("_results", upload_url="#")),
    "files": ("portal/class_page.html", files()),
    "files_empty": ("portal/class_page.html", class_page("_files")),
    "satisfaction": ("portal/class_page.html", satisfaction()),
    "satisfaction_few": ("portal/class_page.html", class_page("_satisfaction", enough=False)),
    "result": ("portal/result_detail.html", result_detail()),
    "upload": ("portal/workbook/upload.html", upload()),
    "rehearsal": ("portal/workbook/rehearsal.html", rehearsal()),
    "rehearsal_clean": ("portal/workbook/rehearsal.html", rehearsal(errors=0)),
    "done": ("portal/workbook/done.html", done()),
    "trainee": ("portal/home_trainee.html", trainee()),
    "liaison": ("portal/home_liaison.html", liaison()),
    "leader": ("portal/home_leader.html", leader()),
    "staff": ("portal/home_staff.html", staff()),
    "search": ("portal/search.html", search()),
    "verify": ("portal/verify.html", verify("issued")),
    "verify_replaced": ("portal/verify.html", verify("replaced")),
    "verify_unknown": ("portal/verify.html", verify("unknown")),
    "403": ("403.html", REFUSAL),
    "404": ("404.html", {}),
    "500": ("500.html", {}),
    "429": ("errors/429.html", {}),
    "csrf": ("errors/csrf.html", {}),
    "409": ("errors/409.html", {}),
    "410": ("errors/410.html", {}),
    "413": ("errors/413.html", REFUSAL),
    "503": ("errors/503.html", {}),
    "styleguide": ("portal/styleguide/page.html", frame() | styleguide.context()),
}
