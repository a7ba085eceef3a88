"""How assessments' events come about."""

from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from assessments.services import export_class, score_class
from assessments.services.reconciling import reconcile_results
from assessments.sheets.rows import EntryRow, Paper, Satisfaction, ScoreRow
from tests import factories as make
from tests.access import stage
from tests.audit.drivers import classlife
from tests.audit.drivers.scene import Scene
from tests.audit.drivers.workbooks import book_of, bring
from tests.samples import workbook

REASON: dict[str, Any] = {"reason": "会议纪要第三号"}
NOBODY = (0, 0, 0, 0)


# ---- the workbook's way in and out ----


def uploaded(scene: Scene, data: bytes) -> None:
    file = SimpleUploadedFile("本班.xlsx", data)
    scene.post("staff", "workbook_upload", workbook=file, unit=scene.city.root.pk)


def rehearsed(scene: Scene) -> None:
    uploaded(scene, export_class(scene.city.open_class, actor=scene.account("manager")))


def imported(scene: Scene) -> None:
    stage.an_import(scene.city)
    scene.post("manager", "workbook_confirm", scene.city.__dict__["imported"])


def marked_up(scene: Scene) -> None:
    stage.an_import(scene.city)
    scene.get("manager", "workbook_marked", scene.city.__dict__["imported"], code=302)


# ---- what a workbook changes ----


def entry_added(scene: Scene) -> None:
    book = book_of(scene)
    points = Decimal("2.00")
    row = EntryRow(scene.city.open_class.start, book.roster[0].label, "课堂互动", points, "", "主动发言", "考评组")
    bring(scene, entries=(*(book.entries or ()), row))


def entry_reversed(scene: Scene) -> None:
    entries = book_of(scene).entries
    entry_added(scene)
    bring(scene, entries=entries)


def paper_gone(scene: Scene, which: str) -> None:
    bring(scene, **{which: None})


def paper_again(scene: Scene, which: str) -> None:
    paper: Paper = getattr(book_of(scene), which)
    paper_gone(scene, which)
    bring(scene, **{which: paper})


def paper_corrected(scene: Scene, which: str) -> None:
    person = book_of(scene).roster[0].label
    bring(scene, **{which: Paper(scores=(ScoreRow(person, Decimal("77.5")),))})


def asked(scene: Scene, content: int = 6) -> None:
    bring(scene, satisfaction=Satisfaction(((content, 0, 0, 0), *[NOBODY] * 3)))


def asked_again(scene: Scene) -> None:
    asked(scene)
    asked(scene, 7)


def not_asked(scene: Scene) -> None:
    asked(scene)
    bring(scene, satisfaction=None)


# ---- results ----


def scored(scene: Scene) -> None:
    make.entry(scene.city.open_enrolment, "加分项", "1", "补记：整理结业材料")
    with scene.request_of("staff") as staff:
        score_class(scene.city.open_class, actor=staff)


def amended(scene: Scene) -> None:
    stage.late_entry(scene.city)
    one = scene.city.training_class
    scene.post("staff", "results_amend", one.pk, seen=one.revision, **REASON)


def decided(scene: Scene) -> None:
    stage.tie(scene.city)
    scene.post("staff", "result_candidate", scene.city.open_enrolment.pk, seen=1, chosen="yes", **REASON)


DRIVERS = {
    "import.rehearsed": rehearsed,
    "import.rejected": lambda scene: uploaded(scene, workbook("faulty")),
    "import.committed": imported,
    "import.marked": marked_up,
    "class.export": lambda scene: scene.get("staff", "class_export", scene.city.training_class.pk),
    "entry.added": entry_added,
    "entry.removed": entry_reversed,
    "paper.entry.added": lambda scene: paper_again(scene, "entry_exam"),
    "paper.entry.changed": lambda scene: paper_corrected(scene, "entry_exam"),
    "paper.entry.removed": lambda scene: paper_gone(scene, "entry_exam"),
    "paper.final.added": lambda scene: paper_again(scene, "final_exam"),
    "paper.final.changed": lambda scene: paper_corrected(scene, "final_exam"),
    "paper.final.removed": lambda scene: paper_gone(scene, "final_exam"),
    "satisfaction.added": asked,
    "satisfaction.changed": asked_again,
    "satisfaction.removed": not_asked,
    "results.score": scored,
    "results.show": lambda scene: scene.post("staff", "results_show", scene.city.open_class.pk, seen=0),
    "results.confirm": lambda scene: scene.post("staff", "results_confirm", scene.city.open_class.pk, seen=0),
    "results.reconcile": (lambda scene: reconcile_results(), "actor unit object request"),
    "results.amend": amended,
    "candidate.decide": decided,
    "leave.override": lambda scene: scene.post("staff", "result_leave", scene.city.open_enrolment.pk, seen=1, **REASON),
} | classlife.ASSESSMENTS
