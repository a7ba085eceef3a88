"""The stage of the matrix: objects that a row needs, who stands in which column, what must not be seen."""

import io
import zipfile
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pypdf
from django.http import HttpResponse, StreamingHttpResponse
from django.utils import timezone

from assessments.models import Result
from assessments.services import export_class, rehearse_workbook
from core.audit import record
from core.audit.sealing import seal_signature, system
from core.files import keep
from core.jobs import submit
from core.keys import new_key
from core.models import AuditArchive, AuditSeal, RowChange
from core.pictures import Upload
from courses.models import Course, CourseCategory, CourseModule, CourseSystem, Room, Teacher, TeacherTitle
from organization.models import Account, AuthoritySetting, DeviceCredential
from organization.services import add_device, ask_for_reset
from reports.models import ArchivePaper
from reports.services.year_end import close_with_statements, write_statements
from tests import factories as make
from tests.access import stage_ledger, stage_people, stage_recognition
from tests.access.matrix import ADMINISTRATORS
from tests.cast import Cast, City
from tests.trainees import recognition_rows
from tests.trainees.roster.files import sheet_of
from trainees.models import Award, Recomputation, RequirementSet, RuleSet
from trainees.rules.requirements import shipped
from trainees.services.rosters import rehearse_roster, take_roster
from trainees.services.rule_sets import shipped_rules
from training.models import (
    Activity,
    ActivityFile,
    AttendanceMark,
    ClassRole,
    ClassSeries,
    Holiday,
    LearningWork,
    LeaveApprover,
    LeaveRequest,
    LeaveStep,
    Session,
    SlipSheet,
    TrainingClass,
)
from training.rules import check_in
from training.services.corrections import ask_correction
from training.services.leave import Answer as LeaveAnswer
from training.services.leave import Wish, ask_leave, decide_leave
from training.services.machine import rehearse_machine


def account_of(cast: Cast, column: str) -> Account | None:
    if column == "nobody":
        return None
    city = cast.wangjiang if column.startswith("stranger") else cast.yunling
    return city.accounts[column.removeprefix("stranger_")]


# ---- what a row needs before it is asked ----


def late_entry(city: City) -> None:
    """Something to amend: an entry that came after the confirmation."""
    make.entry(city.enrolments[0], "纪律建设", "-1", "补记：课堂接听电话")


def tie(city: City) -> None:
    """An open candidacy."""
    result = Result.objects.get(enrolment=city.open_enrolment)
    result.candidate = Result.Candidate.PENDING
    result.explanation = {**(result.explanation or {}), "candidate": {"value": "待定", "places": 1, "sentence": ""}}
    result.save()


def a_batch(city: City) -> None:
    documents = [paper.pk for paper in city.documents.values()]
    batch = submit("document", "印发文书", documents, actor=city.staff.pk, subject_id=city.training_class.pk)
    city.__dict__["batch"] = batch.pk


def an_import(city: City) -> None:
    """A workbook that would change nothing: the open class as it is."""
    data = export_class(city.open_class, actor=city.manager)
    imported = rehearse_workbook(data, "本班.xlsx", actor=city.manager, unit=city.root)
    city.__dict__["imported"] = imported.pk


def a_closed_year(city: City) -> None:
    """2025, closed; one of its statements is made."""
    close_with_statements(city.root, 2025, actor=city.staff, on=date(2026, 1, 5))
    paper = ArchivePaper.objects.filter(year=2025, unit=city.root)
    write_statements(paper.get().pk)
    paper.update(file=keep(make.PDF))


def an_act(city: City) -> None:
    city.__dict__["act"] = stage_ledger.act(city).pk


def a_recomputation(city: City) -> None:
    some_rules(city)
    count = {"people": 1, "changed": 1, "awarded": 1, "reversed": 1, "unchanged": 0, "more": 0, "words": "未结账"}
    sums = {key: {"required": "4", "elective": "0"} for key in ("before", "after")}
    row = {"cadre": str(city.cadres[0].pk), "required": ["4", "5"], "elective": ["0", "0"]}
    facts = {"authority": city.root, "year": 2026, "rule_set_id": city.__dict__["credit_rules"][1]}
    made = Recomputation.objects.create(report=count | sums | {"differences": [row]}, actor_id=city.staff.pk, **facts)
    city.__dict__["recomputation"] = made.pk


def a_frozen_year(city: City) -> None:
    city.__dict__["frozen_year"] = stage_ledger.frozen(city).pk


