"""重算: what the rules in force would change of a year that is posted, and the report of what they did change."""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404
from django.urls import reverse

from core.amounts import plain
from organization.access import below
from organization.models import Account, Unit
from organization.roles import Role
from portal.acts import ask, names_of, new_op_id
from portal.pages import ledger_acts, ledger_years, words
from trainees.models import Cadre, CreditEntry, LedgerAct, Recomputation
from trainees.services.acts import About
from trainees.services.recomputing_acts import last_rehearsal

WHY = "people of a recomputation of an authority that was fetched in scope"
KINDS = tuple(CreditEntry.Kind.choices)
ENTRY_COLUMNS = ("姓名", "单位", "学习日期", "内容", "渠道", "类别", "学时", "学分", "冲销或入账")


def page(unit: Unit, year: int) -> dict[str, Any]:
    """What is under way, else what the last rehearsal has told, with the act where anything would change."""
    last = About(unit, year).acts().first()
    act, rehearsal = ledger_acts.shown(last), last_rehearsal(unit, year)
    told = _rehearsed(unit, year, rehearsal) if rehearsal else {"figures": [], "words": "", "asks": []}
    return {
        **act,
        **told,
        "told": rehearsal is not None,
        "rehearse_url": "" if act["bar"] else reverse("portal:recompute_rehearse", args=[unit.pk, year]),
        "op_id": new_op_id(),
        "crumbs": ledger_years.crumbs(f"{unit.name} {year}年 重算"),
        "authority": unit.name,
        "year": year,
        "year_url": reverse("portal:ledger_year", args=[unit.pk, year]),
        "past": [_past(row) for row in past(unit, year)],
    }


def _rehearsed(unit: Unit, year: int, act: LedgerAct) -> dict[str, Any]:
    """The dry report, and the act."""
    report = act.outcome
    changes = report["awarded"] or report["reversed"]
    url = reverse("portal:recompute", args=[unit.pk, year])
    text = (
        f"将冲销 {report['reversed']} 笔、重新入账 {report['awarded']} 笔，{report['changed']} 人的学分有变化。"
        f"{report['words']}。办理后不能撤销，只能再次按规则重算。"
    )
    asked = ask("recompute", url, "办理重算", f"重算{year}年的学分？", text, reason="重算的依据")
    told = shown(report)
    words_of_day = f"{words.moment(act.created)}核对，没有写入：{told['words']}"
    return told | {"words": words_of_day, "asks": [asked] if changes else []}


def past(unit: Unit, year: int) -> QuerySet[Recomputation]:
    return Recomputation.objects.filter(authority=unit, year=year).select_related("rule_set__unit").order_by("-at")


def _past(row: Recomputation) -> dict[str, Any]:
    url = reverse("portal:recomputation", args=[row.pk])
    return {"title": f"{words.moment(row.at)}：{row.report['changed']} 人有变化", "url": url}


def shown(report: dict[str, Any]) -> dict[str, Any]:
    """A report as cards and a table with names; one query."""
    cards = [words.figure("涉及干部", report["people"], "人"), words.figure("学分有变化", report["changed"], "人")]
    cards += [
        words.figure(
            f"{label}合计",
            plain(Decimal(report["after"][kind])),
            "学分",
            f"原 {plain(Decimal(report['before'][kind]))}",
        )
        for kind, label in KINDS
    ]
    cards += [words.figure("不变", report["unchanged"], "笔")]
    rows = report["differences"]
    people = _people(UUID(row["cadre"]) for row in rows)
    return {
        "figures": cards,
        "words": report["words"],
        "rows": [_row(row, people) for row in rows],
        "more": report["more"],
    }


def _people(keys: Iterable[UUID]) -> dict[UUID, Cadre]:
    return Cadre.objects.unscoped(WHY).select_related("unit").in_bulk(list(keys))


def _row(row: dict[str, Any], people: dict[UUID, Cadre]) -> dict[str, Any]:
    who = people.get(UUID(row["cadre"]))
    told = {kind: [Decimal(value) for value in row[kind]] for kind, _ in KINDS}
    gap = sum((after - before for before, after in told.values()), Decimal(0))
    return {
        "name": who.name if who else "—",
        "unit": who.unit.name if who else "",
        "required": _changed(told["required"]),
        "elective": _changed(told["elective"]),
        "gap": f"{'+' if gap > 0 else '−' if gap < 0 else ''}{plain(abs(gap))}",
    }


def _changed(amounts: Sequence[Decimal]) -> str:
    """20 → 24; once where nothing changes."""
    return " → ".join(dict.fromkeys(map(plain, amounts)))


def recomputation(user: Account, pk: Any) -> Recomputation:
    """One of the department's area, or 404."""
    rows = Recomputation.objects.select_related("authority", "rule_set")
    found = rows.filter(below(user.access.paths(Role.STAFF), "authority__path"), pk=pk).first()
    if found is None:
        raise Http404("没有找到这次重算")
    return found


def report(row: Recomputation) -> dict[str, Any]:
    who = names_of({row.actor_id}).get(row.actor_id, "")
    return {
        **shown(row.report),
        "crumbs": ledger_years.crumbs(f"{row.authority.name} {row.year}年 重算报告"),
        "row": row,
        "lead": f"{row.authority.name}，{words.moment(row.at)}由{who}办理，按{row.rule_set}",
        "export_url": reverse("portal:recomputation_export", args=[row.pk]),
        "year_url": reverse("portal:ledger_year", args=[row.authority_id, row.year]),
    }


def entry_lines(row: Recomputation) -> Iterator[list[object]]:
    """Every reversal and award of the batch: all of them, where the report names the first."""
    rows = CreditEntry.objects.unscoped(WHY).filter(Q(recomputation=row)).select_related("cadre", "unit")
    for one in rows.order_by("cadre__unit__path", "cadre__pinyin", "id").iterator(chunk_size=2000):
        yield [
            one.cadre.name, one.unit.name, one.on, one.title, one.get_channel_display(), one.get_kind_display(), one.hours,
            one.credits, "冲销" if one.reverses_id else "入账",
        ]  # fmt: skip
