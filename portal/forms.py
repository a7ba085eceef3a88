"""What people send to the portal's pages."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, ClassVar, cast

from django import forms
from django.db.models import Q
from django.utils import timezone

from core.forms import DayInput, OperationForm, SeenForm, SeenReasonForm, UploadField
from core.idnumber import fault_of, is_id_number, normalise
from courses.models import Course, CourseCategory, CourseModule, Room, Teacher
from organization.models import Unit
from portal.pages.why import KINDS
from training.models import Session
from training.rules.check_in import Window
from training.services import Lesson


class IdNumberField(forms.CharField):
    """A whole ID number, however it is spaced; the clean value is its 18 characters."""

    default_error_messages: ClassVar = {"invalid": "请输入完整、正确的 18 位身份证号"}

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=50, **options)

    def clean(self, value: Any) -> str:
        number = "".join(normalise(super().clean(value)).split())
        if number and fault_of(number, timezone.localdate()):
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return number


class SeveralFiles(forms.FileInput):
    """An input for several files."""

    allow_multiple_selected = True


class ForUnitForm(OperationForm):
    """A form with a field `unit`: for which of `units` it is, hidden where there is only one."""

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


class WorkbookForm(ForUnitForm):
    """A class workbook, and the organizing unit where the user could mean several."""

    workbook = UploadField(label="班次工作簿", endings=(".xlsx",))
    unit = forms.ModelChoiceField(Unit.objects.none(), label="主办机构", required=False)


class RosterForm(ForUnitForm):
    """A roster, and the area whose people it is to bring in."""

    roster = UploadField(label="干部花名册", endings=(".xlsx", ".csv"))
    unit = forms.ModelChoiceField(Unit.objects.none(), label="范围", required=False)


class RosterConfirmForm(OperationForm):
    """The rows under another name that somebody has looked at and takes."""

    accepted = forms.TypedMultipleChoiceField(label="姓名不符的行", coerce=int, required=False)

    def __init__(self, *args: Any, rows: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.TypedMultipleChoiceField, self.fields["accepted"]).choices = [(row, str(row)) for row in rows]


class MachineForm(OperationForm):
    """What an attendance machine gave."""

    records = UploadField(label="考勤机记录", endings=(".xlsx", ".csv"))


class CandidateForm(SeenReasonForm):
    """The assessment group's decision on somebody whose candidacy is open."""

    chosen = forms.TypedChoiceField(
        label="决定", choices=[("yes", "列为人选"), ("no", "不列为人选")], coerce=lambda word: word == "yes"
    )


