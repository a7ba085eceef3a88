"""Records that platforms bring, by export or by the API: who they are of, which are new, as rows ready to be written."""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q

from core.amounts import plain
from core.crypto import blind_index
from core.keys import new_key
from core.names import normalise
from organization.models import Unit
from trainees.models import Cadre, Platform, Recognition
from trainees.models.ledger import Channel
from trainees.rules.recognition import MOST_HOURS, hours_of, title_key, too_little
from trainees.services.recognition.doubles import mark_doubles

NEW, SAME, LEFT, FAULT = "new", "same", "left", "fault"
BATCH = 2000
UNKNOWN = "没有找到这个身份证号的干部，请核对号码；新调入的干部请先由组织部登记"


@dataclass(frozen=True, slots=True)
class Arrival:
    """One record of a platform: `place` is its row, or its place in a call; the ID number comes as its keyed hash."""

    place: int
    name: str
    index: str
    title: str
    minutes: Decimal
    share: Decimal | None
    finished: date
    begun: date | None = None
    record: str = ""
    provider: str = ""

    @classmethod
    def of(cls, place: int, name: str, id_number: str, **facts: Any) -> "Arrival":
        return cls(place, name, blind_index(id_number) if id_number else "", **facts)

    def key(self, person: Any) -> str:
        """The platform's number of the record, else one that is made of what it says: the same record has the same."""
        if self.record:
            return self.record
        told = "\0".join((str(person), title_key(self.title), str(self.finished), f"{self.minutes:f}"))
        return f"~{hashlib.sha256(told.encode()).hexdigest()[:40]}"


@dataclass(frozen=True, slots=True)
class Judged:
    """What becomes of a record: written (`new`), there already (`same`), left out with a warning (`left`), or a fault."""

    arrival: Arrival
    outcome: str
    text: str = ""
    column: str = ""
    row: Recognition | None = None
    warning: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """What is asked of a cadre to match a record."""

    pk: Any
    name: str
    unit_id: Any
    path: str


