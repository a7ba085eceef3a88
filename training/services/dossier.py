"""What a class owes before it is closed (结班清单): hours become credit only with the dossier complete (DOMAIN.md §3)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q

from training.models import AttendanceMark, Enrolment, LeaveRequest, Session, TrainingClass
from training.models.enrolment import HOLDS_A_SEAT, EnrolmentQuerySet

WHY = "what a class owes that was fetched in scope"
PLAN, ROSTER, TIMETABLE, ATTENDANCE, LEAVE, NO_SHOWS, RESULTS = (
    "plan", "roster", "timetable", "attendance", "leave", "no_shows", "results"
)  # fmt: skip
PLACES = {
    PLAN: "在工作簿“班次信息”里补上", ROSTER: "上传班次工作簿", TIMETABLE: "到“课程表”排课，或按起止日期折算",
    ATTENDANCE: "到“考勤”登记", LEAVE: "到“请假”审批", NO_SHOWS: "到“结班”划去", RESULTS: "到“成绩”确认",
}  # fmt: skip
CAME = (AttendanceMark.Mark.PRESENT, AttendanceMark.Mark.LATE, AttendanceMark.Mark.EARLY)


@dataclass(frozen=True, slots=True)
class Item:
    """One item of the list: what it is, whether it is done, how far it is, and what has to be done where it is not."""

    key: str
    label: str
    ok: bool
    detail: str
    todo: str = ""

    @property
    def told(self) -> str:
        """What has to be done, and on which page of the class."""
        return f"{self.todo}（{PLACES[self.key]}）"


@dataclass(slots=True)
class Counts:
    """How much there is of what is asked for."""

    seated: int = 0
    unconfirmed: int = 0
    sessions: int = 0
    recorded: int = 0
    asked: int = 0
    never: int = 0


def dossier(one: TrainingClass) -> list[Item]:
    """The items in the order in which an office works."""
    return dossiers([one])[one.pk]


def dossiers(classes: Sequence[TrainingClass]) -> dict[UUID, list[Item]]:
    """The same by class; four queries whatever their number and size."""
    counts = _counts([one.pk for one in classes])
    return {one.pk: _items(one, counts[one.pk]) for one in classes}


def _items(one: TrainingClass, found: Counts) -> list[Item]:
    return [
        plan_item(one),
        Item(ROSTER, "花名册", bool(found.seated), f"{found.seated} 名学员", "名册上没有学员"),
        _timetable(found.sessions),
        *([_attendance(one, found.sessions, found.recorded)] if found.sessions else []),
        Item(LEAVE, "请假", not found.asked, _waiting(found.asked), f"还有 {found.asked} 份请假没有批"),
        no_shows_item(found.never),
        _results(found.seated, found.unconfirmed),
    ]


def _counts(keys: Collection[UUID]) -> dict[UUID, Counts]:
    found = {key: Counts() for key in keys}
    roster = Enrolment.objects.unscoped(WHY).on_roster().filter(training_class__in=keys).order_by()
    seats = roster.values_list("training_class").annotate(all=Count("pk"), some=Count("pk", filter=Q(grade="")))
    for key, seated, unconfirmed in seats:
        found[key].seated, found[key].unconfirmed = seated, unconfirmed
    sessions = Session.objects.unscoped(WHY).filter(training_class__in=keys).order_by()
    kept = sessions.values_list("training_class").annotate(all=Count("pk"), some=Count("pk", filter=Q(recorded=True)))
    for key, number, recorded in kept:
        found[key].sessions, found[key].recorded = number, recorded
    leaves = LeaveRequest.objects.unscoped(WHY).filter(training_class__in=keys, state=LeaveRequest.State.ASKED)
    theirs = leaves.filter(enrolment__state__in=HOLDS_A_SEAT).order_by()
    for key, asked in theirs.values_list("training_class").annotate(Count("pk")):
        found[key].asked = asked
    for key, never in never_came(keys).order_by().values_list("training_class").annotate(Count("pk")):
        found[key].never = never
    return found


def never_came(classes: Collection[UUID]) -> EnrolmentQuerySet:
    """On these rosters without any attended session: away from the whole timetable, or told to come and never seen.

    Who has no mark was there, as everywhere; without attendance nobody is known to have stayed away.
    """
    roster = Enrolment.objects.unscoped(WHY).on_roster().filter(training_class__in=classes)
    sessions = Session.objects.unscoped(WHY).filter(training_class=OuterRef("training_class"))
    marks = AttendanceMark.objects.unscoped(WHY).filter(training_class__in=classes)
    away = marks.filter(mark__in=AttendanceMark.AWAY, session=OuterRef("pk"), enrolment=OuterRef(OuterRef("pk")))
    nowhere = Exists(sessions) & ~Exists(sessions.filter(~Exists(away)))
    silent = Q(state=Enrolment.State.INVITED) & ~Exists(marks.filter(mark__in=CAME, enrolment=OuterRef("pk")))
    return roster.filter(nowhere | silent, training_class__attendance_kept=True).order_by("position", "pk")


def plan_item(one: TrainingClass) -> Item:
    lacking = [word for word, value in (("班次类别", one.class_type), ("主办单位", one.organizer)) if not value.strip()]
    detail = f"{one.class_type}，{one.get_origin_display()}"
    return Item(PLAN, "办班计划", not lacking, detail, f"班次信息缺{'、'.join(lacking)}")


def _timetable(sessions: int) -> Item:
    return Item(TIMETABLE, "课程表", bool(sessions), f"{sessions} 个课次", "还没有课程表")


def _attendance(one: TrainingClass, sessions: int, recorded: int) -> Item:
    detail = f"{recorded} / {sessions} 个课次有考勤" + ("" if recorded == sessions else "，其余按全员出勤计")
    return Item(ATTENDANCE, "考勤", one.attendance_kept, detail, "还没有登记考勤")


def _waiting(asked: int) -> str:
    return f"{asked} 份等待审批" if asked else "没有待审批的"


def no_shows_item(never: int) -> Item:
    detail = f"{never} 人一次课也没有到" if never else "名册上的人都到过课"
    return Item(NO_SHOWS, "划去未报到", not never, detail, f"{never} 人一次课也没有到，须先划去")


def _results(seated: int, waiting: int) -> Item:
    done = bool(seated) and not waiting
    todo = f"还有 {waiting} 名学员的成绩没有确认" if seated else "名册上没有学员，没有成绩可以确认"
    return Item(RESULTS, "成绩已确认", done, f"已确认 {seated - waiting} / {seated}", todo)
