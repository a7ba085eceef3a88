"""Settings of an authority: typed, with effective dates, inherited down the tree.

A setting is declared here once; a value for a unit holds for all below it until a nearer one, from its day on.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from organization.models import AuthoritySetting, Unit


@dataclass(frozen=True, slots=True)
class Preference:
    """One declared setting: its name for people, its type, and what holds where nobody set it."""

    label: str
    kind: type
    default: Any
    help: str


PREFERENCES: Mapping[str, Preference] = {
    "letter_word": Preference("反馈函代字", str, "培函", "文号开头，如“云培函”"),
    "bulletin_word": Preference("综合通报代字", str, "培通", "文号开头，如“云培通”"),
    "sheet_word": Preference("考核结果单代字", str, "培单", "文号开头，如“云培单”"),
    "letter_office": Preference("反馈函署名", str, "", "函头与落款的机关名称；空则用主办单位"),
    "morning_begins": Preference("上午上课时间", str, "08:30", "如 08:30"),
    "afternoon_begins": Preference("下午上课时间", str, "14:30", "如 14:30"),
    "evening_begins": Preference("晚上上课时间", str, "19:00", "如 19:00"),
    "late_minutes": Preference("迟到宽限（分钟）", int, 0, "考勤机记录：上课铃后几分钟以内不算迟到"),
    "scan_late_minutes": Preference("扫码迟到宽限（分钟）", int, 5, "上课铃后几分钟以内扫码签到不算迟到"),
    "lesson_minutes": Preference("每学时分钟数", int, 50, "含课间；课程表由学时推算下课时间"),
    "leave_manager_half_days": Preference("班主任批假上限（半天数）", int, 1, "不超过这么多半天，班主任同意即可"),
    "leave_office_half_days": Preference("教务处批假上限（半天数）", int, 2, "超过的再报分管校领导"),
    "leave_vice_president_half_days": Preference("分管校领导批假上限（半天数）", int, 4, "超过的再报组织部"),
    "deputy_days": Preference("代理最长天数", int, 90, "代理他人角色最多多少天，从办理当天算起"),
    "warning_month": Preference("学习预警起始月份", int, 9, "从这个月起，预计年内不能达标的都预警；1 到 12"),
    "warning_gap": Preference(
        "学习预警差距（%）", int, 30, "任一月份：时间已过的比例比学习完成的比例多出这么多，即预警"
    ),
    "report_back_days": Preference("述学期限（天）", int, 30, "结班后多少天以内在本单位述学并填报"),
    "objection_days": Preference("异议期（天）", int, 2, "成绩公示后可提出异议的天数（DOMAIN.md §3）"),
}


def check(key: str, value: object) -> None:
    """Raises ValueError with a sentence for people when the key is unknown or the value is of another type."""
    declared = PREFERENCES.get(key)
    if declared is None:
        raise ValueError(f"没有“{key}”这个设置项，可用：{'、'.join(PREFERENCES)}")
    if key.endswith("_begins") and not _is_time(value):
        raise ValueError(f"“{declared.label}”应为 时:分，如 08:30")
    if type(value) is not declared.kind:
        raise ValueError(f"“{declared.label}”应为{'整数' if declared.kind is int else '文字'}")


def preference(unit: Unit, key: str, on: date) -> Any:
    """The value in force for a unit on a day: the nearest unit upward that set it, latest first."""
    return preferences(unit, [key], on)[key]


def preferences(unit: Unit, keys: Iterable[str], on: date) -> dict[str, Any]:
    """Several settings at once, in one query."""
    wanted = list(keys)
    paths = Unit.upward(unit.path)
    rows = AuthoritySetting.objects.filter(unit__path__in=paths, key__in=wanted, since__lte=on)
    nearest = dict(rows.order_by("unit__depth", "since").values_list("key", "value"))
    return {key: nearest.get(key, PREFERENCES[key].default) for key in wanted}


def _is_time(value: object) -> bool:
    try:
        return time.fromisoformat(str(value)).strftime("%H:%M") == value
    except ValueError:
        return False
