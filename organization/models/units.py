"""Units, their names, and the settings of an authority."""

from datetime import date
from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import F, Q
from treebeard.mp_tree import MP_Node, MP_NodeManager, MP_NodeQuerySet

from core.keys import new_key

if TYPE_CHECKING:
    from organization.models.accounts import Account


class UnitQuerySet(MP_NodeQuerySet):
    def visible_to(self, user: "Account") -> "UnitQuerySet":
        """Units under any grant of the account; the three administrators see the whole tree, which names no people."""
        return self.filter(user.access.units(path="path")) if user.is_active else self.none()

    def below(self, unit: "Unit") -> "UnitQuerySet":
        """The unit itself and all below it."""
        return self.filter(path__startswith=unit.path)

    def open_on(self, day: date) -> "UnitQuerySet":
        return self.filter(Q(closed_on=None) | Q(closed_on__gt=day))


class UnitManager(MP_NodeManager.from_queryset(UnitQuerySet)):  # type: ignore[misc]
    """Units in tree order."""

    def get_queryset(self) -> UnitQuerySet:
        return UnitQuerySet(self.model, using=self._db).order_by("path")


class Unit(MP_Node):
    """An organisation (单位): a node of the tree; it closes, merges or changes its name on a day, never disappears."""

    class Kind(models.TextChoices):
        ORGANIZATION_DEPARTMENT = "organization_department", "组织部门"
        PARTY_SCHOOL = "party_school", "党校"
        AGENCY = "agency", "机关"
        INSTITUTION = "institution", "事业单位"
        ENTERPRISE = "enterprise", "国有企业"
        TOWNSHIP = "township", "乡镇街道"
        PEOPLES_ORGANIZATION = "peoples_organization", "群团组织"
        SCHOOL = "school", "学校"
        REGION = "region", "行政区划"
        OTHER = "other", "其他"

    class Level(models.TextChoices):
        PROVINCE = "province", "省"
        CITY = "city", "市"
        COUNTY = "county", "县"
        TOWNSHIP = "township", "乡"

    steplen = 4

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    code = models.CharField("编码", max_length=30, unique=True)
    name = models.CharField("单位名称", max_length=120)
    pinyin = models.CharField("拼音", max_length=600, editable=False, db_index=True)
    kind = models.CharField("单位性质", max_length=30, choices=Kind)
    level = models.CharField("层级", max_length=10, choices=Level)
    credit_code = models.CharField("统一社会信用代码", max_length=18, blank=True)
    closed_on = models.DateField("撤销日期", null=True, blank=True)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, verbose_name="并入")
    version = models.PositiveIntegerField("版本", default=1, editable=False)

    objects = UnitManager()

    class Meta:
        verbose_name = verbose_name_plural = "单位"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(merged_into=None) | Q(closed_on__isnull=False),
                name="unit_merged_is_closed",
                violation_error_message="并入其他单位的，须填写撤销日期",
            ),
            models.CheckConstraint(condition=~Q(merged_into=F("id")), name="unit_not_into_itself"),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def upward(cls, path: str) -> list[str]:
        """The paths of the unit at `path` and of all above it, the highest first; none of an empty path."""
        return [path[:end] for end in range(cls.steplen, len(path) + 1, cls.steplen)]

    def name_on(self, day: date) -> str:
        """The unit's full name on a day: documents print the name of their day."""
        period = self.former_names.filter(since__lte=day, until__gt=day).first()
        return period.name if period else self.name


class UnitNamePeriod(models.Model):
    """A name a unit once had (曾用名), from a day until the day before another."""

    id = models.BigAutoField(primary_key=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="former_names", verbose_name="单位")
    name = models.CharField("名称", max_length=120)
    since = models.DateField("自")
    until = models.DateField("至（不含）")

    class Meta:
        verbose_name = verbose_name_plural = "单位曾用名"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(until__gt=F("since")), name="unit_name_period"),
            models.UniqueConstraint(fields=["unit", "since"], name="unit_name_since"),
        ]

    def __str__(self) -> str:
        return self.name


class UnitShortName(models.Model):
    """A short name of a unit (简称); it holds inside one authority."""

    id = models.BigAutoField(primary_key=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="short_names", verbose_name="单位")
    authority = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="适用范围")
    name = models.CharField("简称", max_length=60)

    class Meta:
        verbose_name = verbose_name_plural = "单位简称"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["authority", "name"],
                name="short_name_once",
                violation_error_message="同一范围内简称不能重复",
            )
        ]

    def __str__(self) -> str:
        return self.name


class AuthoritySetting(models.Model):
    """A typed setting of an authority (机构设置), from a day on; inherited down the tree (organization.preferences)."""

    id = models.BigAutoField(primary_key=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="settings", verbose_name="单位")
    key = models.CharField("设置项", max_length=40)
    value = models.JSONField("值")
    since = models.DateField("自")
    version = models.PositiveIntegerField("版本", default=1, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "机构设置"
        constraints: ClassVar = [models.UniqueConstraint(fields=["unit", "key", "since"], name="setting_once")]

    def __str__(self) -> str:
        return f"{self.unit} {self.key}"
