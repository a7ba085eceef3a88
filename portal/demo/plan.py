"""Which classes the demo city has: where each stands today, and what is special about it."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum

from portal.demo.people import CITY_UNITS, QINGSHAN_UNITS, QINGXI_UNITS


class Stage(IntEnum):
    """How far a class has come; each stage holds what the ones before it hold, cancelled apart."""

    CANCELLED = 0
    REHEARSED = 1
    """Uploaded and rehearsed, not yet confirmed by whoever uploaded it."""
    PLANNED = 2
    RUNNING = 3
    ENDED = 4
    SHOWN = 5
    ISSUED = 6
    CLOSED = 7
    REOPENED = 8
    """Closed, opened again for a correction; the documents it touches are replaced."""


@dataclass(frozen=True, slots=True)
class Plan:
    """One class of the demo city. `weeks` counts from this week's Monday to the class's, `days` are working days."""

    key: str
    title: str
    """The name after the year and the season."""
    class_type: str
    series: str
    weeks: int
    days: int
    size: int
    stage: Stage
    county: str = ""
    """`QX` or `QS`; the city's own classes have none."""
    units: int = 9
    """How many home units the trainees come from."""
    learner: bool = False
    namesakes: bool = False
    scores_only: bool = False
    """The school sent the exams' scores, not the answers."""
    theory: bool = True
    """Whether theory and party spirit fill 70 % of the hours."""
    pleased: float = 0.93
    """Share of 非常满意 and 满意."""
    withdrawn: int = 0
    overridden: bool = False
    """One more leave beyond the cap, which the organization department let pass."""
    failing: int = 0
    tied: bool = False
    reason: str = ""
    """Why it was cancelled, or opened again."""

    @property
    def office(self) -> str:
        """Code of the organizing department."""
        return self.county or "YL"

    @property
    def pool(self) -> tuple[str, ...]:
        return {"": CITY_UNITS + QINGXI_UNITS[1:3] + QINGSHAN_UNITS[1:2], "QX": QINGXI_UNITS, "QS": QINGSHAN_UNITS}[
            self.county
        ]

    @property
    def place(self) -> str:
        return {"": "云岭市", "QX": "清溪县", "QS": "青山区"}[self.county]


@dataclass(frozen=True, slots=True)
class Calendar:
    """A class's days in the calendar."""

    days: tuple[date, ...]

    @property
    def start(self) -> date:
        return self.days[0]

    @property
    def end(self) -> date:
        return self.days[-1]

    @property
    def season(self) -> str:
        return "冬春夏秋"[self.start.month % 12 // 3] + "季"

    def meets(self, other: "Calendar") -> bool:
        """Whether the two have a day in common, weekends counted."""
        return self.start <= other.end and other.start <= self.end

    def after(self, days: int) -> date:
        """A day after the class's end."""
        return self.end + timedelta(days=days)


def calendar_of(plan: Plan, today: date) -> Calendar:
    """From a Monday on, without weekends and the holidays whose dates never move."""
    monday = today - timedelta(days=today.weekday()) + timedelta(weeks=plan.weeks)
    days = (monday + timedelta(days=day) for day in range(plan.days * 2 + 7))
    working = [day for day in days if day.weekday() < 5 and (day.month, day.day) not in HOLIDAYS]
    return Calendar(tuple(working[: plan.days]))


HOLIDAYS = {(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)}
MAIN, TOPIC, POST = "主体班", "专题班", "任职班"
YOUNG, HEADS, NEW, SPIRIT = "中青年干部培训班", "县处级干部进修班", "科级干部任职培训班", "党性教育专题培训班"

PLANS = (
    Plan("young-1", YOUNG, MAIN, YOUNG, -88, 10, 32, Stage.CLOSED, learner=True, withdrawn=1, failing=1),
    Plan("heads-1", HEADS, MAIN, HEADS, -70, 5, 24, Stage.CLOSED, units=8, overridden=True, withdrawn=1),
    Plan("new-1", NEW, POST, NEW, -52, 10, 26, Stage.CLOSED, namesakes=True, failing=1),
    Plan("spirit-1", SPIRIT, TOPIC, SPIRIT, -36, 5, 22, Stage.ISSUED, units=7, learner=True),
    Plan("digital", "数字政府建设专题研讨班", TOPIC, "", -26, 5, 9, Stage.REOPENED, units=3, theory=False, pleased=0.8,
         learner=True, reason="一名学员调研报告阅卷分登记有误，申请更正"),
    Plan("village", "乡村振兴干部培训班", TOPIC, "乡村振兴干部培训班", -20, 5, 18, Stage.ISSUED, county="QX", units=5, scores_only=True),
    Plan("heads-2", HEADS, MAIN, HEADS, -14, 5, 24, Stage.ISSUED, units=8, withdrawn=1),
    Plan("grassroots", "基层治理专题培训班", TOPIC, "", -5, 5, 24, Stage.SHOWN, units=7, learner=True, tied=True, failing=1),
    Plan("street", "街道干部能力提升班", TOPIC, "", -4, 4, 14, Stage.ENDED, county="QS", units=3, withdrawn=1),
    Plan("young-2", "年轻干部递进培养班", MAIN, "年轻干部递进培养班", -3, 10, 36, Stage.ENDED, units=10, withdrawn=1, pleased=0.84),
    Plan("young-3", YOUNG, MAIN, YOUNG, -1, 15, 48, Stage.RUNNING, units=12, learner=True),
    Plan("towns", "年轻干部读书班", MAIN, "年轻干部读书班", -1, 12, 16, Stage.RUNNING, county="QX", units=5),
    Plan("streets", "社区治理骨干培训班", TOPIC, "", -1, 12, 12, Stage.RUNNING, county="QS", units=3),
    Plan("new-2", NEW, POST, NEW, 3, 10, 40, Stage.PLANNED, units=12),
    Plan("village-2", "乡镇党政正职培训班", MAIN, "", 4, 5, 24, Stage.PLANNED, county="QX", units=5),
    Plan("contest", "招商引资能力专题培训班", TOPIC, "", 6, 5, 20, Stage.CANCELLED, units=6, theory=False,
         reason="与全市重点工作安排冲突，并入下一年度计划"),
    Plan("spirit-2", SPIRIT, TOPIC, SPIRIT, 9, 5, 30, Stage.REHEARSED, units=8),
)  # fmt: skip
"""In the order of time, so that document numbers are taken in the order of their days."""
