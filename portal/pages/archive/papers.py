"""档案材料: what was made of an archive for the account, and what may be asked for."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from core.models import Batch
from organization.models import Account, Unit
from portal.acts import ask, new_op_id
from portal.pages import words
from portal.pages.files import job
from portal.rules import may_order_booklets
from reports.gathering.archive import Sight
from reports.models import ArchivePaper
from reports.services.archive_orders import MOST
from reports.services.archive_papers import BATCH
from trainees.models import Cadre

SHOWN = 6


def papers_for(user: Account) -> QuerySet[ArchivePaper]:
    return ArchivePaper.objects.taken_by(user).select_related("file", "cadre", "unit", "enrolment__training_class")


def asked_by(user: Account) -> QuerySet[ArchivePaper]:
    """What the account had made, the latest first; a closed year's statements stand with the year."""
    return papers_for(user).filter(asked_by_id=user.pk, kind__in=ArchivePaper.PASSING).order_by("-asked", "-pk")


def ready(user: Account) -> list[ArchivePaper]:
    """Papers of the account whose files are there, at most as many as one batch."""
    return list(asked_by(user).filter(file__isnull=False, file__deleted=None)[:MOST])


def named(rows: Sequence[ArchivePaper]) -> list[tuple[ArchivePaper, str]]:
    """Each with its name in a package: numbered, so that no two are alike."""
    return [(row, f"{place:03d}_{file_name(row)}") for place, row in enumerate(rows, 1)]


def people_of(user: Account, unit: Unit) -> QuerySet[Cadre]:
    """Those who serve in the unit itself, by name."""
    return Cadre.objects.visible_to(user).filter(unit=unit).living().in_service().order_by("pinyin", "pk")


def of_cadre(cadre: Cadre, sight: Sight, user: Account) -> dict[str, Any] | None:
    """The card on the cadre's page; none for whom nothing is made. Four queries."""
    if not sight.whole:
        return None
    rows = papers_for(user).filter(cadre=cadre).order_by("-asked", "-pk")[:SHOWN]
    return {
        "rows": [paper(row) for row in rows],
        "job": running(user, cadre.pk),
        "order_url": reverse("portal:cadre_papers", args=[cadre.pk]),
        "json_url": reverse("portal:cadre_data", args=[cadre.pk, "json"]),
        "xlsx_url": reverse("portal:cadre_data", args=[cadre.pk, "xlsx"]),
        "op_id": new_op_id(),
        "unit_ask": unit_ask(user, cadre.unit),
    }


def unit_ask(user: Account, unit: Unit) -> dict[str, Any] | None:
    """The dialog that has booklets of everybody in the unit made, for its department."""
    if may_order_booklets(user, unit) is not None:
        return None
    count = people_of(user, unit).count()
    text = f"将为“{unit.name}”的 {count} 名在册干部各生成一本，做好后在“档案材料”逐本下载。"
    return ask("unit", reverse("portal:unit_booklets", args=[unit.pk]), "本单位全部一人一册", f"生成 {count} 本", text)


def running(user: Account, subject: Any = None) -> dict[str, Any] | None:
    """The account's latest batch while it is made, or when something of it failed."""
    batches = Batch.objects.filter(kind=BATCH, created_by_id=user.pk)
    batches = batches.filter(subject_id=subject) if subject else batches
    batch = batches.with_counts().order_by("-created", "-pk").first()
    return job(batch) if batch is not None and (batch.waiting or batch.failed) else None


def paper(row: ArchivePaper) -> dict[str, Any]:
    ready = row.file is not None and row.file.deleted is None
    return {
        "title": title_of(row),
        "who": row.cadre.name if row.cadre else row.unit.name if row.unit else "",
        "when": words.moment(row.asked),
        "pages": row.pages,
        "url": reverse("portal:archive_paper", args=[row.pk]) if ready else "",
        "state": "" if ready else ("制作中" if row.file is None else "已过期"),
        "until": row.file.delete_after if ready and row.file else None,
    }


def title_of(row: ArchivePaper) -> str:
    """一人一册; 学员考核登记表（班次）; 个人年度学习情况（2026年）."""
    about = f"{row.year}年" if row.year else ""
    if row.enrolment:
        about = row.enrolment.training_class.name
    return f"{row.get_kind_display()}（{about}）" if about else row.get_kind_display()


def file_name(row: ArchivePaper) -> str:
    whose = row.cadre.name if row.cadre else row.unit.name if row.unit else ""
    return f"{whose}_{title_of(row)}_{timezone.localdate(row.asked):%Y%m%d}.pdf"
