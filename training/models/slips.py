"""Sign-in slips of a class: one sheet of cards, made by the worker, taken once."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from core.keys import new_key
from core.models import StoredFile
from training.models.classes import TrainingClass


class SlipSheet(models.Model):
    """A sheet of sign-in slips (登录条) of a class: one card per trainee without a working account.

    The secrets stand on the paper and, hashed, with the accounts; the file is sealed, goes to whoever ordered it, once,
    and is deleted with the day.
    """

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    training_class = models.ForeignKey(TrainingClass, models.PROTECT, related_name="slip_sheets", verbose_name="班次")
    ordered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="申请人")
    ordered = models.DateTimeField("申请时间", auto_now_add=True)
    cards = models.PositiveIntegerField("张数", null=True)
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+", verbose_name="文件")
    taken = models.DateTimeField("下载时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "登录条"
        indexes: ClassVar = [models.Index(fields=["training_class", "-ordered"], name="slips_of_class")]

    def __str__(self) -> str:
        return f"{self.training_class} 登录条"
