"""The figures of a bulletin. None: not assessed or not held; empty tuples: nothing to tell."""

from dataclasses import dataclass
from decimal import Decimal

LEAST_ANSWERS = 5  # below it nothing of a survey is shown: somebody could be recognised


@dataclass(frozen=True)
class CurriculumShare:
    """A category of the timetable, and its share of all hours in percent."""

    name: str
    hours: Decimal
    percent: Decimal


@dataclass(frozen=True)
class Attendance:
    """`marks` are 迟到, 早退, 事假 … with their numbers; `rate` is attended hours of all hours, in percent."""

    sessions: int
    rate: Decimal
    marks: tuple[tuple[str, int], ...]
    full: int  # trainees who never missed anything
    withdrawn: int  # 退学


@dataclass(frozen=True)
class ScoreSummary:
    """Of the trainees that count (退学 left out)."""

    counted: int
    mean: Decimal | None
    highest: Decimal | None
    lowest: Decimal | None
    spread: Decimal | None  # standard deviation


@dataclass(frozen=True)
class ScoreBand:
    label: str  # 80—89
    count: int


@dataclass(frozen=True)
class GradeCount:
    name: str
    count: int
    percent: Decimal | None  # of those with a grade; None for 退学 and 未评定


@dataclass(frozen=True)
class BulletinCandidate:
    name: str
    unit: str
    total: Decimal
    base: Decimal
    state: str  # 是, 待定


@dataclass(frozen=True)
class UnitRow:
    """One home unit: its trainees, mean and grades."""

    name: str
    trainees: int
    mean: Decimal | None
    excellent: int
    good: int
    passed: int
    failed: int
    withdrawn: int


@dataclass(frozen=True)
class ExamFigures:
    papers: int
    mean: Decimal | None
    spread: Decimal | None
    highest: Decimal | None
    lowest: Decimal | None


@dataclass(frozen=True)
class ExamBand:
    label: str
    entry: int
    final: int


@dataclass(frozen=True)
class ExamComparison:
    """Entry and final exam; gain over the pairs, that is trainees with both papers."""

    entry: ExamFigures
    final: ExamFigures
    pairs: int
    gain: Decimal | None
    improved: int
    bands: tuple[ExamBand, ...] = ()


@dataclass(frozen=True)
class PaperAnalysis:
    """Item analysis of one paper; `hard` and `weak` name questions (第3题)."""

    name: str
    questions: int
    difficulty: Decimal | None
    discrimination: Decimal | None
    reliability: Decimal | None
    hard: tuple[str, ...] = ()
    weak: tuple[str, ...] = ()


@dataclass(frozen=True)
class SatisfactionRow:
    """One question's counts."""

    name: str
    very: int
    satisfied: int
    fair: int
    dissatisfied: int

    @property
    def percent(self) -> Decimal | None:
        """Share of the two upper ratings, in percent."""
        answers = self.very + self.satisfied + self.fair + self.dissatisfied
        return Decimal(100 * (self.very + self.satisfied)) / answers if answers else None


@dataclass(frozen=True)
class Satisfaction:
    answers: int
    rows: tuple[SatisfactionRow, ...]
    suggestions: tuple[str, ...] = ()  # in no order of time

    @property
    def may_be_shown(self) -> bool:
        return self.answers >= LEAST_ANSWERS


@dataclass(frozen=True, slots=True)
class ActivityCount:
    """A kind of activity that a class held (活动): how often, and how many took part in all."""

    name: str
    times: int
    people: int
