"""概览: what a class is, what is there, what is missing, what happened."""

from typing import Any

from django.db.models import Count, Q, Sum
from django.urls import reverse

from assessments.models import ClassAssessment, Exam, Result, SatisfactionCount
from core.models import AuditEntry
from portal.acts import names_of
from portal.pages import closing, moves, words
from portal.pages.classes import upload_url
from portal.pages.results import mean_total
from portal.rules import Door
from reports.models import Document
from training.models import Activity, AttendanceMark, Enrolment, LeaveRequest, Session, TrainingClass
from training.services.dossier import never_came, no_shows_item, plan_item

WHY = "counts of a class that was fetched in scope"
CONFIRMED = (Result.State.CONFIRMED, Result.State.AMENDED)
EVENTS_SHOWN = 12


def overview(one: TrainingClass, door: Door) -> dict[str, Any]:
    """The fragment's own context; a fixed number of queries whatever the size of the class."""
    counts = count_rows(one)
    return {
        "figures": figures(counts, door),
        "notes": [],
        "facts": facts(one),
        "checks": checks(one, counts, door),
        "events": events(one) if door.records else [],
        "closing_url": reverse("portal:class_closing", args=[one.pk]) if moves.can_close(one, door) else "",
        "asks": moves.asks(one, door),
    }


def count_rows(one: TrainingClass) -> dict[str, Any]:
    """How much there is of everything, by name."""
    of_class = Q(training_class=one)
    seated = Enrolment.objects.unscoped(WHY).filter(of_class).on_roster().count()
    sessions = Session.objects.unscoped(WHY).filter(of_class)
    timetable = sessions.aggregate(
        sessions=Count("pk"), recorded=Count("pk", filter=Q(recorded=True)), hours=Sum("hours")
    )
    results = Result.objects.unscoped(WHY).filter(of_class)
    reached = results.aggregate(
        results=Count("pk"),
        confirmed=Count("pk", filter=Q(state__in=CONFIRMED)),
        excellent=Count("pk", filter=Q(grade=Result.Grade.EXCELLENT)),
        pending=Count("pk", filter=Q(candidate=Result.Candidate.PENDING)),
    )
    documents = Document.objects.unscoped(WHY).filter(of_class).current()
    papers = documents.aggregate(
        issued=Count("pk", filter=Q(state=Document.State.ISSUED)),
        drafts=Count("pk", filter=Q(state=Document.State.DRAFT)),
    )
    mean = {"mean": mean_total(results.only("rank", "total"))}
    return {"seated": seated} | timetable | reached | mean | papers | kept(one)


def kept(one: TrainingClass) -> dict[str, Any]:
    """Which records were kept at all."""
    assessment = ClassAssessment.objects.unscoped(WHY).filter(pk=one.pk).first()
    kinds = set(Exam.objects.unscoped(WHY).filter(training_class=one).values_list("kind", flat=True))
    return {
        "marks": AttendanceMark.objects.unscoped(WHY).filter(training_class=one).count(),
        "leaves": LeaveRequest.objects.unscoped(WHY)
        .filter(enrolment__training_class=one, state=LeaveRequest.State.ASKED)
        .count(),
        "activities": Activity.objects.unscoped(WHY).filter(training_class=one, cancelled="").count(),
        "entries_kept": bool(assessment and assessment.entries_kept),
        "exams": kinds,
        "satisfaction": satisfaction_rate(one),
    }


def satisfaction_rate(one: TrainingClass) -> float | None:
    """Share of 非常满意 and 满意 in per cent; nothing under five answers."""
    counted = SatisfactionCount.objects.unscoped(WHY).filter(training_class=one)
    sums = counted.aggregate(good=Sum("count", filter=Q(rating__in=SatisfactionCount.RATINGS[:2])), whole=Sum("count"))
    answers = (sums["whole"] or 0) / len(SatisfactionCount.ASPECTS)
    return None if answers < 5 else 100 * (sums["good"] or 0) / sums["whole"]


def figures(counts: dict[str, Any], door: Door) -> list[dict[str, Any]]:
    shown = [
        words.figure("学员", counts["seated"], "人"),
        words.figure("学时", words.hours(counts["hours"]), "学时", f"{counts['sessions']} 个课次"),
    ]
    if counts["mean"] is not None and (door.records or counts["confirmed"]):
        shown.append(words.figure("平均分", words.points(counts["mean"]), "分", f"优秀 {counts['excellent']} 人"))
    if counts["satisfaction"] is not None:
        shown.append(words.figure("满意率", f"{counts['satisfaction']:.1f}", "%", "要求不低于 85%"))
    return shown


