"""年度学习情况: statements of closed years, the units' for whoever reads them, and how far their making is."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse

from core.models import Batch
from organization.models import Account, Unit
from portal.lists import chips
from reports.models import ArchivePaper
from reports.services.archive_papers import BATCH
from reports.services.year_end import WRITING


def statements_for(request: HttpRequest, user: Account) -> tuple[QuerySet[ArchivePaper], list[dict[str, Any]]]:
    """Unit statements that the account may read, the newest first, units in the order of the tree."""
    rows = ArchivePaper.objects.visible_to(user).filter(kind=ArchivePaper.Kind.UNIT_STATEMENT).exclude(facts=None)
    years = sorted({year for year in rows.order_by().values_list("year", flat=True) if year}, reverse=True)
    options = [(str(one), f"{one}年") for one in years]
    asked = request.GET.get("year", "")
    chosen = asked if asked in dict(options) else ""
    rows = rows.filter(year=int(chosen)) if chosen else rows
    return rows.select_related("unit", "file").order_by("-year", "unit__path"), [chips("year", "年度", options, chosen)]


def statement(row: ArchivePaper) -> dict[str, Any]:
    """What the list shows without opening the paper."""
    facts = row.facts or {}
    return {
        "unit": row.unit.name if row.unit else "",
        "year": row.year,
        "people": facts["people"],
        "rate": f"{facts['rate']}%",
        "not_met": facts["not_met"],
        "rank": f"{facts['rank']} / {facts['siblings']}" if facts["rank"] else "",
        "url": reverse("portal:archive_paper", args=[row.pk]) if row.file_id else "",
    }


def made_of(unit: Unit, number: int) -> dict[str, Any]:
    """How many of an authority's year are made, and where they are found."""
    kinds = (WRITING, BATCH)
    batches = Batch.objects.filter(kind__in=kinds, subject_id=unit.pk, title__startswith=f"{number}年度").with_counts()
    rows: list[dict[str, Any]] = [
        {"title": one.title, "done": one.done, "total": one.total, "failed": one.failed, "kind": one.kind}
        for one in batches.order_by("created", "pk")
    ]
    written = any(one["kind"] == BATCH for one in rows)
    made = written and all(one["done"] + one["failed"] == one["total"] for one in rows)
    return {
        "rows": [one for one in rows if one["kind"] == BATCH or one["failed"]],
        "made": made,
        "begun": bool(rows),
        "list_url": f"{reverse('portal:statements')}?year={number}",
        "zip_url": reverse("portal:statements_zip", args=[unit.pk, number]) if made else "",
    }
