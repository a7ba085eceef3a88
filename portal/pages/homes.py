"""Where each role comes in: the department's desk, a unit's letters, a leader's figures."""

from datetime import date, datetime
from typing import Any

from django.db.models import Avg, Count, Min, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from assessments.models import Result, WorkbookImport
from core.models import Batch, BatchItem
from organization.models import Account, Unit
from organization.roles import Role
from portal.acts import age_in_words, names_of
from portal.lists import chips, chosen, page_of
from portal.pages import words
from portal.pages.cadres import rows_for
from portal.pages.classes import begun, unconfirmed
from portal.pages.corrections import asked_of_me as asked_corrections
from portal.pages.duties import desk
from portal.pages.files import document
from portal.pages.leaves.mine import asked_of_me
from portal.pages.recognitions.lists import waiting as filings_of
from portal.pages.results import bars
from portal.pages.unclosed import unclosed
from reports.models import Document
from trainees.models import FrozenYear
from training.models import Enrolment, TrainingClass

LATE_DAYS = 7
STATES = TrainingClass.State
SHOWN_EVENTS = 8


def area_name(user: Account, *roles: str) -> str:
    """The units where the roles are held, by name."""
    held = [one.unit_id for one in user.access.held if one.role in roles]
    return "、".join(Unit.objects.filter(pk__in=held).order_by("path").values_list("name", flat=True))


# ---- the department's desk ----


def staff(request: HttpRequest, user: Account) -> dict[str, Any]:
    classes, learning = TrainingClass.objects.visible_to(user), desk.whole(request, user)
    behind = [wait(*one, None) for one in desk.waits(learning)]
    return {
        "area_name": area_name(user, Role.STAFF),
        "today": timezone.localdate(),
        "figures": [*desk_figures(user, classes), desk.attained(learning)],
        "waits": [one for one in waits(user, classes) + behind if one],
        "events": recent_events(user),
        "upload_url": reverse("portal:workbook_upload"),
    }


def desk_figures(user: Account, classes: QuerySet[TrainingClass]) -> list[dict[str, Any]]:
    year = timezone.localdate().year
    counts = classes.aggregate(
        running=Count("pk", filter=Q(state=STATES.RUNNING)), this_year=Count("pk", filter=Q(start__year=year))
    )
    trained = Enrolment.objects.visible_to(user).on_roster().filter(training_class__in=classes, since__year=year)
    lists = reverse("portal:class_list")
    return [
        words.figure("在办班次", counts["running"], "个", url=f"{lists}?state=running"),
        words.figure(f"{year}年班次", counts["this_year"], "个", url=f"{lists}?year={year}"),
        words.figure(f"{year}年参训", trained.count(), "人次"),
        words.figure("在册干部", rows_for(user).count(), "人", url=reverse("portal:cadre_list")),
    ]


def waits(user: Account, classes: QuerySet[TrainingClass]) -> list[dict[str, Any] | None]:
    """What waits for the department, each with the age of its oldest."""
    lists = reverse("portal:class_list")
    imports = WorkbookImport.objects.visible_to(user).filter(state=WorkbookImport.State.REHEARSED)
    waiting = imports.aggregate(n=Count("pk"), oldest=Min("created"))
    to_confirm = classes.filter(unconfirmed(user)).aggregate(n=Count("pk"), oldest=Min("end"))
    unverified = rows_for(user).filter(unverified=True).count()
    return [
        leave_wait(user),
        correction_wait(user),
        recognition_wait(user),
        frozen_wait(user),
        wait("upload", waiting["n"], "份工作簿已核对，等待确认", reverse("portal:workbook_upload"), waiting["oldest"]),
        wait("scale", to_confirm["n"], "个班次的成绩等待确认", f"{lists}?results=waiting", to_confirm["oldest"]),
        unclosed_wait(user),
        failed_items(classes),
        wait(
            "user-check",
            unverified,
            "名干部待核",
            f"{reverse('portal:cadre_list')}?unverified=1",
            None,
        ),
    ]


