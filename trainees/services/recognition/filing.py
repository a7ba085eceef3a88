"""Filing: by the cadre, or by the unit for its people; filing again what was returned; taking it back."""

from collections.abc import Iterable

from django.utils import timezone

from core.audit import record
from core.files import keep
from core.operations import Refused, intention, last_word
from core.pictures import Upload
from organization.models import Account
from organization.roles import Role
from trainees.models import Cadre, Recognition, RecognitionProof
from trainees.services.recognition.claims import MOST_PROOFS, Claim, demand_sound
from trainees.services.recognition.doubles import mark_doubles
from trainees.services.recognition.holding import State, hold_one, is_own

TWICE = {"platform_record_once": "该平台的这条记录已经申报过，不能再报"}
FACTS = [
    "channel", "title", "title_key", "provider", "platform", "external_key", "since", "until", "hours", "minutes", "days",
    "sessions", "share", "twin", "twin_entry", "twin_reason", "state", "state_reason", "vetted_by_id", "vetted_at",
    "filed_by_id", "unit", "version",
]  # fmt: skip


@intention
def file_recognition(cadre: Cadre, claim: Claim, *, actor: Account) -> Recognition:
    """File one piece of learning with its proofs. What the unit's liaison files for others counts as vetted by the unit."""
    _demand_filer(cadre, actor)
    demand_sound(claim, timezone.localdate())
    if not claim.proofs:
        raise Refused("请附上证明材料（结业证书、成绩单、通知等的照片或 PDF）")
    row = Recognition(cadre=cadre)
    _set(row, claim, actor)
    mark_doubles([row])
    with last_word(TWICE):
        row.save(force_insert=True)
    _add_proofs(row, claim.proofs)
    record("recognition.file", actor=actor.pk, obj=row, unit_id=row.unit_id, after=_told(row))
    return row


def _demand_filer(cadre: Cadre, actor: Account) -> None:
    if cadre.account_id != actor.pk and not actor.access.covers(cadre.unit.path, Role.LIAISON):
        raise Refused("学时只能由本人申报，或由所在单位的联络员代报")


def _set(row: Recognition, claim: Claim, actor: Account) -> None:
    """Write the claim and its state into the row, unsaved."""
    row.unit = row.cadre.unit
    row.channel, row.title, row.title_key = claim.channel, claim.title.strip(), claim.key
    row.provider, row.platform, row.external_key = claim.provider.strip(), claim.platform, claim.external_key
    row.since, row.until, row.share = claim.since, claim.until, claim.share
    row.hours, row.days = claim.counted_hours, claim.counted_days
    row.minutes, row.sessions = claim.minutes, claim.sessions
    by_unit = not is_own(row, actor)
    row.filed_by_id, row.state, row.state_reason = actor.pk, State.VETTED if by_unit else State.FILED, ""
    row.vetted_by_id, row.vetted_at = (actor.pk, timezone.now()) if by_unit else (None, None)


def _add_proofs(row: Recognition, proofs: Iterable[Upload]) -> None:
    given = list(proofs)
    if RecognitionProof.objects.filter(recognition=row).count() + len(given) > MOST_PROOFS:
        raise Refused(f"证明材料最多 {MOST_PROOFS} 份")
    for upload in given:
        RecognitionProof.objects.create(recognition=row, file=keep(upload.data), name=upload.name)


def _told(row: Recognition) -> dict[str, object]:
    """What the log keeps of a filing."""
    return {
        "channel": row.channel, "hours": str(row.hours), "until": row.until.isoformat(), "state": row.state,
        "double": bool(row.twin_id or row.twin_entry_id),
    }  # fmt: skip


@intention
def file_again(recognition: Recognition, claim: Claim, *, actor: Account, seen: int | None = None) -> Recognition:
    """File what was returned once more, corrected; proofs that are there stay, and so does the platform's number."""
    held = hold_one(recognition, (State.RETURNED,), "重新申报", seen)
    _demand_filer(held.cadre, actor)
    demand_sound(claim, timezone.localdate())
    number = held.external_key if claim.platform and claim.platform.pk == held.platform_id else ""
    _move_through_filed(held)
    _set(held, claim, actor)
    held.external_key = claim.external_key or number
    held.version += 1
    mark_doubles([held])
    with last_word(TWICE):
        held.save(update_fields=FACTS)
    _add_proofs(held, claim.proofs)
    record("recognition.refile", actor=actor.pk, obj=held, unit_id=held.unit_id, after=_told(held))
    return held


def _move_through_filed(held: Recognition) -> None:
    """What comes back is filed first, whoever files it: the database knows no way from returned to vetted."""
    held.state = State.FILED
    held.save(update_fields=["state"])


@intention
def withdraw_recognition(recognition: Recognition, *, actor: Account, seen: int | None = None) -> Recognition:
    """Take a filing back before the unit has vetted it."""
    held = hold_one(recognition, (State.FILED, State.RETURNED), "撤回", seen)
    if not is_own(held, actor) and held.filed_by_id != actor.pk:
        raise Refused("只有本人或申报的联络员可以撤回")
    held.state, held.version = State.WITHDRAWN, held.version + 1
    held.save(update_fields=["state", "version"])
    record("recognition.withdraw", actor=actor.pk, obj=held, unit_id=held.unit_id)
    return held
