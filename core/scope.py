"""Who sees which rows: `visible_to(user)` everywhere, and a guard that notices when somebody forgot.

The default manager stays plain. But a query on people's data that is *evaluated inside a request* without
`visible_to` or `unscoped("why")` raises `ScopeError`. Services (core.operations.intention) lift the guard: they act on
rows that their caller fetched in scope, inside one transaction.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Q
from django.http import Http404

if TYPE_CHECKING:
    from organization.access import Access
    from organization.models import Account

Ways = dict[str, Q]
"""Named relations by which an account comes to a row (`organised`, `works`, `own`, …); a row is seen by any of them."""

_guarded: ContextVar[bool] = ContextVar("scope_guarded", default=False)


class ScopeError(RuntimeError):
    """A query on people's data was evaluated in a request without `visible_to` or `unscoped`."""


@contextmanager
def guarded() -> Iterator[None]:
    """Switch the guard on (the middleware does, for the length of a request)."""
    token = _guarded.set(True)
    try:
        yield
    finally:
        _guarded.reset(token)


@contextmanager
def unscoped(why: str) -> Iterator[None]:
    """Lift the guard; `why` must be a sentence that a reviewer accepts."""
    if len(why) < 8:
        raise ValueError("say why this query needs no scope")
    token = _guarded.set(False)
    try:
        yield
    finally:
        _guarded.reset(token)


def any_of(ways: Mapping[str, Q]) -> Q:
    """The union; nothing where there is no way."""
    return reduce(or_, ways.values(), Q(pk__in=[]))


class ScopedQuerySet(models.QuerySet):
    """Base of every queryset on people's data; subclasses implement `ways`, and nothing else decides who sees a row."""

    _scoped = False

    def _clone(self) -> Self:
        clone: Self = super()._clone()  # type: ignore[misc]
        clone._scoped = self._scoped
        return clone

    def visible_to(self, user: "Account") -> Self:
        """Rows this account may see, by its grants and its roles in classes (DOMAIN.md §1, the two doors)."""
        known = user.is_authenticated and user.is_active
        rows = self.filter(any_of(self.ways(user.access))) if known else self.none()
        rows._scoped = True
        return rows

    def unscoped(self, why: str) -> Self:
        """The same rows without scope; `why` must be a sentence that a reviewer accepts."""
        if len(why) < 8:
            raise ValueError("say why this query needs no scope")
        rows = self.all()
        rows._scoped = True
        return rows

    def ways(self, access: "Access") -> Ways:
        """How an account with this access comes to rows; the page that explains asks the same conditions one by one."""
        raise NotImplementedError(f"{type(self).__name__} does not say who sees its rows")

    def _check_scope(self) -> None:
        if _guarded.get() and not self._scoped:
            raise ScopeError(f"{self.model.__name__}: 查询未经 visible_to 限定范围")

    def _fetch_all(self) -> None:
        if self._result_cache is None:
            self._check_scope()
        super()._fetch_all()

    def iterator(self, *args: Any, **kwargs: Any) -> Iterator[Any]:
        self._check_scope()
        return super().iterator(*args, **kwargs)

    def count(self) -> int:
        self._check_scope()
        return super().count()

    def exists(self) -> bool:
        self._check_scope()
        return super().exists()

    def aggregate(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        self._check_scope()
        return super().aggregate(*args, **kwargs)

    def update(self, **kwargs: Any) -> int:
        self._check_scope()
        return super().update(**kwargs)

    def delete(self) -> tuple[int, dict[str, int]]:
        self._check_scope()
        return super().delete()


def get_in_scope(queryset: ScopedQuerySet, user: "Account", **lookup: Any) -> Any:
    """The one row, or 404: what is out of scope is *not found*, never *forbidden*."""
    row = queryset.visible_to(user).filter(**lookup).first()
    if row is None:
        raise Http404("没有找到，或不在您的范围内")
    return row
