"""Corrections in the demo city: of its last closed class one mark was corrected and put back, one request returned, one waits."""

from collections.abc import Mapping
from datetime import timedelta

from django.db.models import F, QuerySet

from core.operations import intention
from organization.models import Account
from training.models import AttendanceMark, CorrectionRequest, TrainingClass
from training.services.corrections import approve_correction, ask_correction, return_correction

Mark = AttendanceMark.Mark


def correct_marks(accounts: Mapping[str, Account]) -> None:
    """One of the department asks, the other decides. What was corrected wrongly is put back, as the results have it."""
    asks, decides = accounts["zuzhibu2"], accounts["zuzhibu"]
    closed = TrainingClass.objects.filter(unit__code="YL", state=TrainingClass.State.CLOSED)
    marks = AttendanceMark.objects.filter(training_class=closed.order_by("-closed_on")[:1], leave=None)
    away = _first(marks.filter(mark=Mark.OFFICIAL))
    for wanted, reason in (
        (Mark.PRESENT, "签到表上有本人签名，当日到课"),
        (Mark.OFFICIAL, "签名经核对为他人代签，恢复公假"),
    ):
        approve_correction(_ask(away, wanted, reason, asks), actor=decides)
        away.refresh_from_db()
    late = _ask(_first(marks.filter(mark=Mark.LATE)), Mark.PRESENT, "学员称当时已在教室后排就座", asks)
    return_correction(late, actor=decides, reason="请附签到表或授课教师的说明")
    present = _first(marks.filter(mark=Mark.PRESENT))
    _long_ago(_ask(present, Mark.SICK, "病假条结班后补交，原件已存班次档案", asks), 2)


def _first(marks: QuerySet[AttendanceMark]) -> AttendanceMark:
    """Of somebody about whom nobody asked yet."""
    asked = CorrectionRequest.objects.values("enrolment")
    return marks.exclude(enrolment__in=asked).select_related("training_class").order_by("pk")[0]


def _ask(one: AttendanceMark, wanted: str, reason: str, actor: Account) -> CorrectionRequest:
    return ask_correction(
        one.training_class, one.enrolment_id, one.session_id, wanted, actor=actor, reason=reason, seen=one.version
    )


@intention
def _long_ago(row: CorrectionRequest, days: int) -> None:
    """As if it had been asked for days ago."""
    CorrectionRequest.objects.filter(pk=row.pk).update(asked_at=F("asked_at") - timedelta(days=days))
