"""Series, classes and who has a role in a class."""

from datetime import date, timedelta
from typing import TYPE_CHECKING, ClassVar, NamedTuple, Self
from uuid import UUID

import pgtrigger
from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from core.keys import new_key
from core.scope import ScopedQuerySet, Ways, any_of
from organization.access import Access
from organization.models import Unit, in_force
from organization.roles import Role

if TYPE_CHECKING:
    from organization.models import Account

MANAGER_READS_AFTER = timedelta(days=15)

# The only ways a class may change its state; the database refuses any other (trigger class_state).
CLASS_MOVES = [
    ("planned", "running"), ("planned", "ended"), ("planned", "cancelled"),
    ("running", "planned"), ("running", "ended"), ("running", "cancelled"),
    ("ended", "planned"), ("ended", "running"), ("ended", "closed"),
    ("closed", "reopened"), ("reopened", "closed"),
]  # fmt: skip


class ClassSeries(models.Model):
    """Which runs are of one kind (班次系列), so that “the same kind within three years” can be asked."""

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name="主办机构")
    name = models.CharField("系列名称", max_length=120)

    class Meta:
        verbose_name = verbose_name_plural = "班次系列"
        constraints: ClassVar = [models.UniqueConstraint(fields=["unit", "name"], name="series_once")]

    def __str__(self) -> str:
        return self.name


class Named(NamedTuple):
    """A role in a class with which an account reads; whom a deputy stands in for ("" for one's own)."""

    training_class: UUID
    kind: str
    deputy_for: str


def named_for(access: Access) -> tuple[Named, ...]:
    """The roles in classes with which the account reads on the access's day; one query for a whole request.

    Every queryset of what hangs on classes names them, and so do the rail and each class's door.
    """

    def ask() -> tuple[Named, ...]:
        rows = ClassRole.objects.reading_on(access.day).filter(account=access.account_id)
        columns = rows.values_list("training_class", "kind", "deputises__account__display_name").distinct()
        return tuple(Named(where, kind, name or "") for where, kind, name in columns)

    return access.once("named for classes", ask)


def class_ways(access: Access, prefix: str = "", *, leader: bool = False, assessor: bool = True) -> Ways:
    """Classes organised in the area, and classes the account is named for (DOMAIN.md §1, the class door)."""
    roles = [Role.STAFF, Role.LEADER] if leader else [Role.STAFF]
    kinds = [ClassRole.Kind.MANAGER, ClassRole.Kind.ASSESSOR] if assessor else [ClassRole.Kind.MANAGER]
    named = named_for(access)
    classes = {kind: sorted({each.training_class for each in named if each.kind == kind}) for kind in kinds}
    return {"organised": access.within(f"{prefix}unit", *roles)} | {
        str(kind): Q(**{f"{prefix}id__in": keys}) for kind, keys in classes.items()
    }


def open_class_ways(access: Access, prefix: str = "") -> Ways:
    """The class itself and what hangs on it for everybody: also leaders, and those who learn in it."""
    enrolments = apps.get_model("training", "Enrolment")._default_manager.filter(cadre__account=access.account_id)
    enrolled = Q(**{f"{prefix}id__in": enrolments.values("training_class")})
    return class_ways(access, prefix, leader=True) | {"enrolled": enrolled}


class TrainingClassQuerySet(ScopedQuerySet):
    def ways(self, access: Access) -> Ways:
        return open_class_ways(access)

    def managed_by(self, user: "Account") -> Self:
        """Classes whose roster, marks, entries and results the account may see."""
        rows = self.filter(any_of(class_ways(user.access)))
        rows._scoped = True
        return rows


class TrainingClass(models.Model):
    """One run of a course of study (班次).

    Known again by 班次编号, else by organizer, name and start date. `revision` counts every change of what a workbook
    holds: a rehearsal remembers it and a commit refuses when somebody else was quicker.
    """

    class State(models.TextChoices):
        PLANNED = "planned", "计划"
        RUNNING = "running", "进行中"
        ENDED = "ended", "已结束"
        CLOSED = "closed", "已结班"
        REOPENED = "reopened", "重新打开"
        CANCELLED = "cancelled", "已取消"

    class Origin(models.TextChoices):
        APPLICATION = "application", "办班申报"
        WORKBOOK = "workbook", "工作簿导入"
        PAGE = "page", "页面建立"

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="classes", verbose_name="主办机构")
    series = models.ForeignKey(ClassSeries, models.PROTECT, null=True, blank=True, verbose_name="系列")
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, verbose_name="主班")
    origin = models.CharField("来源", max_length=20, choices=Origin)
    code = models.CharField("班次编号", max_length=40, blank=True)
    name = models.CharField("班次名称", max_length=120)
    class_type = models.CharField("班次类别", max_length=30)
    organizer = models.CharField("主办单位", max_length=120)
    host = models.CharField("承办单位", max_length=120, blank=True)
    place = models.CharField("培训地点", max_length=120, blank=True)
    manager_names = models.CharField("班主任", max_length=120, blank=True)
    planned_size = models.PositiveIntegerField("计划人数", null=True, blank=True)
    start = models.DateField("开始日期")
    end = models.DateField("结束日期")
    state = models.CharField("状态", max_length=10, choices=State, default=State.PLANNED)
    state_reason = models.CharField("状态说明", max_length=200, blank=True)
    closed_on = models.DateField("结班日期", null=True, blank=True)
    attendance_kept = models.BooleanField("有考勤", default=False)
    revision = models.PositiveIntegerField("修订", default=0, editable=False)
    version = models.PositiveIntegerField("版本", default=1, editable=False)

    objects = TrainingClassQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "班次"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(end__gte=F("start")),
                name="class_period",
                violation_error_message="结束日期不能早于开始日期",
            ),
            models.UniqueConstraint(
                fields=["unit", "code"],
                condition=~Q(code=""),
                name="class_code_once",
                violation_error_message="班次编号已被使用",
            ),
            models.UniqueConstraint(
                fields=["unit", "organizer", "name", "start"], condition=Q(code=""), name="class_identity_once"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["unit", "-start"], name="class_unit_start")]
        triggers: ClassVar = [
            pgtrigger.FSM(
                name="class_state",
                field="state",
                transitions=CLASS_MOVES,
            )
        ]

    def __str__(self) -> str:
        return self.name


