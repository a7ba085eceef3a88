"""After marks or hours changed on a page: draft and shown results follow at once; confirmed ones only by an amendment."""

from uuid import UUID

from django.db.models import Exists

from assessments.models import ClassAssessment, Result
from assessments.scoring.compute import compute
from assessments.services import score_class
from organization.models import Account
from training.models import TrainingClass

WHY = "whether results of a class in scope follow its marks"


def follow_marks(one: TrainingClass, *, actor: Account) -> int:
    """Score the class anew where it has results that are not confirmed; how many changed."""
    results = Exists(Result.objects.unscoped(WHY).filter(training_class=one))
    if not ClassAssessment.objects.unscoped(WHY).filter(results, pk=one.pk, confirmed_at=None).exists():
        return 0
    return score_class(one, actor=actor)


def amendment_due(one: TrainingClass, enrolment: UUID) -> str:
    """What to say where a confirmed result no longer follows from the records: it changes by an amendment only."""
    confirmed = Result.objects.unscoped(WHY).filter(enrolment=enrolment).first()
    scored = [who for scores in compute([one.pk]) for who in scores.trainees if who.enrolment_id == enrolment]
    if confirmed is None or not scored or (scored[0].total, scored[0].grade) == (confirmed.total, confirmed.grade):
        return ""
    now, then = scored[0], f"{confirmed.total} 分、{confirmed.grade}"
    return (
        f"该学员的成绩（{then}）按更正后的考勤应为 {now.total} 分、{now.grade}：成绩没有改动，"
        "请重新打开班次，以工作簿“更正成绩”方式办理"
    )
