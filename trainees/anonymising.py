"""Somebody's own rows lose everything that says who they were, years after they left (SEC-34).

Keys stay, so that classes, scores and figures keep their sums. Each app says in `settings.ANONYMISERS` what it holds of a
person; what several people share (letters, bulletins, the audit log, which holds keys only) is not touched.
"""

import secrets
from datetime import date

from django.conf import settings
from django.db.models import Q
from django.utils.module_loading import import_string

from core.audit import record
from core.files import let_go
from core.operations import Refused, intention
from organization.models import Account
from trainees.models import Appointment, Award, Cadre, Exemption, Recognition, RecognitionProof

NOBODY = "（已匿名）"
WHY = "rows of one person, whom the caller has fetched"


def over_before(today: date) -> date:
    """Who left on that day or before may be forgotten today."""
    year = today.year - settings.PERSON_KEEP_YEARS
    return today.replace(year=year, day=28) if (today.month, today.day) == (2, 29) else today.replace(year=year)


def due(today: date) -> list[Cadre]:
    """People who retired, died or left so long ago that nothing needs their names any more."""
    rows = Cadre.objects.unscoped("the command that forgets people looks at everybody")
    gone = rows.filter(status__in=Cadre.GONE, status_since__lte=over_before(today)).exclude(name=NOBODY)
    return list(gone.order_by("pk"))


@intention
def anonymise_cadre(cadre: Cadre, *, actor: Account | None, today: date) -> dict[str, int]:
    """Forget who this was, on merged doubles too; how many rows each app changed.

    Raises Refused while the person serves or the time runs.
    """
    cadre = Cadre.objects.select_for_update().get(pk=cadre.pk)
    if cadre.status not in Cadre.GONE or cadre.status_since is None or cadre.status_since > over_before(today):
        raise Refused(f"只有退休、去世、调离满 {settings.PERSON_KEEP_YEARS} 年的干部可以匿名化")
    rows = [*Cadre.objects.select_for_update().filter(canonical=cadre).order_by("pk"), cadre]
    forgets = {name: import_string(path) for name, path in settings.ANONYMISERS.items()}
    changed = {name: sum(int(forget(row)) for row in rows) for name, forget in forgets.items()}
    record("cadre.anonymise", actor=actor.pk if actor else None, obj=cadre, unit_id=cadre.unit_id, after=changed)
    return changed


def forget_cadre(cadre: Cadre) -> int:
    """The person's own row and posts. The index becomes a random one: the number finds nobody any more.

    The ledger keeps its sums: its lines name courses, not people.
    """
    _forget_learning(cadre)
    Cadre.objects.filter(Q(pk=cadre.pk) | Q(canonical=cadre)).update(
        name=NOBODY, pinyin="", initials="", sex="", ethnic_group="", political_status="",
        id_number_sealed="", phone_sealed="", unverified=False, photo=None, party_since=None, work_since=None,
    )  # fmt: skip
    for double in Cadre.objects.filter(Q(pk=cadre.pk) | Q(canonical=cadre)):
        Cadre.objects.filter(pk=double.pk).update(id_number_index=secrets.token_hex(32))
    return 1 + Appointment.objects.filter(cadre=cadre).update(post="", post_level="", rank="")


def _forget_learning(cadre: Cadre) -> None:
    """Photo, proofs and reasons of reductions, proofs of learning elsewhere, notes of honours."""
    exemptions = Exemption.objects.unscoped(WHY).filter(cadre=cadre)
    proofs = RecognitionProof.objects.unscoped(WHY).filter(recognition__cadre=cadre)
    for files in (Cadre.objects.filter(pk=cadre.pk).values("photo"), exemptions.values("file"), proofs.values("file")):
        let_go(files)
    exemptions.update(reason=NOBODY, revoke_reason="")
    proofs.update(name=NOBODY)
    filed = Recognition.objects.unscoped(WHY).filter(cadre=cadre)
    filed.update(state_reason="")
    filed.exclude(twin_reason="").update(twin_reason=NOBODY)
    Award.objects.unscoped(WHY).filter(cadre=cadre).update(note="")
