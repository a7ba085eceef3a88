"""What each cadre has to learn, and why somebody has to learn less."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from core.models import StoredFile
from core.scope import ScopedQuerySet, Ways
from organization.access import Access
from trainees.models.people import Cadre, own_way, person_ways


class Measure(models.TextChoices):
    """What an amount is counted in; each but the last is a column of CreditBalance."""

    OFF_JOB_DAYS = "off_job_days", "脱产天数"
    OFF_JOB_HOURS = "off_job_hours", "脱产学时"
    ONLINE_HOURS = "online_hours", "网络学时"
    REQUIRED = "required", "必修学分"
    ELECTIVE = "elective", "选修学分"


class OfCadre(ScopedQuerySet):
    """Rows about one cadre that whoever may see the person's learning may see."""

    def ways(self, access: Access) -> Ways:
        return person_ways(access, "cadre__") | own_way(access, "cadre__")


class Duty(models.Model):
    """How much one cadre has to learn by when (学习任务), as the requirement set of the day gives it.

    Met when `amount` of `measure` is reached, or `other_amount` of `other_measure` (passing either counts). Counted are
    the ledger's years from that of `since` to that of `due`; with `by_entries`, what is dated from `since` to `due`.
    `year` is the year in whose lists it stands. Written by the service that assigns duties whenever a cadre, an
    exemption or a requirement set changes; what is done is asked of the ledger.
    """

    Measure = Measure

    id = models.BigAutoField(primary_key=True)
    cadre = models.ForeignKey(Cadre, models.PROTECT, related_name="duties", verbose_name="干部")
    year = models.PositiveSmallIntegerField("年度")
    code = models.CharField("要求", max_length=20)
    name = models.CharField("名称", max_length=60)
    measure = models.CharField("计量", max_length=14, choices=Measure)
    amount = models.DecimalField("应达", max_digits=7, decimal_places=2)
    other_measure = models.CharField("或计量", max_length=14, choices=Measure, blank=True)
    other_amount = models.DecimalField("或应达", max_digits=7, decimal_places=2, null=True)
    since = models.DateField("起算")
    due = models.DateField("期限")
    by_entries = models.BooleanField("按日期计", default=False)
    exempt = models.BooleanField("免除", default=False)
    note = models.CharField("说明", max_length=200, blank=True)

    objects = OfCadre.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "学习任务"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["cadre", "year", "code"], name="duty_once"),
            models.CheckConstraint(condition=Q(due__gte=F("since")), name="duty_period"),
        ]
        indexes: ClassVar = [models.Index(fields=["year", "code", "cadre"], name="duty_year")]

    def __str__(self) -> str:
        return f"{self.year}年 {self.name}"


class ExemptionQuerySet(ScopedQuerySet):
    def ways(self, access: Access) -> Ways:
        """The department and the person: the reason may be an illness. Others see in the duty that less is asked."""
        return person_ways(access.only_staff(), "cadre__") | own_way(access, "cadre__")


class Exemption(models.Model):
    """Less is asked of a cadre in a year (减免): illness, secondment, retirement; `share` is the percentage taken off."""

    class Kind(models.TextChoices):
        ILLNESS = "illness", "长期病休"
        SECONDMENT = "secondment", "借调外派"
        RETIREMENT = "retirement", "当年退休"
        OTHER = "other", "其他"

    id = models.BigAutoField(primary_key=True)
    cadre = models.ForeignKey(Cadre, models.PROTECT, related_name="exemptions", verbose_name="干部")
    year = models.PositiveSmallIntegerField("年度")
    code = models.CharField("要求", max_length=20, blank=True, help_text="空为该年度全部要求")
    kind = models.CharField("情形", max_length=10, choices=Kind)
    share = models.PositiveSmallIntegerField("减免比例（%）", default=100)
    reason = models.CharField("理由", max_length=200)
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="证明")
    actor_id = models.UUIDField("批准人", null=True, editable=False)
    at = models.DateTimeField("批准时间", auto_now_add=True)
    revoked_at = models.DateTimeField("撤销时间", null=True, blank=True)
    revoke_reason = models.CharField("撤销理由", max_length=200, blank=True)
    version = models.PositiveIntegerField("版本", default=1, editable=False)

    objects = ExemptionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "学习任务减免"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(share__gte=1, share__lte=100),
                name="exemption_share",
                violation_error_message="减免比例应在 1 到 100 之间",
            ),
            models.UniqueConstraint(
                fields=["cadre", "year", "code"],
                condition=Q(revoked_at=None),
                name="exemption_once",
                violation_error_message="该年度这项要求已有减免",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year}年 {self.get_kind_display()}"
