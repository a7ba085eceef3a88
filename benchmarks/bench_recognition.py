"""A platform's export of 16,000 rows: rehearsed, taken in, confirmed into the ledger; rows a second, and the memory it took.

Beside it, the floor under the writing: one INSERT … SELECT of the same rows of recognition. The workbook is read by the
child process like every upload; its memory is bounded there (core.sheets.limits) and not counted here.
"""

import gc
import io
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import xlsxwriter
from django.db import connection, transaction

from benchmarks.databases import own_database
from benchmarks.processes import forget_peak, memory
from benchmarks.table import Row, at_most
from core.crypto import blind_index
from core.idnumber import check_character
from organization.models import Account, Unit
from organization.roles import Role
from tests import factories as make
from trainees.models import Appointment, Cadre, Platform, PlatformUpload, Recognition
from trainees.services.recognition import confirm_upload, import_export, upload_export

CADRES, ROWS, UNITS = 8_000, 16_000, 200
HEADINGS = ("姓名", "身份证号", "课程名称", "学习时长（分钟）", "完成比例", "完成日期", "记录编号")
MAPPED = {
    "name": "姓名", "id_number": "身份证号", "title": "课程名称", "length": "学习时长（分钟）", "length_in": "minutes",
    "share": "完成比例", "share_in": "percent", "finished": "完成日期", "record": "记录编号",
}  # fmt: skip
MEMORY_AIM = 300


def number_of(place: int) -> str:
    first = f"99{place // 1000:04d}19800101{place % 1000:03d}"
    return first + check_character(first)


def fill() -> tuple[Account, Account, Platform]:
    """The city's people, its platform, and two of its department."""
    root = make.unit("BJ", "某市委组织部", kind=Unit.Kind.ORGANIZATION_DEPARTMENT)
    units = [make.unit(f"BJ{n:04}", f"单位{n}", root) for n in range(UNITS)]
    staff = [make.account(name, name, unit=root) for name in ("brings", "confirms")]
    for who in staff:
        make.grant(who, Role.STAFF, root)
    people = [_person(place, units, root) for place in range(CADRES)]
    Cadre.objects.bulk_create(people, batch_size=2000)
    since = date(2020, 1, 1)
    Appointment.objects.bulk_create(
        (Appointment(cadre=one, unit_id=one.unit_id, post="科长", since=since) for one in people), batch_size=2000
    )
    platform = Platform.objects.create(unit=root, name="干部网络学院", columns=MAPPED)
    return staff[0], staff[1], platform


def _person(place: int, units: list[Unit], root: Unit) -> Cadre:
    names = {"name": f"干部{place}", "pinyin": "ganbu", "initials": "gb"}
    one = Cadre(unit=units[place % UNITS], managing_authority=root, band="township_down", **names)
    one.id_number_index = blind_index(number_of(place))
    return one


def workbook() -> bytes:
    """Two courses each."""
    data = io.BytesIO()
    book = xlsxwriter.Workbook(data, {"in_memory": True})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, HEADINGS)
    for row in range(ROWS):
        place, day = row % CADRES, date(2026, 1, 1) + timedelta(days=row % 300)
        told = (
            f"干部{place}",
            number_of(place),
            f"网络课程{row // CADRES}-{row % 40}",
            450,
            100,
            day.isoformat(),
            f"R{row}",
        )
        sheet.write_row(row + 1, 0, told)
    book.close()
    return data.getvalue()


def seconds(act: Callable[[], Any]) -> tuple[float, Any]:
    gc.collect()
    begin = time.perf_counter()
    found = act()
    return time.perf_counter() - begin, found


def floor() -> float:
    """The same rows once more by one statement, undone."""
    columns = [f'"{field.column}"' for field in Recognition._meta.concrete_fields if field.name != "id"]
    keyed = [f"{name} || 'x'" if name == '"external_key"' else name for name in columns]
    names = ", ".join(['"id"', *columns])
    with transaction.atomic(), connection.cursor() as cursor:
        sql = f"INSERT INTO trainees_recognition ({names}) SELECT gen_random_uuid(), {', '.join(keyed)} FROM trainees_recognition"
        took, _ = seconds(lambda: cursor.execute(sql))
        transaction.set_rollback(True)
    return took


def rows() -> Iterator[Row]:
    with own_database("recognition"):
        brings, confirms, platform = fill()
        data = workbook()
        gc.collect()
        forget_peak()
        before = memory("VmRSS")
        read, upload = seconds(
            lambda: upload_export(data, "学习记录.xlsx", platform, brings.unit, actor=brings)  # type: ignore[arg-type]
        )
        assert upload.found["new"] == ROWS, upload.found
        yield Row("R1", f"export of {ROWS} rows, rehearsed", f"{read:.1f} s, {ROWS / read:.0f} rows/s")
        taken, written = seconds(lambda: import_export(upload, actor=brings))
        assert written == ROWS
        plain = floor()
        yield at_most("R2", "the same taken in (read and judged again)", f"{taken:.1f} s", f"judging {read:.1f} s + one INSERT … SELECT {plain:.1f} s",
                      taken / (read + plain), 3)  # fmt: skip
        grown = memory("VmHWM") - before
        yield Row(
            "R3", "memory on top, both together", f"{grown:.0f} MB", aim=f"≤ {MEMORY_AIM} MB", met=grown <= MEMORY_AIM
        )
        again, second = seconds(
            lambda: upload_export(data, "再次.xlsx", platform, brings.unit, actor=brings)  # type: ignore[arg-type]
        )
        assert (second.found["new"], second.found["same"]) == (0, ROWS)
        yield Row("R4", "the same file once more: nothing new", f"{again:.1f} s")
        posted, decided = seconds(lambda: confirm_upload(PlatformUpload.objects.get(pk=upload.pk), actor=confirms))
        assert len(decided.done) == ROWS
        yield Row("R5", f"{ROWS} confirmed into the ledger", f"{posted:.1f} s, {ROWS / posted:.0f} rows/s")