def some_rules(city: City) -> None:
    """A version of each kind, of the city's own."""
    facts = {"unit": city.root, "name": f"{city.word}规则", "version": 1, "since": date(2026, 1, 1)}
    city.__dict__["credit_rules"] = ["credits", RuleSet.objects.create(**facts, rules=shipped_rules()).pk]
    city.__dict__["requirement_rules"] = ["requirements", RequirementSet.objects.create(**facts, rules=shipped()).pk]


def a_session(city: City) -> None:
    """The liaison is signed in on another device."""
    city.__dict__["session"] = make.signed_in(city.liaison).pk


def machine_list(city: City) -> None:
    """A machine's list that would change nothing: somebody who is not on the roster."""
    one, data = city.training_class, "姓名,打卡时间\n无名氏,2026-03-02 08:20\n".encode()
    city.__dict__["machine"] = [one.pk, rehearse_machine(data, "打卡.csv", one, actor=city.manager).pk]


def slip_sheet(city: City) -> None:
    """A sheet of slips that the manager ordered and the worker made."""
    one = city.training_class
    sheet = SlipSheet.objects.create(training_class=one, ordered_by=city.manager, cards=1, file=keep(make.PDF))
    city.__dict__["slips"] = [one.pk, sheet.pk]


def an_activity(city: City) -> None:
    """A forum of the open class with a picture."""
    one = city.open_class
    forum = Activity.objects.create(training_class=one, kind="forum", title=f"{city.word}学员论坛", date=one.start)
    paper = ActivityFile.objects.create(
        activity=forum, file=keep(make.PDF), name=f"{city.word}论坛纪要.pdf", kind="文件"
    )
    city.__dict__["activity"], city.__dict__["activity_paper"] = [one.pk, forum.pk], [one.pk, paper.pk]


def a_roster(city: City) -> None:
    """A roster that was rehearsed: one new person."""
    row = {"姓名": f"{city.word[0]}新人", "身份证号": make.id_number(), "单位": city.bureau.name}
    upload = take_roster(sheet_of([row]), f"{city.word}花名册.xlsx", actor=city.staff, unit=city.root)
    rehearse_roster(upload.pk)
    city.__dict__["roster"] = upload.pk


def a_course(city: City) -> None:
    """A course of the catalogue."""
    key = _course(city)
    city.__dict__["entry"], city.__dict__["course"] = ["courses", key], [key]


def closed(city: City) -> None:
    """The class was closed today."""
    TrainingClass.objects.filter(pk=city.training_class.pk).update(state="closed", closed_on=timezone.localdate())


def a_correction(city: City) -> None:
    """The manager asks for another mark in a cell of the class, closed today."""
    closed(city)
    mark = city.enrolments[0].marks.get()
    cell = mark.enrolment_id, mark.session_id
    asked = ask_correction(city.training_class, *cell, "sick", actor=city.manager, reason="病假条补交", seen=1)
    city.__dict__["correction"] = asked.pk


def _correction(city: City) -> Any:
    if "correction" not in city.__dict__:  # a cell has one open request
        a_correction(city)
    return city.__dict__["correction"]


def stayed_away(city: City) -> None:
    """The one trainee of the open class attended nothing of it."""
    for when in city.open_class.sessions.all():
        make.mark(city.open_enrolment, when, AttendanceMark.Mark.ABSENT)
    TrainingClass.objects.filter(pk=city.open_class.pk).update(state="ended")


def running(city: City) -> None:
    """The class runs."""
    TrainingClass.objects.filter(pk=city.training_class.pk).update(state="running")


def a_check_in(city: City) -> None:
    """A class of today with both trainees, checking in since ten minutes ago."""
    one = make.class_of_today(city)
    found = make.opened_check_in(one, city.manager)
    slot = check_in.slot_of(timezone.now())
    city.__dict__["check_in"] = [one.pk, found.session_id]
    city.__dict__["scan"] = [check_in.short_key(found), check_in.code_of(found, slot)]
    city.__dict__["wall"] = check_in.wall_token(found)


def a_device(city: City) -> None:
    """The liaison's calendar address, used before."""
    now = timezone.now()
    device, key = add_device(city.liaison, DeviceCredential.Kind.CALENDAR, "", now=now, actor=city.liaison)
    DeviceCredential.objects.filter(pk=device.pk).update(used=now)
    city.__dict__["device"], city.__dict__["feed"] = device.pk, key


def a_leave(city: City) -> None:
    """A day in the open class, with a proof; the manager agreed, the office is asked since two days."""
    who, wish = city.open_enrolment, Wish("sick", "发热就医", leave_sessions(city), Upload(make.PDF, "病历.pdf"))
    row = decide_leave(ask_leave(who, wish, actor=city.trainee), LeaveAnswer(True), actor=city.manager)
    LeaveStep.objects.filter(request=row, level="manager").update(at=timezone.now() - timedelta(days=2))
    city.__dict__["leave"] = row.pk


