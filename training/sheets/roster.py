"""花名册: a trainee a row."""

import datetime
from dataclasses import dataclass, field

from core import idnumber, names
from core.names import PersonName
from core.sheets.cells import ErrorValue
from core.sheets.faults import Fault, FaultLog
from core.sheets.fields import has_value
from core.sheets.id_cells import read_id_number, was_normalised
from core.sheets.table import Line, Table, shown
from core.sheets.text import key
from organization.directory import NEAR, UnitLookup, UnitRef
from training.sheets.people import Seat
from training.sheets.rows import RosterRow
from training.sheets.widths import read_bounded

NAME = "花名册"
REQUIRED = ("姓名", "身份证号", "单位")
OPTIONAL = ("序号", "性别", "民族", "政治面貌", "职务", "职务层次", "职级", "手机号", "组别", "班委职务")
_MOST_NEAR = 300
_TEXTS = {
    "ethnic_group": ("民族", 20), "political_status": ("政治面貌", 20), "post": ("职务", 100),
    "post_level": ("职务层次", 30), "rank": ("职级", 30), "phone": ("手机号", 30), "group": ("组别", 40),
    "committee_post": ("班委职务", 40), "serial": ("序号", 20),
}  # fmt: skip


@dataclass(slots=True)
class RosterRead:
    """The roster's good rows, every named row (`seats`), the faults of nameless rows and of names written twice."""

    rows: list[RosterRow] = field(default_factory=list)
    seats: list[Seat] = field(default_factory=list)
    nameless: list[Fault] = field(default_factory=list)
    doubled: dict[str, Fault] = field(default_factory=dict)
    """By label: the roster's own fault because of which the label is not one person."""


@dataclass(frozen=True, slots=True)
class _Named:
    """A named row on its way through the checks that compare rows; `number` is "" where the ID number is faulty."""

    row: Line
    name: PersonName
    number: str


@dataclass(slots=True)
class _Seen:
    ids: dict[str, int] = field(default_factory=dict)
    named: list[_Named] = field(default_factory=list)
    widened: list[Line] = field(default_factory=list)
    asked_near: set[str] = field(default_factory=set)

    def may_ask_near(self, name: str) -> bool:
        """Tell whether a name is still compared with all units: that takes long, and nobody has so many wrong ones."""
        if len(self.asked_near) < _MOST_NEAR:
            self.asked_near.add(name)
        return name in self.asked_near


def read_roster(table: Table, units: UnitLookup, today: datetime.date, faults: FaultLog) -> RosterRead:
    """Read every trainee, all faults of a row at once."""
    read, seen = RosterRead(), _Seen()
    for row in table.lines():
        _read_row(row, units, today, read, seen, faults)
    _check_names(seen.named, read, faults)
    if seen.widened:
        text = f"{len(seen.widened)} 个身份证号用了全角或小写字符，已按半角大写读取"
        faults.notice("id_normalised", seen.widened[0].place("身份证号"), text)
    return read


def _read_row(
    row: Line, units: UnitLookup, today: datetime.date, read: RosterRead, seen: _Seen, faults: FaultLog
) -> None:
    name = _name(row, read, faults)
    number = _id_number(row, today, seen, faults)
    unit = _unit(row, units, seen, faults)
    sex = _sex(row, number, faults)
    texts = {attribute: read_bounded(row, *where, faults) for attribute, where in _TEXTS.items()}
    if name is None:
        return
    read.seats.append(Seat(name, number[-4:] if number else "", row.number))
    if not _repeats_id(row, name, number, read, seen, faults):
        seen.named.append(_Named(row, name, number or ""))
    if number and unit and sex is not None and None not in texts.values():
        given = {attribute: text or "" for attribute, text in texts.items()}
        written = shown(row.cell("单位"))
        read.rows.append(
            RosterRow(name.bare, number, unit, name.suffix, sex=sex, unit_as_written=written, row=row.number, **given)
        )


def _name(row: Line, read: RosterRead, faults: FaultLog) -> PersonName | None:
    cell, place = row.cell("姓名"), row.place("姓名")
    if "姓名" not in row.table.columns:
        return None
    if not has_value(cell, place, faults):
        read.nameless.append(faults.faults[-1])
        return None
    written = cell if isinstance(cell, str) else shown(cell)
    name = names.parse(written)
    wrong = "缺少姓名" if isinstance(cell, ErrorValue) or not name.bare else None
    if fault := names.fault_of(written):
        wrong = f"姓名{fault}"
    if wrong is None:
        return name
    read.nameless.append(faults.error("missing_name", place, wrong, ascii(written) if fault else shown(cell)))
    return None


