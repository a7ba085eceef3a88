"""学习规则: versions of the rules of conversion and of what is asked, each told in Chinese; whoever reads sees where it is from."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.http import Http404
from django.urls import reverse

from core.amounts import plain
from organization.access import below
from organization.models import Account, Unit
from organization.roles import Role
from portal.pages import ledger_years, words
from portal.rules import may_write_rules
from trainees.models import Cadre, CreditEntry, Duty, RequirementSet, RuleSet
from trainees.rules.requirements import ASKS, Requirement, read_requirements, shipped
from trainees.rules.rule_book import ChannelRule, RuleBook
from trainees.services.rule_sets import shipped_rules

READERS = (Role.STAFF, Role.LEADER, Role.LIAISON)
Version = RuleSet | RequirementSet
Line = tuple[str, str]


@dataclass(frozen=True)
class Kind:
    """One kind of rules: its words, its model, what comes with the portal."""

    key: str
    label: str
    model: type[RuleSet] | type[RequirementSet]
    lead: str


KINDS = {
    kind.key: kind
    for kind in (
        Kind("credits", "换算规则", RuleSet, "学到的怎样折成学时和学分"),
        Kind("requirements", "学习要求", RequirementSet, "谁要在什么时候以前学多少"),
    )
}


def kind_of(key: str) -> Kind:
    if key not in KINDS:
        raise Http404("没有这种规则")
    return KINDS[key]


# ---- whose ----


def units_of(user: Account) -> list[Unit]:
    """Departments whose rules the account may read: those it holds a role for, those above, and staff those below."""
    held = [one.path for one in user.access.held if one.role in READERS]
    above = {path for own in held for path in Unit.upward(own)}
    seen = Q(path__in=above) | below(user.access.paths(Role.STAFF, Role.LEADER), "path")
    return list(Unit.objects.filter(seen, kind=Unit.Kind.ORGANIZATION_DEPARTMENT).order_by("path"))


def unit_of(user: Account, asked: str) -> Unit:
    """The one asked for, else the nearest to the account's own place."""
    units = units_of(user)
    if not units:
        raise Http404("没有找到制定规则的机关")
    own = min((one.path for one in user.access.held if one.role in READERS), key=len)
    nearest = [unit for unit in units if own.startswith(unit.path)] or units
    return next((unit for unit in units if str(unit.pk) == asked), nearest[-1])


def readable(user: Account, pk: Any) -> Unit:
    """That unit and no other, or 404."""
    found = next((unit for unit in units_of(user) if unit.pk == pk), None)
    if found is None:
        raise Http404("没有找到制定规则的机关，或不在您的范围内")
    return found


# ---- the page ----


def page(kind: Kind, user: Account, unit: Unit, today: date) -> dict[str, Any]:
    """What holds for the unit today, and all versions of it and of those above. Three queries."""
    rows: list[Version] = list(kind.model.objects.filter(unit__path__in=Unit.upward(unit.path)).select_related("unit"))
    rows.sort(key=lambda row: (row.unit.depth, row.since, row.version), reverse=True)
    current = next((row for row in rows if row.since <= today), None)
    here = f"?unit={unit.pk}"
    return {
        **frame(kind, unit),
        "units": [
            {"name": one.name, "url": f"?unit={one.pk}", "selected": one.pk == unit.pk} for one in units_of(user)
        ],
        "lines": lines(kind, current.rules if current else default(kind)),
        "current": _told(kind, current, unit, current) if current else None,
        "versions": [_told(kind, row, unit, current) for row in rows],
        "tabs": [
            words.tab(one.label, reverse("portal:rules", args=[one.key]) + here, active=one is kind)
            for one in KINDS.values()
        ],
        "new_url": reverse("portal:rules_new", args=[kind.key, unit.pk]) if may_write_rules(user, unit) is None else "",
    }


def frame(kind: Kind, unit: Unit, last: str = "") -> dict[str, Any]:
    url = reverse("portal:rules", args=[kind.key]) if last else ""
    return {"kind": kind, "unit": unit, "crumbs": words.crumbs((kind.label, url), *([(last, "")] if last else []))}


def _told(kind: Kind, row: Version, unit: Unit, current: Version | None) -> dict[str, Any]:
    inherited = row.unit_id != unit.pk
    return {
        "name": str(row),
        "unit": row.unit.name,
        "inherited": inherited,
        "since": since_words(row),
        "note": row.note,
        "current": row is current,
        "url": reverse("portal:rules_version", args=[kind.key, row.pk]),
    }


def since_words(row: Version) -> str:
    """The shipped version has no day: it holds where nothing else does."""
    return "平台启用时起" if row.since.year < ledger_years.FIRST + 1 else f"{words.day(row.since)}起"


def version(kind: Kind, user: Account, pk: Any) -> Version:
    """One version that the account may read."""
    found = kind.model.objects.filter(pk=pk, unit__in=units_of(user)).select_related("unit").first()
    if found is None:
        raise Http404("没有找到这一版规则")
    row: Version = found
    return row


