"""F1 for a roster: the worker is killed while it writes five thousand people; there are none, or all, and in the end all once."""

import time
from datetime import date

import pytest
from django.db.models import Count

from benchmarks.rosters import a_tree, people, roster_file
from core.models import AuditEntry, BatchItem
from organization.models import Account, Unit
from organization.roles import Role
from organization.services import grant
from tests.drills.installation import installed, kill, wait_until
from trainees.models import Appointment, Cadre, RosterUpload
from trainees.services.rosters import confirm_roster, rehearse_roster, take_roster

pytestmark = [pytest.mark.worker, pytest.mark.timeout(400)]
ROWS = 5_000
MOMENTS = (0.3, 1.0)  # seconds after the worker has taken the roster up


@pytest.fixture(scope="module")
def installation(tmp_path_factory, django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), installed(tmp_path_factory.mktemp("drill") / "var") as running:
        yield running


def confirmed() -> RosterUpload:
    """A roster of new people, rehearsed here and waiting for the worker."""
    area = Unit.objects.filter(code="JS").first() or a_tree()
    who = Account.objects.filter(username="drill").first() or an_operator(area)
    upload = take_roster(roster_file(people(ROWS)), "干部花名册.xlsx", actor=who, unit=area)
    BatchItem.objects.filter(subject_id=upload.pk).delete()  # rehearsed here: the worker is to be met while it writes
    rehearse_roster(upload.pk)
    upload.refresh_from_db()
    confirm_roster(upload, [], actor=who)
    return upload


def an_operator(area: Unit) -> Account:
    who = Account.objects.create(username="drill", display_name="演练员", unit=area)
    grant(who, Role.STAFF, area, date(2020, 1, 1), actor=None)
    return who


def item_of(upload: RosterUpload) -> BatchItem:
    return BatchItem.objects.get(subject_id=upload.pk, kind="roster_write")


def test_f1_killed_while_it_writes_a_roster_there_are_no_rows_or_all_and_in_the_end_all_once(installation):
    upload = confirmed()
    installation.start_relay()
    for turn, moment in enumerate(MOMENTS, 1):
        worker = installation.start_worker()
        wait_until(lambda turn=turn: item_of(upload).attempts >= turn, pause=0.01)
        time.sleep(moment)
        kill(worker)
        assert Cadre.objects.count() in (0, ROWS) and Appointment.objects.count() in (0, ROWS)
    installation.start_worker()
    wait_until(lambda: item_of(upload).state != BatchItem.State.WAITING)
    upload.refresh_from_db()
    assert (item_of(upload).state, upload.state) == (BatchItem.State.DONE, RosterUpload.State.COMMITTED)
    assert Cadre.objects.count() == Appointment.objects.count() == ROWS
    assert not Appointment.objects.values("cadre").annotate(n=Count("pk")).filter(n__gt=1).exists()
    assert AuditEntry.objects.filter(event="cadre_roster.commit").count() == 1
    wait_until(lambda: not BatchItem.objects.filter(state=BatchItem.State.WAITING).exists())
    assert BatchItem.objects.get(kind="roster_duties").state == BatchItem.State.DONE
