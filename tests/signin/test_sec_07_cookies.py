"""SEC-07: what the cookies carry; the table of addresses (tests/access) holds CSRF and GET without change."""

import os
import subprocess
import sys

import pytest
from django.conf import settings as project
from django.test import Client
from django.urls import reverse

from tests.config.test_settings import ROOT, SAFE
from tests.signin.people import PASSWORD, attempt

pytestmark = pytest.mark.django_db
PAGES = ("home", "sessions", "password_change", "confirm", "styleguide", "search", "sign_in", "healthz", "class_list",
         "second_factor_set_up")  # fmt: skip


def test_sec_07_cookies_of_ten_pages(person):
    client = Client()
    told = dict(attempt(person.username, PASSWORD, client).cookies)
    for name in PAGES:
        told |= client.get(reverse(f"portal:{name}")).cookies
    assert set(told) <= {"session", "csrftoken"}
    assert told["session"]["httponly"] and told["session"]["samesite"] == "Lax"
    assert told["csrftoken"]["httponly"] and told["csrftoken"]["samesite"] == "Strict"
    assert all(cookie["path"] == "/" and not cookie["domain"] for cookie in told.values())


def test_sec_07_https_cookies_are_bound_to_the_host(tmp_path):
    code = (
        "from django.conf import settings as s; print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.SESSION_COOKIE_SECURE, "
        "s.CSRF_COOKIE_SECURE, s.SESSION_COOKIE_PATH, s.SESSION_COOKIE_DOMAIN)"
    )
    environment = {
        **SAFE,
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "VAR_DIR": str(tmp_path),
    }
    told = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True)
    assert told.stdout.split() == ["__Host-session", "__Host-csrf", "True", "True", "/", "None"]


def test_sec_07_sign_in_needs_its_token(person):
    client = Client(enforce_csrf_checks=True)
    assert attempt(person.username, PASSWORD, client).status_code == 403
    assert project.CSRF_COOKIE_HTTPONLY


def test_b33_a_token_of_another_browser_is_refused(person):
    mine, other = Client(enforce_csrf_checks=True), Client(enforce_csrf_checks=True)
    mine.get(reverse("portal:sign_in"))
    other.get(reverse("portal:sign_in"))
    token = other.cookies["csrftoken"].value
    values = {"username": person.username, "password": PASSWORD, "csrfmiddlewaretoken": token}
    assert mine.post(reverse("portal:sign_in"), values).status_code == 403


def test_b33_back_after_signing_out_shows_the_sign_in(person, browser):
    client = browser(person)
    page = client.get(reverse("portal:sessions"))
    assert page.headers["Cache-Control"] == "no-store"
    client.post(reverse("portal:sign_out"))
    assert client.get(reverse("portal:sessions")).headers["Location"].startswith("/sign-in/")
