"""What the department does with its cadres in the demo city: an account for one, the older ones checked."""

from collections.abc import Iterable

from core.audit import entry, record, record_many
from core.operations import intention
from organization.models import Account
from trainees.models import Cadre


@intention
def link_account(account: Account, cadre: Cadre, *, actor: Account) -> None:
    """Let a cadre sign in with an account; once linked it stays."""
    if cadre.account_id == account.pk:
        return
    cadre.account = account
    cadre.version += 1
    cadre.save(update_fields=["account", "version"])
    record("cadre.account", actor=actor.pk, obj=cadre, unit_id=cadre.unit_id, after={"account": str(account.pk)})


@intention
def verify_cadres(cadres: Iterable[Cadre], *, actor: Account) -> None:
    """核实: these cadres, made by a workbook, were compared with their files."""
    cadres = list(cadres)
    Cadre.objects.filter(pk__in=[cadre.pk for cadre in cadres]).update(unverified=False)
    record_many(
        entry("cadre.verify", actor=actor.pk, obj=cadre, unit_id=cadre.unit_id, before={"unverified": True})
        for cadre in cadres
    )
