"""Checking in to today's session of a running class: half the roster is in, one came by an old picture of the wall."""

from datetime import datetime, timedelta

from django.utils import timezone

from core.operations import intention
from organization.models import Account
from portal.demo.people import LEARNER
from trainees.services import link_account
from training.models import AttendanceMark, CheckIn, Enrolment, Session, TrainingClass
from training.rules import check_in as rules
from training.rules.check_in import Window
from training.services.check_in import Scan, open_check_in, scene_of, take, usual_window

LEAST = timedelta(minutes=5)
NETWORK = "10.20.8."


@intention
def check_in_today(one: TrainingClass, *, actor: Account, approver: Account) -> None:
    """Open until midnight, so that whoever looks at the demo finds it open; on a day without a session, the next one's."""
    now = timezone.now()
    ahead = (
        Session.objects.of_class(one).filter(date__gte=timezone.localdate(now)).select_related("training_class__unit")
    )
    session = ahead.first()
    if session is None:
        return
    midnight = timezone.localtime(now).replace(hour=23, minute=59, second=0, microsecond=0)
    if session.date != timezone.localdate(now) or midnight - now < LEAST:
        open_check_in(session, usual_window(session), actor=actor)
        return
    opened = open_check_in(session, Window(now - timedelta(minutes=20), midnight, midnight), actor=actor)
    seats = Enrolment.objects.of_class(one).on_roster().select_related("cadre").exclude(cadre__name=LEARNER)
    free = seats.exclude(pk__in=AttendanceMark.objects.filter(session=session).values("enrolment"))
    for place, seat in enumerate(list(free)[: len(seats) // 2 + 1]):
        scan_by(opened, _account_of(seat, place, approver), place, now, slots=4 if place == 0 else 0)


def scan_by(opened: CheckIn, who: Account, place: int, now: datetime, *, slots: int) -> None:
    """A scan of the wall as it was so many codes ago."""
    code = rules.code_of(opened, rules.slot_of(now) - slots)
    scan = Scan(who, None, f"{NETWORK}{20 + place}", code)
    if scene := scene_of(rules.short_key(opened), scan):
        take(scene, scan)


def _account_of(seat: Enrolment, place: int, approver: Account) -> Account:
    """Whose slip was handed out; in the demo nobody signs in with it."""
    if seat.cadre.account is not None:
        return seat.cadre.account
    account = Account(username=f"yl_xueyuan{place + 1:02}", display_name=seat.cadre.name, unit=seat.cadre.unit)
    account.set_unusable_password()
    account.approved_at = timezone.now()
    account.save(force_insert=True)
    link_account(account, seat.cadre, actor=approver)
    return account
