"""A class that is complete and may be closed."""

from dataclasses import dataclass
from datetime import date

from organization.models import Account
from organization.roles import Role
from tests import factories as make
from trainees.models import CreditBalance, CreditEntry
from training.models import Enrolment, Session, TrainingClass
from training.services.moves import close_class, reopen_class

State = Enrolment.State
CLOSED = date(2026, 3, 20)


@dataclass
class Story:
    """A class of three, four half-days of four hours on two days, attendance kept, results confirmed."""

    training_class: TrainingClass
    seats: list[Enrolment]
    sessions: list[Session]
    staff: Account

    def close(self, **more):
        return close_class(self.training_class, actor=self.staff, on=CLOSED, **more)

    def reopen(self):
        return reopen_class(self.training_class, actor=self.staff, reason="补记考勤")

    def set(self, **facts):
        TrainingClass.objects.filter(pk=self.training_class.pk).update(**facts)


def a_story():
    office = make.unit("YL", "云岭市委组织部")
    staff = make.account("yl_staff", "顾云舟", unit=office)
    make.grant(staff, Role.STAFF, office)
    one = make.training_class(office, "春季班", "YL-01")
    seats = [
        make.enrolment(one, make.cadre(f"学员{n}", office, office), n + 1, state=State.REPORTED, grade="合格")
        for n in range(3)
    ]
    return Story(one, seats, [make.session(one, n) for n in range(4)], staff)


def balances():
    rows = CreditBalance.objects.order_by("cadre", "year")
    return list(rows.values_list("cadre", "year", "off_job_hours", "off_job_days", "required", "elective"))


def hours(story):
    rows = CreditEntry.objects.live().filter(source_kind="class").values_list("source_id", "hours", "days")
    return {story.seats.index(who): (h, d) for key, h, d in rows for who in story.seats if who.pk == key}
