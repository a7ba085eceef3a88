"""学习成果: handed in, taken back, bounded."""

import pytest
from django.utils import timezone

from core.files import delete_overdue
from core.models import AuditEntry
from core.operations import Refused
from core.pictures import Upload
from tests import factories as make
from training.models import LearningWork, TrainingClass
from training.services.works import MOST, hand_in, withdraw_work

pytestmark = pytest.mark.django_db
REPORT = Upload(make.PDF, "调研报告.pdf")


def works():
    return LearningWork.objects.order_by("at", "pk")


def test_a_work_is_kept_sealed_and_the_log_says_who_handed_it_in(yunling):
    made = hand_in(yunling.enrolments[0], "report", "关于镇村治理的调研", REPORT, actor=yunling.trainee)
    assert (made.title, made.file_name, made.uploaded_by_id) == (
        "关于镇村治理的调研",
        "调研报告.pdf",
        yunling.trainee.pk,
    )
    assert made.file.encrypted and made.file.delete_after is None
    entry = AuditEntry.objects.get(event="work.hand_in")
    assert (entry.actor_id, entry.after) == (yunling.trainee.pk, {"kind": "report"})


def test_what_is_withdrawn_shows_no_more_and_its_bytes_go(yunling):
    made = hand_in(yunling.enrolments[0], "report", "初稿", REPORT, actor=yunling.trainee)
    withdraw_work(made, actor=yunling.trainee)
    made.refresh_from_db()
    assert made.withdrawn is not None
    assert delete_overdue(timezone.localdate()) == 1
    with pytest.raises(Refused, match="已经撤回"):
        withdraw_work(made, actor=yunling.trainee)


def test_twenty_works_a_class_are_enough(yunling):
    for number in range(MOST):
        hand_in(yunling.enrolments[0], "other", f"第{number}份", REPORT, actor=yunling.trainee)
    with pytest.raises(Refused, match=f"最多交 {MOST} 份"):
        hand_in(yunling.enrolments[0], "other", "再一份", REPORT, actor=yunling.trainee)
    withdraw_work(works()[0], actor=yunling.trainee)
    assert hand_in(yunling.enrolments[0], "other", "再一份", REPORT, actor=yunling.trainee)


def test_a_cancelled_class_takes_no_works(yunling):
    TrainingClass.objects.filter(pk=yunling.open_class.pk).update(state="planned")
    TrainingClass.objects.filter(pk=yunling.open_class.pk).update(state="cancelled")
    with pytest.raises(Refused, match="班次已取消"):
        hand_in(yunling.open_enrolment, "report", "报告", REPORT, actor=yunling.trainee)
