"""干部任免审批表: kept sealed for some days, compared with who is known by ID number, taken in through the services."""

import hashlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from core import files
from core.audit import record
from core.names import pinyin
from core.operations import Refused, demand_current, intention, last_word
from core.sheets.refusal import FileRefused
from organization.models import Account, Unit
from organization.roles import Role
from trainees.models import Cadre, PersonnelForm
from trainees.personnel.reading import FormFacts, read_form
from trainees.services.cadres import NewCadre, create_unverified
from trainees.services.moves import Place, duties_anew, hold_person, move_cadre

MOST = 50
AT_ONCE = 4
GONE = "（文件已删除）"
TWICE = {"trainees_cadre_id_number_index_key": "这个身份证号的干部刚刚由他人登记，没有写入；请刷新页面，按在册干部核对"}
BASICS = ("name", "sex", "ethnic_group", "political_status", "party_since", "work_since")


@dataclass(frozen=True, slots=True)
class Given:
    """One uploaded file."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Taking:
    """What the form lacks: `place` and `since` None leave a known cadre's appointment alone; an empty phone its phone."""

    place: Place | None = None
    since: date | None = None
    phone: str = ""


@intention
def keep_forms(
    given: Sequence[Given], unit: Unit, *, actor: Account
) -> tuple[list[PersonnelForm], list[tuple[str, str]]]:
    """Keep the readable files, sealed, for some days; and the names of the others, each with the reason. Writes no cadre."""
    if len(given) > MOST:
        raise Refused(f"一次最多上传 {MOST} 份任免审批表，这次有 {len(given)} 份")
    today = timezone.localdate()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        read = list(pool.map(lambda one: _read(one, today), given))
    kept, refused = [], []
    for one, found in zip(given, read, strict=True):
        if isinstance(found, FileRefused):
            refused.append((one.name, found.message))
            _note(one, found, unit, actor)
        else:
            kept.append(_keep(one, found, unit, today, actor))
    return kept, refused


def _read(one: Given, today: date) -> FormFacts | FileRefused:
    try:
        return read_form(one.data, one.name, today)
    except FileRefused as refused:
        return refused


def _keep(one: Given, found: FormFacts, unit: Unit, today: date, actor: Account) -> PersonnelForm:
    until = today + timedelta(days=settings.UPLOAD_KEEP_DAYS)
    known = known_as(found)
    form = PersonnelForm.objects.create(
        unit=unit, file=files.keep(one.data, delete_after=until), file_name=one.name[:200], uploaded_by_id=actor.pk,
        cadre=known if known and actor.access.covers(known.managing_authority.path, Role.STAFF) else None,
    )  # fmt: skip
    after = {"sha256": hashlib.sha256(one.data).hexdigest(), "known": form.cadre_id is not None}
    record("personnel_form.upload", actor=actor.pk, obj=form, unit_id=unit.pk, after=after)
    return form


def _note(one: Given, refused: FileRefused, unit: Unit, actor: Account) -> None:
    """Nothing of a file that is no form is kept but its hash and why."""
    after = {"sha256": hashlib.sha256(one.data).hexdigest(), "size": len(one.data), "code": refused.code}
    record("import.rejected", actor=actor.pk, unit_id=unit.pk, result="refused", reason=refused.message, after=after)


def known_as(found: FormFacts) -> Cadre | None:
    """The cadre with this ID number, by its row that lives on; never by name."""
    if found.faults:
        return None
    rows = Cadre.objects.unscoped("who has this very ID number; the caller says only what is in scope")
    row = rows.with_id_number(found.id_number).select_related("canonical").first()
    return (row.canonical or row) if row else None


def open_form(form: PersonnelForm) -> FormFacts:
    """What the kept file says. Raises FileGone once its days are over."""
    return read_form(files.load(form.file), form.file_name, timezone.localdate())


