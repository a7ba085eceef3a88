"""A corrected workbook changes what differs, source by source, and keeps an audit entry of each change."""

from collections import Counter
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from assessments.models import Exam, Result, ScoreEntry, WorkbookImport
from assessments.services import commit_workbook, confirm_results, load_book, rehearse_workbook, score_class
from assessments.sheets.rows import Paper, ScoreRow
from assessments.workbook.book import ClassBook
from assessments.workbook.writing import write_book
from core.models import AuditEntry
from core.operations import Conflict, Refused
from organization.models import Unit
from tests.assessments.story import figures, office, take_in
from tests.samples import workbook
from trainees.models import Cadre
from training.models import AttendanceMark, Enrolment, Session, TrainingClass
from training.sheets.rows import Mark

pytestmark = pytest.mark.django_db


@pytest.fixture
def actor():
    return office()


@pytest.fixture
def known(actor):
    return take_in(workbook("clean"), actor)


def correct(known, actor, **changes):
    """Import the class's own workbook again with some parts exchanged; the class and what the import says it did."""
    book: ClassBook = replace(load_book(known), **changes)
    known = take_in(write_book(book), actor)
    assert same(load_book(known), book)
    summary = WorkbookImport.objects.latest("created").summary
    return known, {row["label"]: (row["added"], row["changed"], row["removed"]) for row in summary["changes"]}


def same(one, other):
    """Equal but for the order of the entries, which are a multiset."""
    return replace(one, entries=()) == replace(other, entries=()) and Counter(one.entries) == Counter(other.entries)


def only(**told):
    return {
        **dict.fromkeys(["班次信息", "学员", "课次", "考勤", "量化记录", "入学测试", "结业考试", "满意度"], (0, 0, 0)),
        **told,
    }


def test_one_entry_gone_is_reversed_and_one_of_two_equal_stays(known, actor):
    entries = load_book(known).entries
    doubled, _ = correct(known, actor, entries=(*entries, entries[0]))
    assert ScoreEntry.objects.standing().count() == len(entries) + 1
    again, did = correct(doubled, actor, entries=entries)
    assert did == only(量化记录=(0, 0, 1))
    assert ScoreEntry.objects.count() == len(entries) + 2
    assert ScoreEntry.objects.standing().count() == len(entries)
    assert AuditEntry.objects.filter(event="entry.removed").count() == 1
    assert figures(again) == figures(known)


def test_entries_of_a_page_are_left_alone(known, actor):
    enrolment = known.enrolments.get(position=1)
    item = ScoreEntry.objects.first().item.block.scheme.blocks.get(name="+1").items.get()
    ScoreEntry.objects.create(
        training_class=known, enrolment=enrolment, item=item, on=date(2026, 4, 1), points=Decimal(2),
        source=ScoreEntry.Source.PAGE,
    )  # fmt: skip
    take_in(workbook("clean"), actor)
    assert ScoreEntry.objects.standing().filter(source=ScoreEntry.Source.PAGE).count() == 1
    assert Result.objects.get(enrolment=enrolment).bonus == Decimal("2.00")


def test_a_mark_changed_by_hand_is_left_alone(known, actor):
    cell = AttendanceMark.objects.filter(training_class=known, mark=AttendanceMark.Mark.PRESENT).first()
    AttendanceMark.objects.filter(pk=cell.pk).update(mark=AttendanceMark.Mark.SICK, source=AttendanceMark.Source.PAGE)
    take_in(workbook("clean"), actor)
    cell.refresh_from_db()
    assert (cell.mark, cell.source) == ("sick", "page")


def test_a_corrected_mark_is_one_change(known, actor):
    attendance = load_book(known).attendance
    first = attendance.marks[0]
    other = Mark.SICK if first.mark != Mark.SICK else Mark.LATE
    marks = (replace(first, mark=other), *attendance.marks[1:])
    _, did = correct(known, actor, attendance=replace(attendance, marks=marks))
    assert did == only(考勤=(0, 1, 0))
    change = AuditEntry.objects.get(event="mark.changed")
    assert (change.before, change.after) == ({"mark": str(first.mark)}, {"mark": str(other)})


