"""学习成果: what trainees hand in, in or after a class, and take back."""

from django.utils import timezone

from core.audit import record
from core.files import keep, let_go
from core.operations import Refused, intention
from core.pictures import Upload
from organization.models import Account
from training.models import Enrolment, LearningWork, TrainingClass

MOST = 20


@intention
def hand_in(enrolment: Enrolment, kind: str, title: str, upload: Upload, *, actor: Account) -> LearningWork:
    """A report or reflection that was looked at (core.pictures). Raises Refused in a cancelled class, and past the twentieth."""
    seat = Enrolment.objects.select_for_update(of=("self",)).select_related("training_class").get(pk=enrolment.pk)
    if seat.training_class.state == TrainingClass.State.CANCELLED:
        raise Refused("班次已取消，不能再交学习成果；如有疑问请联系班主任")
    if LearningWork.objects.filter(enrolment=seat, withdrawn=None).count() >= MOST:
        raise Refused(f"一个班最多交 {MOST} 份学习成果；请先撤回不用的")
    made = LearningWork.objects.create(
        enrolment=seat, kind=kind, title=title, file=keep(upload.data), file_name=upload.name, uploaded_by_id=actor.pk
    )
    record("work.hand_in", actor=actor.pk, obj=made, unit_id=seat.unit_id, after={"kind": kind})
    return made


@intention
def withdraw_work(work: LearningWork, *, actor: Account) -> None:
    """Taken back by the trainee or the class manager: it shows no more; the file goes with the next sweep."""
    held = LearningWork.objects.select_for_update(of=("self",)).select_related("enrolment").get(pk=work.pk)
    if held.withdrawn is not None:
        raise Refused("这份学习成果已经撤回")
    held.withdrawn = timezone.now()
    held.save(update_fields=["withdrawn"])
    let_go(LearningWork.objects.filter(pk=held.pk).values("file"))
    record("work.withdraw", actor=actor.pk, obj=held, unit_id=held.enrolment.unit_id)


def take_work(work: LearningWork, *, actor: Account) -> None:
    """The download of a work that the caller fetched in scope."""
    record("work.take", actor=actor.pk, obj=work, unit_id=work.enrolment.unit_id)
