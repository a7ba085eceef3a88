"""How the events of leave and of checking in come about."""

from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from tests.access import stage
from tests.audit.drivers.scene import Scene
from training.models import CheckIn, LeaveLevel, LeaveRequest, Session
from training.rules import check_in as judge
from training.rules.check_in import Window
from training.services.check_in import Scan, end_check_in, open_check_in, scene_of, take
from training.services.leave import (
    Answer,
    Wish,
    ask_leave,
    cancel_leave,
    decide_leave,
    end_approver,
    follow_timetable,
    name_approver,
    remind_leave,
    return_leave,
    shorten_leave,
    withdraw_leave,
)

SINCE = date(2026, 1, 1)


def asked(scene: Scene) -> LeaveRequest:
    wish = Wish("personal", "家中有事", stage.leave_sessions(scene.city))
    with scene.request_of("trainee") as trainee:
        return ask_leave(scene.city.open_enrolment, wish, actor=trainee)


def prepared(scene: Scene, *, granted: bool = False) -> LeaveRequest:
    """A leave that waits for the office, or one that it granted."""
    (stage.a_granted_leave if granted else stage.a_leave)(scene.city)
    return LeaveRequest.objects.get(pk=scene.city.__dict__["leave"])


def withdrawn(scene: Scene) -> None:
    row = asked(scene)
    with scene.request_of("trainee") as trainee:
        withdraw_leave(row, actor=trainee)


def decided(scene: Scene, said: Answer) -> None:
    row = asked(scene)
    with scene.request_of("manager") as manager:
        decide_leave(row, said, actor=manager)


def granted(scene: Scene) -> None:
    row = prepared(scene)
    with scene.request_of("approver") as approver:
        decide_leave(row, Answer(True, accept_over=True), actor=approver)


def reminded(scene: Scene) -> None:
    row = prepared(scene)
    with scene.request_of("trainee") as trainee:
        remind_leave(row, actor=trainee)


def cancelled(scene: Scene) -> None:
    row = prepared(scene, granted=True)
    with scene.request_of("manager") as manager:
        cancel_leave(row, actor=manager, reason="学员已到课")


def second_session(row: LeaveRequest) -> Any:
    return row.sessions.order_by("pk")[1].session_id


def shortened(scene: Scene) -> None:
    row = prepared(scene, granted=True)
    with scene.request_of("manager") as manager:
        shorten_leave(row, second_session(row), actor=manager)


def returned(scene: Scene) -> None:
    row = prepared(scene, granted=True)
    with scene.request_of("manager") as manager:
        return_leave(row, second_session(row), actor=manager)


def timetable_followed(scene: Scene) -> None:
    """A half-day that was asked for as a whole has one session more."""
    row = prepared(scene, granted=True)
    one = scene.city.open_class
    Session.objects.create(training_class=one, date=one.start, period=1, number=2, title="讨论", hours=2)
    with scene.request_of("manager") as manager:
        follow_timetable(row.training_class, actor=manager)


def proof_taken(scene: Scene) -> None:
    scene.get("manager", "leave_proof", prepared(scene).pk, code=302)


def approver_named(scene: Scene) -> Any:
    with scene.request_of("staff") as staff:
        return name_approver(scene.city.root, LeaveLevel.OFFICE, scene.account("liaison"), SINCE, actor=staff)


def approver_ended(scene: Scene) -> None:
    named = approver_named(scene)
    with scene.request_of("staff") as staff:
        end_approver(named, date(2026, 6, 30), actor=staff)


# ---- checking in ----


def opened(scene: Scene, minutes: int = 30) -> CheckIn:
    """A check-in to the open class's session, of now."""
    now = timezone.now()
    window = Window(now - timedelta(minutes=5), now + timedelta(minutes=5), now + timedelta(minutes=minutes))
    with scene.request_of("manager") as manager:
        return open_check_in(scene.city.open_class.sessions.get(), window, actor=manager)


def moved(scene: Scene) -> None:
    opened(scene)
    opened(scene, 40)


def closed(scene: Scene) -> None:
    found = opened(scene)
    with scene.request_of("manager") as manager:
        end_check_in(found, actor=manager)


def stranger_scanned(scene: Scene) -> None:
    found = opened(scene)
    code = judge.code_of(found, judge.slot_of(timezone.now()))
    with scene.request_of("liaison") as liaison:
        scan = Scan(liaison, None, "10.20.30.40", code)
        seen = scene_of(judge.short_key(found), scan)
        assert seen is not None
        take(seen, scan)


TRAINING = {
    "check_in.change": moved,
    "check_in.end": closed,
    "check_in.open": opened,
    "check_in.refused": stranger_scanned,
    "leave.agree": lambda scene: decided(scene, Answer(True)),
    "leave.ask": (asked, "role"),
    "leave.cancel": cancelled,
    "leave.follow": timetable_followed,
    "leave.grant": (granted, "role"),
    "leave.proof": proof_taken,
    "leave.refuse": lambda scene: decided(scene, Answer(False, "与考试时间冲突")),
    "leave.remind": (reminded, "role"),
    "leave.return": returned,
    "leave.shorten": shortened,
    "leave.withdraw": (withdrawn, "role"),
    "leave_approver.add": approver_named,
    "leave_approver.end": approver_ended,
}
