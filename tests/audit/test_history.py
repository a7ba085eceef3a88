"""SEC-35: marks, results, grants, enrolments and class roles leave a trace whoever changes them, and however."""

import json
from datetime import date

import pytest
from django.db import connection, connections

from core.audit import Facts, facts_of_request, tell_history
from core.keys import new_key
from core.models import RowChange
from organization import services
from organization.models import Grant
from tests.cast import PEOPLE
from training.models import AttendanceMark, ClassRole, Enrolment

KEPT = {
    "training_attendancemark", "training_enrolment", "training_classrole", "organization_grant", "assessments_result",
    "training_session", "training_leaverequest", "training_leavesession", "training_leavestep", "training_leaveapprover",
    "training_checkin", "training_activity", "training_activitypart", "training_electioncount", "organization_account",
    "trainees_cadre", "reports_document", "trainees_appointment", "trainees_award", "trainees_exemption",
    "trainees_platform", "trainees_recognition", "training_followup", "training_reportback",
    "training_correctionrequest",
}  # fmt: skip


def changes_of(row):
    found = RowChange.objects.filter(table_name=row._meta.db_table, row_id=str(row.pk)).order_by("pk")
    return [(change.verb, change.before, change.after) for change in found]


@pytest.mark.django_db
def test_sec_35_these_tables_keep_their_history():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text, count(*) FROM pg_trigger WHERE tgname LIKE 'history_%' GROUP BY 1"
        )
        assert dict(cursor.fetchall()) == dict.fromkeys(KEPT, 3)


def test_sec_35_a_bulk_write_leaves_one_change_a_row(yunling):
    marks = list(AttendanceMark.objects.filter(training_class=yunling.training_class).order_by("pk"))
    for mark in marks:
        mark.mark = AttendanceMark.Mark.SICK
    AttendanceMark.objects.bulk_update(marks, ["mark"])
    for mark in marks:
        assert changes_of(mark)[1:] == [("update", {"mark": "late"}, {"mark": "sick"})]


def test_sec_35_plain_sql_leaves_a_trace(yunling):
    mark = AttendanceMark.objects.filter(training_class=yunling.training_class).order_by("pk")[0]
    tell_history(None)  # the services of the cast ran in this transaction
    with connection.cursor() as cursor:
        cursor.execute("UPDATE training_attendancemark SET mark = 'absent' WHERE id = %s", [mark.pk])
        cursor.execute("DELETE FROM training_attendancemark WHERE id = %s", [mark.pk])
    insert, update, delete = changes_of(mark)
    assert insert[2]["mark"] == "late" and insert[2]["enrolment_id"] == str(mark.enrolment_id)
    assert update == ("update", {"mark": "late"}, {"mark": "absent"})
    assert delete[1]["mark"] == "absent" and delete[2] is None
    last = RowChange.objects.latest("pk")
    assert (last.actor_id, last.database_role) == (None, connection.settings_dict["USER"])


def test_sec_35_a_write_that_changes_nothing_leaves_nothing(yunling):
    before = RowChange.objects.count()
    AttendanceMark.objects.filter(training_class=yunling.training_class).update(mark="late")
    assert RowChange.objects.count() == before


def test_sec_35_the_owner_leaves_a_trace_too(own_database, fast_passwords):
    from tests import factories as make

    unit = make.unit("YL", "云岭市委组织部")
    role = make.grant(make.account("yl_x", "顾云舟", unit=unit), Grant.Role.STAFF, unit)
    with connections["owner"].cursor() as cursor:
        cursor.execute("UPDATE organization_grant SET role = 'leader' WHERE id = %s", [role.pk])
    assert changes_of(role)[1:] == [("update", {"role": "staff"}, {"role": "leader"})]
    assert RowChange.objects.latest("pk").database_role == connections["owner"].settings_dict["USER"]


def test_sec_35_no_session_can_switch_it_off(yunling):
    """pgtrigger's own triggers can be told to look away; these cannot."""
    role = ClassRole.objects.filter(training_class=yunling.training_class)[0]
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pgtrigger.ignore', '{history_update,history_delete}', true)")
    ClassRole.objects.filter(pk=role.pk).update(until=date(2026, 12, 31))
    assert changes_of(role)[-1] == ("update", {"until": None}, {"until": "2026-12-31"})


def test_sec_35_who_and_in_which_request(yunling):
    request = new_key()
    given = yunling.liaison.grants.get()
    with facts_of_request(Facts(request_id=request)):
        services.end_grant(given, date(2027, 1, 1), actor=yunling.security_admin)
    change = RowChange.objects.filter(table_name="organization_grant").latest("pk")
    assert (change.actor_id, change.request_id, change.after) == (
        yunling.security_admin.pk,
        request,
        {"until": "2027-01-01"},
    )


def test_sec_35_history_holds_people_by_key_only(yunling):
    person = yunling.enrolments[0]
    Enrolment.objects.filter(pk=person.pk).update(roster_name="夏侯不记", post="处长")
    assert changes_of(person)[-1][1:] == (
        {"roster_name": "（不记）", "post": "（不记）"},
        {"roster_name": "（不记）", "post": "（不记）"},
    )
    kept = json.dumps(list(RowChange.objects.values_list("before", "after")), ensure_ascii=False)
    assert [name for name in (*PEOPLE["云岭"], "夏侯不记") if name in kept] == []
