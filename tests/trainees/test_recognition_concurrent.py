"""Two at once on real connections: two confirm, two import the same records, two post the same record (REL-05, F12)."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from organization.models import Account
from organization.roles import Role
from tests import factories as make
from tests.cast import build_city
from tests.threads import at_once
from tests.trainees import recognition_rows as rows
from trainees.models import CreditBalance, CreditEntry, Recognition
from trainees.services.recognition import confirm_recognitions, deciding, import_export, take_records
from trainees.services.recognition.calls import records_of

BOTH = 2


@pytest.fixture
def city(own_database, files_in_memory):
    return build_city("云岭")


def confirm(row: Recognition, actor: Account) -> Callable[[], Any]:
    return lambda: confirm_recognitions([row.pk], actor=Account.objects.get(pk=actor.pk), seen={})


def two_of_the_department(city: Any) -> tuple[Account, Account]:
    second = make.account("yl_staff2", "陆知微", unit=city.root)
    make.grant(second, Role.STAFF, city.root)
    return city.staff, second


def test_two_confirm_at_once_and_one_entry_stands(city):
    first, second = two_of_the_department(city)
    for turn in range(10):
        row = rows.filing(city, f"第{turn}期专题班", by="liaison")
        told = at_once(confirm(row, first), confirm(row, second))
        assert sorted(len(decided.done) for decided in told) == [0, 1]
        (left,) = [decided.left[0][1] for decided in told if decided.left]
        assert left == "现在的状态是“已认定”，可能刚由他人办理"
        assert CreditEntry.objects.filter(source_id=row.pk).count() == 1
    assert CreditBalance.objects.get(cadre=city.cadres[0]).required == 10 * 20


def test_without_the_lock_both_would_have_gone_through(city, monkeypatch):
    """Positive control: both see it vetted; only the database's own rule keeps the second from a second entry."""

    def unheld(keys):
        found = Recognition.objects.filter(pk__in=keys).select_related(
            "cadre__unit", "cadre__managing_authority", "platform"
        )
        rows_seen = list(found)
        met.wait()
        return rows_seen

    met = Barrier(BOTH)
    first, second = two_of_the_department(city)
    row = rows.filing(city, by="liaison")
    monkeypatch.setattr(deciding, "hold", unheld)
    told = []

    def run(act):
        try:
            return act()
        except Exception as error:  # whatever the database says
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(BOTH) as pool:
        told = list(pool.map(run, [confirm(row, first), confirm(row, second)]))
    assert not any(getattr(one, "left", []) for one in told), "the two never met: the other test says nothing"
    assert CreditEntry.objects.filter(source_id=row.pk, reverses=None).count() == 1


def test_two_uploads_of_the_same_records_are_written_once(city):
    lines = [rows.line(city, number=f"N{n}", title=f"第{n}课") for n in range(20)]
    for _ in range(3):
        uploads = [rows.uploaded(city, *lines) for _ in range(BOTH)]
        acts = [lambda one=one: import_export(one, actor=Account.objects.get(pk=city.liaison.pk)) for one in uploads]
        told = at_once(*acts)
        assert Recognition.objects.count() == 20
        written = [one for one in told if isinstance(one, int)]
        assert sum(written) in (0, 20) and len(written) >= 1
        assert all("没有写入任何内容" in one.message for one in told if not isinstance(one, int))


def test_two_calls_with_the_same_record_get_the_same_answer(city):
    platform = rows.platform(city)
    for turn in range(10):
        body = json.dumps({"records": [rows.record(city, number=f"R-{turn}", course=f"第{turn}课")]}).encode()
        told = at_once(*[partial(take_records, platform, records_of(body))] * BOTH)
        assert told[0] == told[1] and told[0][0]["result"] == "accepted"
    assert Recognition.objects.count() == 10
