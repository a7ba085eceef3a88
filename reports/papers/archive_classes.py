"""The classes of a cadre's learning archive, and the archive as a whole, as plain values."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from reports.papers.archive import (
    DutyLine,
    Exempted,
    Honour,
    LedgerLine,
    OnlineClassLine,
    Person,
    Posting,
    Recognised,
    Told,
    Visit,
    Work,
    YearSum,
)


@dataclass(frozen=True, slots=True)
class BlockPoints:
    """A block (板块): the trainee's points, and the class's mean where it was asked for."""

    name: str
    maximum: Decimal
    points: Decimal | None
    mean: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Attended:
    """One session in the heat strip: `mark` is a code, "" where nothing was kept."""

    date: date
    title: str
    hours: Decimal
    mark: str
    word: str


@dataclass(frozen=True, slots=True)
class LeaveTaken:
    """A leave that was granted (请假)."""

    kind: str
    first: date
    last: date
    hours: Decimal
    state: str


@dataclass(frozen=True, slots=True)
class TookPart:
    """An activity and what the trainee did there."""

    kind: str
    title: str
    on: date
    part: str


@dataclass(frozen=True, slots=True)
class ResultLine:
    """A result that is shown or confirmed. Points, exams and sums are for the department and the person."""

    state: str
    state_word: str
    grade: str
    rank: int | None
    ranked: int | None
    candidate: str = ""
    total: Decimal | None = None
    base: Decimal | None = None
    bonus: Decimal | None = None
    entry: Decimal | None = None
    final: Decimal | None = None
    blocks: tuple[BlockPoints, ...] = ()


@dataclass(frozen=True, slots=True)
class ClassLine:
    """One class of the cadre, with unit and post as they were then; hours as the result or the marks give them."""

    enrolment: UUID
    training_class: UUID
    name: str
    code: str
    kind: str
    organizer: str
    place: str
    since: date
    until: date
    unit: str
    post: str
    group: str
    committee_post: str
    state: str
    state_word: str
    class_state: str
    full_time: bool
    hours: Decimal | None  # attended
    total_hours: Decimal
    leave_hours: Decimal | None = None
    result: ResultLine | None = None
    strip: tuple[Attended, ...] = ()
    leaves: tuple[LeaveTaken, ...] = ()
    activities: tuple[TookPart, ...] = ()

    @property
    def role(self) -> str:
        """班长，第一组; 学员 where neither post nor group is known."""
        return "，".join(part for part in (self.committee_post, self.group) if part) or "学员"

    def marks(self) -> tuple[tuple[str, int], ...]:
        """How often each mark other than 出勤 stands in the strip, in the order in which they first came."""
        words = [one.word for one in self.strip if one.mark not in ("", "present")]
        return tuple((word, words.count(word)) for word in dict.fromkeys(words))


@dataclass(frozen=True, slots=True)
class Archive:
    """Everything one cadre has learned, as far as the reader may see it, on a day."""

    on: date
    person: Person
    postings: tuple[Posting, ...] = ()
    duties: tuple[DutyLine, ...] = ()
    years: tuple[YearSum, ...] = ()
    classes: tuple[ClassLine, ...] = ()
    ledger: tuple[LedgerLine, ...] = ()
    exempted: tuple[Exempted, ...] = ()
    recognised: tuple[Recognised, ...] = ()
    online: tuple[OnlineClassLine, ...] = ()
    honours: tuple[Honour, ...] = ()
    works: tuple[Work, ...] = ()
    told: tuple[Told, ...] = ()
    visits: tuple[Visit, ...] = ()

    @property
    def latest(self) -> ClassLine | None:
        """The latest class whose blocks can be drawn."""
        return next((one for one in self.classes if one.result and len(one.result.blocks) > 2), None)
