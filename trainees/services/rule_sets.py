"""Which rules a learning comes under: versions of an authority, and the default that is shipped."""

import json
from collections.abc import Collection, Iterable
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db.models import Max

from core.audit import record
from core.operations import Refused, intention, last_word
from organization.models import Account, Unit
from organization.roles import Role
from trainees.models import RuleSet
from trainees.rules.rule_book import RuleBook, RulesFault
from trainees.services.people import array, rows_of

IN_FORCE = """
SELECT a.id, r.id, r.since FROM trainees_ruleset r
JOIN organization_unit u ON u.id = r.unit_id JOIN organization_unit a ON starts_with(a.path, u.path)
WHERE a.id = ANY(%(authorities)s::uuid[]) ORDER BY u.depth DESC, r.since DESC, r.version DESC
"""
SHIPPED = Path(__file__).parent.parent / "data" / "rule_set.json"
SHIPPED_SINCE = date(1949, 10, 1)
NAME = "学时学分换算规则"


def shipped_rules() -> dict[str, Any]:
    """The default rule set (DOMAIN.md §3, What counts)."""
    rules: dict[str, Any] = json.loads(SHIPPED.read_text(encoding="utf-8"))
    return rules


@intention
def adopt_rule_set(unit: Unit, rules: dict[str, Any], since: date, note: str, *, actor: Account) -> RuleSet:
    """A new version of an authority's rules from a day on. What is posted already stays until it is recomputed.

    Raises Refused with all faults of the rules, and where the actor is not of the authority's department.
    """
    demand_department(unit, actor)
    if not note.strip():
        raise Refused("请写明依据，如文件名称和文号")
    try:
        RuleBook.read(rules)
    except RulesFault as fault:
        raise Refused(f"规则有问题，没有启用：{fault}") from fault
    with last_word({"rule_set_version_once": "刚刚有人启用了另一版规则，请刷新页面后重新核对"}):
        made = RuleSet.objects.create(
            unit=unit, name=NAME, version=_next_version(unit), since=since, rules=rules, note=note.strip(),
            actor_id=actor.pk,
        )  # fmt: skip
    after = {"version": made.version, "since": since.isoformat(), "rules": rules}
    record("rules.adopt", actor=actor.pk, obj=made, unit_id=unit.pk, reason=note, after=after)
    return made


def _next_version(unit: Unit) -> int:
    """Of a tree's root the shipped rules are the first version, so that days before its own rules have some."""
    if unit.is_root():
        adopt_shipped(unit)
    return (RuleSet.objects.filter(unit=unit).aggregate(last=Max("version"))["last"] or 0) + 1


def demand_department(unit: Unit, actor: Account) -> None:
    if not actor.access.covers(unit.path, Role.STAFF):
        raise Refused(f"{unit.name}的规则由其组织部干部教育科制定，您没有这项权限")


def adopt_shipped(root: Unit) -> None:
    """Version 1 of a tree's root, unless it has one; two at once make one."""
    if RuleSet.objects.filter(unit=root).exists():
        return
    row = RuleSet(unit=root, name=NAME, version=1, since=SHIPPED_SINCE, rules=shipped_rules(), note="平台默认规则")
    RuleSet.objects.bulk_create([row], ignore_conflicts=True)


class Shelf:
    """The rule sets that may hold for some authorities, and some by key; two queries whatever their number.

    Who only looks (`adopts` is false) sees the shipped rules where a tree has none, and writes nothing.
    """

    def __init__(self, authorities: Collection[UUID], known: Iterable[UUID] = (), *, adopts: bool = True) -> None:
        self.adopts = adopts
        self.authorities = array(authorities)
        self.chosen: dict[tuple[UUID, date], UUID] = {}
        self._load(known)

    def on(self, authority: UUID, day: date) -> UUID:
        """The version in force: the nearest unit upward, its latest day (RulesQuerySet.in_force)."""
        key = (authority, day)
        if key not in self.chosen:
            found = self._search(authority, day)
            if found is None:
                found = self._shipped(authority, day)
            self.chosen[key] = found
        return self.chosen[key]

    def _load(self, known: Iterable[UUID] = ()) -> None:
        self.rows: dict[UUID, list[tuple[UUID, date]]] = {}
        for authority, rule_set, since in rows_of(IN_FORCE, {"authorities": self.authorities}):
            self.rows.setdefault(authority, []).append((rule_set, since))
        _read({key for found in self.rows.values() for key, _ in found}.union(known))

    def _search(self, authority: UUID, day: date) -> UUID | None:
        return next((key for key, since in self.rows.get(authority, ()) if since <= day), None)

    def _shipped(self, authority: UUID, day: date) -> UUID:
        if not self.adopts:
            _books.setdefault(LENT, RuleBook.read(shipped_rules()))
            return LENT
        root = Unit.objects.get(pk=authority).get_root()
        adopt_shipped(root)
        self._load()
        found = self._search(authority, day)
        if found is None:
            raise Refused(
                f"{root.name}没有{day:%Y年%-m月%-d日}生效的换算规则，请组织部先启用一版从这一天或更早起生效的规则"
            )
        return found

    def book(self, rule_set: UUID) -> RuleBook:
        _read({rule_set})
        return _books[rule_set]


LENT = UUID(int=0)
"""Stands for the shipped rules where a tree has none and whoever asks only looks."""
_books: dict[UUID, RuleBook] = {}
"""Rule sets that this process has read: they are never changed."""


def _read(keys: set[UUID]) -> None:
    if missing := keys - _books.keys():
        for row in RuleSet.objects.filter(pk__in=missing):
            _books[row.pk] = RuleBook.read(row.rules)
