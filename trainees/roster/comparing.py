"""The file's rows beside the people that are there: by ID number alone, never by name."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import UUID

from core import idnumber
from core.crypto import blind_index, open_text
from core.phone import mask_phone
from core.sheets.faults import Place
from organization.models import Unit
from trainees.models import Cadre
from trainees.roster.columns import HEADINGS, NAME, RosterRow
from trainees.roster.known import Known, ends_before, known_people
from trainees.roster.plan import Change, NextPost, Plan
from trainees.roster.posts import PostFault, next_post

PLAIN = (
    "ethnic_group", "political_status", "sex", "status", "status_since", "entered_on", "party_since", "work_since",
)  # fmt: skip
CHOICES: dict[str, dict[str, str]] = {
    "sex": dict(Cadre.Sex.choices), "status": {str(value): label for value, label in Cadre.Status.choices},
}  # fmt: skip
POST = ("post", "post_level", "rank")


class Comparison:
    """Compares rows of `plan` with what is known; faults go to the plan."""

    def __init__(self, plan: Plan, area: Unit, columns: dict[str, int]) -> None:
        self.plan, self.area, self.units, self.columns = plan, area, plan.units, columns
        self.known: dict[str, Known] = {}
        self._dayless: list[RosterRow] = []

    def compare(self, rows: list[RosterRow]) -> None:
        for row in rows:
            row.index = blind_index(row.number)
        self.known = known_people(self.area, [row.index for row in rows])
        found = {row.index for row in rows}
        for row in rows:
            self._row(row)
        self._check_starts()
        # A row with an error may be anybody: who is missing is said once every row is read.
        inside = (
            ()
            if self.plan.has_errors
            else (one for one in self.known.values() if one.index not in found and one.canonical is None)
        )
        serving = [one for one in inside if one.status not in Cadre.GONE]
        self.plan.missing = sorted(serving, key=lambda one: (self.units.names.get(one.unit, ""), one.name))
        self._suspects(found)
        if self._dayless:
            text = f"{len(self._dayless)} 人没有写任职时间，按{self.plan.day:%Y年%-m月%-d日}起"
            self.plan.faults.notice("no_since", self._place(self._dayless[0], "任职时间"), text)

    # ---- one row ----

    def _row(self, row: RosterRow) -> None:
        known = self.known.get(row.index)
        if known is None:
            return self._new(row)
        if said := self._not_ours(known):
            self._error("not_ours", row, "身份证号", said)
        elif (
            self._stays_inside(row, known)
            and self._authority_fits(row, known.authority)
            and self._unit_open(row, known)
        ):
            self._same_person(row, known)
        return None

    def _stays_inside(self, row: RosterRow, known: Known) -> bool:
        """Who works outside already may stay there; who is sent there would be another department's (services.moves)."""
        if row.unit == known.unit or self.units.paths[row.unit].startswith(self.area.path):
            return True
        self._error("unknown_unit", row, "单位", "单位不在本范围内，调往那里的变动由共同的上级组织部办理")
        return False

    def _not_ours(self, known: Known) -> str:
        if known.canonical is not None:
            return "这个号码的档案已合并到另一个号码，请按合并后的号码填写，或先核对两个号码"
        if known.authority_path.startswith(self.area.path):
            return ""
        if known.unit in self.units.paths and self.units.paths[known.unit].startswith(self.area.path):
            return "此人由上级组织部管理，不能由本范围的花名册更改，请联系其管理机关"
        return "此人的档案不在本范围，没有写入；调入的请由共同的上级组织部办理"

    def _new(self, row: RosterRow) -> None:
        place = self.units.paths[row.unit]
        if not place.startswith(self.area.path):
            self._error("unknown_unit", row, "单位", "单位不在本范围内，不能在那里新增人员")
        elif self._authority_fits(row, None) and self._unit_open(row, None):
            if row.status in Cadre.GONE and row.status_since is None:
                self._error("no_status_since", row, "状态起始", "请填写状态起始")
                return
            if row.since is None:
                self._dayless.append(row)
            self.plan.added.append(row)

    def _authority_fits(self, row: RosterRow, present: UUID | None) -> bool:
        """Who is to manage somebody stands above the unit, and inside the area."""
        if row.authority is None:
            return True
        above, place = self.units.paths[row.authority], self.units.paths[row.unit]
        if place.startswith(above) and (above.startswith(self.area.path) or row.authority == present):
            return True
        self._error("bad_authority", row, "管理权限", "不是该单位的上级，或不在本范围内，不能作为管理机关")
        return False

    def _unit_open(self, row: RosterRow, known: Known | None) -> bool:
        closed = self.units.closed.get(row.unit)
        if closed is None or (known is not None and known.unit == row.unit):
            return True
        self._error("closed_unit", row, "单位", f"这个单位已于 {closed} 撤销")
        return False

    def _same_person(self, row: RosterRow, known: Known) -> None:
        try:
            post = next_post(row, known, self.plan.day)
        except PostFault as fault:
            self._error("bad_since", row, fault.column, str(fault))
            return
        fields, told = self._fields(row, known)
        told += self._post_told(row, known, post) if post else []
        if post and post.ends and row.since is None:
            self._dayless.append(row)
        renamed = row.name != known.name
        if renamed:
            text = f"这个号码的人在库中叫“{known.name}”，请逐一核对：不勾选就不写入这一行"
            self.plan.faults.warning("name_conflict", self._place(row, "姓名"), text, row.name)
            told.insert(0, (HEADINGS["name"], known.name, row.name))
        if known.unverified:
            told.append(("信息", "待核", "已核实"))
        if told:
            self.plan.changed.append(Change(row, known, fields, post, told, renamed))
        else:
            self.plan.unchanged += 1

    def _fields(self, row: RosterRow, known: Known) -> tuple[dict[str, Any], list[tuple[str, str, str]]]:
        """Columns of the cadre's row that change, and how they are told; an empty cell changes nothing."""
        fields: dict[str, Any] = {}
        told = []
        for name in PLAIN:
            value, before = getattr(row, name), getattr(known, name)
            if value and value != before:
                fields[name] = value
                told.append((HEADINGS.get(name, name), _word(name, before), _word(name, value)))
        if "status" in fields and not row.status_since:
            fields["status_since"] = self.plan.day
            told.append((HEADINGS["status_since"], _word("", known.status_since), self.plan.day.isoformat()))
        if row.phone:
            before = open_text(known.phone_sealed, f"trainees_cadre:{known.pk}:phone")
            if before != row.phone:
                fields["phone"] = row.phone
                told.append((HEADINGS["phone"], mask_phone(before), mask_phone(row.phone)))
        authority = self._authority(row, known)
        if authority != known.authority:
            fields["authority"] = authority
            names = self.units.names
            told.append((HEADINGS["authority"], names.get(known.authority, ""), names[authority]))
        return fields, told

    def _authority(self, row: RosterRow, known: Known) -> UUID:
        """Who manages somebody in the unit of the row: as written, else as now while that stands above it, else the nearest."""
        if row.authority is not None:
            return row.authority
        stays = row.unit == known.unit or self.units.paths[row.unit].startswith(known.authority_path)
        return known.authority if stays else self.units.authority[row.unit]

    def _post_told(self, row: RosterRow, known: Known, post: NextPost) -> list[tuple[str, str, str]]:
        told, names = [], self.units.names
        if post.unit != (known.held_unit or known.unit):
            told.append((HEADINGS["unit"], names.get(known.held_unit or known.unit, ""), names[post.unit]))
        for name in POST:
            before, value = getattr(known, name) or "", getattr(post, name)
            if value != before:
                told.append((HEADINGS[name], before, value))
        if post.since != known.since:
            told.append((HEADINGS["since"], _word("", known.since), post.since.isoformat()))
        return told

    # ---- all rows together ----

    def _check_starts(self) -> None:
        """A start that is put right must lie after the end of the post before: one query for all of them."""
        earlier = [one for one in self.plan.changed if one.post and (one.post.corrects or one.known.held is None)]
        ends = ends_before([one.known for one in earlier]) if earlier else {}
        wrong = set()
        for one in earlier:
            end = ends.get(one.known.pk)
            if one.post and end and one.post.since <= end:
                self._error(
                    "bad_since", one.row, "任职时间", f"上一段任职到 {end.isoformat()} 为止，任职时间应晚于这一天"
                )
                wrong.add(id(one))
        self.plan.changed = [one for one in self.plan.changed if id(one) not in wrong]

    def _suspects(self, found: set[str]) -> None:
        """New numbers under a name that somebody has who is not in the file: perhaps the number was mistyped once."""
        beside: dict[str, list[Known]] = defaultdict(list)
        for one in self.known.values():
            if one.index not in found and one.canonical is None:
                beside[one.name].append(one)
        for row in self.plan.added:
            if any(one.unit == row.unit or self._born_alike(one, row) for one in beside.get(row.name, ())):
                text = (
                    "疑似同一人：库中有同名的人在同一单位，或出生日期相同，但身份证号不同；请核对号码，本次按两人处理"
                )
                self.plan.faults.warning("suspect", self._place(row, "身份证号"), text, idnumber.mask(row.number))
        for row, first in self._namesakes():
            text = f"与第{first}行同名、同单位而身份证号不同，请核对是否两人"
            self.plan.faults.warning("namesake", self._place(row, "姓名"), text, row.name)

    @staticmethod
    def _born_alike(one: Known, row: RosterRow) -> bool:
        number = open_text(one.id_number_sealed, f"trainees_cadre:{one.pk}:id_number")
        return number[6:14] == row.number[6:14]

    def _namesakes(self) -> Iterator[tuple[RosterRow, int]]:
        first: dict[tuple[str, UUID], int] = {}
        for row in self.plan.added:
            there = first.setdefault((row.name, row.unit), row.row)
            if there != row.row:
                yield row, there

    def _error(self, code: str, row: RosterRow, column: str, text: str) -> None:
        self.plan.faults.error(code, self._place(row, column), text)

    def _place(self, row: RosterRow, column: str) -> Place:
        return Place(NAME, row.row, column, self.columns.get(column))


def _word(name: str, value: Any) -> str:
    if isinstance(value, date):
        return value.isoformat()
    return CHOICES.get(name, {}).get(value, str(value or ""))