def leave_sessions(city: City) -> list[Any]:
    """Morning and afternoon of the open class's first day."""
    make.session(city.open_class, 1, recorded=False)
    first = city.open_class.sessions.filter(date=city.open_class.start)
    return list(first.values_list("pk", flat=True))


def a_granted_leave(city: City) -> None:
    """The same, granted."""
    a_leave(city)
    row = LeaveRequest.objects.get(pk=city.__dict__["leave"])
    decide_leave(row, LeaveAnswer(True, accept_over=True), actor=city.approver)


def an_award(city: City) -> None:
    facts = {"name": "学习型好干部", "giver": city.root.name, "on": date(2026, 4, 1)}
    city.__dict__["award"] = Award.objects.create(cadre=city.cadres[0], **facts).pk


def an_archive_paper(city: City) -> None:
    """A booklet that the department asked for and the worker made."""
    facts = {"kind": "booklet", "cadre": city.cadres[0], "asked_by_id": city.staff.pk, "file": keep(make.PDF)}
    city.__dict__["archive_paper"] = ArchivePaper.objects.create(**facts).pk


def a_work(city: City) -> None:
    """A report that the trainee handed in."""
    facts = {"kind": "report", "title": f"{city.word}基层治理调研", "file": keep(make.PDF), "file_name": "报告.pdf"}
    city.__dict__["work"] = LearningWork.objects.create(enrolment=city.enrolments[0], **facts).pk


PREPARATIONS: dict[str, Callable[[City], None]] = {
    "a_closed_year": a_closed_year,
    "an_act": an_act,
    "some_rules": some_rules,
    "a_recomputation": a_recomputation,
    "a_frozen_year": a_frozen_year,
    "an_award": an_award,
    "an_archive_paper": an_archive_paper,
    "a_work": a_work,
    "late_entry": late_entry,
    "stayed_away": stayed_away,
    "tie": tie,
    "a_batch": a_batch,
    "an_import": an_import,
    "a_session": a_session,
    "slip_sheet": slip_sheet,
    "a_course": a_course,
    "a_roster": a_roster,
    "machine_list": machine_list,
    "a_check_in": a_check_in,
    "a_device": a_device,
    "an_activity": an_activity,
    "a_correction": a_correction,
    "closed": closed,
    "running": running,
    "a_leave": a_leave,
    "a_granted_leave": a_granted_leave,
    **stage_people.PREPARATIONS,
    **stage_recognition.PREPARATIONS,
}


# ---- one row of every model that the admin shows ----


def admin_object(city: City, label: str) -> Any:
    """The primary key of the city's row of that model."""
    return ADMIN_OBJECTS[label](city)


def _course(city: City) -> Any:
    category = CourseCategory.objects.get_or_create(name="理论教育")[0]
    return Course.objects.create(unit=city.root, title=f"{city.word}课程", category=category, hours=4).pk


def _system(city: City) -> CourseSystem:
    facts = {"since": date(2026, 1, 1)}
    return CourseSystem.objects.get_or_create(unit=city.root, name=f"{city.word}“1+18+N”", defaults=facts)[0]


def _batch(city: City) -> Any:
    a_batch(city)
    return city.__dict__["batch"]


def _import(city: City) -> Any:
    an_import(city)
    return city.__dict__["imported"]


def _seal(city: City) -> Any:
    """The first link; entries of this transaction could not be sealed before it ends."""
    days = {"since": 0, "until": 1, "first": 1, "last": 1}
    seal = AuditSeal(id=1, at=timezone.now(), system=system(), count=0, leaves=b"", previous="", **days)
    seal.mac = seal_signature(seal)
    seal.save(force_insert=True)
    return seal.pk


def _archive(city: City) -> Any:
    span = {"first_seal": 1, "last_seal": 1, "count": 1}
    made = {"act": "archived", "file_name": "audit-00000001-00000001.jsonl.gz", "digest": "0" * 64, "mac": "0" * 64}
    return AuditArchive.objects.create(at=timezone.now(), **span, **made).pk


def _leave(city: City) -> Any:
    a_leave(city)
    return city.__dict__["leave"]


