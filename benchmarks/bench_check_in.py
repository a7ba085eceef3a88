"""B5: 1,500 trainees check in within 60 seconds, each by a remembered phone, at the site as the demo runs it.

Every phone opens the address that its wall shows and taps once: two requests, at moments drawn at random over the
minute (a Poisson stream). The driver keeps a ledger of what was acknowledged and holds it against the rows: none lost,
none twice. The driver takes its share of the same two cores.
"""

import os
import re
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from queue import Queue
from random import Random
from typing import Any

from django.conf import settings
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from benchmarks.classes import a_city
from benchmarks.databases import a_clone
from benchmarks.processes import processor_time
from benchmarks.table import Row
from config.embedded import free_port
from core.database import environment_of, using_database
from core.keys import new_key
from organization.models import Account, DeviceCredential, Unit
from organization.services.devices import hash_of
from trainees.models import Cadre
from training.models import AttendanceMark, CheckIn, CheckInScan, Enrolment, Session, TrainingClass
from training.rules import check_in as rules
from training.rules.check_in import Window
from training.services.check_in import open_check_in

PEOPLE, CLASSES, SECONDS = 1500, 15, 60
AIM = 1.0  # seconds, p99 of the tap
HANDS = 64  # threads of the driver
WARM = 40
SHOWN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


@dataclass(frozen=True, slots=True)
class Phone:
    """A trainee's phone: its key, and the wall in front of it."""

    account: Any
    key: str
    check_in: CheckIn


@dataclass
class Ledger:
    """What the site acknowledged, and how long people waited."""

    acknowledged: list[Any] = field(default_factory=list)
    taps: list[float] = field(default_factory=list)
    pages: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    behind: float = 0.0


def rows() -> Iterator[Row]:
    with a_clone("check_in") as name:
        with using_database(name):
            phones = fill()
        with site(name) as (port, pid):
            ledger, took = drive(phones, port)
            busy = processor_time(pid)
        with using_database(name):
            kept = list(CheckInScan.objects.filter(accepted=True).values_list("account_id", flat=True))
            marks = AttendanceMark.objects.filter(source=AttendanceMark.Source.SCAN).count()
    lost, twice = len(set(ledger.acknowledged) - set(kept)), len(kept) - len(set(kept))
    what = f"{PEOPLE} check-ins in {SECONDS} s by remembered phones, {CLASSES} classes, gunicorn as the demo runs it"
    found = f"{len(ledger.acknowledged)} acknowledged, {len(kept)} scans, {marks} marks, {lost} lost, {twice} twice"
    whole = lost == twice == 0 and len(ledger.acknowledged) == len(kept) == marks == PEOPLE and not ledger.failures
    beside = f"{took:.0f} s, web {busy:.0f} s of processor, {len(ledger.failures)} failed {'; '.join(sorted(set(ledger.failures))[:3])}".strip()
    yield Row("B5", what, found, beside, aim="none lost, none twice", met=whole)
    yield speed("the tap", ledger.taps, AIM)
    yield speed("the page before it", ledger.pages, AIM)


def speed(what: str, seconds: list[float], aim: float) -> Row:
    p50, p95, p99 = (quantile(seconds, share) for share in (0.5, 0.95, 0.99))
    told = f"p50 {p50 * 1000:.0f} ms, p95 {p95 * 1000:.0f} ms, p99 {p99 * 1000:.0f} ms"
    return Row("B5", f"{what}, as its owner waits for it", told, aim=f"p99 ≤ {aim:g} s", met=p99 <= aim)


def quantile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else float("inf")


# ---- the school ----


