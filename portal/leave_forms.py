"""What people send about leave."""

from typing import Any
from uuid import UUID

from django import forms
from django.core.files.uploadedfile import UploadedFile

from core.forms import OperationForm, SeenForm
from core.operations import Refused
from core.pictures import ENDINGS, MEGABYTES, Upload, take_upload
from core.scanning import Infected, demand_clean
from training.models import Enrolment, LeaveRequest
from training.services.leave import Answer, Wish


class ProofField(forms.FileField):
    """A photo or a PDF of at most 5 MB; the clean value is fit to be kept."""

    def __init__(self, **options: Any) -> None:
        words = {"empty": "文件是空的，请重新选择", "invalid": "文件没有传上来，请重新选择", "max_length": "文件名太长"}
        help_text = f"照片或 PDF，不超过 {MEGABYTES} MB；照片会去掉拍摄地点等信息"
        widget = forms.FileInput(attrs={"accept": ",".join(ENDINGS)})
        super().__init__(
            max_length=200, required=False, error_messages=words, help_text=help_text, widget=widget, **options
        )

    def clean(self, data: Any, initial: Any = None) -> Upload | None:
        file: UploadedFile | None = super().clean(data, initial)
        if not file:
            return None
        body = file.read()
        try:
            demand_clean(body)
            return take_upload(body, str(file.name))
        except Infected as infected:
            raise forms.ValidationError(f"杀毒软件在文件中发现“{infected.name}”，文件没有保存") from infected
        except Refused as refused:
            raise forms.ValidationError(refused.message) from refused


class LeaveForm(OperationForm):
    """A request: kind, sessions, reason, proof. The sessions are ticked in portal/leave/_slots.html."""

    kind = forms.ChoiceField(
        label="假别", choices=LeaveRequest.Kind.choices, widget=forms.RadioSelect, initial=LeaveRequest.Kind.PERSONAL,
        error_messages={"required": "请选择假别"},
    )  # fmt: skip
    sessions = forms.TypedMultipleChoiceField(
        label="课次", coerce=UUID, error_messages={"required": "请选择要请假的半天或课次"}
    )
    reason = forms.CharField(
        label="事由", max_length=500, widget=forms.Textarea(attrs={"rows": 2}), help_text="审批人会看到",
        error_messages={"required": "请写明请假事由"},
    )  # fmt: skip
    proof = ProofField(label="证明材料")

    def __init__(self, *args: Any, known: set[UUID], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["sessions"]
        field.choices = [(str(key), str(key)) for key in known]
        field.error_messages["invalid_choice"] = "课程表已有变动，请重新选择课次"

    def wish(self) -> Wish:
        values = self.cleaned_data
        return Wish(values["kind"], values["reason"], values["sessions"], values["proof"])

    def payload(self) -> list[Any]:
        """What makes two sendings the same."""
        values = self.cleaned_data
        proof = values["proof"]
        return [values["kind"], values["reason"], sorted(map(str, values["sessions"])), proof.name if proof else ""]


class EnteredLeaveForm(LeaveForm):
    """The same, taken down by the class manager for a trainee who called."""

    enrolment = forms.ModelChoiceField(
        Enrolment.objects.none(), label="学员", empty_label="请选择学员", error_messages={"required": "请选择学员"}
    )
    field_order = ("enrolment", "kind", "sessions", "reason", "proof")

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["enrolment"]
        field.queryset = people

    def payload(self) -> list[Any]:
        return [str(self.cleaned_data["enrolment"].pk), *super().payload()]


class DecideForm(SeenForm):
    """A level's word."""

    granted = forms.TypedChoiceField(choices=[("yes", "同意"), ("no", "不同意")], coerce=lambda word: word == "yes")
    comment = forms.CharField(label="审批意见", max_length=200, required=False)
    accept_over = forms.BooleanField(label="已知超过七分之一，仍然批准", required=False)
    replace_marks = forms.BooleanField(label="已登记的考勤改记为请假", required=False)

    def said(self) -> Answer:
        values = self.cleaned_data
        return Answer(values["granted"], values["comment"], values["accept_over"], values["replace_marks"])


class ReturnForm(SeenForm):
    """From which covered session on the trainee attends; empty: as planned, after the last one."""

    since = forms.UUIDField(required=False, error_messages={"invalid": "请选择课次"})
    planned = forms.BooleanField(required=False)
