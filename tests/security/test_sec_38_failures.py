"""SEC-38: what fails in whatever layer shows a number; what somebody types never begins a line of the log."""

import io
import json
import logging

import pytest
from django.core.exceptions import BadRequest
from django.db import DatabaseError, connection
from django.template import engines
from django.test import Client
from django.urls import reverse

from core.logs import JsonLines
from tests.access.clients import HANDLER

TELLTALE = (
    "Traceback", "SELECT ", "SECRET_KEY", "DATABASE_URL", "FIELD_KEYS", "INSTALLED_APPS", "psycopg", "site-packages", "RuntimeError",
    "/srv/", "line 1", "Django", "settings",
)  # fmt: skip
SAID = "DATABASE_URL=postgres://app:geheim@db/portal SELECT * FROM trainees_cadre in /srv/portal/views.py"


def fail(*args, **kwargs):
    raise RuntimeError(SAID)


def break_middleware(patch):
    patch.setattr("core.middleware.NoStore.__call__", fail)


def break_view(patch):
    patch.setattr("portal.views.classes.demand", fail)


def break_rule(patch):
    patch.setattr("portal.rules.Door.of", fail)


def break_page(patch):
    patch.setattr("portal.pages.results.fragment", fail)


def break_service(patch):
    patch.setattr("portal.views.classes.record", fail)


def break_template(patch):
    patch.setattr(
        engines["django"].engine.__class__, "get_template", fail_template(engines["django"].engine.get_template)
    )


def fail_template(real):
    def get(engine, name):
        if name.startswith("portal/"):
            raise RuntimeError(SAID)
        return real(name)

    return get


def break_database(patch):
    def refuse(*args, **kwargs):
        raise DatabaseError(SAID)

    patch.setattr("core.scope.ScopedQuerySet.visible_to", refuse)


def break_query(patch):
    def ask(*args, **kwargs):
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM no_such_table_of_ours")

    patch.setattr("portal.rules.Door.of", ask)


def break_encoding(patch):
    patch.setattr("portal.rules.Door.of", lambda *args: "\ud800".encode())


LAYERS = [break_middleware, break_view, break_rule, break_page, break_service, break_template, break_database, break_query,
          break_encoding]  # fmt: skip


@pytest.mark.parametrize("break_layer", LAYERS, ids=lambda layer: layer.__name__.removeprefix("break_"))
def test_sec_38_every_layer_fails_with_a_number_only(yunling, monkeypatch, break_layer):
    client = Client(raise_request_exception=False)
    client.force_login(yunling.staff)
    one = yunling.training_class.pk
    pages = {"service": "class_roster_export", "page": "class_results"}
    page = pages.get(break_layer.__name__.removeprefix("break_"), "class_roster")
    break_layer(monkeypatch)
    answer = client.get(reverse(f"portal:{page}", args=[one]))
    body = answer.content.decode()
    assert answer.status_code == 500
    assert [word for word in TELLTALE if word in body] == []
    assert "错误编号：" in body


def test_sec_38_what_a_library_says_of_a_body_is_for_nobody(yunling, monkeypatch):
    client = Client(raise_request_exception=False)
    client.handler = HANDLER
    client.force_login(yunling.staff)

    def refuse(*args):
        raise BadRequest(SAID)

    monkeypatch.setattr("portal.rules.Door.of", refuse)
    answer = client.get(reverse("portal:class_roster", args=[yunling.training_class.pk]))
    assert answer.status_code == 400
    assert [word for word in TELLTALE if word in answer.content.decode()] == []


@pytest.mark.parametrize(
    "forged", ["x\r\nINFO forged", "x\nERROR forged", "x\u2028INFO forged", 'x"}\n{"level": "INFO']
)
def test_sec_38_a_user_name_forges_no_line(db, fast_passwords, forged):
    """Everything that any logger says while somebody signs in under such a name, at the finest level."""
    stream = io.StringIO()
    handler, root = logging.StreamHandler(stream), logging.getLogger()
    handler.setFormatter(JsonLines())
    loggers = [
        root,
        *[logging.getLogger(name) for name in ("axes", "django", "portal", "django.security", "django.db")],
    ]
    before = [(one, one.level) for one in loggers]
    root.addHandler(handler)
    try:
        for one in loggers:
            one.setLevel(logging.DEBUG)
        Client().post(reverse("portal:sign_in"), {"username": forged, "password": "Qiuyue+Hanjiang7"})
        logging.getLogger("portal.tests").warning("tried as %s", forged)
    finally:
        root.removeHandler(handler)
        for one, level in before:
            one.setLevel(level)
    lines = stream.getvalue().splitlines()
    assert lines and all(isinstance(json.loads(line), dict) for line in lines)
    assert "Qiuyue+Hanjiang7" not in stream.getvalue()
    assert sum("tried as" in line for line in lines) == 1
