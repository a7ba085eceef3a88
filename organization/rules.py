"""May this account hold, give or change that? Each question answers None, or no with a sentence for the user."""

from django.db.models import Q
from django.utils import timezone

from organization.models import Account
from organization.roles import THREE_ADMINISTRATORS, Role


def may_be_granted(account: Account, role: str, by: Account | None) -> str | None:
    """The three administrators are three different people, and nobody gives a role to themselves (DOMAIN.md §1)."""
    if by is not None and account.pk == by.pk:
        return "不能给自己授权，请由另一位安全管理员办理"
    held = set(account.grants.on(timezone.localdate()).values_list("role", flat=True))
    if role in THREE_ADMINISTRATORS and held - {role}:
        return "系统、安全、审计管理员须由三名专人担任，不能兼任其他角色"
    if role not in THREE_ADMINISTRATORS and held & set(THREE_ADMINISTRATORS):
        return "该账号是系统、安全或审计管理员，不能再授予业务角色"
    return None


def accounts_seen_by(user: Account) -> Q:
    """System and security administrators work with every account, the department with those of its units."""
    if user.access.has(Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN):
        return Q()
    return user.access.within("unit", Role.STAFF)
