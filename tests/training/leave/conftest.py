"""A class of one week, ten half-days of four hours, with everybody who decides about leave."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from organization.models import Account, Unit
from organization.roles import Role
from tests import factories as make
from training.models import Enrolment, LeaveLevel, LeaveRequest, Session, TrainingClass
from training.services.leave import Answer, Wish, ask_leave, decide_leave


@dataclass
class School:
    """The cast of a story about leave."""

    root: Unit
    training_class: TrainingClass
    trainee: Enrolment
    other: Enrolment
    sessions: list[Session]
    accounts: dict[str, Account]

    def __getattr__(self, name: str) -> Account:
        try:
            return self.__dict__["accounts"][name]
        except KeyError:
            raise AttributeError(name) from None

    def ask(self, sessions: Iterable[Session], kind: str = "personal", who: Enrolment | None = None) -> LeaveRequest:
        wish = Wish(kind, "家中有事", [one.pk for one in sessions])
        return ask_leave(who or self.trainee, wish, actor=self.accounts["trainee"])

    def grant(self, request: LeaveRequest, **said: Any) -> LeaveRequest:
        """Every level agrees, in order."""
        parts = {"manager": "manager", "office": "office", "vice_president": "president", "department": "staff"}
        for step in list(request.steps.order_by("position")):
            request = decide_leave(request, Answer(True, **said), actor=self.accounts[parts[step.level]])
        return request

    def granted(self, sessions: Iterable[Session], kind: str = "personal", **said: Any) -> LeaveRequest:
        return self.grant(self.ask(sessions, kind), **({"accept_over": True} | said))


def build_school(start: date = date(2027, 3, 1)) -> School:
    root = make.unit("YL", "中共云岭市委组织部", kind=Unit.Kind.ORGANIZATION_DEPARTMENT)
    school = make.unit("YLDX", "中共云岭市委党校", root, kind=Unit.Kind.PARTY_SCHOOL)
    people = (("staff", "顾云舟"), ("manager", "韩朝雪"), ("office", "教务甲"), ("president", "校领导甲"),
              ("deputy", "代理甲"), ("trainee", "司马清扬"), ("stranger", "路人甲"))  # fmt: skip
    accounts = {part: make.account(f"yl_{part}", name, unit=school) for part, name in people}
    make.grant(accounts["staff"], Role.STAFF, root)
    end = date(start.year, start.month, start.day + 11)
    one = make.training_class(root, "中青班", "YL-1", start=start, end=end, state="running", attendance_kept=False)
    make.class_role(accounts["manager"], one)
    make.approver(root, LeaveLevel.OFFICE, accounts["office"])
    make.approver(root, LeaveLevel.VICE_PRESIDENT, accounts["president"])
    first = make.enrolment(one, make.cadre("司马清扬", school, root, account=accounts["trainee"]), 1, state="reported")
    other = make.enrolment(one, make.cadre("欧阳致远", school, root), 2, state="reported")
    sessions = [make.session(one, number, recorded=False) for number in range(14)]
    return School(root, one, first, other, sessions, accounts)


def lesson(one: TrainingClass, day: date, period: int, number: int, hours: str, **fields: Any) -> Session:
    """A session of a half-day that has several."""
    return Session.objects.create(
        training_class=one, date=day, period=period, number=number, hours=Decimal(hours), title="讨论", **fields
    )


@pytest.fixture
def school(db: None, files_in_memory: None) -> School:
    return build_school()
