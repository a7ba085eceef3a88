"""Check-in by scanning the wall: opened by the manager, taken from the trainee, counted for the wall (B5).

Made for a whole school in a minute: a scan reads two rows and writes two, locks nothing that others wait for, and leaves
the class's `revision` alone. A workbook may be rehearsed meanwhile, because it never touches rows that it did not write
(training.services.marks). What makes a scan happen once are two unique constraints, whatever runs beside it.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, connection
from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Now

from core.audit import record
from core.operations import Refused, intention
from core.scope import unscoped
from organization.models import Account, DeviceCredential
from organization.preferences import preference
from training import rules
from training.models import AttendanceMark, CheckIn, CheckInScan, Enrolment, Session, TrainingClass
from training.models.enrolment import HOLDS_A_SEAT
from training.rules import check_in as judge
from training.rules.check_in import Window
from training.services.attendance import hold_for_marks, settle

SETTLED_WITHIN = timedelta(days=7)
MARK = AttendanceMark.Mark
WHY = "a scan asks for the check-in behind its own code and for the seat of the account that scans"


# ---- opened, changed, ended by the manager ----


def usual_window(session: Session) -> Window:
    """By the bell and the school's 迟到起算; three queries."""
    one = session.training_class
    day = Session.objects.filter(training_class=one, date=session.date).unscoped("times of a session's half-day")
    late = preference(one.unit, "scan_late_minutes", session.date)
    return judge.window_of(rules.times(day, rules.Bell.of(one.unit, session.date))[session], late)


@intention
def open_check_in(session: Session, window: Window, *, actor: Account) -> CheckIn:
    """Let people check in to a session, or change the times of a check-in; its codes and its wall stay the same.

    Raises Refused for times that cannot be, and where the class's marks are not open any more.
    """
    held = hold_for_marks(session.training_class)
    if fault := window.fault():
        raise Refused(fault)
    if Enrolment.objects.of_class(held).on_roster().exclude(grade="").exists():
        raise Refused("本班成绩已确认，不能再签到；考勤有差错的，由班主任以更正成绩的方式办理")
    known = CheckIn.objects.select_for_update().filter(session=session).first()
    times = {"opens": window.opens, "late_from": window.late_from, "closes": window.closes}
    if known is None and window.closes <= _now():
        raise Refused("签到截止时间已经过去；补记请用考勤表")
    before = {name: getattr(known, name).isoformat() for name in times} if known else None
    check_in = known or CheckIn(training_class=held, session=session, secret=secrets.token_bytes(32))
    for name, value in times.items():
        setattr(check_in, name, value)
    check_in.opened_by_id = actor.pk
    check_in.wall_hash = judge.wall_hash(judge.wall_token(check_in))
    check_in.save()
    record(
        "check_in.change" if known else "check_in.open", actor=actor.pk, obj=check_in, unit_id=held.unit_id,
        before=before, after={name: value.isoformat() for name, value in times.items()},
    )  # fmt: skip
    return check_in


@intention
def end_check_in(check_in: CheckIn, *, actor: Account) -> CheckIn:
    """Close it now; the wall's address ends with it. Raises Refused where it is over."""
    one = hold_for_marks(check_in.training_class)
    held, now = CheckIn.objects.select_for_update(of=("self",)).get(pk=check_in.pk), _now()
    if held.closes <= now:
        raise Refused("签到已经结束")
    held.opens = min(held.opens, now - timedelta(seconds=1))
    held.late_from, held.closes = min(held.late_from, now), now
    held.save(update_fields=["opens", "late_from", "closes"])
    record("check_in.end", actor=actor.pk, obj=held, unit_id=one.unit_id)
    settle(one, {held.session_id}, Enrolment.objects.of_class(one).on_roster().count())
    return held