def unclosed_wait(user: Account) -> dict[str, Any] | None:
    """Classes that have ended and are not closed, for those who close them."""
    found = unclosed(user).aggregate(n=Count("pk"), oldest=Min("end"))
    return wait("school", found["n"], "个班次已结束、未结班", reverse("portal:class_unclosed"), found["oldest"])


def leave_wait(user: Account) -> dict[str, Any] | None:
    """Leave that waits for the account's word; a reminded one is told first."""
    found = asked_of_me(user).aggregate(n=Count("pk"), oldest=Min("waiting_since"), reminded=Count("reminded"))
    told = wait("clipboard-check", found["n"], "份请假等您审批", reverse("portal:leave_inbox"), found["oldest"])
    if told and found["reminded"]:
        told |= {"detail": f"其中 {found['reminded']} 份已催办", "late": True}
    return told


def correction_wait(user: Account) -> dict[str, Any] | None:
    """Marks of closed classes that somebody asks to have corrected."""
    found = asked_corrections(user).aggregate(n=Count("pk"), oldest=Min("asked_at"))
    return wait("pencil", found["n"], "份考勤更正申请等您审批", reverse("portal:correction_list"), found["oldest"])


def recognition_wait(user: Account) -> dict[str, Any] | None:
    """Filings that wait for the account's word."""
    found = filings_of(user)
    url = reverse("portal:recognition_list")
    return wait("circle-check", found["n"], "条学时申报等您办理", url, found["oldest"])


def frozen_wait(user: Account) -> dict[str, Any] | None:
    """An alarm: whose ledger a check found to differ takes no entries until the department has looked."""
    found = FrozenYear.objects.visible_to(user).standing().aggregate(n=Count("pk"), oldest=Min("frozen_at"))
    url = f"{reverse('portal:ledger_years')}#frozen"
    told = wait("alert-triangle", found["n"], "人次的台账核对有差异，已冻结", url, found["oldest"])
    return told and told | {"detail": "查明并解除以前不能入账", "late": True}


def failed_items(classes: QuerySet[TrainingClass]) -> dict[str, Any] | None:
    """Documents that could not be made; the oldest class's files are opened."""
    batches = Batch.objects.filter(subject_id__in=classes.values("pk"), items__state=BatchItem.State.FAILED)
    found = batches.aggregate(n=Count("items"), oldest=Min("created"))
    first = batches.order_by("created").values_list("subject_id", flat=True).first() if found["n"] else None
    url = reverse("portal:class_files", args=[first]) if first else ""
    return wait("alert-triangle", found["n"], "份文件生成失败", url, found["oldest"])


def wait(icon: str, count: int, what: str, url: str, oldest: date | datetime | None) -> dict[str, Any] | None:
    if not count:
        return None
    since = _moment(oldest)
    days = (timezone.now() - since).days if since else 0
    age = age_in_words(since) if since else ""
    return {"icon": icon, "label": f"{count} {what}", "detail": "", "url": url, "age": age, "late": days >= LATE_DAYS}


def _moment(day: date | datetime | None) -> datetime | None:
    if day is None or isinstance(day, datetime):
        return day
    return timezone.make_aware(datetime.combine(day, datetime.min.time()))


def recent_events(user: Account) -> list[dict[str, Any]]:
    """The latest imports of the area."""
    committed = WorkbookImport.objects.visible_to(user).filter(state=WorkbookImport.State.COMMITTED)
    rows = list(committed.select_related("training_class").order_by("-committed")[:SHOWN_EVENTS])
    names = names_of({row.uploaded_by_id for row in rows})
    return [
        {
            "title": f"导入“{row.training_class.name}”",
            "when": words.moment(row.committed),
            "who": names.get(row.uploaded_by_id, ""),
            "text": "",
        }
        for row in rows
        if row.training_class and row.committed
    ]


# ---- a unit's liaison ----


