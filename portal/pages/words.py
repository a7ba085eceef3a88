"""How dates, people and acts are written on pages."""

from datetime import date, datetime
from decimal import Decimal

from django.utils import timezone

EVENTS = {
    "import.rehearsed": "核对班次工作簿",
    "import.rejected": "核对班次工作簿：有错误",
    "import.committed": "导入班次工作簿",
    "class.added": "建立班次",
    "class.changed": "更改班次信息",
    "class.export": "导出班次工作簿",
    "roster.export": "导出学员名册",
    "results.score": "计算成绩",
    "results.show": "公示成绩",
    "results.confirm": "确认成绩",
    "results.amend": "更正成绩",
    "results.export": "下载成绩汇总",
    "documents.draft": "生成文件草稿",
    "documents.zip": "打包下载文件",
    "document.issue": "印发文件",
    "document.read": "下载文件",
    "document.void": "作废文件",
    "candidate.decide": "决定优秀学员人选",
    "leave.override": "特批请假超限",
    "cadre.unmask": "查看完整身份证号",
    "unit.add": "增设单位",
    "unit.change": "更改单位",
    "grant.add": "授予角色",
    "grant.end": "收回角色",
    "setting.change": "更改机构设置",
    "account.add": "开通账号",
    "account.change": "更改账号",
    "account.sign_in": "登录",
    "account.password": "修改密码",
}


def day(on: date | None) -> str:
    return f"{on.year}年{on.month}月{on.day}日" if on else ""


def period(start: date, end: date) -> str:
    """2026年3月2日—3月13日; the year again only where it differs."""
    until = day(end) if end.year != start.year else f"{end.month}月{end.day}日"
    return day(start) if start == end else f"{day(start)}—{until}"


def moment(at: datetime) -> str:
    local = timezone.localtime(at)
    return f"{day(local.date())} {local:%H:%M}"


def points(value: Decimal | None) -> str:
    return "—" if value is None else f"{value:.2f}"


def hours(value: Decimal | None) -> str:
    """Hours without a needless nought: 74, 74.5."""
    return "—" if value is None else f"{value.normalize():f}"


def event(name: str) -> str:
    return EVENTS.get(name, "其他操作")


def fact(label: str, value: object, url: str = "") -> dict[str, object]:
    return {"label": label, "value": value, "url": url}


def figure(label: str, value: object, unit: str = "", note: str = "", url: str = "") -> dict[str, object]:
    return {"label": label, "value": value, "unit": unit, "note": note, "url": url}


def note(tone: str, text: str) -> dict[str, str]:
    return {"tone": tone, "text": text}


def check(label: str, ok: bool, detail: str = "", url: str = "", action: str = "") -> dict[str, object]:
    return {"label": label, "ok": ok, "detail": detail, "url": url, "action": action}
