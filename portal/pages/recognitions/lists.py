"""学分认定: the lists: what waits for one's word, everything of the area, the own filings."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Min, QuerySet
from django.http import HttpRequest
from django.urls import reverse

from core.amounts import plain
from core.scope import any_of
from organization.models import Account
from organization.roles import Role
from portal.lists import chips, chosen
from portal.pages import ledger_asked, words
from portal.pages.recognitions import State, is_open_double, line, linked, source, told
from portal.pages.recognitions.clashes import clashes
from portal.rules_recognition import platforms_used_by, todo
from trainees.models import Recognition, own_way
from trainees.rules.recognition import FILED_CHANNELS
from trainees.services.recognition import UNDECIDED, Effect
from trainees.services.recognition.deciding import why_not_confirm
from trainees.services.year_checks import filed_of

COLUMNS = (
    "姓名", "单位", "学习内容", "学习方式", "平台或举办单位", "开始日期", "结束日期", "学时", "天数", "次数", "分钟", "完成比例（%）",
    "来源", "状态", "退回或撤销理由", "疑似重复", "申报时间",
)  # fmt: skip
TODO, EVERY = "", "all"


def of(user: Account) -> QuerySet[Recognition]:
    """Filings of the people whom the account works for: its own ones stand on another page."""
    roles = (Role.STAFF, Role.LIAISON)
    people = user.access.within("cadre__unit", *roles) | user.access.within("cadre__managing_authority", Role.STAFF)
    return Recognition.objects.visible_to(user).filter(people)


def filtered(request: HttpRequest, user: Account) -> tuple[QuerySet[Recognition], list[dict[str, Any]]]:
    """By state, channel, platform, doubles, name and year of a ledger; and the chips that say so."""
    rows = of(user)
    state = chosen(request, "state", [EVERY, *State.values])
    channel = chosen(request, "channel", [value for value, _ in FILED_CHANNELS])
    platforms = [(str(one.pk), one.name) for one in platforms_used_by(user)]
    platform = chosen(request, "platform", [key for key, _ in platforms])
    double = chosen(request, "double", ["yes"])
    if state != EVERY:
        rows = rows.filter(state=state) if state else rows.filter(todo(user))
    rows = rows.filter(channel=channel) if channel else rows
    rows = rows.filter(platform=UUID(platform)) if platform else rows
    rows = rows.filter(UNDECIDED) if double else rows
    if name := request.GET.get("name", "").strip()[:50]:
        rows = rows.filter(cadre__name__icontains=name) | rows.filter(title__icontains=name)
    groups = [
        _states(state),
        chips("channel", "方式", FILED_CHANNELS, channel),
        chips("double", "重复", [("yes", "疑似重复待判断")], double),
    ]
    groups += [chips("platform", "平台", platforms, platform)] if platforms else []
    if ledger := ledger_asked.asked(request, user):
        rows = rows.filter(pk__in=filed_of(*ledger))
        groups.append(ledger_asked.chip(ledger))
    return linked(rows).order_by("filed_at", "pk"), groups


def _states(state: str) -> dict[str, Any]:
    options = [(TODO, "待我办理"), (EVERY, "全部"), *State.choices]
    return {
        "name": "state",
        "label": "状态",
        "options": [{"value": key, "label": word, "count": None, "selected": key == state} for key, word in options],
    }


def page(request: HttpRequest, user: Account, page_obj: Any, filters: list[dict[str, Any]]) -> dict[str, Any]:
    """What templates/portal/recognition/list.html needs beside its page of rows."""
    page_obj.object_list = _lines(page_obj.object_list, user)
    query = request.GET.urlencode()
    return {
        "page_obj": page_obj,
        "filters": filters,
        "text": request.GET.get("name", "")[:50],
        "export_url": f"{reverse('portal:recognition_export')}?{query}",
        "is_staff": user.access.has(Role.STAFF),
        "platforms_url": reverse("portal:platform_list"),
        "file_url": reverse("portal:recognition_file") if user.access.has(Role.LIAISON) else "",
        "crumbs": words.crumbs(("学分认定", "")),
    }


def _lines(rows: Iterable[Recognition], user: Account) -> list[dict[str, Any]]:
    shown = list(rows)
    found = clashes(shown, user)
    return [line(row, found.get(row.pk, "")) for row in shown]


def mine(user: Account) -> dict[str, Any]:
    """What templates/portal/recognition/mine.html needs."""
    rows = linked(Recognition.objects.visible_to(user).filter(any_of(own_way(user.access, "cadre__")))).order_by(
        "-filed_at", "pk"
    )
    return {
        "rows": _lines(rows[:200], user),
        "new_url": reverse("portal:recognition_new"),
        "crumbs": words.crumbs(("我的学时申报", "")),
    }


def cells(row: Recognition) -> list[object]:
    """One line of the Excel export, as COLUMNS."""
    return [
        row.cadre.name, row.unit.name, row.title, row.get_channel_display(),
        row.platform.name if row.platform else row.provider, row.since, row.until, row.hours, row.days, row.sessions,
        row.minutes, row.share, source(row), row.get_state_display(), row.state_reason,
        "是" if is_open_double(row) else row.twin_reason, row.filed_at.date(),
    ]  # fmt: skip


def waiting(user: Account) -> dict[str, Any]:
    """How many filings wait for the account's word, and since when the oldest was filed; one query."""
    rows = of(user).filter(todo(user))
    return rows.aggregate(oldest=Min("filed_at")) | {"n": rows.count()}


def preview(rows: list[Recognition], effects: Mapping[UUID, list[Effect]], user: Account) -> dict[str, Any]:
    """What templates/portal/recognition/confirm.html needs: each filing with what the ledger would write, or why it is left."""
    held = clashes(rows, user)
    found = [_previewed(row, effects, user) | {"clash": held.get(row.pk, "")} for row in rows]
    good = [one for one in found if not one["why_not"]]
    return {
        "rows": found,
        "ready": len(good),
        "left": len(found) - len(good),
        "keys": [one["key"] for one in good],
        "total": plain(sum((effect.credits for one in good for effect in one["own"]), Decimal(0))),
        "list_url": reverse("portal:recognition_list"),
        "crumbs": words.crumbs(("学分认定", reverse("portal:recognition_list")), ("确认学分", "")),
    }


def _previewed(row: Recognition, effects: Mapping[UUID, list[Effect]], user: Account) -> dict[str, Any]:
    own = list(effects.get(row.pk, ()))
    words = "" if row.state == State.VETTED else f"状态是“{row.get_state_display()}”"
    return line(row) | {
        "why_not": words or why_not_confirm(row, user),
        "own": own,
        "effects": [told(one) for one in own],
    }
