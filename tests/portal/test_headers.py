"""What every answer carries, refusals too (SEC-07, SEC-09)."""

import pytest
from django.urls import reverse

from core.middleware import Permissions
from tests.access.matrix import ROWS

pytestmark = pytest.mark.django_db

CSP = (
    "default-src 'self'", "img-src 'self' data:", "script-src 'self'", "style-src 'self'", "object-src 'none'",
    "base-uri 'none'", "frame-ancestors 'none'", "form-action 'self'",
)  # fmt: skip
HEADERS = {
    "Content-Security-Policy": frozenset(CSP),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": Permissions.POLICY,
}
GETS = [row for row in ROWS if row.method == "get" and not row.prepared_by]


@pytest.mark.parametrize("part", ["staff", "trainee", "liaison"])
def test_sec_09_every_answer_has_its_headers(yunling, client_of, part):
    """200, 302, 403, 404 and 405 alike; pages of signed-in people are never stored."""
    client = client_of(yunling.accounts[part])
    seen = set()
    addresses = [reverse(f"portal:{row.name}", args=row.arguments(yunling)) for row in GETS]
    for url in [*addresses, "/nowhere/", reverse("admin:index"), reverse("portal:sign_out")]:
        answer = client.get(url)
        seen.add(answer.status_code)
        assert headers_of(answer) == HEADERS | {"Cache-Control": "no-store"}, url
    assert {200, 302, 404, 405} <= seen


def headers_of(answer) -> dict[str, object]:
    """The headers that protect a browser, the policy as a set."""
    found = {name: answer.headers.get(name) for name in (*HEADERS, "Cache-Control")}
    return found | {"Content-Security-Policy": frozenset((found["Content-Security-Policy"] or "").split("; "))}


def test_sec_09_refusals_and_failures_have_them_too(yunling, client_of, settings, monkeypatch):
    """403, 429 and 500."""
    settings.ROOT_URLCONF = "tests.access.forgetful"
    monkeypatch.setattr("portal.limits.counted", lambda limit, who, now: limit.most + 1)
    client = client_of(yunling.leader)
    client.raise_request_exception = False
    one = yunling.training_class.pk
    urls = {
        403: reverse("portal:class_roster", args=[one]),
        429: reverse("portal:class_list_export"),
        500: "/forgetful/",
    }
    for code, url in urls.items():
        answer = client.get(url)
        assert answer.status_code == code
        assert headers_of(answer) == HEADERS | {"Cache-Control": "no-store"}, url


def test_sec_09_a_visitor_gets_them_before_the_sign_in(client, db):
    for url, code in ((reverse("portal:sign_in"), 200), (reverse("portal:home"), 302), ("/nowhere/", 404)):
        answer = client.get(url)
        assert answer.status_code == code, url
        assert {name: headers_of(answer)[name] for name in HEADERS} == HEADERS, url


def test_sec_09_browsers_are_told_that_no_page_uses_the_device(client, db):
    policy = client.get(reverse("portal:sign_in"))["Permissions-Policy"].split(", ")
    assert {"camera=()", "microphone=()", "geolocation=()", "payment=()", "usb=()"} <= set(policy)
    assert all(entry.endswith("=()") for entry in policy)


def test_sec_09_no_inline_script_or_style(yunling, client_of):
    """The policy allows none, so no page may have one."""
    client = client_of(yunling.staff)
    for row in GETS:
        answer = client.get(reverse(f"portal:{row.name}", args=row.arguments(yunling)) + row.query)
        if "text/html" not in answer["Content-Type"]:
            continue
        body = answer.content.decode()
        assert " style=" not in body and "<style" not in body, row.name
        assert " onclick=" not in body and "javascript:" not in body, row.name


def test_downloads_are_attachments_with_chinese_names(yunling, client_of):
    answer = client_of(yunling.manager).get(reverse("portal:class_summary_csv", args=[yunling.training_class.pk]))
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"


def test_sec_07_cookies(yunling, client):
    """HttpOnly and SameSite; Secure and __Host- follow the scheme, the demo is http."""
    yunling.staff.set_password("Duan-Yun-2026")
    yunling.staff.save()
    client.get(reverse("portal:sign_in"))
    client.post(reverse("portal:sign_in"), {"username": "yl_staff", "password": "Duan-Yun-2026"})
    session, token = client.cookies["session"], client.cookies["csrftoken"]
    assert (session["httponly"], session["samesite"]) == (True, "Lax")
    assert (token["httponly"], token["samesite"]) == (True, "Strict")
