"""How core's events come about."""

from datetime import date, timedelta
from types import SimpleNamespace
from unittest.mock import patch

from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import override_settings
from django.utils import timezone

from core.audit import record
from core.audit.archiving import archive, purge
from core.audit.sealing import seal_waiting
from core.files import keep
from core.keys import new_key
from core.sweeping import sweep
from portal.limits import LIMITS
from tests.audit.drivers.scene import Scene
from trainees.models import Cadre

STANDING = SimpleNamespace(time=lambda: 1_800_000_000.0)
AUTOMATIC = "actor unit object request"


def somebody_not_allowed(scene: Scene) -> None:
    scene.get("leader", "class_roster", scene.city.training_class.pk, code=403)


def somebody_out_of_scope(scene: Scene) -> None:
    scene.get("sibling_liaison", "class_page", scene.city.training_class.pk, code=404)


def one_export_too_many(scene: Scene) -> None:
    with override_settings(RATE_LIMITS=True), patch("portal.limits.time", STANDING):
        for _ in range(LIMITS[0].most):
            scene.get("staff", "class_list_export")
        scene.get("staff", "class_list_export", code=429)


def overdue_file(scene: Scene) -> None:
    keep(b"overdue", delete_after=date(2020, 1, 1))
    sweep(timezone.now())


def tampered_with(scene: Scene) -> None:
    cadre = scene.city.cadres[0]
    Cadre.objects.filter(pk=cadre.pk).update(id_number_sealed="不是密文")
    scene.get("staff", "admin:trainees_cadre_change", cadre.pk, code=500)


def virus_found(scene: Scene) -> None:
    file = SimpleUploadedFile("本班.xlsx", b"PK anything")
    with override_settings(SCANNER="required"), patch("core.scanning.found_by_scanner", return_value="Win.Test.EICAR"):
        scene.post("staff", "workbook_upload", workbook=file, unit=scene.city.root.pk, code=422)


DRIVERS = {
    "access.refused": (somebody_not_allowed, "unit object"),
    "access.not_found": (somebody_out_of_scope, "unit object"),
    "access.limited": (one_export_too_many, "unit object"),
    "audit.read": (lambda scene: scene.get("audit_admin", "admin:core_auditentry_changelist"), "unit object"),
    "audit.export": (lambda scene: scene.get("audit_admin", "admin:core_auditentry_export"), "unit object"),
    "audit.verify": (lambda scene: call_command("audit_verify"), AUTOMATIC),
    "keys.reseal": (lambda scene: call_command("reencrypt"), AUTOMATIC),
    "sealed.unreadable": (tampered_with, "unit object"),
    "upload.infected": (virus_found, "unit object"),
    "sweep.done": (overdue_file, AUTOMATIC),
}


# What only happens to entries that were committed: in a database of its own, where nobody of the cast is.


def old_entries(scene: Scene) -> None:
    record("unit.change", actor=None)
    seal_waiting(timezone.now() - timedelta(days=400))


def archived(scene: Scene) -> None:
    old_entries(scene)
    archive(scene.folder, timedelta(days=365), timezone.now())


def purged(scene: Scene) -> None:
    old_entries(scene)
    made = archive(scene.folder, timedelta(days=365), timezone.now())
    assert made is not None
    purge(scene.folder / made.file_name, timedelta(days=365), timezone.now(), new_key())


def backed_up(scene: Scene) -> None:
    call_command("backup", str(scene.folder / "backups"))


def backup_checked(scene: Scene) -> None:
    backed_up(scene)
    call_command("restore_check", str(next((scene.folder / "backups").iterdir())))


COMMITTED = {
    "backup.made": (backed_up, AUTOMATIC),
    "backup.check": (backup_checked, AUTOMATIC),
    "audit.archive": (archived, AUTOMATIC),
    "audit.purge": (purged, "role unit object request"),
}
