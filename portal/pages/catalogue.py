"""课程库、师资库、教室与教学点: lists with their filters, their cells for Excel, the figures of a year."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Model, Q, QuerySet, Sum
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils import timezone

from assessments.models import SatisfactionCount
from core.amounts import plain
from core.sheets.loading import Rehearsal
from courses.models import Course, CourseCategory, Room, Teacher
from courses.resources import OfUnit
from organization.models import Account
from portal.acts import ask
from portal.forms import CourseForm, RoomForm, TeacherForm
from portal.lists import chips, chosen, sorted_by
from portal.pages import words
from portal.rules import catalogue_seen_by, catalogue_units
from training.models import Session

MONEY = "元/学时"
RATED = "a share over all classes of a teacher, no class and nobody named"


@dataclass(frozen=True)
class Shelf:
    """One kind of entry: its words, its model, its form, how it is listed."""

    key: str
    label: str
    one: str
    model: type[Model]
    form: type[Any]
    icon: str
    sorts: dict[str, tuple[str, ...]]
    columns: tuple[tuple[str, str, str], ...]
    """(sort key or empty, heading, css class)"""
    row: Callable[[Any], list[object]]


def course_cells(row: Course) -> list[object]:
    teachers = "、".join(sorted(who.name for who in row.teachers.all()))
    return [
        row.title, row.category.name, plain(row.hours), row.get_form_display(), teachers,
        f"第{row.editions}版" if row.editions else "", row.unit.name,  # type: ignore[attr-defined]
    ]  # fmt: skip


def teacher_cells(row: Teacher) -> list[object]:
    fee = f"{row.fee_title.name}，{row.fee_title.fee_ceiling:.0f} {MONEY}" if row.fee_title else ""
    given = row.given  # type: ignore[attr-defined]
    rated = getattr(row, "rated", None)
    share = "" if rated is None else f"{rated:.0f}%"
    kind = row.get_kind_display()
    return [row.name, kind, row.title, row.employer, row.topics, fee, given or "", share, row.unit.name]


def room_cells(row: Room) -> list[object]:
    way = f"{row.travel_minutes} 分钟" if row.travel_minutes else ""
    kind = "现场教学点" if row.is_site else "教室"
    return [row.name, kind, row.capacity or "", way, row.theme, row.address, row.unit.name]


SHELVES = {
    shelf.key: shelf
    for shelf in (
        Shelf(
            "courses", "课程库", "课程", Course, CourseForm, "book",
            {"name": ("title", "pk"), "category": ("category__position", "title", "pk"), "hours": ("hours", "title", "pk")},
            (("name", "课程名称", ""), ("category", "类别", ""), ("hours", "学时", "number"), ("", "教学形式", ""),
             ("", "授课人", ""), ("", "版次", ""), ("", "所属单位", "")),
            course_cells,
        ),
        Shelf(
            "teachers", "师资库", "师资", Teacher, TeacherForm, "users",
            {"name": ("name", "pk"), "kind": ("kind", "name", "pk")},
            (("name", "姓名", ""), ("kind", "类别", ""), ("", "职务职称", ""), ("", "工作单位", ""), ("", "擅长专题", ""),
             ("", "讲课费上限", ""), ("", "已授课次", "number"), ("", "所授班次满意率", "number"),
             ("", "管理单位", "")),
            teacher_cells,
        ),
        Shelf(
            "rooms", "教室与教学点", "教室或教学点", Room, RoomForm, "building",
            {"name": ("name", "pk"), "kind": ("is_site", "name", "pk"), "seats": ("capacity", "name", "pk")},
            (("name", "名称", ""), ("kind", "类型", ""), ("seats", "容量", "number"), ("", "单程", "number"), ("", "教学主题", ""),
             ("", "地址", ""), ("", "管理单位", "")),
            room_cells,
        ),
    )
}  # fmt: skip


def shelf_of(kind: str) -> Shelf:
    if kind not in SHELVES:
        raise Http404("没有这个库")
    return SHELVES[kind]


def rows_for(shelf: Shelf, user: Account) -> QuerySet[Any]:
    """Entries of the user's own area and of those above it."""
    rows: QuerySet[Any] = shelf.model._default_manager.filter(catalogue_seen_by(user)).select_related("unit")
    if shelf.model is Course:
        return rows.select_related("category").prefetch_related("teachers").annotate(editions=Count("versions"))
    if shelf.model is Teacher:
        return rows.select_related("fee_title").annotate(given=Count("session"))
    return rows


def rate(teachers: Sequence[Teacher]) -> None:
    """Write on each teacher the share of 非常满意 and 满意 in the classes that they taught in, in per cent.

    A figure over all their classes, from linked sessions; None under five answers. Two queries.
    """
    taught = Session.objects.unscoped(RATED).filter(teacher__in=teachers).order_by()
    pairs = set(taught.values_list("teacher_id", "training_class_id"))
    counted = SatisfactionCount.objects.unscoped(RATED).filter(training_class__in={where for _, where in pairs})
    good = Sum("count", filter=Q(rating__in=SatisfactionCount.RATINGS[:2]))
    sums = {
        row[0]: row[1:]
        for row in counted.order_by().values_list("training_class").annotate(good=good, whole=Sum("count"))
    }
    for row in teachers:
        found = [sums[where] for who, where in pairs if who == row.pk and where in sums]
        satisfied, answers = sum(one[0] or 0 for one in found), sum(one[1] or 0 for one in found)
        enough = answers >= 5 * len(SatisfactionCount.ASPECTS)
        row.rated = 100 * satisfied / answers if enough else None  # type: ignore[attr-defined]


