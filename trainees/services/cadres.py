"""Writes about cadres: one function per intention."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import F

from core.audit import entry, record, record_many
from core.crypto import blind_index
from core.keys import new_key
from core.names import pinyin
from core.operations import Refused, demand_reason, intention
from organization.models import Account, Unit
from organization.roles import Role
from organization.services import authorities_of
from trainees.models import Appointment, Cadre
from trainees.rules.levels import band_of

_SEX = {label: code for code, label in Cadre.Sex.choices}


@dataclass(frozen=True, slots=True)
class NewCadre:
    """What is known of a cadre who came by a roster; the ID number was checked (GB 11643)."""

    name: str
    id_number: str
    unit: Unit
    since: date
    sex: str = ""
    ethnic_group: str = ""
    political_status: str = ""
    phone: str = ""
    post: str = ""
    post_level: str = ""
    rank: str = ""


def create_unverified(people: Sequence[NewCadre]) -> list[Cadre]:
    """Create cadres marked 待核, each with a primary appointment; managed by the nearest organization department."""
    authorities = authorities_of({person.unit for person in people})
    cadres = [_cadre(person, authorities[person.unit.pk]) for person in people]
    Cadre.objects.bulk_create(cadres, batch_size=500)
    Appointment.objects.bulk_create(
        [
            Appointment(
                cadre=cadre,
                unit=person.unit,
                post=person.post,
                post_level=person.post_level,
                rank=person.rank,
                since=person.since,
            )
            for cadre, person in zip(cadres, people, strict=True)
        ],
        batch_size=500,
    )
    return cadres


def _cadre(person: NewCadre, authority: Unit) -> Cadre:
    full, initials = pinyin(person.name)
    cadre = Cadre(
        id=new_key(),
        name=person.name,
        pinyin=full,
        initials=initials,
        sex=_SEX.get(person.sex, ""),
        ethnic_group=person.ethnic_group,
        political_status=person.political_status,
        managing_authority=authority,
        unit=person.unit,
        band=band_of(person.post_level, person.rank),
        unverified=True,
    )
    cadre.set_id_number(person.id_number)
    cadre.set_phone(person.phone)
    return cadre


@intention
def unmask_id_number(cadre: Cadre, *, actor: Account, reason: str) -> str:
    """The full ID number, for department staff who say why; each view is in the audit log (SEC-31)."""
    if not actor.access.has(Role.STAFF):
        raise Refused("查看完整身份证号被拒绝：只有组织部干部教育科可以查看，如有需要请与其联系")
    why = demand_reason(reason, "请写明查看完整身份证号的理由")
    record("cadre.unmask", actor=actor.pk, role=Role.STAFF, obj=cadre, unit_id=cadre.unit_id, reason=why)
    return cadre.open_id_number()


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
def verify_cadres(cadres: Iterable[Cadre], *, actor: Account) -> int:
    """核实: these cadres, made by a workbook or a roster, were compared with their files; how many had not been yet."""
    waiting = [cadre for cadre in cadres if cadre.unverified]
    Cadre.objects.filter(pk__in=[cadre.pk for cadre in waiting]).update(unverified=False, version=F("version") + 1)
    record_many(
        entry("cadre.verify", actor=actor.pk, obj=cadre, unit_id=cadre.unit_id, before={"unverified": True})
        for cadre in waiting
    )
    return len(waiting)


@intention
def renew_index() -> int:
    """Compute every blind index anew after INDEX_KEY was changed; how many. Run with the portal stopped:
    until it has ended nobody is found by number, and an import would take everybody for new."""
    numbered = Cadre.objects.exclude(
        id_number_sealed=""
    )  # who was anonymised keeps a random one (trainees.anonymising)
    cadres = list(numbered.select_for_update().only("pk", "id_number_sealed", "id_number_index"))
    for cadre in cadres:
        cadre.id_number_index = blind_index(cadre.open_id_number())
    Cadre.objects.bulk_update(cadres, ["id_number_index"], batch_size=500)
    record("keys.reindex", actor=None, after={"cadres": len(cadres)})
    return len(cadres)
