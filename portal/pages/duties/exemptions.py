"""学习任务减免: who is asked less, why, and until somebody takes it back."""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from organization.models import Account
from portal.acts import ask
from portal.lists import chips, chosen
from portal.pages import words
from trainees.models import Cadre, Duty, Exemption

ALL = "全部要求"
COLUMNS = ("姓名", "单位", "年度", "要求", "情形", "减免比例（%）", "理由", "批准日期", "状态", "撤销理由")


def listed(request: HttpRequest, user: Account) -> tuple[QuerySet[Exemption], list[dict[str, Any]]]:
    """Reductions of the department's people, the latest first."""
    rows = Exemption.objects.visible_to(user).select_related("cadre__unit")
    years = [str(one) for one in rows.order_by("-year").values_list("year", flat=True).distinct()]
    year, kind = chosen(request, "year", years), chosen(request, "kind", Exemption.Kind.values)
    state = chosen(request, "state", ("held", "revoked"))
    rows = rows.filter(year=year) if year else rows
    rows = rows.filter(kind=kind) if kind else rows
    rows = rows.filter(revoked_at__isnull=state == "held") if state else rows
    groups = [
        chips("year", "年度", [(one, f"{one}年") for one in years], year),
        chips("kind", "情形", Exemption.Kind.choices, kind),
        chips("state", "状态", [("held", "有效"), ("revoked", "已撤销")], state),
    ]
    return rows.order_by("-year", "-at", "pk"), groups


def names(rows: Iterable[Exemption]) -> dict[str, str]:
    """What these people are asked, by code: a city has a million duties, a page some hundred."""
    duties = Duty.objects.unscoped("names of requirements, no people").filter(cadre__in={one.cadre_id for one in rows})
    return dict(duties.order_by("year").values_list("code", "name"))


def row(one: Exemption, codes: dict[str, str]) -> dict[str, Any]:
    held = one.revoked_at is None
    return {
        "name": one.cadre.name,
        "url": reverse("portal:cadre", args=[one.cadre_id]),
        "unit": one.cadre.unit.name,
        "year": one.year,
        "code": codes.get(one.code, one.code) or ALL,
        "kind": one.get_kind_display(),
        "share": one.share,
        "reason": one.reason,
        "on": words.day(timezone.localdate(one.at)),
        "held": held,
        "revoke_reason": one.revoke_reason,
        "proof_url": reverse("portal:exemption_proof", args=[one.pk]) if one.file_id else "",
        "ask": revoke_ask(one) if held else None,
    }


def cells(one: Exemption, codes: dict[str, str]) -> list[object]:
    shown = row(one, codes)
    found = [shown[name] for name in ("name", "unit", "year", "code", "kind", "share", "reason", "on")]
    return [*found, "有效" if shown["held"] else "已撤销", one.revoke_reason]


def revoke_ask(one: Exemption) -> dict[str, Any]:
    url = reverse("portal:exemption_revoke", args=[one.pk])
    text = f"{one.cadre.name}{one.year}年的学习任务将恢复到减免以前；原来的减免和撤销的理由都留着。"
    return ask(f"revoke-{one.pk}", url, "撤销", "撤销减免", text, reason="撤销的理由", hidden={"seen": one.version})


def years_for(today_year: int) -> Iterable[int]:
    """The years that a reduction may be for: last year's list may still be put right, next year's be prepared."""
    return today_year, today_year + 1, today_year - 1


def codes_of(cadre: Cadre) -> list[tuple[str, str]]:
    """What this person is asked, by name."""
    rows = Duty.objects.unscoped("of a cadre fetched in scope").filter(cadre=cadre).order_by("code")
    return list(dict(rows.values_list("code", "name")).items())
