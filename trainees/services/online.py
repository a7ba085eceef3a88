"""Virtual on-line classes (网络虚拟班): made and filled in one act, looked after by three people, reminded when behind."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from core.audit import record
from core.operations import Refused, demand_current, intention, last_word
from organization.models import Account, Unit
from organization.roles import THREE_ADMINISTRATORS, Role
from trainees.models import Cadre, OnlineClass, OnlineLearner, OnlineReminder
from trainees.rules.online import expected_by

AT_ONCE = 2000
QUIET = timedelta(hours=24)
"""A class is reminded at most once in this time."""
TWICE = {"online_class_once": "这一年已有同名的网络虚拟班，请换一个名称"}


@dataclass(frozen=True, slots=True)
class ClassFacts:
    """What a class is; `unit_kind` empty stands for units of every kind."""

    unit: Unit
    name: str
    year: int
    since: date
    until: date
    unit_kind: str = ""
    target_hours: Decimal = Decimal(50)


@dataclass(frozen=True, slots=True)
class Office:
    """Who looks after a class."""

    manager: Account | None = None
    inspector: Account | None = None
    liaison: Account | None = None


@intention
def make_online_class(facts: ClassFacts, *, actor: Account, fill: bool = True) -> tuple[OnlineClass, int]:
    """A new class, filled with the serving cadres of the area's units of its kind; (the class, how many).

    Who learns in another class of that year stays there.
    """
    if not actor.access.covers(facts.unit.path, Role.STAFF):
        raise Refused(f"{facts.unit.name}不在您的范围内，网络虚拟班由其组织部建立")
    if not facts.since.year <= facts.year <= facts.until.year:
        raise Refused(f"起止日期应在 {facts.year} 年度内")
    with last_word(TWICE):
        made = OnlineClass.objects.create(
            unit=facts.unit, name=facts.name.strip(), unit_kind=facts.unit_kind, year=facts.year, since=facts.since,
            until=facts.until, target_hours=facts.target_hours,
        )  # fmt: skip
    count = _enter(made, fitting(made)) if fill else 0
    after = {"name": made.name, "year": made.year, "learners": count}
    record("online_class.make", actor=actor.pk, obj=made, unit_id=made.unit_id, after=after)
    return made, count


def fitting(one: OnlineClass) -> QuerySet[Cadre]:
    """Serving cadres who work in the area, in units of the class's kind, and learn in no other class of the year."""
    elsewhere = OnlineLearner.objects.filter(cadre=OuterRef("pk"), online_class__year=one.year, left_on=None)
    rows = Cadre.objects.living().filter(unit__path__startswith=one.unit.path).in_service()
    rows = rows.filter(unit__kind=one.unit_kind) if one.unit_kind else rows
    return rows.exclude(Exists(elsewhere))


@intention
def add_learners(one: OnlineClass, cadres: Collection[UUID], *, actor: Account, seen: int | None = None) -> int:
    """These cadres learn in the class; how many were added. Who had left comes back; nobody learns in two of a year."""
    held = _hold(one, actor, seen)
    here = Cadre.objects.living().filter(pk__in=cadres, unit__path__startswith=held.unit.path).in_service()
    if here.count() != len(set(cadres)):
        raise Refused("有人不在本地区、已离开或已合并，没有编入任何人")
    elsewhere = OnlineLearner.objects.present().filter(cadre__in=cadres, online_class__year=held.year)
    taken = elsewhere.exclude(online_class=held).select_related("cadre", "online_class").first()
    if taken:
        raise Refused(f"{taken.cadre.name}已在“{taken.online_class.name}”，请先从那个班移出")
    back = OnlineLearner.objects.filter(online_class=held, cadre__in=cadres, left_on__isnull=False).update(left_on=None)
    count = back + _enter(held, here.exclude(online_classes__online_class=held))
    record("online_class.enter", actor=actor.pk, obj=held, unit_id=held.unit_id, after={"learners": count})
    return count


