"""One registry of what the log may say: every app declares its codes in `events.py` as `EVENTS` (code → Chinese label)."""

from functools import cache
from importlib import import_module
from importlib.util import find_spec

from django.apps import apps


@cache
def labels() -> dict[str, str]:
    """Every event code with its label, app by app."""
    found: dict[str, str] = {}
    for app in apps.get_app_configs():
        if find_spec(f"{app.name}.events") is not None:
            found |= import_module(f"{app.name}.events").EVENTS
    return found


def label(code: str) -> str:
    """What an event is called; codes of former versions stay readable as they are."""
    return labels().get(code, code)
