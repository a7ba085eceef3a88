"""SEC-20, whatever happens: random acts by random people, through the services and past them, and what holds after each."""

from datetime import date, timedelta
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from core.operations import Refused
from organization.models import Account, Grant, Unit
from organization.roles import THREE_ADMINISTRATORS, Role
from organization.services import (
    add_account,
    approve_account,
    change_account,
    deputise,
    end_grant,
    grant,
    refuse_account,
)
from tests import factories as make
from training.models import ClassRole, TrainingClass
from training.services.naming import deputise_class_role, end_class_role, name_for_class

PEOPLE = 7
TWO_KINDS = """
SELECT count(*) FROM (
    SELECT account_id, since, until, CASE WHEN role LIKE '%%_admin' THEN role ELSE 'business' END AS kind
    FROM organization_grant
    UNION ALL SELECT account_id, since, until, 'business' FROM training_classrole
) AS one JOIN (
    SELECT account_id, since, until, role FROM organization_grant WHERE role LIKE '%%_admin'
) AS other USING (account_id)
WHERE one.kind <> other.role
  AND daterange(one.since, one.until, '[]') && daterange(other.since, other.until, '[]')
"""
HOLDERS = """
SELECT count(DISTINCT role) FROM organization_grant AS held JOIN organization_account AS who ON who.id = held.account_id
WHERE role LIKE '%%_admin' AND deputises_id IS NULL AND since <= %s AND (until IS NULL OR until >= %s)
  AND who.is_active AND who.approved_at IS NOT NULL
"""

someone = st.integers(0, PEOPLE - 1)
roles = st.sampled_from([*THREE_ADMINISTRATORS, *THREE_ADMINISTRATORS, Role.STAFF, Role.LIAISON])
ahead = st.sampled_from([-30, -1, 0, 1, 30, 80, 120])
last = st.sampled_from([None, 0, 20, 60, 100])


def day(days: int | None) -> Any:
    return None if days is None else timezone.localdate() + timedelta(days=days)


def asked(*entries: Any) -> bool:
    """Whether an act went through; what the rules or the database refuse leaves nothing behind."""
    act, *arguments = entries
    try:
        with transaction.atomic():
            act(*arguments)
    except (Refused, IntegrityError):
        return False
    return True


