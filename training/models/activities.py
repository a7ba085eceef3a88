"""What a class does beside its lectures: activities, who took part, and the election of its committee."""

from typing import ClassVar

from django.db import models

from core.keys import new_key
from core.models import StoredFile
from core.scope import ScopedQuerySet, Ways
from organization.access import Access
from training.models.classes import TrainingClass, open_class_ways
from training.models.enrolment import Enrolment


class OfClass(ScopedQuerySet):
    """Rows of a class that its trainees see too."""

    def ways(self, access: Access) -> Ways:
        return open_class_ways(access, "training_class__")


class Activity(models.Model):
    """Something a class did together (活动): forum, book sharing, group discussion, field teaching, contest, 五个一."""

    class Kind(models.TextChoices):
        FORUM = "forum", "学员论坛"
        READING = "reading", "读书分享"
        DISCUSSION = "discussion", "小组讨论"
        FIVE_ONES = "five_ones", "党性教育“五个一”"
        FIELD = "field", "现场教学"
        CONTEST = "contest", "竞赛比武"
        CULTURE = "culture", "文体活动"
        OTHER = "other", "其他"

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    training_class = models.ForeignKey(TrainingClass, models.PROTECT, related_name="activities", verbose_name="班次")
    kind = models.CharField("类别", max_length=12, choices=Kind)
    title = models.CharField("名称", max_length=120)
    date = models.DateField("日期")
    place = models.CharField("地点", max_length=120, blank=True)
    hours = models.DecimalField("时长（学时）", max_digits=4, decimal_places=1, null=True, blank=True)
    note = models.CharField("情况", max_length=1000, blank=True)
    cancelled = models.CharField("取消原因", max_length=200, blank=True)
    by_id = models.UUIDField("登记人", null=True, editable=False)
    version = models.PositiveIntegerField("版本", default=1, editable=False)

    objects = OfClass.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "活动"
        indexes: ClassVar = [models.Index(fields=["training_class", "-date"], name="activity_class")]

    def __str__(self) -> str:
        return self.title


class ActivityPart(models.Model):
    """What one trainee did in an activity (参加活动)."""

    class Part(models.TextChoices):
        TOOK_PART = "took_part", "参加"
        SPOKE = "spoke", "发言（主讲）"
        ORGANISED = "organised", "组织"
        AWARDED = "awarded", "获奖"

    id = models.BigAutoField(primary_key=True)
    activity = models.ForeignKey(Activity, models.CASCADE, related_name="parts", verbose_name="活动")
    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="activity_parts", verbose_name="学员")
    part = models.CharField("参加方式", max_length=10, choices=Part, default=Part.TOOK_PART)
    note = models.CharField("说明", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "参加活动"
        constraints: ClassVar = [models.UniqueConstraint(fields=["activity", "enrolment"], name="activity_part_once")]

    def __str__(self) -> str:
        return f"{self.enrolment} {self.get_part_display()}"


class ActivityFile(models.Model):
    """A file of an activity (活动材料): a picture, a minute, a report."""

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    activity = models.ForeignKey(Activity, models.CASCADE, related_name="files", verbose_name="活动")
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name="文件")
    name = models.CharField("文件名", max_length=200)
    kind = models.CharField("类型", max_length=60)

    class Meta:
        verbose_name = verbose_name_plural = "活动材料"

    def __str__(self) -> str:
        return self.name


class CommitteeElection(models.Model):
    """The election of a class committee post (班委选举): how many voted; the counts stand with the candidates."""

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    training_class = models.ForeignKey(TrainingClass, models.PROTECT, related_name="elections", verbose_name="班次")
    post = models.CharField("职务", max_length=40)
    date = models.DateField("日期")
    voters = models.PositiveIntegerField("投票人数")
    version = models.PositiveIntegerField("版本", default=1, editable=False)

    objects = OfClass.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "班委选举"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["training_class", "post", "date"], name="election_once")
        ]

    def __str__(self) -> str:
        return f"{self.post}（{self.date:%m-%d}）"


class ElectionCount(models.Model):
    """A candidate's votes in an election (得票)."""

    id = models.BigAutoField(primary_key=True)
    election = models.ForeignKey(CommitteeElection, models.CASCADE, related_name="counts", verbose_name="选举")
    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="+", verbose_name="候选人")
    votes = models.PositiveIntegerField("得票")
    elected = models.BooleanField("当选", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "得票"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["election", "enrolment"], name="election_count_once"),
        ]

    def __str__(self) -> str:
        return f"{self.enrolment} {self.votes} 票"
