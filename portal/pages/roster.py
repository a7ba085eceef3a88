"""学员: the roster with posts and masked numbers."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse

from organization.models import Account
from portal.lists import chips, chosen, sorted_by
from training.models import Enrolment, TrainingClass

PAGE_SIZE = 50
SORTS = {
    "order": ("position", "pk"),
    "name": ("cadre__pinyin", "pk"),
    "unit": ("unit__path", "position"),
    "group": ("group", "position"),
}
COLUMNS = ("序号", "姓名", "单位", "职务", "职务层次", "职级", "组别", "班委职务", "身份证号", "状态")


def roster(request: HttpRequest, user: Account, one: TrainingClass) -> tuple[QuerySet[Enrolment], list[dict[str, Any]]]:
    """The rows asked for, and the chips."""
    rows = Enrolment.objects.visible_to(user).filter(training_class=one).select_related("cadre", "unit")
    groups = sorted(set(rows.exclude(group="").order_by().values_list("group", flat=True)))
    state, group = chosen(request, "state", Enrolment.State.values), chosen(request, "group", groups)
    rows = rows.filter(state=state) if state else rows
    rows = rows.filter(group=group) if group else rows
    shown = [
        chips("state", "状态", Enrolment.State.choices, state),
        chips("group", "组别", [(name, name) for name in groups], group),
    ]
    return sorted_by(request, rows, SORTS, "order"), shown


def row(who: Enrolment, verdicts: Mapping[Any, str]) -> dict[str, Any]:
    return {
        "order": who.position,
        "name": who.roster_name,
        "url": reverse("portal:result_detail", args=[who.pk]),
        "unverified": who.cadre.unverified,
        "unit": who.unit.name,
        "post": who.post,
        "level": who.post_level,
        "group": who.group,
        "duty": who.committee_post,
        "id_masked": who.cadre.masked_id_number,
        "state": who.state,
        "leave": verdicts.get(who.pk, ""),
    }


def cells(who: Enrolment) -> list[object]:
    """One line of the Excel export, as COLUMNS."""
    return [
        who.position, who.roster_name, who.unit.name, who.post, who.post_level, who.rank, who.group,
        who.committee_post, who.cadre.masked_id_number, who.get_state_display(),
    ]  # fmt: skip
