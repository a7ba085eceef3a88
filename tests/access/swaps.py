"""Every field of a form that names a row: a sending that is accepted, and the other city's key in the field's place."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from assessments.models import Block, Item, ScoringScheme
from assessments.services import export_class
from courses.loading import columns_of, rehearse_catalogue
from courses.models import Course, CourseCategory, CourseModule, CourseSystem, Room, Teacher
from portal.pages.sheets import table_workbook
from portal.uploads import seal
from portal.views import cadre_tables, catalogue
from tests import factories as make
from tests.access import stage
from tests.access.matrix import listed
from tests.cast import City
from tests.trainees import recognition_rows
from tests.trainees.forms import lrmx
from tests.trainees.roster.files import number, sheet_of
from trainees.tables import rehearse_table
from training.models import Session, TrainingClass

REFUSED = (200, 400, 403, 404, 409, 422)
KEYS_OF_NOTHING = ("0", "-1", str(2**63), "1;--", "00000000-0000-0000-0000-000000000000", "a\x00b")
Sending = dict[str, Any]


@dataclass(frozen=True)
class Swap:
    """An address, who sends, what is accepted, and for each field that names a row the other row's sending."""

    view: str
    form: str
    send: Callable[[City], Sending]
    others: Callable[[City], dict[str, Sending]]
    column: str = "manager"
    place: Callable[[City], list[Any]] = lambda city: [city.open_class.pk]
    shared: tuple[str, ...] = ()  # rows of these fields belong to no city: only keys of nothing are tried

    @property
    def id(self) -> str:
        return f"{self.view}-{self.form}"

    def fields(self, city: City) -> set[str]:
        return {name.partition("-")[0] for name in (*self.others(city), *self.shared)}


# ---- rows to choose from ----


def teacher(city: City) -> Any:
    return Teacher.objects.get_or_create(
        unit=city.root, name=f"{city.word}讲师", defaults={"kind": Teacher.Kind.values[0]}
    )[0].pk


def room(city: City) -> Any:
    return Room.objects.get_or_create(unit=city.root, name=f"{city.word}教室")[0].pk


def category() -> Any:
    return CourseCategory.objects.get_or_create(name="理论教育")[0]


def course(city: City) -> Any:
    facts = {"category": category(), "hours": 4}
    return Course.objects.get_or_create(unit=city.root, title=f"{city.word}课程", defaults=facts)[0].pk


def module(city: City) -> Any:
    facts = {"since": date(2026, 1, 1)}
    system = CourseSystem.objects.get_or_create(unit=city.root, name=f"{city.word}“1+18+N”", defaults=facts)[0]
    return CourseModule.objects.get_or_create(system=system, number="1", defaults={"name": f"{city.word}必修"})[0].pk


def item(city: City) -> Any:
    """An item of a scheme that the city made itself."""
    scheme = ScoringScheme.objects.get_or_create(unit=city.root, name="本市方案", defaults={"since": date(2026, 1, 1)})[
        0
    ]
    block = Block.objects.get_or_create(scheme=scheme, name="加分", defaults={"position": 1})[0]
    facts = {"rule": Item.Rule.FULL_PLUS_ENTRIES, "position": 1, "maximum": 5}
    return Item.objects.get_or_create(block=block, name="本市加分", defaults=facts)[0].pk


def a_day(city: City) -> list[Any]:
    """Both sessions of the open class's first day."""
    rows = Session.objects.filter(training_class=city.open_class, date=city.open_class.start)
    return list(rows.values_list("pk", flat=True)) if rows.count() > 1 else stage.leave_sessions(city)


def prepared(what: str, name: str) -> Callable[[City], list[Any]]:
    def place(city: City) -> list[Any]:
        if name not in city.__dict__:
            stage.PREPARATIONS[what](city)
        return listed(city.__dict__[name])

    return place


# ---- what is sent ----


def lesson(city: City) -> Sending:
    return {
        "date": city.open_class.end, "period": 2, "title": "新的一讲", "hours": "4", "seen": 1,
        "course": course(city), "teacher": teacher(city), "room": room(city), "category": category().pk,
    }  # fmt: skip


def other_lesson(other: City) -> dict[str, Sending]:
    return {"course": {"course": course(other)}, "teacher": {"teacher": teacher(other)}, "room": {"room": room(other)}}


