"""Awards, appointments and exemptions as Excel (django-import-export): columns, and writing through the services."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar

from django.db.models import Q, QuerySet
from django.utils import timezone
from import_export import fields, widgets

from core.sheets.text import key
from organization.directory import UnitDirectory
from organization.models import Account, Unit
from organization.resources import Day, LabelWidget, Whole, YesNo
from trainees.models import Appointment, Award, Duty, Exemption
from trainees.resources.of_person import OfPerson, day_in, person_of
from trainees.services.awards import AwardFacts, correct_award, give_award
from trainees.services.exemptions import TWICE, ExemptionFacts, grant_exemption
from trainees.services.moves import Place, correct_appointment
from trainees.services.posts import TODAYS, Served, add_post, correct_post, is_todays


class AwardResource(OfPerson):
    """姓名, 身份证号, 单位 (out only), 荣誉名称, 授予单位, 授予日期, 说明; known again by person, name and date."""

    required = ("荣誉名称", "授予单位", "授予日期")
    lengths: ClassVar = {"荣誉名称": 80, "授予单位": 120, "说明": 200}
    title = fields.Field("name", "荣誉名称")
    giver = fields.Field("giver", "授予单位")
    on = fields.Field("on", "授予日期", widget=Day())
    note = fields.Field("note", "说明", default="")

    class Meta:
        model = Award
        fields = ("person", "id_number", "works", "title", "giver", "on", "note")
        import_id_fields = ("title", "on")
        use_transactions = True
        skip_unchanged = True
        store_instance = True
        clean_model_instances = False

    def key_in(self, row: Mapping[str, Any]) -> tuple[Any, ...]:
        return row["cadre"].pk, str(row["荣誉名称"]), day_in(row, "授予日期")

    def key_of(self, one: Award) -> tuple[Any, ...]:
        return person_of(one), one.name, one.on

    def save_instance(self, instance: Award, is_create: bool, row: Mapping[str, Any], **kwargs: Any) -> None:
        facts = AwardFacts(instance.name, instance.giver, instance.on, instance.note)
        if instance.on > timezone.localdate():
            raise ValueError("授予日期不能晚于今天")
        if is_create:
            give_award(instance.cadre, facts, actor=kwargs["actor"])
        else:
            correct_award(instance, facts, actor=kwargs["actor"], seen=instance.version)


class Requirement(widgets.Widget):
    """A requirement's code, shown by its name."""

    def __init__(self, names: Mapping[str, str]) -> None:
        super().__init__()
        self.names = names

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return self.names.get(value, value)


class ExemptionResource(OfPerson):
    """…, 年度, 要求 (empty: all of them), 情形, 减免比例（%）, 理由, 状态 (out only); one that is in force is not changed."""

    required = ("年度", "情形", "理由")
    lengths: ClassVar = {"理由": 200}
    year = fields.Field("year", "年度", widget=Whole())
    code = fields.Field("code", "要求", default="")
    kind = fields.Field("kind", "情形", widget=LabelWidget(list(Exemption.Kind.choices)))
    share = fields.Field("share", "减免比例（%）", widget=Whole(100), default=100)
    reason = fields.Field("reason", "理由")
    standing = fields.Field(column_name="状态")
    called: Mapping[str, str] = MappingProxyType({})

    class Meta:
        model = Exemption
        fields = ("person", "id_number", "works", "year", "code", "kind", "share", "reason", "standing")
        import_id_fields = ("year",)
        use_transactions = True
        skip_unchanged = True
        store_instance = True
        clean_model_instances = False

    def before_export(self, queryset: Any, **kwargs: Any) -> None:
        """Requirements by their names, in one query."""
        rows = Duty.objects.unscoped("names of requirements, no people").order_by("year")
        self.names = dict(rows.values_list("code", "name").distinct())

    def get_import_fields(self) -> list[fields.Field]:
        """Requirements are shown by the names that the people of the sheet have them under."""
        code = fields.Field("code", "要求", default="", widget=Requirement(self.called))
        return [code if one.attribute == "code" else one for one in super().get_import_fields()]

    def dehydrate_code(self, one: Exemption) -> str:
        return self.names.get(one.code, one.code)

    def dehydrate_standing(self, one: Exemption) -> str:
        return "已撤销" if one.revoked_at else "有效"

    def before_import(self, dataset: Any, **kwargs: Any) -> None:
        super().before_import(dataset, **kwargs)
        keys = {one.canonical_id or one.pk for one in self.people.values()}
        duties = Duty.objects.visible_to(self.user).filter(cadre__in=keys).order_by("year")
        rows = list(duties.values_list("cadre", "code", "name"))
        self.codes = {(who, name): code for who, code, name in rows}
        self.called = {code: name for _, code, name in rows}

    def held(self, keys: set[Any]) -> QuerySet[Any]:
        return super().held(keys).filter(revoked_at=None)

    def resolve(self, row: Any) -> None:
        """The requirement by its name among the person's own."""
        name = str(row.get("要求") or "")
        if name and (row["cadre"].pk, name) not in self.codes:
            raise ValueError(f"{row['cadre'].name}没有“{name}”这项学习要求；减免全部要求的，这一列留空")
        row["要求"] = self.codes[row["cadre"].pk, name] if name else ""

    def key_in(self, row: Mapping[str, Any]) -> tuple[Any, ...]:
        return row["cadre"].pk, Whole().clean(row["年度"]), row["要求"]

    def key_of(self, one: Exemption) -> tuple[Any, ...]:
        return person_of(one), one.year, one.code

    def save_instance(self, instance: Exemption, is_create: bool, row: Mapping[str, Any], **kwargs: Any) -> None:
        if not is_create:
            raise ValueError(TWICE["exemption_once"])
        this = timezone.localdate().year
        if abs(instance.year - this) > 1:
            raise ValueError(f"年度应为 {this - 1} 至 {this + 1}")
        if not 1 <= instance.share <= 100:
            raise ValueError("减免比例应在 1 到 100 之间")
        if len(instance.reason.strip()) < 4:
            raise ValueError("理由至少四个字")
        facts = ExemptionFacts(instance.year, instance.code, instance.kind, instance.share, instance.reason.strip())
        grant_exemption(instance.cadre, facts, actor=kwargs["actor"])


