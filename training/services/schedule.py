"""The timetable by hand: put a session, change it, move it, take it out, copy a former class's.

The database refuses a linked teacher, a linked room or the class itself in two places at once; what came as text is
warned about (portal). A workbook and a page write the same rows.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Max, Q, Sum
from django.utils import timezone

from core.audit import record
from core.keys import new_key
from core.operations import Refused, demand_current, intention
from courses.models import Course, CourseCategory, Room, Teacher
from organization.models import Account
from training import rules
from training.models import AttendanceMark, CheckIn, Enrolment, Session, TrainingClass
from training.services.changes import difference, unnamed
from training.services.leave import follow_timetable, release_sessions

LINKS = ("category", "course", "teacher", "room")
LONGEST = timedelta(hours=12)
"""A session that ends before it begins ends on the next day; nothing lasts longer than this."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """What a page says about a session. Times may be left open: then the school's bell says them.

    A linked teacher, room or course gives its name where the text is empty.
    """

    date: date
    period: int
    title: str
    hours: Decimal
    category: CourseCategory | None = None
    course: Course | None = None
    teacher: Teacher | None = None
    room: Room | None = None
    teacher_name: str = ""
    place_name: str = ""
    form: str = ""
    by_leader: bool = False
    begins: datetime | None = None
    ends: datetime | None = None

    def fields(self) -> dict[str, Any]:
        """The row's own values, times aside."""
        leader = self.teacher is not None and self.teacher.kind == Teacher.Kind.LEADER
        return {
            "title": self.title or (self.course.title if self.course else ""),
            "hours": self.hours,
            "category_id": self.category.pk if self.category else None,
            "category_name": self.category.name if self.category else "",
            "course_id": self.course.pk if self.course else None,
            "teacher_id": self.teacher.pk if self.teacher else None,
            "room_id": self.room.pk if self.room else None,
            "teacher_name": self.teacher_name or (self.teacher.name if self.teacher else ""),
            "place_name": self.place_name or (self.room.name if self.room else ""),
            "form": self.form,
            "by_leader": self.by_leader or leader,
        }


@intention
def put_session(training_class: TrainingClass, lesson: Lesson, *, actor: Account) -> Session:
    """A new session, the last of its half-day. Raises Refused with what the rules or the database say."""
    held = hold_class(training_class)
    number = next_number(held, lesson.date, lesson.period)
    made = Session(id=new_key(), training_class=held, date=lesson.date, period=lesson.period, number=number)
    _write(made, lesson, held, fresh=True)
    count_revision(held)
    follow_timetable(held, actor=actor)
    record("session.added", actor=actor.pk, obj=made, unit_id=held.unit_id, after=_told(made))
    return made


@intention
def change_session(session: Session, lesson: Lesson, *, actor: Account, seen: int | None = None) -> Session:
    """Other facts, another time or another half-day. Raises Refused, or Conflict when somebody was quicker."""
    one = hold_class(session.training_class)
    held = _hold(session, seen)
    before, stood = _told(held), held.span
    moved = (held.date, held.period) != (lesson.date, lesson.period)
    if moved:
        held.number = next_number(one, lesson.date, lesson.period)
        held.date, held.period = lesson.date, lesson.period
    _write(held, lesson, one, fresh=False)
    if moved or (stood and held.span.lower != stood.lower):
        _demand_no_check_in(held)
    count_revision(one)
    follow_timetable(one, actor=actor)
    after = _told(held)
    changed = {key for key in after if before[key] != after[key]}
    record(
        "session.changed", actor=actor.pk, obj=held, unit_id=one.unit_id,
        before=unnamed({key: before[key] for key in changed}), after=unnamed({key: after[key] for key in changed}),
    )  # fmt: skip
    return held


@intention
def move_session(session: Session, day: date, period: int, *, actor: Account, seen: int | None = None) -> Session:
    """The same session in another half-day; its times follow the bell there."""
    hold_class(session.training_class)  # before the session, as everybody does
    held = _hold(session, seen)
    return change_session(held, lesson_of(held, day, period), actor=actor)