class WhyForm(forms.Form):
    """Who sees what and why: an account (only for those who may ask about others), and a thing by what people know."""

    account = forms.CharField(
        label="账号", max_length=60, required=False, strip=True, help_text="用户名或姓名；不填就是您自己"
    )
    kind = forms.ChoiceField(label="看什么", choices=KINDS, required=False)
    thing = forms.CharField(
        label="编号、名称或地址",
        max_length=500,
        strip=True,
        help_text="班次写编号或名称，干部和学员写姓名，文件写文号，网页粘贴浏览器里的地址",
        error_messages={"required": "请写明要看的是什么"},
    )
    training_class = forms.CharField(
        label="所在班次", max_length=120, required=False, strip=True, help_text="只在查学员时填写：编号或名称"
    )

    def __init__(self, *args: Any, others: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not others:
            del self.fields["account"]

    def clean_thing(self) -> str:
        """An ID number that came in the address is not looked for, and not shown again (SEC-32)."""
        thing: str = self.cleaned_data["thing"]
        if is_id_number(thing):
            self.data = {**self.data.dict(), "thing": ""}  # type: ignore[attr-defined]
            raise forms.ValidationError("这里不按身份证号查找：号码会留在浏览器和服务器的记录里，请写姓名")
        return thing

    def clean(self) -> dict[str, Any] | None:
        values = super().clean() or {}
        values["kind"] = values.get("kind") or KINDS[0][0]
        if values["kind"] == "trainee" and not values.get("training_class") and "thing" in values:
            self.add_error("training_class", "查学员请同时写明所在班次")
        return values


class SearchForm(forms.Form):
    """A name, its pinyin or its initials; a class's name or number."""

    q = forms.CharField(label="搜索", max_length=50, required=False, strip=True)


class NumberForm(forms.Form):
    """A whole ID number; it comes by POST, because addresses are kept by browsers and servers."""

    number = IdNumberField(
        label="身份证号", error_messages={"invalid": "请输入完整、正确的 18 位身份证号；只凭前几位不能查找"}
    )


class LessonForm(OperationForm):
    """A session of the timetable; links are chosen from the catalogue of the class's area, text is free."""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)
    date = forms.DateField(label="日期", widget=DayInput())
    period = forms.TypedChoiceField(label="时段", choices=Session.Period.choices, coerce=int)
    course = forms.ModelChoiceField(Course.objects.none(), label="课程库", required=False, empty_label="不从课程库选")
    title = forms.CharField(label="课程名称", max_length=200, required=False, help_text="从课程库选择时可以不填")
    hours = forms.DecimalField(
        label="学时",
        max_digits=4,
        decimal_places=1,
        required=False,
        help_text="0.5 的倍数，一个半天最多 4 学时；从课程库选择时可以不填",
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
        near = Q(unit__path__startswith=unit.path) | Q(unit__path__in=Unit.upward(unit.path))
        for name, rows in (
            ("course", Course.objects.offered().filter(near).select_related("category").order_by("title")),
            ("teacher", Teacher.objects.filter(near, retired=None).order_by("name")),
            ("room", Room.objects.filter(near).order_by("is_site", "name")),
            ("category", CourseCategory.objects.all()),
        ):
            cast(forms.ModelChoiceField, self.fields[name]).queryset = rows

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        self._follow_course(values)
        if bool(values.get("begins")) != bool(values.get("ends")):
            self.add_error("ends", "上课时间和下课时间要么都填，要么都不填")
        return values

    def _follow_course(self, values: dict[str, Any]) -> None:
        """What the catalogue says of a chosen course stands where the form says nothing."""
        course: Course | None = values.get("course")
        if course is not None:
            values["hours"] = values.get("hours") or course.hours
            values["category"] = values.get("category") or course.category
            values["form"] = values.get("form") or course.get_form_display()
            if not (values.get("teacher") or values.get("teacher_name")):
                values["teacher"] = course.teachers.filter(retired=None).order_by("pk").first()
        if not values.get("hours") and "hours" not in self.errors:
            self.add_error("hours", "请填写学时，或从课程库中选择课程")

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


class CatalogueForm(forms.ModelForm):
    """An entry of the catalogue; it belongs to one of the units that the user keeps."""

    op_id = forms.UUIDField(widget=forms.HiddenInput)
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)
    unit = forms.ModelChoiceField(Unit.objects.none(), label="所属单位", required=False)

    def __init__(self, *args: Any, units: list[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.units = units
        field = cast(forms.ModelChoiceField, self.fields["unit"])
        field.queryset = Unit.objects.filter(pk__in=[unit.pk for unit in units]).order_by("depth", "path")
        field.empty_label = None
        if self.instance.pk and not self.instance._state.adding:
            del self.fields["unit"]
        elif len(units) < 2:
            field.widget = forms.HiddenInput()

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if "unit" in self.fields:
            self.instance.unit = values.get("unit") or self.units[0]
        return values

    def checked(self) -> dict[str, Any]:
        """The clean values; the caller has asked whether the form is valid."""
        return self.cleaned_data

    def entry(self) -> Any:
        """The row as it should be, not written yet."""
        return self.instance


class CourseForm(CatalogueForm):
    class Meta:
        model = Course
        fields = ("title", "category", "module", "form", "hours", "teachers", "retired")
        widgets = {"retired": DayInput()}

    def __init__(self, *args: Any, units: list[Unit], **kwargs: Any) -> None:
        super().__init__(*args, units=units, **kwargs)
        teachers = cast(forms.ModelMultipleChoiceField, self.fields["teachers"])
        teachers.queryset = Teacher.objects.filter(unit__in=units, retired=None).order_by("name")
        modules = cast(forms.ModelChoiceField, self.fields["module"])
        paths = {path for unit in units for path in Unit.upward(unit.path)}
        modules.queryset = CourseModule.objects.filter(system__unit__path__in=paths)  # of one's own, and of those above
        modules.empty_label = "不属于课程体系"
        cast(forms.ModelChoiceField, self.fields["category"]).empty_label = "请选择课程类别"
        if "unit" not in self.fields:
            del self.fields["hours"]


class TeacherForm(CatalogueForm):
    class Meta:
        model = Teacher
        fields = ("name", "kind", "title", "employer", "fee_title", "topics", "retired")
        widgets = {"retired": DayInput()}


class RoomForm(CatalogueForm):
    class Meta:
        model = Room
        fields = ("name", "is_site", "capacity", "address", "route", "travel_minutes", "theme")


class VersionForm(OperationForm):
    """A new version of a course."""

    since = forms.DateField(label="自", widget=DayInput())
    hours = forms.DecimalField(label="学时", min_value=Decimal("0.5"), max_value=40, max_digits=4, decimal_places=1)
    change = forms.CharField(label="更新内容", max_length=500, required=False)
    outline = forms.CharField(label="大纲", max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 4}))


class CatalogueUpload(ForUnitForm):
    """A sheet of the catalogue, and for which unit it is."""

    sheet = UploadField(label="表格", endings=(".xlsx",))
    unit = forms.ModelChoiceField(Unit.objects.none(), label="所属单位", required=False)


LATE = timedelta(hours=6)
"""A time before the opening is one after midnight, where that is no longer away than this; else it is a slip."""


class WindowForm(OperationForm):
    """When a check-in opens, counts as late from, closes: times of the session's day."""

    opens = forms.TimeField(
        label="开始签到", error_messages={"required": "请填写开始签到的时间", "invalid": "时间应形如 08:00"}
    )
    late_from = forms.TimeField(
        label="迟到起算", error_messages={"required": "请填写迟到起算的时间", "invalid": "时间应形如 08:35"}
    )
    closes = forms.TimeField(
        label="签到截止", error_messages={"required": "请填写签到截止的时间", "invalid": "时间应形如 09:00"}
    )

    def window(self, day: date) -> Window:
        """The times on the session's day; of a late session's, those after midnight on the next."""
        first = self.cleaned_data["opens"]
        at = {name: (day, self.cleaned_data[name]) for name in ("opens", "late_from", "closes")}
        for name, (on, one) in at.items():
            after = datetime.combine(day + timedelta(days=1), one) - datetime.combine(day, first)
            if one < first and after <= LATE:
                at[name] = on + timedelta(days=1), one
        return Window(**{name: timezone.make_aware(datetime.combine(*moment)) for name, moment in at.items()})
