"""Virtual on-line classes: who learns on line together, who looks after them."""

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, OuterRef, Q

from core.keys import new_key
from core.models import AppendOnly
from core.scope import ScopedQuerySet, Ways
from organization.access import Access
from organization.models import Unit
from organization.roles import Role
from trainees.models.ledger import Channel, CreditBalance, sum_of_person
from trainees.models.people import Cadre, own_way, person_ways
from trainees.models.recognition import Recognition


def online_class_ways(access: Access, prefix: str = "") -> Ways:
    """Classes of the area, and those the account looks after."""
    named = Q()
    for who in ("manager", "inspector", "liaison"):
        named |= Q(**{f"{prefix}{who}": access.account_id})
    return {"organised": access.within(f"{prefix}unit", Role.STAFF, Role.LEADER), "named": named}


class OnlineClassQuerySet(ScopedQuerySet):
    def ways(self, access: Access) -> Ways:
        return online_class_ways(access)


class OnlineClass(models.Model):
    """A virtual on-line class (网络虚拟班): learners by kind of unit, with a manager, an inspector and a liaison."""

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="主办机构")
    name = models.CharField("名称", max_length=120)
    unit_kind = models.CharField("单位性质", max_length=30, choices=Unit.Kind, blank=True)
    year = models.PositiveSmallIntegerField("年度")
    since = models.DateField("开始日期")
    until = models.DateField("结束日期")
    target_hours = models.DecimalField("要求学时", max_digits=5, decimal_places=1, default=50)
    manager = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="班主任"
    )
    inspector = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="督学员"
    )
    liaison = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="联络员"
    )
    version = models.PositiveIntegerField("版本", default=1, editable=False)

    objects = OnlineClassQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "网络虚拟班"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(until__gte=F("since")),
                name="online_class_period",
                violation_error_message="结束日期不能早于开始日期",
            ),
            models.UniqueConstraint(
                fields=["unit", "year", "name"], name="online_class_once", violation_error_message="同年度已有同名班"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class OnlineLearnerQuerySet(ScopedQuerySet):
    def ways(self, access: Access) -> Ways:
        return online_class_ways(access, "online_class__") | person_ways(access, "cadre__") | own_way(access, "cadre__")

    def present(self) -> Self:
        """Who has not left the class."""
        return self.filter(left_on=None)

    def with_progress(self) -> Self:
        """Annotates `hours` (on-line hours of the class's year in the ledger) and `waiting` (filed, not confirmed yet).

        What merged doubles learned counts for the row that lives on.
        """
        hours = CreditBalance.objects.filter(year=OuterRef("online_class__year"))
        asked = Recognition.objects.filter(
            until__year=OuterRef("online_class__year"), channel=Channel.ONLINE,
            state__in=[Recognition.State.FILED, Recognition.State.VETTED],
        )  # fmt: skip
        return self.annotate(hours=sum_of_person(hours, "online_hours"), waiting=sum_of_person(asked, "hours"))


class OnlineLearner(models.Model):
    """A cadre in a virtual on-line class (网络学员)."""

    id = models.BigAutoField(primary_key=True)
    online_class = models.ForeignKey(OnlineClass, models.PROTECT, related_name="learners", verbose_name="网络虚拟班")
    cadre = models.ForeignKey(Cadre, models.PROTECT, related_name="online_classes", verbose_name="干部")
    left_on = models.DateField("退出日期", null=True, blank=True)

    objects = OnlineLearnerQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "网络学员"
        constraints: ClassVar = [models.UniqueConstraint(fields=["online_class", "cadre"], name="online_learner_once")]

    def __str__(self) -> str:
        return f"{self.cadre}"


class OnlineReminderQuerySet(ScopedQuerySet):
    def ways(self, access: Access) -> Ways:
        return online_class_ways(access, "learner__online_class__") | own_way(access, "learner__cadre__")


class OnlineReminder(AppendOnly):
    """A reminder to a learner who is behind (督学提醒); they find it on their own page."""

    id = models.BigAutoField(primary_key=True)
    learner = models.ForeignKey(OnlineLearner, models.PROTECT, related_name="reminders", verbose_name="网络学员")
    text = models.CharField("内容", max_length=200)
    actor_id = models.UUIDField("提醒人", null=True, editable=False)
    at = models.DateTimeField("时间", auto_now_add=True)

    objects = OnlineReminderQuerySet.as_manager()

    class Meta(AppendOnly.Meta):
        verbose_name = verbose_name_plural = "督学提醒"

    def __str__(self) -> str:
        return self.text[:40]
