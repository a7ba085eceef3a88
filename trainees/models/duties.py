"""What each cadre has to learn, and why somebody has to learn less."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar, Self

from django.core.exceptions import EmptyResultSet
from django.db import models
from django.db.models import Case, ExpressionWrapper, F, OuterRef, Q, QuerySet, When
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Greatest
from django.db.models.lookups import Exact

from core.models import StoredFile
from core.scope import ScopedQuerySet, Ways
from organization.access import Access
from trainees.models.ledger import AMOUNT, ZERO, Channel, CreditBalance, CreditEntry, sum_of_person
from trainees.models.people import Cadre, OfCadre, own_way, person_ways


class Measure(models.TextChoices):
    """What an amount is counted in; each but the last is a column of CreditBalance."""

    OFF_JOB_DAYS = "off_job_days", "脱产天数"
    OFF_JOB_HOURS = "off_job_hours", "脱产学时"
    ONLINE_HOURS = "online_hours", "网络学时"
    REQUIRED = "required", "必修学分"
    ELECTIVE = "elective", "选修学分"


def unit_of(measure: str) -> str:
    """In what an amount of a measure is told: 天, 学时, 学分; nothing where there is no second measure."""
    units = {Measure.OFF_JOB_DAYS: "天", Measure.REQUIRED: "学分", Measure.ELECTIVE: "学分"}
    return units.get(Measure(measure), "学时") if measure else ""


_OFF_JOB, _ONLINE = Q(channel=Channel.OFF_JOB), Q(channel=Channel.ONLINE)
OF_ENTRIES = {
    Measure.OFF_JOB_DAYS: Case(When(_OFF_JOB, then=F("days"))),
    Measure.OFF_JOB_HOURS: Case(When(_OFF_JOB, then=F("hours"))),
    Measure.ONLINE_HOURS: Case(When(_ONLINE, then=F("hours"))),
    Measure.REQUIRED: Case(When(kind="required", then=F("credits"))),
    Measure.ELECTIVE: Case(When(kind="elective", then=F("credits"))),
}
"""What an entry adds to each measure, as the balances have it (migration ledger_triggers)."""


class DutyQuerySet(OfCadre):
    """Duties and how they stand; what a merged double learned counts for the row that lives on."""

    def with_standing(self) -> Self:
        """Annotates `done` and `other_done` (as the measures are), `met`, and `missing` (of `measure`, 0 when met).

        For pages of people: four looks at the ledger for each duty. Whole cities are asked about by
        `training.services.attainment`, which reads the balances once.
        """
        rows = self.annotate(done=_learned("measure"), other_done=_learned("other_measure"))
        reached = Q(done__gte=F("amount")) | Q(other_done__gte=F("other_amount"), other_amount__isnull=False)
        met = ExpressionWrapper(Q(exempt=True) | reached, output_field=models.BooleanField())
        return rows.annotate(
            met=met, missing=Case(When(met=True, then=ZERO), default=Greatest(F("amount") - F("done"), ZERO))
        )

    def with_rolling(self) -> Self:
        """Annotates `rolling`: of a duty of several whole years, the same measure over as many years up to `year`.

        The fixed window counts (DOMAIN.md §3), the rolling one is shown beside it. 0 for duties of one year.
        """
        length = OuterRef("due__year") - OuterRef("since__year")
        balances = CreditBalance.objects.filter(
            year__lte=OuterRef("year"), year__gte=OuterRef("year") - length, year__lt=OuterRef("year") + length
        )
        columns = {one: F(str(one)) for one in Measure}
        return self.annotate(rolling=_sum(balances, "measure", columns))

    def as_sql(self) -> tuple[str, tuple[Any, ...]]:
        """The keys of these rows as a statement with its parameters, for what reads whole tables once."""
        self._check_scope()
        try:
            return self.order_by().values("pk").query.sql_with_params()
        except EmptyResultSet:
            return "SELECT 0::bigint AS id WHERE false", ()


def _learned(measure: str) -> Case:
    """What was learned of the duty's own measure: of whole years by the balances, between two days by the entries."""
    balances = CreditBalance.objects.filter(year__gte=OuterRef("since__year"), year__lte=OuterRef("due__year"))
    entries = CreditEntry.objects.filter(on__gte=OuterRef("since"), on__lte=OuterRef("due"))
    columns = {one: F(str(one)) for one in Measure}
    return Case(
        When(by_entries=True, then=_sum(entries, measure, OF_ENTRIES)),
        default=_sum(balances, measure, columns),
        output_field=AMOUNT,
    )


def _sum(rows: QuerySet, measure: str, columns: Mapping[Measure, F | Case]) -> CombinedExpression:
    amount = Case(*(When(Exact(OuterRef(measure), str(one)), then=what) for one, what in columns.items()), default=ZERO)
    return sum_of_person(rows, amount)


class Duty(models.Model):
    """How much one cadre has to learn by when (学习任务), as the requirement set of the day gives it.

    Met when `amount` of `measure` is reached, or `other_amount` of `other_measure` (passing either counts). Counted are
    the ledger's years from that of `since` to that of `due`; with `by_entries`, what is dated from `since` to `due`.
    `year` is the year in whose lists it stands. Written by the service that assigns duties whenever a cadre, an
    exemption or a requirement set changes; what is done is asked of the ledger.
    """

    Measure = Measure

    done: Decimal
    other_done: Decimal
    met: bool
    missing: Decimal
    """What `with_standing` annotates."""
    rolling: Decimal

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

    objects = DutyQuerySet.as_manager()

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