def a_lesson(city: City) -> list[Any]:
    return [city.open_class.pk, Session.objects.filter(training_class=city.open_class)[0].pk]


def former_class(city: City) -> list[Any]:
    """A class without a timetable, on the days after the open one's."""
    days = {"start": date(2026, 6, 1), "end": date(2026, 6, 12), "state": "planned"}
    one = make.training_class(city.root, f"{city.word}第三期", f"{city.word}-03", **days)
    make.class_role(city.manager, one)
    return [one.pk]


def leave_of(city: City) -> Sending:
    return {"kind": "sick", "reason": "发热就医", "sessions": a_day(city)[:1]}


def other_sessions(other: City) -> dict[str, Sending]:
    return {"sessions": {"sessions": a_day(other)[:1]}}


def entered(city: City) -> Sending:
    return {"enrolment": city.open_enrolment.pk, **leave_of(city)}


def returned(city: City) -> Sending:
    return {"seen": 3, "since": a_day(city)[-1], "planned": "on"}


def forum(city: City) -> Sending:
    return {
        "kind": "forum", "title": "座谈", "date": city.open_class.start, "seen": 1,
        f"part-{city.open_enrolment.pk}": "took_part",
    }  # fmt: skip


def other_part(other: City) -> dict[str, Sending]:
    return {"part-other": {f"part-{other.open_enrolment.pk}": "took_part"}}


def election(city: City) -> Sending:
    who = city.open_enrolment.pk
    return {"post": "班长", "date": city.open_class.start, "voters": 1, f"votes-{who}": "1", f"elected-{who}": "on"}


def other_votes(other: City) -> dict[str, Sending]:
    who = other.open_enrolment.pk
    return {
        "votes-other": {f"votes-{who}": "1"},
        "elected-other": {f"votes-{who}": "1", f"elected-{who}": "on"},
    }


def groups(city: City) -> Sending:
    one = TrainingClass.objects.unscoped("its revision").get(pk=city.open_class.pk)
    who = city.open_enrolment.pk
    return {"seen": one.revision, f"group-{who}": "第九组", f"post-{who}": "组长"}


def other_groups(other: City) -> dict[str, Sending]:
    who = other.open_enrolment.pk
    return {"group-other": {f"group-{who}": "第九组"}, "post-other": {f"group-{who}": "第九组", f"post-{who}": "组长"}}


def award(city: City) -> Sending:
    return {"item": make.item("加分项").pk, "points-took_part": "1"}


def workbook(city: City) -> Sending:
    data = export_class(city.open_class, actor=city.manager)
    return {"workbook": ("本班.xlsx", data), "unit": city.root.pk}


def sheet(city: City) -> Sending:
    names = columns_of("rooms")
    data = table_workbook("教室", names, [[f"{city.word}新教室" if name == "名称" else "" for name in names]])
    return {"sheet": ("教室.xlsx", data), "unit": city.root.pk}


def a_roster(city: City) -> Sending:
    row = {"姓名": "林知远", "身份证号": number(1), "单位": city.bureau.name}
    return {"roster": ("干部花名册.xlsx", sheet_of([row])), "unit": str(city.root.pk)}


def other_unit(other: City) -> dict[str, Sending]:
    return {"unit": {"unit": other.root.pk}, "unit-below": {"unit": other.bureau.pk}}


def new_course(city: City) -> Sending:
    return {
        "unit": city.root.pk, "title": "新课程", "category": category().pk, "module": module(city), "form": "lecture",
        "hours": "4", "teachers": [teacher(city)], "seen": 1,
    }  # fmt: skip


def other_course(other: City) -> dict[str, Sending]:
    return {"module": {"module": module(other)}, "teachers": {"teachers": [teacher(other)]}}


def new_teacher(city: City) -> Sending:
    return {"unit": city.root.pk, "name": "新讲师", "kind": Teacher.Kind.values[0], "seen": 1}


def new_room(city: City) -> Sending:
    return {"unit": city.root.pk, "name": "新教室", "seen": 1, "capacity": "40", "travel_minutes": "0"}


def rehearsed(city: City) -> Sending:
    """The token of a sheet that was looked through."""
    names = columns_of("rooms")
    data = table_workbook("教室", names, [[f"{city.word}新教室" if name == "名称" else "" for name in names]])
    digest = rehearse_catalogue(data, "rooms", city.root, actor=city.staff).digest
    return {"token": seal(data, digest, "rooms", str(city.root.pk), user=city.staff, salt=catalogue.SALT)}


