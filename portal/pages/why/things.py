"""Finding the thing that is asked about by what people know of it: number, name, address.

Whoever sees the thing finds it as in the search. The security administrator, who sees no business data, finds only what
was typed in full, and reads nothing of it but its unit.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db.models import Model, Q
from django.urls import Resolver404, resolve

from core.models import Batch
from core.scope import ScopedQuerySet
from organization.models import Account, Unit
from organization.roles import Role
from portal.pages.search import named
from reports.models import Document
from trainees.models import Cadre
from training.models import Enrolment, TrainingClass

MOST = 20
BLIND = "a thing that the security administrator named in full; only its unit is shown"
KINDS = (
    ("class", "班次"),
    ("cadre", "干部"),
    ("trainee", "班次里的学员"),
    ("document", "文件"),
    ("address", "网页地址"),
)
NUMBER = re.compile(r"^(?P<word>.+?)\s*[〔\[（(【](?P<year>\d{4})[〕\]）)】]\s*(?P<number>\d{1,9})\s*号?$")

PLACES: dict[str, tuple[str, str]] = {
    "classes": ("training.TrainingClass", "pk"),
    "results": ("assessments.Result", "enrolment"),
    "documents": ("reports.Document", "pk"),
    "workbooks": ("assessments.WorkbookImport", "pk"),
    "leaves": ("training.LeaveRequest", "pk"),
    "corrections": ("training.CorrectionRequest", "pk"),
    "enrolments": ("training.Enrolment", "pk"),
}
"""The first part of an address: which model its first argument names, and by which column."""


@dataclass(frozen=True, slots=True)
class Thing:
    """One row, and the words with which the asker may be told of it."""

    row: Model
    title: str
    detail: str

    @property
    def model(self) -> type[Model]:
        return type(self.row)

    @property
    def rows(self) -> ScopedQuerySet:
        """The one row, before any scope."""
        return self.model._default_manager.filter(pk=self.row.pk)  # type: ignore[return-value]


def is_blind(asker: Account) -> bool:
    """The security administrator answers for grants and sees no business data."""
    return asker.access.has(Role.SECURITY_ADMIN)


def find(asker: Account, kind: str, text: str, class_text: str = "") -> list[Thing]:
    """Things that fit, at most twenty; none where nothing fits or the asker may not see it."""
    rows = FINDERS[kind](asker, text.strip(), class_text.strip())
    if rows is None:
        return []
    seen = rows.unscoped(BLIND) if is_blind(asker) else rows.visible_to(asker)
    return [_thing(asker, row, text.strip(), class_text.strip()) for row in seen[:MOST]]


def class_named(asker: Account, text: str, prefix: str = "") -> Q:
    exact = Q(**{f"{prefix}code": text}) | Q(**{f"{prefix}name": text})
    return exact if is_blind(asker) else exact | Q(**{f"{prefix}name__icontains": text})


def _classes(asker: Account, text: str, class_text: str) -> ScopedQuerySet:
    return TrainingClass.objects.filter(class_named(asker, text)).select_related("unit").order_by("-start", "pk")


def _cadres(asker: Account, text: str, class_text: str) -> ScopedQuerySet:
    rows = Cadre.objects.select_related("unit").order_by("pinyin", "pk")
    if (key := _key(text)) is not None:
        return rows.filter(pk=key)
    return rows.filter(Q(name=text) if is_blind(asker) else named(text), canonical=None)


def _trainees(asker: Account, text: str, class_text: str) -> ScopedQuerySet:
    who = Q(roster_name=text) if is_blind(asker) else Q(roster_name=text) | named(text, "cadre__")
    rows = Enrolment.objects.filter(who, class_named(asker, class_text, "training_class__"))
    return rows.select_related("unit", "training_class__unit", "cadre").order_by("-since", "pk")


def _documents(asker: Account, text: str, class_text: str) -> ScopedQuerySet | None:
    """`云培函〔2026〕12号`, with whatever brackets the keyboard has."""
    found = NUMBER.match(text)
    if found is None:
        return None
    rows = Document.objects.select_related("unit", "training_class__unit", "enrolment", "series").order_by("pk")
    word, year, number = found["word"], int(found["year"]), int(found["number"])
    return rows.filter(series__word=word, series__year=year, number=number) if number < 2**31 else None


def _addresses(asker: Account, text: str, class_text: str) -> ScopedQuerySet | None:
    """What an address of this portal names: by its first part, or by the model of an admin page."""
    try:
        match = resolve(urlsplit(text).path)
    except (Resolver404, ValueError):
        return None
    if match.namespaces == ["admin"]:
        return _admin_row(match.url_name or "", match.kwargs.get("object_id", ""))
    value: Any = next(iter(match.kwargs.values()), None)
    place = match.route.partition("/")[0]
    if place == "batches":
        batch = Batch.objects.filter(pk=value).first()
        place, value = "classes", batch.subject_id if batch else None
    if place not in PLACES or value is None:
        return None
    label, column = PLACES[place]
    return _rows(apps.get_model(label), **{column: value})


def _admin_row(name: str, key: str) -> ScopedQuerySet | None:
    app, _, rest = name.partition("_")
    known = {f"{model._meta.app_label}_{model._meta.model_name}": model for model in apps.get_models()}
    model = known.get(f"{app}_{rest.rpartition('_')[0]}")
    return None if model is None or not key else _rows(model, pk=key)


def _rows(model: type[Model], **lookup: Any) -> ScopedQuerySet | None:
    rows = model._default_manager.all()
    if not isinstance(rows, ScopedQuerySet):
        return None
    try:
        return rows.filter(**lookup)
    except (ValueError, ValidationError):
        return None


FINDERS: dict[str, Callable[[Account, str, str], ScopedQuerySet | None]] = {
    "class": _classes,
    "cadre": _cadres,
    "trainee": _trainees,
    "document": _documents,
    "address": _addresses,
}


def _key(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


# ---- how a thing is called to the asker ----


def class_of(row: Any) -> TrainingClass | None:
    return row if isinstance(row, TrainingClass) else getattr(row, "training_class", None)


def cadre_of(row: Any) -> Cadre | None:
    seat = row if isinstance(row, Enrolment) else getattr(row, "enrolment", None)
    return row if isinstance(row, Cadre) else getattr(row, "cadre", None) or getattr(seat, "cadre", None)


def unit_of(row: Any) -> Unit | None:
    """The unit by which people tell things of one name apart."""
    one = class_of(row)
    return getattr(row, "unit", None) or (one.unit if one else None)


def _thing(asker: Account, row: Any, text: str, class_text: str) -> Thing:
    kind, unit = str(row._meta.verbose_name), unit_of(row)
    if not is_blind(asker):
        one = class_of(row)
        above = [str(one)] if one is not None and one is not row else []
        return Thing(row, str(row), " · ".join([kind, *above, *([unit.name] if unit else [])]))
    typed = "地址所指的这一条数据" if _is_address(text) else f"“{text}”"
    within = [f"班次“{class_text}”"] if class_text and not isinstance(row, TrainingClass) else []
    return Thing(row, typed, " · ".join([kind, *within, *([unit.name] if unit else [])]))


def _is_address(text: str) -> bool:
    return "/" in text
