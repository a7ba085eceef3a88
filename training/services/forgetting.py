"""What classes hold of a person goes when they are forgotten (trainees.anonymising)."""

from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from core.models import StoredFile
from trainees.anonymising import NOBODY
from trainees.models import Cadre
from training.models import ActivityPart, CheckInScan, Enrolment, LeaveRequest, LeaveStep

WHY = "rows of one person, whom the caller has fetched"


def forget_trainee(cadre: Cadre) -> int:
    """The snapshots on rosters, leave with its proofs, notes, addresses of scans; marks and sums stay."""
    mine = Enrolment.objects.unscoped(WHY).filter(cadre=cadre).values("pk")
    leaves = LeaveRequest.objects.unscoped(WHY).filter(enrolment__in=mine)
    delete_files(leaves.values("proof"))
    LeaveStep.objects.filter(request__in=leaves.values("pk")).update(comment="")
    ActivityPart.objects.filter(enrolment__in=mine).update(note="")
    CheckInScan.objects.unscoped(WHY).filter(enrolment__in=mine).update(source_ip=None)
    facts = {"roster_name": NOBODY, "serial": "", "post": "", "post_level": "", "rank": "", "override_reason": ""}
    return leaves.update(reason=NOBODY, proof_name="", end_reason="") + Enrolment.objects.unscoped(WHY).filter(
        pk__in=mine
    ).update(**facts)


def delete_files(keys: QuerySet[Any, Any]) -> None:
    """Their bytes go with the next sweep."""
    yesterday = timezone.localdate() - timedelta(days=1)
    StoredFile.objects.filter(pk__in=keys, deleted=None).update(delete_after=yesterday)
