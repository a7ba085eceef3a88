"""Leave: what was asked, who decides in which order, which sessions it covers."""

from datetime import date
from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Exists, ExpressionWrapper, F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce

from core.keys import new_key
from core.models import StoredFile
from core.scope import ScopedQuerySet, Ways
from organization.access import Access
from organization.models import Unit
from organization.roles import Role
from training.models.attendance import AttendanceMark, manager_ways
from training.models.classes import NO_ADMINISTRATOR, ClassRole, TrainingClass
from training.models.enrolment import Enrolment
from training.models.timetable import Session

if TYPE_CHECKING:
    from organization.models import Account

# The only ways a request may change its state; the database refuses any other (trigger leave_state).
LEAVE_MOVES = [
    ("asked", "granted"), ("asked", "refused"), ("asked", "withdrawn"),
    ("granted", "cancelled"), ("granted", "returned"),
]  # fmt: skip


class LeaveLevel(models.TextChoices):
    """Who decides about leave, by its length (DOMAIN.md §3): each longer one asks the former first."""

    MANAGER = "manager", "班主任"
    OFFICE = "office", "学校办公室（教务处）"
    VICE_PRESIDENT = "vice_president", "分管校领导"
    DEPARTMENT = "department", "组织部"


class LeaveApproverQuerySet(models.QuerySet["LeaveApprover"]):
    def on(self, day: date) -> "LeaveApproverQuerySet":
        """Those in force on a day."""
        return self.filter(since__lte=day).filter(Q(until=None) | Q(until__gte=day))

    def above(self, path: str) -> "LeaveApproverQuerySet":
        """Those named for the unit at `path` or for one above it."""
        return self.filter(unit__path__in=Unit.upward(path))


class LeaveApprover(models.Model):
    """Who decides for the school's office or as vice-president (请假审批人), from–until; `deputy` stands in for them."""

    id = models.BigAutoField(primary_key=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="学校")
    level = models.CharField("审批层级", max_length=16, choices=LeaveLevel)
    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="账号")
    deputy = models.BooleanField("代理", default=False)
    since = models.DateField("自")
    until = models.DateField("至", null=True, blank=True)

    objects = LeaveApproverQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "请假审批人"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")),
                name="leave_approver_period",
                violation_error_message="结束日期不能早于开始日期",
            ),
            models.UniqueConstraint(fields=["unit", "level", "account", "since"], name="leave_approver_once"),
        ]
        triggers: ClassVar = [
            pgtrigger.Trigger(
                name="no_administrator",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("account_id", "since", "until"),
                func=NO_ADMINISTRATOR.replace("班主任或考评工作小组成员", "请假审批人"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.get_level_display()}"


class LeaveRequestQuerySet(ScopedQuerySet):
    def ways(self, access: Access) -> Ways:
        """As every record of the class office, and whoever has to decide about it."""
        asked = LeaveStep.objects.filter(asked_of(access))
        return manager_ways(access) | {"asked": Q(pk__in=asked.values("request"))}


class LeaveRequest(models.Model):
    """A request for leave (请假): kind, sessions from–to, reason, proof.

    `hours` counts the sessions it covers, `half_days` their half-days, by which the chain of approval was chosen.
    `over_cap` says at the time of granting whether more than 1/7 of the class's hours would be missed.
    """

    class Kind(models.TextChoices):
        PERSONAL = AttendanceMark.Mark.PERSONAL.value, "事假"
        SICK = AttendanceMark.Mark.SICK.value, "病假"
        OFFICIAL = AttendanceMark.Mark.OFFICIAL.value, "公假"

    class State(models.TextChoices):
        ASKED = "asked", "待审批"
        GRANTED = "granted", "已准假"
        REFUSED = "refused", "未准假"
        WITHDRAWN = "withdrawn", "已撤回"
        CANCELLED = "cancelled", "已取消"
        RETURNED = "returned", "已销假"

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    training_class = models.ForeignKey(TrainingClass, models.PROTECT, related_name="leaves", verbose_name="班次")
    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="leaves", verbose_name="学员")
    kind = models.CharField("假别", max_length=10, choices=Kind)
    reason = models.CharField("事由", max_length=500)
    proof = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="证明")
    proof_name = models.CharField("证明文件名", max_length=200, blank=True)
    first = models.DateField("起")
    last = models.DateField("止")
    hours = models.DecimalField("学时", max_digits=6, decimal_places=1)
    half_days = models.PositiveSmallIntegerField("半天数")
    state = models.CharField("状态", max_length=10, choices=State, default=State.ASKED)
    over_cap = models.BooleanField("超过七分之一", default=False)
    asked_by_id = models.UUIDField("申请人", null=True, editable=False)
    asked = models.DateTimeField("申请时间", auto_now_add=True)
    ended = models.DateTimeField("办结时间", null=True, editable=False)
    end_reason = models.CharField("办结说明", max_length=200, blank=True)
    version = models.PositiveIntegerField("版本", default=1, editable=False)

    objects = LeaveRequestQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "请假"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(last__gte=F("first")), name="leave_period"),
            models.CheckConstraint(condition=Q(hours__gt=0), name="leave_hours"),
        ]
        indexes: ClassVar = [models.Index(fields=["training_class", "state", "-first"], name="leave_class")]
        triggers: ClassVar = [pgtrigger.FSM(name="leave_state", field="state", transitions=LEAVE_MOVES)]

    def __str__(self) -> str:
        return f"{self.enrolment} {self.get_kind_display()}"


