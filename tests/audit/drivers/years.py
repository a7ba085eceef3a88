"""How a year of the ledger is closed, by acts that several codes share."""

from datetime import date

from reports.services.year_end import close_with_statements
from tests.audit.drivers.scene import Scene


def closed(scene: Scene) -> None:
    with scene.request_of("staff") as staff:
        close_with_statements(scene.city.root, 2025, actor=staff, on=date(2026, 1, 5))
