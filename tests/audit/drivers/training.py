"""How training's events come about."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from django.utils import timezone

from organization.directory import UnitRef
from tests import factories as make
from tests.access import stage
from tests.audit.drivers import afterwards, archive, classlife, leaves
from tests.audit.drivers.scene import Scene
from tests.audit.drivers.workbooks import book_of, bring
from training.models import ClassRole, CorrectionRequest, TrainingClass
from training.services.attendance import Edit, save_marks
from training.services.machine import import_machine, rehearse_machine
from training.services.moves import cancel_class, close_class, follow_calendar, reopen_class
from training.services.naming import deputise_class_role
from training.services.series import put_in_series
from training.services.slips import make_slips, order_slips
from training.sheets.rows import Mark, MarkRow, Period, RosterRow, SessionKey, SessionRow

START, END, CLOSED = date(2030, 3, 4), date(2030, 3, 15), date(2026, 4, 10)
AUTOMATIC = "actor request"


# ---- the workbook ----


def class_changed(scene: Scene) -> None:
    bring(scene, facts=replace(book_of(scene).facts, place="第二教室"))


def newcomer(scene: Scene) -> None:
    second, unit = scene.city.cadres[1], scene.city.sibling
    ref = UnitRef(str(unit.pk), unit.name)
    person = RosterRow(name=second.name, id_number=second.open_id_number(), unit=ref, post="科长")
    bring(scene, roster=(*book_of(scene).roster, person))


def newcomer_struck_off(scene: Scene) -> None:
    roster = book_of(scene).roster
    newcomer(scene)
    bring(scene, roster=roster)


def post_changed(scene: Scene) -> None:
    first, *others = book_of(scene).roster
    bring(scene, roster=(replace(first, post="副主任"), *others))


def another_session(scene: Scene) -> None:
    key = SessionKey(scene.city.open_class.start, Period.AFTERNOON)
    bring(scene, sessions=(*book_of(scene).sessions, SessionRow(key, "基层治理", Decimal("4"))))


def session_taken_away(scene: Scene) -> None:
    sessions = book_of(scene).sessions
    another_session(scene)
    bring(scene, sessions=sessions)


def session_renamed(scene: Scene) -> None:
    first, *others = book_of(scene).sessions
    bring(scene, sessions=(replace(first, title="调查研究"), *others))


def marked(scene: Scene, mark: Mark = Mark.LATE) -> None:
    book = book_of(scene)
    assert book.attendance is not None
    row = MarkRow(book.roster[0].label, book.sessions[0].key, mark)
    bring(scene, attendance=replace(book.attendance, marks=(row,)))


def mark_changed(scene: Scene) -> None:
    marked(scene)
    marked(scene, Mark.SICK)


def marks_gone(scene: Scene) -> None:
    marked(scene)
    bring(scene, attendance=None)


# ---- where a class stands, and who does what in it ----


def planned(scene: Scene) -> TrainingClass:
    state, days = TrainingClass.State.PLANNED, {"start": START, "end": END}
    return make.training_class(scene.city.root, "2030年春季班", "YL-2030-01", state=state, **days)


def begun(scene: Scene) -> None:
    planned(scene)
    follow_calendar(START)


def ended(scene: Scene) -> None:
    begun(scene)
    follow_calendar(date(2030, 3, 16))


def closed(scene: Scene) -> None:
    with scene.request_of("staff") as staff:
        close_class(scene.city.training_class, actor=staff, on=CLOSED)


def no_show_struck_off(scene: Scene) -> None:
    stage.stayed_away(scene.city)
    seen = scene.city.open_class.revision
    scene.post("manager", "class_no_shows", scene.city.open_class.pk, reason="经派出单位核实未报到", seen=seen)


def correction_asked(scene: Scene) -> CorrectionRequest:
    stage.closed(scene.city)
    who = scene.city.enrolments[0]
    cell = [who.training_class_id, who.pk, who.marks.get().session_id]
    scene.post("manager", "correction_ask", *cell, mark="sick", reason="病假条补交", seen=1)
    return CorrectionRequest.objects.get()


def correction_approved(scene: Scene) -> None:
    scene.post("staff", "correction_approve", correction_asked(scene).pk, seen=1)


def correction_returned(scene: Scene) -> None:
    scene.post("staff", "correction_return", correction_asked(scene).pk, reason="请附请假条原件", seen=1)


def correction_withdrawn(scene: Scene) -> None:
    scene.post("manager", "correction_withdraw", correction_asked(scene).pk, seen=1)


def reopened(scene: Scene) -> None:
    closed(scene)
    with scene.request_of("staff") as staff:
        reopen_class(scene.city.training_class, actor=staff, reason="补记考勤")


def cancelled(scene: Scene) -> None:
    with scene.request_of("staff") as staff:
        cancel_class(planned(scene), actor=staff, reason="与换届工作冲突")


def put_beside_its_runs(scene: Scene) -> None:
    with scene.request_of("staff") as staff:
        put_in_series(scene.city.open_class, "年轻干部班", actor=staff)


def assessor_named(scene: Scene) -> None:
    facts = {"training_class": scene.city.open_class.pk, "account": scene.account("liaison").pk, "kind": "assessor"}
    scene.fill_in("staff", "admin:training_classrole_add", since="2026-01-01", **facts)


def manager_stood_in_for(scene: Scene) -> None:
    today = timezone.localdate()
    named = scene.city.training_class.roles.get(kind=ClassRole.Kind.MANAGER)
    with scene.request_of("staff") as actor:
        deputise_class_role(
            named, scene.account("liaison"), today, today + timedelta(days=30), "本人挂职锻炼", actor=actor
        )


def assessor_ended(scene: Scene) -> None:
    held = ClassRole.objects.get(training_class=scene.city.open_class, kind=ClassRole.Kind.ASSESSOR)
    scene.fill_in("staff", "admin:training_classrole_change", held.pk, until="2026-06-30")


# ---- slips ----


def slips_made(scene: Scene) -> None:
    make_slips(order_slips(scene.city.training_class, actor=scene.account("manager")).pk)


def slips_taken(scene: Scene) -> None:
    stage.slip_sheet(scene.city)
    scene.post("manager", "slips_take", *scene.city.__dict__["slips"])


# ---- attendance ----


def cell_saved(scene: Scene) -> None:
    one = scene.city.open_class
    with scene.request_of("manager") as manager:
        save_marks(one, [Edit(scene.city.open_enrolment.pk, one.sessions.get().pk, "late")], actor=manager)


def machine_rehearsed(scene: Scene) -> None:
    one, who = scene.city.open_class, scene.city.open_enrolment
    data = f"姓名,打卡时间\n{who.roster_name},2026-05-11 08:20\n".encode()
    with scene.request_of("manager") as manager:
        scene.city.__dict__["machine"] = rehearse_machine(data, "打卡.csv", one, actor=manager)


def machine_imported(scene: Scene) -> None:
    machine_rehearsed(scene)
    with scene.request_of("manager") as manager:
        import_machine(scene.city.__dict__["machine"], actor=manager)


DRIVERS = (
    {
        **archive.TRAINING,
        "attendance.correct": correction_approved,
        "attendance.import": machine_imported,
        "attendance.rehearse": machine_rehearsed,
        "attendance.save": cell_saved,
        "class.cancelled": cancelled,
        "class.changed": class_changed,
        "class.closed": closed,
        "class.ended": (ended, AUTOMATIC),
        "class.reopened": reopened,
        "class.running": (begun, AUTOMATIC),
        "class.series": put_beside_its_runs,
        "class_role.add": assessor_named,
        "class_role.deputise": manager_stood_in_for,
        "class_role.end": assessor_ended,
        "correction.approve": correction_approved,
        "correction.ask": correction_asked,
        "correction.return": correction_returned,
        "correction.withdraw": correction_withdrawn,
        "enrolment.added": newcomer,
        "enrolment.changed": post_changed,
        "enrolment.no_show": no_show_struck_off,
        "enrolment.removed": newcomer_struck_off,
        "slips.make": (slips_made, "role request"),
        "slips.order": lambda scene: scene.post("manager", "slips_order", scene.city.training_class.pk),
        "slips.take": slips_taken,
        "session.added": another_session,
        "session.changed": session_renamed,
        "session.removed": session_taken_away,
        "mark.added": marked,
        "mark.changed": mark_changed,
        "mark.removed": marks_gone,
    }
    | classlife.TRAINING
    | afterwards.DRIVERS
    | leaves.TRAINING
)
