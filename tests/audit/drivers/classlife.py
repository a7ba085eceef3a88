"""How the events of activities, elections, timetables and holidays come about, and of points for an activity."""

from datetime import date
from decimal import Decimal

from assessments.services.awarding import award_activity
from core.pictures import Upload
from tests import factories as make
from tests.access import stage
from tests.audit.drivers.scene import Scene
from training.models import Activity, Holiday
from training.services.activities import (
    ActivityFacts,
    Candidate,
    add_activity,
    add_file,
    cancel_activity,
    change_activity,
    keep_election,
)
from training.services.grouping import Place, keep_groups
from training.services.holidays import keep_holiday, seed_holidays
from training.services.schedule import copy_timetable


def forum(scene: Scene) -> Activity:
    """An activity that was there before."""
    stage.an_activity(scene.city)
    return Activity.objects.get(pk=scene.city.__dict__["activity"][1])


def facts(scene: Scene) -> ActivityFacts:
    return ActivityFacts("reading", "读书分享", scene.city.open_class.start)


def added(scene: Scene) -> None:
    with scene.request_of("manager") as manager:
        add_activity(scene.city.open_class, facts(scene), {scene.city.open_enrolment.pk: "spoke"}, actor=manager)


def changed(scene: Scene) -> None:
    one = forum(scene)
    with scene.request_of("manager") as manager:
        change_activity(one, facts(scene), {}, actor=manager)


def cancelled(scene: Scene) -> None:
    one = forum(scene)
    with scene.request_of("manager") as manager:
        cancel_activity(one, actor=manager, reason="场地临时检修")


def paper_kept(scene: Scene) -> None:
    one = forum(scene)
    with scene.request_of("manager") as manager:
        add_file(one, Upload(make.PDF, "论坛纪要.pdf"), actor=manager)


def paper_taken(scene: Scene) -> None:
    forum(scene)
    scene.get("manager", "activity_file", *scene.city.__dict__["activity_paper"], code=302)


def awarded(scene: Scene) -> None:
    one = forum(scene)
    with scene.request_of("manager") as manager:
        award_activity(one, make.item("加分项"), {"spoke": Decimal(1)}, actor=manager)


def elected(scene: Scene) -> None:
    one, who = scene.city.open_class, scene.city.open_enrolment
    with scene.request_of("manager") as manager:
        keep_election(one, "班长", one.start, 1, [Candidate(who.pk, 1, True)], actor=manager)


def grouped(scene: Scene) -> None:
    with scene.request_of("manager") as manager:
        keep_groups(scene.city.open_class, {scene.city.open_enrolment.pk: Place("第九组")}, actor=manager)


def copied(scene: Scene) -> None:
    scene.city.open_class.sessions.all().delete()
    with scene.request_of("manager") as manager:
        copy_timetable(scene.city.training_class, scene.city.open_class, actor=manager)


def day_kept(scene: Scene) -> None:
    day = Holiday.objects.create(date=date(2026, 6, 20), kind="off", name="端午节")
    day.kind = "work"
    with scene.request_of("staff") as staff:
        keep_holiday(day, actor=staff)


def days_seeded(scene: Scene) -> None:
    with scene.request_of("staff") as staff:
        seed_holidays(2026, actor=staff)


TRAINING = {
    "activity.add": added,
    "activity.cancel": cancelled,
    "activity.change": changed,
    "activity.file": paper_kept,
    "activity.take": paper_taken,
    "election.keep": elected,
    "enrolment.groups": grouped,
    "holiday.change": (day_kept, "unit"),
    "holiday.seed": (days_seeded, "unit object"),
    "timetable.copy": copied,
}
ASSESSMENTS = {"activity.award": awarded}
