"""干部任免审批表: kept, compared by ID number, taken in once; the résumé is not kept."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from core import files
from core.files import delete_overdue
from core.models import AuditEntry
from core.operations import Conflict, Refused
from tests import factories as make
from tests.trainees.forms import lrmx, picture
from trainees.models import Appointment, Cadre, PersonnelForm
from trainees.services.moves import Place
from trainees.services.personnel_forms import GONE, Given, Taking, keep_forms, open_form, sweep_forms, take_in

pytestmark = pytest.mark.django_db


def kept(city, name="司马清扬", **facts) -> PersonnelForm:
    data = lrmx(XingMing=name, **facts)
    forms, refused = keep_forms([Given("一.lrmx", data)], city.root, actor=city.staff)
    assert refused == []
    return forms[0]


def place(city) -> Place:
    return Place(city.bureau, "主任", "乡科级正职", "一级主任科员")


def test_a_new_cadre_is_made_with_what_the_form_lacks(yunling):
    number = make.id_number(2)
    form = kept(yunling, "甘棠", ShenFenZheng=number, ZhaoPian=picture())
    cadre = take_in(form, Taking(place(yunling), date(2024, 5, 1), "13900000000"), actor=yunling.staff)
    cadre.refresh_from_db()
    assert (cadre.name, cadre.pinyin, cadre.sex, cadre.band) == ("甘棠", "gantang", "2", Cadre.Band.TOWNSHIP_DOWN)
    assert (cadre.party_since, cadre.work_since, cadre.unverified) == (date(2008, 7, 1), date(2009, 7, 1), False)
    assert cadre.open_id_number() == number and cadre.open_phone() == "13900000000"
    assert cadre.managing_authority == yunling.root
    post = Appointment.objects.get(cadre=cadre)
    assert (post.unit, post.rank, post.since) == (yunling.bureau, "一级主任科员", date(2024, 5, 1))
    assert files.load(cadre.photo).startswith(b"\xff\xd8\xff") and cadre.photo.delete_after is None


def test_a_known_cadre_s_basics_are_renewed_and_the_rest_left(yunling):
    known = yunling.cadres[0]
    known.set_phone("13911112222")
    known.ethnic_group = "回族"
    known.save()
    form = kept(yunling, "司马清杨", ShenFenZheng=known.open_id_number(), MinZu="")
    assert form.cadre == known
    take_in(form, Taking(), actor=yunling.staff, seen=known.version)
    known.refresh_from_db()
    assert (known.name, known.ethnic_group, known.open_phone()) == ("司马清杨", "回族", "13911112222")
    assert known.unit == yunling.bureau and Appointment.objects.filter(cadre=known).count() == 1
    told = AuditEntry.objects.get(event="personnel_form.take_in").after
    assert set(told["changed"]) == {"name", "sex", "political_status", "party_since", "work_since"}


def test_a_known_cadre_may_move_with_the_form(yunling):
    known = yunling.cadres[0]
    form = kept(yunling, ShenFenZheng=known.open_id_number())
    taking = Taking(Place(yunling.sibling, "处长", "县处级正职"), date(2026, 3, 1))
    take_in(form, taking, actor=yunling.staff)
    known.refresh_from_db()
    assert (known.unit, known.band) == (yunling.sibling, Cadre.Band.COUNTY_UP)


def test_twice_is_once(yunling):
    form = kept(yunling, ShenFenZheng=make.id_number(2))
    taking = Taking(place(yunling), date(2024, 5, 1))
    first = take_in(form, taking, actor=yunling.staff)
    assert take_in(form, taking, actor=yunling.staff) == first
    assert Cadre.objects.filter(name="司马清扬").count() == 2  # the cast's, and the form's


def test_one_name_is_not_one_person(yunling):
    form = kept(yunling, yunling.cadres[0].name, ShenFenZheng=make.id_number(2))
    assert form.cadre is None
    made = take_in(form, Taking(place(yunling), date(2024, 5, 1)), actor=yunling.staff)
    assert made.pk != yunling.cadres[0].pk


def test_who_is_managed_elsewhere_is_neither_told_nor_changed(yunling, wangjiang):
    theirs = wangjiang.cadres[0]
    form = kept(yunling, ShenFenZheng=theirs.open_id_number())
    assert form.cadre is None
    with pytest.raises(Refused, match="由其他组织部管理") as refused:
        take_in(form, Taking(), actor=yunling.staff)
    assert theirs.name not in refused.value.message


def test_a_double_s_number_leads_to_the_one_that_lives_on(yunling):
    double = make.cadre("司马清扬", yunling.bureau, yunling.root, canonical=yunling.cadres[0])
    form = kept(yunling, ShenFenZheng=double.open_id_number())
    assert form.cadre == yunling.cadres[0]


def test_what_a_new_cadre_lacks_is_asked_for(yunling):
    form = kept(yunling, ShenFenZheng=make.id_number(2))
    with pytest.raises(Refused, match="填写单位"):
        take_in(form, Taking(), actor=yunling.staff)


def test_nobody_serves_from_tomorrow_on(yunling):
    form = kept(yunling, "甘棠", ShenFenZheng=make.id_number(2))
    with pytest.raises(Refused, match="不能晚于今天"):
        take_in(form, Taking(place(yunling), timezone.localdate() + timedelta(days=1)), actor=yunling.staff)


def test_a_form_with_faults_is_kept_but_not_taken_in(yunling):
    form = kept(yunling, ShenFenZheng="999001198506120018")
    with pytest.raises(Refused, match="身份证号不正确"):
        take_in(form, Taking(place(yunling), date(2024, 5, 1)), actor=yunling.staff)


def test_somebody_was_quicker(yunling):
    known = yunling.cadres[0]
    form = kept(yunling, ShenFenZheng=known.open_id_number())
    with pytest.raises(Conflict):
        take_in(form, Taking(), actor=yunling.staff, seen=known.version + 1)


def test_what_is_no_form_leaves_its_hash_in_the_log(yunling):
    _, refused = keep_forms([Given("丙.lrmx", b"%PDF")], yunling.root, actor=yunling.staff)
    entry = AuditEntry.objects.get(event="import.rejected")
    assert (entry.result, entry.reason, entry.unit_id) == ("refused", refused[0][1], yunling.root.pk)
    assert entry.after["size"] == 4 and len(entry.after["sha256"]) == 64


def test_two_forms_of_one_new_number_at_the_same_moment(yunling, monkeypatch):
    """The other one was written after this one had looked."""
    quicker = make.cadre("甘棠", yunling.bureau, yunling.root)
    form = kept(yunling, "甘棠", ShenFenZheng=quicker.open_id_number())
    monkeypatch.setattr("trainees.services.personnel_forms.known_as", lambda found: None)
    with pytest.raises(Refused, match="刚刚由他人登记"):
        take_in(form, Taking(place(yunling), date(2024, 5, 1)), actor=yunling.staff)
    assert Cadre.objects.filter(name="甘棠").count() == 1


def test_characters_that_nobody_sees_are_not_taken_in(yunling):
    form = kept(yunling, "甘棠", ShenFenZheng=make.id_number(2), MinZu="汉\u202e族", XianRenZhiWu="主\u200b任")
    cadre = take_in(form, Taking(place(yunling), date(2024, 5, 1)), actor=yunling.staff)
    assert cadre.ethnic_group == "汉族" and open_form(form).post == "主任"


def test_of_several_the_readable_are_kept_and_the_others_named(yunling):
    given = [Given("a.lrmx", lrmx()), Given("b.lrmx", b"%PDF-1.7"), Given("c.lrmx", lrmx())]
    forms, refused = keep_forms(given, yunling.root, actor=yunling.staff)
    assert [form.file_name for form in forms] == ["a.lrmx", "c.lrmx"] and refused[0][0] == "b.lrmx"
    with pytest.raises(Refused, match="最多上传 50 份"):
        keep_forms([Given("a.lrmx", lrmx())] * 51, yunling.root, actor=yunling.staff)


def test_a_new_photo_lets_the_old_one_go(yunling):
    known = yunling.cadres[0]
    for colour in ("PNG", "JPEG"):
        form = kept(yunling, ShenFenZheng=known.open_id_number(), ZhaoPian=picture(colour, (50, 60 + len(colour))))
        take_in(form, Taking(), actor=yunling.staff)
    known.refresh_from_db()
    assert delete_overdue(timezone.localdate()) == 1
    assert files.load(known.photo)


def test_the_file_and_its_name_go_after_the_usual_days(yunling, settings):
    form = kept(yunling, ShenFenZheng=make.id_number(2))
    last = form.file.delete_after
    assert (last - timezone.localdate()).days == settings.UPLOAD_KEEP_DAYS
    delete_overdue(last + timezone.timedelta(days=1))
    assert sweep_forms(timezone.now()) == 1
    form.refresh_from_db()
    assert form.file_name == GONE
