"""The scheme “4+1” in plain values, copied by hand from CLASS_WORKBOOK.md §3, and trainees made for worked examples."""

from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from assessments.scoring.rules import Basis, Entries, Facts, ItemRule, Paper, Scheme

D = Decimal
MARKS = {"late": D(1), "early": D(1), "personal": D(1), "sick": D("0.5"), "official": D(0), "absent": D(5)}
ITEMS = (
    ItemRule(1, "出勤情况", "学风学纪", "deduct_per_mark", D(15), None, MARKS),
    ItemRule(2, "纪律建设", "学风学纪", "full_plus_entries", D(10)),
    ItemRule(3, "学习作业", "学风学纪", "full_plus_entries", D(5)),
    ItemRule(4, "班务与支部活动", "班级管理", "full_plus_entries", D(8)),
    ItemRule(5, "小组履职", "班级管理", "full_plus_entries", D(6)),
    ItemRule(6, "内务与廉洁", "班级管理", "full_plus_entries", D(6)),
    ItemRule(7, "课堂互动", "课堂表现", "base_plus_entries", D(10), D(6)),
    ItemRule(8, "研讨交流", "课堂表现", "mean_of_entries", D(15)),
    ItemRule(9, "结业测试", "能力拓展", "share_of_exam", D(15)),
    ItemRule(10, "调研报告", "能力拓展", "mean_of_entries", D(10)),
    ItemRule(11, "加分项", "+1", "sum_of_entries"),
    ItemRule(12, "否决项", "否决", "veto"),
)
KEYS = {item.name: item.key for item in ITEMS}
SCHEME = Scheme(UUID(int=1), "4+1（第1版）", ITEMS)


def item(name: str) -> ItemRule:
    return ITEMS[KEYS[name] - 1]


def basis(hours: str | Decimal = "70", **kept: Any) -> Basis:
    facts = {"attendance_kept": True, "entries_kept": True, "final_held": True} | kept
    return Basis(UUID(int=2), SCHEME, D(hours), **facts)


def entries(**points: list[str]) -> dict[int, Entries]:
    """Entries by item name."""
    return {KEYS[name]: Entries(sum(map(D, given), D(0)), len(given)) for name, given in points.items()}


def trainee(
    *, leave: str = "0", final: str | None = None, given: dict[int, Entries] | None = None, **marks: Any
) -> Facts:
    return Facts(
        uuid4(),
        marks=marks,
        leave_hours=D(leave),
        away_hours=D(leave),
        entries=given or {},
        final_paper=None if final is None else Paper(D(final), D(100)),
    )


def with_total(total: str, *, bonus: str = "0", **marks: Any) -> Facts:
    """Somebody whose ten items make `total` − `bonus`: full marks in all items but 研讨交流 and 课堂互动, …

    Items that need no entry make 15+10+5+8+6+6 = 50; the rest is put into 课堂互动 (10), 研讨交流 (15), 结业测试 (15) and
    调研报告 (10) in this order.
    """
    rest = D(total) - D(bonus) - 50
    parts = []
    for maximum in (D(10), D(15), D(15), D(10)):
        parts.append(min(rest, maximum))
        rest -= parts[-1]
    talk, seminar, exam, report = parts
    given = entries(课堂互动=[str(talk - 6)], 研讨交流=[str(seminar)], 调研报告=[str(report)], 加分项=[bonus])
    facts = trainee(given=given, **marks)
    return replace(facts, final_paper=Paper(exam, D(15)))