def test_who_is_no_longer_listed_is_struck_off_and_may_come_back(known, actor):
    book = load_book(known)
    gone = book.roster[4]
    without = {
        "roster": tuple(row for row in book.roster if row is not gone),
        "attendance": replace(book.attendance, marks=tuple(m for m in book.attendance.marks if m.person != gone.label)),
        "entries": tuple(row for row in book.entries if row.person != gone.label),
        "entry_exam": drop(book.entry_exam, gone.label),
        "final_exam": drop(book.final_exam, gone.label),
    }
    before = figures(known)
    smaller, did = correct(known, actor, **without)
    assert did["学员"][2] == 1
    assert Enrolment.objects.get(cadre__name=gone.name).state == Enrolment.State.WITHDRAWN
    assert len(figures(smaller)) == len(before) - 1
    whole = take_in(write_book(book), actor)
    assert same(load_book(whole), book)
    assert figures(whole) == before


def drop(paper, person):
    return replace(paper, answers=tuple(row for row in paper.answers if row.person != person))


def test_who_never_came_stays_so_where_the_roster_does_not_list_them(known, actor):
    Enrolment.objects.filter(cadre__name=load_book(known).roster[4].name).update(state=Enrolment.State.NO_SHOW)
    score_class(known, actor=actor)
    take_in(write_book(load_book(known)), actor)
    assert Enrolment.objects.filter(state=Enrolment.State.NO_SHOW).count() == 1
    assert not Enrolment.objects.filter(state=Enrolment.State.WITHDRAWN).exists()


def test_a_missing_sheet_means_not_assessed_not_zero(known, actor):
    without, did = correct(known, actor, final_exam=None)
    assert did["结业考试"] == (0, 0, 1)
    assert not Exam.objects.filter(training_class=without, kind=Exam.Kind.FINAL).exists()
    row = Result.objects.filter(training_class=without).first()
    assert (row.points["结业测试"], row.grade, row.rank) == (None, "未评定", None)


def test_a_session_that_a_page_marked_is_not_taken_away(known, actor):
    book = load_book(known)
    last = Session.objects.of_class(known).last()
    AttendanceMark.objects.filter(session=last).update(source=AttendanceMark.Source.PAGE)
    key = book.sessions[-1].key
    shorter = replace(
        book,
        sessions=book.sessions[:-1],
        attendance=replace(
            book.attendance,
            sessions=tuple(session for session in book.attendance.sessions if session != key),
            marks=tuple(mark for mark in book.attendance.marks if mark.session != key),
        ),
    )
    with pytest.raises(Refused, match="不能由工作簿删除"):
        take_in(write_book(shorter), actor)


def test_a_workbook_never_changes_a_master_record(known, actor):
    book = load_book(known)
    person = book.roster[0]
    Cadre.objects.filter(name=person.name).update(ethnic_group="壮族")
    imported = rehearse_workbook(workbook("clean"), "x.xlsx", actor=actor, unit=Unit.objects.get(code="YL"))
    (notice,) = [fault for fault in imported.faults["notices"] if fault["code"] == "cadre_differs"]
    assert "民族" in notice["message"] and "壮族" not in str(imported.faults)
    commit_workbook(imported, actor=actor)
    assert Cadre.objects.get(name=person.name).ethnic_group == "壮族"


def test_sec_22_confirmed_results_are_not_overwritten_by_a_workbook(known, actor):
    confirm_results(known, actor=actor)
    imported = rehearse_workbook(workbook("clean"), "x.xlsx", actor=actor, unit=Unit.objects.get(code="YL"))
    with pytest.raises(Refused, match="成绩已确认"):
        commit_workbook(imported, actor=actor)


def test_a_cadre_sits_in_one_full_time_class_at_a_time(known, actor):
    book = load_book(known)
    other = replace(book, facts=replace(book.facts, code="YL2026-904", name="另一个班"))
    imported = rehearse_workbook(write_book(other), "x.xlsx", actor=actor, unit=Unit.objects.get(code="YL"))
    assert {fault["code"] for fault in imported.faults["errors"]} == {"overlapping_enrolment"}
    assert len(imported.faults["errors"]) == len(book.roster)


def test_a_class_keeps_the_scheme_it_began_with(known, actor):
    from assessments.models import ScoringScheme

    old = known.assessment.scheme
    ScoringScheme.objects.create(name="4+1", edition=2, since=date(2026, 1, 1))
    take_in(workbook("clean"), actor)
    known.assessment.refresh_from_db()
    assert known.assessment.scheme == old


