"""述学: what a trainee told their own unit after a class, confirmed or sent back by the unit."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from core.audit import record
from core.operations import Conflict, Refused, demand_current, demand_reason, intention
from organization.models import Account, AuthoritySetting
from organization.preferences import PREFERENCES
from organization.roles import Role
from training.models import Enrolment, ReportBack, TrainingClass

State = ReportBack.State
OVER = (TrainingClass.State.CLOSED, TrainingClass.State.REOPENED)
SHORTEST = 30
TERM = "report_back_days"
LOOKS_BACK = timedelta(days=365)
"""Who did not report within a year is not asked any more."""


@dataclass(frozen=True, slots=True)
class Told:
    """When, where and to how many it was told, and what."""

    on: date
    text: str
    occasion: str = ""
    audience: int | None = None


@intention
def file_report(enrolment: Enrolment, told: Told, *, actor: Account, seen: int | None = None) -> ReportBack:
    """A trainee reports; a report that was sent back is filed anew. Late is late, and yet taken.

    Raises Refused before the class has ended, for a day outside class end and today, for too few words, and once the
    unit has confirmed.
    """
    held = Enrolment.objects.select_for_update(of=("self",)).select_related("training_class", "cadre").get(
        pk=enrolment.pk
    )  # fmt: skip
    _demand(held, told)
    row = ReportBack.objects.select_for_update().filter(enrolment=held).first()
    if row is None:
        row = ReportBack(enrolment=held, version=0)
    elif seen is None:
        raise Conflict("这个班的述学已经填报过，请刷新页面后查看")
    elif row.state != State.RETURNED:
        raise Refused(f"述学{row.get_state_display()}，不能再改；需要更改的，请单位联络员退回")
    else:
        demand_current(seen, row.version, "这份述学")
    for name, value in asdict(told).items():
        setattr(row, name, value)
    row.unit_id, row.state, row.state_reason = held.cadre.unit_id, State.FILED, ""
    row.filed_by_id, row.filed_at, row.version = actor.pk, timezone.now(), row.version + 1
    row.save()
    after = {"on": str(row.on), "words": len(row.text), "late": timezone.localdate() > report_due(held.training_class)}
    record("report_back.file", actor=actor.pk, obj=row, unit_id=row.unit_id, after=after)
    return row


@intention
def confirm_report(report: ReportBack, *, actor: Account, seen: int | None = None) -> ReportBack:
    """The unit says that it was so."""
    held = _hold(report, actor, seen)
    return _decide(held, State.CONFIRMED, actor, "")


@intention
def return_report(report: ReportBack, *, actor: Account, reason: str, seen: int | None = None) -> ReportBack:
    """The unit sends it back with the reason; the trainee files it anew."""
    held = _hold(report, actor, seen)
    return _decide(held, State.RETURNED, actor, demand_reason(reason, "请写明退回的理由")[:200])


def _demand(enrolment: Enrolment, told: Told) -> None:
    one = enrolment.training_class
    if enrolment.state != Enrolment.State.COMPLETED or one.state == TrainingClass.State.CANCELLED:
        raise Refused(f"只有结业学员填报述学；您在“{one.name}”的状态是{enrolment.get_state_display()}")
    if not one.end <= told.on <= timezone.localdate():
        raise Refused(f"述学日期应在结业（{one.end:%Y年%-m月%-d日}）之后、今天以前")
    if len(told.text.strip()) < SHORTEST:
        raise Refused(f"述学内容至少 {SHORTEST} 个字")


def _hold(report: ReportBack, actor: Account, seen: int | None) -> ReportBack:
    held = ReportBack.objects.select_for_update().get(pk=report.pk)
    demand_current(seen, held.version, "这份述学")
    if held.state != State.FILED:
        raise Refused(f"这份述学{held.get_state_display()}，不用再办")
    if actor.pk in held.enrolment.cadre.accounts:
        raise Refused("不能确认或退回自己的述学，请由单位其他联络员或组织部办理")
    if not actor.access.covers(held.unit.path, Role.LIAISON, Role.STAFF):
        raise Refused(f"述学由{held.unit.name}的联络员确认")
    return held


def _decide(held: ReportBack, state: str, actor: Account, reason: str) -> ReportBack:
    held.state, held.state_reason, held.version = state, reason, held.version + 1
    if state == State.CONFIRMED:
        held.confirmed_by_id, held.confirmed_at = actor.pk, timezone.now()
    held.save(update_fields=["state", "state_reason", "version", "confirmed_by_id", "confirmed_at"])
    event = "confirm" if state == State.CONFIRMED else "return"
    record(f"report_back.{event}", actor=actor.pk, obj=held, unit_id=held.unit_id, reason=reason)
    return held


# ---- by when ----


def report_due(training_class: TrainingClass) -> date:
    """By when a trainee of the class reports at the unit: so many days after closing, as its organizer has set."""
    return report_terms([training_class])[training_class.pk]


def report_terms(classes: Iterable[TrainingClass]) -> dict[UUID, date]:
    """The same of many classes, in one query however many there are."""
    found = list(classes)
    rows = AuthoritySetting.objects.filter(key=TERM).order_by("unit__depth", "since")
    settings = list(rows.values_list("unit__path", "since", "value"))
    return {one.pk: _term(one, settings) for one in found}


def _term(one: TrainingClass, settings: Sequence[tuple[str, date, int]]) -> date:
    """The nearest unit upward that set it, its latest day."""
    end = one.closed_on or one.end
    days = [value for path, since, value in settings if one.unit.path.startswith(path) and since <= end]
    return end + timedelta(days=days[-1] if days else PREFERENCES[TERM].default)


def late_classes(today: date) -> list[UUID]:
    """Classes over since less than a year whose term for reporting is over; two queries."""
    classes = TrainingClass.objects.unscoped("dates of classes; who is late is asked in scope")
    terms = report_terms(classes.filter(_over_since(today - LOOKS_BACK)).select_related("unit"))
    return [key for key, due in terms.items() if due < today]


def owed_by(account: Account, today: date) -> QuerySet[Enrolment]:
    """The account's own completed classes that are over since less than a year and of which nothing was told yet."""
    over = _over_since(today - LOOKS_BACK, "training_class__")
    rows = Enrolment.objects.visible_to(account).filter(cadre__account=account, report_back=None)
    rows = rows.filter(over, state=Enrolment.State.COMPLETED)
    return rows.select_related("training_class__unit").order_by("training_class__closed_on", "pk")


def _over_since(since: date, prefix: str = "") -> Q:
    """Without a day of closing (taken over from before, opened again) a class counts from its last day."""
    closed = Q(**{f"{prefix}closed_on__gte": since})
    return Q(**{f"{prefix}state__in": OVER}) & (closed | Q(**{f"{prefix}closed_on": None, f"{prefix}end__gte": since}))
