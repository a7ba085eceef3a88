"""Pages about leave: what they say, what a double click does, how many queries they take, what an export holds."""

from io import BytesIO

import openpyxl
import pytest
from django.urls import reverse

from core.keys import new_key
from core.models import AuditEntry
from portal.pages.today import due
from tests import factories as make
from tests.training.leave.conftest import School, build_school
from training.models import AttendanceMark, Enrolment, LeaveApprover, LeaveRequest
from training.services.leave import Answer, decide_leave

pytestmark = pytest.mark.django_db


@pytest.fixture
def school(db: None, files_in_memory: None) -> School:
    return build_school()


def op() -> str:
    return str(new_key())


def tab_url(school: School, name: str = "class_leaves") -> str:
    return reverse(f"portal:{name}", args=[school.training_class.pk])


def test_the_trainee_asks_once_however_often_it_is_sent(school, client_of):
    client = client_of(school.accounts["trainee"])
    url = reverse("portal:leave_new", args=[school.trainee.pk])
    sent = {"op_id": op(), "kind": "sick", "reason": "发热就医", "sessions": [str(school.sessions[0].pk)]}
    first, second = client.post(url, sent), client.post(url, sent)
    row = LeaveRequest.objects.get()
    assert first.url == second.url == reverse("portal:leave_page", args=[row.pk])
    page = client.get(first.url).content.decode()
    assert "班主任：待审批" in page
    assert "已请假 0 学时，加上这份共 4 学时；总学时 56 的七分之一是 8 学时，还可以请 4 学时。" in page


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"kind": "sick", "reason": "发热就医"}, "请选择要请假的半天或课次"),
        ({"kind": "", "reason": "发热就医", "sessions": "first"}, "请选择假别"),
        ({"kind": "sick", "reason": "", "sessions": "first"}, "请写明请假事由"),
        ({"kind": "sick", "reason": "发热就医", "sessions": "unknown"}, "课程表已有变动"),
    ],
)
def test_what_is_wrong_is_said_beside_the_form(school, client_of, sent, said):
    keys = {"first": str(school.sessions[0].pk), "unknown": str(new_key())}
    sent = {name: keys.get(value, value) for name, value in sent.items()}
    url = reverse("portal:leave_new", args=[school.trainee.pk])
    answer = client_of(school.accounts["trainee"]).post(url, {"op_id": op(), **sent})
    assert answer.status_code == 200
    assert said in answer.content.decode()
    assert not LeaveRequest.objects.exists()


def test_the_manager_takes_down_what_was_telephoned(school, client_of):
    sent = {"op_id": op(), "kind": "personal", "reason": "家人住院", "sessions": [str(school.sessions[0].pk)]}
    answer = client_of(school.manager).post(tab_url(school, "leave_enter"), sent | {"enrolment": str(school.other.pk)})
    row = LeaveRequest.objects.get()
    assert answer.status_code == 302
    assert (row.enrolment, row.asked_by_id) == (school.other, school.manager.pk)
    assert "韩朝雪代为登记" in client_of(school.manager).get(answer.url).content.decode()


def test_over_the_cap_is_said_before_it_is_granted(school, client_of):
    school.granted(school.sessions[:2])
    row = school.ask(school.sessions[2:3])
    client = client_of(school.manager)
    url = reverse("portal:leave_page", args=[row.pk])
    page = client.get(url).content.decode()
    assert "批准后将超过总学时 56 的七分之一（共请假 12 学时），按规定作退学处理，除非组织部特批。" in page
    sent = {"op_id": op(), "seen": row.version, "granted": "yes"}
    refused = client.post(f"{url}decide/", sent)
    assert refused.status_code == 403
    assert "已知超过七分之一" in refused.content.decode()
    assert client.post(f"{url}decide/", sent | {"op_id": op(), "accept_over": "on"}).status_code == 302
    tab = client.get(tab_url(school)).content.decode()
    assert "退学" in tab
    roster = client.get(reverse("portal:class_roster", args=[school.training_class.pk])).content.decode()
    assert "请假超限：退学" in roster


