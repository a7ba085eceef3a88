"""述学: filed by the trainee, confirmed or sent back by the unit; late ones are late and taken."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from core.operations import Conflict, Refused
from organization.services import set_preference
from tests import factories as make
from trainees.services.merging import merge_cadre
from training.models import ReportBack, TrainingClass
from training.services.report_backs import Told, confirm_report, file_report, report_due, return_report

pytestmark = pytest.mark.django_db
TEXT = "向全科同志汇报了培训收获，结合史志编研谈了三点体会，提出下一步打算并作了讨论。"


def told(**facts):
    return Told(**({"on": date(2026, 4, 1), "text": TEXT, "occasion": "科务会", "audience": 12} | facts))


def filed(city) -> ReportBack:
    return file_report(city.enrolments[0], told(), actor=city.trainee)


def test_a_trainee_files_and_the_unit_confirms(yunling):
    row = filed(yunling)
    assert (row.state, row.unit, row.version) == ("filed", yunling.bureau, 1)
    done = confirm_report(row, actor=yunling.liaison, seen=1)
    assert (done.state, done.confirmed_by_id) == ("confirmed", yunling.liaison.pk)
    with pytest.raises(Refused, match="不能再改"):
        file_report(yunling.enrolments[0], told(), actor=yunling.trainee, seen=2)


def test_what_is_sent_back_is_filed_anew(yunling):
    row = return_report(filed(yunling), actor=yunling.liaison, reason="请写明听取人员范围", seen=1)
    assert (row.state, row.state_reason) == ("returned", "请写明听取人员范围")
    with pytest.raises(Conflict):
        file_report(yunling.enrolments[0], told(), actor=yunling.trainee, seen=1)
    again = file_report(yunling.enrolments[0], told(audience=20), actor=yunling.trainee, seen=row.version)
    assert (again.state, again.audience, again.state_reason, again.pk) == ("filed", 20, "", row.pk)


def test_only_the_unit_and_the_department_confirm(yunling, wangjiang):
    row = filed(yunling)
    for who in (yunling.sibling_liaison, yunling.leader, wangjiang.staff):
        with pytest.raises(Refused, match="联络员确认"):
            confirm_report(row, actor=who)
    assert confirm_report(row, actor=yunling.staff).state == "confirmed"


def test_nobody_confirms_their_own(yunling):
    yunling.cadres[0].account = None
    yunling.cadres[0].save()
    yunling.cadres[0].account = yunling.liaison
    yunling.cadres[0].save()
    row = file_report(yunling.enrolments[0], told(), actor=yunling.liaison)
    with pytest.raises(Refused, match="自己的述学"):
        confirm_report(row, actor=yunling.liaison)
    stays = make.cadre("司马清扬", yunling.bureau, yunling.root)
    merge_cadre(yunling.cadres[0], stays, actor=yunling.staff, reason="身份证号录入错误，经本人核对")
    with pytest.raises(Refused, match="自己的述学"):  # the account has gone over to the other row
        confirm_report(ReportBack.objects.get(pk=row.pk), actor=yunling.liaison)


@pytest.mark.parametrize("facts, words", [
    ({"on": date(2026, 3, 12)}, "述学日期"), ({"on": date(2999, 1, 1)}, "述学日期"), ({"text": "好" * 29}, "至少 30 个字"),
])  # fmt: skip
def test_what_cannot_be_is_refused(yunling, facts, words):
    with pytest.raises(Refused, match=words):
        file_report(yunling.enrolments[0], told(**facts), actor=yunling.trainee)


def test_who_did_not_complete_the_class_has_nothing_to_report(yunling):
    seat = yunling.enrolments[0]
    seat.state = "withdrawn"
    seat.save()
    with pytest.raises(Refused, match="结业学员"):
        file_report(seat, told(), actor=yunling.trainee)


def test_a_second_filing_by_a_page_that_was_open_conflicts(yunling):
    filed(yunling)
    with pytest.raises(Conflict):
        file_report(yunling.enrolments[0], told(), actor=yunling.trainee)


def test_the_term_runs_from_the_closing_and_is_the_organizer_s(yunling):
    one = yunling.training_class
    assert report_due(one) == date(2026, 3, 13) + timedelta(days=30)
    TrainingClass.objects.filter(pk=one.pk).update(state="closed", closed_on=date(2026, 3, 20))
    one.refresh_from_db()
    set_preference(yunling.root, "report_back_days", 10, date(2026, 1, 1), actor=yunling.staff)
    assert report_due(one) == date(2026, 3, 30)
    assert timezone.localdate() > report_due(one)
