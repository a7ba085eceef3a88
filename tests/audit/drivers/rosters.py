"""How the events of a city's roster come about."""

from tests.audit.drivers.scene import Scene
from tests.trainees.roster.files import number, sheet_of
from trainees.models import RosterUpload
from trainees.services import rosters


def taken(scene: Scene, data: bytes = b"") -> RosterUpload:
    row = {"姓名": "林知远", "身份证号": number(1), "单位": scene.city.bureau.name}
    with scene.request_of("staff") as staff:
        return rosters.take_roster(data or sheet_of([row]), "干部花名册.xlsx", actor=staff, unit=scene.city.root)


def rehearsed(scene: Scene, data: bytes = b"") -> RosterUpload:
    upload = taken(scene, data)
    with scene.request_of("staff"):
        rosters.rehearse_roster(upload.pk)
    upload.refresh_from_db()
    return upload


def confirmed(scene: Scene) -> RosterUpload:
    upload = rehearsed(scene)
    with scene.request_of("staff") as staff:
        return rosters.confirm_roster(upload, [], actor=staff)


def written(scene: Scene) -> None:
    upload = confirmed(scene)
    with scene.request_of("staff"):
        rosters.write_roster(upload.pk)


def details_taken(scene: Scene) -> None:
    upload = rehearsed(scene)
    with scene.request_of("staff") as staff:
        rosters.take_report(upload, actor=staff)


DRIVERS = {
    "cadre_roster.commit": written,
    "cadre_roster.confirm": confirmed,
    "cadre_roster.reject": lambda scene: rehearsed(scene, sheet_of([{"姓名": "林知远"}])),
    "cadre_roster.rehearse": rehearsed,
    "cadre_roster.report": details_taken,
    "cadre_roster.take": taken,
}
