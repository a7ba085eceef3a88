"""Years of one cadre's ledger in which a check found a difference (REL-02)."""

from typing import ClassVar, Self

import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from core.scope import ScopedQuerySet, Ways
from organization.access import Access
from organization.roles import Role
from trainees.models.people import Cadre


class FrozenYearQuerySet(ScopedQuerySet):
    def ways(self, access: Access) -> Ways:
        """The department that manages the cadre: who sees it may release it."""
        return {"managed": access.within("cadre__managing_authority", Role.STAFF)}

    def standing(self) -> Self:
        """Not released yet."""
        return self.filter(released_at=None)


class FrozenYear(models.Model):
    """A cadre's year whose figures differ (冻结年度): nothing is posted for it until the department has looked.

    Set by the check that found the difference (`run`, as in the audit log), released by a person with a reason. The
    database refuses entries meanwhile (migration frozen_year); what was released stays as it was written.
    """

    id = models.BigAutoField(primary_key=True)
    cadre = models.ForeignKey(Cadre, models.PROTECT, related_name="frozen_years", verbose_name="干部")
    year = models.PositiveSmallIntegerField("年度")
    words = models.TextField("差异")
    run = models.UUIDField("核对批次")
    frozen_at = models.DateTimeField("冻结时间", db_default=Now())
    released_at = models.DateTimeField("解除时间", null=True, blank=True)
    released_by_id = models.UUIDField("解除人", null=True, editable=False)
    release_reason = models.CharField("解除理由", max_length=500, blank=True)

    objects = FrozenYearQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "冻结年度"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["cadre", "year"], condition=Q(released_at=None), name="frozen_year_once"),
            models.CheckConstraint(
                condition=Q(released_at=None, release_reason="")
                | (Q(released_at__isnull=False) & ~Q(release_reason="")),
                name="frozen_year_released_why",
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(
                name="released_year_stays",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__released_at__isnull=False),
            ),
            pgtrigger.Protect(name="frozen_year_kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.cadre}{self.year}年"
