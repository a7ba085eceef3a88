"""Recognitions held while they are decided about; who may decide about which."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.db.models import Q

from core.operations import Refused, demand_current
from organization.models import Account, Grant, Unit
from organization.roles import Role
from trainees.models import Recognition

State = Recognition.State
Seen = Mapping[UUID, int]
WhyNot = Callable[[Recognition], str]
COUNTING = (State.FILED, State.VETTED, State.CONFIRMED)
"""States in which a filing is worked with or stands."""


@dataclass(slots=True)
class Decided:
    """What became of the rows that somebody decided about: those that went through, the others with a reason each."""

    done: list[Recognition] = field(default_factory=list)
    left: list[tuple[Recognition, str]] = field(default_factory=list)

    def demand_all(self) -> Recognition:
        """The only row of an act about one. Raises Refused with its reason."""
        if self.left:
            raise Refused(self.left[0][1])
        return self.done[0]


def hold(keys: Collection[UUID]) -> list[Recognition]:
    """The rows, locked in the order of their keys, with their cadres."""
    return held(Q(pk__in=keys))


def held(which: Q) -> list[Recognition]:
    """The same for all that answer to a condition."""
    rows = Recognition.objects.select_for_update(of=("self",), no_key=True).filter(which).order_by("pk")
    return list(rows.select_related("cadre__unit", "cadre__managing_authority", "cadre__canonical", "platform"))


def hold_one(recognition: Recognition, states: Collection[str], word: str, seen: int | None) -> Recognition:
    """The row, locked. Raises Conflict where it moved on, Refused where its state does not fit."""
    held = hold([recognition.pk])[0]
    demand_current(seen, held.version, "这条申报")
    if held.state not in states:
        raise Refused(f"这条申报{held.get_state_display()}，不能{word}")
    return held


def part(rows: Iterable[Recognition], seen: Seen, states: Collection[str], why_not: WhyNot) -> Decided:
    """Which of the held rows may go on: neither changed since the page was opened, nor refused by a rule."""
    found = Decided()
    for row in rows:
        if reason := _moved_on(row, seen, states) or why_not(row):
            found.left.append((row, reason))
        else:
            found.done.append(row)
    return found


def _moved_on(row: Recognition, seen: Seen, states: Collection[str]) -> str:
    if row.state not in states:
        return f"现在的状态是“{row.get_state_display()}”，可能刚由他人办理"
    if seen.get(row.pk, row.version) != row.version:
        return "您打开页面之后内容已被更改，请重新查看"
    return ""


# ---- who ----


def is_own(row: Recognition, actor: Account) -> bool:
    return actor.pk in row.cadre.accounts


def is_department(row: Recognition, actor: Account) -> bool:
    places = (row.cadre.unit, row.cadre.managing_authority)
    return any(actor.access.covers(place.path, Role.STAFF) for place in places)


@dataclass(frozen=True, slots=True)
class Liaisons:
    """Where liaisons stand on a day, by the unit's place in the tree; one query for any number of rows."""

    by_path: Mapping[str, frozenset[UUID]]

    @classmethod
    def on(cls, day: date) -> "Liaisons":
        held = Grant.objects.on(day).filter(role=Role.LIAISON, account__is_active=True)
        found: dict[str, set[UUID]] = {}
        for path, account in held.values_list("unit__path", "account_id"):
            found.setdefault(path, set()).add(account)
        return cls({path: frozenset(accounts) for path, accounts in found.items()})

    def of(self, row: Recognition) -> set[UUID]:
        """Accounts of the liaisons who look after the cadre's unit, without the cadre's own."""
        near = (self.by_path.get(path, frozenset()) for path in Unit.upward(row.cadre.unit.path))
        return set().union(*near) - row.cadre.accounts
