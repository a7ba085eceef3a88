"""How filings for recognition are written on pages."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from core.amounts import plain
from portal.acts import age_in_words
from portal.pages import words
from trainees.models import Recognition
from trainees.services.recognition import Effect
from trainees.services.recognition.doubles import is_undecided
from trainees.services.recognition.holding import COUNTING

State = Recognition.State
LATE_DAYS = 7


def linked(rows: QuerySet[Recognition]) -> QuerySet[Recognition]:
    """With everything that a line shows, in one query."""
    return rows.select_related(
        "cadre__unit",
        "cadre__managing_authority",
        "cadre__canonical",
        "unit",
        "platform",
        "twin",
        "twin_entry",
        "upload",
    )


def is_open_double(row: Recognition) -> bool:
    """Whether somebody has to say whether it is a double: the other one still stands."""
    stands = row.twin_entry_id is not None or (row.twin is not None and row.twin.state in COUNTING)
    return row.state in (State.FILED, State.VETTED) and is_undecided(row) and stands


def line(row: Recognition, clash: str = "") -> dict[str, Any]:
    """`clash` says in which class the cadre was in those days."""
    since = waits_since(row)
    return {
        "key": f"{row.pk}.{row.version}",
        "url": reverse("portal:recognition_page", args=[row.pk]),
        "name": row.cadre.name,
        "unit": row.unit.name,
        "title": row.title,
        "provider": row.platform.name if row.platform else row.provider,
        "channel": row.get_channel_display(),
        "period": words.period(row.since, row.until),
        "amount": amount(row),
        "state": row.state,
        "open": row.state in (State.FILED, State.VETTED),
        "reason": row.state_reason,
        "double": is_open_double(row),
        "clash": clash,
        "age": age_in_words(since) if since else "",
        "late": since is not None and (timezone.now() - since).days >= LATE_DAYS,
    }


def waits_since(row: Recognition) -> Any:
    """Since when a filing waits for somebody's word; None where nobody's is asked."""
    return {State.FILED: row.filed_at, State.VETTED: row.vetted_at}.get(State(row.state))


def amount(row: Recognition) -> str:
    """How much was filed: 20 学时、3 天；450 分钟，100%；2 次."""
    parts = [f"{words.hours(row.hours)} 学时"] if row.hours else []
    parts += [f"{words.hours(row.days)} 天"] if row.days else []
    parts += [f"{row.sessions} 次"] if row.sessions else []
    parts += [f"完成 {words.hours(row.share)}%"] if row.share is not None else []
    return "，".join(parts) or "—"


def source(row: Recognition) -> str:
    """Where a filing came from."""
    if row.upload_id:
        return "平台导出表"
    if row.filed_by_id is None:
        return "平台接口"
    return "本人申报" if row.filed_by_id in row.cadre.accounts else "单位代报"


def told(effect: Effect) -> dict[str, Any]:
    """One entry of the ledger in words: 2026年计 18 必修学分."""
    kind = {"required": "必修", "elective": "选修"}[effect.kind]
    learned = [f"{words.hours(effect.hours)} 学时"] if effect.hours else []
    learned += [f"{words.hours(effect.days)} 天"] if effect.days else []
    return {
        "year": effect.year,
        "credits": f"{plain(effect.credits)} {kind}学分",
        "learned": "、".join(learned) or "0 学时",
        "steps": effect.steps,
    }
