"""干部任免审批表: the list of uploaded forms, and one form against the cadre whom it is about."""

import base64
from typing import Any

from django.urls import reverse

from organization.models import Account
from organization.roles import Role
from portal.pages import words
from portal.pages.cadre_moves import initial, line, present, url_of
from trainees.models import Cadre, PersonnelForm
from trainees.personnel.reading import FormFacts
from trainees.services.personnel_forms import BASICS, said_of

LABELS = {
    "name": "姓名", "sex": "性别", "ethnic_group": "民族", "political_status": "政治面貌", "party_since": "入党时间",
    "work_since": "参加工作时间",
}  # fmt: skip
STEPS = ("上传", "逐份核对", "写入")


def crumbs(last: str = "") -> list[dict[str, str]]:
    url = reverse("portal:personnel_forms") if last else ""
    return words.crumbs(("任免审批表", url), *([(last, "")] if last else []))


def listed(user: Account) -> Any:
    rows = PersonnelForm.objects.visible_to(user).filter(user.access.within("unit", Role.STAFF))
    return rows.select_related("cadre", "file", "unit").order_by("-created", "-pk")


def row(form: PersonnelForm) -> dict[str, Any]:
    return {
        "url": reverse("portal:personnel_form", args=[form.pk]),
        "name": form.file_name,
        "unit": form.unit.name,
        "at": words.moment(form.created),
        "cadre": form.cadre.name if form.cadre else "",
        "cadre_url": url_of(form.cadre) if form.cadre else "",
    } | state_of(form)


def state_of(form: PersonnelForm) -> dict[str, str]:
    if form.taken_in:
        return {"state": "已写入", "tone": "good"}
    if form.file.deleted:
        return {"state": "文件已到期删除", "tone": "off"}
    return {
        "state": "待核对：已在册" if form.cadre_id else "待核对：新干部",
        "tone": "warn" if form.cadre_id else "info",
    }


def form_page(form: PersonnelForm, found: FormFacts, known: Cadre | None) -> dict[str, Any]:
    """What templates/portal/personnel/form.html needs beside its form: old → new, faults, the photo."""
    notes = [words.note("bad", fault) for fault in found.faults]
    notes += [words.note("warn", notice) for notice in found.notices]
    return {
        "file_name": form.file_name,
        "known": known is not None,
        "faulty": bool(found.faults),
        "rows": rows(found, known),
        "present": present_words(known) if known else "",
        "photo": base64.b64encode(found.photo).decode() if found.photo else "",
        "notes": notes,
        "steps": words.steps(STEPS, 1),
        "crumbs": crumbs(form.file_name),
        "back_url": reverse("portal:personnel_forms"),
    }


def present_words(known: Cadre) -> str:
    """单位 职务（层次、职级），自某日: the present appointment in a line."""
    now = present(known)
    level = "、".join(filter(None, (now.post_level, now.rank)))
    return f"{known.unit.name} {now.post}{f'（{level}）' if level else ''}，{words.day(now.since)}起"


def rows(found: FormFacts, known: Cadre | None) -> list[dict[str, Any]]:
    """What the form says beside what stands; what the form leaves empty stays as it is."""
    lines = []
    for name in BASICS:
        old = _shown(name, getattr(known, name)) if known else ""
        new = _shown(name, said_of(found, name)) or old
        lines.append(line(LABELS[name], old, new))
    return lines


def _shown(name: str, value: Any) -> str:
    if not value:
        return ""
    if name == "sex":
        return Cadre.Sex(value).label
    return f"{value.year}年{value.month}月" if name.endswith("_since") else str(value)


def start(found: FormFacts, known: Cadre | None) -> dict[str, Any]:
    """How the form begins: the present appointment of who is known, the post that the paper names for who is not."""
    if known is None:
        return {"post": found.post}
    return initial(known) | {"since": None}


def next_url(user: Account, form: PersonnelForm) -> str:
    """The next form that waits, else the list."""
    waiting = listed(user).filter(taken_in=None, file__deleted=None).exclude(pk=form.pk)
    after = waiting.order_by("created", "pk").first()
    return reverse("portal:personnel_form", args=[after.pk]) if after else reverse("portal:personnel_forms")
