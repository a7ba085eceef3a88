"""When people check in, and which code on the wall is right (签到; QUALITY.md B5).

A code holds for its own 15 seconds and those beside them, by the database's clock: whoever was sent a picture of it is
too late. Codes and the wall's address are made from the check-in's secret *and* SECRET_KEY: a copy of the database
makes neither.
"""

import base64
import binascii
import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from training.models import CheckIn, TrainingClass
from training.rules.timetable import Times

SLOT_SECONDS = 15
SLOTS_ASIDE = 1
OPENS_BEFORE = timedelta(minutes=30)
CLOSES_AFTER = timedelta(minutes=30)
MAC_BYTES = 12  # 96 bits
CODE = re.compile(r"([0-9]{6,12})\.([A-Za-z0-9_-]{16})")

OVER_STATES = (TrainingClass.State.CLOSED, TrainingClass.State.CANCELLED)

EXPIRED = "二维码过期"
STRANGER = "非本班学员"
ONE_PHONE = "同一部手机为两人签到"
TOO_EARLY = "未到签到时间"
OVER = "签到已结束"


@dataclass(frozen=True, slots=True)
class Window:
    """Check-in opens, counts as late from, closes."""

    opens: datetime
    late_from: datetime
    closes: datetime

    def fault(self) -> str | None:
        """None, or why these times cannot be."""
        if self.closes <= self.opens:
            return "签到截止应晚于开始签到"
        if not self.opens <= self.late_from <= self.closes:
            return "迟到起算应在开始签到和签到截止之间"
        return None


def window_of(times: Times, late_minutes: int) -> Window:
    """Half an hour before the session begins; late some minutes after; closed half an hour after, at its end at most."""
    begins, ends = times
    closes = min(begins + CLOSES_AFTER, ends)
    return Window(begins - OPENS_BEFORE, min(begins + timedelta(minutes=late_minutes), closes), closes)


def refusal_of(check_in: CheckIn, slot: int, now: datetime) -> str | None:
    """Why a scan of this slot's code is not taken now, None where it is."""
    if now < check_in.opens:
        return TOO_EARLY
    if now >= check_in.closes or check_in.training_class.state in OVER_STATES:
        return OVER
    return None if abs(slot - slot_of(now)) <= SLOTS_ASIDE else EXPIRED


def seconds_late(slot: int, now: datetime) -> int:
    """How long ago a code left the wall."""
    return max(0, int(now.timestamp()) - (slot + 1) * SLOT_SECONDS)


def is_late(check_in: CheckIn, now: datetime) -> bool:
    return now >= check_in.late_from


def slot_of(now: datetime) -> int:
    return int(now.timestamp()) // SLOT_SECONDS


def slot_ends(slot: int) -> datetime:
    return datetime.fromtimestamp((slot + 1) * SLOT_SECONDS, timezone.get_current_timezone())


def code_of(check_in: CheckIn, slot: int) -> str:
    """`slot.mac`, as it stands in the address."""
    return f"{slot}.{_mac(check_in, slot)}"


def slot_in(check_in: CheckIn, code: str) -> int | None:
    """The slot whose code this is, None where this check-in never showed it; compared in constant time."""
    match = CODE.fullmatch(code)
    if match is None:
        return None
    slot = int(match[1])
    return slot if hmac.compare_digest(_mac(check_in, slot), match[2]) else None


def wall_token(check_in: CheckIn) -> str:
    """The unguessable part of the wall page's address; the row holds its hash."""
    return _text(hmac.digest(_key(check_in), b"wall", "sha256"))


def wall_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def short_key(check_in: CheckIn) -> str:
    """The check-in's key in 22 characters, so that the QR code stays coarse enough for the last row of seats."""
    return _text(check_in.pk.bytes)


def key_from(short: str) -> UUID | None:
    try:
        return UUID(bytes=base64.urlsafe_b64decode(short + "=="))
    except (ValueError, binascii.Error):
        return None


def _mac(check_in: CheckIn, slot: int) -> str:
    return _text(hmac.digest(_key(check_in), f"code:{slot}".encode(), "sha256")[:MAC_BYTES])


def _key(check_in: CheckIn) -> bytes:
    return hmac.digest(settings.SECRET_KEY.encode(), b"check-in:" + bytes(check_in.secret), "sha256")


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
