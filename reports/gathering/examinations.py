"""Entry exam against final exam, and the item analysis of each paper, as the bulletin tells them."""

from collections import Counter
from collections.abc import Iterable, Sequence
from decimal import Decimal

from assessments.models import Result
from assessments.scoring.comparisons import BINS, LOWEST_BIN, Papers
from assessments.scoring.statistics import ExamComparison as Compared
from assessments.scoring.statistics import PaperAnalysis as Analysed
from assessments.scoring.statistics import Spread, mean, rounded
from reports.papers.figures import ExamBand, ExamComparison, ExamFigures, PaperAnalysis

HARD = Decimal("0.40")  # mean share of points below which a question is told
WEAK = Decimal("0.20")  # discrimination below which a question should be revised (Ebel 1965)


def exams_of(compared: Compared, results: Sequence[Result]) -> ExamComparison | None:
    """None where neither exam was held."""
    if compared.entry is None and compared.final is None:
        return None
    pairs = [
        (result.entry_score, result.final_score)
        for result in results
        if result.entry_score is not None and result.final_score is not None
    ]
    return ExamComparison(
        entry=_figures(compared.entry),
        final=_figures(compared.final),
        pairs=len(pairs),
        gain=compared.paired.mean if compared.paired else None,
        improved=sum(final > entry for entry, final in pairs),
        bands=_bands(results),
    )


def _figures(found: Spread | None) -> ExamFigures:
    if found is None:
        return ExamFigures(0, None, None, None, None)
    return ExamFigures(found.n, found.mean, found.deviation, found.highest, found.lowest)


def _bands(results: Iterable[Result]) -> tuple[ExamBand, ...]:
    """From the lowest to the highest."""
    entry: Counter[str] = Counter()
    final: Counter[str] = Counter()
    for result in results:
        entry.update([_band(result.entry_score)] if result.entry_score is not None else [])
        final.update([_band(result.final_score)] if result.final_score is not None else [])
    labels = [LOWEST_BIN, *(label for label, _ in reversed(BINS))]
    return tuple(ExamBand(label, entry[label], final[label]) for label in labels)


def _band(score: Decimal) -> str:
    return next((label for label, bound in BINS if score >= bound), LOWEST_BIN)


def papers_of(papers: Papers) -> tuple[PaperAnalysis, ...]:
    named = (("入学测试", papers.entry), ("结业考试", papers.final))
    return tuple(_paper(name, analysed) for name, analysed in named if analysed is not None)


def _paper(name: str, analysed: Analysed) -> PaperAnalysis:
    items = analysed.items
    separating = [item.discrimination for item in items if item.discrimination is not None]
    return PaperAnalysis(
        name=name,
        questions=len(items),
        difficulty=rounded(mean([item.difficulty for item in items])) if items else None,
        discrimination=rounded(mean(separating)) if separating else None,
        reliability=analysed.reliability,
        hard=tuple(f"第{item.number}题" for item in items if item.difficulty < HARD),
        weak=tuple(f"第{item.number}题" for item in items if (item.discrimination or Decimal(0)) < WEAK),
    )