@intention
def remove_learner(learner: OnlineLearner, *, actor: Account) -> OnlineLearner:
    """Out of the class from today; what was learned stays in the ledger."""
    held = OnlineLearner.objects.select_for_update(of=("self",)).select_related("online_class__unit").get(pk=learner.pk)
    _demand_area(held.online_class, actor)
    if held.left_on is None:
        held.left_on = timezone.localdate()
        held.save(update_fields=["left_on"])
        after = {"cadre": str(held.cadre_id)}
        record(
            "online_class.leave", actor=actor.pk, obj=held.online_class, unit_id=held.online_class.unit_id, after=after
        )
    return held


@intention
def name_office(one: OnlineClass, office: Office, *, actor: Account, seen: int | None = None) -> OnlineClass:
    """Who manages, inspects and is the liaison; none of the three administrators (SEC-20), nobody twice."""
    held = _hold(one, actor, seen)
    named = [who for who in (office.manager, office.inspector, office.liaison) if who]
    if any(who.access.has(*THREE_ADMINISTRATORS) for who in named):
        raise Refused("系统、安全、审计管理员不能担任网络虚拟班的班主任、督学员或联络员")
    if office.manager and office.manager == office.inspector:
        raise Refused("班主任和督学员不能是同一人：督学员督促的正是办班情况")
    before = _office(held)
    held.manager, held.inspector, held.liaison = office.manager, office.inspector, office.liaison
    held.version += 1
    held.save(update_fields=["manager", "inspector", "liaison", "version"])
    record(
        "online_class.office", actor=actor.pk, obj=held, unit_id=held.unit_id, before=before, after=_office(held)
    )  # fmt: skip
    return held


@intention
def remind_behind(one: OnlineClass, text: str, *, actor: Account, today: date) -> int:
    """A reminder for everybody who is behind by today; how many. Raises Refused where nobody is, or it was done today."""
    held = OnlineClass.objects.select_for_update(of=("self",)).select_related("unit").get(pk=one.pk)
    if not _looks_after(held, actor):
        raise Refused("督学提醒由该班班主任、督学员、联络员或组织部发出")
    if OnlineReminder.objects.filter(learner__online_class=held, at__gt=timezone.now() - QUIET).exists():
        raise Refused("24 小时内已经提醒过，不重复提醒")
    slow = behind(held, today).order_by("pk").values_list("pk", flat=True)
    rows = [OnlineReminder(learner_id=key, text=text.strip()[:200], actor_id=actor.pk) for key in slow]
    if not rows:
        raise Refused("没有人落后，不需要提醒")
    OnlineReminder.objects.bulk_create(rows, batch_size=AT_ONCE)
    record("online_class.remind", actor=actor.pk, obj=held, unit_id=held.unit_id, after={"learners": len(rows)})
    return len(rows)


def behind(one: OnlineClass, today: date) -> QuerySet[OnlineLearner]:
    """Who has fewer hours in the ledger than should be there by today."""
    expected = expected_by(one.since, one.until, one.target_hours, today)
    rows = OnlineLearner.objects.unscoped("learners of a class whom the caller looks after")
    return rows.filter(online_class=one).present().with_progress().filter(Q(hours__lt=expected))


def _enter(one: OnlineClass, cadres: QuerySet[Cadre]) -> int:
    keys = list(cadres.order_by("pk").values_list("pk", flat=True))
    rows = (OnlineLearner(online_class=one, cadre_id=key) for key in keys)
    OnlineLearner.objects.bulk_create(rows, batch_size=AT_ONCE, ignore_conflicts=True)
    return len(keys)


def _hold(one: OnlineClass, actor: Account, seen: int | None) -> OnlineClass:
    held = OnlineClass.objects.select_for_update(of=("self",)).select_related("unit").get(pk=one.pk)
    _demand_area(held, actor)
    demand_current(seen, held.version, "这个班")
    return held


def _demand_area(one: OnlineClass, actor: Account) -> None:
    if not actor.access.covers(one.unit.path, Role.STAFF):
        raise Refused(f"网络虚拟班“{one.name}”由{one.unit.name}管理")


def _looks_after(one: OnlineClass, actor: Account) -> bool:
    return actor.access.covers(one.unit.path, Role.STAFF) or actor.pk in (
        one.manager_id,
        one.inspector_id,
        one.liaison_id,
    )


def _office(one: OnlineClass) -> dict[str, str]:
    return {name: str(getattr(one, f"{name}_id") or "") for name in ("manager", "inspector", "liaison")}
