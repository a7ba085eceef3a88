"""学习荣誉、任职、学习任务减免: the small tables around people whom a department manages, by their resources."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.dateparse import parse_date

from organization.models import Account
from portal.lists import sorted_by
from portal.pages import words
from portal.pages.search import named
from trainees.resources import OfPerson
from trainees.tables import RESOURCES

NUMBERS = ("年度", "减免比例（%）")
UNSHOWN = ("姓名", "身份证号")
KNOWN = "人按完整的身份证号对上，姓名须一致；"


@dataclass(frozen=True, slots=True)
class Table:
    """One kind of rows: its words, in what order it stands, what a row is known again by, where units are named."""

    key: str
    label: str
    icon: str
    latest: tuple[str, ...]
    known_again: str
    units: tuple[str, ...] = ("cadre__unit__name",)


TABLES = {
    one.key: one
    for one in (
        Table("awards", "学习荣誉", "award", ("-on", "pk"), f"{KNOWN}同一人同一天的同名荣誉只登记一次。"),
        Table(
            "appointments", "任职", "sitemap", ("cadre__pinyin", "cadre", "-since", "pk"),
            f"{KNOWN}单位、职务和任职时间相同的是同一段任职。只能补登已经结束的主职和兼职。",
            ("cadre__unit__name", "unit__name"),
        ),
        Table("exemptions", "学习任务减免", "scale", ("-year", "-at", "pk"),
              f"{KNOWN}同一人同一年度的同一项要求只减免一次。要求留空为全部要求。"),
    )
}  # fmt: skip


def table_of(kind: str) -> Table:
    if kind not in TABLES:
        raise Http404("没有这种表格")
    return TABLES[kind]


def asked(request: HttpRequest, table: Table, resource: OfPerson) -> tuple[QuerySet[Any], str]:
    """The rows that the request asks for, and the words searched for."""
    text = request.GET.get("q", "").strip()[:50]
    rows = resource.get_queryset()
    if text:
        found = named(text, "cadre__")
        for unit in table.units:
            found |= Q(**{f"{unit}__contains": text})
        rows = rows.filter(found)
    sorts = {
        "latest": table.latest,
        "name": ("cadre__pinyin", "pk"),
        "unit": ("cadre__unit__path", "cadre__pinyin", "pk"),
    }
    return sorted_by(request, rows, sorts, "latest"), text


def listed(resource: OfPerson, rows: Sequence[Any]) -> list[dict[str, Any]]:
    """The rows of a page in the columns of the file, without the number."""
    chosen = [one for one in resource.get_export_fields() if one.column_name not in UNSHOWN]
    resource.before_export(rows)
    return [
        {
            "url": reverse("portal:cadre", args=[row.cadre_id]),
            "name": row.cadre.name,
            "cells": [
                (one.column_name, _css(one.column_name), _written(resource.export_field(one, row))) for one in chosen
            ],
        }
        for row in rows
    ]


def _written(cell: Any) -> Any:
    """A day as pages write it; the file keeps 2026-03-01, which Excel reads."""
    found = parse_date(cell) if isinstance(cell, str) and len(cell) == len("2026-03-01") else None
    return words.day(found) if found else cell


def shown(table: Table, resource: OfPerson) -> dict[str, Any]:
    """The words of a page, with the heads of its columns."""
    heads = [one.column_name for one in resource.get_export_fields() if one.column_name not in UNSHOWN]
    columns = [("name", "姓名", ""), *(("unit" if head == "单位" else "", head, _css(head)) for head in heads)]
    return {
        "key": table.key,
        "label": table.label,
        "icon": table.icon,
        "known_again": table.known_again,
        "columns": columns,
    }


def _css(heading: str) -> str:
    return "number" if heading in NUMBERS else "nowrap" if heading.endswith(("时间", "日期", "层次")) else ""


def tabs(active: Table) -> list[dict[str, Any]]:
    return [
        words.tab(one.label, reverse("portal:cadre_table", args=[one.key]), active=one == active)
        for one in TABLES.values()
    ]


def crumbs(table: Table, last: str = "") -> list[dict[str, str]]:
    url = reverse("portal:cadre_table", args=[table.key]) if last else ""
    above = ("干部", reverse("portal:cadre_list")), (table.label, url)
    return words.crumbs(*above, *([(last, "")] if last else []))


def resource_of(kind: str, user: Account) -> OfPerson:
    return RESOURCES[table_of(kind).key](user)