class AppointmentResource(OfPerson):
    """…, 任职单位, 职务, 职务层次, 职级, 主职, 任职时间, 免职时间; known again by person, unit, post and first day.

    What may be added are posts that are over, and posts beside the primary one; today's goes by the move or the roster.
    """

    required = ("任职单位", "职务", "主职", "任职时间")
    lengths: ClassVar = {"职务": 100, "职务层次": 30, "职级": 30}
    unit = fields.Field("unit", "任职单位", widget=widgets.Widget())
    post = fields.Field("post", "职务")
    post_level = fields.Field("post_level", "职务层次", default="")
    rank = fields.Field("rank", "职级", default="")
    primary = fields.Field("primary", "主职", widget=YesNo())
    since = fields.Field("since", "任职时间", widget=Day())
    until = fields.Field("until", "免职时间", widget=Day())

    class Meta:
        model = Appointment
        fields = (
            "person", "id_number", "works", "unit", "post", "post_level", "rank", "primary", "since", "until",
        )  # fmt: skip
        import_id_fields = ("post", "since")
        use_transactions = True
        skip_unchanged = True
        store_instance = True
        clean_model_instances = False

    def get_queryset(self) -> QuerySet[Any]:
        return super().get_queryset().select_related("unit", "cadre__unit", "cadre__managing_authority")

    def before_import(self, dataset: Any, **kwargs: Any) -> None:
        """Units of the area, and those where these people have served, by full name, short name or code."""
        super().before_import(dataset, **kwargs)
        served = {one.unit_id for one in self.known.values()}
        seen = Unit.objects.filter(Q(self.user.access.units("path")) | Q(pk__in=served))
        self.units = {str(one.pk): one for one in seen.prefetch_related("short_names")}
        named = [(pk, one.name, [short.name for short in one.short_names.all()]) for pk, one in self.units.items()]
        self.directory = UnitDirectory.from_rows(named)
        self.by_code = {key(one.code).upper(): one for one in self.units.values()}

    def resolve(self, row: Any) -> None:
        written = str(row["任职单位"])
        exact = self.directory.exact(written)
        if len(exact) > 1:
            raise ValueError(f"“{written}”属于几个单位（{'、'.join(one.name for one in exact)}），请写全称或编码")
        unit = self.units[exact[0].key] if exact else self.by_code.get(key(written).upper())
        if unit is None:
            raise ValueError(f"单位“{written}”不在您范围的单位库中，请写全称、简称或编码")
        row["任职单位"] = unit

    def key_in(self, row: Mapping[str, Any]) -> tuple[Any, ...]:
        return row["cadre"].pk, row["任职单位"].pk, str(row["职务"]), day_in(row, "任职时间")

    def key_of(self, one: Appointment) -> tuple[Any, ...]:
        return person_of(one), one.unit_id, one.post, one.since

    def save_instance(self, instance: Appointment, is_create: bool, row: Mapping[str, Any], **kwargs: Any) -> None:
        place = Place(instance.unit, instance.post, instance.post_level, instance.rank)
        served = Served(place, instance.since, instance.until, instance.primary)
        actor: Account = kwargs["actor"]
        if is_create:
            add_post(instance.cadre, served, actor=actor)
            return
        held = self.get_queryset().get(pk=instance.pk)
        if not is_todays(held.primary, held.until):
            correct_post(held, served, actor=actor)
        elif (held.primary, held.until) != (instance.primary, instance.until):
            raise ValueError(TODAYS)
        else:
            correct_appointment(held.cadre, place, instance.since, actor=actor, reason="由表格更正")