def liaison(request: HttpRequest, user: Account) -> dict[str, Any]:
    rows = Document.objects.visible_to(user).filter(user.access.within("unit", Role.LIAISON), kind=Document.Kind.LETTER)
    years = [str(on.year) for on in rows.dates("issued_on", "year", order="DESC")]
    year = chosen(request, "year", years)
    shown = rows.filter(issued_on__year=year) if year else rows
    page = documents_page(request, shown)
    trained = Enrolment.objects.visible_to(user).on_roster().filter(user.access.within("unit", Role.LIAISON))
    return {
        "unit_name": area_name(user, Role.LIAISON),
        "figures": [
            words.figure("反馈函", rows.filter(state=Document.State.ISSUED).count(), "份"),
            words.figure("参训学员", trained.count(), "人次", "本单位及下属单位"),
            words.figure("待审核学时申报", filings_of(user)["n"], "条", url=reverse("portal:recognition_list")),
        ],
        "filters": [chips("year", "年度", [(one, f"{one}年") for one in years], year)],
        "page_obj": page,
    }


def documents_page(request: HttpRequest, rows: QuerySet[Document]) -> Any:
    """Issued documents, latest first, each named after its class."""
    linked = rows.select_related("series", "unit", "enrolment", "replaces__series", "training_class")
    page = page_of(request, linked.order_by("-issued_on", "-number", "pk"))
    page.object_list = [document(row, row.training_class.name) for row in page.object_list]
    return page


# ---- a leader ----


def leader(request: HttpRequest, user: Account) -> dict[str, Any]:
    today, learning = timezone.localdate(), desk.whole(request, user)
    year = today.year
    classes = TrainingClass.objects.visible_to(user).filter(begun(user, today), start__year=year)
    bulletins = Document.objects.visible_to(user).filter(
        user.access.within("training_class__unit", Role.LEADER), kind=Document.Kind.BULLETIN
    )
    issued = bulletins.exclude(state__in=[Document.State.DRAFT, Document.State.VOID])
    return {
        "area_name": area_name(user, Role.LEADER),
        "period_words": f"{year}年1月1日至今",
        "figures": [
            *leader_figures(user, classes, f"?year={year}&begun=1"),
            desk.attained(learning),
            desk.trained(learning),
        ],
        "charts": desk.charts(learning) + leader_charts(user, year),
        "page_obj": documents_page(request, issued),
    }


def leader_figures(user: Account, classes: QuerySet[TrainingClass], query: str) -> list[dict[str, Any]]:
    """Of the classes that have begun; `query` opens just these in the list."""
    seats = Enrolment.objects.visible_to(user).on_roster().filter(training_class__in=classes)
    results = area_results(user).filter(training_class__in=classes)
    found = results.aggregate(
        mean=Avg("total", filter=Q(rank__isnull=False)), excellent=Count("pk", filter=Q(grade=Result.Grade.EXCELLENT))
    )
    return [
        words.figure("班次", classes.count(), "个", url=reverse("portal:class_list") + query),
        words.figure("参训", seats.count(), "人次"),
        words.figure("待结班", unclosed(user).count(), "个", "已结束、未结班", url=reverse("portal:class_unclosed")),
        words.figure("平均分", words.points(found["mean"]), "分", "已确认的成绩"),
        words.figure("优秀", found["excellent"], "人次"),
    ]


def area_results(user: Account) -> QuerySet[Result]:
    """Confirmed results of classes organised in the leader's area."""
    rows = Result.objects.visible_to(user).filter(user.access.within("training_class__unit", Role.LEADER))
    return rows.filter(state__in=[Result.State.CONFIRMED, Result.State.AMENDED])


def leader_charts(user: Account, year: int) -> list[dict[str, Any]]:
    """Trainees by grade, and by home unit."""
    results = area_results(user).filter(training_class__start__year=year)
    grades = dict(results.order_by().values_list("grade").annotate(Count("pk")))
    known = [(grade, grades[grade]) for grade in Result.Grade.values if grade in grades]
    units = results.order_by().values_list("enrolment__unit__name").annotate(n=Count("pk")).order_by("-n")[:10]
    if not known:
        return []
    return [
        bars("chart-grades", "等次分布", "等次", known),
        bars("chart-units", "参训人次较多的单位", "单位", list(units), horizontal=True),
    ]