@intention
def remove_session(session: Session, *, actor: Account, seen: int | None = None) -> None:
    """Take a session out. Raises Refused when somebody was marked, asked for leave or checked in for it."""
    one = hold_class(session.training_class)
    held = _hold(session, seen)
    if AttendanceMark.objects.filter(session=held).exists():
        raise Refused(f"“{held}”已有考勤记录，不能删除；请先清除该课次的考勤")
    told = _told(held)
    release_sessions([held])
    try:
        with transaction.atomic():
            held.delete()
    except IntegrityError as error:
        raise Refused(f"“{held}”已有签到或请假记录，不能删除") from error
    count_revision(one)
    record("session.removed", actor=actor.pk, obj=session, unit_id=one.unit_id, before=unnamed(told))


@intention
def copy_timetable(source: TrainingClass, target: TrainingClass, *, actor: Account) -> tuple[int, list[str]]:
    """Lay a former class's sessions over the days of this one, first day on first day; (copied, what could not be).

    Teachers and rooms stay linked where they are free; a session that does not fit is left out and told.
    """
    held = hold_class(target)
    if Session.objects.filter(training_class=held).exists():
        raise Refused("本班已有课程表，不能再复制；请先清空，或者逐个增加课次")
    rows = Session.objects.of_class(source).select_related(*LINKS)
    shift, copied, left = held.start - source.start, 0, []
    for row in rows:
        lesson = lesson_of(row, row.date + shift, row.period)
        try:
            with transaction.atomic():
                _copy(held, lesson)
        except Refused as refused:
            left.append(f"{row}：{refused.message}")
        else:
            copied += 1
    count_revision(held)
    after = {"copied": copied, "left": len(left), "from": str(source.pk)}
    record("timetable.copy", actor=actor.pk, obj=held, unit_id=held.unit_id, after=after)
    return copied, left


def _copy(held: TrainingClass, lesson: Lesson) -> None:
    number = next_number(held, lesson.date, lesson.period)
    made = Session(id=new_key(), training_class=held, date=lesson.date, period=lesson.period, number=number)
    _write(made, lesson, held, fresh=True)


def lesson_of(session: Session, day: date, period: int) -> Lesson:
    """The session's facts for another half-day; its own times stay only where the half-day does."""
    stays = (session.date, session.period) == (day, period) and session.span is not None
    return Lesson(
        date=day, period=period, title=session.title, hours=session.hours, category=session.category,
        course=session.course, teacher=session.teacher, room=session.room, teacher_name=session.teacher_name,
        place_name=session.place_name, form=session.form, by_leader=session.by_leader,
        begins=session.span.lower if stays else None, ends=session.span.upper if stays else None,
    )  # fmt: skip


def hold_class(training_class: TrainingClass) -> TrainingClass:
    """The class, locked: its timetable is changed by one at a time."""
    held = TrainingClass.objects.select_for_update().select_related("unit").get(pk=training_class.pk)
    if held.state in (TrainingClass.State.CLOSED, TrainingClass.State.CANCELLED):
        raise Refused(f"班次“{held.name}”{held.get_state_display()}，课程表不能再改；请组织部先重新打开班次")
    if Enrolment.objects.of_class(held).on_roster().exclude(grade="").exists():
        raise Refused("本班成绩已确认，课程表不能再直接更改；确有差错的，请以工作簿“更正成绩”方式写明理由办理")
    return held


def count_revision(held: TrainingClass) -> None:
    """A workbook that was rehearsed before this must be rehearsed again."""
    held.revision += 1
    held.save(update_fields=["revision"])


def next_number(training_class: TrainingClass, day: date, period: int) -> int:
    """第几次: after the last one of the half-day."""
    rows = Session.objects.filter(training_class=training_class, date=day, period=period)
    return int(rows.aggregate(last=Max("number"))["last"] or 0) + 1


def _hold(session: Session, seen: int | None) -> Session:
    held = Session.objects.select_for_update(of=("self",)).select_related(*LINKS, "training_class").get(pk=session.pk)
    demand_current(seen, held.version, "这个课次")
    return held


