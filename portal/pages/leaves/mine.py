"""我的请假: a trainee's requests and meters; and 请假审批: what waits for an approver's word."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

from organization.models import Account
from portal.lists import chips, chosen
from portal.pages import words
from portal.pages.leaves import cap_of, listed, meter_words
from portal.pages.leaves.asking import new_url
from portal.pages.leaves.tab import lines
from training.models import Enrolment, LeaveRequest, LeaveStep, TrainingClass
from training.rules.leave import meter_of

OPEN = (TrainingClass.State.PLANNED, TrainingClass.State.RUNNING, TrainingClass.State.ENDED)
SCOPES = (("todo", "等我审批"), ("done", "我审批过的"))


def seats(user: Account) -> QuerySet[Enrolment]:
    """The account's own places in classes of which leave is still taken, the latest class first.

    A confirmed grade ends it: leave would change the marks that the grade stands on.
    """
    rows = Enrolment.objects.visible_to(user).on_roster().filter(cadre__account=user, grade="")
    rows = rows.filter(training_class__state__in=OPEN)
    return rows.select_related("training_class__unit").order_by("-training_class__start", "pk")


def mine(user: Account) -> dict[str, Any]:
    """What templates/portal/my_leaves.html needs."""
    rows = LeaveRequest.objects.visible_to(user).filter(enrolment__cadre__account=user)
    return {
        "seats": [seat(who) for who in seats(user)],
        "rows": lines(list(listed(rows))),
        "crumbs": words.crumbs(("我的请假", "")),
    }


def seat(who: Enrolment) -> dict[str, Any]:
    one = who.training_class
    meter = meter_words(meter_of(who, cap=cap_of(one)), who.override_reason)
    return {"class_name": one.name, "meter": meter, "url": new_url(who)}


def asked_of_me(user: Account) -> QuerySet[LeaveStep]:
    """Steps that wait for the account's word."""
    return LeaveStep.objects.current().decided_by(user)


def inbox(request: HttpRequest, user: Account) -> tuple[QuerySet[LeaveRequest], list[dict[str, Any]]]:
    """Requests that wait for the account, or those that it has decided."""
    scope = chosen(request, "show", [key for key, _ in SCOPES]) or "todo"
    rows = LeaveRequest.objects.visible_to(user)
    if scope == "done":
        rows = rows.filter(pk__in=LeaveStep.objects.filter(by=user).values("request"))
    else:
        rows = rows.filter(pk__in=asked_of_me(user).values("request"))
    group = chips("show", "范围", SCOPES, scope)
    group["options"] = group["options"][1:]
    return (listed(rows) if scope == "done" else listed(rows).order_by("asked", "pk")), [group]
