"""Search: people by Chinese name, pinyin or initials, classes by name or number; only in scope."""

from typing import Any

from django.db.models import Q
from django.urls import reverse

from core.crypto import blind_index
from organization.models import Account
from trainees.models import Cadre
from training.models import Enrolment, TrainingClass

MOST = 20


Group = dict[str, Any]


def found(user: Account, q: str) -> list[Group]:
    """Groups with at least one row."""
    text = q.strip()
    if not text:
        return []
    groups = [
        {"label": "班次", "icon": "school", "rows": classes(user, text)},
        *people(user, named(text, "cadre__"), named(text)),
    ]
    return [group for group in groups if group["rows"]]


def with_number(user: Account, number: str) -> list[Group]:
    """Whoever has exactly this ID number, through the keyed hash, in scope (SEC-32)."""
    index = blind_index(number)
    groups = people(user, Q(cadre__id_number_index=index), Q(id_number_index=index))
    return [group for group in groups if group["rows"]]


def people(user: Account, trainee: Q, cadre: Q) -> list[Group]:
    return [
        {"label": "学员", "icon": "user", "rows": trainees(user, trainee)},
        {"label": "干部", "icon": "users", "rows": cadres(user, cadre)},
    ]


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


def trainees(user: Account, asked: Q) -> list[dict[str, str]]:
    """Trainees of the classes whose records the account may open."""
    managed = TrainingClass.objects.managed_by(user)
    rows = Enrolment.objects.visible_to(user).filter(asked, training_class__in=managed)
    linked = rows.select_related("training_class", "unit").order_by("cadre__pinyin", "-since", "pk")
    return [
        {
            "url": reverse("portal:result_detail", args=[row.pk]),
            "label": row.roster_name,
            "detail": f"{row.unit.name} · {row.training_class.name}",
        }
        for row in linked[:MOST]
    ]


def cadres(user: Account, asked: Q) -> list[dict[str, str]]:
    """People of the area, each with the way to their learning archive."""
    rows = Cadre.objects.visible_to(user).filter(asked, canonical=None).select_related("unit")
    return [
        {"url": reverse("portal:cadre", args=[row.pk]), "label": row.name, "detail": row.unit.name}
        for row in rows.order_by("pinyin", "pk")[:MOST]
    ]
