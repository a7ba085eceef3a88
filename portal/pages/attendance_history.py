"""The story of one cell: every change of its mark, who made it, when, from where (core.RowChange)."""

from typing import Any

from django.urls import reverse
from django.utils import timezone

from core.models import RowChange
from portal.acts import names_of, new_op_id
from portal.pages.attendance import SOURCES
from portal.pages.attendance_totals import LABELS, WHY
from portal.pages.corrections import of_cell
from portal.rules import Door, may_ask_correction
from training.models import AttendanceMark, Enrolment, Session, TrainingClass

TABLE = AttendanceMark._meta.db_table


def history(who: Enrolment, when: Session, door: Door) -> dict[str, Any]:
    """What templates/portal/class/_attendance_history.html needs, the latest change first; six queries at most."""
    changes = list(RowChange.objects.filter(table_name=TABLE, row_id__in=rows_of(who, when)).order_by("-id")[:200])
    names = names_of({change.actor_id for change in changes})
    told = {"who": who.roster_name, "when": str(when), "changes": story(changes[::-1], names)[::-1]}
    asked = of_cell(who, when)
    waits = any(one["age"] for one in asked)
    return told | {"asked": asked, "correct": None if waits else correction(who, when, door)}


def correction(who: Enrolment, when: Session, door: Door) -> dict[str, Any] | None:
    """The form that asks for another mark in the cell of a closed class, for those who may."""
    one = who.training_class
    if one.state != TrainingClass.State.CLOSED or may_ask_correction(door) is not None:
        return None
    there = AttendanceMark.objects.unscoped(WHY).filter(training_class=one, enrolment=who, session=when).first()
    return {
        "url": reverse("portal:correction_ask", args=[one.pk, who.pk, when.pk]),
        "marks": [(mark, label) for mark, label in LABELS.items() if there is None or mark != there.mark],
        "hidden": {"seen": there.version if there else 0},
        "op_id": new_op_id(),
    }


def rows_of(who: Enrolment, when: Session) -> list[str]:
    """The rows that held the cell's mark: the one of today, and those that were cleared (index mark_cleared)."""
    there = AttendanceMark.objects.unscoped(WHY).filter(
        enrolment=who, session=when, training_class=when.training_class_id
    )
    gone = RowChange.objects.filter(
        table_name=TABLE, verb=RowChange.Verb.DELETE, before__enrolment_id=str(who.pk), before__session_id=str(when.pk)
    )
    return [str(key) for key in there.values_list("pk", flat=True)] + list(gone.values_list("row_id", flat=True))


def story(changes: list[RowChange], names: dict[Any, str]) -> list[dict[str, str]]:
    """In the order of time: an update tells only what changed, the rest stands as before."""
    told, source, mark = [], "", ""
    for change in changes:
        after = change.after or {}
        now = "" if change.verb == RowChange.Verb.DELETE else after.get("mark", mark)
        source = after.get("source", source)
        told.append({
            "who": names.get(change.actor_id, "") or "系统",
            "at": f"{timezone.localtime(change.at):%Y-%m-%d %H:%M:%S}",
            "before": LABELS.get(mark, "未登记"), "after": LABELS.get(now, "未登记"),
            "source": SOURCES.get(source, "") if now else "",
        })  # fmt: skip
        mark = now
    return told
