"""A difference freezes the cadre's year (REL-02): nothing is posted for it until the department has looked."""

from datetime import date
from threading import Event

import pytest
from django.db import DatabaseError, connection, connections, transaction

from core.keys import new_key
from core.models import AuditEntry
from core.operations import Refused
from organization.roles import Role
from tests import factories as make
from tests.threads import at_once
from tests.trainees.ledger.conftest import make_town, make_who
from tests.trainees.ledger.story import balance, learned
from trainees.models import CreditBalance, CreditEntry, FrozenYear
from trainees.services import reconciling
from trainees.services.freezing import Finding, release
from trainees.services.ledger import Posting, post, withdraw
from trainees.services.recomputing import recompute
from trainees.services.reconciling import reconcile
from trainees.services.year_checks import year_checks

LOOKED = "逐条核对，余额已由管理员重建"


def freeze(who, year=2026):
    return FrozenYear.objects.create(cadre=who, year=year, words="余额与记录合计不符", run=new_key())


def test_rel_02_a_wrong_balance_freezes_that_year_of_that_person(own_database):
    town = make_town()
    who = make_who(town)
    other = make.cadre("欧阳致远", who.unit, town)
    post([learned(who), learned(who, on=date(2025, 3, 13)), learned(other)], actor=None)
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "UPDATE trainees_creditbalance SET required = required + 1 WHERE cadre_id = %s AND year = 2026", [who.pk]
        )
    done = reconcile()
    assert (len(done.findings), done.frozen) == (2, 1)
    frozen = FrozenYear.objects.get()
    assert (frozen.cadre, frozen.year, frozen.run) == (who, 2026, done.run)
    assert frozen.words == "余额与记录合计不符：必修学分 12（余额 13）；余额与有效记录合计不符：必修学分 12（余额 13）"
    assert AuditEntry.objects.get(event="ledger.freeze").object_id == str(frozen.pk)
    assert (reconcile().frozen, FrozenYear.objects.count()) == (0, 1)
    with pytest.raises(Refused, match="司马清扬2026年的台账核对有差异，已冻结，本次没有入账"):
        post([learned(other), learned(who)], actor=None)
    assert CreditEntry.objects.count() == 3
    assert post([learned(other), learned(who, on=date(2025, 4, 13))], actor=None).awarded == 2


def test_what_a_second_look_does_not_find_freezes_nobody(who, monkeypatch):
    """A posting under way: its entries were seen, its balance not yet."""
    looks = [[Finding("balances", who.pk, 2026, "余额与记录合计不符")], []]
    monkeypatch.setattr(reconciling, "_differences", lambda by_rules: looks.pop(0))
    done = reconcile()
    assert (done.findings, done.frozen, looks) == ([], 0, [])
    assert AuditEntry.objects.get(event="ledger.reconcile").result == "ok"


def test_the_second_look_waits_for_a_posting_under_way(own_database, monkeypatch):
    who = make_who(make_town())
    post([learned(who)], actor=None)
    posted, suspected, seen, real = Event(), Event(), [], reconciling._differences

    def poster():
        with transaction.atomic():
            post([learned(who)], actor=None)
            posted.set()
            suspected.wait(10)
            connection.cursor().execute("SELECT pg_sleep(0.3)")

    def looks(by_rules):
        if not suspected.is_set():
            posted.wait(10)
            suspected.set()
            return [Finding("balances", who.pk, 2026, "余额与记录合计不符")]
        seen.append(CreditEntry.objects.count())
        return real(by_rules)

    monkeypatch.setattr(reconciling, "_differences", looks)
    at_once(poster, reconcile)
    assert seen == [2]
    assert not FrozenYear.objects.exists()


def test_rel_02_a_source_that_counts_for_two_freezes_both(own_database):
    """Each in the year in which it counts for them."""
    town = make_town()
    who = make_who(town)
    other = make.cadre("欧阳致远", who.unit, town)
    one, two = learned(who), learned(other, on=date(2025, 3, 13))
    post([one, two], actor=None)
    with connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE trainees_creditentry DISABLE TRIGGER USER")
        cursor.execute(
            "UPDATE trainees_creditentry SET source_id = %s, attempt = 2 WHERE source_id = %s",
            [one.source_id, two.source_id],
        )
        cursor.execute("ALTER TABLE trainees_creditentry ENABLE TRIGGER USER")
    found = {(finding.question, finding.cadre_id, finding.year) for finding in reconcile().findings}
    assert found == {("doubles", who.pk, 2026), ("doubles", other.pk, 2025)}
    assert set(FrozenYear.objects.values_list("cadre", "year")) == {(who.pk, 2026), (other.pk, 2025)}