def fill() -> list[Phone]:
    """Fifteen classes of a hundred, each with its check-in open and every phone remembered."""
    operator, city = a_city()
    today = timezone.localdate()
    phones = []
    for number in range(CLASSES):
        one = a_class(city, number, today)
        session = Session.objects.create(training_class=one, date=today, period=1, title="形势报告会", hours=3)
        now = timezone.now()
        window = Window(now, now + timedelta(minutes=20), now + timedelta(minutes=40))
        opened = open_check_in(session, window, actor=operator)
        phones += seats(city, one, opened, PEOPLE // CLASSES, number)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return phones


def a_class(city: Unit, number: int, today: Any) -> TrainingClass:
    return TrainingClass.objects.create(
        unit=city, name=f"第{number + 1}期专题培训班", code=f"B5-{number}", origin=TrainingClass.Origin.PAGE, class_type="主体班",
        organizer=city.name, start=today, end=today, state=TrainingClass.State.RUNNING,
    )  # fmt: skip


def seats(city: Unit, one: TrainingClass, opened: CheckIn, count: int, number: int) -> list[Phone]:
    keys = [f"benchmark-{number:03}-{place:03}-{os.urandom(24).hex()}" for place in range(count)]
    names = [f"{number:02}{place:03}" for place in range(count)]
    accounts = Account.objects.bulk_create(
        Account(username=f"b5_{name}", display_name=f"学员{name}", unit=city) for name in names
    )
    cadres = Cadre.objects.bulk_create(
        Cadre(name=f"学员{name}", unit=city, managing_authority=city, account=who,
              id_number_sealed="-", id_number_index=f"b5-{name}")
        for name, who in zip(names, accounts, strict=True)
    )  # fmt: skip
    Enrolment.objects.bulk_create(
        Enrolment(
            training_class=one,
            cadre=who,
            position=place,
            roster_name=who.name,
            unit=city,
            since=one.start,
            until=one.end,
        )
        for place, who in enumerate(cadres, 1)
    )
    DeviceCredential.objects.bulk_create(
        DeviceCredential(
            id=new_key(), account=who, kind=DeviceCredential.Kind.PHONE, key_hash=hash_of(key),
            expires=timezone.now() + timedelta(days=180), used=timezone.now(),
        )
        for who, key in zip(accounts, keys, strict=True)
    )  # fmt: skip
    return [Phone(who.pk, key, opened) for who, key in zip(accounts, keys, strict=True)]


# ---- the site ----


@contextmanager
def site(database: str) -> Iterator[tuple[int, int]]:
    """gunicorn with the demo's workers and threads: its port and process; ended with all its workers."""
    port = free_port()
    environment = {**os.environ, **environment_of(database), "DEMO": "1", "PUBLIC_URL": f"http://127.0.0.1:{port}"}
    environment |= {"SECRET_KEY": settings.SECRET_KEY, "DEBUG": "0", "DATABASE_POOL": "8"}
    manage = [sys.executable, str(settings.BASE_DIR / "manage.py"), "collectstatic", "--noinput", "--verbosity=0"]
    subprocess.run(manage, env=environment, check=True)
    web = [sys.executable, "-m", "gunicorn", "config.wsgi:application", f"--bind=127.0.0.1:{port}", "--workers=2"]
    web += ["--threads=4", "--no-control-socket", f"--chdir={settings.BASE_DIR}", "--graceful-timeout=10"]
    log = Path(settings.VAR_DIR) / "log" / "bench-web.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w") as output:
        process = subprocess.Popen(web, env=environment, stdout=output, stderr=output)
        try:
            for _ in range(WARM):  # a site that has been up: every thread has made a page before
                wait_for(f"http://127.0.0.1:{port}/sign-in/")
            yield port, process.pid
        finally:
            process.terminate()
            process.wait()


def wait_for(url: str) -> None:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    for _ in range(300):
        try:
            with opener.open(url, timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"{url} does not answer")


# ---- the minute ----


def drive(phones: list[Phone], port: int) -> tuple[Ledger, float]:
    """Everybody at a moment of their own; returns what was acknowledged and how long it all took."""
    chance, ledger, guard = Random(5), Ledger(), threading.Lock()
    moments = sorted(chance.uniform(0, SECONDS) for _ in phones)
    chance.shuffle(phones)
    waiting: Queue[tuple[float, Phone] | None] = Queue()
    begin = time.perf_counter()

    def hand() -> None:
        while (task := waiting.get()) is not None:
            with_ledger(lambda: check_in(task[1], port, begin + task[0]), ledger, guard)

    hands = [threading.Thread(target=hand) for _ in range(HANDS)]
    for one in hands:
        one.start()
    for moment, phone in zip(moments, phones, strict=True):
        time.sleep(max(0.0, begin + moment - time.perf_counter()))
        waiting.put((moment, phone))
    for _ in hands:
        waiting.put(None)
    for one in hands:
        one.join()
    return ledger, time.perf_counter() - begin


@dataclass(frozen=True, slots=True)
class Told:
    """One phone's two requests: seconds each, and what went wrong."""

    account: Any
    page: float
    tap: float
    failure: str = ""


def with_ledger(act: Callable[[], Told], ledger: Ledger, guard: threading.Lock) -> None:
    told = act()
    with guard:
        ledger.pages.append(told.page)
        ledger.taps.append(told.tap)
        if told.failure:
            ledger.failures.append(told.failure)
        else:
            ledger.acknowledged.append(told.account)


def check_in(phone: Phone, port: int, moment: float) -> Told:
    """Open what the wall shows now, tap; the page's time counts from the moment somebody wanted it."""
    code = rules.code_of(phone.check_in, rules.slot_of(timezone.now()))
    url = reverse("portal:check_in_scan", args=[rules.short_key(phone.check_in), code])
    link = HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        link.request("GET", url, headers={"Cookie": f"phone={phone.key}"})
        page = link.getresponse()
        body, token_cookie = page.read().decode(), page.headers.get("Set-Cookie", "").split(";")[0]
        opened = time.perf_counter()
        token = SHOWN.search(body)
        if page.status != 200 or token is None:
            return Told(phone.account, opened - moment, 0.0, f"GET {page.status}")
        headers = {"Cookie": f"phone={phone.key}; {token_cookie}", "Content-Type": "application/x-www-form-urlencoded"}
        link.request("POST", url, f"csrfmiddlewaretoken={token[1]}", headers)
        answer = link.getresponse()
        right = answer.status == 200 and "已签到" in answer.read().decode()
        tap = time.perf_counter() - opened
        return Told(phone.account, opened - moment, tap, "" if right else f"POST {answer.status}")
    except (OSError, HTTPException) as error:
        return Told(phone.account, 0.0, 0.0, type(error).__name__)
    finally:
        link.close()
