"""SEC-38: one JSON line a record, no secrets in it; error pages show a number and nothing else."""

import io
import json
import logging
import secrets

import pytest
from django.test import Client
from django.urls import reverse

from core.logs import JsonLines, masked

CANARIES = ["110101199003071233", "13812345678", "hunter2-secret", "eyJhbGciOi.abc.def"]


@pytest.fixture
def lines():
    """What a logger with our formatter writes."""
    stream, logger = io.StringIO(), logging.getLogger("tests.audit.lines")
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    logger.addHandler(handler)
    logger.propagate = False
    yield logger, lambda: stream.getvalue().splitlines()
    logger.removeHandler(handler)


@pytest.mark.parametrize("breaker", ["\r\n", "\n", "\r", "\u2028", "\u2029", "\x85", "\x0b", "\x1c"])
def test_sec_38_no_line_can_be_forged(lines, breaker):
    logger, written = lines
    logger.error("sign-in failed for %s", f"x{breaker}INFO forged")
    assert len(written()) == 1
    assert json.loads(written()[0])["message"] == f"sign-in failed for x{breaker}INFO forged"


def test_sec_38_secrets_are_masked(lines):
    logger, written = lines
    logger.error("id %s phone %s password=%s Authorization: Bearer %s", *CANARIES)
    logger.error("%r", {"password": CANARIES[2], "csrfmiddlewaretoken": CANARIES[3]})
    try:
        raise ValueError(f"身份证号{CANARIES[0]}，postgres://app:{CANARIES[2]}@127.0.0.1/portal")
    except ValueError:
        logger.exception("failed")
    text = "\n".join(written())
    assert [canary for canary in CANARIES if canary in text] == []
    assert len(written()) == 3 and "Traceback" in json.loads(written()[2])["trace"]


@pytest.mark.parametrize("page", ["wall/{}/", "calendar/{}.ics", "files/{}:1uA2bC:{}/"])
def test_sec_38_keys_in_addresses_are_masked(page):
    """Django writes the path of what failed: whoever reads the log must not be able to open the page."""
    key = secrets.token_urlsafe(32)
    told = masked(f"Internal Server Error: /{page.format(key, key)}")
    assert key not in told and told.startswith(f"Internal Server Error: /{page.partition('/')[0]}/***")


def test_sec_38_masking_leaves_the_rest_alone():
    text = "/app/core/migrations/0004_history_of_tables_without_hidden_columns.py"
    assert masked(text) == text
    text = "第12号封存，2026-05-11 08:00，班次 01890a5d-ac96-774b-bcce-b302099a8057，9787020002207"
    assert masked(text) == text


def test_sec_38_the_settings_use_it(settings):
    assert settings.LOGGING["formatters"]["line"]["()"] == "core.logs.JsonLines"


def test_sec_38_an_error_page_shows_only_a_number(yunling, monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError("SELECT * FROM trainees_cadre; /srv/secret/path DATABASE_URL")

    client = Client(raise_request_exception=False)
    client.force_login(yunling.staff)
    monkeypatch.setattr("core.middleware.NoStore.__call__", fail)
    answer = client.get(reverse("portal:home"))
    body = answer.content.decode()
    assert answer.status_code == 500
    assert [
        word
        for word in ("Traceback", "SELECT", "DATABASE_URL", "secret/path", "RuntimeError", "Django")
        if word in body
    ] == []
    assert "错误编号：" in body
