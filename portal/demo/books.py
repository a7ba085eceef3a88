"""The workbooks of the demo's classes, as their class managers would have kept them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from assessments.workbook.book import ClassBook
from portal.demo.dice import dice
from portal.demo.people import LEARNER, NAMESAKES, Person
from portal.demo.plan import Calendar, Plan, Stage, calendar_of
from portal.demo.records import Sitter, attendance_of, entries_of, paper_of, satisfaction_of
from portal.demo.timetable import sessions_of
from training.sheets.rows import ClassFacts, RosterRow

DUTIES = ("班长", "党支部书记", "学习委员", "组织委员")
GROUP_SIZE = 6
MANAGERS = {"": "闻书砚", "QX": "乔知行", "QS": "石清川"}


@dataclass
class Seating:
    """Who sits where: nobody is in two classes at one time, and nobody is called up again and again."""

    people: Sequence[Person]
    today: date
    taken: dict[int, list[Calendar]] = field(default_factory=dict)

    def fill(self, plan: Plan) -> list[Person]:
        """The trainees of a class, from a few home units each of which sends several."""
        calendar, chance = calendar_of(plan, self.today), dice(plan.key, "roster")
        free = [one for one in self.people if not any(calendar.meets(other) for other in self._classes_of(one))]
        wanted, units = _wanted(plan), _units(plan)
        seated = [one for one in free if one.name in wanted]
        others = [one for one in free if one.name not in (LEARNER, NAMESAKES[0]) and one.unit_code in units]
        others.sort(key=lambda one: len(self._classes_of(one)) + chance.random() * 1.1)
        for place in range(plan.size - len(seated)):
            one = next((other for other in others if other.unit_code == units[place % len(units)]), others[0])
            others.remove(one)
            seated.append(one)
        for one in seated:
            self.taken.setdefault(one.key, []).append(calendar)
        chance.shuffle(seated)
        return seated

    def _classes_of(self, one: Person) -> list[Calendar]:
        return self.taken.get(one.key, [])


def _wanted(plan: Plan) -> set[str]:
    return ({LEARNER} if plan.learner else set()) | ({NAMESAKES[0]} if plan.namesakes else set())


def _units(plan: Plan) -> list[str]:
    """Home units; the liaison's is among those of every class of the city."""
    rest = [code for code in plan.pool if code not in ("YL", "YLDX", "YL01")]
    chosen = dice(plan.key, "units").sample(rest, min(len(rest), plan.units - 1))
    return [*chosen, "YL01"] if not plan.county else list(plan.pool)


def book_of(plan: Plan, seated: Sequence[Person], units: Mapping[str, str], code: str, today: date) -> ClassBook:
    """The class's workbook as it stands today; `units` gives full names by code."""
    calendar = calendar_of(plan, today)
    roster = tuple(_roster(plan, seated, dict(units)))
    sessions = sessions_of(plan, calendar)
    book = ClassBook(facts_of(plan, calendar, units, code), roster, sessions)
    if plan.stage < Stage.RUNNING:
        return book
    sitters = _sitters(plan, seated, roster)
    until = min(today, calendar.after(1))
    days = [day for day in calendar.days if day < until]
    book = replace(
        book,
        attendance=attendance_of(plan, sitters, sessions, until),
        entries=entries_of(plan, sitters, days) if days else (),
        entry_exam=paper_of(plan, sitters, final=False),
    )
    if plan.stage == Stage.RUNNING:
        return book
    return replace(
        book, final_exam=paper_of(plan, sitters, final=True), satisfaction=satisfaction_of(plan, len(sitters))
    )


def corrected(book: ClassBook) -> ClassBook:
    """The same book after one mark of a research report was entered rightly: 0.8 more for its first trainee."""
    entries = list(book.entries or ())
    place = next(number for number, row in enumerate(entries) if row.item == "调研报告" and (row.points or 0) < 9)
    entries[place] = replace(entries[place], points=(entries[place].points or Decimal(0)) + Decimal("0.8"))
    return replace(book, entries=tuple(entries))


def facts_of(plan: Plan, calendar: Calendar, units: Mapping[str, str], code: str) -> ClassFacts:
    city = not plan.county
    return ClassFacts(
        name=f"{plan.place}{calendar.start.year}年{calendar.season}{plan.title}",
        start=calendar.start,
        end=calendar.end,
        organizer=units[plan.office],
        class_type=plan.class_type,
        code=code,
        host=units["YLDX"] if city else units[plan.office],
        place="市委党校" if city else f"{plan.place}干部教育中心",
        manager=MANAGERS[plan.county],
        planned=plan.size,
    )


def _roster(plan: Plan, seated: Sequence[Person], units: dict[str, str]) -> Iterator[RosterRow]:
    groups = max(1, len(seated) // GROUP_SIZE)
    for place, person in enumerate(seated):
        duty = DUTIES[place] if place < len(DUTIES) else ""
        namesake = plan.namesakes and person.name == NAMESAKES[0]
        yield replace(person.row(units, place % groups + 1, duty, namesake), serial=str(place + 1))


def _sitters(plan: Plan, seated: Sequence[Person], roster: Sequence[RosterRow]) -> list[Sitter]:
    fates = _fates(plan, [person.name for person in seated])
    sitters = [
        Sitter(row.label, person.ability, fates.get(place, ""))
        for place, (person, row) in enumerate(zip(seated, roster, strict=True))
    ]
    return _tie(sitters) if plan.tied else sitters


def _fates(plan: Plan, names: Sequence[str]) -> dict[int, str]:
    """Whom something befalls, by place on the roster; the committee and the trainee of the demo are spared."""
    free = [place for place in range(len(DUTIES), len(names)) if names[place] != LEARNER]
    kinds = ["退学"] * plan.withdrawn + ["特批"] * plan.overridden + ["旷课", "否决"][: plan.failing]
    return dict(zip(dice(plan.key, "fates").sample(free, len(kinds)), kinds, strict=True))


def _tie(sitters: Sequence[Sitter]) -> list[Sitter]:
    """Two who are best, then two equals for the last place, then all the others."""
    tied = [replace(one, ability=min(one.ability, 0.5)) for one in sitters]
    places = [place for place, one in enumerate(sitters) if not one.fate and one.label != LEARNER][:4]
    for place, fate in zip(places, ("榜首", "榜首", "并列", "并列"), strict=True):
        tied[place] = replace(tied[place], ability=2.0, fate=fate)
    return tied