def facts(one: TrainingClass) -> list[dict[str, Any]]:
    pairs = [
        ("班次编号", one.code),
        ("班次类别", one.class_type),
        ("起止日期", words.period(one.start, one.end)),
        ("主办单位", one.organizer),
        ("承办单位", one.host),
        ("培训地点", one.place),
        ("班主任", one.manager_names),
        ("计划人数", f"{one.planned_size} 人" if one.planned_size else ""),
        ("来源", one.get_origin_display()),
    ]
    return [words.fact(*pair) for pair in pairs]


def checks(one: TrainingClass, counts: dict[str, Any], door: Door) -> list[dict[str, Any]]:
    """What a class owes, with where to do it; what it owes before it can be closed stands on the tab 结班 as well."""
    upload = upload_url(one) if door.roster and door.writing else ""
    files = reverse("portal:class_files", args=[one.pk]) if door.papers else ""
    both = {"entry", "final"} <= counts["exams"]
    return [
        closing.check(one, plan_item(one), door),
        words.check("花名册", bool(counts["seated"]), f"{counts['seated']} 名学员", upload, "上传工作簿"),
        *by_hand(one, counts, door),
        *([closing.check(one, no_shows_item(never_came([one.pk]).count()), door)] if door.roster else []),
        words.check("量化记录", counts["entries_kept"], "", upload, "上传工作簿"),
        words.check("入学测试与结业考试", both, "办班必考", upload, "上传工作簿"),
        confirmation(one, counts, door),
        words.check("文件已印发", bool(counts["issued"]), f"已印发 {counts['issued']} 份", files, "查看文件"),
    ]


def by_hand(one: TrainingClass, counts: dict[str, Any], door: Door) -> list[dict[str, Any]]:
    """What is kept on pages of its own; who only reads is shown how far it is, and leave not at all."""
    writes = door.roster and door.writing

    def where(name: str) -> str:
        return reverse(f"portal:{name}", args=[one.pk]) if writes else ""

    lessons = (
        f"{counts['sessions']} 个课次，{words.hours(counts['hours'])} 学时" if counts["sessions"] else "还没有课次"
    )
    waiting = f"{counts['leaves']} 份等待审批" if counts["leaves"] else "没有待审批的"
    leave = words.check("请假", not counts["leaves"], waiting, where("class_leaves"), "去看请假")
    held = f"{counts['activities']} 次" if counts["activities"] else "还没有登记"
    return [
        words.check("课程表", bool(counts["sessions"]), lessons, where("class_timetable"), "排课程表"),
        words.check("考勤", one.attendance_kept, _recorded(counts), where("class_attendance"), "登记考勤"),
        *([leave] if door.roster else []),
        words.check("活动", bool(counts["activities"]), held, where("class_activities"), "登记活动"),
    ]


def confirmation(one: TrainingClass, counts: dict[str, Any], door: Door) -> dict[str, Any]:
    """The way to confirm; who may not is told who can."""
    confirmed = bool(counts["results"]) and counts["confirmed"] == counts["results"]
    detail = f"已确认 {counts['confirmed']} / {counts['results']}"
    who = closing.who_confirms(door)
    if not who:
        return words.check("成绩已确认", confirmed, detail, reverse("portal:class_results", args=[one.pk]), "去确认")
    return words.check("成绩已确认", confirmed, detail if confirmed else f"{detail}；{who}")


def _recorded(counts: dict[str, Any]) -> str:
    return f"{counts['recorded']} / {counts['sessions']} 个课次有考勤"


def events(one: TrainingClass) -> list[dict[str, Any]]:
    """What the audit log holds about the class itself, latest first."""
    entries = AuditEntry.objects.filter(object_type="training.TrainingClass", object_id=str(one.pk))
    latest = list(entries.order_by("-id")[:EVENTS_SHOWN])
    names = names_of({entry.actor_id for entry in latest})
    return [
        {
            "title": words.event(entry.event),
            "when": words.moment(entry.at),
            "who": names.get(entry.actor_id, ""),
            "text": entry.reason,
        }
        for entry in latest
    ]
