"""The attendance tab through its addresses: the grid, saving cells (B26, E14), polling, the story of a cell."""

import json
from datetime import date
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from assessments.models import Result
from assessments.services import score_class, show_results
from core.keys import new_key
from portal.pages.attendance_totals import session_counts
from tests import factories as make
from training.models import AttendanceMark, Enrolment, TrainingClass

pytestmark = pytest.mark.django_db


def url(name, one, **query):
    text = "&".join(f"{key}={value}" for key, value in query.items())
    return reverse(f"portal:{name}", args=[one.pk]) + (f"?{text}" if text else "")


def send(client, one, cells, op_id=None):
    body = json.dumps({"op_id": str(op_id or new_key()), "cells": cells})
    return client.post(url("attendance_marks", one), body, content_type="application/json")


def cell(who, when, mark="late", version=0, **more):
    return {"enrolment": str(who.pk), "session": str(when.pk), "mark": mark, "version": version, **more}


@pytest.fixture
def story(yunling):
    """A class that runs beside the cast's, three trainees and four half-days, kept by the cast's manager."""
    days = {"start": date(2026, 6, 1), "end": date(2026, 6, 12)}
    one = make.training_class(
        yunling.root, "夏季班", "YL-77", state=TrainingClass.State.RUNNING, attendance_kept=False, **days
    )
    make.class_role(yunling.manager, one)
    names = ("沈若溪", "欧阳致远", "司马清扬")
    seats = [
        make.enrolment(
            one, make.cadre(name, yunling.bureau, yunling.root), place, state=Enrolment.State.REPORTED,
            group=f"第{'一二二'[place - 1]}组",
        )
        for place, name in enumerate(names, 1)
    ]  # fmt: skip
    return one, seats, [make.session(one, number, recorded=False) for number in range(4)]


@pytest.fixture
def manager(yunling, client_of):
    return client_of(yunling.manager)


def test_the_grid_shows_names_sessions_and_marks(manager, story):
    one, seats, lessons = story
    make.mark(seats[0], lessons[0])
    body = manager.get(url("class_attendance", one)).content.decode()
    assert "沈若溪" in body
    assert body.count('role="gridcell"') == 12
    assert f'data-session="{lessons[3].pk}"' in body
    assert ">迟<" in body


def test_group_search_and_week(manager, story):
    one, _, _ = story
    later = make.session(one, 0, date=date(2026, 6, 9), title="下周的课")
    page = manager.get(url("class_attendance", one, group="第二组", week="2026-06-08"))
    assert [row["name"] for row in page.context["rows"]] == ["欧阳致远", "司马清扬"]
    assert [column["key"] for column in page.context["columns"]] == [later.pk]
    for asked in ("欧阳", "ouyang", "oyzy", "2"):
        rows = manager.get(url("class_attendance", one, q=asked)).context["rows"]
        assert [row["name"] for row in rows] == ["欧阳致远"], asked


def test_cells_are_saved_and_the_figures_follow(manager, story):
    one, seats, lessons = story
    answer = send(manager, one, [cell(seats[0], lessons[0], "sick"), cell(seats[1], lessons[0], "present")]).json()
    assert [one["mark"] for one in answer["saved"]] == ["sick", "present"]
    assert answer["refused"] == []
    assert answer["sessions"][str(lessons[0].pk)]["share"] == 50
    told = answer["people"][str(seats[0].pk)]
    assert (told["missed"], told["leave"], told["cap"], told["over"]) == ("4", "4", "2.3", True)


def test_a_stale_cell_gets_both_values_in_a_sentence(yunling, client_of, manager, story):
    one, seats, lessons = story
    send(client_of(yunling.staff), one, [cell(seats[0], lessons[0], "late")])
    (told,) = send(manager, one, [cell(seats[0], lessons[0], "absent")]).json()["refused"]
    assert (told["mark"], told["wanted"], told["why"]) == ("late", "absent", "stale")
    assert told["sentence"].startswith(yunling.staff.display_name)
    assert told["sentence"].endswith(" 秒前记为迟到，您要记的是旷课")
    assert AttendanceMark.objects.get(enrolment=seats[0]).mark == "late"


def test_the_same_request_twice_counts_once(manager, story):
    one, seats, lessons = story
    op_id, edits = new_key(), [cell(seats[0], lessons[0])]
    first, second = (send(manager, one, edits, op_id).json() for _ in range(2))
    assert first["saved"] == second["saved"]
    assert AttendanceMark.objects.get(enrolment=seats[0]).version == first["saved"][0]["version"]
    assert send(manager, one, [cell(seats[1], lessons[0])], op_id).status_code == 409


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"[]", b"null", b'{"op_id": "x", "cells": []}', b"\xff",
        b'{"op_id": "0192f0c0-0000-7000-8000-000000000000"}',
        b'{"op_id": "0192f0c0-0000-7000-8000-000000000000", "cells": []}',
        b'{"op_id": "0192f0c0-0000-7000-8000-000000000000", "cells": [1]}',
        b'{"op_id": "0192f0c0-0000-7000-8000-000000000000", "cells": [{"enrolment": 3}]}',
    ],
)  # fmt: skip
def test_b26_what_is_no_request_is_refused(manager, story, body):
    answer = manager.post(url("attendance_marks", story[0]), body, content_type="application/json")
    assert answer.status_code == 400


