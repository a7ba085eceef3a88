"""How each event code of the log comes about: one module an app, one dict code → driver in each (SEC-35).

A new code in `<app>/events.py` needs a driver in `tests/audit/drivers/<app>.py`: a function that does the act once, the way
people do it, on the scene that it is given. What an entry of that code has no use for stands beside the driver, as words:
`actor` (nobody acts), `role`, `unit`, `object`, `request` (made outside a request: source, session, request number),
`session` (nobody is signed in yet).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec

from tests.audit.drivers.scene import Scene

Act = Callable[[Scene], object]
APPS = ("core", "organization", "trainees", "courses", "training", "assessments", "reports", "portal")
PARTS = frozenset({"actor", "role", "unit", "object", "request", "session"})


@dataclass(frozen=True)
class Driver:
    """What brings one entry about, and what that entry lacks."""

    act: Act
    lacks: frozenset[str] = frozenset()


def drivers() -> dict[str, Driver]:
    """All of them, by code."""
    found: dict[str, Driver] = {}
    for app in APPS:
        if find_spec(f"tests.audit.drivers.{app}") is not None:
            found |= drivers_in(import_module(f"tests.audit.drivers.{app}").DRIVERS)
    return found


def drivers_in(told: Mapping[str, Act | tuple[Act, str]]) -> dict[str, Driver]:
    return {code: driver(one) for code, one in told.items()}


def driver(told: Act | tuple[Act, str]) -> Driver:
    act, lacks = told if isinstance(told, tuple) else (told, "")
    assert set(lacks.split()) <= PARTS, lacks
    return Driver(act, frozenset(lacks.split()))


def place_of(code: str) -> str:
    """The file in which a driver of this code belongs."""
    app = next(app for app in APPS if find_spec(f"{app}.events") and code in import_module(f"{app}.events").EVENTS)
    return f"tests/audit/drivers/{app}.py"
