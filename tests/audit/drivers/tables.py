"""How the events of tables around people come about: awards, posts, exemptions by Excel."""

from datetime import date

from portal.pages.sheets import table_workbook
from tests.audit.drivers.scene import Scene
from trainees.models import Appointment
from trainees.services.moves import Place
from trainees.services.posts import Served, add_post, correct_post
from trainees.tables import import_table

HEADS = ("姓名", "身份证号", "荣誉名称", "授予单位", "授予日期")


def imported(scene: Scene) -> None:
    who = scene.city.cadres[0]
    row = (who.name, who.open_id_number(), "学习型好干部", "市委组织部", "2026-04-01")
    with scene.request_of("staff") as staff:
        import_table(table_workbook("学习荣誉", HEADS, [row]), "awards", actor=staff)


def served(scene: Scene, until: date | None = None) -> Served:
    return Served(Place(scene.city.office, "主任"), date(2021, 3, 1), until, primary=False)


def post_added(scene: Scene) -> Appointment:
    with scene.request_of("staff") as staff:
        return add_post(scene.city.cadres[0], served(scene), actor=staff)


def post_corrected(scene: Scene) -> None:
    made = post_added(scene)
    with scene.request_of("staff") as staff:
        correct_post(made, served(scene, date(2024, 5, 31)), actor=staff)


DRIVERS = {
    "appointment.add": post_added,
    "appointment.correct": post_corrected,
    "cadre_table.export": (lambda scene: scene.get("staff", "cadre_table_export", "awards"), "unit object"),
    "cadre_table.import": (imported, "unit object"),
}
