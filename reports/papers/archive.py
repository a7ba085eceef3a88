"""What a cadre's learning archive (一人一册) says, as plain values: page, booklet, register form and data read the same.

Empty tuples and texts mean that there is nothing, or that the reader may not see it: such a section does not show.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Person:
    """Who it is. `masked` is the ID number after SEC-31; `born` (a month) stands on paper only, never beside it."""

    key: UUID
    name: str
    unit: str
    authority: str
    status: str
    sex: str = ""
    ethnic_group: str = ""
    political_status: str = ""
    post: str = ""
    post_level: str = ""
    rank: str = ""
    band: str = ""
    masked: str = ""
    born: str = ""  # 1985年6月
    party_since: date | None = None
    work_since: date | None = None
    unverified: bool = False


@dataclass(frozen=True, slots=True)
class Posting:
    """A post with its period (任职)."""

    unit: str
    post: str
    post_level: str
    rank: str
    since: date
    until: date | None
    primary: bool


@dataclass(frozen=True, slots=True)
class DutyLine:
    """One duty with its standing."""

    code: str
    name: str
    year: int
    measure: str
    unit: str  # 学时、天、学分
    amount: Decimal
    done: Decimal
    since: date
    due: date
    met: bool
    exempt: bool = False
    missing: Decimal = ZERO
    other_measure: str = ""
    other_unit: str = ""
    other_amount: Decimal | None = None
    other_done: Decimal | None = None
    note: str = ""

    @property
    def percent(self) -> int:
        """How far it is by the measure that is nearer; never 100 before it is met."""
        if self.met or self.exempt:
            return 100
        shares = [_share(self.done, self.amount)]
        if self.other_amount is not None and self.other_done is not None:
            shares.append(_share(self.other_done, self.other_amount))
        return min(99, max(0, int(max(shares) * 100)))


def _share(done: Decimal, amount: Decimal) -> Decimal:
    return done / amount if amount else Decimal(1)


@dataclass(frozen=True, slots=True)
class YearSum:
    """What a year's ledger adds up to."""

    year: int
    off_job_days: Decimal = ZERO
    off_job_hours: Decimal = ZERO
    online_hours: Decimal = ZERO
    other_hours: Decimal = ZERO
    required: Decimal = ZERO
    elective: Decimal = ZERO

    @property
    def hours(self) -> Decimal:
        return self.off_job_hours + self.online_hours + self.other_hours


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """A line of the ledger with the sums of its year up to it; what was reversed says why."""

    number: int
    on: date
    year: int
    channel: str
    kind: str
    title: str
    days: Decimal
    hours: Decimal
    credits: Decimal
    posted: datetime
    year_hours: Decimal
    year_credits: Decimal
    adjustment: bool = False
    source: str = ""
    takes_back: int | None = None  # the line that this one reverses
    reversed_why: str = ""
    gone: bool = False  # reversed by another line
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Exempted:
    """A reduction of duties (减免)."""

    year: int
    kind: str
    share: int
    reason: str
    on: date
    revoked: str = ""


@dataclass(frozen=True, slots=True)
class Recognised:
    """Learning elsewhere (认定), with its state."""

    key: UUID
    title: str
    channel: str
    provider: str
    since: date
    until: date
    hours: Decimal
    days: Decimal
    state: str
    state_word: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class OnlineClassLine:
    """A virtual on-line class (网络虚拟班)."""

    name: str
    year: int
    since: date
    until: date
    target: Decimal
    left_on: date | None = None


@dataclass(frozen=True, slots=True)
class Honour:
    """An award (学习荣誉)."""

    key: int
    name: str
    giver: str
    on: date
    note: str = ""


@dataclass(frozen=True, slots=True)
class Work:
    """What was handed in (学习成果)."""

    key: UUID
    enrolment: UUID
    class_name: str
    kind: str
    title: str
    file_name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Told:
    """A report at the unit (述学)."""

    class_name: str
    unit: str
    on: date
    occasion: str
    audience: int | None
    text: str
    state: str
    state_word: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Visit:
    """A follow-up (回访) after so many months."""

    class_name: str
    months: int
    due: date
    answered: bool
    superior_answered: bool
    outcome: str = ""
    promoted: bool | None = None
    remark: str = ""
    closed: date | None = None
