"""What people send to the portal's pages."""

from typing import Any, cast

from django import forms

from core.forms import OperationForm, SeenReasonForm, UploadField
from organization.models import Unit


class WorkbookForm(OperationForm):
    """A class workbook, and the organizing unit where the user could mean several."""

    workbook = UploadField(label="班次工作簿", endings=(".xlsx",))
    unit = forms.ModelChoiceField(Unit.objects.none(), label="主办机构", required=False)

    def __init__(self, *args: Any, units: list[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.units = units
        field = cast(forms.ModelChoiceField, self.fields["unit"])
        field.queryset = Unit.objects.filter(pk__in=[unit.pk for unit in units]).order_by("depth", "path")
        field.empty_label = None
        if len(units) < 2:
            field.widget = forms.HiddenInput()

    @property
    def chosen_unit(self) -> Unit:
        """The unit that was chosen, else the highest of those that the user may import for."""
        return self.cleaned_data["unit"] or self.units[0]


class CandidateForm(SeenReasonForm):
    """The assessment group's decision on somebody whose candidacy is open."""

    chosen = forms.TypedChoiceField(
        label="决定", choices=[("yes", "列为人选"), ("no", "不列为人选")], coerce=lambda word: word == "yes"
    )


class SearchForm(forms.Form):
    """A name, its pinyin or its initials; a class's name or number."""

    q = forms.CharField(label="搜索", max_length=50, required=False, strip=True)
