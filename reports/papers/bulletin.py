"""综合通报: what the organization department is told about a class (文件格式 of GB/T 9704)."""

from dataclasses import dataclass

from core.pdf.rendering import render_pdf
from reports.papers.bulletin_wording import bulletin_title, paragraphs
from reports.papers.charts import Columns, columns
from reports.papers.facts import ClassFacts, Issue
from reports.papers.figures import (
    ActivityCount,
    Attendance,
    BulletinCandidate,
    CurriculumShare,
    ExamComparison,
    GradeCount,
    PaperAnalysis,
    Satisfaction,
    ScoreBand,
    ScoreSummary,
    UnitRow,
)
from reports.papers.official import official_context
from reports.papers.wording import day

LARGEST_HEAD = 44.0  # points
STYLES = ("papers/paper.css", "papers/official.css", "papers/bulletin.css")


@dataclass(frozen=True)
class Bulletin:
    """One class for the organization department: figures by unit, names of candidates only."""

    issue: Issue
    facts: ClassFacts
    addressee: str  # 主送
    curriculum: tuple[CurriculumShare, ...]
    attendance: Attendance | None
    scores: ScoreSummary
    bands: tuple[ScoreBand, ...]
    grades: tuple[GradeCount, ...]
    candidates: tuple[BulletinCandidate, ...]
    units: tuple[UnitRow, ...]
    exams: ExamComparison | None = None
    papers: tuple[PaperAnalysis, ...] = ()
    satisfaction: Satisfaction | None = None
    activities: tuple[ActivityCount, ...] = ()
    copies: tuple[str, ...] = ()  # 抄送
    remarks: tuple[str, ...] = ()
    attachments: tuple[str, ...] = ()

    @property
    def head(self) -> str:
        return f"{self.issue.office}文件"


def score_chart(bulletin: Bulletin) -> Columns | None:
    bands = bulletin.bands
    return columns([band.label for band in bands], [("own", [band.count for band in bands])]) if bands else None


def exam_chart(exams: ExamComparison | None) -> Columns | None:
    """Entry beside final exam, by bands of points."""
    if exams is None or not exams.bands:
        return None
    entry, final = [band.entry for band in exams.bands], [band.final for band in exams.bands]
    return columns([band.label for band in exams.bands], [("mean", entry), ("own", final)])


def bulletin_context(bulletin: Bulletin) -> dict[str, object]:
    issue = bulletin.issue
    title = bulletin_title(bulletin.facts)
    return {
        **official_context(issue, largest_head=LARGEST_HEAD, head=bulletin.head, attachments=bulletin.attachments),
        "bulletin": bulletin,
        "facts": bulletin.facts,
        "title": title,
        "belongs": f"{issue.number or '草稿'}　{bulletin.facts.name}综合通报",
        "text": paragraphs(bulletin),
        "score_chart": score_chart(bulletin),
        "exam_chart": exam_chart(bulletin.exams),
        "exam_legend": (("mean", "入学测试"), ("own", "结业考试")),
        "printed": day(issue.day),
        "copies": "，".join(bulletin.copies),
    }


def render_bulletin(bulletin: Bulletin) -> bytes:
    """The bulletin as PDF."""
    return render_pdf("papers/bulletin.html", bulletin_context(bulletin), STYLES, bulletin.issue.images)
