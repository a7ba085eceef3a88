"""台账年度: the years of an authority, one year before and after it is closed, what came late, what was known when."""

from collections.abc import Iterable
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date

from core.amounts import plain
from organization.access import below
from organization.models import Account, Unit
from organization.roles import Role
from portal.acts import names_of
from portal.lists import page_of
from portal.pages import ledger_acts, words
from portal.pages.statements import made_of
from reports.services.year_end import preview_year_end
from trainees.models import CreditBalance, CreditEntry, LedgerAct, LedgerYear
from trainees.services.acts import About
from trainees.services.year_checks import Check
from trainees.services.years import Preview

FIRST, LAST = 2000, 2100
SUMS = (
    ("off_job_days", "脱产天数", "天"), ("off_job_hours", "脱产学时", "学时"), ("online_hours", "网络学时", "学时"),
    ("other_hours", "其他学时", "学时"), ("required", "必修学分", "学分"), ("elective", "选修学分", "学分"),
)  # fmt: skip
PERSON_COLUMNS = ("姓名", "单位", *(label for _, label, _ in SUMS), "条数")
LATE_COLUMNS = ("姓名", "单位", "学习日期", "内容", "渠道", "类别", "学时", "学分", "入账时间", "事由")


def authorities_of(user: Account) -> QuerySet[Unit]:
    """Units that keep a ledger in the account's area: departments, and whoever has a year already."""
    mine = Unit.objects.filter(below(user.access.paths(Role.STAFF), "path"))
    kept = LedgerYear.objects.values("authority")
    return mine.filter(Q(kind=Unit.Kind.ORGANIZATION_DEPARTMENT) | Q(pk__in=kept)).order_by("path")


def authority_of(user: Account, pk: Any, year: int) -> Unit:
    found = authorities_of(user).filter(pk=pk).first()
    if found is None or not FIRST <= year <= LAST:
        raise Http404("没有找到这个年度，或不在您的范围内")
    return found


# ---- the list ----


def listed(user: Account, today: date) -> list[dict[str, Any]]:
    """Each authority with its years, the newest first; this year and the last stand there before anything is posted."""
    units = list(authorities_of(user))
    held: dict[Any, dict[int, LedgerYear]] = {unit.pk: {} for unit in units}
    for row in LedgerYear.objects.filter(authority__in=units):
        held[row.authority_id][row.year] = row
    waiting = LedgerAct.objects.visible_to(user).filter(state=LedgerAct.State.WAITING)
    busy = set(waiting.values_list("unit", "year"))
    return [_authority(unit, held[unit.pk], busy, today) for unit in units]


def _authority(
    unit: Unit, rows: dict[int, LedgerYear], busy: set[tuple[Any, int | None]], today: date
) -> dict[str, Any]:
    years = sorted({*rows, today.year, today.year - 1}, reverse=True)
    return {"name": unit.name, "years": [_year(unit, year, rows.get(year), (unit.pk, year) in busy) for year in years]}


def _year(unit: Unit, year: int, row: LedgerYear | None, busy: bool) -> dict[str, Any]:
    closed = row is not None and row.closed_at is not None
    figures = row.figures if row is not None and closed else {}
    carry = figures.get("carry", {})
    return {
        "year": year,
        "state": "busy" if busy else "closed" if closed else "open",
        "closed_on": words.day(timezone.localdate(row.closed_at)) if row and row.closed_at else "",
        "people": figures.get("people"),
        "carry": f"{carry['people']} 人 {carry['credits']} 学分" if carry else "",
        "url": reverse("portal:ledger_year", args=[unit.pk, year]),
    }


def crumbs(last: str = "") -> list[dict[str, str]]:
    found = [{"label": "首页", "url": reverse("portal:home")}]
    found.append({"label": "台账年度", "url": reverse("portal:ledger_years") if last else ""})
    return found + ([{"label": last, "url": ""}] if last else [])


# ---- one year ----


