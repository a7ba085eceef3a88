"""Signing in: the lock of django-axes first, then the password; `has_perm` is answered from grants (no Django groups)."""

from typing import Any

from axes.backends import AxesStandaloneBackend
from axes.exceptions import AxesBackendPermissionDenied
from django.contrib.auth.backends import BaseBackend, ModelBackend
from django.db.models import Model
from django.http import HttpRequest, HttpResponse

from organization.models import Account


class LockBackend(AxesStandaloneBackend):
    """Refuses a locked name as slowly as a wrong password, so that the time tells nothing (SEC-03)."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> None:
        try:
            super().authenticate(request, username=username, password=password, **kwargs)
        except AxesBackendPermissionDenied:
            Account().set_password(password)
            raise


class PasswordBackend(ModelBackend):
    """Django's check; an account that has not taken effect is refused after its password was looked at (SEC-20)."""

    def user_can_authenticate(self, user: Any) -> bool:
        return isinstance(user, Account) and user.may_sign_in


class GrantBackend(BaseBackend):
    """Checks a password as Django does and answers permissions from the grants in force."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> Account | None:
        account = PasswordBackend().authenticate(request, username=username, password=password)
        return account if isinstance(account, Account) else None

    def get_user(self, user_id: Any) -> Account | None:
        known = Account.objects.select_related("unit")  # the frame of every page names it
        return known.filter(pk=user_id, is_active=True, approved_at__isnull=False).first()

    def has_perm(self, user_obj: Account, perm: str, obj: Model | None = None) -> bool:  # type: ignore[override]
        return user_obj.access.has_permission(perm)


def same_answer(request: HttpRequest, response: HttpResponse, credentials: dict[str, Any]) -> HttpResponse:
    """What django-axes answers to a locked name: the page that a wrong password gets (`AXES_LOCKOUT_CALLABLE`)."""
    return response
