"""What a platform sends to the API: one JSON object with records, read strictly; the first thing wrong is said with its place."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from core.sheets.text import invisible

MOST_RECORDS = 1000
MOST_BYTES = 1024 * 1024
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class BadCall(Exception):
    """The call is no call of ours: nothing of it was taken; `place` says where, `message` what (HTTP 400)."""

    def __init__(self, place: str, message: str) -> None:
        super().__init__(f"{place}：{message}")
        self.place, self.message = place, message


@dataclass(frozen=True, slots=True)
class Sent:
    """One record as the platform sent it."""

    number: str
    id_number: str
    name: str
    course: str
    minutes: Decimal
    share: Decimal
    finished: date
    begun: date | None
    provider: str


def records_of(body: bytes) -> list[Sent]:
    """The records of a call. Raises BadCall at the first thing that is not as docs/api.md says."""
    told = _parsed(body)
    if not isinstance(told, dict):
        raise BadCall("正文", "应为一个 JSON 对象")
    for name in told:
        if name != "records":
            raise BadCall(_shown(name), "没有这个字段")
    records = told.get("records")
    if not isinstance(records, list):
        raise BadCall("records", "应为数组")
    if not 1 <= len(records) <= MOST_RECORDS:
        raise BadCall("records", f"一次应有 1 到 {MOST_RECORDS} 条，这次有 {len(records)} 条")
    return [_record(one, f"records[{place}]") for place, one in enumerate(records)]


def _parsed(body: bytes) -> Any:
    if len(body) > MOST_BYTES:
        raise BadCall("正文", "超过 1 MB")
    try:
        return json.loads(
            body.decode("utf-8"), parse_constant=_no_constant, parse_float=Decimal, object_pairs_hook=_object
        )
    except UnicodeDecodeError as error:
        raise BadCall("正文", "不是 UTF-8 文字") from error
    except (ArithmeticError, ValueError, RecursionError) as error:  # 1e99999999999999999999 is no Decimal
        raise BadCall("正文", "不是正确的 JSON") from error


def _no_constant(word: str) -> Any:
    raise BadCall("正文", f"不接受 {word}")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise BadCall(_shown(name), "同一个对象里写了两次")
        found[name] = value
    return found


def _shown(name: str) -> str:
    """A name of theirs as far as it can be said back."""
    return "".join(sign for sign in name[:40] if sign.isprintable()) or "（看不见的字段名）"


def _record(one: Any, place: str) -> Sent:
    if not isinstance(one, dict):
        raise BadCall(place, "应为 JSON 对象")
    for name in one:
        if name not in FIELDS:
            raise BadCall(f"{place}.{_shown(name)}", "没有这个字段")
    return Sent(**{name: _field(one, name, place) for name in FIELDS})


def _field(one: Mapping[str, Any], name: str, place: str) -> Any:
    reader, needed = FIELDS[name]
    if name not in one:
        if needed:
            raise BadCall(f"{place}.{name}", "缺少这个字段")
        return None if name == "begun" else ""
    try:
        return reader(one[name])
    except ValueError as error:
        raise BadCall(f"{place}.{name}", str(error)) from error


def _text(longest: int, least: int = 1) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if not isinstance(value, str):
            raise ValueError("应为文字")
        if hidden := invisible(value):
            raise ValueError(f"含有看不见或损坏的字符（{'、'.join(hidden)}）")
        if not least <= len(value.strip()) <= longest:
            raise ValueError(f"应有 {least} 到 {longest} 个字")
        return value.strip()

    return read


def _number(least: int, most: int, *, whole: bool = False) -> Callable[[Any], Decimal]:
    def read(value: Any) -> Decimal:
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            raise ValueError("应为数")
        number = Decimal(value)
        if whole and number != number.to_integral_value():
            raise ValueError("应为整数")
        if not least <= number <= most or number != number.quantize(Decimal("0.01")):
            raise ValueError(f"应在 {least} 到 {most} 之间，最多两位小数")
        return number

    return read


def _day(value: Any) -> date:
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise ValueError("应为日期，写成 2026-03-02")
    try:
        found = date.fromisoformat(value)
    except ValueError as error:
        raise ValueError("没有这一天") from error
    if not 2000 <= found.year <= 2100:
        raise ValueError("年份应在 2000 到 2100 之间")
    return found


FIELDS: dict[str, tuple[Callable[[Any], Any], bool]] = {
    "number": (_text(80), True),
    "id_number": (_text(18, 18), True),
    "name": (_text(100), True),
    "course": (_text(200, 2), True),
    "minutes": (_number(1, 30_000, whole=True), True),
    "share": (_number(0, 100), True),
    "finished": (_day, True),
    "begun": (_day, False),
    "provider": (_text(120, 0), False),
}
"""The fields of a record and whether they are needed, as docs/api.md tells them."""
