"""What people send to the portal's pages."""

from datetime import datetime, timedelta
from typing import Any, cast

from django import forms
from django.db.models import Q
from django.utils import timezone

from core.forms import OperationForm, SeenForm, SeenReasonForm, UploadField
from core.idnumber import fault_of, normalise
from courses.models import Course, CourseCategory, Room, Teacher
from organization.models import Unit
from training.models import Session
from training.services import Lesson


def upward(unit: Unit) -> list[str]:
    """Paths of the unit and of those above it: their catalogues are its own too."""
    return [unit.path[:end] for end in range(Unit.steplen, len(unit.path) + 1, Unit.steplen)]


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


class NumberForm(forms.Form):
    """A whole ID number; it comes by POST, because addresses are kept by browsers and servers."""

    number = forms.CharField(label="身份证号", max_length=50)

    def clean_number(self) -> str:
        number = "".join(normalise(self.cleaned_data["number"]).split())
        if fault_of(number, timezone.localdate()):
            raise forms.ValidationError("请输入完整、正确的 18 位身份证号；只凭前几位不能查找")
        return number


class LessonForm(OperationForm):
    """A session of the timetable; links are chosen from the catalogue of the class's area, text is free."""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)
    date = forms.DateField(label="日期", widget=forms.DateInput(attrs={"type": "date"}))
    period = forms.TypedChoiceField(label="时段", choices=Session.Period.choices, coerce=int)
    course = forms.ModelChoiceField(Course.objects.none(), label="课程库", required=False, empty_label="不从课程库选")
    title = forms.CharField(label="课程名称", max_length=200, required=False, help_text="从课程库选择时可以不填")
    hours = forms.DecimalField(
        label="学时", max_digits=4, decimal_places=1, help_text="0.5 的倍数，一个半天最多 4 学时"
    )
    category = forms.ModelChoiceField(
        CourseCategory.objects.none(), label="课程类别", required=False, empty_label="未分类"
    )
    form = forms.CharField(label="教学形式", max_length=30, required=False, help_text="如 讲授、研讨、现场教学")
    teacher = forms.ModelChoiceField(Teacher.objects.none(), label="师资库", required=False, empty_label="不从师资库选")
    teacher_name = forms.CharField(label="授课人", max_length=120, required=False)
    by_leader = forms.BooleanField(label="领导干部授课", required=False)
    room = forms.ModelChoiceField(Room.objects.none(), label="教室、教学点", required=False, empty_label="不从教室库选")
    place_name = forms.CharField(label="地点", max_length=120, required=False)
    begins = forms.TimeField(label="上课时间", required=False, widget=forms.TimeInput(attrs={"type": "time"}))
    ends = forms.TimeField(
        label="下课时间", required=False, widget=forms.TimeInput(attrs={"type": "time"}),
        help_text="不填则按学校作息推算；早于上课时间的视为次日",
    )  # fmt: skip

    def __init__(self, *args: Any, unit: Unit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        near = Q(unit__path__startswith=unit.path) | Q(unit__path__in=upward(unit))
        for name, rows in (
            ("course", Course.objects.offered().filter(near).order_by("title")),
            ("teacher", Teacher.objects.filter(near, retired=None).order_by("name")),
            ("room", Room.objects.filter(near).order_by("is_site", "name")),
            ("category", CourseCategory.objects.all()),
        ):
            cast(forms.ModelChoiceField, self.fields[name]).queryset = rows

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if bool(values.get("begins")) != bool(values.get("ends")):
            self.add_error("ends", "上课时间和下课时间要么都填，要么都不填")
        return values

    def lesson(self) -> Lesson:
        """The clean values as the service takes them."""
        values = self.cleaned_data
        begins = ends = None
        if values["begins"] and values["ends"]:
            begins = timezone.make_aware(datetime.combine(values["date"], values["begins"]))
            overnight = timedelta(days=values["ends"] <= values["begins"])
            ends = timezone.make_aware(datetime.combine(values["date"] + overnight, values["ends"]))
        facts = {name: value for name, value in values.items() if name not in ("op_id", "seen", "begins", "ends")}
        return Lesson(**facts, begins=begins, ends=ends)


class MoveForm(SeenForm):
    """A session dragged to another half-day."""

    date = forms.DateField()
    period = forms.TypedChoiceField(choices=Session.Period.choices, coerce=int)


class CopyForm(OperationForm):
    """Which former class's timetable to copy."""

    source = forms.UUIDField(error_messages={"required": "请选择要复制的班次", "invalid": "请选择要复制的班次"})
