"""What people send about an archive: a paper to be made, a work handed in, an award."""

from django import forms

from core.forms import DayInput, OperationForm, ScannedField
from core.pictures import ENDINGS
from reports.models import ArchivePaper
from trainees.services.awards import AwardFacts
from training.models import LearningWork


class PaperOrderForm(OperationForm):
    """Which paper; the register form names a class of the person by its enrolment."""

    kind = forms.ChoiceField(
        choices=[(one, one.label) for one in (ArchivePaper.Kind.BOOKLET, ArchivePaper.Kind.REGISTER)]
    )
    enrolment = forms.UUIDField(required=False)


class WorkForm(OperationForm):
    """A work handed in: PDF or a picture."""

    kind = forms.ChoiceField(label="种类", choices=LearningWork.Kind.choices)
    title = forms.CharField(label="题目", max_length=120, strip=True)
    paper = ScannedField(
        label="文件",
        help_text="PDF 或照片，不超过 5 MB",
        widget=forms.FileInput(attrs={"accept": ",".join(ENDINGS)}),
        error_messages={"required": "请选择文件", "empty": "文件是空的，请检查后重新选择"},
    )


class HonourForm(OperationForm):
    """An award's facts; `seen` is the revision that was on the page."""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)
    name = forms.CharField(label="荣誉名称", max_length=80, help_text="如“学习型好干部”")
    giver = forms.CharField(label="授予单位", max_length=120)
    on = forms.DateField(label="授予日期", widget=DayInput())
    note = forms.CharField(label="说明", max_length=200, required=False)

    def facts(self) -> AwardFacts:
        said = self.cleaned_data
        return AwardFacts(said["name"], said["giver"], said["on"], said["note"])
