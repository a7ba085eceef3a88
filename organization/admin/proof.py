"""Pages whose writes ask who is there."""

from typing import Any

from django.http import HttpRequest

from core.admin import ScopedAdmin
from organization.freshness import ask_again


def asked_of_writers(page: ScopedAdmin, request: HttpRequest) -> Any:
    """The way to the confirmation for those who may write on this page and did not sign in lately (SEC-04)."""
    may_write = page.has_add_permission(request) or page.has_change_permission(request)
    return ask_again(request) if may_write else None
