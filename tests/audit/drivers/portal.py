"""How the pages' own events come about."""

from tests.audit.drivers import recognition
from tests.audit.drivers.scene import Scene


def number_looked_for(scene: Scene) -> None:
    scene.post("staff", "search_number", code=200, number=scene.city.cadres[0].open_id_number())


OF_SOMEBODY = "?kind=class&thing=云岭-2026-01&account=yl_liaison"

DRIVERS = {
    "leaves.export": lambda scene: scene.get("staff", "class_leaves_export", scene.city.open_class.pk),
    "access.explain": lambda scene: scene.get("staff", "why", query=OF_SOMEBODY),
    "cadre_list.export": (lambda scene: scene.get("staff", "cadre_list_export"), "unit object"),
    "recognition.export": (lambda scene: scene.get("staff", "recognition_export"), "unit object"),
    "recognition.proof": recognition.proof_taken,
    "class_list.export": (lambda scene: scene.get("staff", "class_list_export"), "unit object"),
    "class_hours.export": lambda scene: scene.get("staff", "class_hours_export", scene.city.training_class.pk),
    "roster.export": lambda scene: scene.get("staff", "class_roster_export", scene.city.training_class.pk),
    "duties.export": (lambda scene: scene.get("staff", "duties_export"), "object"),
    "search.id_number": (number_looked_for, "unit object"),
}