ADMIN_OBJECTS: dict[str, Callable[[City], Any]] = {
    "organization.Unit": lambda city: city.bureau.pk,
    "organization.Account": lambda city: city.liaison.pk,
    "organization.Grant": lambda city: city.liaison.grants.get().pk,
    "organization.AccountSession": lambda city: make.signed_in(city.liaison).pk,
    "organization.DeviceCredential": lambda city: make.remembered_phone(city.liaison)[0].pk,
    "organization.FactorReset": lambda city: ask_for_reset(city.staff, "手机丢失", actor=city.security_admin).pk,
    "organization.AuthoritySetting": lambda city: (
        AuthoritySetting.objects.create(unit=city.root, key="letter_word", value="培函", since=date(2026, 1, 1)).pk
    ),
    "trainees.Cadre": lambda city: city.cadres[0].pk,
    "trainees.Platform": lambda city: recognition_rows.platform(city).pk,
    "trainees.Recognition": lambda city: recognition_rows.filing(city).pk,
    "courses.CourseCategory": lambda city: CourseCategory.objects.get_or_create(name="理论教育")[0].pk,
    "courses.Course": _course,
    "courses.Teacher": lambda city: Teacher.objects.create(unit=city.root, name=f"{city.word}讲师").pk,
    "courses.Room": lambda city: Room.objects.create(unit=city.root, name=f"{city.word}教室").pk,
    "courses.CourseSystem": lambda city: _system(city).pk,
    "courses.CourseModule": lambda city: (
        CourseModule.objects.create(system=_system(city), number="1", name=f"{city.word}必修").pk
    ),
    "courses.TeacherTitle": lambda city: TeacherTitle.objects.all()[0].pk,
    "training.Holiday": lambda city: Holiday.objects.get_or_create(date=date(2026, 10, 1), kind="off")[0].pk,
    "training.ClassSeries": lambda city: ClassSeries.objects.create(unit=city.root, name=f"{city.word}中青班").pk,
    "training.TrainingClass": lambda city: city.training_class.pk,
    "training.ClassRole": lambda city: ClassRole.objects.filter(training_class=city.training_class)[0].pk,
    "training.Enrolment": lambda city: city.enrolments[0].pk,
    "training.Session": lambda city: Session.objects.filter(training_class=city.training_class)[0].pk,
    "training.AttendanceMark": lambda city: AttendanceMark.objects.filter(training_class=city.training_class)[0].pk,
    "training.LeaveApprover": lambda city: LeaveApprover.objects.get(account=city.approver).pk,
    "training.LeaveRequest": _leave,
    "training.CorrectionRequest": _correction,
    **stage_people.ADMIN_OBJECTS,
    **stage_ledger.ADMIN_OBJECTS,
    "assessments.ScoringScheme": lambda city: make.scheme().pk,
    "assessments.Item": lambda city: make.item("加分项").pk,
    "assessments.ScoreEntry": lambda city: city.enrolments[0].entries.all()[0].pk,
    "assessments.Exam": lambda city: city.training_class.exams.all()[0].pk,
    "assessments.Result": lambda city: Result.objects.get(enrolment=city.enrolments[0]).pk,
    "assessments.WorkbookImport": _import,
    "reports.Document": lambda city: city.documents["letter"].pk,
    "reports.NumberSeries": lambda city: city.documents["letter"].series_id,
    "core.Batch": _batch,
    "core.AuditEntry": lambda city: record("unit.change", actor=city.staff.pk).pk,
    "core.AuditSeal": _seal,
    "core.AuditArchive": _archive,
    "core.RowChange": lambda city: RowChange.objects.filter(table_name="organization_grant").latest("pk").pk,
}


# ---- what must not be seen ----


def canaries(cast: Cast, column: str) -> list[str]:
    """Words that no page shows to this column: the other city's people and things, and everybody's ID number."""
    other = cast.yunling if column.startswith("stranger") else cast.wangjiang
    numbers = [person.open_id_number() for city in (cast.yunling, cast.wangjiang) for person in city.cadres]
    people = [person.name for person in other.cadres]
    if column in ADMINISTRATORS:
        return people + numbers
    accounts = [who.display_name for who in other.accounts.values()]
    return [*people, *numbers, *accounts, other.training_class.name, other.bureau.name, other.training_class.code]


def body_of(response: HttpResponse | StreamingHttpResponse) -> str:
    """All of the answer as text; what is packed is unpacked: Excel files, folders of papers, PDFs."""
    return text_of(b"".join(response.streaming_content) if response.streaming else response.content)  # type: ignore[arg-type,union-attr]


def text_of(data: bytes) -> str:
    if data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return "\n".join([*archive.namelist(), *(text_of(archive.read(name)) for name in archive.namelist())])
    if data[:5] == b"%PDF-" and data != make.PDF:
        pages = pypdf.PdfReader(io.BytesIO(data)).pages
        return "\n".join("".join(page.extract_text().split()) for page in pages)
    return data.decode("utf-8", errors="replace")


def op_id() -> str:
    return str(new_key())
