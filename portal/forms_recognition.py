"""What people send about recognition of outside learning, and about learning platforms."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, cast
from uuid import UUID

from django import forms
from django.core.files.uploadedfile import UploadedFile

from core.forms import DayInput, OperationForm, SeenForm, UploadField
from core.pictures import ENDINGS, MEGABYTES, Upload
from organization.models import Unit
from portal.forms import ForUnitForm, SeveralFiles
from portal.leave_forms import ProofField
from trainees.models import Cadre, Platform
from trainees.rules.recognition import FILED_CHANNELS
from trainees.services.recognition import Claim, PlatformFacts
from trainees.services.recognition.claims import MOST_PROOFS
from trainees.sheets.exports import COLUMNS, LENGTHS, SHARES

MOST_ROWS = 200


class ProofsField(ProofField):
    """Up to five photos or PDFs; the clean value is fit to be kept."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.widget = SeveralFiles(attrs={"accept": ",".join(ENDINGS)})
        self.help_text = f"结业证书、成绩单、通知等，最多 {MOST_PROOFS} 份；照片或 PDF，每份不超过 {MEGABYTES} MB"

    def clean(self, data: Any, initial: Any = None) -> tuple[Upload, ...]:  # type: ignore[override]
        given: list[UploadedFile] = [one for one in data or [] if one]
        if len(given) > MOST_PROOFS:
            raise forms.ValidationError(f"证明材料最多 {MOST_PROOFS} 份")
        uploads = (super(ProofsField, self).clean(one) for one in given)
        return tuple(one for one in uploads if one is not None)


class ClaimForm(OperationForm):
    """A filing; the page shows the fields that its channel asks for."""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)
    channel = forms.ChoiceField(label="学习方式", choices=FILED_CHANNELS, error_messages={"required": "请选择学习方式"})
    title = forms.CharField(label="学习内容", max_length=200, help_text="培训班、课程或专题的全称")
    provider = forms.CharField(label="举办单位", max_length=120, required=False)
    platform = forms.ModelChoiceField(
        Platform.objects.none(), label="学习平台", required=False, empty_label="不在下列平台", help_text="网络培训填写"
    )
    since = forms.DateField(label="开始日期", widget=DayInput())
    until = forms.DateField(label="结束日期", widget=DayInput())
    minutes = forms.IntegerField(
        label="学习时长（分钟）",
        min_value=1,
        max_value=30_000,
        required=False,
        help_text="网络培训填写，45 分钟折 1 学时",
    )
    share = forms.DecimalField(
        label="完成比例（%）", min_value=0, max_value=100, max_digits=5, decimal_places=2, required=False,
        help_text="网络培训填写，90% 以上才能认定",
    )  # fmt: skip
    hours = forms.DecimalField(
        label="学时", min_value=0, max_value=500, max_digits=5, decimal_places=1, required=False,
        help_text="网络培训以外填写，0.5 的倍数",
    )  # fmt: skip
    days = forms.DecimalField(
        label="天数", min_value=0, max_value=366, max_digits=5, decimal_places=1, required=False,
        help_text="脱产培训可以只写天数",
    )  # fmt: skip
    sessions = forms.IntegerField(label="次数", min_value=1, max_value=100, required=False, help_text="中心组学习填写")
    proofs = ProofsField(label="证明材料")

    def __init__(self, *args: Any, platforms: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ModelChoiceField, self.fields["platform"]).queryset = platforms

    def claim(self) -> Claim:
        """The clean values as the service takes them; what another channel asks for is left out."""
        values = self.cleaned_data
        online, off_job = values["channel"] == "online", values["channel"] == "off_job"
        return Claim(
            channel=values["channel"],
            title=values["title"],
            provider=values["provider"],
            platform=values["platform"] if online else None,
            since=values["since"],
            until=values["until"],
            minutes=values["minutes"] if online else None,
            share=values["share"] if online else None,
            hours=(None if online else values["hours"]) or Decimal(0),
            days=(values["days"] if off_job else None) or Decimal(0),
            sessions=(values["sessions"] if values["channel"] == "study_group" else None) or 0,
            proofs=values["proofs"],
        )

    def payload(self) -> list[Any]:
        """What makes two sendings the same."""
        values = self.cleaned_data
        return [str(values[name]) for name in sorted(values) if name not in ("op_id", "proofs")] + [
            proof.name for proof in values["proofs"]
        ]


