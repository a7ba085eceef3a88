"""As known on 31 December; and the ledger checked from its entries (REL-02): a wrong balance is named in one run."""

from datetime import date, datetime
from decimal import Decimal
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command
from django.db import connections
from django.db.models import Sum
from django.utils import timezone

from core.models import AuditEntry
from tests import factories as make
from tests.trainees.ledger.conftest import make_town, make_who
from tests.trainees.ledger.story import in_house_cap, learned, rules
from trainees.models import CreditBalance, CreditEntry
from trainees.services.ledger import post, withdraw
from trainees.services.reconciling import is_due, reconcile

CHINA = ZoneInfo("Asia/Shanghai")


def test_as_known_at_a_moment(who):
    """What was posted later, and what was taken back later, was not known then; whatever the entries are dated."""
    one, other = learned(who, on=date(2025, 11, 20)), learned(who, on=date(2025, 12, 30), hours="4", days="0.5")
    online = learned(who, on=date(2025, 12, 1), hours="0", days="0", channel="online", minutes=450)
    post([one, online], actor=None)
    new_year = timezone.now()
    post([other], actor=None)
    withdraw("class", [one.source_id], actor=None, reason="重新打开")
    assert known(new_year) == (Decimal(2), Decimal(22), Decimal(22))
    assert known(timezone.now()) == (Decimal("0.5"), Decimal(14), Decimal(14))
    assert known(datetime(2020, 1, 1, tzinfo=CHINA)) == (None, None, None)


def known(moment):
    rows = CreditEntry.objects.known_at(moment)
    return tuple(rows.aggregate(days=Sum("days"), hours=Sum("hours"), credits=Sum("credits")).values())


def test_a_correction_is_of_one_moment(who):
    """Between the reversal and the new award nobody can look."""
    one = learned(who)
    post([one], actor=None)
    post([learned(who, hours="8", source_id=one.source_id)], actor=None)
    _, reversal, award = CreditEntry.objects.order_by("pk")
    assert reversal.posted_at == award.posted_at


def story(town, who):
    rules(town, **in_house_cap("20"))
    first, second = learned(who, hours="15", days="0", channel="in_house"), learned(who, hours="15", channel="in_house")
    post([first, second], actor=None)
    withdraw("class", [first.source_id], actor=None, reason="登记有误")
    post([learned(make.cadre("欧阳致远", who.unit, town))], actor=None)


def test_rel_02_a_sound_ledger(town, who):
    story(town, who)
    done = reconcile()
    assert (done.entries, done.cadres, done.findings) == (6, 2, [])
    entry = AuditEntry.objects.get(event="ledger.reconcile")
    assert (entry.result, entry.after["differences"]) == ("ok", 0)


def test_rel_02_a_wrong_balance_is_named(own_database):
    town = make_town()
    who = make_who(town)
    story(town, who)
    with connections["owner"].cursor() as cursor:
        cursor.execute("UPDATE trainees_creditbalance SET required = required + 1 WHERE cadre_id = %s", [who.pk])
    told = StringIO()
    with pytest.raises(CommandError, match="台账有 2 处不符"):
        call_command("reconcile_ledger", stdout=told)
    assert f"{who.pk} 2026年：余额与记录合计不符" in told.getvalue()
    entry = AuditEntry.objects.get(event="ledger.reconcile")
    assert entry.result == "failed"
    assert entry.after["named"] == [
        {"cadre": str(who.pk), "year": 2026, "question": "balances"},
        {"cadre": str(who.pk), "year": 2026, "question": "live"},
    ]


def test_rel_02_a_balance_too_many_and_one_too_few(own_database):
    town = make_town()
    who = make_who(town)
    story(town, who)
    CreditBalance.objects.filter(cadre=who).using("owner").delete()
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "INSERT INTO trainees_creditbalance (cadre_id, year, adjustment, off_job_days, off_job_hours, online_hours,"
            " other_hours, required, elective, entries) VALUES (%s, 2024, false, 0, 0, 0, 0, 0, 0, 3)", [who.pk],
        )  # fmt: skip
    named = [(finding.year, finding.question) for finding in reconcile().findings]
    assert named == [(2024, "balances"), (2026, "balances"), (2026, "live")]


def test_rel_02_entries_that_the_triggers_did_not_see(own_database):
    """As if somebody had dropped the triggers for a while: a second live award, a crooked reversal, other credits."""
    town = make_town()
    who = make_who(town)
    post([learned(who), learned(who, hours="6", days="1")], actor=None)
    with connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE trainees_creditentry DISABLE TRIGGER USER")
        cursor.execute("UPDATE trainees_creditentry SET credits = 13 WHERE credits = 12")
        cursor.execute("ALTER TABLE trainees_creditentry ENABLE TRIGGER USER")
    found = {finding.question for finding in reconcile().findings}
    assert found == {"balances", "live", "rules"}


@pytest.mark.parametrize(("hour", "due"), [(0, False), (1, True), (4, True), (5, False), (14, False)])
def test_once_a_night(db, hour, due):
    now = timezone.localtime().replace(hour=hour)
    assert is_due(now) is due
    reconcile()
    assert is_due(now) is False


def test_who_looks_at_the_sums_alone_has_not_done_the_nights_check(db):
    reconcile(rules=False)
    assert is_due(timezone.localtime().replace(hour=2))
