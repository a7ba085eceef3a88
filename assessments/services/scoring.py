"""Results of a class: score, show, confirm, amend, decide a tie, override the leave cap (CLASS_WORKBOOK.md §3).

A result is draft → shown → confirmed → amended. Its explanation is stored with its points, so that the two never
disagree. Every function locks the class first: whoever writes the class at the same time waits.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from django.utils import timezone

from assessments.models import ClassAssessment, Result
from assessments.scoring.compute import compute
from assessments.scoring.explain import Decision, Explanation, explain_scores
from assessments.scoring.standing import PENDING, ClassScores, Scored
from core.audit import entry, record, record_many
from core.operations import Refused, demand_current, intention
from organization.models import Account
from organization.roles import Role
from training.models import Enrolment, TrainingClass

State = Result.State
VALUES = (
    "scheme_id", "points", "base", "bonus", "total", "grade", "rank", "candidate",
    "leave_hours", "attended_hours", "entry_score", "final_score",
)  # fmt: skip
WRITTEN = [*(name.removesuffix("_id") for name in VALUES), "explanation", "state", "version"]


@dataclass(frozen=True, slots=True)
class Change:
    """A result to write, beside what stood before (None: a new one; `after` None: the trainee left the roster)."""

    before: Result | None
    after: Result | None

    @property
    def enrolment_id(self) -> UUID:
        return cast(Result, self.after or self.before).enrolment_id


@intention
def score_class(training_class: TrainingClass, *, actor: Account) -> int:
    """Recompute the class and write what changed; how many results did. Confirmed results are never rewritten."""
    assessment = _lock(training_class)
    if assessment.confirmed_at:
        raise Refused("本班成绩已经确认，不能直接重算；数据确有更正的，请用“更正成绩”并说明原因")
    changes = _rescore(assessment)
    if not changes:
        return 0
    record(
        "results.score", actor=actor.pk, obj=training_class, unit_id=training_class.unit_id,
        after={"changed": len(changes)},
    )  # fmt: skip
    return len(changes)


@intention
def show_results(training_class: TrainingClass, *, actor: Account, seen: int | None = None) -> int:
    """Show the drafts to the trainees (公示), who then have two days to object; how many were shown.

    They are computed once more, as for confirming: scans of check-ins have been marks without a score so far.

    `seen`: the revision of the class that the actor looked at. Raises Conflict when it moved on.
    """
    assessment = _lock(training_class, seen)
    drafts = Result.objects.of_class(training_class).filter(state=State.DRAFT)
    if drafts.exists():
        _rescore(assessment)
    shown = drafts.order_by().update(state=State.SHOWN)
    if not shown:
        raise Refused("没有待公示的成绩：请先计算成绩，已公示或已确认的不必再次公示")
    record("results.show", actor=actor.pk, obj=training_class, unit_id=training_class.unit_id, after={"shown": shown})
    return shown


@intention
def confirm_results(training_class: TrainingClass, *, actor: Account) -> int:
    """Recompute once more and confirm; total and grade go to the enrolments. How many results were confirmed."""
    assessment = _lock(training_class)
    if assessment.confirmed_at:
        raise Refused("本班成绩已经确认，不必重复确认")
    changes = _rescore(assessment, state=State.CONFIRMED)
    results = _results(training_class)
    if not results:
        raise Refused("本班名册上没有学员，没有可以确认的成绩")
    assessment.confirmed_at, assessment.confirmed_by_id = timezone.now(), actor.pk
    assessment.save(update_fields=["confirmed_at", "confirmed_by_id"])
    _write_outcomes(results.values())
    after = {"confirmed": len(results), "changed": len(changes)}
    record("results.confirm", actor=actor.pk, obj=training_class, unit_id=training_class.unit_id, after=after)
    return len(results)


@intention
def amend_results(training_class: TrainingClass, *, actor: Account, reason: str) -> list[UUID]:
    """Recompute confirmed results; what changed becomes amended. Returns the enrolments whose papers it touches."""
    assessment = _lock(training_class)
    if not assessment.confirmed_at:
        raise Refused("本班成绩尚未确认，直接重新计算即可，不需要更正")
    if not reason.strip():
        raise Refused("更正成绩须说明原因")
    changes = _rescore(assessment, state=State.AMENDED)
    _write_outcomes(change.after for change in changes if change.after)
    gone = [change.enrolment_id for change in changes if change.after is None]
    Enrolment.objects.filter(pk__in=gone).update(total=None, grade="")
    record_many(
        entry(
            "results.amend", actor=actor.pk, obj=change.before or change.after, unit_id=training_class.unit_id,
            reason=reason, before=_facts(change.before), after=_facts(change.after),
        )
        for change in changes
    )  # fmt: skip
    return [change.enrolment_id for change in changes]


@intention
def decide_candidate(result: Result, chosen: bool, *, actor: Account, minute: str, seen: int | None = None) -> Result:
    """The assessment group decides about somebody 待定; `minute` names the minute of its meeting.

    `seen`: the version of the result that the actor looked at. Raises Conflict when it moved on.
    A decision holds as long as the same people stay tied, and may be taken again; after confirmation it is an amendment.
    """
    assessment = _lock(result.training_class)
    current = Result.objects.select_for_update(no_key=True).get(pk=result.pk)
    demand_current(seen, current.version, "这名学员的成绩")
    account = cast(Explanation, current.explanation)
    if not minute.strip():
        raise Refused("待定人选由考评工作小组研究决定，须写明会议纪要")
    if current.candidate != PENDING and "decision" not in account:
        raise Refused("该学员不在待定之列，人选由系统按规则排定")
    if chosen:
        _refuse_if_full(current, account["candidate"]["places"])
    before = _facts(current)
    tied = account["decision"]["tied"] if "decision" in account else _tied(current)
    _decide(current, Decision(chosen=chosen, minute=minute.strip(), by=str(actor.pk), tied=tied))
    current.version += 1
    if assessment.confirmed_at:
        current.state = State.AMENDED
    current.save(update_fields=["candidate", "explanation", "version", "state"])
    record(
        "candidate.decide", actor=actor.pk, obj=current, unit_id=result.training_class.unit_id, reason=minute,
        before=before, after=_facts(current),
    )  # fmt: skip
    return current


@intention
def override_leave_cap(enrolment: Enrolment, *, actor: Account, reason: str, seen: int | None = None) -> None:
    """The organization department lets leave beyond the cap pass, with a reason; draft results follow at once.

    `seen`: the version of the result that the actor looked at. Raises Conflict when it moved on.
    Where results are confirmed already, `amend_results` has to follow.
    """
    training_class = enrolment.training_class
    assessment = _lock(training_class)
    _refuse_unless_staff(actor, training_class)
    if not reason.strip():
        raise Refused("请假超过上限而不作退学处理，须写明特批理由")
    if seen is not None:
        demand_current(seen, Result.objects.get(enrolment=enrolment).version, "这名学员的成绩")
    person = Enrolment.objects.select_for_update(no_key=True).get(pk=enrolment.pk)
    before = {"override_reason": person.override_reason}
    person.override_reason, person.override_by_id = reason.strip(), actor.pk
    person.version += 1
    person.save(update_fields=["override_reason", "override_by_id", "version"])
    record(
        "leave.override", actor=actor.pk, role=Role.STAFF, obj=person, unit_id=training_class.unit_id, reason=reason,
        before=before, after={"override_reason": person.override_reason},
    )  # fmt: skip
    if not assessment.confirmed_at and Result.objects.of_class(training_class).exists():
        _rescore(assessment)


def _lock(training_class: TrainingClass, seen: int | None = None) -> ClassAssessment:
    held = TrainingClass.objects.select_for_update(no_key=True).get(pk=training_class.pk)
    demand_current(seen, held.revision, "本班的数据和成绩")
    assessment = ClassAssessment.objects.select_for_update(no_key=True).filter(pk=training_class.pk).first()
    if assessment is None:
        raise Refused("本班还没有选定量化方案，不能计算成绩")
    return assessment


def _results(training_class: TrainingClass) -> dict[UUID, Result]:
    rows = Result.objects.of_class(training_class).select_for_update(of=("self",), no_key=True)
    return {row.enrolment_id: row for row in rows}


def _rescore(assessment: ClassAssessment, *, state: str | None = None) -> list[Change]:
    """Compute the class and write the results that differ; with a `state`, those it has to move get it.

    To confirm, every result is written; to amend, only those whose substance changed.
    """
    (scores,) = compute([assessment.pk])
    changes = compared(scores, _results(assessment.training_class), state=state)
    _write([change.after for change in changes if change.after])
    gone = [change.before.pk for change in changes if change.before and change.after is None]
    Result.objects.filter(pk__in=gone).delete()
    return changes


def compared(scores: ClassScores, stored: Mapping[UUID, Result], *, state: str | None = None) -> list[Change]:
    """What stands by enrolment, beside what the records give now; nothing is written. Empty where both say the same."""
    old = dict(stored)
    accounts = explain_scores([scores], {one.enrolment_id for one in scores.trainees})
    changes = []
    for one in scores.trainees:
        before = old.pop(one.enrolment_id, None)
        after = _result(one, scores, accounts[one.enrolment_id], before)
        after.state = _next_state(before, after, state)
        if before is None or after.state != before.state or _differs(before, after):
            after.version = before.version + 1 if before else 1
            changes.append(Change(before, after))
    return changes + [Change(gone, None) for gone in old.values()]


def _next_state(before: Result | None, after: Result, state: str | None) -> str:
    """What changes while it is shown is a draft again: it must be shown anew, with its own days to object."""
    if state is None and before is not None and before.state == State.SHOWN and _differs(before, after):
        return State.DRAFT
    if state == State.AMENDED and before is not None and not _differs(before, after):
        return before.state
    return state or (before.state if before else State.DRAFT)


def _result(one: Scored, scores: ClassScores, account: Explanation, before: Result | None) -> Result:
    """An unsaved result; a decision of the assessment group stays while the same people are tied."""
    result = Result(
        training_class_id=scores.basis.class_id,
        enrolment_id=one.enrolment_id,
        scheme_id=scores.basis.scheme.key,
        points={name: None if points is None else str(points) for name, points in one.points.items()},
        base=one.base,
        bonus=one.bonus,
        total=one.total,
        grade=one.grade,
        rank=one.rank,
        candidate=one.candidate,
        leave_hours=one.leave_hours,
        attended_hours=one.attended_hours,
        entry_score=one.entry_score,
        final_score=one.final_score,
        explanation=account,
    )
    decision = (before.explanation or {}).get("decision") if before else None
    if decision and one.candidate == PENDING and decision["tied"] == sorted(map(str, scores.tied)):
        _decide(result, decision)
    return result


def _decide(result: Result, decision: Decision) -> None:
    """Write a decision into a result and its explanation."""
    account = cast(Explanation, result.explanation)
    result.candidate = Result.Candidate.YES if decision["chosen"] else Result.Candidate.NO
    verdict = "列入" if decision["chosen"] else "不列入"
    account["candidate"]["value"] = result.candidate
    account["candidate"]["sentence"] = f"考评工作小组研究决定{verdict}优秀学员人选（{decision['minute']}）"
    account["decision"] = decision


def _tied(result: Result) -> list[str]:
    """Everybody of the class who waits for the same decision."""
    rows = Result.objects.filter(training_class=result.training_class_id).exclude(explanation=None)
    waiting = [row for row in rows if row.candidate == PENDING or "decision" in (row.explanation or {})]
    return sorted(str(row.enrolment_id) for row in waiting)


def _refuse_if_full(result: Result, places: int) -> None:
    taken = Result.objects.filter(training_class=result.training_class_id, candidate=Result.Candidate.YES)
    if taken.exclude(pk=result.pk).count() >= places:
        raise Refused(f"优秀学员名额 {places} 个已满，不能再列入；如需调整，请先将同为待定的其他学员改为不列入")


def _refuse_unless_staff(actor: Account, training_class: TrainingClass) -> None:
    if not actor.access.covers(training_class.unit.path, Role.STAFF):
        raise Refused("请假超限的特批由主办班次的组织部门作出，您没有这项权限，请与组织部干部教育科联系")


def _differs(before: Result, after: Result) -> bool:
    """Whether anything of substance changed; the wording of a sentence alone is none."""
    same = all(getattr(before, name) == getattr(after, name) for name in VALUES)
    return not same or _substance(before.explanation) != _substance(after.explanation)


def _substance(account: Mapping[str, Any] | None) -> object:
    """What stands in an explanation beyond the values: the lines of each item, hours, who else was ranked, decisions."""
    if account is None:
        return None
    lines = [(item["item"], item["lines"]) for item in account["items"]]
    counted = (account["rank"]["of"], account["candidate"]["places"], account["leave"]["total"])
    return lines, account["vetoes"], counted, account["leave"]["override"], account.get("decision")


def _write(results: list[Result]) -> None:
    """Insert or update by enrolment: one statement for any number of trainees."""
    Result.objects.bulk_create(
        results, update_conflicts=True, unique_fields=["enrolment"], update_fields=WRITTEN, batch_size=1000
    )


def _write_outcomes(results: Iterable[Result]) -> None:
    """Total and grade go down to the enrolments, so that closing a class asks only its own rows."""
    rows = [Enrolment(pk=result.enrolment_id, total=result.total, grade=result.grade) for result in results]
    Enrolment.objects.bulk_update(rows, ["total", "grade"], batch_size=500)


def _facts(result: Result | None) -> dict[str, Any] | None:
    """What an audit entry keeps of a result: values only, nobody's name."""
    if result is None:
        return None
    names = [name for name in VALUES if name not in ("scheme_id", "points")]
    values = {name: None if (value := getattr(result, name)) is None else str(value) for name in names}
    return {**values, "points": result.points, "state": result.state}
