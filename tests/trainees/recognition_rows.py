"""Filings, platforms and exports that other tests stand on."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from core.pictures import Upload
from tests import factories as make
from tests.cast import City
from trainees.models import Platform, PlatformUpload, Recognition
from trainees.services.recognition import (
    Claim,
    PlatformFacts,
    add_platform,
    confirm_recognitions,
    file_recognition,
    map_columns,
    upload_export,
    vet_recognitions,
)

PROOF = (Upload(make.PDF, "结业证书.pdf"),)
HEAD = "姓名,身份证号,课程名称,学习时长（分钟）,完成比例,完成日期,记录编号"
MAPPED = {
    "name": "姓名", "id_number": "身份证号", "title": "课程名称", "length": "学习时长（分钟）", "length_in": "minutes",
    "share": "完成比例", "share_in": "percent", "finished": "完成日期", "record": "记录编号",
}  # fmt: skip


def claim(title: str = "全省党性教育专题班", channel: str = "off_job", **facts: Any) -> Claim:
    """Twenty hours in five days of this year, three weeks ago or before."""
    until = timezone.localdate() - timedelta(days=21)
    since = max(until - timedelta(days=4), date(until.year, 1, 1))
    given: dict[str, Any] = {"since": since, "until": until, "hours": Decimal(20), "proofs": PROOF} | facts
    return Claim(channel, title, **given)


def filing(city: City, title: str = "", *, who: int = 0, by: str = "trainee", **facts: Any) -> Recognition:
    return file_recognition(
        city.cadres[who], claim(title or f"{city.word}党性教育班", **facts), actor=city.accounts[by]
    )


def vetted(city: City, *rows: Recognition) -> None:
    vet_recognitions([row.pk for row in rows], actor=city.liaison, seen={}).demand_all()


def confirmed(city: City, row: Recognition) -> Recognition:
    vetted(city, row)
    confirm_recognitions([row.pk], actor=city.staff, seen={}).demand_all()
    row.refresh_from_db()
    return row


def platform(city: City, name: str = "", **facts: Any) -> Platform:
    name = name or f"{city.word}干部网络学院"
    there = Platform.objects.filter(unit=city.root, name=name).first()
    return there or add_platform(PlatformFacts(city.root, name, **facts), actor=city.staff)


def line(city: City, who: int = 0, title: str = "乡村振兴专题", number: str = "A1", **cells: str) -> str:
    """A row of an export, of ten of the platform's hours."""
    person = city.cadres[who]
    told = {
        "name": person.name, "id_number": person.open_id_number(), "title": title, "minutes": "450", "share": "100",
        "finished": timezone.localdate().isoformat(),
    } | cells  # fmt: skip
    return ",".join([*told.values(), number])


def export(rows: Sequence[str], head: str = HEAD) -> bytes:
    return "\n".join((head, *rows)).encode("utf-8-sig")


def uploaded(city: City, *rows: str, by: str = "liaison", unit: str = "bureau") -> PlatformUpload:
    """An export that the unit's liaison brought, its columns mapped."""
    who = city.accounts[by]
    made = upload_export(export(rows or [line(city)]), "学习记录.csv", platform(city), getattr(city, unit), actor=who)
    return made if "digest" in made.found else map_columns(made, MAPPED, actor=who)


def record(city: City, who: int = 0, number: str = "R-1", **facts: Any) -> dict[str, Any]:
    """A record as a platform posts it."""
    person = city.cadres[who]
    return {
        "number": number, "id_number": person.open_id_number(), "name": person.name, "course": "乡村振兴专题",
        "minutes": 450, "share": 100, "finished": timezone.localdate().isoformat(),
    } | facts  # fmt: skip
