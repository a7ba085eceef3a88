"""学时台账: the entries by pages, with the running sums of their year, as they were known on a day."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_date

from portal.lists import page_of
from portal.pages.archive.look import Look, Shown, section
from reports.gathering.archive.learning import ledger_line, ledger_rows
from reports.gathering.archive.people import owners_of

PAGE_SIZE = 20
EARLIEST = date(2000, 1, 1)


def ledger(look: Look) -> Shown | None:
    """Two queries, however many entries there are."""
    if not look.sight.hours:
        return None
    day = known_on(look.request.GET.get("known", ""), look.archive.on)
    known = end_of(day) if day else None
    page = page_of(look.request, ledger_rows(owners_of([look.cadre]), look.sight, known), PAGE_SIZE)
    if not page.paginator.count and day is None:
        return None
    lines: list[Any] = [ledger_line(row, known) for row in page.object_list]
    page.object_list = lines
    return section("ledger", "学时台账", page_obj=page, known=day, today=look.archive.on, count=page.paginator.count)


def known_on(text: str, today: date) -> date | None:
    """A day of the past that was asked for; None for today and for what is no day."""
    try:
        day = parse_date(text)
    except ValueError:
        return None
    return day if day and EARLIEST <= day < today else None


def end_of(day: date) -> datetime:
    """The last moment of a civil day."""
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min)) - timedelta(microseconds=1)
