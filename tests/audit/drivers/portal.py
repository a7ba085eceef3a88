"""How the pages' own events come about."""

DRIVERS = {
    "class_list.export": (lambda scene: scene.get("staff", "class_list_export"), "unit object"),
    "roster.export": lambda scene: scene.get("staff", "class_roster_export", scene.city.training_class.pk),
}
