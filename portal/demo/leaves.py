"""Leave in the demo's running class: a request in every state, one person near the cap, one over it and let pass."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from django.db.models import F

from assessments.services import override_leave_cap
from core.operations import intention
from core.pictures import Upload
from organization.models import Account, Unit
from portal.demo.accounts import SINCE
from portal.demo.people import LEARNER
from portal.rescoring import follow_marks
from training.models import Enrolment, LeaveLevel, LeaveRequest, LeaveStep, Session, TrainingClass
from training.rules.leave import meter_of
from training.services.leave import (
    Answer,
    Wish,
    ask_leave,
    cancel_leave,
    decide_leave,
    name_approver,
    remind_leave,
    return_leave,
    withdraw_leave,
)

YES, KNOWING = Answer(True, "同意"), Answer(True, "情况特殊，同意", accept_over=True)
NOTE = Upload(b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
              b"trailer<</Root 1 0 R>>\n%%EOF\n", "门诊病历.pdf")  # fmt: skip


class Leaves:
    """The requests of one class, made through the school's own services."""

    def __init__(self, one: TrainingClass, accounts: Mapping[str, Account], today: date) -> None:
        self.one, self.accounts = one, accounts
        rows = Session.objects.of_class(one).filter(date__gt=today)
        self.slots: list[list[Session]] = list(_by_half_day(rows).values())
        people = Enrolment.objects.of_class(one).on_roster().select_related("cadre", "training_class")
        self.learner = people.get(cadre__name=LEARNER)
        clean = people.exclude(pk=self.learner.pk).exclude(marks__mark__in=["personal", "sick"])
        self.others = list(clean.distinct()[:9])

    @property
    def manager(self) -> Account:
        return self.accounts["banzhuren"]

    def ask(self, who: Enrolment, kind: str, reason: str, first: int, count: int, **more: Any) -> LeaveRequest:
        """Half-days of what lies ahead, counted from the first one."""
        chosen = [session.pk for slot in self.slots[first : first + count] for session in slot]
        actor = who.cadre.account or self.manager
        return ask_leave(who, Wish(kind, reason, chosen, **more), actor=actor)

    def agree(self, row: LeaveRequest, levels: int, said: Answer = YES) -> LeaveRequest:
        """The first so many levels agree."""
        parts = {"manager": "banzhuren", "office": "jiaowu", "vice_president": "fenguan", "department": "zuzhibu"}
        for step in list(row.steps.order_by("position"))[:levels]:
            row = decide_leave(row, said, actor=self.accounts[parts[step.level]])
        return row

    def make(self) -> None:
        """Nothing where the class has no half-day left."""
        if len(self.slots) < 6 or len(self.others) < 9:
            return
        self.open_ones()
        self.ended_ones()
        self.near_and_over()
        follow_marks(self.one, actor=self.accounts["zuzhibu"])

    def open_ones(self) -> None:
        self.ask(self.learner, "personal", "孩子家长会", 0, 1)
        self.agree(self.ask(self.learner, "sick", "复查，医院已预约", 3, 1, proof=NOTE), 1)
        waiting = self.agree(self.ask(self.others[0], "personal", "办理房产过户，需本人到场", 1, 2), 1)
        _long_ago(waiting, 3)
        remind_leave(waiting, actor=self.manager)
        self.agree(self.ask(self.others[1], "official", "随团赴省里参加招商活动", 0, 5), 2)

    def ended_ones(self) -> None:
        refused = self.ask(self.others[2], "personal", "参加同学聚会", 0, 1)
        decide_leave(refused, Answer(False, "培训期间一般不准事假，请调整时间"), actor=self.manager)
        withdraw_leave(self.ask(self.others[3], "sick", "感冒", 0, 1), actor=self.manager)
        cancelled = self.agree(self.ask(self.others[4], "official", "单位迎检", 2, 2), 2)
        cancel_leave(cancelled, actor=self.manager, reason="迎检改期，不再请假")
        returned = self.agree(self.ask(self.others[5], "sick", "发热就医", 0, 2, proof=NOTE), 2, KNOWING)
        later = returned.sessions.filter(live=True).order_by("session__date", "session__period").last()
        return_leave(returned, later.session_id if later else None, actor=self.manager)

    def near_and_over(self) -> None:
        """One as near the cap as whole half-days come, one just over it, whom the department lets pass."""
        within = self._most(self.others[6])
        if within:
            self.agree(self.ask(self.others[6], "personal", "老人住院需陪护", 0, within), 4)
        over = self.ask(self.others[7], "sick", "骨折住院", 0, within + 1, proof=NOTE)
        self.agree(over, 4, KNOWING)
        reason = "因公负伤，住院期间自学并补修课程，同意不作退学处理"
        override_leave_cap(self.others[7], actor=self.accounts["zuzhibu"], reason=reason)

    def _most(self, who: Enrolment) -> int:
        """How many of the half-days ahead, from the first on, stay within the cap."""
        fitting = 0
        for count in range(1, len(self.slots) + 1):
            sessions = [session for slot in self.slots[:count] for session in slot]
            if meter_of(who, "personal", sessions).over:
                break
            fitting = count
        return min(fitting, len(self.slots) - 1)


def _by_half_day(rows: Iterable[Session]) -> dict[tuple[date, int], list[Session]]:
    found: dict[tuple[date, int], list[Session]] = {}
    for row in rows:
        found.setdefault((row.date, row.period), []).append(row)
    return found


@intention
def _long_ago(row: LeaveRequest, days: int) -> None:
    """As if it had been asked for days ago: a step that waits too long is worth seeing."""
    back = timedelta(days=days)
    LeaveRequest.objects.filter(pk=row.pk).update(asked=F("asked") - back)
    LeaveStep.objects.filter(request=row, at__isnull=False).update(at=F("at") - back)


def name_approvers(school: Unit, accounts: Mapping[str, Account]) -> None:
    """教务处 and 分管校领导 of the city's school."""
    staff = accounts["zuzhibu"]
    name_approver(school, LeaveLevel.OFFICE, accounts["jiaowu"], SINCE, actor=staff)
    name_approver(school, LeaveLevel.VICE_PRESIDENT, accounts["fenguan"], SINCE, actor=staff)
    name_approver(school, LeaveLevel.VICE_PRESIDENT, accounts["jiaowu"], SINCE, actor=staff, deputy=True)
