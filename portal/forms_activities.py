"""What people send about activities: facts, who did what, points by part, papers, an election's counts."""

from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django import forms

from core.forms import DayInput, OperationForm, ScannedField
from core.pictures import ENDINGS
from training.models import Activity, ActivityPart
from training.services.activities import ActivityFacts

PREFIX = "part-"
VOTES, ELECTED = "votes-", "elected-"


class ActivityForm(OperationForm):
    """Facts, and a field `part-<enrolment>` for each person; an empty one did not take part."""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)
    kind = forms.ChoiceField(label="类别", choices=Activity.Kind.choices)
    title = forms.CharField(label="名称", max_length=120)
    date = forms.DateField(label="日期", widget=DayInput())
    place = forms.CharField(label="地点", max_length=120, required=False)
    hours = forms.DecimalField(
        label="时长（学时）", required=False, min_value=Decimal("0.5"), max_value=24, max_digits=4, decimal_places=1
    )
    note = forms.CharField(label="情况", max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def facts(self) -> ActivityFacts:
        said = self.cleaned_data
        return ActivityFacts(said["kind"], said["title"], said["date"], said["place"], said["hours"], said["note"])

    def given_parts(self) -> dict[UUID, str]:
        """What the page sent, unreadable fields left out."""
        found = {}
        for name, value in self.data.items():
            key = _key(name, PREFIX)
            if key is not None and value in ActivityPart.Part.values:
                found[key] = str(value)
        return found

    def parts(self) -> dict[UUID, str]:
        return self.given_parts()


def _key(name: str, prefix: str) -> UUID | None:
    if not name.startswith(prefix):
        return None
    try:
        return UUID(name.removeprefix(prefix))
    except ValueError:
        return None


class AwardForm(OperationForm):
    """An item, and points for each part; an empty field gives none."""

    item = forms.IntegerField(error_messages={"required": "请选择指标项", "invalid": "请选择指标项"})

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        for part in ActivityPart.Part.values:
            text = str(self.data.get(f"points-{part}", "")).strip()
            try:
                points = Decimal(text or 0)
            except InvalidOperation:
                points = Decimal("NaN")
            if not points.is_finite() or not text.isascii():
                raise forms.ValidationError(f"“{ActivityPart.Part(part).label}”的分值应为数字，如 1 或 -0.5")
            values[f"points-{part}"] = points
        return values

    def points(self) -> dict[str, Decimal]:
        return {part: self.cleaned_data[f"points-{part}"] for part in ActivityPart.Part.values}


class PaperForm(OperationForm):
    """A picture or PDF of an activity."""

    paper = ScannedField(
        label="材料", max_length=200, widget=forms.FileInput(attrs={"accept": ",".join(ENDINGS)}),
        error_messages={"required": "请选择文件", "empty": "文件是空的"},
    )  # fmt: skip


class ElectionForm(OperationForm):
    """A post, a day, how many voted, and `votes-<enrolment>` with `elected-<enrolment>` for the candidates."""

    post = forms.CharField(label="职务", max_length=40, help_text="如 班长、学习委员、第一组组长")
    date = forms.DateField(label="日期", widget=DayInput())
    voters = forms.IntegerField(label="投票人数", min_value=1, max_value=2000)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        for name, text in self.data.items():
            if name.startswith(VOTES) and text.strip() and not (text.isascii() and text.strip().isdigit()):
                raise forms.ValidationError("得票应为整数")
        if not self.candidates():
            raise forms.ValidationError("请填写候选人的得票")
        return values

    def candidates(self) -> list[tuple[UUID, int, bool]]:
        """(enrolment, votes, elected) of those with a number of votes."""
        found = []
        for name, text in self.data.items():
            key = _key(name, VOTES)
            if key is not None and text.strip().isdigit() and len(text.strip()) < 6:
                found.append((key, int(text), f"{ELECTED}{key}" in self.data))
        return found
