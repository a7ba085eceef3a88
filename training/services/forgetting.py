"""What classes hold of a person goes when they are forgotten (trainees.anonymising)."""

from core.files import let_go
from trainees.anonymising import NOBODY
from trainees.models import Cadre
from training.models import (
    ActivityPart,
    CheckInScan,
    CorrectionRequest,
    Enrolment,
    FollowUp,
    LearningWork,
    LeaveRequest,
    LeaveStep,
    ReportBack,
)

WHY = "rows of one person, whom the caller has fetched"


def forget_trainee(cadre: Cadre) -> int:
    """The snapshots on rosters, leave with its proofs, why marks were to be corrected, works, what was told and asked
    afterwards, notes, addresses of scans; marks and sums stay."""
    mine = Enrolment.objects.unscoped(WHY).filter(cadre=cadre).values("pk")
    leaves = LeaveRequest.objects.unscoped(WHY).filter(enrolment__in=mine)
    let_go(leaves.values("proof"))
    LeaveStep.objects.filter(request__in=leaves.values("pk")).update(comment="")
    CorrectionRequest.objects.unscoped(WHY).filter(enrolment__in=mine).update(reason=NOBODY, comment="")
    ActivityPart.objects.filter(enrolment__in=mine).update(note="")
    CheckInScan.objects.unscoped(WHY).filter(enrolment__in=mine).update(source_ip=None)
    works = LearningWork.objects.unscoped(WHY).filter(enrolment__in=mine)
    let_go(works.values("file"))
    works.update(title=NOBODY, file_name="")
    ReportBack.objects.unscoped(WHY).filter(enrolment__in=mine).update(text=NOBODY, occasion="", state_reason="")
    FollowUp.objects.unscoped(WHY).filter(enrolment__in=mine).update(own_answers={}, superior_answers={}, remark="")
    facts = {"roster_name": NOBODY, "serial": "", "post": "", "post_level": "", "rank": "", "override_reason": ""}
    return leaves.update(reason=NOBODY, proof_name="", end_reason="") + Enrolment.objects.unscoped(WHY).filter(
        pk__in=mine
    ).update(**facts)
