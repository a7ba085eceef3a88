"""Words and tones of states: one table for every page, so that a state looks the same wherever it is shown.

A tone is one of good, warn, info, bad, off, strong; the style sheet knows what each looks like.
"""

from __future__ import annotations

from typing import NamedTuple


class Badge(NamedTuple):
    """The word that people read and the tone that colours it."""

    label: str
    tone: str


BADGES: dict[str, dict[str, Badge]] = {
    "class": {
        "planned": Badge("计划", "info"),
        "running": Badge("进行中", "good"),
        "ended": Badge("已结束", "warn"),
        "closed": Badge("已结班", "off"),
        "reopened": Badge("重新打开", "warn"),
        "cancelled": Badge("已取消", "bad"),
    },
    "enrolment": {
        "invited": Badge("已通知", "info"),
        "reported": Badge("已报到", "good"),
        "no_show": Badge("未报到", "bad"),
        "substituted": Badge("已替换", "off"),
        "withdrawn": Badge("退学", "bad"),
        "completed": Badge("已结业", "good"),
    },
    "result": {
        "none": Badge("尚无成绩", "off"),
        "draft": Badge("草稿", "off"),
        "shown": Badge("公示中", "info"),
        "confirmed": Badge("已确认", "good"),
        "amended": Badge("已更正", "warn"),
    },
    "grade": {
        "优秀": Badge("优秀", "strong"),
        "良好": Badge("良好", "good"),
        "合格": Badge("合格", "info"),
        "不合格": Badge("不合格", "bad"),
        "退学": Badge("退学", "bad"),
        "未评定": Badge("未评定", "off"),
    },
    "candidate": {
        "是": Badge("优秀学员人选", "strong"),
        "待定": Badge("人选待定", "warn"),
    },
    "document": {
        "draft": Badge("草稿", "off"),
        "issued": Badge("已签发", "good"),
        "replaced": Badge("已被替换", "warn"),
        "void": Badge("已作废", "bad"),
    },
    "job": {
        "waiting": Badge("等待中", "off"),
        "running": Badge("处理中", "info"),
        "done": Badge("已完成", "good"),
        "failed": Badge("失败", "bad"),
        "cancelled": Badge("已取消", "off"),
    },
    "ledger_year": {
        "open": Badge("未结账", "info"),
        "busy": Badge("办理中", "warn"),
        "closed": Badge("已结账", "off"),
    },
    "recognition": {
        "filed": Badge("待单位审核", "warn"),
        "vetted": Badge("待组织部确认", "info"),
        "confirmed": Badge("已认定", "good"),
        "returned": Badge("已退回", "bad"),
        "withdrawn": Badge("已撤回", "off"),
        "revoked": Badge("已撤销", "off"),
    },
    "correction": {
        "asked": Badge("待审批", "warn"),
        "approved": Badge("已更正", "good"),
        "returned": Badge("已退回", "bad"),
        "withdrawn": Badge("已撤回", "off"),
    },
    "leave": {
        "asked": Badge("待审批", "warn"),
        "granted": Badge("已准假", "good"),
        "refused": Badge("未准假", "bad"),
        "withdrawn": Badge("已撤回", "off"),
        "cancelled": Badge("已取消", "off"),
        "returned": Badge("已销假", "info"),
    },
    "duty": {
        "met": Badge("已达标", "good"),
        "ahead": Badge("预计可达标", "info"),
        "short": Badge("未达标", "warn"),
        "behind": Badge("进度落后", "warn"),
        "running": Badge("进行中", "info"),
        "overdue": Badge("逾期未达标", "bad"),
        "exempt": Badge("免除", "off"),
    },
    "fault": {
        "error": Badge("错误", "bad"),
        "warning": Badge("提醒", "warn"),
        "notice": Badge("说明", "info"),
    },
}


def badge_for(kind: str, value: str, label: str = "") -> Badge:
    """The badge of a state; a state that is not in the table is shown by its own word in a quiet tone."""
    known = BADGES.get(kind, {}).get(value, Badge(value, "off"))
    return Badge(label or known.label, known.tone)
