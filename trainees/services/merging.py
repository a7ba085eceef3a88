"""Two rows of one person (重复建档): the double points to the row that lives on; nothing that hangs on it is rewritten."""

from django.db.models import Q
from django.utils import timezone

from core.audit import record
from core.operations import Refused, demand_current, demand_reason, intention
from organization.models import Account
from trainees.models import Appointment, Cadre, Duty
from trainees.services.duties import assign_duties
from trainees.services.ledger import settle_anew
from trainees.services.moves import demand_authority
from trainees.services.standing import hold_years_of


@intention
def merge_cadre(double: Cadre, into: Cadre, *, actor: Account, reason: str, seen: int | None = None) -> Cadre:
    """Merge a double into the row that lives on; its entries, enrolments and awards stay where they are.

    From now on the double carries the unit, authority and status of the other, so that whoever sees the one sees both,
    and sums ask `Cadre.objects.same_person`. What both learned in one class is settled by who knows of classes
    (`training.services.merging`). Raises Refused where either is not the actor's to merge, is merged already, or where
    both have an account; Conflict where the double moved on since its page was opened (`seen`).
    """
    hold_years_of([double.pk, into.pk])
    held = _held(double, into)
    gone, stays = held[double.pk], held[into.pk]
    demand_current(seen, gone.version, f"{gone.name}的信息")
    _demand(gone, stays, actor, reason)
    _hand_account_over(gone, stays)
    Cadre.objects.filter(canonical=gone).update(canonical=stays)
    gone.canonical, gone.version = stays, gone.version + 1
    gone.save(update_fields=["canonical", "account", "version"])
    same = {"unit": stays.unit, "managing_authority": stays.managing_authority, "band": stays.band}
    Cadre.objects.filter(canonical=stays).update(**same, status=stays.status, status_since=stays.status_since)
    _keep_history_apart(gone)
    after = {"into": str(stays.pk)}
    record("cadre.merge", actor=actor.pk, obj=gone, unit_id=stays.unit_id, reason=reason, after=after)
    settle_anew([stays.pk], actor=actor, reason=reason)
    _follow(gone, stays, actor)
    return stays


def _held(double: Cadre, into: Cadre) -> dict[object, Cadre]:
    """Both rows with their doubles, held in the order of all who hold people, so that nobody waits in a ring."""
    keys = [double.pk, into.pk]
    rows = Cadre.objects.filter(Q(pk__in=keys) | Q(canonical__in=keys)).order_by("pk").select_for_update()
    return {row.pk: row for row in rows}


def _demand(gone: Cadre, stays: Cadre, actor: Account, reason: str) -> None:
    if gone.pk == stays.pk:
        raise Refused("不能合并到自己")
    for one in (gone, stays):
        demand_authority(one, actor)
    if gone.canonical_id is not None:
        raise Refused(f"这一条{gone.name}已经合并过，不能再合并")
    if stays.canonical_id is not None:
        raise Refused(f"目标{stays.name}本身已合并到另一条，请直接合并到那一条")
    if gone.account_id and stays.account_id:
        raise Refused("两条都关联了账号，合并后只能留一个；请先由系统管理员停用多余的账号，再联系组织部解除关联")
    demand_reason(reason, "请写明依据：如何确认是同一个人")


def _hand_account_over(gone: Cadre, stays: Cadre) -> None:
    if gone.account_id is None:
        return
    account, gone.account = gone.account, None
    gone.save(update_fields=["account"])
    stays.account, stays.version = account, stays.version + 1
    stays.save(update_fields=["account", "version"])


def _follow(gone: Cadre, stays: Cadre, actor: Account) -> None:
    """The double has no duties of its own any more, in no year that is open: one person is asked once."""
    years = Duty.objects.filter(cadre=gone).values_list("year", flat=True)
    for year in sorted({timezone.localdate().year, *years}):
        assign_duties([gone.pk, stays.pk], year, actor=actor)


def _keep_history_apart(gone: Cadre) -> None:
    """The double's appointments stay as history but are nobody's present post any more."""
    Appointment.objects.filter(cadre=gone, primary=True, until=None).update(primary=False)
