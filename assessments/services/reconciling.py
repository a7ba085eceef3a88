"""Confirmed results checked against their records, hours in the ledger against attendance (REL-02). Nothing is written.

Stored results are computed once more by the same rules; totals and grades on the roster have to be the results'. A
difference is named and sounds the alarm, but freezes nobody's ledger: a mark that was corrected after closing differs from
the confirmed result until that is amended (docs/decisions/0032).
"""

import logging
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from assessments.models import ClassAssessment, Result
from assessments.scoring.compute import compute
from assessments.services.scoring import State, compared
from core.audit import record
from core.operations import intention
from trainees.services.people import rows_of
from training.models import Enrolment, TrainingClass
from training.services.reconciling import Difference, hours_differ

logger = logging.getLogger("portal.alarm")
EVENT = "results.reconcile"
NAMED = 100
OUTCOMES = """
SELECT n.id, concat_ws(' ', n.total, n.grade), concat_ws(' ', r.total, r.grade)
FROM training_enrolment n JOIN assessments_result r ON r.enrolment_id = n.id
WHERE r.state IN ('confirmed', 'amended') AND (n.total, n.grade) IS DISTINCT FROM (r.total, r.grade) ORDER BY 1
"""
SHOWN = {
    "total": "总分", "grade": "等次", "rank": "名次", "candidate": "人选", "leave_hours": "请假学时",
    "attended_hours": "实到学时", "entry_score": "入学测试", "final_score": "结业考试",
}  # fmt: skip


@dataclass(slots=True)
class Checked:
    """What was looked at and what was found."""

    classes: int = 0
    findings: list[Difference] = field(default_factory=list)

    def told(self) -> dict[str, Any]:
        """For the log: the first hundred by name."""
        named = [{"enrolment": str(one.enrolment_id), "question": one.question} for one in self.findings]
        return {"classes": self.classes, "differences": len(self.findings), "named": named[:NAMED]}


@intention
def reconcile_results(*, since: date = date.min, actor: UUID | None = None) -> Checked:
    """Check confirmed results, and hours that classes gave, of classes that ended on that day or later.

    Classes that differ are held and looked at once more: one that is being closed or amended meanwhile is no fault. One
    entry in the log, “failed” where any differ. A year of a city, 32,000 results, takes half a minute.
    """
    confirmed = ClassAssessment.objects.exclude(confirmed_at=None).filter(training_class__end__gte=since).order_by("pk")
    classes = list(confirmed.values_list("pk", flat=True))
    done = Checked(classes=len(classes))
    if suspects := {one.enrolment_id for one in _differences(classes, since)}:
        held = _held(suspects)
        seats = set(Enrolment.objects.filter(training_class__in=held).values_list("pk", flat=True))
        again = _differences(list(confirmed.filter(pk__in=held).values_list("pk", flat=True)), since)
        done.findings = [one for one in again if one.enrolment_id in seats]
    if done.findings:
        logger.error("results and hours differ from their records: %s", len(done.findings))
    record(EVENT, actor=actor, result="failed" if done.findings else "ok", after=done.told())
    return done


def _held(seats: Collection[UUID]) -> list[UUID]:
    """The classes of these seats, locked as whoever writes them locks them."""
    classes = TrainingClass.objects.filter(pk__in=Enrolment.objects.filter(pk__in=seats).values("training_class"))
    return list(classes.order_by("pk").select_for_update(no_key=True).values_list("pk", flat=True))


def _differences(classes: list[UUID], since: date) -> Iterator[Difference]:
    """Of results those of these classes, of the rest everything since the day."""
    yield from _results_differ(classes)
    for seat, there, now in rows_of(OUTCOMES, {}):
        yield Difference("outcome", seat, f"名册记 {there or '无'}，成绩为 {now}")
    yield from hours_differ(since)


def _results_differ(classes: list[UUID]) -> Iterator[Difference]:
    """Of confirmed classes, class by class; what the classes need is read for many of them at once."""
    for scores in compute(classes):
        stored = {row.enrolment_id: row for row in Result.objects.filter(training_class=scores.basis.class_id)}
        for change in compared(scores, stored, state=State.AMENDED):
            yield Difference("result", change.enrolment_id, _words(change.before, change.after))


def _words(before: Result | None, after: Result | None) -> str:
    if before is None or after is None:
        return "按现有名册应有成绩而没有" if before is None else "已不在名册而仍有成绩"
    sides = [(label, getattr(before, name), getattr(after, name)) for name, label in SHOWN.items()]
    moved = "；".join(f"{label} {there} → {now}" for label, there, now in sides if there != now)
    return f"按现有记录重新计算不符：{moved or '各项得分或计分说明'}"