class LeaveSession(models.Model):
    """A session that a leave covers (请假课次); one given back by 销假 or by shortening is not `live` any more.

    `date` and `period` say where it stood when it was covered; `whole` that its half-day was asked for as a whole, so
    that a session which the timetable puts there later is covered too. `replaced` and `replaced_source` keep the mark
    that the granting replaced: giving the session back restores it.
    """

    id = models.BigAutoField(primary_key=True)
    request = models.ForeignKey(LeaveRequest, models.CASCADE, related_name="sessions", verbose_name="请假")
    session = models.ForeignKey(Session, models.PROTECT, related_name="+", verbose_name="课次")
    live = models.BooleanField("有效", default=True)
    date = models.DateField("日期")
    period = models.PositiveSmallIntegerField("时段", choices=Session.Period)
    whole = models.BooleanField("整个半天", default=False)
    replaced = models.CharField("原考勤", max_length=10, choices=AttendanceMark.Mark, blank=True, editable=False)
    replaced_source = models.CharField(
        "原来源", max_length=10, choices=AttendanceMark.Source, blank=True, editable=False
    )

    class Meta:
        verbose_name = verbose_name_plural = "请假课次"
        constraints: ClassVar = [models.UniqueConstraint(fields=["request", "session"], name="leave_session_once")]

    def __str__(self) -> str:
        return str(self.session)


class LeaveStepQuerySet(models.QuerySet["LeaveStep"]):
    def current(self) -> "LeaveStepQuerySet":
        """The step of each open request that is to be taken now; `waiting_since` says since when."""
        before = LeaveStep.objects.filter(request=OuterRef("request"), position__lt=OuterRef("position"))
        open_ones = self.filter(decision=LeaveStep.Decision.WAITING, request__state=LeaveRequest.State.ASKED)
        last = before.order_by("-position").values("at")[:1]
        return open_ones.filter(~Exists(before.filter(decision=LeaveStep.Decision.WAITING))).annotate(
            waiting_since=Coalesce(Subquery(last), F("request__asked"))
        )

    def decided_by(self, user: "Account") -> "LeaveStepQuerySet":
        """Of these steps those that the account may decide today; nobody decides about their own request."""
        day = user.access.day
        managed = ClassRole.objects.on(day).filter(account=user, kind=ClassRole.Kind.MANAGER)
        mine = Q(level=LeaveLevel.MANAGER, request__training_class__in=managed.values("training_class"))
        department = user.access.within("request__training_class__unit", Role.STAFF)
        theirs = department & (Q(level=LeaveLevel.DEPARTMENT) | _nobody_at_level(day))
        trainee = "request__enrolment__cadre"
        own = self.filter(Q(**{f"{trainee}__account": user}) | Q(**{f"{trainee}__canonical__account": user}))
        return self.filter(asked_of(user.access) | mine | theirs).exclude(pk__in=own.values("pk"))


def _above_the_class(named: LeaveApproverQuerySet) -> LeaveApproverQuerySet:
    """Those of them who are named for the unit of a step's class or for one above it."""
    path = ExpressionWrapper(OuterRef("request__training_class__unit__path"), models.CharField())
    return named.alias(path=path).filter(path__startswith=F("unit__path"))


def _nobody_at_level(day: date) -> Q:
    """Steps for which the school has named nobody other than the trainee: they fall to the department."""
    trainee = Coalesce(OuterRef("request__enrolment__cadre__account"), Value(UUID(int=0)))
    managers = ClassRole.objects.on(day).filter(
        kind=ClassRole.Kind.MANAGER, training_class=OuterRef("request__training_class"), account__is_active=True
    )
    named = LeaveApprover.objects.on(day).filter(level=OuterRef("level"), account__is_active=True)
    nobody = Q(~Exists(_above_the_class(named).exclude(account=trainee)))
    return nobody & (~Q(level=LeaveLevel.MANAGER) | Q(~Exists(managers.exclude(account=trainee))))


class LeaveStep(models.Model):
    """One decision about a leave (请假审批): the level that is asked, in order, and what it said."""

    class Decision(models.TextChoices):
        WAITING = "waiting", "待审批"
        GRANTED = "granted", "同意"
        REFUSED = "refused", "不同意"

    id = models.BigAutoField(primary_key=True)
    request = models.ForeignKey(LeaveRequest, models.CASCADE, related_name="steps", verbose_name="请假")
    position = models.PositiveSmallIntegerField("次序")
    level = models.CharField("审批层级", max_length=16, choices=LeaveLevel)
    decision = models.CharField("意见", max_length=10, choices=Decision, default=Decision.WAITING)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="审批人")
    as_deputy = models.BooleanField("代理审批", default=False)
    at = models.DateTimeField("审批时间", null=True)
    comment = models.CharField("审批意见", max_length=200, blank=True)
    reminded = models.DateTimeField("催办时间", null=True, editable=False)

    objects = LeaveStepQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "请假审批"
        ordering: ClassVar = ["request", "position"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["request", "level"], name="leave_step_once")]

    def __str__(self) -> str:
        return f"{self.get_level_display()} {self.get_decision_display()}"


def asked_of(access: Access) -> Q:
    """Steps that the account may decide for the school's office or as vice-president, itself or as deputy."""
    named = LeaveApprover.objects.on(access.day).filter(account=access.account_id)
    held = Q(pk__in=[])
    for level, path in named.values_list("level", "unit__path"):
        held |= Q(level=level, request__training_class__unit__path__startswith=path)
    return held
