"""B2: a roster of 30,000 rows, read, checked and written, beside the stock way and beside its bare parts."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date
from io import BytesIO
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from python_calamine import CalamineWorkbook

from benchmarks.databases import own_database
from benchmarks.rosters import a_tree, people, roster_file
from benchmarks.stock_roster import stock_import
from benchmarks.stored import forget_files
from benchmarks.table import Row, at_least, at_most
from core.crypto import blind_index, seal_text
from core.database import environment_of
from core.keys import new_key
from core.names import pinyin
from organization.models import Account, Unit
from organization.roles import Role
from organization.services import grant
from trainees.models import Cadre, RosterUpload
from trainees.roster.rehearsing import judge
from trainees.roster.writing import COPY_PEOPLE, COPY_POSTS, person_line, post_line
from trainees.services.rosters import confirm_roster, take_roster

COUNT, FEW, TIMES = 30_000, 3_000, 3
MEMORY = 300  # MB
DAY = date(2026, 6, 1)


def rows() -> Iterator[Row]:
    data, few = roster_file(people(COUNT)), roster_file(people(FEW))
    with own_database("stock"):
        tree = a_tree()
        parts = bare_parts(data, tree)
        stock = stock_import(few) * COUNT / FEW
    with own_database("roster") as database:
        new = by_worker(database, data, a_tree())
        again = by_worker(database, data, Unit.objects.get(code="JS"))
        if Cadre.objects.count() != COUNT:
            raise RuntimeError("the roster was not written")
        forget_files()
    whole, bare = new["rehearse"] + new["write"], sum(parts.values())
    told = "、".join(f"{name} {seconds:.2f} s" for name, seconds in parts.items())
    what = f"roster of {COUNT} rows"
    beside = f"django-import-export {stock:.0f} s, from {FEW} rows"
    yield at_least("B2", f"{what}, all new: rehearsed, then written", spoken(new), beside, stock / whole, 20)
    yield at_most("B2", f"{what}: read, checked, written", f"{new['write']:.2f} s", told, new["write"] / bare, 3)
    yield Row("B2", f"{what}, the same again: rehearsed, then nothing written", spoken(again))
    peak = max(new["peak"], again["peak"])
    yield Row("B2", "memory of the process", f"{peak:.0f} MB", "–", "–", f"< {MEMORY} MB", peak < MEMORY)


def spoken(found: dict[str, float]) -> str:
    return (
        f"{found['rehearse']:.2f} s + {found['write']:.2f} s ({found['processor']:.2f} s of this process's processor)"
    )


# ---- ours, in a process of its own, as a worker is ----


def by_worker(database: str, data: bytes, area: Unit) -> dict[str, float]:
    """Seconds of both parts, processor seconds, and the highest memory in MB, of a fresh process."""
    operator = Account.objects.filter(username="roster").first() or an_operator(area)
    upload = take_roster(data, "干部花名册.xlsx", actor=operator, unit=area)
    rehearsed = in_process(database, "rehearse_roster", upload)
    upload.refresh_from_db()
    if upload.state != RosterUpload.State.REHEARSED:
        raise RuntimeError(f"the roster has faults: {upload.found['errors'][:3]}")
    confirm_roster(upload, [], actor=operator)
    written = in_process(database, "write_roster", upload)
    return {
        "rehearse": rehearsed["seconds"],
        "write": written["seconds"],
        "processor": rehearsed["processor"] + written["processor"],
        "peak": max(rehearsed["peak"], written["peak"]),
    }


def an_operator(area: Unit) -> Account:
    operator = Account.objects.create(username="roster", display_name="测量员", unit=area)
    grant(operator, Role.STAFF, area, date(2020, 1, 1), actor=None)
    return operator


def in_process(database: str, service: str, upload: RosterUpload) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.roster_worker", service, str(upload.pk)]
    environment = {**os.environ, **environment_of(database)}
    done = subprocess.run(command, cwd=settings.BASE_DIR, env=environment, capture_output=True, check=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


# ---- the bare parts ----


def bare_parts(data: bytes, area: Unit) -> dict[str, float]:
    """Seconds of reading, pinyin, encryption and COPY of the same rows, the best of three of each."""
    plan = judge(data, "干部花名册.xlsx", area, today=DAY, day=DAY)
    names = [row.name for row in plan.added]
    sealed = [(new_key(), row.number, row.phone) for row in plan.added]
    people_rows, post_rows = copied(plan)
    return {
        "calamine": fastest(lambda: by_calamine(data)),
        "pinyin": fastest(lambda: spelt(names)),
        "encryption": fastest(lambda: encrypted(sealed)),
        "COPY": fastest(lambda: rolled_back(people_rows, post_rows)),
    }


def fastest(act: Callable[[], object]) -> float:
    found = []
    for _ in range(TIMES):
        begin = time.perf_counter()
        act()
        found.append(time.perf_counter() - begin)
    return min(found)


def by_calamine(data: bytes) -> int:
    book = CalamineWorkbook.from_filelike(BytesIO(data))
    return len(book.get_sheet_by_index(0).to_python())


def spelt(names: list[str]) -> None:
    pinyin.cache_clear()
    for name in names:
        pinyin(name)


def encrypted(sealed: list[tuple[Any, str, str]]) -> None:
    for key, number, phone in sealed:
        seal_text(number, f"trainees_cadre:{key}:id_number")
        seal_text(phone, f"trainees_cadre:{key}:phone")
        blind_index(number)


def copied(plan: Any) -> tuple[list[Any], list[Any]]:
    """The very rows that the import writes."""
    keys = [new_key() for _ in plan.added]
    pairs = list(zip(keys, plan.added, strict=True))
    return [person_line(key, row, plan) for key, row in pairs], [post_line(key, row, plan.day) for key, row in pairs]


def rolled_back(people_rows: list[Any], post_rows: list[Any]) -> None:
    with transaction.atomic():
        for statement, lines in ((COPY_PEOPLE, people_rows), (COPY_POSTS, post_rows)):
            with connection.cursor() as cursor, cursor.copy(statement) as copy:
                for line in lines:
                    copy.write_row(line)
        transaction.set_rollback(True)