@intention
def take_in(form: PersonnelForm, taking: Taking, *, actor: Account, seen: int | None = None) -> Cadre:
    """Create the cadre, or bring the basics of the known one up to date; twice is once. The résumé is not kept.

    Raises Refused for a form with faults, for somebody whom another department manages, and where a new cadre lacks
    what the form does not say; Conflict when the cadre was changed since the page was opened.
    """
    held = PersonnelForm.objects.select_for_update().get(pk=form.pk)
    if held.taken_in is not None and held.cadre is not None:
        return held.cadre
    found = open_form(held)
    if found.faults:
        raise Refused("；".join(found.faults))
    known = known_as(found)
    if known is None:
        cadre, changed = _create(found, taking, actor=actor), ["new"]
    else:
        cadre, changed = _renew(known, found, taking, actor=actor, seen=seen)
    held.cadre, held.taken_in = cadre, timezone.now()
    held.save(update_fields=["cadre", "taken_in"])
    after = {"cadre": str(cadre.pk), "changed": changed}
    record("personnel_form.take_in", actor=actor.pk, obj=held, unit_id=cadre.unit_id, after=after)
    return cadre


def _create(found: FormFacts, taking: Taking, *, actor: Account) -> Cadre:
    if taking.place is None or taking.since is None:
        raise Refused("新干部须填写单位和任职起始日期")
    if taking.since > timezone.localdate():
        raise Refused("任职起始日期不能晚于今天：到任以后再登记")
    if not actor.access.covers(taking.place.unit.path, Role.STAFF):
        raise Refused(f"{taking.place.unit.name}不在您的范围内")
    place = taking.place
    person = NewCadre(
        name=found.name, id_number=found.id_number, unit=place.unit, since=taking.since, sex=found.sex,
        ethnic_group=found.ethnic_group, political_status=found.political_status, phone=taking.phone,
        post=place.post, post_level=place.post_level, rank=place.rank,
    )  # fmt: skip
    with last_word(TWICE):
        (cadre,) = create_unverified([person])
    cadre.party_since, cadre.work_since, cadre.unverified = found.party_since, found.work_since, False
    cadre.managing_authority = place.authority or cadre.managing_authority
    if not place.unit.path.startswith(cadre.managing_authority.path):
        raise Refused(f"{cadre.managing_authority.name}不是{place.unit.name}的上级，不能作为管理机关")
    _put_photo(cadre, found)
    cadre.save()
    duties_anew(cadre, timezone.localdate(), actor=actor)
    return cadre


def _renew(
    known: Cadre, found: FormFacts, taking: Taking, *, actor: Account, seen: int | None
) -> tuple[Cadre, list[str]]:
    cadre = hold_person(known.pk)
    if not actor.access.covers(cadre.managing_authority.path, Role.STAFF):
        raise Refused("这个身份证号的干部已在册，由其他组织部管理，请由其办理或由共同的上级组织部办理")
    demand_current(seen, cadre.version, f"{cadre.name}的信息")
    changed = [name for name in BASICS if _differs(cadre, found, name)]
    for name in changed:
        setattr(cadre, name, said_of(found, name))
    cadre.pinyin, cadre.initials = pinyin(cadre.name)
    if taking.phone and taking.phone != cadre.open_phone():
        cadre.set_phone(taking.phone)
        changed.append("phone")
    changed += ["photo"] if _put_photo(cadre, found) else []
    cadre.unverified, cadre.version = False, cadre.version + 1
    cadre.save()
    if taking.place and taking.since:
        facts = taking.place.facts() | {"since": taking.since, "managing_authority": taking.place.authority}
        move_cadre(cadre, **facts, actor=actor)
        changed.append("appointment")
    return cadre, changed


def said_of(found: FormFacts, name: str) -> Any:
    """A basic as the cadre's column holds it."""
    if name == "sex":
        return {label: code for code, label in Cadre.Sex.choices}.get(found.sex, "")
    return getattr(found, name)


def _differs(cadre: Cadre, found: FormFacts, name: str) -> bool:
    """What the form leaves empty takes nothing away."""
    said = said_of(found, name)
    return bool(said) and said != getattr(cadre, name)


def _put_photo(cadre: Cadre, found: FormFacts) -> bool:
    """A new photo replaces the one before, whose bytes go with the next sweep."""
    same = cadre.photo is not None and cadre.photo.sha256 == hashlib.sha256(found.photo).hexdigest()
    if not found.photo or same:
        return False
    files.let_go(Cadre.objects.filter(pk=cadre.pk).values("photo"))
    cadre.photo = files.keep(found.photo)
    return True


@intention
def sweep_forms(now: datetime) -> int:
    """Names of files go with their bytes; what was taken in stands on the cadre's row."""
    gone = PersonnelForm.objects.filter(file__deleted__isnull=False).exclude(file_name=GONE)
    return gone.update(file_name=GONE)
