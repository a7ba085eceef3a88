"""SEC-23: one more than the limit is refused with a sentence, and stands in the log."""

from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse

from core.models import AuditEntry
from portal.limits import BY_PAGE, LIMITS, counted

EXPORT, SEARCH = (next(one for one in LIMITS if one.name == name) for name in ("export", "search"))


@pytest.fixture(autouse=True)
def still(monkeypatch):
    """The clock stands: no span ends while a test counts."""
    monkeypatch.setattr("portal.limits.time", SimpleNamespace(time=lambda: 1_800_000_000.0))


@pytest.fixture
def staff(yunling):
    client = Client()
    client.force_login(yunling.staff)
    return client


def test_sec_23_one_export_too_many(staff, yunling):
    one = yunling.training_class
    urls = [reverse("portal:class_list_export"), reverse("portal:class_summary_csv", args=[one.pk])]
    answers = [staff.get(urls[number % 2]).status_code for number in range(EXPORT.most)]
    assert set(answers) == {200}
    answer = staff.get(urls[0])
    assert answer.status_code == 429
    assert "一小时内最多导出 10 次" in answer.content.decode()
    assert 0 < int(answer["Retry-After"]) <= 3600
    entry = AuditEntry.objects.get(event="access.limited")
    assert (entry.actor_id, entry.result, entry.after["page"]) == (
        yunling.staff.pk,
        "refused",
        "portal:class_list_export",
    )
    exported = AuditEntry.objects.filter(event__in=["class_list.export", "results.export"])
    assert exported.count() == EXPORT.most


def test_sec_23_everybody_has_a_count_of_their_own(staff, yunling):
    for _ in range(EXPORT.most):
        staff.get(reverse("portal:class_list_export"))
    other = Client()
    other.force_login(yunling.manager)
    assert other.get(reverse("portal:class_list_export")).status_code == 200


def test_sec_23_searches_by_the_minute(staff):
    answers = [staff.get(reverse("portal:search"), {"q": "司"}).status_code for _ in range(SEARCH.most + 1)]
    assert answers == [200] * SEARCH.most + [429]


def test_sec_23_head_counts_as_get(staff):
    """What answers HEAD makes the whole page: its length would tell what was found, as often as somebody asks."""
    answers = [staff.head(reverse("portal:search"), {"q": "司"}).status_code for _ in range(SEARCH.most + 1)]
    assert answers == [200] * SEARCH.most + [429]


def test_sec_23_a_new_span_begins_at_nought():
    who = "tests-of-spans"
    assert [counted(SEARCH, f"{who}-{id(object())}", 60.0 * n) for n in (1, 2)] == [1, 1]


def test_sec_23_without_the_cache_nobody_is_kept_from_work(settings):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache",
                                   "LOCATION": "redis://127.0.0.1:1/0"}}  # fmt: skip
    assert counted(SEARCH, "anybody", 0.0) == 0


def test_sec_23_every_page_that_is_limited_exists():
    from tests.access.test_matrix import get_resolver, routes

    names = {name for name, _ in routes(get_resolver())}
    assert {page for _, page in BY_PAGE} - names == set()


def test_sec_23_every_export_is_counted():
    from tests.access.test_matrix import get_resolver, routes

    exports = {name for name, _ in routes(get_resolver()) if name.startswith("portal:") and name.endswith("_export")}
    assert exports - {page for _, page in BY_PAGE} == set()
