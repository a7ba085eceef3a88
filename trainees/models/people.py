"""Cadres and their appointments. People's data: every query in a request goes through `visible_to`."""

from datetime import date
from typing import ClassVar, Self
from uuid import UUID

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce

from core.crypto import blind_index, open_text, seal_text
from core.database import whole_days
from core.idnumber import mask
from core.keys import new_key
from core.models import StoredFile
from core.phone import mask_phone
from core.scope import ScopedQuerySet, Ways
from organization.access import Access
from organization.models import Unit
from organization.roles import Role


def person_ways(access: Access, prefix: str = "") -> Ways:
    """Cadres managed by, or working in, the area: department staff and leaders; liaisons by working there only."""
    return {
        "managed": access.within(f"{prefix}managing_authority", Role.STAFF, Role.LEADER),
        "works": access.within(f"{prefix}unit", Role.STAFF, Role.LEADER, Role.LIAISON),
    }


def own_way(access: Access, prefix: str = "") -> Ways:
    """Rows about the account's own cadre and the doubles merged into it; `prefix` leads to the cadre."""
    mine = models.Subquery(Cadre._default_manager.filter(account=access.account_id).values("pk")[:1])
    return {"own": Q(**{f"{prefix}account": access.account_id}) | Q(**{f"{prefix}canonical": mine})}


class CadreQuerySet(ScopedQuerySet):
    def ways(self, access: Access) -> Ways:
        return person_ways(access) | own_way(access)

    def with_id_number(self, id_number: str) -> Self:
        """Exact search through the keyed index; prefixes cannot be asked (SEC-32)."""
        return self.filter(id_number_index=blind_index(id_number))

    def same_person(self, cadre: "Cadre") -> Self:
        """The row that lives on and the doubles merged into it: what one person's sums are taken over."""
        key = cadre.canonical_id or cadre.pk
        return self.filter(Q(pk=key) | Q(canonical=key))

    def living(self) -> Self:
        """Everybody once: without merged doubles."""
        return self.filter(canonical=None)

    def in_service(self) -> Self:
        """Without whoever retired, died or left."""
        return self.exclude(status__in=Cadre.GONE)


class Cadre(models.Model):
    """A person (干部). The ID number is sealed, found by a keyed index and shown masked.

    `unit` repeats the primary appointment of today, written by the service that changes appointments, so that scope and
    lists need no join over periods; `band` repeats its level likewise. `entered_on` is when somebody newly became a
    cadre (that year's duty is pro rata). `canonical` points from a merged double to the row that lives on.
    """

    class Sex(models.TextChoices):
        """GB/T 2261.1."""

        MALE = "1", "男"
        FEMALE = "2", "女"

    class Status(models.TextChoices):
        SERVING = "serving", "在职"
        SECONDED = "seconded", "借调"
        RETIRED = "retired", "退休"
        DIED = "died", "去世"
        LEFT = "left", "调离"

    GONE: ClassVar = (Status.RETIRED, Status.DIED, Status.LEFT)
    """Who serves no more: holds no post, is in no on-line class, is forgotten some years later."""

    class Band(models.TextChoices):
        """What the requirements tell apart (DOMAIN.md §3): by post level, or by rank."""

        COUNTY_UP = "county_up", "县处级（四级调研员）以上"
        TOWNSHIP_DOWN = "township_down", "乡科级（一级主任科员）以下"

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    name = models.CharField("姓名", max_length=120)
    pinyin = models.CharField("拼音", max_length=600, editable=False, db_index=True)
    initials = models.CharField("拼音首字母", max_length=120, editable=False, db_index=True)
    sex = models.CharField("性别", max_length=1, choices=Sex, blank=True)
    ethnic_group = models.CharField("民族", max_length=20, blank=True)
    political_status = models.CharField("政治面貌", max_length=20, blank=True)
    id_number_sealed = models.TextField("身份证号（密文）", editable=False)
    id_number_index = models.CharField("身份证号索引", max_length=64, unique=True, editable=False)
    phone_sealed = models.TextField("手机号（密文）", blank=True, editable=False)
    managing_authority = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="干部管理权限")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="cadres", verbose_name="单位")
    status = models.CharField("状态", max_length=10, choices=Status, default=Status.SERVING)
    status_since = models.DateField("状态起始", null=True, blank=True)
    band = models.CharField("层次归类", max_length=13, choices=Band, blank=True)
    entered_on = models.DateField("进入干部队伍", null=True, blank=True)
    party_since = models.DateField("入党时间", null=True, blank=True)
    work_since = models.DateField("参加工作时间", null=True, blank=True)
    photo = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="照片")
    unverified = models.BooleanField("待核", default=False)
    canonical = models.ForeignKey("self", models.PROTECT, null=True, blank=True, verbose_name="合并到")
    account = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="cadre", verbose_name="账号"
    )
    version = models.PositiveIntegerField("版本", default=1, editable=False)

    objects = CadreQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "干部"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(canonical=F("id")), name="cadre_not_into_itself", violation_error_message="不能合并到自己"
            )
        ]
        indexes: ClassVar = [models.Index(fields=["unit", "pinyin"], name="cadre_unit_pinyin")]

    def __str__(self) -> str:
        return self.name

    def place(self, column: str) -> str:
        """What a sealed value is bound to: table, row, column."""
        return f"trainees_cadre:{self.pk}:{column}"

    def set_id_number(self, number: str) -> None:
        """Seal an ID number that was checked (core.idnumber) and index it."""
        self.id_number_sealed = seal_text(number, self.place("id_number"))
        self.id_number_index = blind_index(number)

    def set_phone(self, phone: str) -> None:
        self.phone_sealed = seal_text(phone, self.place("phone"))

    def open_id_number(self) -> str:
        """The full number: only for services that record the view, and for documents that must carry it."""
        return open_text(self.id_number_sealed, self.place("id_number"))

    def open_phone(self) -> str:
        return open_text(self.phone_sealed, self.place("phone"))

    @property
    def accounts(self) -> set[UUID]:
        """The person's: also where the row is a merged double's, whose account has gone over to who lives on."""
        return {key for key in (self.account_id, (self.canonical or self).account_id) if key}

    @property
    def masked_id_number(self) -> str:
        """First and last character only: with birth month, sex and county shown, over 1,000 numbers fit (SEC-31)."""
        return mask(self.open_id_number())

    @property
    def masked_phone(self) -> str:
        return mask_phone(self.open_phone())


