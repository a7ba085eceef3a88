"""What an account may see on a day: its grants in force, as questions that querysets ask."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any, Self, TypeVar
from uuid import UUID

from django.db.models import Q

from organization.roles import Role, role_has_module, role_may

if TYPE_CHECKING:
    from organization.models import Account

T = TypeVar("T")
NOTHING = Q(pk__in=[])
AS_DEPUTY = "（代理）"


def deputy_of(names: Iterable[str]) -> str:
    """“（代理 XXX、YYY）”, "" for nobody."""
    return f"（代理 {'、'.join(sorted(names))}）" if names else ""


@dataclass(frozen=True, slots=True)
class Held:
    """One grant in force: its role, the unit's place in the tree, and whom a deputy stands in for ("" for one's own)."""

    role: str
    unit_id: UUID
    path: str
    deputy_for: str = ""


@dataclass(frozen=True)
class Access:
    """The grants of one account on one day; two queries never differ in what they believe about it."""

    account_id: UUID
    day: date
    held: tuple[Held, ...]
    found: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)
    """What apps above have asked about this account for this day (`once`)."""

    @classmethod
    def of(cls, account: "Account", day: date) -> Self:
        """One query; what deputies hold comes with the names of those they stand in for."""
        stands_for = "deputises__account__display_name"
        grants = account.grants.on(day).values_list("role", "unit_id", "unit__path", stands_for)
        return cls(account.pk, day, tuple(Held(role, unit, path, name or "") for role, unit, path, name in grants))

    def once(self, what: str, ask: Callable[[], T]) -> T:
        """What `ask` answers, asked the first time only: an access lives as long as a request."""
        if what not in self.found:
            self.found[what] = ask()
        answer: T = self.found[what]
        return answer

    def has(self, *roles: str) -> bool:
        return any(held.role in roles for held in self.held)

    @property
    def roles(self) -> list[str]:
        return sorted({held.role for held in self.held})

    @property
    def told_roles(self) -> list[str]:
        """The roles as the audit log keeps them: `staff`, or `staff（代理）` where it is held for somebody else alone."""
        own = {held.role for held in self.held if not held.deputy_for}
        return [role if role in own else f"{role}{AS_DEPUTY}" for role in self.roles]

    def deputy_words(self, role: str) -> str:
        """“（代理 XXX）” where the role is held for others alone, else ""."""
        stands_for = {held.deputy_for for held in self.held if held.role == role}
        return "" if "" in stands_for else deputy_of(stands_for)

    @property
    def opens_admin(self) -> bool:
        return self.has(Role.STAFF, Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN)

    def has_permission(self, permission: str) -> bool:
        return any(role_may(role, permission) for role in self.roles)

    def has_module(self, app_label: str) -> bool:
        return any(role_has_module(role, app_label) for role in self.roles)

    def paths(self, *roles: str) -> list[str]:
        """Places in the tree where one of these roles is held."""
        return sorted({held.path for held in self.held if held.role in roles})

    def covers(self, path: str, *roles: str) -> bool:
        """Whether one of these roles is held at a place of the tree or above it."""
        return any(path.startswith(held) for held in self.paths(*roles))

    def only_staff(self) -> "Access":
        """The same account seen through its department-staff grants alone."""
        return replace(self, held=tuple(held for held in self.held if held.role == Role.STAFF))

    def within(self, field: str, *roles: str) -> Q:
        """Rows whose unit (`field` leads to it) lies where one of these roles is held; grants flow down the tree."""
        return below(self.paths(*roles), f"{field}__path")

    def units(self, path: str) -> Q:
        """Units the account may see; the tree names no people, so the three administrators see all of it."""
        if self.has(Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN):
            return Q()
        return below({held.path for held in self.held}, path)


def below(paths: Iterable[str], field: str) -> Q:
    return reduce(or_, (Q(**{f"{field}__startswith": path}) for path in sorted(paths)), NOTHING)
