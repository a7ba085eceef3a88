"""Is the log what was sealed? Every seal against its neighbours, its key and its entries; every finding names its row."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from hmac import compare_digest
from pathlib import Path

from django.db import connection
from django.utils import timezone

from core.audit.sealing import FOR_EVER, LEAF, leaf, rows_of, seal_signature, signature
from core.models import AuditArchive, AuditSeal


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong with one seal or one entry of it."""

    seal: int
    what: str
    entry: int | None = None

    def __str__(self) -> str:
        return f"第 {self.seal} 号封存" + (f"，第 {self.entry} 条记录" if self.entry else "") + f"：{self.what}"


@dataclass
class Report:
    """The outcome of a verification; `waiting` counts entries that no seal covers yet."""

    seals: int = 0
    entries: int = 0
    purged: int = 0
    waiting: int = 0
    oldest_waiting: datetime | None = None
    findings: list[Finding] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        return not self.findings


def verify(folder: Path | None = None) -> Report:
    """Walk the whole chain; `folder` holds the heads that were exported day by day."""
    report = Report()
    purged_to = _purged_to(report)
    previous: AuditSeal | None = None
    for seal, era_end in _with_era_ends():
        report.seals += 1
        report.findings += link_findings(seal, previous)
        report.findings += entry_findings(seal, era_end, purged=seal.pk <= purged_to)
        if seal.pk <= purged_to:
            report.purged += seal.count
        else:
            report.entries += seal.count
        previous = seal
    _tail(report, previous)
    if folder is not None:
        report.findings += exported_findings(folder, previous)
    return report


def link_findings(seal: AuditSeal, previous: AuditSeal | None) -> Iterator[Finding]:
    """Number, place in the chain, signature."""
    expected = previous.pk + 1 if previous else 1
    if seal.pk != expected:
        yield Finding(expected, f"缺失（其后是第 {seal.pk} 号）")
    elif not compare_digest(seal.previous, previous.mac if previous else ""):
        yield Finding(seal.pk, "与上一封存不相连")
    if not compare_digest(seal.mac, seal_signature(seal)):
        yield Finding(seal.pk, "校验值不符，封存被改动，或不是用这把密钥封存的")
    same_era = previous is not None and previous.system == seal.system and previous.after_id == seal.after_id
    if seal.since != (previous.until if previous and same_era else 0):
        yield Finding(seal.pk, "与上一封存之间有空档")


def entry_findings(seal: AuditSeal, era_end: int = FOR_EVER, *, purged: bool = False) -> Iterator[Finding]:
    """Entries of the seal's span that were changed, deleted, inserted or put in another order."""
    sealed = bytes(seal.leaves)
    wanted = {sealed[at : at + 8]: sealed[at + 8 : at + LEAF] for at in range(0, len(sealed), LEAF)}
    rows = (leaf(row[0], row[1:]) for row in rows_of(seal.after_id, era_end, seal.since, seal.until))
    there = {one[:8]: one[8:] for one in rows}
    if purged and not there:
        return
    if there == wanted:
        return
    moved = Counter(wanted.values())
    for key in sorted(wanted.keys() | there.keys()):
        if what := _what(wanted.get(key), there.get(key), moved):
            yield Finding(seal.pk, what, int.from_bytes(key, "big"))


def _what(wanted: bytes | None, there: bytes | None, sealed: Counter[bytes]) -> str:
    if wanted == there:
        return ""
    if there is None:
        return "已被删除"
    if wanted is None:
        return "是封存之后插入的"
    return "与别的记录调换了次序" if sealed[there] else "内容被改动"


def _with_era_ends() -> Iterator[tuple[AuditSeal, int]]:
    """Seals in order, each with the last entry id of its era."""
    ends = era_ends()
    for seal in AuditSeal.objects.order_by("pk").iterator(chunk_size=20):
        yield seal, ends[seal.after_id]


def era_ends() -> dict[int, int]:
    """The last entry id of each era, by the id after which it began; none before the first seal."""
    starts = sorted(set(AuditSeal.objects.values_list("after_id", flat=True)))
    return dict(zip(starts, [*starts[1:], FOR_EVER], strict=True)) if starts else {}


def _purged_to(report: Report) -> int:
    """The last seal whose entries may be gone; archives that were tampered with are findings."""
    reached = 0
    for act in AuditArchive.objects.order_by("pk"):
        if not compare_digest(act.mac, archive_signature(act)):
            report.findings.append(Finding(act.first_seal, f"第 {act.pk} 号归档记录被改动"))
        elif act.act == AuditArchive.Act.PURGED:
            reached = max(reached, act.last_seal)
    return reached


def archive_signature(act: AuditArchive) -> str:
    """What the `mac` of an archive row must be."""
    names = ("act", "first_seal", "last_seal", "count", "file_name", "digest")
    facts = {name: str(getattr(act, name)) for name in names}
    return signature(facts | {"at": act.at.timestamp(), "by": str(act.by_id or "")})


def _tail(report: Report, last: AuditSeal | None) -> None:
    """Entries that wait for their seal; before the first span of the era there can be none."""
    after, until = (last.after_id, last.until) if last else (0, 0)
    with connection.cursor() as cursor:
        query = "SELECT count(*), min(at) FROM core_auditentry WHERE xact >= %s AND id > %s"
        cursor.execute(query, [until, after])
        report.waiting, report.oldest_waiting = cursor.fetchone()
        cursor.execute(
            "SELECT id FROM core_auditentry WHERE xact >= pg_snapshot_xmax(pg_current_snapshot())::text::bigint AND id > %s"
            " AND xact <> coalesce(pg_current_xact_id_if_assigned()::text::bigint, 0) ORDER BY id LIMIT 100",
            [after],
        )
        forged = [row[0] for row in cursor.fetchall()]
    report.findings += [Finding(last.pk if last else 0, "事务号是伪造的", entry) for entry in forged]


# ---- heads exported outside the database: the end of the chain cannot be cut off unnoticed ----


def export_head(folder: Path) -> Path | None:
    """Write the newest seal into the file of its day (replaced in one step); None while there is no seal."""
    head = AuditSeal.objects.defer("leaves").order_by("-pk").first()
    if head is None:
        return None
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"{timezone.localdate(head.at)}.json"
    facts = {"number": head.pk, "at": head.at.isoformat(), "until": head.until, "last": head.last, "mac": head.mac}
    staging = path.with_suffix(".new")
    staging.write_text(json.dumps(facts) + "\n", encoding="utf-8")
    staging.replace(path)
    return path


def exported_findings(folder: Path, head: AuditSeal | None) -> Iterator[Finding]:
    """Every exported head must still be a seal of the chain."""
    for path in sorted(folder.glob("*.json")):
        facts = json.loads(path.read_text(encoding="utf-8"))
        mac = AuditSeal.objects.filter(pk=facts["number"]).values_list("mac", flat=True).first()
        if mac is None:
            yield Finding(facts["number"], f"在库外留有存证（{path.name}），库中却没有")
        elif mac != facts["mac"]:
            yield Finding(facts["number"], f"与库外存证（{path.name}）不符")