class People:
    """The cadres that records may be of; one query for any number of records."""

    def __init__(self, area: Q, arrivals: Sequence[Arrival], unit: Unit | None) -> None:
        indexes = {one.index for one in arrivals if one.index}
        names = {one.name for one in arrivals if not one.index}
        asked = Q(id_number_index__in=indexes) | Q(name__in=names) if names else Q(id_number_index__in=indexes)
        rows = Cadre.objects.filter(area, asked, canonical=None).distinct()
        self._unit = unit
        self._by_index: dict[str, Person] = {}
        self._by_name: dict[str, list[Person]] = defaultdict(list)
        for index, pk, name, unit_id, path in rows.values_list(
            "id_number_index", "pk", "name", "unit_id", "unit__path"
        ):
            person = Person(pk, name, unit_id, path)
            self._by_index[index] = person
            if self._belongs(person):
                self._by_name[person.name].append(person)

    def find(self, arrival: Arrival) -> tuple[Person | None, str, str]:
        """The person, what is wrong, and what to look at: by ID number, else by a name that one person alone has."""
        if arrival.index:
            person = self._by_index.get(arrival.index)
            return self._checked(person, arrival) if person else (None, UNKNOWN, "")
        same = self._by_name.get(arrival.name, [])
        if len(same) == 1:
            return same[0], "", "没有身份证号，按姓名对应到本单位唯一的同名干部，请核对是不是同一人"
        if same:
            return None, f"本单位有 {len(same)} 名同名干部，请补上身份证号", ""
        return None, "本单位没有这个姓名的干部，请补上身份证号或核对姓名", ""

    def _checked(self, person: Person, arrival: Arrival) -> tuple[Person | None, str, str]:
        if not self._belongs(person):
            return None, "这名干部不在所选单位及其下属单位", ""
        if arrival.name and normalise(person.name) != normalise(arrival.name):
            known = f"：这个号码的干部登记的姓名是“{person.name}”" if self._unit else ""
            return None, f"姓名与身份证号不符{known}", ""
        return person, "", ""

    def _belongs(self, person: Person) -> bool:
        return self._unit is None or person.path.startswith(self._unit.path)


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose records they are judged for: of people in `area`, who work in `unit` or below (None: anywhere in the area).

    `fill` writes into a new row who brought it; `place` says where a record stands.
    """

    platform: Platform
    area: Q
    unit: Unit | None
    today: date
    state: str
    fill: Callable[[Recognition], None]
    place: str = "第 {} 行"


def judge(arrivals: Sequence[Arrival], asked: Asked) -> list[Judged]:
    """What becomes of each record, in their order; a fixed number of queries."""
    people = People(asked.area, arrivals, asked.unit)
    first = [_first_look(one, people, asked) for one in arrivals]
    known = _known(first, asked.platform)
    seen: dict[str, int] = {}
    judged = [_second_look(one, known, seen, asked.place) for one in first]
    rows = [one.row for one in judged if one.outcome == NEW and one.row is not None]
    mark_doubles(rows)
    return [_with_double(one) for one in _inside(judged)]


def _first_look(one: Arrival, people: People, asked: Asked) -> Judged:
    """Everything that a record alone and its person tell."""
    person, stranger, warning = people.find(one)
    if person is None:
        return Judged(one, FAULT, stranger, "id_number" if one.index else "name")
    if fault := _fault_of(one, asked):
        return Judged(one, FAULT, fault[1], fault[0])
    row = _row(one, person, asked)
    if words := too_little(Channel.ONLINE, one.share):
        return Judged(one, LEFT, f"{words}；这一条不导入，学完后再次导入即可", "share", row)
    return Judged(one, NEW, "", "", row, warning)


def _fault_of(one: Arrival, asked: Asked) -> tuple[str, str] | None:
    hours = hours_of(one.minutes, asked.platform.minutes_per_hour)
    if len(title_key(one.title)) < 2:
        return "title", "没有写明课程名称"
    if not 0 < hours <= MOST_HOURS:
        return "length", f"学时应大于 0、不超过 {MOST_HOURS}"
    if one.finished > asked.today:
        return "finished", "完成日期在今天之后"
    if one.begun is not None and one.begun > one.finished:
        return "begun", "开始日期晚于完成日期"
    if one.share is not None and not 0 <= one.share <= 100:
        return "share", "完成比例应在 0 到 100 之间"
    return None


def _row(one: Arrival, person: Person, asked: Asked) -> Recognition:
    row = Recognition(
        id=new_key(),
        cadre_id=person.pk,
        unit_id=person.unit_id,
        channel=Channel.ONLINE,
        title=one.title[:200],
        title_key=title_key(one.title),
        provider=one.provider[:120],
        platform=asked.platform,
        external_key=one.key(person.pk),
        since=one.begun or one.finished,
        until=one.finished,
        minutes=int(one.minutes) if one.minutes == int(one.minutes) else None,
        hours=hours_of(one.minutes, asked.platform.minutes_per_hour),
        share=one.share,
        state=asked.state,
    )
    asked.fill(row)
    return row


# ---- what is there already ----


def _known(first: Sequence[Judged], platform: Platform) -> Mapping[str, list[Recognition]]:
    """Records of the platform with these numbers that stand, by number; one query."""
    keys = {one.row.external_key for one in first if one.row is not None}
    rows = Recognition.objects.filter(platform=platform, external_key__in=keys).exclude(state__in=Recognition.GONE)
    found: dict[str, list[Recognition]] = defaultdict(list)
    for row in rows.only("pk", "cadre_id", "external_key", "hours", "until", "title_key", "state", "share"):
        found[row.external_key].append(row)
    return found


def _second_look(one: Judged, known: Mapping[str, list[Recognition]], seen: dict[str, int], place: str) -> Judged:
    """Against what is there, and against what stood before it."""
    row = one.row
    if row is None:
        return one
    if there := known.get(row.external_key):
        return _against(one, row, there[0])
    first = seen.setdefault(row.external_key, one.arrival.place)
    if first == one.arrival.place:
        return one
    words = f"与{place.format(first)}的记录编号（没有编号的，内容）相同"
    return replace(one, outcome=FAULT, text=words, column="record")


def _against(one: Judged, row: Recognition, there: Recognition) -> Judged:
    if there.cadre_id != row.cadre_id:
        return replace(one, outcome=FAULT, text="这个记录编号已经记在另一名干部名下", column="record")
    if (there.hours, there.until, there.title_key) == (row.hours, row.until, row.title_key):
        return replace(one, outcome=SAME, text=f"已有这条记录（{there.get_state_display()}）", row=there)
    words = f"已有同一编号的记录（{there.get_state_display()}，{plain(there.hours)} 学时），内容不同，没有改动"
    return replace(one, outcome=LEFT, text=words, column="record", row=there)


# ---- doubles ----


def _inside(judged: Sequence[Judged]) -> Iterable[Judged]:
    """The same course of the same person twice among what arrives: the later one names the first."""
    first: dict[tuple[Any, str, int], Recognition] = {}
    for one in judged:
        row = one.row
        if one.outcome == NEW and row is not None:
            before = first.setdefault((row.cadre_id, row.title_key, row.until.year), row)
            if before is not row and not row.twin_id and not row.twin_entry_id:
                row.twin = before
        yield one


def _with_double(one: Judged) -> Judged:
    row = one.row
    if one.outcome != NEW or row is None or not (row.twin_id or row.twin_entry_id):
        return one
    words = f"与已有的“{(row.twin or row.twin_entry).title}”疑似重复，导入后须判断"  # type: ignore[union-attr]
    return replace(one, warning=f"{one.warning}；{words}" if one.warning else words)


def write(judged: Sequence[Judged]) -> int:
    """Write the new rows, those first that others name; how many."""
    rows = [one.row for one in judged if one.outcome == NEW and one.row is not None]
    Recognition.objects.bulk_create(rows, batch_size=BATCH)
    return len(rows)


def hours_in(judged: Iterable[Judged]) -> Decimal:
    return sum((one.row.hours for one in judged if one.outcome == NEW and one.row is not None), Decimal(0))
