"""Documents and their numbers."""

import secrets
from typing import ClassVar, Self

import pgtrigger
from django.db import models
from django.db.models import Q

from core.keys import new_key
from core.models import StoredFile
from core.scope import ScopedQuerySet, Ways
from organization.access import Access
from organization.models import Account, Unit
from organization.roles import Role
from trainees.models import Cadre, own_way, person_ways
from training.models import Enrolment, TrainingClass, class_ways


def new_token() -> str:
    """What a QR code carries: 128 random bits, not to be guessed."""
    return secrets.token_urlsafe(16)


class NumberSeries(models.Model):
    """A series of document numbers (文号): office, kind of document, year; `word` is the office's 代字."""

    id = models.BigAutoField(primary_key=True)
    office = models.ForeignKey(Unit, models.PROTECT, verbose_name="发文机关")
    word = models.CharField("代字", max_length=20)
    year = models.PositiveSmallIntegerField("年份")
    last = models.PositiveIntegerField("已用到", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "文号序列"
        constraints: ClassVar = [models.UniqueConstraint(fields=["office", "word", "year"], name="series_of_year")]

    def __str__(self) -> str:
        return f"{self.word}〔{self.year}〕"


class DocumentQuerySet(ScopedQuerySet):
    def ways(self, access: Access) -> Ways:
        """Papers that went out: letters to whom they are addressed, bulletins to leaders, sheets with the person."""
        out, kinds, cadre = (
            Q(state__in=[Document.State.ISSUED, Document.State.REPLACED]),
            Document.Kind,
            "enrolment__cadre__",
        )
        ways = class_ways(access, "training_class__", assessor=False)
        ways["organised"] |= out & Q(kind=kinds.BULLETIN) & access.within("training_class__unit", Role.LEADER)
        ways["addressed"] = out & Q(kind=kinds.LETTER) & access.within("unit", Role.LIAISON, Role.STAFF)
        theirs = person_ways(access.only_staff(), cadre) | own_way(access, cadre)
        return ways | {name: out & Q(kind=kinds.SHEET) & way for name, way in theirs.items()}

    def current(self) -> Self:
        return self.filter(state__in=[Document.State.DRAFT, Document.State.ISSUED])


class Document(models.Model):
    """A paper the office sends (公文): draft (watermarked, no number) → issued (number, QR token) → replaced or void.

    `unit` is whom it is addressed to; `file` is empty until a worker has made it. A number that was taken is never
    lost: what fails is void, with its reason.
    """

    class Kind(models.TextChoices):
        LETTER = "letter", "反馈函"
        SHEET = "sheet", "学员考核结果单"
        BULLETIN = "bulletin", "综合通报"

    class State(models.TextChoices):
        DRAFT = "draft", "草稿"
        ISSUED = "issued", "已印发"
        REPLACED = "replaced", "已被替换"
        VOID = "void", "作废"

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    kind = models.CharField("种类", max_length=10, choices=Kind)
    training_class = models.ForeignKey(TrainingClass, models.PROTECT, related_name="documents", verbose_name="班次")
    office = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="发文机关")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="主送单位")
    enrolment = models.ForeignKey(
        Enrolment, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="学员"
    )
    position = models.PositiveIntegerField("次序")
    title = models.CharField("标题", max_length=200)
    state = models.CharField("状态", max_length=10, choices=State, default=State.DRAFT)
    series = models.ForeignKey(NumberSeries, models.PROTECT, null=True, blank=True, verbose_name="文号序列")
    number = models.PositiveIntegerField("序号", null=True, blank=True)
    token = models.CharField("核验码", max_length=32, unique=True, default=new_token, editable=False)
    issued_on = models.DateField("印发日期", null=True, blank=True)
    replaces = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="replaced_by", verbose_name="替换"
    )
    void_reason = models.CharField("作废原因", max_length=500, blank=True)
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, verbose_name="文件")
    pages = models.PositiveSmallIntegerField("页数", null=True)
    version = models.PositiveIntegerField("版本", default=1, editable=False)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "公文"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["series", "number"], name="number_once"),
            models.CheckConstraint(
                condition=Q(state="draft", number=None) | (~Q(state="draft") & Q(issued_on__isnull=False)),
                name="issued_has_a_day",
            ),
            models.CheckConstraint(
                condition=Q(number=None, series=None) | Q(number__isnull=False, series__isnull=False),
                name="number_of_series",
            ),
            models.CheckConstraint(condition=~Q(state="void") | ~Q(void_reason=""), name="void_says_why"),
            models.UniqueConstraint(
                fields=["training_class", "kind", "unit", "enrolment"],
                condition=Q(state__in=["draft", "issued"]),
                nulls_distinct=False,
                name="one_current_document",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["training_class", "kind", "position"], name="document_class")]
        triggers: ClassVar = [
            pgtrigger.FSM(
                name="document_state",
                field="state",
                transitions=[("draft", "issued"), ("issued", "replaced"), ("issued", "void")],
            ),
            pgtrigger.Protect(
                name="issued_stays",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Q(old__number__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def number_text(self) -> str:
        """`云培函〔2026〕12号`, empty while it has none."""
        if self.series is None or self.number is None:
            return ""
        return f"{self.series.word}〔{self.series.year}〕{self.number}号"


class ArchivePaperQuerySet(ScopedQuerySet):
    def ways(self, access: Access) -> Ways:
        """Papers of a person: the department and the person; a unit's: whoever reads the unit's figures."""
        person = person_ways(access.only_staff(), "cadre__") | own_way(access, "cadre__")
        unit = access.within("unit", Role.STAFF, Role.LEADER, Role.LIAISON)
        return {name: Q(cadre__isnull=False) & way for name, way in person.items()} | {
            "addressed": Q(cadre=None) & unit
        }

    def taken_by(self, account: Account) -> Self:
        """In scope; what was made through somebody's eyes shows what they may see, so only they take it."""
        passing = Q(kind__in=ArchivePaper.PASSING)
        return self.visible_to(account).filter(~passing | Q(asked_by_id=account.pk))


class ArchivePaper(models.Model):
    """A paper made of the learning archive when somebody asks, by a worker (档案材料): booklet, register form, statements.

    `facts` holds what a year-end statement says, as it stood when the year was closed; the others are gathered when
    they are made. `year` and `enrolment` say what it is about.
    """

    class Kind(models.TextChoices):
        BOOKLET = "booklet", "一人一册"
        REGISTER = "register", "学员考核登记表"
        CADRE_STATEMENT = "cadre_year", "个人年度学习情况"
        UNIT_STATEMENT = "unit_year", "单位年度学习情况通报"

    PASSING: ClassVar = (Kind.BOOKLET, Kind.REGISTER)
    """Made anew whenever somebody asks: their files go after the usual days. Statements stay."""

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    kind = models.CharField("种类", max_length=10, choices=Kind)
    cadre = models.ForeignKey(
        Cadre, models.PROTECT, null=True, blank=True, related_name="archive_papers", verbose_name="干部"
    )
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="单位")
    enrolment = models.ForeignKey(
        Enrolment, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="学员"
    )
    year = models.PositiveSmallIntegerField("年度", null=True, blank=True)
    facts = models.JSONField("结账内容", null=True, blank=True)
    asked_by_id = models.UUIDField("申请人", null=True, editable=False)
    asked = models.DateTimeField("申请时间", auto_now_add=True)
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="文件")
    pages = models.PositiveSmallIntegerField("页数", null=True)

    objects = ArchivePaperQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "档案材料"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(cadre__isnull=False) | Q(unit__isnull=False), name="archive_paper_of_somebody"
            ),
            models.UniqueConstraint(
                fields=["kind", "year", "unit", "cadre"],
                condition=Q(kind__in=["cadre_year", "unit_year"]),
                nulls_distinct=False,
                name="one_statement_a_year",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["cadre", "kind", "-asked"], name="archive_paper_cadre")]

    def __str__(self) -> str:
        return self.get_kind_display()
