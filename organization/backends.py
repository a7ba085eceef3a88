"""`has_perm` is answered from grants: there are no Django groups and no superusers."""

from typing import Any

from django.contrib.auth.backends import BaseBackend, ModelBackend
from django.db.models import Model
from django.http import HttpRequest

from organization.models import Account


class GrantBackend(BaseBackend):
    """Checks a password as Django does and answers permissions from the grants in force."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> Account | None:
        account = ModelBackend().authenticate(request, username=username, password=password)
        return account if isinstance(account, Account) else None

    def get_user(self, user_id: Any) -> Account | None:
        return Account.objects.filter(pk=user_id, is_active=True).first()

    def has_perm(self, user_obj: Account, perm: str, obj: Model | None = None) -> bool:  # type: ignore[override]
        return user_obj.access.has_permission(perm)
