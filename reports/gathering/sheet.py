"""学员考核结果单: one trainee's points, from the explanation that was stored with the result."""

from collections.abc import Collection, Sequence
from datetime import date
from decimal import Decimal
from typing import cast

from assessments.models import Item
from assessments.scoring.explain import Explanation, ItemExplanation, Line
from core.jobs import Unmakeable
from core.names import parse
from reports.gathering.figures import ClassMeans, class_means
from reports.gathering.outset import outset, results_of
from reports.models import Document
from reports.papers.sheet import BonusEntry, SheetBlock, SheetItem, TraineeSheet

RATED = Item.Rule.MEAN_OF_ENTRIES
LONGEST_ACCOUNT = 6  # marks and entries told one by one; of more the sum alone


def sheet_of(document: Document, today: date) -> TraineeSheet:
    """Raises Unmakeable when the trainee has no result (any more)."""
    begun = outset(document, today)
    result = results_of(begun.training_class).select_related("enrolment__unit").filter(
        enrolment=document.enrolment_id
    ).first()  # fmt: skip
    if result is None:
        raise Unmakeable("该学员没有成绩，不能生成考核结果单")
    account = cast(Explanation, result.explanation)
    rated = set(Item.objects.filter(block__scheme=result.scheme_id, rule=RATED).values_list("name", flat=True))
    regular = [item for item in account["items"] if item["maximum"] is not None]
    means = class_means(begun.training_class, [item["item"] for item in regular])
    person = result.enrolment
    return TraineeSheet(
        issue=begun.issue,
        facts=begun.facts,
        name=parse(person.roster_name).bare,
        unit=person.unit.name_on(begun.issue.day),
        post=person.post,
        blocks=_blocks(regular, means, rated),
        base=result.base,
        bonus=result.bonus,
        total=result.total,
        class_total=means.total,
        grade=result.grade,
        grade_reason=account["grade_reason"],
        rank=result.rank,
        ranked=means.ranked,
        attended=result.attended_hours,
        leave=result.leave_hours,
        entry=result.entry_score,
        final=result.final_score,
        entry_mean=means.entry,
        final_mean=means.final,
        bonus_entries=_bonus(account["items"]),
        candidate=result.candidate,
        group=person.group,
    )


def _blocks(items: Sequence[ItemExplanation], means: ClassMeans, rated: Collection[str]) -> tuple[SheetBlock, ...]:
    """Blocks in the scheme's order; a block's points are None while an item of it is not assessed."""
    names = list(dict.fromkeys(item["block"] for item in items))
    return tuple(_block(name, [item for item in items if item["block"] == name], means, rated) for name in names)


def _block(name: str, items: Sequence[ItemExplanation], means: ClassMeans, rated: Collection[str]) -> SheetBlock:
    points = [Decimal(item["points"]) for item in items if item["points"] is not None]
    return SheetBlock(
        name=name,
        maximum=sum((Decimal(item["maximum"] or 0) for item in items), Decimal(0)),
        points=sum(points, Decimal(0)) if len(points) == len(items) else None,
        class_mean=means.of_block([item["item"] for item in items]),
        items=tuple(_item(item, item["item"] in rated) for item in items),
    )


def _item(item: ItemExplanation, rated: bool) -> SheetItem:
    points = None if item["points"] is None else Decimal(item["points"])
    return SheetItem(item["item"], Decimal(item["maximum"] or 0), points, how(item, rated))


def how(item: ItemExplanation, rated: bool) -> str:
    """What made the points: the part of the rule's sentence that is the trainee's own, then marks or entries.

    Ratings (`rated`) stand without a sign.
    """
    rule, _, own = item["rule"].partition("；")
    own = own or rule
    told = [_told(line, "" if rated else "+") for line in item["lines"] if line["date"]]
    return f"{own}：{'；'.join(told)}" if 0 < len(told) <= LONGEST_ACCOUNT else own


def _told(line: Line, sign: str) -> str:
    """3月5日 -1.00 未交作业."""
    day = date.fromisoformat(line["date"])
    points = "" if line["points"] is None else f"{Decimal(line['points']):{sign}.2f}"
    parts = (f"{day.month}月{day.day}日", line["text"], points, line["reason"])
    return " ".join(part for part in parts if part)


def _bonus(items: Sequence[ItemExplanation]) -> tuple[BonusEntry, ...]:
    lines = [line for item in items if item["maximum"] is None for line in item["lines"]]
    return tuple(
        BonusEntry(date.fromisoformat(line["date"]), Decimal(line["points"] or 0), line["reason"])
        for line in lines
        if line["date"]
    )
