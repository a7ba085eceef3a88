"""A stored file leaves by an address that opens for one account in one session for five minutes (SEC-21)."""

from datetime import timedelta

import pytest
import time_machine
from django.core import signing
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.files import FileGone, keep
from core.models import AuditEntry, StoredFile
from organization.sessions import PROVED
from portal.downloads import OPENERS, SALT, stored
from tests import factories as make
from tests.access import stage


@pytest.fixture(autouse=True)
def no_static_scan(settings) -> None:
    settings.WHITENOISE_AUTOREFRESH = True


def signed_in(who) -> Client:
    client = Client()
    client.force_login(who)
    return client


def address(client: Client, name: str, *arguments, method: str = "get") -> str:
    """Where a page's address leads: to a file."""
    answer = getattr(client, method)(reverse(f"portal:{name}", args=arguments))
    assert answer.status_code == 302 and answer["Location"].startswith("/files/"), answer.status_code
    return answer["Location"]


@pytest.fixture
def leader(yunling) -> Client:
    return signed_in(yunling.leader)


@pytest.fixture
def bulletin(yunling, leader) -> str:
    """The address of the leader's bulletin."""
    return address(leader, "document_download", yunling.documents["bulletin"].pk)


def test_sec_21_the_file_comes_as_an_attachment_that_nobody_keeps(leader, bulletin):
    answer = leader.get(bulletin)
    assert (answer.status_code, stage.body_of(answer).encode()) == (200, make.PDF)
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''%E7%BB%BC%E5%90%88")
    assert (answer["X-Content-Type-Options"], answer["Cache-Control"]) == ("nosniff", "no-store")
    assert answer["Content-Type"] == "application/pdf"


def test_sec_21_another_login_does_not_find_it(yunling, bulletin):
    """Not even somebody who may open the same document by their own right."""
    assert [signed_in(who).get(bulletin).status_code for who in (yunling.staff, yunling.trainee)] == [404, 404]
    assert Client().get(bulletin)["Location"].startswith(reverse("portal:sign_in"))


def test_sec_21_another_session_of_the_same_login_does_not_find_it(yunling, leader, bulletin):
    assert signed_in(yunling.leader).get(bulletin).status_code == 404
    assert leader.get(bulletin).status_code == 200


def test_sec_21_a_disabled_account_is_sent_to_the_sign_in(yunling, leader, bulletin):
    type(yunling.leader).objects.filter(pk=yunling.leader.pk).update(is_active=False)
    assert leader.get(bulletin)["Location"].startswith(reverse("portal:sign_in"))


def test_sec_21_a_right_that_ended_closes_the_address(yunling, leader, bulletin):
    yunling.leader.grants.update(until=timezone.localdate() - timedelta(days=1))
    assert leader.get(bulletin).status_code == 404


@pytest.mark.parametrize(("seconds", "code"), [(290, 200), (310, 404)])
def test_sec_21_it_holds_for_five_minutes(leader, bulletin, seconds, code):
    with time_machine.travel(timezone.now() + timedelta(seconds=seconds)):
        assert leader.get(bulletin).status_code == code


def test_sec_21_no_character_of_it_can_be_changed(leader, bulletin):
    token = bulletin.removeprefix("/files/").removesuffix("/")
    for place in range(0, len(token), 7):
        other = "A" if token[place] != "A" else "B"
        assert leader.get(f"/files/{token[:place]}{other}{token[place + 1 :]}/").status_code == 404


def test_sec_21_a_token_of_another_purpose_opens_nothing(yunling, leader):
    facts = ["document", str(yunling.documents["bulletin"].pk), str(yunling.leader.pk), ""]
    for salt in ("portal.other", SALT):
        token = signing.TimestampSigner(salt=salt).sign_object(facts)
        assert leader.get(reverse("portal:file", args=[token])).status_code == 404


def test_sec_35_each_download_is_recorded_once_at_its_own_address(yunling, leader, bulletin):
    leader.get(bulletin)
    leader.get(bulletin)
    entry = AuditEntry.objects.get(event="document.read")
    assert (entry.actor_id, entry.object_id) == (yunling.leader.pk, str(yunling.documents["bulletin"].pk))


def test_sec_21_marked_workbooks_and_slips_go_the_same_way(yunling):
    stage.an_import(yunling)
    stage.slip_sheet(yunling)
    manager = signed_in(yunling.manager)
    marked = address(manager, "workbook_marked", yunling.__dict__["imported"])
    slips = address(manager, "slips_take", *yunling.__dict__["slips"], method="post")
    assert stage.body_of(manager.get(slips)).encode() == make.PDF
    assert "spreadsheetml" in stage.body_of(manager.get(marked))
    other = signed_in(yunling.manager)
    assert [other.get(way).status_code for way in (marked, slips)] == [404, 404]


def test_sec_21_every_row_of_a_stored_file_has_an_opener():
    assert {"document", "marked_workbook", "slips"} <= set(OPENERS)


@pytest.mark.parametrize(
    ("name", "kind"),
    [("证明.pdf", "application/pdf"), ("照片.JPG", "image/jpeg"), ("页.html", "application/octet-stream"),
     ("没有", "application/octet-stream")],
)  # fmt: skip
def test_a_stored_file_gets_a_type_that_no_browser_runs(db, files_in_memory, name, kind):
    assert stored(keep(b"1"), name).kind == kind


def test_a_file_that_is_gone_says_so(db, files_in_memory):
    file = keep(b"1")
    StoredFile.objects.update(deleted=timezone.now())
    file.refresh_from_db()
    for none in (None, file):
        with pytest.raises(FileGone):
            stored(none, "证明.pdf")


# ---- who takes away more than a page shows proves who they are (SEC-04) ----

TAKEN_AWAY = ("class_export", "class_roster_export", "class_summary_csv", "class_summary_xlsx", "class_zip")


def stale(client: Client) -> Client:
    """The session's owner proved themselves eleven minutes ago."""
    session = client.session
    session[PROVED] -= 11 * 60
    session.save()
    return client


@pytest.mark.parametrize("name", TAKEN_AWAY)
def test_sec_04_exports_ask_who_is_there(yunling, name):
    client, url = signed_in(yunling.staff), reverse(f"portal:{name}", args=[yunling.training_class.pk])
    assert client.get(url).status_code == 200
    assert stale(client).get(url)["Location"].startswith(reverse("portal:confirm"))


@pytest.mark.parametrize("form", ["json", "xlsx"])
def test_sec_04_the_data_of_an_archive_asks_who_is_there(yunling, form):
    client, url = signed_in(yunling.trainee), reverse("portal:cadre_data", args=[yunling.cadres[0].pk, form])
    assert client.get(url).status_code == 200
    assert stale(client).get(url)["Location"].startswith(reverse("portal:confirm"))


def test_sec_04_the_audit_log_asks_who_is_there(yunling):
    client, url = signed_in(yunling.audit_admin), reverse("admin:core_auditentry_export")
    assert client.get(url).status_code == 200
    assert stale(client).get(url)["Location"].startswith(reverse("portal:confirm"))


def test_sec_04_who_may_not_learns_nothing_by_confirming(yunling):
    client = stale(signed_in(yunling.leader))
    for name in TAKEN_AWAY:
        assert client.get(reverse(f"portal:{name}", args=[yunling.training_class.pk])).status_code == 403
