"""How trainees' events come about."""

from datetime import date

from django.core.management import call_command

from portal.demo.cadres import link_account, verify_cadres
from tests.audit.drivers.scene import Scene
from trainees.anonymising import anonymise_cadre
from trainees.models import Cadre


def account_linked(scene: Scene) -> None:
    with scene.request_of("staff") as staff:
        link_account(scene.account("liaison"), scene.city.cadres[2], actor=staff)


def checked_with_the_file(scene: Scene) -> None:
    with scene.request_of("staff") as staff:
        verify_cadres([scene.city.cadres[0]], actor=staff)


def number_seen(scene: Scene) -> None:
    page = "admin:trainees_cadre_unmask"
    scene.post("staff", page, scene.city.cadres[0].pk, code=200, reason="核对任免文件")


def forgotten(scene: Scene) -> None:
    cadre = scene.city.cadres[2]
    Cadre.objects.filter(pk=cadre.pk).update(status="retired", status_since=date(2010, 1, 1))
    with scene.request_of("staff") as staff:
        anonymise_cadre(cadre, actor=staff, today=date(2026, 6, 1))


DRIVERS = {
    "cadre.anonymise": forgotten,
    "cadre.account": account_linked,
    "cadre.unmask": number_seen,
    "keys.reindex": (lambda scene: call_command("reindex"), "actor unit object request"),
    "cadre.verify": checked_with_the_file,
}
