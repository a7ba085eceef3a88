"""人事变动: appointments keep the history; the cadre's row, level and scope follow; clear words for what cannot be."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from core.models import AuditEntry
from core.operations import Conflict, Refused
from tests import factories as make
from trainees.models import Appointment, Cadre, Duty
from trainees.services.duties import assign_duties
from trainees.services.moves import Place, change_status, correct_appointment, move_cadre

pytestmark = pytest.mark.django_db
FIRST = make.LONG_AGO


def moved(city, cadre, since, unit=None, **words):
    facts = {"post": "副局长", "post_level": "县处级副职", "rank": "", "since": since} | words
    return move_cadre(cadre, unit=unit or city.sibling, **facts, actor=city.staff)


def history(cadre) -> list[tuple]:
    rows = Appointment.objects.filter(cadre=cadre, primary=True).order_by("since")
    return list(rows.values_list("unit", "post_level", "since", "until"))


def test_a_move_ends_the_appointment_the_day_before_and_opens_the_next(yunling):
    cadre = yunling.cadres[0]
    moved(yunling, cadre, date(2026, 3, 1))
    assert history(cadre) == [
        (yunling.bureau.pk, "乡科级正职", FIRST, date(2026, 2, 28)),
        (yunling.sibling.pk, "县处级副职", date(2026, 3, 1), None),
    ]
    row = Cadre.objects.get(pk=cadre.pk)
    assert (row.unit, row.band, row.version) == (yunling.sibling, Cadre.Band.COUNTY_UP, cadre.version + 1)
    logged = AuditEntry.objects.get(event="cadre.move")
    assert logged.before["unit"] == str(yunling.bureau.pk) and logged.after["unit"] == str(yunling.sibling.pk)


def test_the_old_enrolments_stay_with_the_unit_of_their_day(yunling):
    moved(yunling, yunling.cadres[0], date(2026, 5, 1))
    yunling.enrolments[0].refresh_from_db()
    assert yunling.enrolments[0].unit == yunling.bureau


def test_a_liaison_sees_who_came_and_no_longer_who_left(yunling):
    cadre = yunling.cadres[0]
    moved(yunling, cadre, date(2026, 3, 1))
    assert not Cadre.objects.visible_to(yunling.liaison).filter(pk=cadre.pk).exists()
    assert Cadre.objects.visible_to(yunling.sibling_liaison).filter(pk=cadre.pk).exists()


@pytest.mark.parametrize("day, words", [
    (FIRST, "同一天不能再变动"),
    (FIRST - timedelta(days=1), "应晚于这一天"),
    (date(2999, 1, 1), "不能晚于今天"),
])  # fmt: skip
def test_same_day_backdated_and_future_moves_are_refused(yunling, day, words):
    with pytest.raises(Refused, match=words):
        moved(yunling, yunling.cadres[0], day)
    assert len(history(yunling.cadres[0])) == 1


def test_a_move_that_changes_nothing_is_refused(yunling):
    same = {"unit": yunling.bureau, "post": "科长", "post_level": "乡科级正职"}
    with pytest.raises(Refused, match="没有变化"):
        moved(yunling, yunling.cadres[0], date(2026, 3, 1), **same)


def test_of_two_who_opened_the_page_the_second_writes_nothing(yunling):
    cadre = yunling.cadres[0]
    facts = {"post": "", "post_level": "", "rank": "", "actor": yunling.staff, "seen": cadre.version}
    move_cadre(cadre, unit=yunling.sibling, since=date(2026, 3, 1), **facts)
    with pytest.raises(Conflict):
        move_cadre(cadre, unit=yunling.office, since=date(2026, 4, 1), **facts)
    assert len(history(cadre)) == 2


def test_who_is_managed_elsewhere_is_moved_there(yunling, wangjiang):
    with pytest.raises(Refused, match="请由其办理"):
        moved(wangjiang, yunling.cadres[0], date(2026, 3, 1))
    with pytest.raises(Refused, match="共同的上级"):
        moved(yunling, yunling.cadres[0], date(2026, 3, 1), unit=wangjiang.bureau)


def test_the_authority_stays_while_it_covers_the_unit_else_it_is_the_nearest(yunling):
    kinds = type(yunling.root).Kind
    county = make.unit("YLX", "云岭县委组织部", yunling.root, kind=kinds.ORGANIZATION_DEPARTMENT)
    village = make.unit("YLX01", "云岭县石桥镇", county)
    cadre = yunling.cadres[0]
    moved(yunling, cadre, date(2026, 3, 1), unit=village)
    assert Cadre.objects.get(pk=cadre.pk).managing_authority == yunling.root
    moved(yunling, cadre, date(2026, 4, 1), unit=village, post="镇长", managing_authority=county)
    moved(yunling, cadre, date(2026, 5, 1), unit=yunling.bureau)
    assert Cadre.objects.get(pk=cadre.pk).managing_authority == yunling.root


def test_who_manages_must_stand_above_the_unit(yunling):
    with pytest.raises(Refused, match="不是.*的上级"):
        moved(yunling, yunling.cadres[0], date(2026, 3, 1), managing_authority=yunling.bureau)


def test_a_slip_is_corrected_in_place_with_its_reason(yunling):
    cadre = yunling.cadres[0]
    moved(yunling, cadre, date(2026, 3, 1))
    place = Place(yunling.office, "主任科员", "乡科级正职", "一级主任科员")
    correct_appointment(cadre, place, date(2026, 2, 1), actor=yunling.staff, reason="文号看错了")
    assert history(cadre) == [
        (yunling.bureau.pk, "乡科级正职", FIRST, date(2026, 1, 31)),
        (yunling.office.pk, "乡科级正职", date(2026, 2, 1), None),
    ]
    row = Cadre.objects.get(pk=cadre.pk)
    assert (row.unit, row.band) == (yunling.office, Cadre.Band.TOWNSHIP_DOWN)


def test_a_correction_does_not_reach_into_the_appointment_before(yunling):
    cadre = yunling.cadres[0]
    moved(yunling, cadre, date(2026, 3, 1))
    with pytest.raises(Refused, match="应晚于这一天"):
        correct_appointment(cadre, Place(yunling.office), FIRST, actor=yunling.staff, reason="文号看错了")


@pytest.mark.parametrize("status", ["retired", "died", "left"])
def test_who_is_gone_holds_no_post_any_more(yunling, status):
    cadre = yunling.cadres[0]
    change_status(cadre, status, date(2026, 4, 1), actor=yunling.staff, reason="云组〔2026〕4号")
    assert history(cadre) == [(yunling.bureau.pk, "乡科级正职", FIRST, date(2026, 3, 31))]
    with pytest.raises(Refused, match="先把状态改回在职"):
        moved(yunling, cadre, date(2026, 5, 1))


def test_who_came_back_is_appointed_anew(yunling):
    cadre = yunling.cadres[0]
    change_status(cadre, "left", date(2026, 4, 1), actor=yunling.staff, reason="调往外市")
    change_status(cadre, "serving", date(2026, 6, 1), actor=yunling.staff, reason="调回")
    moved(yunling, cadre, date(2026, 6, 1))
    assert history(cadre)[-1] == (yunling.sibling.pk, "县处级副职", date(2026, 6, 1), None)


def test_a_seconded_cadre_keeps_the_post(yunling):
    cadre = yunling.cadres[0]
    change_status(cadre, "seconded", date(2026, 4, 1), actor=yunling.staff, reason="借调省厅一年")
    row = Cadre.objects.get(pk=cadre.pk)
    assert (row.status, row.status_since) == ("seconded", date(2026, 4, 1))
    assert history(cadre) == [(yunling.bureau.pk, "乡科级正职", FIRST, None)]


@pytest.mark.parametrize("status, days, words", [
    ("serving", 0, "没有变化"), ("absent", 0, "没有变化"), ("left", 1, "不能晚于今天"), ("left", -20000, "不能早于这一天"),
])  # fmt: skip
def test_a_status_that_cannot_be_is_refused(yunling, status, days, words):
    day = timezone.localdate() + timedelta(days=days)
    with pytest.raises(Refused, match=words):
        change_status(yunling.cadres[0], status, day, actor=yunling.staff, reason="文件")


def test_a_change_of_long_ago_begins_no_years_from_before_there_were_duties(yunling):
    """Nobody else is asked for them: one person alone would stand in the lists of years that nobody knows."""
    who = yunling.cadres[0]
    assign_duties(None, 2025, actor=None)
    place = Place(yunling.bureau, "科长", "乡科级正职")
    correct_appointment(who, place, date(2012, 5, 1), actor=yunling.staff, reason="起始日期登记有误")
    years = Duty.objects.filter(cadre=who).values_list("year", flat=True)
    assert set(years) == set(range(2025, timezone.localdate().year + 1))
