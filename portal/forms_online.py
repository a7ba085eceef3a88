"""What people send about virtual on-line classes."""

from typing import Any, cast

from django import forms
from django.utils import timezone

from core.forms import DayInput, SeenForm
from organization.models import Account, Unit
from portal.forms import ForUnitForm, IdNumberField
from trainees.services.online import ClassFacts, Office


class OnlineClassForm(ForUnitForm):
    """A new class, filled with the cadres of units of its kind."""

    unit = forms.ModelChoiceField(Unit.objects.none(), label="主办机构", required=False)
    name = forms.CharField(label="名称", max_length=120, error_messages={"required": "请填写名称"})
    unit_kind = forms.ChoiceField(
        label="单位性质",
        choices=[("", "不限"), *Unit.Kind.choices],
        required=False,
        help_text="按这个性质的单位编入在职干部",
    )
    since = forms.DateField(label="开始日期", widget=DayInput())
    until = forms.DateField(label="结束日期", widget=DayInput())
    target_hours = forms.DecimalField(label="要求学时", min_value=1, max_value=500, max_digits=5, decimal_places=1)
    fill = forms.BooleanField(label="同时编入全部符合条件的干部", required=False)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        since, until = values.get("since"), values.get("until")
        if since and until and (until < since or until.year != since.year):
            self.add_error("until", "结束日期应在开始日期之后、同一年度内")
        return values

    def facts(self) -> ClassFacts:
        said = self.cleaned_data
        return ClassFacts(
            self.chosen_unit, said["name"], said["since"].year, said["since"], said["until"], said["unit_kind"],
            said["target_hours"],
        )  # fmt: skip


class OfficeForm(SeenForm):
    """Who looks after a class, by user name; an account of the area."""

    manager = forms.CharField(label="班主任", max_length=60, required=False, help_text="填用户名，可以空着")
    inspector = forms.CharField(label="督学员", max_length=60, required=False)
    liaison = forms.CharField(label="联络员", max_length=60, required=False)

    def __init__(self, *args: Any, area: Unit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.area = area

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        for name in ("manager", "inspector", "liaison"):
            if values.get(name):
                values[name] = self._account(name, values[name])
        return values

    def _account(self, name: str, username: str) -> Account | None:
        here = Account.objects.filter(is_active=True, unit__path__startswith=self.area.path)
        found = here.exclude(approved_at=None).filter(username=username.strip()).first()
        if found is None:
            self.add_error(name, f"本地区没有可用的账号“{username}”")
        return found

    def office(self) -> Office:
        said = self.cleaned_data
        return Office(said["manager"] or None, said["inspector"] or None, said["liaison"] or None)


class LearnersForm(SeenForm):
    """Everybody of a unit, or one cadre by the whole ID number."""

    unit = forms.ModelChoiceField(Unit.objects.none(), label="整个单位", required=False, empty_label="不按单位")
    number = IdNumberField(label="或一名干部的身份证号", required=False, help_text="填完整号码")

    def __init__(self, *args: Any, area: Unit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ModelChoiceField, self.fields["unit"]).queryset = Unit.objects.below(area).open_on(
            timezone.localdate()
        )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if not self.errors and bool(values.get("unit")) == bool(values.get("number")):
            raise forms.ValidationError("请选择一个单位，或填写一名干部的身份证号")
        return values
