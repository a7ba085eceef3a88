"""反馈函: what a home unit is told about its own trainees (信函格式 of GB/T 9704)."""

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal

from core.amounts import mean, plain
from core.pdf.rendering import render_pdf
from reports.papers.facts import CANDIDATE, GRADES, UNDECIDED, ClassFacts, Issue
from reports.papers.official import official_context
from reports.papers.wording import compared, held, listed, tally, title_lines, two_places, unassessed

LARGEST_HEAD = 36.0  # points
STYLES = ("papers/paper.css", "papers/official.css", "papers/letter.css")


@dataclass(frozen=True)
class TraineeRow:
    """One trainee of the unit. None: not assessed, no paper, no rank."""

    name: str
    post: str
    total: Decimal | None
    grade: str
    rank: int | None
    attended: Decimal | None  # hours
    leave: Decimal | None  # hours
    entry: Decimal | None
    final: Decimal | None
    candidate: str = ""  # 是, 待定 or empty


@dataclass(frozen=True)
class FeedbackLetter:
    """A unit's letter: that unit's trainees and nobody else's; of the class only means."""

    issue: Issue
    facts: ClassFacts
    unit: str  # 主送
    rows: tuple[TraineeRow, ...]
    class_mean: Decimal | None
    class_entry: Decimal | None = None
    class_final: Decimal | None = None
    remarks: tuple[str, ...] = ()  # paragraphs of the office's own
    attachments: tuple[str, ...] = ()

    @property
    def title(self) -> list[str]:
        """The title's lines, broken between phrases."""
        return title_lines(f"关于反馈{self.facts.name}", "学员培训考核情况的函")

    @property
    def unit_mean(self) -> Decimal | None:
        """Of those who count: 退学 left out."""
        return mean(row.total for row in self.rows if row.grade != "退学")


def opening(letter: FeedbackLetter) -> list[str]:
    """Why the unit gets this letter, and which one it replaces."""
    facts = letter.facts
    first = (
        f"{held(facts)}，全班学员{facts.trainees}人，课程共{plain(facts.hours)}学时。"
        f"根据《干部教育培训工作条例》有关规定和{facts.scheme}，现将你单位学员培训考核情况函告如下。"
    )
    replaced = letter.issue.replaces
    return [first, f"本函替换{replaced}，原函即行作废，请以本函为准。"] if replaced else [first]


def overview(letter: FeedbackLetter) -> list[str]:
    """一、总体情况: how many came, their grades, and their means beside the class's."""
    rows = letter.rows
    grades = Counter(row.grade for row in rows)
    first = f"你单位参训学员{len(rows)}人"
    if letter.facts.unassessed:
        return [f"{first}。{unassessed(letter.facts)}"]
    first += f"，其中{tally((grade, grades[grade]) for grade in GRADES)}。"
    return [first + _means(letter)]


def _means(letter: FeedbackLetter) -> str:
    own = letter.unit_mean
    if own is None:
        return ""
    gap = compared(own, letter.class_mean)
    text = f"平均总分{two_places(own)}分" + (f"，{gap}" if gap else "") + "。"
    entry, final = mean(row.entry for row in letter.rows), mean(row.final for row in letter.rows)
    tests = [
        f"{name}平均{two_places(value)}分（全班{two_places(whole)}分）"
        for name, value, whole in (("入学测试", entry, letter.class_entry), ("结业考试", final, letter.class_final))
        if value is not None and whole is not None
    ]
    return text + ("，".join(tests) + "。" if tests else "")


def requests(letter: FeedbackLetter) -> list[str]:
    """三、有关事项: what the unit is asked to do with the results."""
    chosen = [row.name for row in letter.rows if row.candidate == CANDIDATE]
    waiting = [row.name for row in letter.rows if row.candidate == UNDECIDED]
    failed = [row.name for row in letter.rows if row.grade in ("不合格", "退学")]
    matters = []
    if chosen:
        matters.append(f"{listed(chosen)}{_how_many(chosen)}为本班优秀学员人选，请在干部培养使用中予以关注。")
    if waiting:
        matters.append(f"{listed(waiting)}{_how_many(waiting)}是否列为优秀学员人选，待考评工作小组研究确定后另行告知。")
    matters.append("请将考核结果单转交学员本人，将考核结果存入干部学习档案，作为年度考核、选拔任用的参考。")
    if failed:
        matters.append(
            f"{listed(failed)}{_how_many(failed)}未通过考核，当年年度考核不得确定为优秀等次，请做好教育提醒并安排补训。"
        )
    contact = [f"{letter.issue.contact}。"] if letter.issue.contact else []
    numbered = [f"{number}.{text}" for number, text in enumerate(matters, 1)] if len(matters) > 1 else matters
    return [*numbered, *letter.remarks, *contact]


def _how_many(names: list[str]) -> str:
    return f"等{len(names)}名同志" if len(names) > 1 else "同志"


def letter_context(letter: FeedbackLetter) -> dict[str, object]:
    issue = letter.issue
    return {
        **official_context(issue, largest_head=LARGEST_HEAD, head=issue.office, attachments=letter.attachments),
        "letter": letter,
        "facts": letter.facts,
        "title": letter.title,
        "belongs": f"{issue.number or '草稿'}　{letter.unit}",
        "opening": opening(letter),
        "overview": overview(letter),
        "requests": requests(letter),
    }


def render_letter(letter: FeedbackLetter) -> bytes:
    """The letter as PDF."""
    return render_pdf("papers/letter.html", letter_context(letter), STYLES, letter.issue.images)