def year(request: HttpRequest, unit: Unit, number: int, today: date) -> dict[str, Any]:
    """The page's context: what closing would do, that a worker is at it, or what it did and what came late."""
    act = ledger_acts.shown(About(unit, number).acts().first())
    row = LedgerYear.objects.filter(authority=unit, year=number).first()
    closed = row is not None and row.closed_at is not None
    context = {
        "authority": unit.name,
        "year": number,
        "closed": closed,
        "crumbs": crumbs(f"{unit.name} {number}年"),
        "recompute_url": reverse("portal:recompute", args=[unit.pk, number]),
        "people_url": reverse("portal:ledger_people_export", args=[unit.pk, number]),
        **act,
        **known(request, unit, number, today),
    }
    if row is not None and closed:
        return context | _closed(request, unit, row)
    return context | (_waiting() if act["bar"] else _open(unit, number, today))


def _waiting() -> dict[str, Any]:
    """While a worker is at it, nothing is reckoned: it would be old when it is read."""
    return {"figures": [], "requirements": []}


def _open(unit: Unit, number: int, today: date) -> dict[str, Any]:
    preview = preview_year_end(unit, number, today)
    return {
        **_shown(preview.figures),
        "checks": [_check(one, f"{unit.pk}.{number}") for one in preview.checks],
        "warned": [f"{one.label} {one.open} 件：{one.words}" for one in preview.warned],
        "blocked": bool(preview.blocked),
        "will": _will(preview, number),
        "close_url": reverse("portal:ledger_close", args=[unit.pk, number]),
        "sentence": sentence(number),
    }


def sentence(number: int) -> str:
    """What somebody types who closes a year: nobody does it by a slip of the finger."""
    return f"{number}年结账"


def _will(preview: Preview, number: int) -> str:
    figures, carry = preview.figures, preview.figures["carry"]
    return (
        f"将锁定 {figures['people']} 人、{figures['entries']} 条记录的{number}年台账；"
        f"将结转 {carry['people']} 人 {carry['credits']} 学分到{number + 1}年选修；并为每个单位、每名干部制作年度学习情况。"
        "结账不能撤销，此后入账的记入调整期。"
    )


CHECK_PAGES = {
    "frozen": ("ledger_years", "#frozen"),
    "classes": ("class_unclosed", "?ledger={}"),
    "recognition_vetted": ("recognition_list", "?state=vetted&ledger={}"),
    "recognition_filed": ("recognition_list", "?state=filed&ledger={}"),
}


def _check(one: Check, ledger: str) -> dict[str, Any]:
    """What is not done yet leads to its list; `ledger` narrows that to what was counted (portal.pages.ledger_asked)."""
    detail = "" if one.done else f"{one.open} 件{'，须先办结' if one.blocks else ''}。{one.words}"
    if one.code in ("over", "before"):
        detail = "" if one.done else one.words
    page, query = CHECK_PAGES.get(one.code, ("", ""))
    return words.check(one.label, one.done, detail, reverse(f"portal:{page}") + query.format(ledger) if page else "")


def _shown(figures: dict[str, Any]) -> dict[str, Any]:
    """Figures as cards, and the requirements as rows with their shares."""
    learned = figures["learned"]
    cards = [words.figure("干部", figures["people"], "人"), words.figure("入账", figures["entries"], "条")]
    cards += [words.figure(label, learned[name], unit) for name, label, unit in SUMS]
    return {"figures": cards, "requirements": [one | {"rate": _rate(one)} for one in figures["requirements"]]}


def _rate(one: dict[str, Any]) -> str:
    return f"{Decimal(100) * one['met'] / one['asked']:.1f}%" if one["asked"] else "—"


