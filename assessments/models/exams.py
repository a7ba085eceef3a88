"""Entry and final exam of a class: questions, answer sheets, answers (as far as the workbook needs)."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from core.keys import new_key
from core.scope import ScopedQuerySet, Ways
from organization.access import Access
from trainees.models import own_way, person_ways
from training.models import Enrolment, TrainingClass, class_ways


class ExamQuerySet(ScopedQuerySet):
    def ways(self, access: Access) -> Ways:
        return class_ways(access, "training_class__")


class QuestionQuerySet(ScopedQuerySet):
    def ways(self, access: Access) -> Ways:
        return class_ways(access, "exam__training_class__")


class AnswerSheetQuerySet(ScopedQuerySet):
    def ways(self, access: Access) -> Ways:
        theirs = person_ways(access.only_staff(), "enrolment__cadre__") | own_way(access, "enrolment__cadre__")
        return class_ways(access, "exam__training_class__") | theirs


class AnswerQuerySet(ScopedQuerySet):
    def ways(self, access: Access) -> Ways:
        """Answers are no business of the assessment group, which sees points."""
        cadre = "sheet__enrolment__cadre__"
        theirs = person_ways(access.only_staff(), cadre) | own_way(access, cadre)
        return class_ways(access, "sheet__exam__training_class__", assessor=False) | theirs


class Exam(models.Model):
    """The entry or the final exam of a class (入学测试、结业考试)."""

    class Kind(models.TextChoices):
        ENTRY = "entry", "入学测试"
        FINAL = "final", "结业考试"

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    training_class = models.ForeignKey(TrainingClass, models.PROTECT, related_name="exams", verbose_name="班次")
    kind = models.CharField("种类", max_length=10, choices=Kind)
    by_answers = models.BooleanField("逐题作答", default=True)

    objects = ExamQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "测试"
        constraints: ClassVar = [models.UniqueConstraint(fields=["training_class", "kind"], name="exam_once")]

    def __str__(self) -> str:
        return self.get_kind_display()


class Question(models.Model):
    """A question of a paper (试题): the key's letters in alphabetical order, its points."""

    id = models.BigAutoField(primary_key=True)
    exam = models.ForeignKey(Exam, models.CASCADE, related_name="questions", verbose_name="测试")
    number = models.PositiveSmallIntegerField("题号")
    key = models.CharField("标准答案", max_length=8)
    points = models.DecimalField("分值", max_digits=10, decimal_places=4)

    objects = QuestionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "试题"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["exam", "number"], name="question_once"),
            models.CheckConstraint(condition=Q(points__gte=0), name="question_points"),
        ]

    def __str__(self) -> str:
        return f"第{self.number}题"


class AnswerSheet(models.Model):
    """One trainee's paper (答卷); `score` (of 100) is given where only scores came, otherwise it follows from answers."""

    id = models.BigAutoField(primary_key=True)
    exam = models.ForeignKey(Exam, models.CASCADE, related_name="sheets", verbose_name="测试")
    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="sheets", verbose_name="学员")
    score = models.DecimalField("得分", max_digits=10, decimal_places=6, null=True, blank=True)

    objects = AnswerSheetQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "答卷"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["exam", "enrolment"], name="sheet_once"),
            models.CheckConstraint(
                condition=Q(score=None) | Q(score__gte=0, score__lte=100),
                name="sheet_score",
                violation_error_message="得分应在 0 到 100 之间",
            ),
        ]

    def __str__(self) -> str:
        return f"答卷 {self.pk}"


class Answer(models.Model):
    """The letters chosen for one question (作答), in alphabetical order; a question left blank has no row."""

    id = models.BigAutoField(primary_key=True)
    sheet = models.ForeignKey(AnswerSheet, models.CASCADE, related_name="answers", verbose_name="答卷")
    question = models.ForeignKey(Question, models.CASCADE, related_name="answers", verbose_name="试题")
    given = models.CharField("作答", max_length=8)

    objects = AnswerQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "作答"
        constraints: ClassVar = [models.UniqueConstraint(fields=["sheet", "question"], name="answer_once")]

    def __str__(self) -> str:
        return self.given
