"""A trainee's own home, made for a phone: what is asked, how far it is, what is due, what was learned."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Sum
from django.urls import reverse
from django.utils import timezone

from organization.models import Account
from portal.pages import words
from portal.pages.archive import classes, papers
from portal.pages.archive.due import due_of
from portal.pages.archive.duties import gauge
from portal.pages.today import first_ahead
from reports.gathering.archive import Sight, archive_of, sight_of
from reports.gathering.archive.people import owners_of
from reports.models import Document
from reports.papers.archive import YearSum
from reports.papers.archive_classes import Archive, ClassLine
from trainees.models import Cadre, CreditEntry
from training.models import Enrolment, TrainingClass

SHOWN = 12
OPEN = (TrainingClass.State.RUNNING, TrainingClass.State.ENDED, TrainingClass.State.REOPENED)
HOLDS = (Enrolment.State.REPORTED, Enrolment.State.COMPLETED)


def trainee(user: Account) -> dict[str, Any]:
    """What templates/portal/home_trainee.html needs."""
    rows = Cadre.objects.visible_to(user).select_related("unit", "managing_authority")
    cadre = rows.get(account=user)
    sight = sight_of(user, cadre)
    archive = archive_of(cadre, sight, timezone.localdate(), ledger=False)
    url = reverse("portal:cadre", args=[cadre.pk])
    latest = archive.latest
    return {
        "person": {"name": cadre.name, "unit": cadre.unit.name},
        "today": first_ahead(user, timezone.now()),
        "gauges": [gauge(line, archive.on) for line in archive.duties],
        "figures": figures(archive, carried(cadre, sight, archive.on.year)),
        "due": due_of(archive, user, url),
        "radar": classes.radar(latest) if latest else None,
        "steps": steps(user, archive),
        "archive_url": url,
        "papers": papers.of_cadre(cadre, sight, user),
    }


def carried(cadre: Cadre, sight: Sight, year: int) -> dict[str, Decimal]:
    """Credits brought over from the year before, by kind; one query."""
    rows = sight.rows(CreditEntry).live().filter(cadre__in=owners_of([cadre]), year=year)
    sums = rows.filter(channel=CreditEntry.Channel.CARRY).order_by().values_list("kind")
    return dict(sums.annotate(total=Sum("credits")))


def figures(archive: Archive, carried: Mapping[str, Decimal]) -> list[dict[str, Any]]:
    """This year in numbers; nothing for a year without anything. Required and elective credits are asked apart."""
    year = next((one for one in archive.years if one.year == archive.on.year), None)
    attended = [line for line in archive.classes if line.since.year == archive.on.year]
    if year is None and not attended:
        return []
    return [
        words.figure("今年班次", len(attended), "个"),
        words.figure("今年学时", words.hours(year.hours) if year else "—", "学时", _not_posted(attended, archive.on)),
        *(_credits(year, kind, carried) for kind in CreditEntry.Kind if year),
    ]


def _credits(year: YearSum, kind: CreditEntry.Kind, carried: Mapping[str, Decimal]) -> dict[str, Any]:
    sum_of = {CreditEntry.Kind.REQUIRED: year.required, CreditEntry.Kind.ELECTIVE: year.elective}[kind]
    note = f"含上年结转 {words.hours(carried[kind])}" if carried.get(kind) else ""
    return words.figure(f"今年{kind.label}", words.hours(sum_of), "学分", note)


def _not_posted(attended: Iterable[ClassLine], today: date) -> str:
    """Classes that are over and not closed: their hours are not in the ledger yet."""
    over = [one for one in attended if one.until < today and one.state in HOLDS and one.class_state in OPEN]
    return f"另有 {len(over)} 个班待结班后入账" if over else ""


def steps(user: Account, archive: Archive) -> list[dict[str, Any]]:
    """The timeline of classes, the latest first, with grades and papers."""
    lines = archive.classes[:SHOWN]
    sheets = sheets_of(user, lines)
    return [step(line, sheets) for line in lines]


def step(line: ClassLine, sheets: dict[Any, str]) -> dict[str, Any]:
    told = line.result
    return {
        "class_name": line.name,
        "period": words.period(line.since, line.until),
        "organizer": line.organizer,
        "role": line.role,
        "hours": classes.hours_of(line),
        "state": line.state,
        "result": told,
        "url": reverse("portal:result_detail", args=[line.enrolment]) if told else "",
        "sheet_url": sheets.get(line.enrolment, ""),
        "work_url": reverse("portal:work_add", args=[line.enrolment]),
    }


def sheets_of(user: Account, lines: tuple[ClassLine, ...]) -> dict[Any, str]:
    """Issued result sheets that are made, by enrolment; one query."""
    rows = Document.objects.visible_to(user).filter(
        enrolment__in=[line.enrolment for line in lines], kind=Document.Kind.SHEET, state=Document.State.ISSUED
    )
    made = rows.exclude(file=None).values_list("enrolment_id", "pk")
    return {enrolment: reverse("portal:document_download", args=[key]) for enrolment, key in made}
