"""The answer: yes or no, every way in words, and for “no” what would be needed and who could give it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from inspect import signature
from typing import Any
from uuid import UUID

from organization.access import Access, Held
from organization.models import Account, Grant
from organization.reasons import Reason, reasons
from organization.roles import Role
from portal import rules
from portal.acts import names_of
from portal.pages import words
from portal.pages.why.things import Thing, class_of
from portal.pages.why.wording import DOORS, need, relation, shown
from portal.rules import Door, Refusal
from training.models import ClassRole, Enrolment, TrainingClass
from training.models.classes import MANAGER_READS_AFTER, ClassRoleQuerySet

BUSINESS = (Role.STAFF, Role.LEADER, Role.LIAISON, Role.SCHOOL)
KINDS = ClassRole.Kind
EVERYWHERE = ""  # the path above every unit
NOBODY = Access(UUID(int=0), date(2000, 1, 1), ())


@dataclass(frozen=True)
class Asked:
    """Whose sight is asked about, and of what."""

    account: Account
    thing: Thing


@dataclass(frozen=True)
class Grants:
    """All grants an account ever had, which of them hold, and who gave them: three queries."""

    rows: list[Grant]
    in_force: set[int]
    given_by: dict[UUID, str]

    @classmethod
    def of(cls, account: Account) -> "Grants":
        every = account.grants.select_related("unit", "deputises__account").order_by(
            "role", "unit__path", "since", "pk"
        )
        rows, on = list(every), account.grants.on(account.access.day)
        given_by = names_of({one.granted_by_id for one in rows})
        return cls(rows, set(on.values_list("pk", flat=True)), given_by)

    def words(self, grant: Grant) -> dict[str, str]:
        original = grant.deputises
        stands_for = f"（代理 {original.account.display_name}）" if original else ""
        return {
            "by": f"{grant.get_role_display()}，单位“{grant.unit.name}”及其下级{stands_for}",
            "period": from_until(grant.since, grant.until),
            "given": self.given_by.get(grant.granted_by_id, "") if grant.granted_by_id else "",
        }


def answer(asked: Asked) -> dict[str, Any]:
    """Four to eight queries, however many grants there are."""
    account, thing = asked.account, asked.thing
    yes = thing.rows.visible_to(account).exists()
    grants = Grants.of(account)
    found = reasons(thing.rows, account.access) if yes else []
    return {
        "yes": yes,
        "ways": [way for reason in found for way in ways(asked, reason, grants)],
        "missing": [] if yes else missing(asked, grants),
        "needs": [] if yes else needs(thing),
        "disabled": not account.is_active,
        "pages": pages(account, class_of(thing.row)) if yes and opens_class(thing) else [],
    }


def ways(asked: Asked, reason: Reason, grants: Grants) -> list[dict[str, Any]]:
    """One way in words: once for each grant or class role that carries it."""
    row = asked.thing.row
    base = {"door": DOORS[reason.way], "relation": relation(row, reason.way)}
    if reason.way in KINDS.values:
        reading = roles_in(asked).filter(kind=reason.way).reading_on(asked.account.access.day)
        return [base | role_words(role) for role in reading]
    if reason.held is None:
        return [base | {"by": "", "period": "", "given": "", "shown": shown(reason.way, "")}]
    carried = [one for one in grants.rows if one.pk in grants.in_force and carries(one, reason.held)]
    return [base | grants.words(one) | {"shown": shown(reason.way, one.role)} for one in carried]


def carries(grant: Grant, held: Held) -> bool:
    stands_for = grant.deputises.account.display_name if grant.deputises else ""
    return (grant.role, grant.unit_id, stands_for) == (held.role, held.unit_id, held.deputy_for)


def from_until(since: date, until: date | None) -> str:
    return f"{words.day(since)}起，" + (f"至{words.day(until)}" if until else "长期有效")


# ---- roles in the class ----


def roles_in(asked: Asked) -> ClassRoleQuerySet:
    """The account's roles in the thing's class, past and coming ones too."""
    rows = ClassRole.objects.filter(account=asked.account, training_class=class_of(asked.thing.row))
    return rows.select_related("training_class", "deputises__account").order_by("since", "pk")


def kinds_for(thing: Thing) -> list[str]:
    """Which class roles come to a thing of this model: the assessment group has no part in files and workbooks."""
    return [way for way in thing.rows.ways(NOBODY) if way in KINDS.values]


def role_words(role: ClassRole) -> dict[str, str]:
    closed, manager = role.training_class.closed_on, role.kind == KINDS.MANAGER
    ends = f"；班次已结班，可读至{words.day(closed + MANAGER_READS_AFTER if manager else closed)}" if closed else ""
    stands_for = f"（代理 {role.deputises.account.display_name}）" if role.deputises else ""
    return {
        "by": f"本班{role.get_kind_display()}{stands_for}",
        "period": from_until(role.since, role.until) + ends,
        "given": "",
        "shown": shown(role.kind, role.kind),
    }


# ---- no: what there was, what would be needed ----


def missing(asked: Asked, grants: Grants) -> list[dict[str, str]]:
    """Grants and roles that would have opened the way on another day."""
    over = [one for one in grants.rows if one.pk not in grants.in_force]
    held = {Held(one.role, one.unit_id, one.unit.path): one for one in over}
    would = {reason.held for reason in reasons(asked.thing.rows, asked.account.access, held) if reason.held}
    lapsed = [grants.words(one) for key, one in held.items() if key in would]
    return lapsed + [role_words(one) for one in roles_in(asked).filter(kind__in=kinds_for(asked.thing))]


def needs(thing: Thing) -> list[dict[str, str]]:
    """What would open it: every role is tried over the whole tree, so that only what really opens it is named."""
    everywhere = {Held(role, UUID(int=0), EVERYWHERE): role for role in BUSINESS}
    by_way: dict[str, list[str]] = {}
    for reason in reasons(thing.rows, NOBODY, everywhere):
        if reason.held is not None:
            by_way.setdefault(reason.way, []).append(reason.held.role)
    named: dict[str, list[str]] = {kind: [] for kind in kinds_for(thing)} if class_of(thing.row) else {}
    return told(thing.row, by_way | named)


def told(row: Any, by_way: dict[str, list[str]]) -> list[dict[str, str]]:
    found = [need(row, way, roles) for way, roles in by_way.items()]
    return [{"what": what, "who": who} for what, who in found]


GENERAL_NEEDS: dict[str, dict[str, list[str]]] = {
    "class": {"organised": [Role.STAFF, Role.LEADER], KINDS.MANAGER: [], KINDS.ASSESSOR: []},
    "cadre": {"managed": [Role.STAFF, Role.LEADER], "works": [Role.STAFF, Role.LEADER, Role.LIAISON]},
    "document": {"organised": [Role.STAFF, Role.LEADER], KINDS.MANAGER: [], "addressed": [Role.STAFF, Role.LIAISON]},
}
GENERAL_NEEDS["trainee"] = GENERAL_NEEDS["class"] | GENERAL_NEEDS["cadre"]
GENERAL_NEEDS["address"] = GENERAL_NEEDS["trainee"]


def general_needs(kind: str) -> list[dict[str, str]]:
    """Where nothing was found in scope: the same words whether or not it exists."""
    return told(None, GENERAL_NEEDS[kind])


# ---- what the class's pages let the account do ----


def opens_class(thing: Thing) -> bool:
    return isinstance(thing.row, TrainingClass | Enrolment) or thing.model._meta.label == "assessments.Result"


def pages(account: Account, one: TrainingClass | None) -> list[dict[str, Any]]:
    """Every question of portal.rules about a class's door, answered for this account."""
    if one is None:
        return []
    return [page(question(Door()), question(Door.of(account, one))) for question in class_questions()]


def page(to_nobody: Refusal, to_account: Refusal | None) -> dict[str, Any]:
    if to_account is None:
        return {"ok": True, "what": to_nobody.what, "why": "", "who": ""}
    return {"ok": False, "what": to_account.what, "why": to_account.why, "who": to_account.who}


def class_questions() -> Iterable[Any]:
    """The questions that a door alone answers; `Door()`, which opens nothing, tells what each is about."""
    every = [question for name, question in vars(rules).items() if name.startswith("may_")]
    alone = [one for one in every if list(signature(one).parameters) == ["door"]]
    return [one for one in alone if one(Door()) is not None]
