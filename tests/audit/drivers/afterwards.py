"""How the events of report-backs and follow-ups come about."""

from datetime import date

from tests.access import stage_people
from tests.audit.drivers.scene import Scene
from training.models import FollowUp, ReportBack, TrainingClass
from training.rules.follow_up import questionnaire
from training.services.follow_ups import answer_follow_up, answer_for_superior, close_follow_up, make_follow_ups
from training.services.report_backs import Told, confirm_report, file_report, return_report

FULL = {asked.key: "4" for asked in questionnaire().questions}


def filed(scene: Scene) -> ReportBack:
    with scene.request_of("trainee") as trainee:
        return file_report(scene.city.enrolments[0], Told(date(2026, 4, 1), stage_people.TEXT), actor=trainee)


def confirmed(scene: Scene) -> None:
    row = filed(scene)
    with scene.request_of("liaison") as liaison:
        confirm_report(row, actor=liaison)


def returned(scene: Scene) -> None:
    row = filed(scene)
    with scene.request_of("liaison") as liaison:
        return_report(row, actor=liaison, reason="请写明听取人员范围")


def due(scene: Scene) -> FollowUp:
    one = scene.city.training_class
    TrainingClass.objects.filter(pk=one.pk).update(state="closed", closed_on=date(2026, 3, 20))
    make_follow_ups(date(2026, 6, 20))
    return FollowUp.objects.get(enrolment=scene.city.enrolments[0])


def answered(scene: Scene) -> None:
    row = due(scene)
    with scene.request_of("trainee") as trainee:
        answer_follow_up(row, FULL, actor=trainee)


def answered_for(scene: Scene) -> None:
    row = due(scene)
    with scene.request_of("liaison") as liaison:
        answer_for_superior(row, FULL, actor=liaison)


def closed(scene: Scene) -> None:
    row = due(scene)
    with scene.request_of("staff") as staff:
        close_follow_up(row, "good", True, "到单位座谈了解", actor=staff)


def exported(scene: Scene) -> None:
    due(scene)
    scene.get("staff", "follow_up_export")


DRIVERS = {
    "report_back.file": (filed, "role"),
    "report_back.confirm": confirmed,
    "report_back.return": returned,
    "follow_up.due": (due, "actor object unit request"),
    "follow_up.answer": (answered, "role"),
    "follow_up.superior": answered_for,
    "follow_up.close": closed,
    "follow_up.export": (exported, "object"),
}
