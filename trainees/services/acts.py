"""Acts over a whole ledger: a page writes down what is asked, a worker carries it out in the name of who asked.

The whole act is one transaction, in which the row says that it is done: killed anywhere it has written nothing, and is
begun again by the next bell. What the rules say no to by then is told on the page where it was asked.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from core.audit import record
from core.jobs import Unmakeable, submit
from core.operations import Conflict, Refused, intention, last_word
from organization.models import Account, Unit
from trainees.models import LedgerAct, PlatformUpload
from trainees.services.freezing import Frozen

State, Kind = LedgerAct.State, LedgerAct.Kind
WHY = "acts over a ledger whose authority the caller found in scope"
Outcome = dict[str, Any]
Work = Callable[[LedgerAct, Account], Outcome]
JOBS = {
    Kind.CLOSE: "year_close",
    Kind.CONFIRM: "recognition_confirm",
    Kind.REHEARSE: "recompute_read",
    Kind.RECOMPUTE: "recompute_write",
}
QUICKER = "刚刚有人提交了另一件办理，请刷新页面，等它办完"
AT_ONCE = {"act_of_year_waits_once": QUICKER, "act_on_upload_waits_once": QUICKER}


@dataclass(frozen=True, slots=True)
class About:
    """What an act is about: a year of an authority's ledger, or a platform's import."""

    unit: Unit
    year: int | None = None
    upload: PlatformUpload | None = None

    def acts(self) -> QuerySet[LedgerAct]:
        """The latest first."""
        rows = LedgerAct.objects.unscoped(WHY).filter(unit=self.unit, year=self.year, upload=self.upload)
        return rows.order_by("-created", "-pk")


def ask_for(kind: LedgerAct.Kind, about: About, *, actor: Account, asked: Outcome) -> LedgerAct:
    """Write down an act and wake the worker, in the caller's transaction; asked again while it waits it is the same one.

    Raises Refused while another act about the same waits.
    """
    if (own := own_waiting(kind, about, actor)) is not None:
        return own
    with last_word(AT_ONCE):
        act = LedgerAct.objects.create(
            kind=kind, unit=about.unit, year=about.year, upload=about.upload, asked=asked, asked_by_id=actor.pk
        )
    title = f"{kind.label}（{about.year}年）" if about.year else kind.label
    submit(JOBS[kind], title, [act.pk], actor=actor.pk, subject_id=act.pk)
    after = _told(act) | {name: value for name, value in asked.items() if name != "reason"}
    record("ledger_act.ask", actor=actor.pk, obj=act, unit_id=act.unit_id, reason=asked.get("reason", ""), after=after)
    return act


def own_waiting(kind: LedgerAct.Kind, about: About, actor: Account) -> LedgerAct | None:
    """The actor's own act of this kind that waits already. Raises Refused while another act about the same waits."""
    waiting = about.acts().filter(state=State.WAITING).first()
    if waiting is not None and (waiting.kind, waiting.asked_by_id) != (kind, actor.pk):
        raise Refused(busy_words(waiting))
    return waiting


def busy_words(waiting: LedgerAct) -> str:
    who = Account.objects.filter(pk=waiting.asked_by_id).values_list("display_name", flat=True).first()
    at = timezone.localtime(waiting.created)
    return f"{who}{at:%H:%M}提交的{waiting.get_kind_display()}正在办理，请等它办完再看"


@intention
def carry_out(act_id: UUID, work: Work) -> None:
    """The worker's part: done once, however often it is rung for. Raises Unmakeable with the sentence for people."""
    act = _held(act_id)
    if act.state != State.WAITING:
        return
    actor = Account.objects.get(pk=act.asked_by_id)
    if not actor.may_sign_in:
        raise Unmakeable("提交人的账号已停用，没有办理，没有写入任何内容")
    try:
        act.outcome = work(act, actor)
    except Frozen as no:
        raise Unmakeable(no.unnamed) from None
    except (Conflict, Refused) as no:
        raise Unmakeable(no.message) from no
    act.state, act.finished = State.DONE, timezone.now()
    act.save(update_fields=["state", "outcome", "finished"])


@intention
def give_up_act(act_id: UUID, reason: str) -> None:
    """The job has failed: the act says why, and nothing was written."""
    act = _held(act_id)
    if act.state != State.WAITING:
        return
    act.state, act.reason, act.finished = State.REFUSED, reason[:500], timezone.now()
    act.save(update_fields=["state", "reason", "finished"])
    who = {"actor": act.asked_by_id, "obj": act, "unit_id": act.unit_id}
    record("ledger_act.refuse", **who, result="refused", reason=reason, after=_told(act))


def _told(act: LedgerAct) -> Outcome:
    return {"kind": act.kind} | ({"year": act.year} if act.year else {"upload": str(act.upload_id)})


def _held(act_id: UUID) -> LedgerAct:
    return LedgerAct.objects.select_for_update(of=["self"]).select_related("unit", "upload").get(pk=act_id)