def an_award_sheet(city: City) -> bytes:
    who = city.cadres[0]
    row = (who.name, who.open_id_number(), "学习型好干部", "市委组织部", "2026-04-01")
    return table_workbook("学习荣誉", ("姓名", "身份证号", "荣誉名称", "授予单位", "授予日期"), [row])


def a_rehearsed_table(city: City) -> Sending:
    """The token of a sheet of awards that was looked through."""
    data = an_award_sheet(city)
    digest = rehearse_table(data, "awards", actor=city.staff).digest
    return {"token": seal(data, digest, "awards", user=city.staff, salt=cadre_tables.SALT)}


def other_table_token(other: City) -> dict[str, Sending]:
    return {"token": a_rehearsed_table(other)}


def other_token(other: City) -> dict[str, Sending]:
    return {"token": rehearsed(other)}


def move(city: City) -> Sending:
    return {
        "kind": "move", "unit": city.sibling.pk, "post": "副局长", "post_level": "县处级副职", "rank": "",
        "authority": city.root.pk, "since": "2026-03-01", "seen": 1, "step": "do",
    }  # fmt: skip


def papers(city: City) -> Sending:
    return {"papers": (f"{city.word}.lrmx", lrmx(ShenFenZheng=make.id_number(2))), "unit": city.root.pk}


def taken(city: City) -> Sending:
    return {"unit": city.bureau.pk, "post": "科长", "authority": city.root.pk, "since": "2026-03-01", "seen": ""}


def online_class(city: City) -> Sending:
    return {
        "unit": city.root.pk,
        "name": "新网络班",
        "since": "2026-01-01",
        "until": "2026-12-31",
        "target_hours": "50",
    }


def other_place(other: City) -> dict[str, Sending]:
    return {"unit": {"unit": other.bureau.pk}, "authority": {"authority": other.root.pk}}


def a_cadre(city: City) -> list[Any]:
    return [city.cadres[0].pk]


def register_form(city: City) -> Sending:
    return {"kind": "register", "enrolment": city.enrolments[0].pk}


def other_enrolment(other: City) -> dict[str, Sending]:
    return {"enrolment": {"enrolment": other.enrolments[0].pk}}


# ---- recognition and platforms ----


def outside(city: City) -> Sending:
    """An on-line course on the city's platform, with its proof."""
    day = timezone.localdate() - timedelta(days=21)
    return {
        "channel": "online", "title": "乡村振兴专题", "since": day, "until": day, "minutes": "450", "share": "100",
        "platform": recognition_rows.platform(city).pk, "proofs": ("证书.pdf", make.PDF),
    }  # fmt: skip


def other_platform(other: City) -> dict[str, Sending]:
    return {"platform": {"platform": recognition_rows.platform(other).pk}}


def outside_for_somebody(city: City) -> Sending:
    return {"cadre": city.cadres[0].pk, **outside(city)}


def other_person(other: City) -> dict[str, Sending]:
    return {"cadre": {"cadre": other.cadres[0].pk}, **other_platform(other)}


def again(city: City) -> Sending:
    return {"seen": 2, **outside(city)}


def ticked(what: str) -> Callable[[City], Sending]:
    def send(city: City) -> Sending:
        stage.PREPARATIONS[what](city)
        return {"row": [city.__dict__["filing_row"]], "sure": "on", "reason": "证明材料看不清"}

    return send


def other_ticked(what: str) -> Callable[[City], dict[str, Sending]]:
    def others(other: City) -> dict[str, Sending]:
        return {"row": ticked(what)(other)}

    return others


def new_platform(city: City) -> Sending:
    return {"unit": city.root.pk, "name": "新的网络学院", "minutes_per_hour": "45"}


def an_export(city: City) -> Sending:
    data = recognition_rows.export([recognition_rows.line(city)])
    return {"records": ("学习记录.csv", data), "unit": city.root.pk}


