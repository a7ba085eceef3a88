"""Writing a timetable from typed rows."""

from collections.abc import Collection, Sequence
from decimal import Decimal
from typing import Any

from core.operations import Refused
from courses.models import CourseCategory
from training.models import AttendanceMark, CheckIn, Session, TrainingClass
from training.services.changes import Changes, difference, unnamed
from training.services.leave.following import release_sessions
from training.sheets.rows import SessionKey, SessionRow

_WRITTEN = [
    "title", "hours", "category_name", "category", "form", "teacher_name", "teacher", "place_name", "room", "course",
    "span", "recorded", "version",
]  # fmt: skip
# What a page had linked to a text holds as long as the workbook writes the same text.
_LINKED = {"teacher_name": "teacher_id", "place_name": "room_id", "title": "course_id", "hours": "span"}


def write_sessions(
    training_class: TrainingClass, rows: Sequence[SessionRow], recorded: Collection[SessionKey]
) -> tuple[dict[SessionKey, Session], Changes]:
    """Bring the timetable to `rows`; returns sessions by key, and what changed.

    A session that is no longer listed goes, with the marks that came from a workbook. Raises Refused when a page, a
    leave or a machine has marked somebody in it.
    """
    changes = Changes("session", "课次")
    categories = {row.name: row for row in CourseCategory.objects.all()}
    there = {_key(row): row for row in Session.objects.filter(training_class=training_class)}
    by_key: dict[SessionKey, Session] = {}
    added, changed = [], []
    for row in rows:
        wanted = _fields(row, categories.get(row.category), row.key in recorded)
        session = there.pop(_match(row.key), None)
        if session is None:
            when = {"date": row.key.date, "period": int(row.key.period), "number": row.key.number}
            session = Session(training_class=training_class, **when, **wanted)
            added.append(session)
            changes.note("added", session, after={"session": str(row.key), "title": row.title})
        else:
            before, after = difference(session, wanted)
            if after:
                _rewrite(session, wanted, after)
                changed.append(session)
                changes.note("changed", session, unnamed(before), unnamed(after))
        by_key[row.key] = session
    _remove(list(there.values()), changes)
    Session.objects.bulk_create(added, batch_size=500)
    Session.objects.bulk_update(changed, _WRITTEN, batch_size=500)
    return by_key, changes


def _rewrite(session: Session, wanted: dict[str, Any], changed: Collection[str]) -> None:
    for name, value in wanted.items():
        setattr(session, name, value)
    for name in _LINKED.keys() & set(changed):
        setattr(session, _LINKED[name], None)
    session.version += 1


def _match(key: SessionKey) -> tuple[Any, int, int]:
    return key.date, int(key.period), key.number


def _key(session: Session) -> tuple[Any, int, int]:
    return session.date, session.period, session.number


def _fields(row: SessionRow, category: CourseCategory | None, recorded: bool) -> dict[str, Any]:
    return {
        "title": row.title,
        "hours": row.hours.quantize(Decimal("0.1")),
        "category_name": row.category,
        "category_id": category.pk if category else None,
        "form": row.form,
        "teacher_name": row.teacher,
        "place_name": row.place,
        "recorded": recorded,
    }


def _remove(gone: list[Session], changes: Changes) -> None:
    marks = AttendanceMark.objects.filter(session__in=gone)
    held = marks.exclude(source=AttendanceMark.Source.WORKBOOK).select_related("session").first()
    if held is not None:
        raise Refused(f"课程表中去掉了“{held.session}”，但该课次已有页面、请假或考勤机记录，不能由工作簿删除")
    if opened := CheckIn.objects.filter(session__in=gone).select_related("session").first():
        raise Refused(f"课程表中去掉了“{opened.session}”，但该课次已开过签到，不能由工作簿删除")
    release_sessions(gone)
    marks.delete()
    for session in gone:
        changes.note("removed", session, {"session": str(session), "title": session.title})
    Session.objects.filter(pk__in=[session.pk for session in gone]).delete()