class Town(RuleBasedStateMachine):
    """Three administrators, four others, two classes; everything that gives, takes or moves a right."""

    unit: Unit
    people: list[Account]
    classes: list[TrainingClass]

    def __init__(self) -> None:
        super().__init__()
        self.undo = transaction.atomic()
        self.undo.__enter__()

    @classmethod
    def settle(cls) -> None:
        """Once: every run starts from here, because it takes back what it did."""
        cls.unit = make.unit("YL", "中共云岭市委组织部", kind=Unit.Kind.ORGANIZATION_DEPARTMENT)
        cls.classes = [make.training_class(cls.unit, f"第{number}期", f"YL-{number}") for number in (1, 2)]
        cls.people = [make.account(f"person{number}", f"某人{number}", unit=cls.unit) for number in range(PEOPLE)]
        for who, role in zip(cls.people, (*THREE_ADMINISTRATORS, Role.STAFF), strict=False):
            make.grant(who, role, cls.unit)

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.undo.__exit__(None, None, None)

    def who(self, number: int) -> Account:
        return Account.objects.get(pk=self.people[number].pk)

    @initialize()
    def begin(self) -> None:
        assert self.holders() == 3

    @rule(account=someone, by=someone, role=roles, since=ahead, until=last)
    def give(self, account: int, by: int, role: str, since: int, until: int | None) -> None:
        asked(
            lambda: grant(self.who(account), role, self.unit, day(since), until=day(until), actor=self.who(by)),
        )

    @rule(number=st.integers(0, 30), by=someone, until=ahead)
    def end(self, number: int, by: int, until: int) -> None:
        rows = list(Grant.objects.order_by("pk"))
        asked(lambda: end_grant(rows[number % len(rows)], day(until), actor=self.who(by)))

    @rule(number=st.integers(0, 30), account=someone, by=someone, since=ahead, until=ahead)
    def stand_in(self, number: int, account: int, by: int, since: int, until: int) -> None:
        held = list(Grant.objects.order_by("pk"))
        original = held[number % len(held)]
        days = (day(since), day(until))
        asked(lambda: deputise(original, self.who(account), *days, "本人休产假", actor=self.who(by)))

    @rule(account=someone, by=someone, one=st.integers(0, 1), since=ahead, until=last)
    def name(self, account: int, by: int, one: int, since: int, until: int | None) -> None:
        kind, days = ClassRole.Kind.MANAGER, (day(since), day(until))
        who = self.who(account)
        asked(lambda: name_for_class(self.classes[one], who, kind, days[0], until=days[1], actor=self.who(by)))

    @rule(number=st.integers(0, 9), account=someone, by=someone, until=ahead)
    def stand_in_for_a_class(self, number: int, account: int, by: int, until: int) -> None:
        named = list(ClassRole.objects.order_by("pk"))
        if named:
            original, days = named[number % len(named)], (day(0), day(until))
            who = self.who(account)
            asked(lambda: deputise_class_role(original, who, *days, "到县里挂职锻炼", actor=self.who(by)))

    @rule(number=st.integers(0, 9), by=someone, until=ahead)
    def end_for_a_class(self, number: int, by: int, until: int) -> None:
        named = list(ClassRole.objects.order_by("pk"))
        if named:
            asked(lambda: end_class_role(named[number % len(named)], day(until), actor=self.who(by)))

    @rule(account=someone, by=someone, active=st.booleans())
    def enable(self, account: int, by: int, active: bool) -> None:
        changed = self.who(account)
        changed.is_active = active
        asked(lambda: change_account(changed, actor=self.who(by)))

    @rule(by=someone, approver=someone, refused=st.booleans())
    def open(self, by: int, approver: int, refused: bool) -> None:
        made = Account(username=f"new{Account.objects.count()}", display_name="新人", unit=self.unit)
        add_account(made, actor=self.who(by))
        judge = (lambda: refuse_account(made, "材料不全，退回", actor=self.who(approver))) if refused else (
            lambda: approve_account(made, actor=self.who(approver), now=timezone.now())
        )  # fmt: skip
        went = asked(judge)
        made.refresh_from_db()
        assert (made.approved_at is not None) is (went and not refused)
        assert made.approved_by_id != made.opened_by_id or made.approved_at is None

    @rule(account=someone, role=roles, since=ahead, until=last)
    def write_past_the_services(self, account: int, role: str, since: int, until: int | None) -> None:
        row = Grant(account=self.people[account], role=role, unit=self.unit, since=day(since), until=day(until))
        asked(lambda: Grant.objects.bulk_create([row]))

    @rule(account=someone, one=st.integers(0, 1), since=ahead, until=last)
    def name_past_the_services(self, account: int, one: int, since: int, until: int | None) -> None:
        row = ClassRole(training_class=self.classes[one], account=self.people[account], kind="assessor",
                        since=day(since), until=day(until))  # fmt: skip
        asked(lambda: ClassRole.objects.bulk_create([row]))

    @invariant()
    def nobody_is_two(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(TWO_KINDS)
            assert cursor.fetchone() == (0,)

    @invariant()
    def somebody_is_each(self) -> None:
        assert self.holders() == 3

    def holders(self) -> int:
        today: date = timezone.localdate()
        with connection.cursor() as cursor:
            cursor.execute(HOLDERS, [today, today])
            return int(cursor.fetchone()[0])


def test_sec_20_whatever_happens_the_three_stay_three(db, fast_passwords):
    Town.settle()
    checks = [HealthCheck.too_slow, HealthCheck.filter_too_much]
    run_state_machine_as_test(
        Town, settings=settings(max_examples=80, stateful_step_count=8, deadline=None, suppress_health_check=checks)
    )