def _id_number(row: Line, today: datetime.date, seen: _Seen, faults: FaultLog) -> str | None:
    """Return a valid ID number; anything else is an error and None."""
    number = read_id_number(row, "身份证号", today, faults)
    if number and was_normalised(row.cell("身份证号"), number):
        seen.widened.append(row)
    return number


def _unit(row: Line, units: UnitLookup, seen: _Seen, faults: FaultLog) -> UnitRef | None:
    place = row.place("单位")
    if "单位" not in row.table.columns:
        return None
    written = read_bounded(row, "单位", 200, faults)
    if written is None:
        return None
    exact = units.exact(written) if key(written) else []
    if len(exact) == 1:
        return exact[0]
    if len(exact) > 1:
        full = "、".join(unit.name for unit in exact)
        faults.error("unknown_unit", place, f"这个名称属于几个单位（{full}），请写全称", written)
        return None
    return _near_unit(row, written, units, seen, faults)


def _near_unit(row: Line, written: str, units: UnitLookup, seen: _Seen, faults: FaultLog) -> UnitRef | None:
    place = row.place("单位")
    ranked = units.near(written) if key(written) and seen.may_ask_near(key(written)) else []
    near = [unit for unit, ratio in ranked if ratio >= NEAR]
    if len(near) == 1:
        faults.warning("near_unit", place, f"没有完全相同的单位，按最相近的“{near[0].name}”处理，请核对", written)
        return near[0]
    hint = "、".join(unit.name for unit, _ in ranked[:3])
    text = "缺少单位" if not key(written) else "单位不在单位库中" + (f"，相近的有：{hint}" if hint else "")
    faults.error("unknown_unit", place, text, written)
    return None


def _sex(row: Line, number: str | None, faults: FaultLog) -> str | None:
    """Return 男, 女 or ""; what disagrees with a valid ID number is a warning, and the number is believed."""
    written = read_bounded(row, "性别", 1000, faults)
    if not written:
        return written
    said = key(written).removesuffix("性")
    if number and said != idnumber.sex(number):
        faults.warning("sex_disagrees", row.place("性别"), f"与身份证号不符，身份证号为{idnumber.sex(number)}", written)
        return idnumber.sex(number)
    return said if said in ("男", "女") else ""


def _repeats_id(
    row: Line, name: PersonName, number: str | None, read: RosterRead, seen: _Seen, faults: FaultLog
) -> bool:
    """Report an ID number that a row above has, at the later row, naming the first."""
    if not number:
        return False
    first = seen.ids.setdefault(number, row.number)
    if first == row.number:
        return False
    text = f"与第{first}行的身份证号相同"
    fault = faults.error("duplicate_id", row.place("身份证号"), text, idnumber.mask(number))
    read.doubled.setdefault(name.label, fault)
    return True


def _check_names(named: list[_Named], read: RosterRead, faults: FaultLog) -> None:
    """Report people of one bare name who cannot be told apart, and suffixes that are not the ID number's."""
    groups: dict[str, list[_Named]] = {}
    for one in named:
        groups.setdefault(one.name.bare, []).append(one)
        if one.name.suffix and one.number and not one.number.endswith(one.name.suffix):
            _ambiguous(one, f"括号内应为身份证号后四位 {one.number[-4:]}", read, faults)
    for group in groups.values():
        bare = [one for one in group if not one.name.suffix]
        # Where nobody has the suffix the fault is told at the later rows; else at whoever lacks it.
        for one in bare if len(bare) < len(group) else bare[1:]:
            other = next(o for o in group if o is not one)
            tail = one.number[-4:] or "身份证号后四位"
            text = f"与第{other.row.number}行同名，同名的人都要写成“姓名(身份证号后四位)”，此处应为 {one.name.bare}({tail})"
            _ambiguous(one, text, read, faults)
        _check_labels(group, read, faults)


def _check_labels(group: list[_Named], read: RosterRead, faults: FaultLog) -> None:
    first: dict[str, int] = {}
    for one in group:
        if one.name.suffix and first.setdefault(one.name.suffix, one.row.number) != one.row.number:
            _ambiguous(one, f"与第{first[one.name.suffix]}行的姓名和后四位都相同，无法区分", read, faults)


def _ambiguous(one: _Named, text: str, read: RosterRead, faults: FaultLog) -> None:
    fault = faults.error("ambiguous_name", one.row.place("姓名"), text, one.name.label)
    read.doubled.setdefault(one.name.label, fault)