def _write(row: Session, lesson: Lesson, held: TrainingClass, *, fresh: bool) -> None:
    """Check the rules, fill the row and save it; what the database refuses becomes a sentence."""
    demand_day(held, lesson.date)
    others, before = _others(row, lesson)
    if refused := rules.may_hold(lesson.hours, others):
        raise Refused(refused)
    wanted = lesson.fields() | {"span": _span(held, lesson, before)}
    if not wanted["title"]:
        raise Refused("请填写课程名称，或从课程库中选择")
    if not fresh and difference(row, wanted)[1]:
        row.version += 1
    for name, value in wanted.items():
        setattr(row, name, value)
    _demand_free(row)
    try:
        with transaction.atomic():
            row.save(force_insert=fresh)
    except IntegrityError as error:
        raise Refused("授课人、教室或本班在这个时间刚刚被排了课，请刷新页面后重试") from error


def demand_day(held: TrainingClass, day: date) -> None:
    """Raises Refused for a day outside the class."""
    if not held.start <= day <= held.end:
        raise Refused(f"{day} 不在班次起止日期内（{held.start} 至 {held.end}）")


def _others(row: Session, lesson: Lesson) -> tuple[Decimal, Decimal]:
    """Hours of the half-day's other sessions: of all of them, and of those before this one."""
    rows = Session.objects.filter(training_class_id=row.training_class_id, date=lesson.date, period=lesson.period)
    before = Sum("hours", filter=Q(number__lt=row.number))
    found = rows.exclude(pk=row.pk).aggregate(every=Sum("hours"), before=before)
    return found["every"] or Decimal(0), found["before"] or Decimal(0)


def _demand_no_check_in(row: Session) -> None:
    """The codes on the wall hold for the old time: who moves the session ends its check-in first."""
    if CheckIn.objects.filter(session=row, closes__gt=timezone.now()).exists():
        raise Refused(f"“{row}”已设置签到，改时间前请先到“签到”页结束签到；改好后再按新的时间开启")


def _span(held: TrainingClass, lesson: Lesson, before: Decimal) -> DateTimeTZRange:
    begins, ends = lesson.begins, lesson.ends
    if begins is None or ends is None:
        bell = rules.Bell.of(held.unit, lesson.date)
        return DateTimeTZRange(*bell.span(lesson.date, lesson.period, before, lesson.hours))
    if ends <= begins:
        raise Refused("下课时间应晚于上课时间；跨零点的课次请把下课日期填为次日")
    if ends - begins > LONGEST:
        raise Refused("一个课次不能超过 12 小时，请核对起止时间")
    return DateTimeTZRange(begins, ends)


def _demand_free(row: Session) -> None:
    """Ask the constraints first, to answer with who is taken; the database has the last word at saving."""
    try:
        row.validate_constraints()
    except ValidationError as error:
        raise Refused("；".join([*error.messages, *_taken_by(row)])) from error


def _taken_by(row: Session) -> list[str]:
    """Which other sessions hold the class, the teacher or the room at that time."""
    rows = Session.objects.filter(span__overlap=row.span).exclude(pk=row.pk).select_related("training_class")
    taken = rows.filter(training_class=row.training_class_id)
    taken |= rows.filter(teacher__isnull=False, teacher=row.teacher_id)
    taken |= rows.filter(room__isnull=False, room=row.room_id)
    return [f"{one.training_class.name} {one}" for one in taken.distinct()[:3]]


def _told(session: Session) -> dict[str, Any]:
    """What the log says of a session."""
    times = (timezone.localtime(end) for end in (session.span.lower, session.span.upper)) if session.span else ()
    span = "–".join(f"{end:%H:%M}" for end in times)
    return {
        "date": str(session.date), "period": session.period, "title": session.title, "hours": str(session.hours),
        "teacher_id": _key(session.teacher_id), "room_id": _key(session.room_id), "span": span,
    }  # fmt: skip


def _key(value: UUID | None) -> str | None:
    return str(value) if value else None
