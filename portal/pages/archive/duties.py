"""学习任务: each duty as a gauge, and what the years add up to."""

from datetime import date
from decimal import Decimal

from portal.pages import words
from portal.pages.archive.look import Look, Shown, section
from reports.papers.archive import DutyLine


def duties(look: Look) -> Shown | None:
    """The year's duties, the five-year one, and the sums by year."""
    if not look.archive.duties and not look.archive.years:
        return None
    gauges = [gauge(line, look.archive.on) for line in look.archive.duties]
    return section("duties", "学习任务", gauges=gauges, years=look.archive.years, year=look.archive.on.year)


def gauge(line: DutyLine, today: date) -> Shown:
    tone, state = state_of(line, today)
    return {
        "name": line.name,
        "period": words.period(line.since, line.due),
        "percent": line.percent,
        "done": words.hours(line.done),
        "amount": words.hours(line.amount),
        "unit": line.unit,
        "measure": line.measure,
        "other": _other(line),
        "tone": tone,
        "state": state,
        "due": line.due,
        "missing": "" if line.met or line.exempt else f"还差 {words.hours(line.missing)} {line.unit}",
        "note": line.note,
    }


def state_of(line: DutyLine, today: date) -> tuple[str, str]:
    """Tone and word of a duty's standing."""
    if line.exempt:
        return "off", "免除"
    if line.met:
        return "good", "已达标"
    return ("bad", "逾期未完成") if line.due < today else ("info", "进行中")


def _other(line: DutyLine) -> str:
    if line.other_amount is None:
        return ""
    return f"或{line.other_measure} {words.hours(line.other_done or Decimal(0))} / {words.hours(line.other_amount)} {line.other_unit}"
