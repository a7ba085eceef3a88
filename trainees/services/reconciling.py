"""The ledger checked from its entries (REL-02): sums, balances, mirrors, and the rules' arithmetic done once more.

Each question is answered with the differences themselves, never with a total in which two could hide. The figures come
straight from the entries, not by way of what the triggers keep. Whose year differs gets nothing posted until somebody
has looked (docs/decisions/0032).
"""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q

from core.audit import record
from core.keys import new_key
from core.models import AuditEntry
from core.operations import intention
from trainees.models import Cadre, CreditEntry
from trainees.services.freezing import Finding, freeze
from trainees.services.people import rows_of
from trainees.services.settling import Order, plan_of

NAMED = 100
AT_ONCE = 2000
EVENT = "ledger.reconcile"
NIGHT = range(1, 5)
"""Hours of the day in which nobody waits for the database."""

SUMS = """
    coalesce(sum(e.days) FILTER (WHERE e.channel = 'off_job'), 0) AS off_job_days,
    coalesce(sum(e.hours) FILTER (WHERE e.channel = 'off_job'), 0) AS off_job_hours,
    coalesce(sum(e.hours) FILTER (WHERE e.channel = 'online'), 0) AS online_hours,
    coalesce(sum(e.hours) FILTER (WHERE e.channel NOT IN ('off_job', 'online')), 0) AS other_hours,
    coalesce(sum(e.credits) FILTER (WHERE e.kind = 'required'), 0) AS required,
    coalesce(sum(e.credits) FILTER (WHERE e.kind = 'elective'), 0) AS elective
"""
FIELDS = {
    "off_job_days": "脱产天数", "off_job_hours": "脱产学时", "online_hours": "网络学时", "other_hours": "其他学时",
    "required": "必修学分", "elective": "选修学分",
}  # fmt: skip
OURS, THEIRS = (", ".join(f"coalesce({side}.{name}, 0)" for name in FIELDS) for side in ("s", "b"))
DIFFERS = """
CASE WHEN coalesce(s.{0}, 0) <> coalesce(b.{0}, 0)
THEN format('{1} %%s（余额 %%s）', trim_scale(coalesce(s.{0}, 0)::numeric), trim_scale(coalesce(b.{0}, 0)::numeric)) END
"""
TOLD = ", ".join(DIFFERS.format(name, label) for name, label in FIELDS.items())
BALANCES = f"""
WITH s AS (SELECT e.cadre_id, e.year, e.adjustment, {SUMS}, count(*) AS entries FROM trainees_creditentry e GROUP BY 1, 2, 3)
SELECT cadre_id, year, concat_ws('、', {TOLD}, {DIFFERS.format("entries", "条数")})
FROM s FULL JOIN trainees_creditbalance b USING (cadre_id, year, adjustment)
WHERE ({OURS}, coalesce(s.entries, 0)) IS DISTINCT FROM ({THEIRS}, coalesce(b.entries, 0))
ORDER BY 1, 2
"""  # noqa: S608 - nothing but the words above
TOTALS = ", ".join(f"sum({name}) AS {name}" for name in FIELDS)
LIVE = f"""
WITH s AS (
    SELECT e.cadre_id, e.year, {SUMS} FROM trainees_creditentry e LEFT JOIN trainees_creditentry r ON r.reverses_id = e.id
    WHERE e.reverses_id IS NULL AND r.id IS NULL GROUP BY 1, 2
), b AS (SELECT cadre_id, year, {TOTALS} FROM trainees_creditbalance GROUP BY 1, 2)
SELECT cadre_id, year, concat_ws('、', {TOLD}) FROM s FULL JOIN b USING (cadre_id, year)
WHERE ({OURS}) IS DISTINCT FROM ({THEIRS}) ORDER BY 1, 2
"""  # noqa: S608
MIRRORS = """
SELECT r.cadre_id, r.year, r.id, o.id FROM trainees_creditentry r JOIN trainees_creditentry o ON o.id = r.reverses_id
WHERE o.reverses_id IS NOT NULL
   OR (r.cadre_id, r.year, r.kind, r.channel) IS DISTINCT FROM (o.cadre_id, o.year, o.kind, o.channel)
   OR (r.days, r.hours, r.credits, r.sessions) IS DISTINCT FROM (-o.days, -o.hours, -o.credits, -o.sessions)
ORDER BY 3
"""
DOUBLES = """
SELECT DISTINCT unnest(array_agg(e.cadre_id)), unnest(array_agg(e.year)), e.source_kind, e.source_id::text
FROM trainees_creditentry e LEFT JOIN trainees_creditentry r ON r.reverses_id = e.id
WHERE e.reverses_id IS NULL AND r.id IS NULL
GROUP BY e.source_kind, e.source_id, e.part HAVING count(*) > 1 ORDER BY 4, 1, 2
"""
QUESTIONS = {"balances": BALANCES, "live": LIVE, "mirrors": MIRRORS, "doubles": DOUBLES}
WORDS = {
    "balances": "余额与记录合计不符：{}",
    "live": "余额与有效记录合计不符：{}",
    "mirrors": "第 {} 号冲销与所冲销的第 {} 号记录不对应",
    "doubles": "同一来源有两笔有效学分：{} {}",
    "rules": "按记录的规则重新计算，应冲销 {} 笔、新记 {} 笔",
}


