"""Learning platforms of an area: registered, changed and retired by the department; the key for their records."""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from core.audit import record
from core.operations import Refused, demand_current, intention, last_word
from organization.models import Account, Unit
from organization.roles import Role
from trainees.models import Platform

NAMED = {"platform_once": "这个范围内已有同名平台"}


@dataclass(frozen=True, slots=True)
class PlatformFacts:
    """What the department says of a platform."""

    unit: Unit
    name: str
    minutes_per_hour: int = 45
    retired: date | None = None


@intention
def add_platform(facts: PlatformFacts, *, actor: Account) -> Platform:
    """Register a platform for a unit and all below it."""
    _demand_department(facts.unit, actor)
    platform = Platform(unit=facts.unit)
    _write(platform, facts)
    with last_word(NAMED):
        platform.save(force_insert=True)
    record("platform.add", actor=actor.pk, obj=platform, unit_id=platform.unit_id, after=_told(platform))
    return platform


@intention
def change_platform(platform: Platform, facts: PlatformFacts, *, actor: Account, seen: int | None = None) -> Platform:
    """Change name, minutes an hour or the last day. What was recognised before keeps its hours."""
    held = _hold(platform, seen)
    _demand_department(held.unit, actor)
    before = _told(held)
    _write(held, facts)
    held.version += 1
    with last_word(NAMED):
        held.save(update_fields=["name", "minutes_per_hour", "retired", "version"])
    record("platform.change", actor=actor.pk, obj=held, unit_id=held.unit_id, before=before, after=_told(held))
    return held


@intention
def make_key(platform: Platform, *, actor: Account) -> str:
    """A new key for the platform's records, told this once; only its hash stays. The one before is void."""
    held = _hold(platform, None)
    _demand_department(held.unit, actor)
    if held.retired is not None:
        raise Refused(f"“{held.name}”已停用，不能生成接口密钥")
    key = secrets.token_urlsafe(32)
    held.key_hash, held.key_made, held.version = hashed(key), timezone.now(), held.version + 1
    held.save(update_fields=["key_hash", "key_made", "version"])
    record("platform.key", actor=actor.pk, obj=held, unit_id=held.unit_id)
    return key


@intention
def keep_columns(platform: Platform, columns: Mapping[str, str], *, actor: Account) -> Platform:
    """Keep which columns of the platform's export hold what, for the next time and for all units."""
    held = _hold(platform, None)
    if held.columns == dict(columns):
        return held
    before = held.columns
    held.columns, held.version = dict(columns), held.version + 1
    held.save(update_fields=["columns", "version"])
    record("platform.columns", actor=actor.pk, obj=held, unit_id=held.unit_id, before=before, after=held.columns)
    return held


def hashed(key: str) -> str:
    """What is kept of a key: it is 256 random bits, so that one round of SHA-256 is enough."""
    return hashlib.sha256(key.encode()).hexdigest()


def platform_of_key(key: str) -> Platform | None:
    """The platform that a key belongs to, found by its hash; None where there is none, or it was retired."""
    return Platform.objects.select_related("unit").filter(key_hash=hashed(key), retired=None).first() if key else None


def _hold(platform: Platform, seen: int | None) -> Platform:
    held = Platform.objects.select_for_update(of=("self",), no_key=True).select_related("unit").get(pk=platform.pk)
    demand_current(seen, held.version, "这个平台")
    return held


def _demand_department(unit: Unit, actor: Account) -> None:
    if not actor.access.covers(unit.path, Role.STAFF):
        raise Refused("学习平台由该范围的组织部干部教育科登记和维护")


def _write(platform: Platform, facts: PlatformFacts) -> None:
    """Raises Refused for a day to come: a platform with a last day is out of use at once."""
    if facts.retired is not None and facts.retired > timezone.localdate():
        raise Refused("停用日期不能晚于今天：填写后立即停用，请到停用那天再填")
    platform.name, platform.minutes_per_hour = facts.name.strip(), facts.minutes_per_hour
    platform.retired = facts.retired


def _told(platform: Platform) -> dict[str, object]:
    retired = platform.retired.isoformat() if platform.retired else ""
    return {"name": platform.name, "minutes_per_hour": platform.minutes_per_hour, "retired": retired}
