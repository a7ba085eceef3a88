"""A typed reading of what an authority's rule set says (RuleSet.rules), with every fault named in Chinese."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Self

from trainees.models.ledger import Channel, CreditEntry

ZERO, WHOLE = Decimal(0), Decimal(100)
MOST = Decimal(1000)
KINDS = tuple(CreditEntry.Kind.values)


class RulesFault(ValueError):
    """Rules that cannot be read; `faults` are sentences for people."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("；".join(faults))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class ChannelRule:
    """What one way of learning earns: credits an hour and a session, at most so many for one learning.

    `minutes` make an hour where the time came in minutes; under `least_share` per cent of a course nothing counts.
    """

    kind: str
    per_hour: Decimal = ZERO
    per_session: Decimal = ZERO
    most: Decimal | None = None
    minutes: int = 45
    least_share: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Cap:
    """At most so many credits a year of a channel, of a kind, or of both; "" means any."""

    credits: Decimal
    channel: str = ""
    kind: str = ""

    def holds_for(self, channel: str, kind: str) -> bool:
        return self.channel in ("", channel) and self.kind in ("", kind)

    def __str__(self) -> str:
        words = Channel(self.channel).label if self.channel else ""
        return words + (CreditEntry.Kind(self.kind).label if self.kind else "")


@dataclass(frozen=True, slots=True, eq=False)
class RuleBook:
    """A rule set, read. `day_hours` and `half_day_hours` hold only where there is no timetable (DOMAIN.md §3).

    Equal to itself alone, so that what it makes of a learning can be remembered.
    """

    step: Decimal
    half_day_most: Decimal
    day_hours: Decimal
    half_day_hours: Decimal
    channels: Mapping[str, ChannelRule]
    caps: tuple[Cap, ...] = ()

    @classmethod
    def read(cls, raw: object) -> Self:
        """Raises RulesFault with all that is wrong at once."""
        reader = _Reader()
        book = reader.book(raw)
        if reader.faults:
            raise RulesFault(reader.faults)
        return cls(**book)

    def says_of(self, channel: str) -> tuple[object, ...]:
        """All that this rule set says of a channel: two that say the same make the same credits of it."""
        rule = self.channels[channel]
        caps = tuple(cap for cap in self.caps if cap.holds_for(channel, rule.kind))
        days = (self.day_hours, self.half_day_hours) if channel == Channel.OFF_JOB else ()
        return (rule, caps, self.step, days)


class _Reader:
    """Reads piece by piece and collects what is wrong."""

    def __init__(self) -> None:
        self.faults: list[str] = []

    def book(self, raw: object) -> dict[str, Any]:
        top = self.mapping(raw, "规则", {"step", "half_day_most", "day_hours", "half_day_hours", "channels", "caps"})
        return {
            "step": self.number(top, "step", "最小单位", least=Decimal("0.01")),
            "half_day_most": self.number(top, "half_day_most", "半天学时上限", least=Decimal("0.5")),
            "day_hours": self.number(top, "day_hours", "一天折合学时", least=Decimal("0.5")),
            "half_day_hours": self.number(top, "half_day_hours", "半天折合学时", least=Decimal("0.5")),
            "channels": self.channels(top.get("channels")),
            "caps": tuple(self.cap(one, place) for place, one in enumerate(self.rows(top.get("caps", [])), 1)),
        }

    def channels(self, raw: object) -> dict[str, ChannelRule]:
        found = self.mapping(raw, "渠道", set(Channel.values))
        for missing in [one for one in Channel if one.value not in found]:
            self.faults.append(f"渠道“{missing.label}”没有换算办法")
        return {code: self.channel(Channel(code).label, one) for code, one in found.items() if code in Channel.values}

    def channel(self, label: str, raw: object) -> ChannelRule:
        one = self.mapping(raw, label, {"kind", "per_hour", "per_session", "most", "minutes", "least_share"})
        if one.get("kind") not in KINDS:
            self.faults.append(f"{label}：须写明必修（required）或选修（elective）")
        most = self.number(one, "most", f"{label}每次上限") if one.get("most") is not None else None
        minutes = self.number(one, "minutes", f"{label}每学时分钟数", Decimal(45), least=Decimal(1))
        share = self.number(one, "least_share", f"{label}最低完成比例", ZERO, at_most=WHOLE)
        per_hour = self.number(one, "per_hour", f"{label}每学时学分", ZERO)
        per_session = self.number(one, "per_session", f"{label}每次学分", ZERO)
        return ChannelRule(str(one.get("kind")), per_hour, per_session, most, int(minutes), share)

    def cap(self, raw: object, place: int) -> Cap:
        label = f"第 {place} 条年度上限"
        one = self.mapping(raw, label, {"channel", "kind", "credits"})
        channel, kind = str(one.get("channel") or ""), str(one.get("kind") or "")
        if (channel and channel not in Channel.values) or (kind and kind not in KINDS) or not (channel or kind):
            self.faults.append(f"{label}：须指明渠道，或者必修、选修")
            channel = kind = ""
        return Cap(self.number(one, "credits", label), channel, kind)

    def mapping(self, raw: object, label: str, known: set[str]) -> Mapping[str, Any]:
        if not isinstance(raw, Mapping):
            self.faults.append(f"{label}：没有内容或格式不对")
            return {}
        self.faults += [f"{label}：不认识“{key}”" for key in raw if key not in known]
        return raw

    def rows(self, raw: object) -> list[object]:
        if isinstance(raw, list):
            return raw
        self.faults.append("年度上限：应为列表")
        return []

    def number(
        self,
        raw: Mapping[str, Any],
        key: str,
        label: str,
        default: Decimal | None = None,
        *,
        least: Decimal = ZERO,
        at_most: Decimal = MOST,
    ) -> Decimal:
        value = raw.get(key, default)
        try:
            found = Decimal(str(value))
        except InvalidOperation:
            found = Decimal("NaN")
        if value is None or isinstance(value, bool) or not found.is_finite() or not least <= found <= at_most:
            self.faults.append(f"{label}：应为 {least} 到 {at_most} 之间的数")
            return least
        return found
