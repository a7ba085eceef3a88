"""Search: people by Chinese name, pinyin or initials, classes by name or number; only in scope."""

from typing import Any

from django.db.models import Q
from django.urls import reverse

from organization.models import Account
from trainees.models import Cadre
from training.models import Enrolment, TrainingClass

MOST = 20


def found(user: Account, q: str) -> list[dict[str, Any]]:
    """Groups with at least one row."""
    text = q.strip()
    if not text:
        return []
    groups = [
        {"label": "班次", "icon": "school", "rows": classes(user, text)},
        {"label": "学员", "icon": "user", "rows": trainees(user, text)},
        {"label": "干部", "icon": "users", "rows": cadres(user, text)},
    ]
    return [group for group in groups if group["rows"]]


def named(text: str, prefix: str = "") -> Q:
    """Hanzi are looked for anywhere in the name; letters at the beginning of pinyin or initials."""
    letters = "".join(text.lower().split())
    if letters.isascii():
        return Q(**{f"{prefix}pinyin__startswith": letters}) | Q(**{f"{prefix}initials__startswith": letters})
    return Q(**{f"{prefix}name__contains": "".join(text.split())}) | Q(**{f"{prefix}name__contains": text})


def classes(user: Account, text: str) -> list[dict[str, str]]:
    rows = TrainingClass.objects.visible_to(user).filter(Q(name__icontains=text) | Q(code__icontains=text))
    return [
        {
            "url": reverse("portal:class_page", args=[row.pk]),
            "label": row.name,
            "detail": " · ".join(filter(None, (row.code, row.organizer))),
        }
        for row in rows.order_by("-start", "pk")[:MOST]
    ]


def trainees(user: Account, text: str) -> list[dict[str, str]]:
    """Trainees of the classes whose records the account may open."""
    managed = TrainingClass.objects.managed_by(user)
    rows = Enrolment.objects.visible_to(user).filter(named(text, "cadre__"), training_class__in=managed)
    linked = rows.select_related("training_class", "unit").order_by("cadre__pinyin", "-since", "pk")
    return [
        {
            "url": reverse("portal:result_detail", args=[row.pk]),
            "label": row.roster_name,
            "detail": f"{row.unit.name} · {row.training_class.name}",
        }
        for row in linked[:MOST]
    ]


def cadres(user: Account, text: str) -> list[dict[str, str]]:
    """People of the area; department staff open their record in the admin."""
    rows = Cadre.objects.visible_to(user).filter(named(text), canonical=None).select_related("unit")
    return [
        {"url": cadre_url(user, row), "label": row.name, "detail": row.unit.name}
        for row in rows.order_by("pinyin", "pk")[:MOST]
    ]


def cadre_url(user: Account, row: Cadre) -> str:
    if user.has_perm("trainees.view_cadre"):
        return reverse("admin:trainees_cadre_change", args=[row.pk])
    return ""
