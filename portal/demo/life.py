"""What the demo city's classes do beside their lectures: sessions linked to the catalogue, activities, a committee."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from django.core.exceptions import ValidationError

from assessments.models import ClassAssessment, Item
from assessments.services import score_class
from assessments.services.awarding import award_activity
from courses.models import Course, Room, Teacher
from organization.models import Account
from portal.demo.dice import Dice, dice
from portal.demo.timetable import LEADERS
from training.models import Activity, ActivityPart, Enrolment, Session, TrainingClass
from training.rules import Bell, times
from training.services.activities import ActivityFacts, Candidate, add_activity, keep_election

Kind, Part = Activity.Kind, ActivityPart.Part
HELD = (
    (Kind.DISCUSSION, "分组研讨：理论学习心得交流", 1, "第三教室", 2),
    (Kind.READING, "“好书共读”读书分享会", 3, "图书馆", 1),
    (Kind.FIVE_ONES, "重温一次入党誓词", 2, "党性教育基地", 1),
    (Kind.FORUM, "学员论坛：我为高质量发展建言", 6, "第一报告厅", 2),
    (Kind.CONTEST, "调研报告评比", 8, "", None),
)
POSTS = ("班长", "学习委员")


def live(one: TrainingClass, today: date, *, manager: Account) -> None:
    """What a class that has begun has to show by today."""
    link_to_catalogue(one)
    people = list(Enrolment.objects.of_class(one).on_roster())
    if one.start > today or not people:
        return
    elect(one, people, manager)
    hold_activities(one, people, today, manager)


def link_to_catalogue(one: TrainingClass) -> None:
    """Sessions whose words name an entry of the catalogue are linked to it, where it is free at that time."""
    courses = {row.title: row for row in Course.objects.select_related("category")}
    teachers, rooms = {row.name: row for row in Teacher.objects.all()}, {row.name: row for row in Room.objects.all()}
    rows = list(Session.objects.of_class(one))
    for row, span in times(rows, Bell.of(one.unit, one.start)).items():
        row.span = span
        row.course, row.by_leader = courses.get(row.title), row.teacher_name in LEADERS
        for field, found in (
            ("teacher", teachers.get(row.teacher_name.partition("（")[0])),
            ("room", rooms.get(row.place_name)),
        ):
            setattr(row, field, found)
            if _is_taken(row):
                setattr(row, field, None)
        row.save(update_fields=["span", "course", "by_leader", "teacher", "room"])


def _is_taken(row: Session) -> bool:
    try:
        row.validate_constraints()
    except ValidationError:
        return True
    return False


def elect(one: TrainingClass, people: list[Enrolment], manager: Account) -> None:
    """The committee, elected on the first day."""
    chance = dice(str(one.code), "committee")
    for post, place in zip(POSTS, (0, 2), strict=True):
        stood = people[place : place + 2]
        if len(stood) < 2:
            return
        won = max(len(people) * chance.randint(55, 70) // 100, len(people) // 2 + 1)
        counts = [Candidate(stood[0].pk, won, True), Candidate(stood[1].pk, len(people) - won, False)]
        keep_election(one, post, one.start, len(people), counts, actor=manager)


def hold_activities(one: TrainingClass, people: list[Enrolment], today: date, manager: Account) -> None:
    """Those whose day has come; in a forum some speak, a contest has winners, and speaking is worth a point."""
    chance = dice(str(one.code), "activities")
    days = sorted({row.date for row in Session.objects.of_class(one)})
    open_yet = ClassAssessment.objects.filter(pk=one.pk, confirmed_at=None).first()
    for kind, title, after, place, hours in HELD:
        if after >= len(days) or days[after] >= today:
            continue
        facts = ActivityFacts(kind, title, days[after], place, Decimal(hours) if hours else None)
        made = add_activity(one, facts, _parts(kind, people, chance), actor=manager)
        if kind == Kind.FORUM and open_yet and one.state == TrainingClass.State.RUNNING:
            bonus = Item.objects.filter(block__scheme=open_yet.scheme_id, rule=Item.Rule.SUM_OF_ENTRIES).first()
            if bonus:
                award_activity(made, bonus, {Part.SPOKE.value: Decimal(1)}, actor=manager)
                score_class(one, actor=manager)


def _parts(kind: str, people: list[Enrolment], chance: Dice) -> dict[UUID, str]:
    """Who did what: most take part, some speak, one organises."""
    drawn = chance.random
    found: dict[UUID, str] = {}
    for place, who in enumerate(people):
        if drawn() < 0.08:
            continue
        speaks = kind in (Kind.FORUM, Kind.READING) and drawn() < 0.2
        wins = kind == Kind.CONTEST and drawn() < 0.1
        found[who.pk] = (
            Part.AWARDED if wins else Part.SPOKE if speaks else Part.ORGANISED if not place else Part.TOOK_PART
        )
    return found
