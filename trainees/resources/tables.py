"""Awards, appointments and exemptions as Excel (django-import-export): columns, and writing through the services.

A person is found by the full ID number alone, and the name must agree; files made here hold masked numbers.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, ClassVar

from django.db.models import Q, QuerySet
from django.utils import timezone
from import_export import fields, resources, widgets

from core.crypto import blind_index
from core.idnumber import fault_of, normalise
from core.sheets.loading import demand_filled
from core.sheets.text import key
from organization.directory import UnitDirectory
from organization.models import Account, Unit
from organization.resources import Day, LabelWidget, Whole, YesNo
from organization.roles import Role
from trainees.models import Appointment, Award, Cadre, Duty, Exemption
from trainees.resources.people import batches
from trainees.services.awards import AwardFacts, correct_award, give_award
from trainees.services.exemptions import TWICE, ExemptionFacts, grant_exemption
from trainees.services.moves import Place, correct_appointment, covers
from trainees.services.posts import TODAYS, Served, add_post, correct_post, is_todays


class OfPerson(resources.ModelResource):
    """Rows about people whom the account's area manages; on the way in each is found by the full ID number alone."""

    required: ClassVar[tuple[str, ...]] = ()
    lengths: ClassVar[dict[str, int]] = {}
    person = fields.Field("cadre__name", "姓名", readonly=True)
    id_number = fields.Field("cadre__masked_id_number", "身份证号", readonly=True)
    works = fields.Field("cadre__unit__name", "单位", readonly=True)

    def __init__(self, user: Account) -> None:
        super().__init__()
        self.user = user
        self.people: dict[str, Cadre] = {}
        self.known: dict[tuple[Any, ...], Any] = {}
        self.first: dict[tuple[Any, ...], int] = {}
        self.numbers: list[int] = []

    def get_queryset(self) -> QuerySet[Any]:
        inside = self.user.access.within("cadre__managing_authority", Role.STAFF)
        rows = self._meta.model.objects.visible_to(self.user).filter(inside)
        return rows.select_related("cadre__unit", "cadre__managing_authority")  # type: ignore[no-any-return]

    def get_import_fields(self) -> list[fields.Field]:
        return [one for one in super().get_import_fields() if one.attribute and not one.readonly]

    def lines(self, rows: QuerySet[Any]) -> Iterator[list[Any]]:
        """The cells of these rows; rows out of scope are left out."""
        chosen = self.get_export_fields()
        self.before_export(rows)
        for some in batches(rows.filter(pk__in=self.get_queryset().order_by().values("pk"))):
            for one in some:
                yield [self.export_field(field, one) for field in chosen]

    def named(self, row: Any) -> str:
        return f"{row.cadre.name} {row}"

    def before_import(self, dataset: Any, **kwargs: Any) -> None:
        """The people of all rows in one query, and what there is about them in another."""
        indexes = {blind_index(number) for row in dataset.dict if (number := _whole_number(row))}
        rows = Cadre.objects.visible_to(self.user).filter(id_number_index__in=indexes)
        found = rows.select_related("managing_authority", "unit", "canonical__managing_authority", "canonical__unit")
        self.people = {one.id_number_index: one for one in found}
        keys = {one.canonical_id or one.pk for one in self.people.values()}
        self.known = {self.key_of(one): one for one in self.held(keys)}

    def after_import(self, dataset: Any, result: Any, **kwargs: Any) -> None:
        """Nothing: keys come from the database, whose sequences are not this account's to set back."""

    def held(self, keys: set[Any]) -> QuerySet[Any]:
        """What is there about these people."""
        return self.get_queryset().filter(Q(cadre__in=keys) | Q(cadre__canonical__in=keys))

    def before_import_row(self, row: Any, **kwargs: Any) -> None:
        demand_filled(row, ("姓名", "身份证号", *self.required), self.lengths)
        row["cadre"] = self.found(row)
        self.resolve(row)
        known, at = self.key_in(row), self.numbers[kwargs["row_number"] - 1]
        if known in self.first:
            raise ValueError(f"与第{self.first[known]}行重复")
        self.first[known] = at

    def found(self, row: Mapping[str, Any]) -> Cadre:
        """Who the row is about. Raises ValueError: never by the name alone, never outside the area."""
        number = _whole_number(row)
        if not number:
            raise ValueError("身份证号应为完整、正确的 18 位号码；导出的表格中号码是遮盖的，不能用来找人")
        one = self.people.get(blind_index(number))
        if one is None:
            raise ValueError("您的范围内没有这个身份证号的干部；新的干部请先由花名册导入")
        who: Cadre = one.canonical or one
        if not covers(self.user, who.managing_authority):
            raise ValueError(f"该干部由{who.managing_authority.name}管理，请由其办理")
        if key(str(row["姓名"])) not in (key(one.name), key(who.name)):
            raise ValueError("姓名与该身份证号的干部不一致，请核对姓名和身份证号")
        return who

    def resolve(self, row: Any) -> None:
        """What a row names in words becomes what is meant by them."""

    def key_in(self, row: Mapping[str, Any]) -> tuple[Any, ...]:
        """What a row of the sheet is known again by."""
        raise NotImplementedError

    def key_of(self, one: Any) -> tuple[Any, ...]:
        """What a row of the database is known again by; merged doubles are one person."""
        raise NotImplementedError

    def get_instance(self, instance_loader: Any, row: Mapping[str, Any]) -> Any:
        return self.known.get(self.key_in(row))

    def init_instance(self, row: Any = None) -> Any:
        return self._meta.model(cadre=row["cadre"])


def _whole_number(row: Mapping[str, Any]) -> str:
    """The row's ID number where it is a whole and valid one, else empty."""
    number = normalise(str(row.get("身份证号") or ""))
    return "" if fault_of(number, timezone.localdate()) else number


def _person(one: Any) -> Any:
    return one.cadre.canonical_id or one.cadre_id


def _day(row: Mapping[str, Any], column: str) -> date | None:
    return Day().clean(row.get(column))


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
        return row["cadre"].pk, str(row["荣誉名称"]), _day(row, "授予日期")

    def key_of(self, one: Award) -> tuple[Any, ...]:
        return _person(one), one.name, one.on

    def save_instance(self, instance: Award, is_create: bool, row: Mapping[str, Any], **kwargs: Any) -> None:
        facts = AwardFacts(instance.name, instance.giver, instance.on, instance.note)
        if instance.on > timezone.localdate():
            raise ValueError("授予日期不能晚于今天")
        if is_create:
            give_award(instance.cadre, facts, actor=kwargs["actor"])
        else:
            correct_award(instance, facts, actor=kwargs["actor"], seen=instance.version)


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

    def dehydrate_code(self, one: Exemption) -> str:
        return self.names.get(one.code, one.code)

    def dehydrate_standing(self, one: Exemption) -> str:
        return "已撤销" if one.revoked_at else "有效"

    def before_import(self, dataset: Any, **kwargs: Any) -> None:
        super().before_import(dataset, **kwargs)
        keys = {one.canonical_id or one.pk for one in self.people.values()}
        duties = Duty.objects.visible_to(self.user).filter(cadre__in=keys).order_by("year")
        self.codes = {(who, name): code for who, code, name in duties.values_list("cadre", "code", "name")}

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
        return _person(one), one.year, one.code

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
        return row["cadre"].pk, row["任职单位"].pk, str(row["职务"]), _day(row, "任职时间")

    def key_of(self, one: Appointment) -> tuple[Any, ...]:
        return _person(one), one.unit_id, one.post, one.since

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