def recompute_url(user: Account, row: Version, today: date) -> str:
    """Where what was posted before can be computed anew: the year from which the version holds, or this one.

    Nowhere for requirements, which post nothing.
    """
    if not isinstance(row, RuleSet) or may_write_rules(user, row.unit) is not None:
        return ""
    return reverse("portal:recompute", args=[row.unit_id, recomputed_year(row, today)])


def recomputed_year(row: RuleSet, today: date) -> int:
    return min(max(row.since.year, ledger_years.FIRST), today.year)


def default(kind: Kind) -> dict[str, Any]:
    """What comes with the portal and holds where nobody decided otherwise."""
    return shipped_rules() if kind.key == "credits" else shipped()


def in_force(kind: Kind, unit: Unit, day: date) -> dict[str, Any]:
    """The rules a next version begins from."""
    row = kind.model.objects.in_force(unit, day).first()
    return row.rules if row else default(kind)


# ---- told in Chinese ----


def lines(kind: Kind, raw: dict[str, Any]) -> list[Line]:
    return list(credit_lines(RuleBook.read(raw)) if kind.key == "credits" else requirement_lines(raw))


def credit_lines(book: RuleBook) -> Iterable[Line]:
    """(subject, rule) in the order in which people look for them."""
    for channel in CreditEntry.Channel:
        yield channel.label, channel_words(book.channels[channel], channel)
    caps = [f"{cap}一年最多计 {plain(cap.credits)} 学分" for cap in book.caps]
    yield "年度上限", "；".join(caps) or "不设上限"
    yield "每半天", f"最多计 {plain(book.half_day_most)} 学时"
    yield "没有课程表时", f"一天折 {plain(book.day_hours)} 学时，半天折 {plain(book.half_day_hours)} 学时"
    yield "最小单位", f"{plain(book.step)} 学分，不足的不计"
    yield "跨年的班次", "按上课日期分别计入两个年度"


def channel_words(rule: ChannelRule, channel: str) -> str:
    """每学时计 1 必修学分，45 分钟为 1 学时，完成不到 90% 的不计."""
    kind = CreditEntry.Kind(rule.kind).label
    if channel == CreditEntry.Channel.CARRY:
        return (
            f"超出要求的必修学分，每 1 学分计 {plain(rule.per_hour)} {kind}学分{_most(rule, '最多')}"
            if rule.per_hour
            else "不结转"
        )
    parts = [f"每学时计 {plain(rule.per_hour)} {kind}学分"] if rule.per_hour else []
    parts += [f"每次计 {plain(rule.per_session)} {kind}学分"] if rule.per_session else []
    if channel == CreditEntry.Channel.ONLINE:
        parts.append(f"{rule.minutes} 分钟为 1 学时")
    parts += [f"完成不到 {plain(rule.least_share)}% 的不计"] if rule.least_share else []
    return "，".join(parts or ["不计学分"]) + _most(rule, "每次最多")


def _most(rule: ChannelRule, word: str) -> str:
    return f"，{word} {plain(rule.most)} 学分" if rule.most is not None else ""


def requirement_lines(raw: dict[str, Any]) -> Iterable[Line]:
    found = read_requirements(raw)
    yield "计量方式", f"按{ASKS[found.ask]}"
    for line in found.lines:
        yield f"{line.name}：{bands_words(line)}", requirement_words(line)
    yield found.promotion_name, f"提任前没有完成的，提任后 {found.promotion_months} 个月内补足"


def bands_words(line: Requirement) -> str:
    return "、".join(Cadre.Band(band).label for band in sorted(line.bands)) or "所有干部"


def requirement_words(line: Requirement) -> str:
    """每年 90 学时或 12 天."""
    amount = amount_words(line.measure, line.amount)
    if line.other_measure and line.other_amount is not None:
        amount += f"或 {amount_words(line.other_measure, line.other_amount)}"
    if line.years == 1:
        return f"每年 {amount}"
    window = "以当年为末年" if line.rolling else f"自 {line.first_year} 年起每 {line.years} 年一段"
    return f"{line.years} 年内 {amount}，{window}"


def amount_words(measure: str, amount: Decimal) -> str:
    unit = {Duty.Measure.OFF_JOB_DAYS: "天", Duty.Measure.REQUIRED: "必修学分", Duty.Measure.ELECTIVE: "选修学分"}
    return f"{plain(amount)} {unit.get(Duty.Measure(measure), '学时')}"


def differences(kind: Kind, before: dict[str, Any], after: dict[str, Any]) -> list[dict[str, str]]:
    """Line by line what a next version changes."""
    old, new = dict(lines(kind, before)), dict(lines(kind, after))
    return [
        {"name": name, "before": old.get(name, "（无）"), "after": new.get(name, "（无）")}
        for name in dict.fromkeys([*old, *new])
        if old.get(name) != new.get(name)
    ]