SWAPS = (
    Swap("recognition_new", "ClaimForm", outside, other_platform, "trainee", lambda city: []),
    Swap("recognition_again", "ClaimForm", again, other_platform, "trainee", prepared("a_returned_filing", "filing")),
    Swap("recognition_file", "ForOthersForm", outside_for_somebody, other_person, "liaison", lambda city: []),
    Swap("recognition_vet", "RowsForm", ticked("a_filing"), other_ticked("a_filing"), "liaison", lambda city: []),
    Swap("recognition_return", "ReturnRowsForm", ticked("a_filing"), other_ticked("a_filing"), "liaison",
         lambda city: []),
    Swap("recognition_confirm", "ConfirmRowsForm", ticked("a_vetted_filing"), other_ticked("a_vetted_filing"), "staff",
         lambda city: []),
    Swap("platform_add", "PlatformForm", new_platform, other_unit, "staff", lambda city: []),
    Swap("platform_upload", "ExportForm", an_export, other_unit, "staff", prepared("a_platform", "platform")),
    Swap("online_make", "OnlineClassForm", online_class, other_unit, "staff", lambda city: []),
    Swap("online_learners_add", "LearnersForm", lambda city: {"unit": city.bureau.pk, "seen": 1},
         lambda other: {"unit": {"unit": other.bureau.pk}}, "staff", prepared("an_empty_online_class", "empty_online_class")),
    Swap("cadre_papers", "PaperOrderForm", register_form, other_enrolment, "staff", a_cadre),
    Swap("personnel_forms", "PersonnelUploadForm", papers, other_unit, "staff", lambda city: []),
    Swap("personnel_form", "PersonnelTakeForm", taken, other_place, "staff", prepared("a_new_form", "new_form")),
    Swap("cadre_move", "CadreMoveForm", move, other_place, "staff", a_cadre),
    Swap("session_add", "LessonForm", lesson, other_lesson, shared=("category",)),
    Swap("session_edit", "LessonForm", lesson, other_lesson, place=a_lesson, shared=("category",)),
    Swap("timetable_copy", "CopyForm", lambda city: {"source": city.open_class.pk},
         lambda other: {"source": {"source": other.open_class.pk}}, place=former_class),
    Swap("leave_enter", "EnteredLeaveForm", entered,
         lambda other: {"enrolment": {"enrolment": other.open_enrolment.pk}, **other_sessions(other)}),
    Swap("leave_new", "LeaveForm", leave_of, other_sessions, "trainee", lambda city: [city.open_enrolment.pk]),
    Swap("leave_return", "ReturnForm", returned, lambda other: {"since": {"since": a_day(other)[-1]}},
         place=prepared("a_granted_leave", "leave")),
    Swap("activity_add", "ActivityForm", forum, other_part),
    Swap("activity_edit", "ActivityForm", forum, other_part, place=prepared("an_activity", "activity")),
    Swap("election_add", "ElectionForm", election, other_votes),
    Swap("class_groups", "GroupsForm", groups, other_groups),
    Swap("activity_award", "AwardForm", award, lambda other: {"item": {"item": item(other)}},
         place=prepared("an_activity", "activity")),
    Swap("workbook_upload", "WorkbookForm", workbook, other_unit, "staff", lambda city: []),
    Swap("roster_upload", "RosterForm", a_roster, other_unit, "staff", lambda city: []),
    Swap("catalogue_upload", "CatalogueUpload", sheet, other_unit, "staff", lambda city: ["rooms"]),
    Swap("catalogue_add", "CourseForm", new_course, lambda other: other_unit(other) | other_course(other), "staff",
         lambda city: ["courses"], shared=("category",)),
    Swap("catalogue_add", "TeacherForm", new_teacher, other_unit, "staff", lambda city: ["teachers"],
         shared=("fee_title",)),
    Swap("catalogue_add", "RoomForm", new_room, other_unit, "staff", lambda city: ["rooms"]),
    Swap("catalogue_entry", "CourseForm", new_course, other_course, "staff",
         lambda city: ["courses", course(city)], shared=("category",)),
    Swap("catalogue_entry", "TeacherForm", new_teacher, lambda other: {}, "staff",
         lambda city: ["teachers", teacher(city)], shared=("fee_title",)),
    Swap("catalogue_import", "request.POST", rehearsed, other_token, "staff", lambda city: ["rooms"]),
    Swap("cadre_table_import", "request.POST", a_rehearsed_table, other_table_token, "staff", lambda city: ["awards"]),
)  # fmt: skip