@dataclass(slots=True)
class Reconciliation:
    """What was looked at (`rules`: their arithmetic too), what was found, how many years of cadres it froze."""

    run: UUID = field(default_factory=new_key)
    entries: int = 0
    cadres: int = 0
    rules: bool = True
    findings: list[Finding] = field(default_factory=list)
    frozen: int = 0

    def told(self) -> dict[str, Any]:
        """For the log: the first hundred by name."""
        named = [{"cadre": str(one.cadre_id), "year": one.year, "question": one.question} for one in self.findings]
        counts = {"entries": self.entries, "cadres": self.cadres, "differences": len(self.findings)}
        return {"run": str(self.run), "rules": self.rules, **counts, "frozen": self.frozen, "named": named[:NAMED]}


@intention
def reconcile(*, actor: UUID | None = None, rules: bool = True) -> Reconciliation:
    """Check the whole ledger; one entry in the log, “failed” where anything differs. Nothing is put right by itself.

    Who differs is held and looked at once more, so that no posting under way is taken for a fault; whose year still
    differs is frozen.
    """
    done = Reconciliation(entries=CreditEntry.objects.count(), rules=rules)
    everybody = list(Cadre.objects.filter(canonical=None).order_by("pk").values_list("pk", flat=True))
    done.cadres = len(everybody) if rules else 0
    if suspects := {one.cadre_id for one in _differences(everybody if rules else ())}:
        held = _held(suspects)
        done.findings = [one for one in _differences(sorted(held) if rules else ()) if one.cadre_id in held]
        done.frozen = len(freeze(done.findings, done.run, actor=actor))
    record(EVENT, actor=actor, result="failed" if done.findings else "ok", after=done.told())
    return done


def _held(suspects: Collection[UUID]) -> set[UUID]:
    """The rows of these persons, locked: postings under way are waited for, later ones wait."""
    same = Q(pk__in=suspects) | Q(canonical__in=suspects) | Q(cadre__in=suspects)
    rows = Cadre.objects.filter(pk__in=Cadre.objects.filter(same).values("pk"))
    return set(rows.order_by("pk").select_for_update(no_key=True).values_list("pk", flat=True))


def _differences(by_rules: Sequence[UUID]) -> Iterator[Finding]:
    """Of the sums everybody's; of the rules these cadres'."""
    for question, query in QUESTIONS.items():
        for cadre, year, *sides in rows_of(query, {}):
            yield Finding(question, cadre, year, WORDS[question].format(*sides))
    yield from _by_rules(by_rules)


def _by_rules(persons: Sequence[UUID]) -> Iterator[Finding]:
    """What the rules that the entries name make of what was learned, person by person, some thousands at once."""
    years = frozenset(CreditEntry.objects.values_list("year", flat=True).distinct()) if persons else frozenset()
    for some in _slices(persons, AT_ONCE):
        plan = plan_of(Order(cadres=frozenset(some), years=years), hold=False)
        gone = Counter((plan.persons.root[award.cadre_id], award.year) for award in plan.gone)
        come = Counter((wish.cadre_id, wish.learning.on.year) for wish, _ in plan.come)
        for person, year in sorted(plan.written):
            yield Finding("rules", person, year, WORDS["rules"].format(gone[person, year], come[person, year]))


def _slices(rows: Sequence[UUID], size: int) -> Iterator[Sequence[UUID]]:
    return (rows[start : start + size] for start in range(0, len(rows), size))


def is_due(now: datetime, event: str = EVENT) -> bool:
    """At night, once; who looked at the sums alone has not done it."""
    done = AuditEntry.objects.filter(event=event, at__gt=now - timedelta(hours=20)).exclude(after__rules=False)
    return now.hour in NIGHT and not done.exists()