@pytest.mark.parametrize("wrong", [{"mark": "gone"}, {"mark": 1}, {"version": "1"}, {"version": -1}, {"version": True}])
def test_b26_a_cell_of_another_kind_is_refused(manager, story, wrong):
    one, seats, lessons = story
    assert send(manager, one, [cell(seats[0], lessons[0]) | wrong]).status_code == 400
    assert not AttendanceMark.objects.filter(training_class=one).exists()


def test_b26_a_cell_twice_is_refused(manager, story):
    one, seats, lessons = story
    assert send(manager, one, [cell(seats[0], lessons[0]), cell(seats[0], lessons[0], "early")]).status_code == 400


def test_b26_a_foreign_or_unknown_cell_and_nothing_is_saved(yunling, manager, story):
    one, seats, lessons = story
    foreign = cell(yunling.enrolments[0], lessons[0])
    unknown = cell(seats[0], lessons[0]) | {"session": str(uuid4())}
    for wrong in (foreign, unknown):
        answer = send(manager, one, [cell(seats[1], lessons[1]), wrong])
        assert answer.status_code == 404
        assert "刷新" in answer.json()["message"]
    assert not AttendanceMark.objects.filter(training_class=one).exists()


def test_b26_a_hundred_people_times_forty_sessions_in_one_request(yunling, manager):
    one = make.training_class(
        yunling.root, "大班", "YL-78", state="running", start=date(2026, 6, 1), end=date(2026, 6, 30)
    )
    make.class_role(yunling.manager, one)
    seats = [
        make.enrolment(one, make.cadre(f"众人{n}", yunling.bureau, yunling.root), n, state="reported")
        for n in range(1, 101)
    ]
    lessons = [make.session(one, number, recorded=False) for number in range(40)]
    cells = [cell(who, when, "present") for who in seats for when in lessons]
    assert len(send(manager, one, cells).json()["saved"]) == 4000
    assert AttendanceMark.objects.filter(training_class=one).count() == 4000
    assert send(manager, one, [*cells, cell(seats[0], lessons[0])]).status_code == 400


def test_confirmed_and_closed_classes_are_told_in_a_sentence(yunling, manager, story):
    one, seats, lessons = story
    Enrolment.objects.filter(pk=seats[0].pk).update(grade="良好")
    answer = send(manager, one, [cell(seats[1], lessons[0])])
    assert answer.status_code == 409
    assert "成绩已确认" in answer.json()["message"]
    TrainingClass.objects.filter(pk=one.pk).update(state="ended")
    TrainingClass.objects.filter(pk=one.pk).update(state="closed")
    page = manager.get(url("class_attendance", one)).content.decode()
    assert "考勤只能查看" in page
    assert "data-rest" not in page


def test_polling_gives_what_changed_and_nothing_else(yunling, client_of, manager, story):
    one, seats, lessons = story
    page = manager.get(url("class_attendance", one))
    cursor, week = page.context["settings"]["cursor"], page.context["settings"]["week"]
    asked = {"since": cursor, "week": week}
    assert manager.get(url("attendance_changes", one, **asked)).json() == {"cursor": cursor, "cells": []}
    other = client_of(yunling.staff)
    version = send(other, one, [cell(seats[0], lessons[1])]).json()["saved"][0]["version"]
    told = manager.get(url("attendance_changes", one, **asked)).json()
    assert {each["session"] for each in told["cells"]} == {str(lessons[1].pk)}
    marked = {each["enrolment"]: each["mark"] for each in told["cells"]}
    assert marked == {str(seats[0].pk): "late", str(seats[1].pk): None, str(seats[2].pk): None}
    send(other, one, [cell(seats[0], lessons[1], None, version)])
    last = manager.get(url("attendance_changes", one, since=told["cursor"], week=week)).json()
    assert {each["mark"] for each in last["cells"]} == {None}


def test_the_story_of_a_cell_also_after_it_was_cleared(yunling, client_of, manager, story):
    one, seats, lessons = story
    version = send(manager, one, [cell(seats[0], lessons[0])]).json()["saved"][0]["version"]
    send(client_of(yunling.staff), one, [cell(seats[0], lessons[0], None, version)])
    send(manager, one, [cell(seats[0], lessons[0], "absent")])
    page = manager.get(reverse("portal:attendance_history", args=[one.pk, seats[0].pk, lessons[0].pk]))
    told = [(each["before"], each["after"], each["who"]) for each in page.context["changes"]]
    assert told == [
        ("未登记", "旷课", yunling.manager.display_name),
        ("迟到", "未登记", yunling.staff.display_name),
        ("未登记", "迟到", yunling.manager.display_name),
    ]