def _closed(request: HttpRequest, unit: Unit, row: LedgerYear) -> dict[str, Any]:
    late = adjustments(unit, row.year)
    page = page_of(request, late)
    page.object_list = [_late(one) for one in page.object_list]
    who = names_of({row.closed_by_id}).get(row.closed_by_id, "")
    carry = row.figures["carry"]
    return {
        **_shown(row.figures),
        "closed_words": f"{words.moment(row.closed_at)}由{who}结账" if row.closed_at else "",
        "carry_words": f"结转 {carry['people']} 人 {carry['credits']} 学分到{row.year + 1}年选修",
        "accepted": row.figures.get("accepted", []),
        "page_obj": page,
        "late_words": _late_words(late),
        "late_url": reverse("portal:ledger_late_export", args=[unit.pk, row.year]),
        "statements": made_of(unit, row.year),
    }


def adjustments(unit: Unit, number: int) -> QuerySet[CreditEntry]:
    """What was posted after closing, the latest first: awards and reversals alike."""
    rows = CreditEntry.objects.unscoped("the ledger of an authority that was fetched in scope")
    rows = rows.filter(authority=unit, year=number, adjustment=True).select_related("cadre", "unit")
    return rows.order_by("-posted_at", "-id")


def _late(one: CreditEntry) -> dict[str, Any]:
    return {
        "name": one.cadre.name,
        "unit": one.unit.name,
        "on": words.day(one.on),
        "title": one.title,
        "hours": plain(one.hours),
        "credits": f"{plain(one.credits)} {one.get_kind_display()}",
        "at": words.moment(one.posted_at),
        "reason": one.reason,
    }


def late_cells(one: CreditEntry) -> list[object]:
    return [
        one.cadre.name, one.unit.name, one.on, one.title, one.get_channel_display(), one.get_kind_display(), one.hours,
        one.credits, timezone.localtime(one.posted_at).replace(tzinfo=None), one.reason,
    ]  # fmt: skip


def _late_words(rows: QuerySet[CreditEntry]) -> str:
    """What the adjustments come to, beside the closed numbers."""
    found = rows.order_by().aggregate(
        people=Count("cadre", distinct=True), hours=Sum("hours"), credits=Sum("credits"), entries=Count("id")
    )
    if not found["entries"]:
        return ""
    return (
        f"结账后入账 {found['entries']} 条，涉及 {found['people']} 人，合计 {plain(found['hours'])} 学时、"
        f"{plain(found['credits'])} 学分；不改变结账数，也不再结转。"
    )


# ---- as known on a day ----


def known(request: HttpRequest, unit: Unit, number: int, today: date) -> dict[str, Any]:
    """What the ledger of the year said at the end of a day (`?known=2026-12-31`)."""
    asked = _day(request.GET.get("known", ""))
    if asked is None:
        return {"known_on": "", "today": today}
    moment = timezone.make_aware(datetime.combine(asked, time.max))
    rows = CreditEntry.objects.unscoped("the ledger of an authority that was fetched in scope")
    rows = rows.filter(authority=unit, year=number).known_at(moment).order_by()
    sums = rows.values("channel").annotate(
        hours=Sum("hours"), credits=Sum("credits"), people=Count("cadre", distinct=True)
    )
    label = dict(CreditEntry.Channel.choices)
    found = [
        {
            "name": label[one["channel"]],
            "hours": plain(one["hours"]),
            "credits": plain(one["credits"]),
            "people": one["people"],
        }
        for one in sums.order_by("channel")
    ]
    return {"known_on": asked, "known_words": words.day(asked), "known_rows": found, "today": today}


def _day(text: str) -> date | None:
    """None for what is no day, such as 30 February."""
    try:
        found = parse_date(text[:10])
    except ValueError:
        return None
    return found if found and FIRST <= found.year <= LAST else None


# ---- taken out ----


def people_rows(unit: Unit, number: int) -> Iterable[list[object]]:
    """A cadre a line: what stands in the balances of the year, adjustments left out."""
    why = "the ledger of an authority that was fetched in scope"
    rows = CreditBalance.objects.unscoped(why).filter(year=number, adjustment=False)
    rows = rows.filter(cadre__managing_authority=unit).order_by("cadre__unit__path", "cadre__pinyin", "pk")
    columns = [name for name, _, _ in SUMS]
    yield from (list(row) for row in rows.values_list("cadre__name", "cadre__unit__name", *columns, "entries"))