def test_nothing_of_a_frozen_year_is_taken_back_or_recomputed(who, town, staff):
    one = learned(who)
    post([one], actor=None)
    freeze(who)
    with pytest.raises(Refused, match="司马清扬2026年"):
        withdraw("class", [one.source_id], actor=None, reason="重新打开")
    with pytest.raises(Refused, match="不需要重算"):  # nothing would be written
        recompute(town, 2026, actor=staff)
    assert post([one], actor=None) == Posting(unchanged=1)


def test_a_double_s_frozen_year_is_the_person_s(who, town):
    double = make.cadre("司马清杨", who.unit, town)
    freeze(double)
    double.canonical = who
    double.save()
    with pytest.raises(Refused, match="司马清扬2026年"):
        post([learned(who)], actor=None)


def test_the_database_refuses_it_too(own_database, monkeypatch):
    """Whoever asks, and where the service did not: to people it is still a sentence."""
    who = make_who(make_town())
    post([learned(who)], actor=None)
    freeze(who)
    columns = [one.column for one in CreditEntry._meta.concrete_fields if one.column not in ("id", "posted_at")]
    told = ", ".join("gen_random_uuid()" if one == "source_id" else f'"{one}"' for one in columns)
    listed = ", ".join(f'"{one}"' for one in columns)
    again = f"INSERT INTO trainees_creditentry ({listed}) SELECT {told} FROM trainees_creditentry"
    for alias in ("default", "owner"):
        with pytest.raises(DatabaseError, match="该年度已冻结"), connections[alias].cursor() as cursor:
            cursor.execute(again)
    monkeypatch.setattr("trainees.services.writing.demand_unfrozen", lambda wanted: None)
    with pytest.raises(Refused, match="刚刚冻结，本次没有写入"):
        post([learned(who)], actor=None)
    assert balance(who)[2] == 12


def test_the_department_releases_it_with_a_reason(who, town, staff):
    frozen = freeze(who)
    stranger = make.account("wangjiang", "望云舟", unit=town)
    make.grant(stranger, Role.STAFF, make.unit("WJ", "中共望江市委组织部", kind="organization_department"))
    with pytest.raises(Refused, match="由管理该干部的中共云岭市委组织部"):
        release(frozen, actor=stranger, reason=LOOKED)
    with pytest.raises(Refused, match="至少 5 个字"):
        release(frozen, actor=staff, reason=" 已核对 ")
    release(frozen, actor=staff, reason=LOOKED)
    entry = AuditEntry.objects.get(event="ledger.release")
    assert (entry.actor_id, entry.object_id, entry.reason) == (staff.pk, str(frozen.pk), LOOKED)
    with pytest.raises(Refused, match="不必再解除"):
        release(frozen, actor=staff, reason=LOOKED)
    assert post([learned(who)], actor=None).awarded == 1
    assert CreditBalance.objects.get().required == 12


def test_what_was_released_stays_as_it_was_written(who, staff):
    frozen = freeze(who)
    release(frozen, actor=staff, reason=LOOKED)
    for statement in (
        "UPDATE trainees_frozenyear SET released_at = NULL, release_reason = ''",
        "DELETE FROM trainees_frozenyear",
    ):
        with pytest.raises(DatabaseError, match="Cannot"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert freeze(who).pk != frozen.pk  # the next check may freeze it again


@pytest.mark.parametrize(("year", "blocks"), [(2024, 0), (2025, 1), (2026, 1), (2027, 0)])
def test_a_year_with_somebody_frozen_is_not_closed(who, town, year, blocks):
    """Nor the year before, whose carry-over goes into it."""
    freeze(who)
    (check,) = [one for one in year_checks(town, year, date(2028, 1, 5)) if one.code == "frozen"]
    assert (check.open, check.blocks) == (blocks, True)
