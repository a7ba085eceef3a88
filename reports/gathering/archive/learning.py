"""What is asked of people and what they learned: duties, sums, the ledger, recognition, on-line classes."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import F, Sum, Window
from django.db.models.functions import Coalesce
from django.utils import timezone

from reports.gathering.archive.sight import Sight
from reports.papers.archive import DutyLine, Exempted, LedgerLine, OnlineClassLine, Recognised, YearSum
from trainees.models import CreditBalance, CreditEntry, Duty, Exemption, OnlineLearner, Recognition
from trainees.models.duties import unit_of

Owners = Mapping[UUID, UUID]
SUMS = ("off_job_days", "off_job_hours", "online_hours", "other_hours", "required", "elective")
ZERO = Decimal(0)


def duties_of(owners: Owners, sight: Sight, year: int) -> dict[UUID, list[DutyLine]]:
    """The duties that stand in the year's lists, with their standing: the year's before those of several years."""
    rows = sight.rows(Duty).filter(cadre__in=owners, year=year).with_standing().order_by("due", "code")
    found: dict[UUID, list[DutyLine]] = {}
    for row in rows:
        found.setdefault(owners[row.cadre_id], []).append(_duty(row))
    return found


def _duty(row: Any) -> DutyLine:
    return DutyLine(
        code=row.code, name=row.name, year=row.year, measure=row.get_measure_display(), unit=unit_of(row.measure),
        amount=row.amount, done=row.done, since=row.since, due=row.due, met=row.met, exempt=row.exempt,
        missing=row.missing or ZERO, other_measure=row.get_other_measure_display(), other_unit=unit_of(row.other_measure),
        other_amount=row.other_amount, other_done=row.other_done, note=row.note,
    )  # fmt: skip


def years_of(owners: Owners, sight: Sight) -> dict[UUID, list[YearSum]]:
    """Sums by year, the latest first; late postings to a closed year are in it."""
    rows = sight.rows(CreditBalance).filter(cadre__in=owners).order_by("-year", "pk")
    sums: dict[tuple[UUID, int], dict[str, Decimal]] = {}
    for row in rows:
        held = sums.setdefault((owners[row.cadre_id], row.year), dict.fromkeys(SUMS, ZERO))
        for name in SUMS:
            held[name] += getattr(row, name)
    found: dict[UUID, list[YearSum]] = {}
    for (owner, year), held in sums.items():
        found.setdefault(owner, []).append(YearSum(year, **held))
    return found


def ledger_rows(owners: Owners, sight: Sight, known: datetime | None = None) -> Any:
    """Entries with the running sums of their year, the latest year first; as they were known at a moment."""
    rows = sight.rows(CreditEntry).filter(cadre__in=owners)
    rows = rows.known_at(known) if known else rows
    return (
        rows.annotate(year_hours=_running("hours"), year_credits=_running("credits"))
        .select_related("reversal")
        .order_by("-year", "on", "pk")
    )


def _running(name: str) -> Window:
    """The sum of a person's year up to and with this entry."""
    year: list[Any] = [Coalesce(F("cadre__canonical"), F("cadre")), F("year")]
    return Window(Sum(name), partition_by=year, order_by=[F("on").asc(), F("pk").asc()])


def ledger_line(row: Any, known: datetime | None = None) -> LedgerLine:
    """One entry; a reversal that was not known yet is not told."""
    back = getattr(row, "reversal", None)
    gone = back is not None and (known is None or back.posted_at <= known)
    return LedgerLine(
        number=row.pk, on=row.on, year=row.year, channel=row.get_channel_display(), kind=row.get_kind_display(),
        title=row.title, days=row.days, hours=row.hours, credits=row.credits, posted=timezone.localtime(row.posted_at),
        year_hours=row.year_hours, year_credits=row.year_credits, adjustment=row.adjustment,
        source=row.get_source_kind_display(), takes_back=row.reverses_id, gone=gone,
        reversed_why=back.reason if gone and back else "", reason=row.reason,
    )  # fmt: skip


def ledgers_of(owners: Owners, sight: Sight) -> dict[UUID, list[LedgerLine]]:
    found: dict[UUID, list[LedgerLine]] = {}
    for row in ledger_rows(owners, sight):
        found.setdefault(owners[row.cadre_id], []).append(ledger_line(row))
    return found


def exempted_of(owners: Owners, sight: Sight) -> dict[UUID, list[Exempted]]:
    """The reason (an illness, perhaps) is for the department and the person."""
    rows = sight.rows(Exemption).filter(cadre__in=owners).order_by("-year", "pk")
    found: dict[UUID, list[Exempted]] = {}
    for row in rows:
        reason, revoked = (row.reason, row.revoke_reason) if sight.whole else ("", "已撤销" if row.revoked_at else "")
        on = timezone.localdate(row.at)
        line = Exempted(row.year, row.get_kind_display(), row.share, reason, on, revoked if row.revoked_at else "")
        found.setdefault(owners[row.cadre_id], []).append(line)
    return found


def recognised_of(owners: Owners, sight: Sight) -> dict[UUID, list[Recognised]]:
    """What was not withdrawn, the latest first."""
    rows = sight.rows(Recognition).filter(cadre__in=owners).exclude(state=Recognition.State.WITHDRAWN)
    found: dict[UUID, list[Recognised]] = {}
    for row in rows.select_related("platform").order_by("-until", "-pk"):
        found.setdefault(owners[row.cadre_id], []).append(_recognised(row))
    return found


def _recognised(row: Recognition) -> Recognised:
    provider = row.provider or (row.platform.name if row.platform else "")
    return Recognised(
        row.pk, row.title, row.get_channel_display(), provider, row.since, row.until, row.hours, row.days, row.state,
        row.get_state_display(), row.state_reason,
    )  # fmt: skip


def online_of(owners: Owners, sight: Sight) -> dict[UUID, list[OnlineClassLine]]:
    rows = sight.rows(OnlineLearner).filter(cadre__in=owners).select_related("online_class")
    found: dict[UUID, list[OnlineClassLine]] = {}
    for row in rows.order_by("-online_class__since", "pk"):
        one = row.online_class
        line = OnlineClassLine(one.name, one.year, one.since, one.until, one.target_hours, row.left_on)
        found.setdefault(owners[row.cadre_id], []).append(line)
    return found