def filtered(
    request: HttpRequest, shelf: Shelf, rows: QuerySet[Any]
) -> tuple[QuerySet[Any], list[dict[str, Any]], str]:
    """By what is asked, sorted; the chips; the words searched for."""
    text = request.GET.get("name", "").strip()[:50]
    name = "title" if shelf.model is Course else "name"
    found = Q(**{f"{name}__icontains": text})
    if shelf.model is Teacher:
        found |= Q(topics__icontains=text) | Q(employer__icontains=text)
    rows = rows.filter(found) if text else rows
    groups = []
    if shelf.model is Course:
        kinds = [(str(one.pk), one.name) for one in CourseCategory.objects.all()]
        rows, group = _by(request, rows, "category", "类别", kinds)
        groups.append(group)
    if shelf.model is Teacher:
        rows, group = _by(request, rows, "kind", "类别", list(Teacher.Kind.choices))
        groups.append(group)
    if shelf.model is Room:
        site = chosen(request, "site", ("1", "0"))
        rows = rows.filter(is_site=site == "1") if site else rows
        groups.append(chips("site", "类型", [("0", "教室"), ("1", "现场教学点")], site))
    else:
        past = chosen(request, "past", ("1",))
        rows = rows.filter(retired__isnull=not past)
        groups.append(chips("past", "状态", [("1", "已停用")], past) | {})
        groups[-1]["options"][0]["label"] = "在用"
    return sorted_by(request, rows, shelf.sorts, "name"), groups, text


def _by(
    request: HttpRequest, rows: QuerySet[Any], field: str, label: str, options: list[tuple[str, str]]
) -> tuple[QuerySet[Any], dict[str, Any]]:
    value = chosen(request, field, [key for key, _ in options])
    return (rows.filter(**{field: value}) if value else rows), chips(field, label, options, value)


def figures(shelf: Shelf, rows: QuerySet[Any]) -> list[dict[str, object]]:
    """What one looks for: how many, and how many of the courses are new this year."""
    if shelf.model is not Course:
        return []
    year = timezone.localdate().year
    offered = rows.filter(retired=None)
    renewed, every = offered.filter(versions__since__year=year).distinct().count(), offered.count()
    rate = f"{100 * renewed / every:.0f}" if every else "—"
    held = Session.objects.unscoped("only the number of sessions").filter(course__in=offered.values("pk"))
    return [
        words.figure("在用课程", every, "门"),
        words.figure(f"{year}年课程更新率", rate, "%", f"新开或有新版次的 {renewed} 门"),
        words.figure(f"{year}年已排课次", held.filter(date__year=year).count(), "次", "从课程库选择的"),
    ]


def listed(shelf: Shelf, row: Any, writable: set[Any]) -> dict[str, Any]:
    cells = shelf.row(row)
    url = reverse("portal:catalogue_entry", args=[shelf.key, row.pk]) if row.unit_id in writable else ""
    heads = [(heading, css) for _, heading, css in shelf.columns]
    shown = [(*head, cell) for head, cell in zip(heads[1:], cells[1:], strict=True)]
    return {"url": url, "name": cells[0], "cells": shown}


def versions(row: Course) -> list[dict[str, Any]]:
    return [
        {"number": one.number, "since": words.day(one.since), "hours": plain(one.hours), "change": one.change}
        for one in row.versions.all()
    ]


def tabs(active: str) -> list[dict[str, Any]]:
    return [
        words.tab(one.label, reverse("portal:catalogue", args=[one.key]), active=one.key == active)
        for one in SHELVES.values()
    ]


def crumbs(shelf: Shelf, last: str = "") -> list[dict[str, str]]:
    url = reverse("portal:catalogue", args=[shelf.key]) if last else ""
    return words.crumbs((shelf.label, url), *([(last, "")] if last else []))


def writable_units(user: Account) -> set[Any]:
    return {unit.pk for unit in catalogue_units(user)}


def exported(resource: type[OfUnit], rows: QuerySet[Any]) -> list[list[object]]:
    """The rows in the columns that the import reads."""
    table = resource().export(rows)
    return [list(line) for line in table]


def rehearsed(shelf: Any, found: Rehearsal, token: str, url: str) -> dict[str, Any]:
    """What the import would do, for templates/portal/catalogue/rehearsal.html."""
    shown = [
        {"row": one.row, "name": one.name, "new": one.new,
         "columns": [{"name": name, "before": old, "after": new} for name, (old, new) in one.columns.items()]}
        for one in found.differences[:200]
    ]  # fmt: skip
    faults = [{"row": one.row, "column": "", "found": "", "message": one.message} for one in found.faults[:200]]
    asked = None
    if not found.faults and found.differences:
        text = f"将新增 {found.added} 条、更改 {found.changed} 条，{found.unchanged} 条不变。"
        asked = ask("import", url, "确认导入", f"导入{shelf.label}？", text, hidden={"token": token})
    return {
        "figures": [
            words.figure("新增", found.added, "条"), words.figure("更改", found.changed, "条"),
            words.figure("不变", found.unchanged, "条"), words.figure("错误", len(found.faults), "处"),
        ],
        "sheets": [{"name": shelf.label, "faults": faults}] if faults else [],
        "differences": shown,
        "more": max(0, len(found.differences) - len(shown)),
        "asks": [asked] if asked else [],
    }  # fmt: skip
