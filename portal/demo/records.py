"""How the trainees of a demo class did: marks, process record, papers, satisfaction."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from assessments.sheets.rows import ASPECTS, AnswerRow, EntryRow, Paper, Question, Satisfaction, ScoreRow
from portal.demo.dice import Dice, dice
from portal.demo.plan import Plan
from training.sheets.rows import Attendance, Mark, MarkRow, SessionKey, SessionRow

GAIN = 1.1
"""How much more the class can do at its end, on the scale of ability."""
SINGLE, MULTIPLE = 20, 10
CHANCES = ((Mark.LATE, 0.014), (Mark.EARLY, 0.006), (Mark.PERSONAL, 0.012), (Mark.SICK, 0.010), (Mark.OFFICIAL, 0.012))
RATINGS = (("优", Decimal(15)), ("良", Decimal(12)), ("中", Decimal(9)), ("差", Decimal(6)))
LAPSES = (
    ("纪律建设", -1, "课堂接打电话"), ("学习作业", -1, "学习笔记迟交"), ("班务与支部活动", -1, "支部活动缺席"), ("小组履职", -1, "值日缺勤"),
    ("内务与廉洁", -1, "内务检查不合格"), ("纪律建设", -2, "未按规定请假外出"),
)  # fmt: skip
MERITS = ((1, "好书共读分享"), (2, "学员论坛主讲"), (1, "担任小组长"), (3, "调研成果获评一等"), (2, "结业汇报代表发言"))
RATERS, MARKERS = ("带班教师评定", "小组互评"), ("阅卷人甲", "阅卷人乙")
TALKS = ("有效提问", "主动发言", "案例分享")
RECORDERS = ("周组织员", "吴组织员")
SUGGESTIONS = (
    "希望增加现场教学", "建议多安排分组研讨", "课程安排紧凑，午休时间可适当延长", "希望提供课件供课后复习", "食堂菜品可以再丰富一些", "建议增加案例教学的比重",
    "希望多请基层一线的同志讲课", "建议开班前发放学习资料",
)  # fmt: skip

Points = tuple[str, Decimal, str, str]
"""Item, points, reason, rating (the word, where one was given)."""


@dataclass(frozen=True, slots=True)
class Sitter:
    """A trainee as the records see them. `fate` is what happened: 退学, 特批, 旷课, 否决, 榜首, 并列 or nothing special."""

    label: str
    ability: float
    fate: str = ""

    @property
    def scripted(self) -> bool:
        """Whether the points are not drawn: the best of a class, and those who must stay equal behind them."""
        return self.fate in ("榜首", "并列")


def attendance_of(plan: Plan, sitters: Sequence[Sitter], sessions: Sequence[SessionRow], until: date) -> Attendance:
    """Marks of every session held before `until`; the odd session of a long class was not recorded."""
    held = [row for row in sessions if row.key.date < until]
    marks: dict[str, dict[SessionKey, Mark]] = {}
    for sitter in sitters:
        marks[sitter.label] = {} if sitter.scripted else _marks(plan, sitter, sessions)
    kept = {row.key for row in held}
    rows = [
        MarkRow(label, key, mark)
        for label, given in marks.items()
        for key, mark in sorted(given.items())
        if key in kept
    ]
    return Attendance(tuple(sorted(kept)), tuple(rows))


def _marks(plan: Plan, sitter: Sitter, sessions: Sequence[SessionRow]) -> dict[SessionKey, Mark]:
    chance = dice(plan.key, "marks", sitter.label)
    if sitter.fate in ("退学", "特批"):
        return dict.fromkeys(_beyond_the_cap(sessions), Mark.SICK if sitter.fate == "特批" else Mark.PERSONAL)
    if sitter.fate == "旷课":
        return {row.key: Mark.ABSENT for row in chance.sample(list(sessions), 4)}
    marks = {row.key: mark for row in sessions if (mark := _mark(chance, sitter)) is not None}
    leave = [key for key, mark in marks.items() if mark in (Mark.PERSONAL, Mark.SICK)]
    return {key: mark for key, mark in marks.items() if key not in leave[1:]}


def _mark(chance: Dice, sitter: Sitter) -> Mark | None:
    drawn, careless = chance.random(), 0.3 if sitter.ability > 1.6 else 1.0
    for mark, share in CHANCES:
        drawn -= share * careless
        if drawn < 0:
            return mark
    return None


def _beyond_the_cap(sessions: Sequence[SessionRow]) -> list[SessionKey]:
    """The first sessions that together are more than one seventh of all hours."""
    total, leave, keys = sum((row.hours for row in sessions), Decimal(0)), Decimal(0), []
    for row in sessions[2:]:
        if leave * 7 > total:
            break
        keys.append(row.key)
        leave += row.hours
    return keys


def entries_of(plan: Plan, sitters: Sequence[Sitter], days: Sequence[date]) -> tuple[EntryRow, ...]:
    """The process record, in the order of days."""
    rows = [row for sitter in sitters for row in _entries(plan, sitter, days)]
    return tuple(sorted(rows, key=lambda row: row.date))


def _entries(plan: Plan, sitter: Sitter, days: Sequence[date]) -> Iterator[EntryRow]:
    chance = dice(plan.key, "entries", sitter.label)
    points = _scripted(sitter) if sitter.scripted else _drawn(chance, sitter.ability, merits=not plan.tied)
    for item, worth, reason, rating in points:
        yield EntryRow(chance.choice(days), sitter.label, item, worth, rating, reason, chance.choice(RECORDERS))
    if sitter.fate == "否决":
        veto = "结业考试舞弊，经考评工作小组认定"
        yield EntryRow(days[-1], sitter.label, "否决项", None, "", veto, RECORDERS[0])


def _scripted(sitter: Sitter) -> Iterator[Points]:
    for who in RATERS:
        yield "研讨交流", Decimal(15), who, "优"
    for marker in MARKERS:
        yield "调研报告", Decimal("9.6" if sitter.fate == "榜首" else "9.4"), marker, ""
    for _ in range(4):
        yield "课堂互动", Decimal(1), TALKS[0], ""
    if sitter.fate == "榜首":
        yield "加分项", Decimal(2), MERITS[1][1], ""


def _drawn(chance: Dice, able: float, *, merits: bool) -> Iterator[Points]:
    for who in RATERS:
        word, points = RATINGS[_level(able + chance.gauss(0, 0.5))]
        yield "研讨交流", points, who, word
    for marker in MARKERS:
        report = _between(5.8, 7.3 + 0.7 * able + chance.gauss(0, 0.3), 9.8)
        yield "调研报告", Decimal(round(10 * report)) / 10, marker, ""
    for _ in range(max(0, min(4, round(1.4 + able + chance.gauss(0, 0.7))))):
        yield "课堂互动", Decimal(1), chance.choice(TALKS), ""
    if chance.random() < 0.25 - 0.1 * able:
        item, less, reason = chance.choice(LAPSES)
        yield item, Decimal(less), reason, ""
    if merits and chance.random() < 0.15 + 0.12 * able:
        more, reason = chance.choice(MERITS)
        yield "加分项", Decimal(more), reason, ""


def _level(drawn: float) -> int:
    return 0 if drawn > 0.8 else 1 if drawn > -0.7 else 2 if drawn > -1.9 else 3


def _between(low: float, value: float, high: float) -> float:
    return max(low, min(high, value))


def paper_of(plan: Plan, sitters: Sequence[Sitter], final: bool) -> Paper:
    """The entry or the final paper: easy and hard questions, some that tell the able from the others better."""
    chance = dice(plan.key, "paper")
    questions = [_question(chance, number) for number in range(1, SINGLE + MULTIPLE + 1)]
    traits = [(chance.gauss(0.2, 0.9), chance.uniform(0.6, 1.8)) for _ in questions]
    papers: dict[str, tuple[str, ...]] = {}
    for sitter in sitters:
        own = dice(plan.key, "final" if final else "entry", sitter.label)
        if own.random() < (0.03 if not final else 0.0):
            continue
        able = sitter.ability + (GAIN if final else 0)
        chosen = tuple(
            _answer(own, question, _share(able, *trait)) for question, trait in zip(questions, traits, strict=True)
        )
        papers[sitter.label] = _well_known(sitter, questions) if final and sitter.scripted else chosen
    if plan.scores_only:
        return Paper(scores=tuple(ScoreRow(label, _score(questions, given)) for label, given in papers.items()))
    return Paper(tuple(questions), tuple(AnswerRow(label, given) for label, given in papers.items()))


def _well_known(sitter: Sitter, questions: Sequence[Question]) -> tuple[str, ...]:
    """Everything right; of those who share a place, the first question wrong."""
    right = tuple(question.key for question in questions)
    return right if sitter.fate == "榜首" else ("B" if right[0] == "A" else "A", *right[1:])


def _question(chance: Dice, number: int) -> Question:
    if number <= SINGLE:
        return Question(number, chance.choice("ABCD"), Decimal(3))
    return Question(number, "".join(sorted(chance.sample("ABCD", chance.choice((2, 3, 3, 4))))), Decimal(4))


def _share(ability: float, difficulty: float, slope: float) -> float:
    return 1 / (1 + math.exp(-slope * (ability - difficulty)))


def _answer(chance: Dice, question: Question, share: float) -> str:
    if chance.random() < share:
        return question.key
    if chance.random() < 0.04:
        return ""
    single = len(question.key) == 1
    wrong = [letter for letter in "ABCD" if letter != question.key] if single else ["AB", "AC", "BCD", "AD", "CD"]
    return chance.choice([letters for letters in wrong if letters != question.key])


def _score(questions: Sequence[Question], given: Sequence[str]) -> Decimal:
    return sum(
        (row.points for row, letters in zip(questions, given, strict=True) if row.key == letters), Decimal(0)
    )  # fmt: skip


def satisfaction_of(plan: Plan, trainees: int) -> Satisfaction:
    """What all but a few of the trainees said of the class."""
    chance, answers = dice(plan.key, "satisfaction"), max(5, trainees - 2)
    counts = tuple(_counts(chance, answers, plan.pleased) for _ in ASPECTS)
    return Satisfaction(counts, tuple(sorted(chance.sample(SUGGESTIONS, 4))))


def _counts(chance: Dice, answers: int, pleased: float) -> tuple[int, int, int, int]:
    drawn = [chance.random() for _ in range(answers)]
    best = sum(value < pleased * 0.7 for value in drawn)
    good = sum(value < pleased for value in drawn) - best
    fair = sum(value < pleased + (1 - pleased) * 0.8 for value in drawn) - best - good
    return best, good, fair, answers - best - good - fair
