"""A requirement set, read from its JSON: how much is asked of whom (DOMAIN.md §3, “How much a cadre must learn”).

`ask` is what a city wants counted: `hours` (off the job, by hours or days), `credits` (required credits instead), or
`both`. A requirement names when it holds (`hours`, `credits`, `always`), for which bands ([] is everybody), how much of
which measure, or how much of another one, and over how many years. Windows of several years are fixed from `first_year`
on, or `rolling` up to the year asked about.

Three months off the job are 90 days: three months of 30 days, as 550 hours are about 90 days of six hours, the shipped
conversion. A city that counts otherwise writes another number.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from trainees.models import Cadre, Duty

SHIPPED = Path(__file__).parent.parent / "data" / "requirements.json"
ASKS = {"hours": "学时", "credits": "学分", "both": "学时和学分"}
WHENS = ("hours", "credits", "always")
PROMOTION = "promotion"
MOST_YEARS = 10


class FaultyRequirements(ValueError):
    """A set that cannot be read; the sentence says where and what."""


@dataclass(frozen=True, slots=True)
class Requirement:
    """One line of a set; met when `amount` of `measure` is reached, or `other_amount` of `other_measure`."""

    code: str
    name: str
    bands: frozenset[str]
    measure: str
    amount: Decimal
    other_measure: str = ""
    other_amount: Decimal | None = None
    years: int = 1
    first_year: int = 0
    rolling: bool = False

    def holds_for(self, band: str) -> bool:
        return not self.bands or band in self.bands

    def window(self, year: int) -> tuple[int, int]:
        """First and last year of the window that a year lies in."""
        if self.years == 1:
            return year, year
        first = year - self.years + 1 if self.rolling else year - (year - self.first_year) % self.years
        return first, first + self.years - 1


@dataclass(frozen=True, slots=True)
class Requirements:
    """What a city asks: the lines that its `ask` lets hold, and how long somebody has after a promotion."""

    ask: str
    lines: tuple[Requirement, ...]
    promotion_name: str
    promotion_months: int

    def of_band(self, band: str) -> list[Requirement]:
        return [line for line in self.lines if line.holds_for(band)]


@cache
def shipped() -> dict[str, Any]:
    """The set that comes with the portal, as JSON."""
    found: dict[str, Any] = json.loads(SHIPPED.read_text(encoding="utf-8"))
    return found


def read_requirements(raw: object) -> Requirements:
    """Raises FaultyRequirements with a sentence for people."""
    top = _mapping(raw, "学习要求")
    ask = _one_of(top, "ask", tuple(ASKS), "学习要求")
    listed = top.get("requirements")
    if not isinstance(listed, list) or not listed:
        raise FaultyRequirements("学习要求缺少“requirements”：至少列一项要求")
    lines = [(_when(one, place), _line(one, f"第 {place} 项要求")) for place, one in enumerate(listed, 1)]
    _demand_one_a_band([line for _, line in lines])
    name, months = _promotion(top.get("promotion"))
    return Requirements(ask, tuple(line for when, line in lines if _wanted(ask, when)), name, months)


def _wanted(ask: str, when: str) -> bool:
    return when == "always" or ask in (when, "both")


def _when(raw: object, place: int) -> str:
    where = f"第 {place} 项要求"
    return _one_of(_mapping(raw, where), "when", WHENS, where)


def _line(raw: Mapping[str, Any], where: str) -> Requirement:
    other = _one_of(raw, "other_measure", Duty.Measure.values, where) if raw.get("other_measure") else ""
    years = _whole(raw, "years", 1, MOST_YEARS, where) if "years" in raw else 1
    return Requirement(
        code=_code(raw, where),
        name=_text(raw, "name", 60, where),
        bands=_bands(raw, where),
        measure=_one_of(raw, "measure", Duty.Measure.values, where),
        amount=_amount(raw, "amount", where),
        other_measure=other,
        other_amount=_amount(raw, "other_amount", where) if other else None,
        years=years,
        first_year=_whole(raw, "first_year", 2000, 2100, where) if years > 1 else 0,
        rolling=_flag(raw, "rolling", where),
    )


def _promotion(raw: object) -> tuple[str, int]:
    found = _mapping(raw, "“promotion”")
    return _text(found, "name", 60, "“promotion”"), _whole(found, "months", 1, 60, "“promotion”")


def _demand_one_a_band(lines: list[Requirement]) -> None:
    taken: set[tuple[str, str]] = set()
    for line in lines:
        for band in line.bands or Cadre.Band.values:
            if (line.code, band) in taken:
                raise FaultyRequirements(f"要求“{line.code}”对{Cadre.Band(band).label}写了两次")
            taken.add((line.code, band))


def _mapping(raw: object, where: str) -> Mapping[str, Any]:
    if not isinstance(raw, dict):
        raise FaultyRequirements(f"{where}应是一组“名称: 值”")
    return raw


def _one_of(raw: Mapping[str, Any], key: str, allowed: tuple[str, ...] | list[str], where: str) -> str:
    if raw.get(key) not in allowed:
        raise FaultyRequirements(f"{where}的“{key}”应为 {'、'.join(allowed)} 之一")
    return str(raw[key])


def _text(raw: Mapping[str, Any], key: str, longest: int, where: str) -> str:
    value = raw.get(key)
    if not isinstance(value, str) or not value.strip() or len(value) > longest:
        raise FaultyRequirements(f"{where}的“{key}”应为 1 到 {longest} 个字")
    return value.strip()


def _code(raw: Mapping[str, Any], where: str) -> str:
    code = _text(raw, "code", 20, where)
    if not code.isidentifier() or not code.isascii() or code.startswith(PROMOTION):
        raise FaultyRequirements(f"{where}的“code”应为英文字母、数字、下划线，且不能以“{PROMOTION}”开头")
    return code


def _bands(raw: Mapping[str, Any], where: str) -> frozenset[str]:
    bands = raw.get("bands", [])
    if not isinstance(bands, list) or not set(map(str, bands)) <= set(Cadre.Band.values):
        raise FaultyRequirements(f"{where}的“bands”应列出 {'、'.join(Cadre.Band.values)}，空为所有干部")
    return frozenset(bands)


def _amount(raw: Mapping[str, Any], key: str, where: str) -> Decimal:
    value = raw.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 100000:
        raise FaultyRequirements(f"{where}的“{key}”应为大于 0 的数")
    amount = Decimal(str(value))
    if amount % Decimal("0.5"):
        raise FaultyRequirements(f"{where}的“{key}”应是 0.5 的倍数")
    return amount


def _whole(raw: Mapping[str, Any], key: str, least: int, most: int, where: str) -> int:
    value = raw.get(key)
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise FaultyRequirements(f"{where}的“{key}”应为 {least} 到 {most} 的整数")
    return value


def _flag(raw: Mapping[str, Any], key: str, where: str) -> bool:
    value = raw.get(key, False)
    if not isinstance(value, bool):
        raise FaultyRequirements(f"{where}的“{key}”应为 true 或 false")
    return value