class OfCadre(ScopedQuerySet):
    """Rows about one cadre that whoever may see the person's learning may see."""

    def ways(self, access: Access) -> Ways:
        return person_ways(access, "cadre__") | own_way(access, "cadre__")


PERSON = Coalesce("cadre__canonical_id", "cadre_id")
"""Whose a row about a cadre is: what is a merged double's counts for who lives on."""


class AppointmentQuerySet(OfCadre):
    def on(self, day: date) -> Self:
        return self.filter(since__lte=day).filter(Q(until=None) | Q(until__gte=day))


class Appointment(models.Model):
    """A post with its period (任职): unit, post, post level (GB/T 12407), rank; one primary at a time."""

    id = models.BigAutoField(primary_key=True)
    cadre = models.ForeignKey(Cadre, models.PROTECT, related_name="appointments", verbose_name="干部")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="单位")
    post = models.CharField("职务", max_length=100, blank=True)
    post_level = models.CharField("职务层次", max_length=30, blank=True)
    rank = models.CharField("职级", max_length=30, blank=True)
    primary = models.BooleanField("主职", default=True)
    since = models.DateField("自")
    until = models.DateField("至", null=True, blank=True)

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "任职"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(until=None) | Q(until__gte=F("since")), name="appointment_period"),
            ExclusionConstraint(
                name="appointment_one_primary",
                expressions=[("cadre", RangeOperators.EQUAL), (whole_days(), RangeOperators.OVERLAPS)],
                condition=Q(primary=True),
                violation_error_message="同一时间只能有一个主职",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.post}"


class Award(models.Model):
    """An honour for learning (学习荣誉), such as “学习型好干部”, with who gave it and when."""

    id = models.BigAutoField(primary_key=True)
    cadre = models.ForeignKey(Cadre, models.PROTECT, related_name="awards", verbose_name="干部")
    name = models.CharField("荣誉名称", max_length=80)
    giver = models.CharField("授予单位", max_length=120)
    on = models.DateField("授予日期")
    note = models.CharField("说明", max_length=200, blank=True)
    actor_id = models.UUIDField("登记人", null=True, editable=False)
    version = models.PositiveIntegerField("版本", default=1, editable=False)

    objects = OfCadre.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "学习荣誉"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["cadre", "name", "on"], name="award_once", violation_error_message="该荣誉已登记"
            )
        ]

    def __str__(self) -> str:
        return self.name
