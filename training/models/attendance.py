"""Attendance: one mark per trainee and session, and how people check in by themselves."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from core.keys import new_key
from core.scope import ScopedQuerySet, Ways
from organization.access import Access
from organization.models import DeviceCredential
from trainees.models import own_way, person_ways
from training.models.classes import TrainingClass, class_ways
from training.models.enrolment import Enrolment
from training.models.timetable import Session


def manager_ways(access: Access) -> Ways:
    """What the class office keeps of a trainee: marks, scans, leave. Not for the assessment group, liaisons, leaders."""
    theirs = person_ways(access.only_staff(), "enrolment__cadre__") | own_way(access, "enrolment__cadre__")
    return class_ways(access, "training_class__", assessor=False) | theirs


class AttendanceMarkQuerySet(ScopedQuerySet):
    def ways(self, access: Access) -> Ways:
        return manager_ways(access)


class AttendanceMark(models.Model):
    """How one trainee attended one session (考勤). `version` lets a stale save be refused (REL-04).

    `leave` names the granted leave that wrote the mark: only that leave takes it back. `by_id` and `at` say who wrote it
    last and when, so that a refused save can tell.
    """

    class Mark(models.TextChoices):
        PRESENT = "present", "出勤"
        LATE = "late", "迟到"
        EARLY = "early", "早退"
        PERSONAL = "personal", "事假"
        SICK = "sick", "病假"
        OFFICIAL = "official", "公假"
        ABSENT = "absent", "旷课"

    class Source(models.TextChoices):
        WORKBOOK = "workbook", "工作簿"
        PAGE = "page", "页面"
        LEAVE = "leave", "请假"
        MACHINE = "machine", "考勤机"
        SCAN = "scan", "扫码签到"

    LEAVE: ClassVar[tuple[str, ...]] = (Mark.PERSONAL, Mark.SICK)
    AWAY: ClassVar[tuple[str, ...]] = (Mark.PERSONAL, Mark.SICK, Mark.OFFICIAL, Mark.ABSENT)

    id = models.BigAutoField(primary_key=True)
    training_class = models.ForeignKey(TrainingClass, models.PROTECT, related_name="+", verbose_name="班次")
    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="marks", verbose_name="学员")
    session = models.ForeignKey(Session, models.PROTECT, related_name="marks", verbose_name="课次")
    mark = models.CharField("考勤", max_length=10, choices=Mark)
    source = models.CharField("来源", max_length=10, choices=Source)
    leave = models.ForeignKey(
        "training.LeaveRequest", models.PROTECT, null=True, blank=True, related_name="marks", verbose_name="请假"
    )
    by_id = models.UUIDField("登记人", null=True, editable=False)
    at = models.DateTimeField("登记时间", null=True, editable=False)
    version = models.PositiveIntegerField("版本", default=1, editable=False)

    objects = AttendanceMarkQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "考勤记录"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["training_class", "enrolment", "session"], name="mark_once")
        ]

    def __str__(self) -> str:
        return self.get_mark_display()


class CheckIn(models.Model):
    """The check-in period of a session (签到): opens, late from, closes. The code on the wall changes every 15 seconds.

    `secret` makes the codes; `wall_hash` is the hash of the wall page's own address, which shows the code and the count
    and opens nothing else (SEC-05).
    """

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    training_class = models.ForeignKey(TrainingClass, models.PROTECT, related_name="+", verbose_name="班次")
    session = models.OneToOneField(Session, models.PROTECT, related_name="check_in", verbose_name="课次")
    opens = models.DateTimeField("开始签到")
    late_from = models.DateTimeField("迟到起算")
    closes = models.DateTimeField("签到截止")
    secret = models.BinaryField("签到密钥", max_length=32, editable=False)
    wall_hash = models.CharField("大屏地址散列", max_length=64, unique=True, editable=False)
    opened_by_id = models.UUIDField("开启人", null=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "签到"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(late_from__gte=models.F("opens")) & Q(closes__gt=models.F("opens")), name="check_in_period"
            )
        ]

    def __str__(self) -> str:
        return f"{self.session} 签到"


class CheckInScanQuerySet(ScopedQuerySet):
    def ways(self, access: Access) -> Ways:
        return manager_ways(access)


class CheckInScan(models.Model):
    """A scan of the wall's code (扫码记录). One accepted a person and session, one a phone and session.

    One that was not accepted says why in `refused`; the manager sees those, and `doubt` of accepted ones. Who is not on
    the roster has no `enrolment`. `at` is the database's clock, by which lateness is judged.
    """

    id = models.BigAutoField(primary_key=True)
    training_class = models.ForeignKey(TrainingClass, models.PROTECT, related_name="+", verbose_name="班次")
    session = models.ForeignKey(Session, models.PROTECT, related_name="scans", verbose_name="课次")
    enrolment = models.ForeignKey(Enrolment, models.PROTECT, null=True, related_name="scans", verbose_name="学员")
    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="账号")
    device = models.ForeignKey(DeviceCredential, models.PROTECT, null=True, related_name="+", verbose_name="设备")
    at = models.DateTimeField("扫码时间")
    slot = models.BigIntegerField("二维码时窗")
    source_ip = models.GenericIPAddressField("来源地址", null=True)
    accepted = models.BooleanField("已签到", default=True)
    refused = models.CharField("未签到原因", max_length=100, blank=True)
    doubt = models.CharField("疑点", max_length=100, blank=True)

    objects = CheckInScanQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "扫码记录"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["session", "enrolment"], condition=Q(accepted=True), name="scan_one_person"
            ),
            models.UniqueConstraint(fields=["session", "device"], condition=Q(accepted=True), name="scan_one_device"),
            models.CheckConstraint(condition=Q(accepted=False) | Q(enrolment__isnull=False), name="scan_of_roster"),
        ]
        indexes: ClassVar = [models.Index(fields=["training_class", "session", "id"], name="scan_class")]

    def __str__(self) -> str:
        return f"{self.account} {self.at:%m-%d %H:%M}"