def test_a_class_without_a_code_is_known_by_organizer_name_and_start(known, actor):
    book = load_book(known)
    later = replace(book, facts=replace(book.facts, code="", name="无编号班（一期）"))
    Enrolment.objects.filter(training_class=known).update(full_time=False)
    first = take_in(write_book(later), actor)
    again = take_in(
        write_book(replace(later, facts=replace(later.facts, name="无编号班 (一期)", place="另一地点"))), actor
    )
    assert (again.pk, again.place) == (first.pk, "另一地点")


def test_a_score_finer_than_a_cent_counts_unrounded(known, actor):
    """95.666666 of 100 gives 14.35 of 15 (14.3499999 rounds to 14.35); the score itself is shown as 95.67."""
    book = load_book(known)
    person = book.roster[0].label
    scores = Paper(scores=(ScoreRow(person, Decimal("95.666666")),))
    changed, _ = correct(known, actor, final_exam=scores)
    row = Result.objects.get(training_class=changed, enrolment__roster_name=person)
    assert (row.points["结业测试"], row.final_score) == ("14.35", Decimal("95.67"))


def test_a_seat_taken_since_the_check_is_told_and_nothing_is_written(known, actor, monkeypatch):
    """Two classes at once want the same people full-time: the database says no before the commit, in a sentence."""
    monkeypatch.setattr("assessments.services.importing.busy_elsewhere", lambda *_: {})
    book = load_book(known)
    other = write_book(replace(book, facts=replace(book.facts, code="YL2026-099", name="另一个班")))
    city = Unit.objects.get(code="YL")
    imported = rehearse_workbook(other, "另一个班.xlsx", actor=actor, unit=city)
    with pytest.raises(Conflict, match="没有写入任何内容"):
        commit_workbook(imported, actor=actor)
    assert list(TrainingClass.objects.all()) == [known]


def test_what_was_kept_on_pages_counts_without_the_sheets(known, actor):
    """出勤情况 and 纪律建设 are assessed from rows of pages though the workbook brings neither sheet."""
    book = load_book(known)
    late = AttendanceMark.objects.filter(training_class=known, mark=AttendanceMark.Mark.LATE).first()
    AttendanceMark.objects.filter(pk=late.pk).update(source=AttendanceMark.Source.PAGE)
    discipline = ScoreEntry.objects.filter(item__name="纪律建设").first().item
    ScoreEntry.objects.create(
        training_class=known, enrolment=late.enrolment, item=discipline, on=date(2026, 4, 1), points=Decimal(-1),
        source=ScoreEntry.Source.PAGE,
    )  # fmt: skip
    take_in(write_book(replace(book, attendance=None, entries=None)), actor)
    points = Result.objects.get(enrolment=late.enrolment).points
    assert (points["出勤情况"], points["纪律建设"]) == ("14.00", "9.00")


def test_a_class_of_another_city_is_not_named(known, actor):
    """DOMAIN.md §1: beyond the area an office learns that somebody is busy, not where."""
    book = load_book(known)
    elsewhere = Unit.add_root(code="WJ", name="中共望江市委组织部", kind="organization_department", level="city")
    known.__class__.objects.filter(pk=known.pk).update(unit=elsewhere)
    other = replace(book, facts=replace(book.facts, code="YL2026-905", name="另一个班"))
    imported = rehearse_workbook(write_book(other), "x.xlsx", actor=actor, unit=Unit.objects.get(code="YL"))
    messages = {fault["message"] for fault in imported.faults["errors"]}
    assert messages and all("其他地方的脱产班次" in message and known.name not in message for message in messages)


def test_names_of_teachers_and_managers_stay_out_of_the_log(known, actor):
    book = load_book(known)
    facts = replace(book.facts, manager="换了的班主任")
    sessions = (replace(book.sessions[0], teacher="换了的教师"), *book.sessions[1:])
    correct(known, actor, facts=facts, sessions=sessions)
    logged = str(list(AuditEntry.objects.values_list("before", "after")))
    assert "不记姓名" in logged
    assert not any(name in logged for name in ("换了的班主任", "换了的教师", "周班主任", "陈教授"))
