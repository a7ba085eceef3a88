"""What people send about personnel forms: several files, then for each what the form itself lacks."""

from typing import Any, cast

from django import forms
from django.core.files.uploadedfile import UploadedFile

from core.forms import DayInput, OperationForm, ScannedField
from organization.models import Account, Unit
from portal.forms import ForUnitForm, SeveralFiles
from portal.forms_people import choices, place_fields
from trainees.personnel.reading import ENDINGS, LIMITS
from trainees.rules.levels import POST_LEVELS, RANKS
from trainees.services.moves import Place
from trainees.services.personnel_forms import MOST, Taking

MEGABYTES = LIMITS.file_bytes // 1024 // 1024


class FormFiles(ScannedField):
    """Up to 50 scanned files; the clean value is a list."""

    widget = SeveralFiles

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:  # type: ignore[override]
        given = data if isinstance(data, list) else [data]
        if len(given) > MOST:
            raise forms.ValidationError(f"一次最多上传 {MOST} 份，这次有 {len(given)} 份")
        found = [super(FormFiles, self).clean(one, initial) for one in given]
        for one in found:
            if not str(one.name).lower().endswith(ENDINGS):
                raise forms.ValidationError(f"“{one.name}”不是 {'、'.join(ENDINGS)} 文件")
            if (one.size or 0) > LIMITS.file_bytes:
                raise forms.ValidationError(f"“{one.name}”超过 {MEGABYTES} MB")
        return found


class PersonnelUploadForm(ForUnitForm):
    """Forms of cadres, and for which organization department they are taken in."""

    papers = FormFiles(
        label="任免审批表", max_length=200,
        error_messages={"required": "请选择要上传的文件", "missing": "请选择要上传的文件", "empty": "文件是空的",
                        "max_length": "文件名太长，请改短后重新上传"},
    )  # fmt: skip
    unit = forms.ModelChoiceField(Unit.objects.none(), label="组织部", required=False)


class PersonnelTakeForm(OperationForm):
    """What a form lacks: unit, level, rank, since, telephone. For a known cadre the appointment only where it is asked."""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)
    appoint = forms.BooleanField(label="同时登记任职变动", required=False)
    unit = forms.ModelChoiceField(Unit.objects.none(), label="单位", required=False, empty_label="请选择单位")
    post = forms.CharField(label="职务", max_length=100, required=False)
    post_level = forms.ChoiceField(label="职务层次", choices=choices(POST_LEVELS), required=False)
    rank = forms.ChoiceField(label="职级", choices=choices(RANKS), required=False)
    authority = forms.ModelChoiceField(
        Unit.objects.none(), label="干部管理权限", required=False, empty_label="最近的组织部"
    )
    since = forms.DateField(label="任现职务自", widget=DayInput(), required=False)
    phone = forms.CharField(label="手机号", max_length=20, required=False)

    def __init__(self, *args: Any, user: Account, known: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = known
        place_fields(self, user)
        if known:
            cast(forms.ModelChoiceField, self.fields["authority"]).empty_label = "不改（仍覆盖该单位时）"
        else:
            del self.fields["appoint"]
            self.fields["unit"].required = self.fields["since"].required = True
            words = {"unit": "请选择单位", "since": "请填写任现职务的起始日期"}
            for name, text in words.items():
                self.fields[name].error_messages["required"] = text

    def clean_phone(self) -> str:
        phone = "".join(self.cleaned_data["phone"].split())
        if phone and not (phone.isascii() and phone.isdigit() and 7 <= len(phone) <= 12):
            raise forms.ValidationError("手机号应为 11 位数字（座机 7 至 12 位）")
        return phone

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("appoint"):
            for name, text in (("unit", "请选择单位"), ("since", "请填写起始日期")):
                if not values.get(name) and name not in self.errors:
                    self.add_error(name, text)
        return values

    def taking(self) -> Taking:
        said = self.cleaned_data
        if self.known and not said["appoint"]:
            return Taking(phone=said["phone"])
        place = Place(said["unit"], said["post"], said["post_level"], said["rank"], said["authority"])
        return Taking(place, said["since"], said["phone"])