class ClassRoleQuerySet(models.QuerySet["ClassRole"]):
    def on(self, day: date) -> "ClassRoleQuerySet":
        """Roles that hold on a day; a deputy's holds only while the original does."""
        return self.filter(in_force(day) & (Q(deputises=None) | in_force(day, "deputises__")))

    def reading_on(self, day: date) -> "ClassRoleQuerySet":
        """Roles that still read: in force until the class is closed, managers for 15 days more (SEC-21)."""
        closed = Q(training_class__closed_on__lt=day) & ~Q(kind=ClassRole.Kind.MANAGER)
        closed_long_ago = Q(training_class__closed_on__lt=day - MANAGER_READS_AFTER)
        return self.on(day).exclude(closed | closed_long_ago)


NO_ADMINISTRATOR = """
PERFORM FROM organization_account WHERE id = NEW.account_id FOR NO KEY UPDATE;
IF EXISTS (
    SELECT FROM organization_grant AS held
    WHERE held.account_id = NEW.account_id AND held.kind <> 'business'
      AND held.since <= coalesce(NEW.until, 'infinity') AND NEW.since <= coalesce(held.until, 'infinity')
) THEN
    RAISE EXCEPTION USING ERRCODE = 'exclusion_violation', CONSTRAINT = 'administrator_in_class',
        MESSAGE = '系统、安全、审计管理员不能担任班主任或考评工作小组成员';
END IF;
RETURN NEW;
"""
"""The other way round a trigger on the grants refuses (migration class_roles_and_administrators): both hold the account
first, so that of two at once the second sees what the first wrote."""

NO_SUCH_DEPUTY = """
IF NOT EXISTS (
    SELECT FROM training_classrole AS original
    WHERE original.id = NEW.deputises_id AND original.deputises_id IS NULL
      AND original.account_id <> NEW.account_id AND original.kind = NEW.kind
      AND original.training_class_id = NEW.training_class_id AND original.since <= NEW.since
      AND (original.until IS NULL OR original.until >= NEW.until OR NEW.until = NEW.since)
) THEN
    RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'class_role_deputy_of_another',
        MESSAGE = '代理只能代他人现有的班次角色，班次、角色相同，不长于原角色';
END IF;
RETURN NEW;
"""


class ClassRole(models.Model):
    """A role named for one class, from–until (班主任、考评工作小组成员); never an administrator's (SEC-20).

    One that `deputises` another (代理) is of the same class and kind, has an end and a reason, and ends with the original.
    """

    class Kind(models.TextChoices):
        MANAGER = "manager", "班主任"
        ASSESSOR = "assessor", "考评工作小组"

    id = models.BigAutoField(primary_key=True)
    training_class = models.ForeignKey(TrainingClass, models.PROTECT, related_name="roles", verbose_name="班次")
    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="账号")
    kind = models.CharField("角色", max_length=10, choices=Kind)
    since = models.DateField("自")
    until = models.DateField("至", null=True, blank=True)
    deputises = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="deputies", verbose_name="代理的班次角色"
    )
    reason = models.CharField("代理理由", max_length=200, blank=True)

    objects = ClassRoleQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "班次角色"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["training_class", "account", "kind", "since"], name="class_role_once"),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")),
                name="class_role_period",
                violation_error_message="止日不能早于起日",
            ),
            models.CheckConstraint(
                condition=Q(deputises=None) | (Q(until__isnull=False) & ~Q(reason="")),
                name="class_role_deputy_ends",
                violation_error_message="代理须有止日和理由",
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.Trigger(
                name="no_administrator",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("account_id", "since", "until"),
                func=NO_ADMINISTRATOR,
            ),
            pgtrigger.Trigger(
                name="deputy_of_another",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                condition=pgtrigger.Q(new__deputises__isnull=False),
                func=NO_SUCH_DEPUTY,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.get_kind_display()}"

    @property
    def deputised_as(self) -> str:
        """What a deputy takes over, in words."""
        return f"{self.get_kind_display()}（{self.training_class}）"
