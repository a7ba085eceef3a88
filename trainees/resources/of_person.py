"""Rows about people as Excel, in and out: whose they are, who is meant, what is there already.

A person is found by the full ID number alone, and the name must agree; files made here hold masked numbers.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, ClassVar

from django.db.models import Q, QuerySet
from django.utils import timezone
from import_export import fields, resources

from core.crypto import blind_index
from core.idnumber import fault_of, normalise
from core.sheets.loading import demand_filled
from core.sheets.text import key
from organization.models import Account
from organization.resources import Day
from organization.roles import Role
from trainees.models import Cadre
from trainees.resources.people import batches


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
        return rows.select_related("cadre__unit", "cadre__managing_authority")

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
        if not self.user.access.covers(who.managing_authority.path, Role.STAFF):
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


def person_of(one: Any) -> Any:
    return one.cadre.canonical_id or one.cadre_id


def day_in(row: Mapping[str, Any], column: str) -> date | None:
    return Day().clean(row.get(column))