def test_calling_over_shows_the_session_that_is_on(manager, story):
    one, _, lessons = story
    page = manager.get(url("attendance_now", one, session=lessons[2].pk))
    assert page.context["when"]["day"] == "2026年6月2日"
    assert [group["name"] for group in page.context["groups"]] == ["第一组", "第二组"]
    assert page.content.decode().count("data-enrolment=") == 3


def points_of(who):
    return Result.objects.get(enrolment=who).points["出勤情况"]


def test_draft_and_shown_results_follow_the_grid(manager, yunling, story):
    """15 − 5 for 旷; taken back, it is 15 again. Nobody is shown a score that the grid has left behind."""
    one, seats, lessons = story
    make.assessment(one)
    send(manager, one, [cell(who, when, "present") for who in seats for when in lessons])
    score_class(one, actor=yunling.manager)
    assert points_of(seats[0]) == "15.00"
    send(manager, one, [cell(seats[0], lessons[0], "absent", version_of(seats[0], lessons[0]))])
    assert points_of(seats[0]) == "10.00"
    Result.objects.filter(training_class=one).update(state=Result.State.SHOWN)
    send(manager, one, [cell(seats[0], lessons[0], "present", version_of(seats[0], lessons[0]))])
    assert points_of(seats[0]) == "15.00"


def version_of(who, when):
    return AttendanceMark.objects.get(enrolment=who, session=when).version


def test_results_follow_the_hours_of_the_timetable(manager, yunling, story):
    """4 hours of leave of 28: exactly 1/7. A session of 4 hours taken out leaves 24, of which 4 is more: 退学."""
    one, seats, lessons = story
    make.assessment(one)
    lessons += [make.session(one, number, recorded=False) for number in range(4, 7)]
    send(manager, one, [cell(seats[0], lessons[0], "personal")])
    score_class(one, actor=yunling.manager)
    assert Result.objects.get(enrolment=seats[0]).grade != Result.Grade.WITHDRAWN
    address = reverse("portal:session_remove", args=[one.pk, lessons[6].pk])
    manager.post(address, {"op_id": str(new_key()), "seen": 1})
    assert Result.objects.get(enrolment=seats[0]).grade == Result.Grade.WITHDRAWN


def test_confirmed_results_leave_grid_and_timetable_to_look_at(manager, story):
    one, _, _ = story
    assessment = make.assessment(one)
    assert "增加课次" in manager.get(url("class_timetable", one)).content.decode()
    type(assessment).objects.filter(pk=one.pk).update(confirmed_at=timezone.now())
    page = manager.get(url("class_attendance", one))
    assert "本班成绩已确认" in page.content.decode() and not page.context["settings"]["writing"]
    assert "增加课次" not in manager.get(url("class_timetable", one)).content.decode()


def test_leave_granted_beforehand_is_no_roll_call(manager, story):
    """One of three is on leave and nobody else was called: no share of 0 per cent. Then 2 of 3 are there: 67."""
    one, seats, lessons = story
    make.mark(seats[0], lessons[0], "personal")
    assert session_counts(one, [lessons[0].pk], len(seats))[str(lessons[0].pk)]["share"] is None
    for who in seats[1:]:
        make.mark(who, lessons[0], "present")
    assert session_counts(one, [lessons[0].pk], len(seats))[str(lessons[0].pk)]["share"] == 67


def test_showing_computes_once_more(yunling, story):
    """A scan writes its mark and no score: 迟到 by scan costs 1 before anybody is shown 15."""
    one, seats, lessons = story
    make.assessment(one)
    TrainingClass.objects.filter(pk=one.pk).update(attendance_kept=True)
    score_class(one, actor=yunling.manager)
    make.mark(seats[0], lessons[0], "late")
    show_results(one, actor=yunling.manager)
    assert points_of(seats[0]) == "14.00"


def test_the_tab_has_a_fixed_number_of_queries(yunling, manager, story, query_count):
    one, seats, lessons = story
    addresses = [url("class_attendance", one), url("attendance_changes", one), url("attendance_now", one)]
    send(manager, one, [cell(seats[0], lessons[0], "sick")])
    few = [query_count(lambda each=each: manager.get(each)) for each in addresses]
    for place in range(4, 14):
        who = make.enrolment(one, make.cadre(f"后来{place}", yunling.bureau, yunling.root), place, state="reported")
        send(manager, one, [cell(who, when, "absent") for when in lessons])
    assert [query_count(lambda each=each: manager.get(each)) for each in addresses] == few
    assert max(few) <= 15, few


def test_a_save_has_a_fixed_number_of_queries(manager, story, query_count):
    """One cell or many: what begins and ends a request and its transaction is ten of them."""
    one, seats, lessons = story
    every = [cell(who, when, "present") for who in seats[1:] for when in lessons[1:]]
    counts = [query_count(lambda each=each: send(manager, one, each)) for each in ([cell(seats[0], lessons[0])], every)]
    assert counts[0] == counts[1] <= 23, counts
