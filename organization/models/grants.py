"""Grants: which role an account has for a unit, from one day until another, and whom it stands in for."""

from datetime import date
from typing import ClassVar

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import Case, F, Q, Value, When

from core.database import whole_days
from organization.models.accounts import Account
from organization.models.units import Unit
from organization.roles import BUSINESS, KIND_OF, THREE_PEOPLE, Role

NO_SUCH_DEPUTY = """
IF NOT EXISTS (
    SELECT FROM organization_grant AS original
    WHERE original.id = NEW.deputises_id AND original.deputises_id IS NULL
      AND original.account_id <> NEW.account_id AND original.role = NEW.role AND original.unit_id = NEW.unit_id
      AND original.since <= NEW.since
      AND (original.until IS NULL OR original.until >= NEW.until OR NEW.until = NEW.since)
) THEN
    RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'grant_deputy_of_another',
        MESSAGE = '代理只能代他人现有的授权，角色、单位相同，不长于原授权';
END IF;
RETURN NEW;
"""


class GrantQuerySet(models.QuerySet["Grant"]):
    def on(self, day: date) -> "GrantQuerySet":
        """Grants that hold on a day (until is the last day); a deputy's holds only while the original does."""
        return self.filter(in_force(day) & (Q(deputises=None) | in_force(day, "deputises__")))

    def overlapping(self, since: date, until: date | None) -> "GrantQuerySet":
        """Grants whose days meet these; an open end is for ever."""
        rows = self.filter(Q(until=None) | Q(until__gte=since))
        return rows if until is None else rows.filter(since__lte=until)

    def lasting(self, day: date) -> "GrantQuerySet":
        """Grants that hold by themselves on a day and have no end, of accounts that can sign in."""
        enabled = Q(account__is_active=True, account__approved_at__isnull=False)
        return self.filter(enabled, since__lte=day, until=None, deputises=None)


def in_force(day: date, prefix: str = "") -> Q:
    """Rows with `since` and `until` (the last day) that hold on a day."""
    begun, open_end = Q(**{f"{prefix}since__lte": day}), Q(**{f"{prefix}until": None})
    return begun & (open_end | Q(**{f"{prefix}until__gte": day}))


class Grant(models.Model):
    """A role of an account for a unit and all below it (授权), from one day until another.

    `kind` is computed by the database: each of the three administrators is a kind, all business roles are another one,
    and no account has two kinds on one day (三员分立, GB/T 22239 8.1.4.2 d). A grant that `deputises` another (代理) is of
    the same role and unit, has an end and a reason, and ends with the original.
    """

    Role = Role

    id = models.BigAutoField(primary_key=True)
    account = models.ForeignKey(Account, models.PROTECT, related_name="grants", verbose_name="账号")
    role = models.CharField("角色", max_length=20, choices=Role)
    kind = models.GeneratedField(
        expression=Case(
            *(When(role=role, then=Value(kind)) for role, kind in KIND_OF.items()), default=Value(BUSINESS)
        ),
        output_field=models.CharField("类别", max_length=10),
        db_persist=True,
    )
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name="单位")
    since = models.DateField("自")
    until = models.DateField("至", null=True, blank=True)
    granted_by_id = models.UUIDField("授权人", null=True, editable=False)
    deputises = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="deputies", verbose_name="代理的授权"
    )
    reason = models.CharField("代理理由", max_length=200, blank=True)

    objects = GrantQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "授权"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")),
                name="grant_period",
                violation_error_message="止日不能早于起日",
            ),
            models.UniqueConstraint(fields=["account", "role", "unit", "since"], name="grant_once"),
            models.CheckConstraint(
                condition=Q(deputises=None) | (Q(until__isnull=False) & ~Q(reason="")),
                name="grant_deputy_ends",
                violation_error_message="代理须有止日和理由",
            ),
            ExclusionConstraint(
                name="grant_one_kind",
                expressions=[
                    ("account", RangeOperators.EQUAL),
                    ("kind", RangeOperators.NOT_EQUAL),
                    (whole_days(), RangeOperators.OVERLAPS),
                ],
                violation_error_message=THREE_PEOPLE,
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.Trigger(
                name="deputy_of_another",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                condition=pgtrigger.Q(new__deputises__isnull=False),
                func=NO_SUCH_DEPUTY,
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()}（{self.unit}）"

    @property
    def deputised_as(self) -> str:
        """What a deputy takes over, in words."""
        return str(self)
