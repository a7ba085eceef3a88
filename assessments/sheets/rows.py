"""Typed rows of the assessment as the workbook holds them; `person` is always the label on the roster."""

import datetime
from dataclasses import dataclass, field
from decimal import Decimal

from core.sheets.text import key

ASPECTS = ("培训设计", "培训实施", "培训管理", "培训效果")
RATINGS = ("非常满意", "满意", "一般", "不满意")


@dataclass(frozen=True, slots=True)
class EntryRow:
    """One entry of the process record (量化记录).

    `points` is None only for 否决项 without points; `rating` is the word where points were written as one (优).
    """

    date: datetime.date
    person: str
    item: str
    points: Decimal | None
    rating: str = ""
    reason: str = ""
    recorder: str = ""
    row: int = field(default=0, compare=False)

    @property
    def match(self) -> tuple[datetime.date, str, str, Decimal | None, str, str]:
        """By what entries are compared as a multiset: person, date, item, points, reason, recorder, width aside."""
        return self.date, self.person, self.item, self.points, key(self.reason), key(self.recorder)


@dataclass(frozen=True, slots=True)
class Question:
    """A question: `key` holds the right letters in alphabetical order."""

    number: int
    key: str
    points: Decimal


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """A paper by answers: letters in alphabetical order for each question of the sheet, "" where left blank."""

    person: str
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """A paper by its score out of 100."""

    person: str
    score: Decimal


@dataclass(frozen=True, slots=True)
class Paper:
    """An exam's sheet: questions by number with answers, or scores only; papers in roster order."""

    questions: tuple[Question, ...] = ()
    answers: tuple[AnswerRow, ...] = ()
    scores: tuple[ScoreRow, ...] = ()

    @property
    def by_answers(self) -> bool:
        """Whether answers were kept; an exam of scores only has no questions."""
        return bool(self.questions)


@dataclass(frozen=True, slots=True)
class Satisfaction:
    """满意度 as counts: per aspect, how many gave each of the four ratings; suggestions sorted, so that no order tells.

    Nothing ties a rating to another one or to a suggestion.
    """

    counts: tuple[tuple[int, int, int, int], ...]
    suggestions: tuple[str, ...] = ()

    def count(self, aspect: str, rating: str) -> int:
        """Return how many gave a rating to an aspect."""
        return self.counts[ASPECTS.index(aspect)][RATINGS.index(rating)]

    @property
    def answers(self) -> int:
        """How many answered at least; unanswered cells leave no trace."""
        return max(*map(sum, self.counts), len(self.suggestions))