class ForOthersForm(ClaimForm):
    """The same, by the liaison for somebody of the unit."""

    cadre = forms.ModelChoiceField(
        Cadre.objects.none(), label="干部", empty_label="请选择干部", error_messages={"required": "请选择干部"}
    )
    field_order = ("cadre",)

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast(forms.ModelChoiceField, self.fields["cadre"])
        field.queryset = people
        field.label_from_instance = _named  # type: ignore[method-assign]


def _named(obj: Cadre) -> str:
    return f"{obj.name}（{obj.unit.name}）"


class RowsField(forms.Field):
    """Ticked rows, each `key.version` as its page showed it; the clean value is version by key."""

    widget = forms.MultipleHiddenInput
    names_rows = True

    def clean(self, value: Any) -> dict[UUID, int]:
        given = list(value or [])
        if not given:
            raise forms.ValidationError("请先勾选要办理的申报")
        if len(given) > MOST_ROWS:
            raise forms.ValidationError(f"一次最多办理 {MOST_ROWS} 条")
        return dict(_row(one) for one in given)


def _row(text: Any) -> tuple[UUID, int]:
    key, dot, version = str(text).partition(".")
    try:
        if not (dot and version.isascii() and version.isdigit() and len(version) < 10):
            raise ValueError
        return UUID(key), int(version)
    except ValueError as error:
        raise forms.ValidationError("勾选的内容不正确，请刷新页面") from error


class RowsForm(OperationForm):
    """An act on ticked filings."""

    row = RowsField()


class ConfirmRowsForm(RowsForm):
    """Looked at first; `sure` comes from the page that showed what the ledger would write."""

    sure = forms.BooleanField(required=False)


class ReturnRowsForm(RowsForm):
    reason = forms.CharField(label="退回的理由", max_length=200)


class DoubleForm(SeenForm):
    """Whether a filing is a double, and which of the two is kept."""

    say = forms.ChoiceField(choices=[("apart", "不是重复"), ("other", "保留另一条"), ("this", "保留这一条")])
    reason = forms.CharField(label="理由", max_length=200, required=False)


# ---- platforms ----


class PlatformForm(ForUnitForm):
    """A platform as the department keeps it; its unit is chosen once."""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)
    unit = forms.ModelChoiceField(Unit.objects.none(), label="使用范围", required=False, help_text="本单位及下属单位")
    name = forms.CharField(label="平台名称", max_length=60)
    minutes_per_hour = forms.IntegerField(
        label="每学时分钟数", min_value=1, max_value=120, initial=45, help_text="一般为 45 分钟"
    )
    retired = forms.DateField(
        label="停用日期", required=False, widget=DayInput(), help_text="停用后不能再导入，接口失效"
    )

    def facts(self, unit: Unit | None = None) -> PlatformFacts:
        values = self.cleaned_data
        where = unit or self.chosen_unit
        return PlatformFacts(where, values["name"], values["minutes_per_hour"], values["retired"])


class ExportForm(ForUnitForm):
    """A platform's export, and the unit whose people it is of."""

    records = UploadField(label="平台导出的学习记录", endings=(".xlsx", ".csv"))
    unit = forms.ModelChoiceField(Unit.objects.none(), label="单位", required=False, help_text="本单位及下属单位的干部")


class ColumnsForm(OperationForm):
    """Which heading of the export holds what."""

    length_in = forms.ChoiceField(label="学习时长的单位", choices=list(LENGTHS.items()))
    share_in = forms.ChoiceField(label="完成比例的写法", choices=list(SHARES.items()))

    def __init__(self, *args: Any, headings: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        options = [("", "没有这一列"), *((text, text) for text in dict.fromkeys(headings) if text)]
        for what, (label, _) in COLUMNS.items():
            self.fields[what] = forms.ChoiceField(label=label, choices=options, required=False)

    def mapped(self) -> Mapping[str, str]:
        values = self.cleaned_data
        told = {what: values[what] for what in (*COLUMNS, "length_in", "share_in") if values[what]}
        if told.get("share_in") == "all_done":
            told.pop("share", None)
        return told
