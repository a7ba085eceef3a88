"""How a year of the ledger is closed, by acts that several codes share."""

from datetime import date

from core.files import keep
from reports.models import ArchivePaper
from reports.services.year_end import ask_to_close, close_with_statements, write_statements
from tests import factories as make
from tests.audit.drivers.scene import Scene
from trainees.models import LedgerAct
from trainees.services.acts import give_up_act


def closed(scene: Scene) -> None:
    with scene.request_of("staff") as staff:
        close_with_statements(scene.city.root, 2025, actor=staff, on=date(2026, 1, 5))


def asked(scene: Scene) -> LedgerAct:
    with scene.request_of("staff") as staff:
        return ask_to_close(scene.city.root, 2025, actor=staff, on=date(2026, 1, 5))


def refused(scene: Scene) -> None:
    act = asked(scene)
    with scene.request_of("staff"):
        give_up_act(act.pk, "请先结2024年的账")


def written(scene: Scene) -> None:
    closed(scene)
    write_statements(ArchivePaper.objects.get(unit=scene.city.root, year=2025).pk)


def table_taken(scene: Scene) -> None:
    scene.get("staff", "ledger_people_export", scene.city.root.pk, 2025)


def statements_taken(scene: Scene) -> None:
    written(scene)
    ArchivePaper.objects.filter(unit=scene.city.root, year=2025).update(file=keep(make.PDF))
    scene.get("staff", "statements_zip", scene.city.root.pk, 2025)
