"""冻结的台账: whose year a check found to differ, for the department that releases it."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from organization.models import Account
from portal.acts import ask
from portal.lists import page_of
from portal.pages import words
from trainees.models import FrozenYear

TEXT = (
    "{}。请先查明：对照学习档案里的台账逐条核对，余额不符的请系统管理员按运维手册重建。"
    "解除后可以继续入账；仍不符的，下一次核对会再冻结。"
)


def frozen(request: HttpRequest, user: Account) -> dict[str, Any]:
    """The latest first; nothing is shown where nothing is frozen."""
    rows = FrozenYear.objects.visible_to(user).standing().select_related("cadre__unit")
    page = page_of(request, rows.order_by("-frozen_at", "-pk"))
    page.object_list = [_line(one) for one in page.object_list]
    return {"page_obj": page}


def _line(one: FrozenYear) -> dict[str, Any]:
    url = reverse("portal:ledger_release", args=[one.pk])
    return {
        "name": one.cadre.name,
        "unit": one.cadre.unit.name,
        "year": one.year,
        "words": one.words,
        "at": words.moment(one.frozen_at),
        "url": reverse("portal:cadre", args=[one.cadre_id]),
        "ask": ask(
            f"release-{one.pk}", url, "解除冻结", f"解除{one}台账的冻结？", TEXT.format(one.words), reason="查明的情况"
        ),
    }
