"""What people send when a class is closed, and when a mark of a closed class is to be corrected."""

from django import forms

from core.forms import SeenForm, SeenReasonForm
from training.models import AttendanceMark


class CloseForm(SeenForm):
    """结班; `by_dates` where the class has no timetable and its dates are to count."""

    by_dates = forms.BooleanField(required=False, widget=forms.HiddenInput)


class CorrectionForm(SeenReasonForm):
    """Another mark that is asked for in one cell of a closed class; `seen` is the version of the mark that stands there."""

    mark = forms.ChoiceField(label="更正为", choices=AttendanceMark.Mark.choices)
