"""Public holidays and shifted working days: seeded by a library, then edited by the department."""

from datetime import date

from core.audit import record
from core.operations import intention
from organization.models import Account
from training.models import Holiday


def published(year: int) -> dict[date, tuple[str, str]]:
    """The State Council's days of a year: date → (kind, name), weekend days that are worked included."""
    from holidays import country_holidays  # a heavy package that only this command needs

    days = country_holidays("CN", years=year, language="zh_CN")
    found = {on: (str(Holiday.Kind.OFF), _bare(name)) for on, name in days.items()}
    worked = {on for on in getattr(days, "weekend_workdays", ()) if on.year == year}
    return found | {on: (str(Holiday.Kind.WORK), "调休上班") for on in worked}


def _bare(name: str) -> str:
    """休息日（由 2026-02-14 调休） → 调休放假."""
    return "调休放假" if name.startswith("休息日") else name


@intention
def seed_holidays(year: int, *, actor: Account | None) -> int:
    """Add the year's days that the table does not have; what somebody edited stays. Returns how many were added."""
    known = set(Holiday.objects.filter(date__year=year).values_list("date", flat=True))
    rows = [Holiday(date=on, kind=kind, name=name) for on, (kind, name) in published(year).items() if on not in known]
    Holiday.objects.bulk_create(rows)
    if rows:
        record("holiday.seed", actor=actor.pk if actor else None, after={"year": year, "added": len(rows)})
    return len(rows)


@intention
def keep_holiday(row: Holiday, *, actor: Account) -> Holiday:
    """A day by hand: new, or another arrangement for it."""
    held = Holiday.objects.filter(pk=row.pk).first() if row.pk else None
    before = {"date": str(held.date), "kind": held.kind, "name": held.name} if held else None
    row.save()
    after = {"date": str(row.date), "kind": row.kind, "name": row.name}
    record("holiday.change", actor=actor.pk, obj=row, before=before, after=after)
    return row
