"""学习规则: read by the department, leaders and liaisons; the department makes the next version, looks, and adopts it."""

from contextlib import suppress
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from core.operations import Refused
from organization.models import Unit
from portal.acts import Answer, answer, new_op_id, perform
from portal.forms_rules import CreditRulesForm, RequirementsForm
from portal.pages import rule_effects as effects
from portal.pages import rules_of_learning as pages
from portal.pages.rules_of_learning import Kind
from portal.requests import SignedIn
from portal.rules import demand, may_read_rules, may_write_rules
from trainees.services.recomputing_acts import ask_to_rehearse
from trainees.services.rule_changes import change_requirements
from trainees.services.rule_sets import adopt_rule_set
from training.services.rule_effect import effect_of

FORMS: dict[str, type[CreditRulesForm] | type[RequirementsForm]] = {
    "credits": CreditRulesForm,
    "requirements": RequirementsForm,
}
Form = CreditRulesForm | RequirementsForm


@require_safe
def rules(request: SignedIn, kind: str) -> HttpResponse:
    demand(may_read_rules(request.user))
    shown = pages.kind_of(kind)
    unit = pages.unit_of(request.user, request.GET.get("unit", ""))
    context = pages.page(shown, request.user, unit, timezone.localdate())
    return render(request, "portal/rules/page.html", context)


@require_safe
def rules_version(request: SignedIn, kind: str, pk: UUID) -> HttpResponse:
    demand(may_read_rules(request.user))
    shown = pages.kind_of(kind)
    row = pages.version(shown, request.user, pk)
    context = pages.frame(shown, row.unit, str(row)) | {
        "row": row,
        "since": pages.since_words(row),
        "lines": pages.lines(shown, row.rules),
        "recompute_url": pages.recompute_url(request.user, row, timezone.localdate()),
    }
    return render(request, "portal/rules/version.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def rules_new(request: SignedIn, kind: str, unit: UUID) -> HttpResponse:
    """The form, then what it would change, then the next version."""
    demand(may_read_rules(request.user))
    shown = pages.kind_of(kind)
    where = pages.readable(request.user, unit)
    demand(may_write_rules(request.user, where))
    before = pages.in_force(shown, where, timezone.localdate())
    form = FORMS[kind](
        request.POST or None, rules=before, initial={"op_id": new_op_id(), "since": timezone.localdate()}
    )
    if request.method != "POST" or not form.is_valid():
        return _form(request, shown, where, form)
    if "adopt" not in request.POST or not _seen(request, shown, form):
        return _preview(request, shown, where, form, pages.differences(shown, before, form.rules()))
    return _adopted(request, shown, where, form)


def _seen(request: SignedIn, kind: Kind, form: Form) -> bool:
    """Requirements change duties at once: the tick stands for the very rules whose effect was shown."""
    if kind.key == "credits":
        return True
    return request.POST.get("seen") == effects.mark(form.rules(), form.cleaned_data["since"])


def _preview(request: SignedIn, kind: Kind, unit: Unit, form: Form, changes: list[Any]) -> HttpResponse:
    more: dict[str, Any] = {"changes": changes}
    if kind.key == "requirements" and changes:
        made, values = form.rules(), form.cleaned_data
        today = timezone.localdate()
        found = effect_of(unit, made, values["since"], values["note"], actor=request.user, today=today)
        more |= {"effect": effects.told(found, values["since"], timezone.localdate().year)}
        more |= {"mark": effects.mark(made, values["since"]), "unseen": "adopt" in request.POST}
    return _form(request, kind, unit, form, more)


def _form(request: SignedIn, kind: Kind, unit: Unit, form: Form, more: dict[str, Any] | None = None) -> HttpResponse:
    context = pages.frame(kind, unit, "新一版") | {
        "form": form,
        "changes": None,
        "back_url": f"{reverse('portal:rules', args=[kind.key])}?unit={unit.pk}",
        **(more or {}),
    }
    return render(request, "portal/rules/form.html", context)


def _adopted(request: SignedIn, kind: Kind, unit: Unit, form: Form) -> HttpResponse:
    made, values = form.rules(), form.cleaned_data
    since, note = values["since"], values["note"]

    def act() -> Answer:
        if kind.key == "credits":
            row = adopt_rule_set(unit, made, since, note, actor=request.user)
            with suppress(Refused):  # somebody is at the year: the page says who, and asks again when it is free
                ask_to_rehearse(unit, pages.recomputed_year(row, timezone.localdate()), actor=request.user)
            here = pages.recompute_url(request.user, row, timezone.localdate())
            return answer(here, f"已启用{row}；以前入账的学分不变，请看要不要重算")
        asked, changed = change_requirements(unit, made, since, note, actor=request.user, today=timezone.localdate())
        follow = "学习任务今晚更新" if changed is None else f"{changed} 项学习任务随之更新"
        return answer(reverse("portal:rules_version", args=[kind.key, asked.pk]), f"已启用{asked}，{follow}")

    payload = [str(unit.pk), str(since), note, repr(made)]
    return perform(request, form, f"rules.{kind.key}", payload, act)
