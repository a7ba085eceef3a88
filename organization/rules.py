"""May this account hold, give or change that? Each question answers None, or no with a sentence for the user."""

from collections.abc import Iterable
from datetime import date, timedelta

from django.db.models import Q
from django.utils import timezone

from core.idnumber import is_id_number
from core.operations import LEAST_REASON
from organization.models import Account, FactorReset, Grant
from organization.preferences import preference
from organization.roles import BUSINESS, THREE_ADMINISTRATORS, THREE_PEOPLE, Role, kind_of

ONE_DAY = timedelta(days=1)


def may_be_granted(
    account: Account, role: str, by: Account | None, since: date | None = None, until: date | None = None
) -> str | None:
    """The three administrators are three different people on every day, and nobody gives a role to themselves.

    DOMAIN.md §1, SEC-20. Without days the question is about today and all that follows.
    """
    if by is not None and account.pk == by.pk:
        return "不能给自己授权，请由另一位安全管理员办理"
    days = account.grants.overlapping(since or timezone.localdate(), until)
    others = set(days.values_list("kind", flat=True)) - {kind_of(role)}
    if others and kind_of(role) == BUSINESS:
        return "该账号在这段时间是系统、安全或审计管理员，不能再授予业务角色"
    return THREE_PEOPLE if others else None


def may_be_taken(
    account: Account, roles: Iterable[str], by: Account | None, last_day: date | None = None
) -> str | None:
    """Nobody ends their own administrator's role, and the last account that holds one keeps it (QUALITY.md §5, B34).

    Who remains must hold it by themselves and without an end: a deputy, or somebody for a month, is no successor.
    """
    today = timezone.localdate()
    after = max(today, last_day + ONE_DAY) if last_day else today
    for role in set(roles) & set(THREE_ADMINISTRATORS):
        if by is not None and account.pk == by.pk:
            return "不能停用自己或结束自己的授权，请由另一位管理员办理"
        if not Grant.objects.lasting(after).filter(role=role).exclude(account=account).exists():
            return f"这是最后一位{Role(role).label}，请先授权接替的人（不设止日）"
    return None


def may_end(granted: Grant, last_day: date, by: Account | None) -> str | None:
    """A deputy's grant ends at will, but not later than it may last; an administrator's own only with a successor."""
    if last_day < granted.since:
        return f"止日不能早于起日 {granted.since}"
    if granted.deputises is not None:
        if by is not None and by.pk == granted.account_id:
            return "不能更改自己的授权，请由另一位管理员办理"
        return longest_deputy(granted.deputises, last_day)
    return may_be_taken(granted.account, [granted.role], by, last_day)


def may_deputise(
    original: Grant, account: Account, since: date, until: date, reason: str, by: Account | None
) -> str | None:
    """A deputy (代理) holds somebody else's grant, for a reason, for some weeks, never longer than the original."""
    if original.deputises_id is not None:
        return "这本身是代理，不能再由他人代理，请从原授权指定"
    if original.account_id == account.pk:
        return "不能代理自己的授权"
    if fault := faults_of_deputy(original.since, since, until, reason):
        return fault
    return longest_deputy(original, until) or may_be_granted(account, original.role, by, since, until)


def faults_of_deputy(begun: date, since: date, until: date, reason: str) -> str | None:
    """What grants and roles in classes ask of every deputy: days in their order, and a reason."""
    if len(reason.strip()) < LEAST_REASON:
        return f"请写明代理理由（至少 {LEAST_REASON} 个字）"
    if since < begun:
        return f"代理不能早于原授权的起日 {begun}"
    if until < since:
        return f"止日不能早于起日 {since}"
    return None


def longest_deputy(original: Grant, until: date) -> str | None:
    return too_long(until, original.until, int(preference(original.unit, "deputy_days", timezone.localdate())))


def too_long(until: date, original_until: date | None, days: int) -> str | None:
    """A deputy stays at most so many days from today, and not longer than the original."""
    latest = timezone.localdate() + timedelta(days=days)
    if until > latest:
        return f"代理最长 {days} 天，止日不晚于 {latest}；到期仍需代理的，届时再办"
    if original_until is not None and until > original_until:
        return f"原授权到 {original_until} 为止，代理不能更长"
    return None


def may_be_username(name: str) -> str | None:
    """Anything but an ID number, which would stand in lists, in the log and beside every failed sign-in (SEC-03)."""
    return "身份证号不能作用户名，请用姓名拼音" if is_id_number(name) else None


def may_approve_account(account: Account, by: Account) -> str | None:
    """An account takes effect when a security administrator who did not open it says so (SEC-20)."""
    if not by.access.has(Role.SECURITY_ADMIN):
        return "新开的账号由安全管理员批准"
    if by.pk in (account.opened_by_id, account.pk):
        return "开通账号的人和本人不能批准这个账号，请由另一位安全管理员批准"
    if account.approved_at is not None:
        return f"{account}（{account.username}）已经批准过"
    if not account.is_active:
        return f"{account}（{account.username}）已停用，请系统管理员启用后再批准"
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
