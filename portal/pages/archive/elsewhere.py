"""What was learned elsewhere, and what is asked less: recognition, on-line classes, reductions."""

from portal.pages import words
from portal.pages.archive.look import Look, Shown, section
from reports.papers.archive import Recognised

TONES = {"filed": "info", "vetted": "info", "confirmed": "good", "returned": "warn", "revoked": "bad"}


def recognised(look: Look) -> Shown | None:
    rows = [_row(line) for line in look.archive.recognised]
    return section("recognised", "其他学习与认定", rows=rows, count=len(rows)) if rows else None


def _row(line: Recognised) -> dict[str, object]:
    return {"line": line, "tone": TONES.get(line.state, "off"), "period": words.period(line.since, line.until)}


def online(look: Look) -> Shown | None:
    rows = [{"line": line, "period": words.period(line.since, line.until)} for line in look.archive.online]
    return section("online", "网络虚拟班", rows=rows) if rows else None


def exempted(look: Look) -> Shown | None:
    return section("exempted", "任务减免", rows=look.archive.exempted) if look.archive.exempted else None
