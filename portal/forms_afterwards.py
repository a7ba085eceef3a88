"""What people send after a class: a report at the unit, answers to the follow-up, its outcome."""

from typing import Any

from django import forms

from core.forms import DayInput, OperationForm, SeenForm
from training.models import FollowUp
from training.rules.follow_up import LONGEST, questionnaire
from training.services.report_backs import Told


class ReportBackForm(OperationForm):
    """述学: when, where, to how many, what."""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)
    on = forms.DateField(label="述学日期", widget=DayInput(), error_messages={"required": "请填写述学日期"})
    occasion = forms.CharField(label="场合", max_length=60, required=False, help_text="如 科务会、中心组学习、主题党日")
    audience = forms.IntegerField(label="听取人数", min_value=1, max_value=9999, required=False)
    text = forms.CharField(
        label="述学内容", max_length=2000, widget=forms.Textarea(attrs={"rows": 8}), help_text="30 至 2000 字",
        error_messages={"required": "请填写述学内容"},
    )  # fmt: skip

    def told(self) -> Told:
        said = self.cleaned_data
        return Told(said["on"], said["text"], said["occasion"], said["audience"])


class AnswersForm(SeenForm):
    """The questionnaire, as the cadre (`own`) or the superior (`superior`) is asked it."""

    def __init__(self, *args: Any, who: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asked = questionnaire()
        steps = [(str(number), word) for number, word in enumerate(asked.scale, 1)]
        for one in asked.questions:
            words = {"required": "请选择一项", "invalid_choice": "请选择一项"}
            self.fields[one.key] = forms.ChoiceField(
                label=getattr(one, who), choices=steps, widget=forms.RadioSelect, error_messages=words
            )
        for one in asked.texts:
            self.fields[one.key] = forms.CharField(
                label=getattr(one, who), max_length=LONGEST, required=False, widget=forms.Textarea(attrs={"rows": 3})
            )

    def given(self) -> dict[str, str]:
        return {name: value for name, value in self.cleaned_data.items() if name not in ("op_id", "seen")}


class CloseFollowUpForm(SeenForm):
    """The department's outcome."""

    outcome = forms.ChoiceField(
        label="回访结论", choices=FollowUp.Outcome.choices, widget=forms.RadioSelect,
        error_messages={"required": "请选择回访结论"},
    )  # fmt: skip
    promoted = forms.TypedChoiceField(
        label="训后提拔或进一步使用", choices=[("no", "否"), ("yes", "是")], coerce=lambda word: word == "yes",
        widget=forms.RadioSelect, initial="no",
    )  # fmt: skip
    remark = forms.CharField(
        label="回访意见", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="本人和领导都没有答复的，写明怎样了解到的",
    )  # fmt: skip
