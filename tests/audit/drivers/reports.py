"""How reports' events come about."""

from datetime import date

from assessments.services import confirm_results
from reports.models import Document
from reports.services import issue_with_number, make_drafts, void_document
from tests.audit.drivers import archive, years
from tests.audit.drivers.scene import Scene

ISSUED = date(2026, 6, 1)


def issued(scene: Scene) -> None:
    """One of the drafts, under a number by hand: whoever issues a whole class writes one entry a document."""
    confirm_results(scene.city.open_class, actor=scene.account("staff"))
    make_drafts(scene.city.open_class, actor=scene.account("staff"))
    draft = Document.objects.filter(training_class=scene.city.open_class).order_by("position")[0]
    with scene.request_of("staff") as staff:
        issue_with_number(draft, 900, actor=staff, on=ISSUED)


def made_void(scene: Scene) -> None:
    with scene.request_of("staff") as staff:
        void_document(scene.city.documents["letter"], actor=staff, reason="主送单位有误")


DRIVERS = {
    **archive.REPORTS,
    "documents.draft": lambda scene: scene.post("staff", "class_drafts", scene.city.open_class.pk, seen=0),
    "documents.zip": (lambda scene: scene.get("staff", "class_zip", scene.city.training_class.pk), "unit object"),
    "document.issue": issued,
    "document.read": lambda scene: scene.get(
        "liaison", "document_download", scene.city.documents["letter"].pk, code=302
    ),
    "document.void": made_void,
    "statements.zip": years.statements_taken,
    "statements.write": (years.written, "role request"),
    "results.export": lambda scene: scene.get("staff", "class_summary_csv", scene.city.training_class.pk),
}
