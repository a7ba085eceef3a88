"""What people send about a cadre: a move, a status, a double; each is looked at before it is done."""

from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils import timezone

from core.crypto import blind_index
from core.forms import DayInput, OperationForm, SeenForm, UploadField
from organization.access import below
from organization.models import Account, Unit
from organization.roles import Role
from portal.forms import IdNumberField
from trainees.models import Cadre
from trainees.rules.levels import POST_LEVELS, RANKS
from trainees.services.moves import Place

LOOK, DO = "look", "do"


class TableUpload(OperationForm):
    """A sheet of awards, appointments or exemptions."""

    sheet = UploadField(label="表格", endings=(".xlsx",))


class SteppedForm(SeenForm):
    """First looked at, then done: `step` says which of the two buttons was pressed."""

    step = forms.ChoiceField(choices=[(LOOK, "预览"), (DO, "确认")], widget=forms.HiddenInput, initial=LOOK)

    @property
    def done(self) -> bool:
        return bool(self.cleaned_data["step"] == DO)

    def hidden(self) -> list[tuple[str, str]]:
        """The fields once more, for the button that does it."""
        return [
            (name, value) for name in self.fields if name not in ("step", "op_id")
            for value in cast(QueryDict, self.data).getlist(name) if value
        ]  # fmt: skip

    def payload(self) -> dict[str, str]:
        return {name: str(value) for name, value in self.cleaned_data.items() if name not in ("op_id", "step")}


def place_fields(form: forms.Form, user: Account) -> None:
    """Units and authorities of the user's area, as choices."""
    area = Unit.objects.filter(below(user.access.paths(Role.STAFF), "path"))
    cast(forms.ModelChoiceField, form.fields["unit"]).queryset = area.open_on(timezone.localdate())
    departments = area.filter(kind=Unit.Kind.ORGANIZATION_DEPARTMENT)
    cast(forms.ModelChoiceField, form.fields["authority"]).queryset = departments


def choices(values: tuple[str, ...]) -> list[tuple[str, str]]:
    return [("", "未定"), *((one, one) for one in values)]


class PlaceForm(SteppedForm):
    """Where and as what somebody serves, since when."""

    unit = forms.ModelChoiceField(
        Unit.objects.none(), label="单位", empty_label="请选择单位", error_messages={"required": "请选择单位"}
    )
    post = forms.CharField(label="职务", max_length=100, required=False)
    post_level = forms.ChoiceField(label="职务层次", choices=choices(POST_LEVELS), required=False)
    rank = forms.ChoiceField(label="职级", choices=choices(RANKS), required=False)
    authority = forms.ModelChoiceField(
        Unit.objects.none(), label="干部管理权限", required=False, empty_label="不改（仍覆盖该单位时）",
        help_text="由哪个组织部管理；调出原管理范围而没有选择的，由最近的组织部管理",
    )  # fmt: skip
    since = forms.DateField(label="任现职务自", widget=DayInput(), error_messages={"required": "请填写起始日期"})

    def __init__(self, *args: Any, user: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        place_fields(self, user)
        self._offer("post_level")
        self._offer("rank")

    def _offer(self, name: str) -> None:
        """A level that somebody has by another word stays on offer."""
        field, has = cast(forms.ChoiceField, self.fields[name]), self.get_initial_for_field(self.fields[name], name)
        if has and has not in dict(cast(Any, field.choices)):
            field.choices = [*cast(Any, field.choices), (has, has)]

    def place(self) -> Place:
        said = self.cleaned_data
        return Place(said["unit"], said["post"], said["post_level"], said["rank"], said["authority"])


class CadreMoveForm(PlaceForm):
    """A move, or the correction of what was entered wrongly of the present appointment."""

    kind = forms.ChoiceField(
        label="办理什么", choices=[("move", "任职变动（原任职到前一天为止）"), ("correct", "更正登记错误（不产生新的任职）")],
        initial="move", widget=forms.RadioSelect,
    )  # fmt: skip
    reason = forms.CharField(label="更正理由", max_length=200, required=False, help_text="只在更正登记错误时填写")
    field_order = ("kind", "unit", "post", "post_level", "rank", "authority", "since", "reason")


class CadreStatusForm(SteppedForm):
    """Retired, died, left, seconded, or back in service."""

    status = forms.ChoiceField(label="状态", choices=Cadre.Status.choices)
    since = forms.DateField(label="状态起始", widget=DayInput(), error_messages={"required": "请填写起始日期"})
    reason = forms.CharField(label="依据", max_length=200, help_text="如文号、批准机关")


class CadreMergeForm(SteppedForm):
    """The other row of the same person, by the whole ID number; never by name."""

    number = IdNumberField(label="保留的那一条的身份证号", help_text="填完整号码；不按姓名合并")
    reason = forms.CharField(label="依据", max_length=200, help_text="如何确认是同一个人，至少五个字")

    def payload(self) -> dict[str, str]:
        """The number as its keyed hash: what is kept beside an op_id is made of no ID number."""
        return {"reason": self.cleaned_data["reason"], "who": blind_index(self.cleaned_data["number"])}