@intention
def settle_check_ins() -> int:
    """Sessions whose check-in has run out and whose roster is in are recorded ones; how many. Done twice, no harm.

    A class that somebody else holds is left to the next time.
    """
    seats = Enrolment.objects.filter(training_class=OuterRef("training_class")).on_roster().order_by()
    marks = AttendanceMark.objects.filter(session=OuterRef("session"), enrolment__state__in=HOLDS_A_SEAT).order_by()
    over = CheckIn.objects.filter(closes__lte=Now(), closes__gt=Now() - SETTLED_WITHIN, session__recorded=False)
    full = over.annotate(seats=_count(seats, "training_class"), marks=_count(marks, "session"))
    settled = 0
    for check_in in full.filter(marks__gt=0, marks=F("seats")):
        free = TrainingClass.objects.select_for_update(no_key=True, skip_locked=True)
        one = free.filter(pk=check_in.training_class_id).exclude(state__in=judge.OVER_STATES).first()
        if one is not None:
            settle(one, {check_in.session_id}, check_in.seats)
            settled += 1
    return settled


def _count(rows: QuerySet, by: str) -> Coalesce:
    """How many rows, as a column of the outer query."""
    return Coalesce(Subquery(rows.values(by).annotate(n=Count("pk")).values("n")), 0)


def _now() -> datetime:
    """The database's clock: every server judges by the same one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement_timestamp()")
        found: datetime = cursor.fetchone()[0]
    return found


# ---- the wall ----


@dataclass(frozen=True, slots=True)
class Wall:
    """What the wall shows: the check-in, the time, how many are in, of how many."""

    check_in: CheckIn
    now: datetime
    present: int
    total: int


def wall_of(token: str) -> Wall | None:
    """The wall behind an address; two queries. Nobody is named."""
    rows = CheckIn.objects.filter(wall_hash=judge.wall_hash(token)).select_related("session", "training_class")
    scans = CheckInScan.objects.filter(session=OuterRef("session"), accepted=True).order_by()
    check_in = rows.annotate(now=Now(), present=_count(scans, "session")).first()
    if check_in is None:
        return None
    with unscoped("the wall counts the roster and names nobody"):
        total = Enrolment.objects.filter(training_class=check_in.training_class_id).on_roster().count()
    return Wall(check_in, check_in.now, check_in.present, total)


# ---- a scan ----


@dataclass(frozen=True, slots=True)
class Scan:
    """Who scanned which code, with what phone, from where."""

    account: Account
    device: DeviceCredential | None
    address: str | None
    code: str


@dataclass(frozen=True, slots=True)
class Scene:
    """What a code leads to for somebody: the check-in, the moment, the seat on the roster, what speaks against it.

    `refused` is why the scan is not taken; `at` is when this person checked in before.
    """

    check_in: CheckIn
    now: datetime
    slot: int
    seat: Enrolment | None
    marked: str
    by_leave: bool
    at: datetime | None
    refused: str | None


def scene_of(short_key: str, scan: Scan) -> Scene | None:
    """Look without writing; None where the address is nobody's code. Two queries."""
    key = judge.key_from(short_key)
    if key is None:
        return None
    rows = CheckIn.objects.filter(pk=key).select_related("session", "training_class")
    check_in = rows.annotate(now=Now()).first()
    slot = judge.slot_in(check_in, scan.code) if check_in else None
    if check_in is None or slot is None:
        return None
    seat = _seat_of(check_in, scan.account)
    at = getattr(seat, "scanned", None)
    refused = judge.STRANGER if seat is None else judge.refusal_of(check_in, slot, check_in.now)
    marked, leave = getattr(seat, "marked", None) or "", getattr(seat, "leave_mark", None)
    return Scene(check_in, check_in.now, slot, seat, marked, leave is not None, at, None if at else refused)


def _seat_of(check_in: CheckIn, account: Account) -> Enrolment | None:
    """The account's seat on the roster, with its mark and its scan of this session."""
    here = {"enrolment": OuterRef("pk"), "session": check_in.session_id}
    marks = AttendanceMark.objects.filter(training_class=check_in.training_class_id, **here)
    scans = CheckInScan.objects.filter(training_class=check_in.training_class_id, accepted=True, **here)
    rows = Enrolment.objects.unscoped(WHY).on_roster().filter(training_class=check_in.training_class_id)
    return rows.filter(cadre__account=account).annotate(
        marked=Subquery(marks.values("mark")[:1]), leave_mark=Subquery(marks.values("leave")[:1]),
        scanned=Subquery(scans.values("at")[:1]),
    ).first()  # fmt: skip


