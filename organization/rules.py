"""May this account hold, give or change that? Each question answers None, or no with a sentence for the user."""

from collections.abc import Iterable

from django.db.models import Q
from django.utils import timezone

from organization.models import Account, FactorReset, Grant
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


def may_be_taken(account: Account, roles: Iterable[str], by: Account | None) -> str | None:
    """Nobody ends their own administrator's role, and the last account that holds one keeps it (QUALITY.md §5, B34)."""
    for role in set(roles) & set(THREE_ADMINISTRATORS):
        if by is not None and account.pk == by.pk:
            return "不能停用自己或结束自己的授权，请由另一位管理员办理"
        others = Grant.objects.on(timezone.localdate()).filter(role=role, account__is_active=True)
        if not others.exclude(account=account).exists():
            return f"这是最后一位{Role(role).label}，请先授权接替的人"
    return None


def may_approve_reset(reset: FactorReset, by: Account) -> str | None:
    """A lost second factor is taken off by two people, neither of whom is its owner (SEC-04)."""
    if not by.access.has(Role.SECURITY_ADMIN, Role.SYSTEM_ADMIN):
        return "动态口令重置由安全管理员申请，由另一位安全管理员或系统管理员批准"
    if by.pk in (reset.asked_by_id, reset.account_id):
        return "申请人和本人不能批准这次重置，请由另一位管理员批准"
    if reset.approved_by_id is not None:
        return "这次重置已经批准过"
    return None


def accounts_seen_by(user: Account) -> Q:
    """System and security administrators work with every account, the department with those of its units."""
    if user.access.has(Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN):
        return Q()
    return user.access.within("unit", Role.STAFF)
