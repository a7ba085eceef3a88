"""Statistics of exams in decimals: spread, paired gain, and the item analysis of classical test theory. Pure.

Standard deviations are those of a sample (n − 1). Everything is rounded at the very end, half up; None where a figure
does not exist (one paper has no spread, an item that everybody solved separates nobody).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Spread:
    """n scores of 100: mean and sample standard deviation, lowest and highest."""

    n: int
    mean: Decimal
    deviation: Decimal | None
    lowest: Decimal
    highest: Decimal


@dataclass(frozen=True, slots=True)
class Gain:
    """Those who sat both exams: n, their means, and the mean and deviation of what each gained."""

    n: int
    entry_mean: Decimal
    final_mean: Decimal
    mean: Decimal
    deviation: Decimal | None


@dataclass(frozen=True, slots=True)
class ExamComparison:
    """入学测试 against 结业考试: each with everybody who sat it, `gain` of the means, and those who sat both."""

    entry: Spread | None
    final: Spread | None
    gain: Decimal | None
    paired: Gain | None


@dataclass(frozen=True, slots=True)
class Question:
    number: int
    points: Decimal


@dataclass(frozen=True, slots=True)
class ItemStatistics:
    """One question. `difficulty` 难度: mean share of its points, blank is wrong (a high one is easy).

    `discrimination` 区分度: the corrected item-total correlation (corrected point-biserial correlation for questions
    that are right or wrong), Pearson's r between the question's points and the rest of the paper without it.
    `blank`: how many left it empty.
    """

    number: int
    difficulty: Decimal
    discrimination: Decimal | None
    blank: int


@dataclass(frozen=True, slots=True)
class PaperAnalysis:
    """A paper as a whole. `reliability` 信度: Cronbach's α = k/(k−1) · (1 − Σ s²(item) / s²(total)).

    Where all questions carry the same points this is KR-20, but with s² of the sample (the factor n/(n−1) cancels).
    """

    papers: int
    items: list[ItemStatistics]
    reliability: Decimal | None


def rounded(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.01"), ROUND_HALF_UP)


def mean(values: Collection[Decimal]) -> Decimal:
    return sum(values, ZERO) / len(values)


def variance(values: Sequence[Decimal]) -> Decimal | None:
    """Sample variance (n − 1); None for fewer than two."""
    if len(values) < 2:
        return None
    middle = mean(values)
    return sum(((value - middle) ** 2 for value in values), ZERO) / (len(values) - 1)


def deviation(values: Sequence[Decimal]) -> Decimal | None:
    """Sample standard deviation, rounded."""
    squared = variance(values)
    return None if squared is None else rounded(squared.sqrt())


def spread(scores: Sequence[Decimal]) -> Spread | None:
    if not scores:
        return None
    return Spread(len(scores), rounded(mean(scores)), deviation(scores), min(scores), max(scores))


def compare_exams(entry: Mapping[UUID, Decimal], final: Mapping[UUID, Decimal]) -> ExamComparison:
    """Scores of 100 by enrolment; who has no paper is not in the mapping."""
    first, last = list(entry.values()), list(final.values())
    gain = rounded(mean(last) - mean(first)) if first and last else None
    both = [(entry[key], final[key]) for key in entry if key in final]
    return ExamComparison(spread(first), spread(last), gain, _paired(both))


def _paired(both: Sequence[tuple[Decimal, Decimal]]) -> Gain | None:
    if not both:
        return None
    gains = [after - before for before, after in both]
    before, after = (rounded(mean([pair[side] for pair in both])) for side in (0, 1))
    return Gain(len(both), before, after, rounded(mean(gains)), deviation(gains))


def correlation(xs: Sequence[Decimal], ys: Sequence[Decimal]) -> Decimal | None:
    """Pearson's r; None where one side does not vary."""
    x_mean, y_mean = mean(xs), mean(ys)
    together = sum(((x - x_mean) * (y - y_mean) for x, y in zip(xs, ys, strict=True)), ZERO)
    squares = sum(((x - x_mean) ** 2 for x in xs), ZERO) * sum(((y - y_mean) ** 2 for y in ys), ZERO)
    return together / squares.sqrt() if squares else None


def analyse(questions: Sequence[Question], papers: Sequence[Mapping[int, Decimal]]) -> PaperAnalysis | None:
    """Item analysis of one paper: each of `papers` has the points reached by question number, without blank ones."""
    if not papers or not questions:
        return None
    totals = [sum(paper.values(), ZERO) for paper in papers]
    items = [_item(question, papers, totals) for question in questions]
    return PaperAnalysis(len(papers), items, _alpha(questions, papers, totals))


def _item(question: Question, papers: Sequence[Mapping[int, Decimal]], totals: Sequence[Decimal]) -> ItemStatistics:
    reached = [paper.get(question.number, ZERO) for paper in papers]
    rest = [total - own for total, own in zip(totals, reached, strict=True)]
    related = correlation(reached, rest)
    return ItemStatistics(
        number=question.number,
        difficulty=rounded(mean(reached) / question.points) if question.points else rounded(ZERO),
        discrimination=None if related is None else rounded(related),
        blank=sum(question.number not in paper for paper in papers),
    )


def _alpha(
    questions: Sequence[Question], papers: Sequence[Mapping[int, Decimal]], totals: Sequence[Decimal]
) -> Decimal | None:
    whole, k = variance(totals), len(questions)
    if not whole or k < 2:
        return None
    parts = (variance([paper.get(question.number, ZERO) for paper in papers]) or ZERO for question in questions)
    return rounded(Decimal(k) / (k - 1) * (1 - sum(parts, ZERO) / whole))