def take(scene: Scene, scan: Scan) -> Scene:
    """Take the scan, or keep it with the reason why not; returns what is so now. A repeat changes nothing."""
    if scene.at is not None:
        return scene
    if scene.refused is None:
        try:
            return _accept(scene, scan, actor=scan.account)
        except IntegrityError as error:
            scene = _lost(scene, scan, error)
    if scene.refused is not None:
        _refuse(scene, scan, actor=scan.account)
    return scene


def _lost(scene: Scene, scan: Scan, error: IntegrityError) -> Scene:
    """Somebody was quicker: this person with another tap, or another person with this phone."""
    constraint = getattr(getattr(error.__cause__, "diag", None), "constraint_name", "")
    if constraint == "scan_one_person":
        seat = _seat_of(scene.check_in, scan.account)
        return _with(scene, at=getattr(seat, "scanned", None) or scene.now)
    if constraint == "scan_one_device":
        return _with(scene, refused=judge.ONE_PHONE)
    raise error


def _with(scene: Scene, *, at: datetime | None = None, refused: str | None = None, marked: str | None = None) -> Scene:
    mark = scene.marked if marked is None else marked
    return Scene(scene.check_in, scene.now, scene.slot, scene.seat, mark, scene.by_leave, at, refused)


@intention
def _accept(scene: Scene, scan: Scan, *, actor: Account) -> Scene:
    """The scan, and a mark where there is none: leave and marks by hand stay as they are. Two statements."""
    _scan_row(scene, scan, accepted=True, doubt=_doubt(scan)).save(force_insert=True)
    if scene.marked:
        return _with(scene, at=scene.now)
    mark = MARK.LATE if judge.is_late(scene.check_in, scene.now) else MARK.PRESENT
    row = AttendanceMark(
        training_class_id=scene.check_in.training_class_id, enrolment=scene.seat, session_id=scene.check_in.session_id,
        mark=mark, source=AttendanceMark.Source.SCAN, by_id=actor.pk, at=scene.now,
    )  # fmt: skip
    AttendanceMark.objects.bulk_create([row], ignore_conflicts=True)  # whoever marked by hand this moment is right
    return _with(scene, at=scene.now, marked=str(mark))


@intention
def _refuse(scene: Scene, scan: Scan, *, actor: Account) -> None:
    """Keep a refused scan for the manager, once a person and reason, with its audit entry."""
    reason = scene.refused or ""
    rows = CheckInScan.objects.filter(
        training_class=scene.check_in.training_class_id, session=scene.check_in.session_id
    )
    if rows.filter(account=scan.account, refused=reason).exists():
        return
    late = judge.seconds_late(scene.slot, scene.now)
    doubt = f"二维码更换 {late} 秒后才签到" if reason == judge.EXPIRED and late else ""
    _scan_row(scene, scan, accepted=False, refused=reason, doubt=doubt).save(force_insert=True)
    unit_id = scene.check_in.training_class.unit_id
    record("check_in.refused", actor=actor.pk, obj=scene.check_in, unit_id=unit_id, result="refused", reason=reason)


def _scan_row(scene: Scene, scan: Scan, **facts: object) -> CheckInScan:
    return CheckInScan(
        training_class_id=scene.check_in.training_class_id, session_id=scene.check_in.session_id, enrolment=scene.seat,
        account=scan.account, device=scan.device, at=scene.now, slot=scene.slot, source_ip=scan.address, **facts,
    )  # fmt: skip


def _doubt(scan: Scan) -> str:
    """What the manager should look at though the scan was taken."""
    return "用的是登记在他人名下的手机" if scan.device and scan.device.account_id != scan.account.pk else ""


def doubtful(session: Session) -> Q:
    """Scans that the manager should look at."""
    return Q(session=session) & (Q(accepted=False) | ~Q(doubt=""))