def test_the_department_lets_it_pass_with_a_reason(school, client_of):
    make.assessment(school.training_class)
    school.granted(school.sessions[:3])
    client, url = client_of(school.staff), reverse("portal:leave_override", args=[school.trainee.pk])
    sent = {"op_id": op(), "seen": school.trainee.version, "reason": "因公负伤，同意补修"}
    assert client.post(url, sent).status_code == 302
    assert Enrolment.objects.get(pk=school.trainee.pk).override_reason == "因公负伤，同意补修"
    assert client.post(url, sent | {"op_id": op()}).status_code == 409  # looked at before the first
    roster = client.get(reverse("portal:class_roster", args=[school.training_class.pk])).content.decode()
    assert "请假超限：已特批" in roster


def test_marks_by_hand_are_named_before_they_are_replaced(school, client_of):
    make.mark(school.trainee, school.sessions[0], "present")
    row = school.ask(school.sessions[:1])
    client, url = client_of(school.manager), reverse("portal:leave_page", args=[row.pk])
    assert "3月1日上午出勤" in client.get(url).content.decode()
    client.post(f"{url}decide/", {"op_id": op(), "seen": 1, "granted": "yes", "replace_marks": "on"})
    assert AttendanceMark.objects.get().source == "leave"


def test_a_level_without_approver_is_said(school, client_of):
    LeaveApprover.objects.filter(level="office").delete()
    row = school.ask(school.sessions[:2])
    page = client_of(school.staff).get(reverse("portal:leave_page", args=[row.pk])).content.decode()
    assert "学校办公室（教务处）没有指定审批人，由组织部审批。" in page


def test_an_export_holds_what_is_filtered(school, client_of):
    school.granted(school.sessions[:1])
    decide_leave(school.ask(school.sessions[3:4]), Answer(False, "不准"), actor=school.manager)
    answer = client_of(school.manager).get(f"{tab_url(school, 'class_leaves_export')}?state=refused")
    rows = list(openpyxl.load_workbook(BytesIO(b"".join(answer.streaming_content))).active.values)
    assert [row[0] for row in rows[-1:]] == ["司马清扬"]
    assert sum("司马清扬" in row for row in rows) == 1
    assert AuditEntry.objects.get(event="leaves.export").after == {"rows": 1}


def test_the_desk_names_what_waits_and_the_reminded_first(school, client_of):
    school.ask(school.sessions[:1])
    assert "1 份请假等您审批" in client_of(school.manager).get(reverse("portal:class_list")).content.decode()
    row = LeaveRequest.objects.get()
    row.steps.update(reminded=row.asked)
    page = client_of(school.manager).get(reverse("portal:class_list")).content.decode()
    assert "其中 1 份已催办" in page
    assert "司马清扬" in client_of(school.manager).get(reverse("portal:leave_inbox")).content.decode()
    assert "司马清扬" not in client_of(school.office).get(reverse("portal:leave_inbox")).content.decode()


def test_a_confirmed_grade_ends_asking_for_leave(school, client_of):
    client, new = client_of(school.accounts["trainee"]), reverse("portal:leave_new", args=[school.trainee.pk])
    assert new in client.get(reverse("portal:my_leaves")).content.decode()
    Enrolment.objects.filter(pk=school.trainee.pk).update(grade="良好")
    assert new not in client.get(reverse("portal:my_leaves")).content.decode()
    sent = {"op_id": op(), "kind": "sick", "reason": "发热就医", "sessions": [str(school.sessions[0].pk)]}
    assert "成绩已确认" in client.post(new, sent).content.decode()
    assert not LeaveRequest.objects.exists()


def test_what_waits_leads_to_the_request_for_whoever_signed_in(school):
    row, user = school.ask(school.sessions[:1]), school.accounts["trainee"]
    assert [one["url"] for one in due(user, signed_in=True)] == [reverse("portal:leave_page", args=[row.pk])]
    assert [one["url"] for one in due(user, signed_in=False)] == [""]


def test_lists_take_a_fixed_number_of_queries(school, client_of, query_count):
    pages = [
        (school.manager, tab_url(school)), (school.manager, reverse("portal:leave_inbox")),
        (school.accounts["trainee"], reverse("portal:my_leaves")),
    ]  # fmt: skip
    school.granted(school.sessions[:1])
    school.ask(school.sessions[1:2])
    clients = [(client_of(who), url) for who, url in pages]
    few = [query_count(lambda client=client, url=url: client.get(url)) for client, url in clients]
    for place in range(2, 7):
        school.ask(school.sessions[place : place + 1])
    assert [query_count(lambda client=client, url=url: client.get(url)) for client, url in clients] == few
