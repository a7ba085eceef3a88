"""Writing the papers of a class from a workbook: questions, answer sheets, answers."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from uuid import UUID

from assessments.models import Answer, AnswerSheet, Exam, Question
from assessments.sheets.rows import Paper
from training.models import Enrolment, TrainingClass
from training.services import Changes

FINEST = Decimal("0.000001")
"""Scores keep six decimals: the scored item is computed from the unrounded share."""

Given = tuple[str, ...] | Decimal
"""One trainee's paper: letters by question, "" for blank, or the score out of 100."""


def write_paper(
    training_class: TrainingClass, kind: str, paper: Paper | None, enrolments: Mapping[str, Enrolment]
) -> Changes:
    """Bring one exam to the sheet; without the sheet the exam goes."""
    changes = Changes(f"paper.{kind}", Exam.Kind(kind).label)
    exam = Exam.objects.filter(training_class=training_class, kind=kind).first()
    if paper is None:
        if exam is not None:
            changes.note("removed", exam, {"papers": exam.sheets.count()})
            exam.delete()
        return changes
    if exam is None:
        exam = Exam.objects.create(training_class=training_class, kind=kind, by_answers=paper.by_answers)
    questions = _write_questions(exam, paper, changes)
    _write_sheets(exam, paper, questions, enrolments, changes)
    return changes


def _write_questions(exam: Exam, paper: Paper, changes: Changes) -> Sequence[Question]:
    """The questions as the sheet has them; when numbers, keys or points changed they are written anew with all papers."""
    there = list(exam.questions.order_by("number"))
    wanted = [(question.number, question.key, question.points) for question in paper.questions]
    if [(row.number, row.key, row.points) for row in there] == wanted and exam.by_answers == paper.by_answers:
        return there
    if there:
        changes.note("changed", exam, {"questions": len(there)}, {"questions": len(wanted)})
    exam.sheets.all().delete()
    exam.questions.all().delete()
    exam.by_answers = paper.by_answers
    exam.save(update_fields=["by_answers"])
    return Question.objects.bulk_create(
        Question(exam=exam, number=number, key=key, points=points) for number, key, points in wanted
    )


def _write_sheets(
    exam: Exam, paper: Paper, questions: Sequence[Question], enrolments: Mapping[str, Enrolment], changes: Changes
) -> None:
    wanted = _wanted(paper, enrolments)
    there = _there(exam, questions)
    stale = [enrolment for enrolment, (_, given) in there.items() if wanted.get(enrolment) != given]
    fresh = {enrolment: given for enrolment, given in wanted.items() if enrolment not in there or enrolment in stale}
    for enrolment in stale:
        sheet, given = there[enrolment]
        after = _told(wanted[enrolment]) if enrolment in wanted else None
        changes.note("changed" if after else "removed", sheet, _told(given), after)
    AnswerSheet.objects.filter(pk__in=[there[enrolment][0].pk for enrolment in stale]).delete()
    sheets = AnswerSheet.objects.bulk_create(
        AnswerSheet(exam=exam, enrolment_id=enrolment, score=given if isinstance(given, Decimal) else None)
        for enrolment, given in fresh.items()
    )
    for sheet in sheets:
        if sheet.enrolment_id not in there:
            changes.note("added", sheet, after=_told(fresh[sheet.enrolment_id]))
    Answer.objects.bulk_create(
        [
            Answer(sheet=sheet, question=question, given=letters)
            for sheet, given in zip(sheets, fresh.values(), strict=True)
            if not isinstance(given, Decimal)
            for question, letters in zip(questions, given, strict=True)
            if letters
        ],
        batch_size=5000,
    )


def _told(given: Given) -> dict[str, str]:
    """A paper as the audit log keeps it: its score, or its letters question by question."""
    return {"score": str(given)} if isinstance(given, Decimal) else {"answers": ",".join(given)}


def _wanted(paper: Paper, enrolments: Mapping[str, Enrolment]) -> dict[UUID, Given]:
    answers: dict[UUID, Given] = {enrolments[row.person].pk: row.answers for row in paper.answers}
    return answers | {enrolments[row.person].pk: row.score.quantize(FINEST) for row in paper.scores}


def _there(exam: Exam, questions: Sequence[Question]) -> dict[UUID, tuple[AnswerSheet, Given]]:
    """The sheets of an exam with what was given, in two queries."""
    places = {question.pk: place for place, question in enumerate(questions)}
    given: dict[int, list[str]] = {}
    for sheet_id, question_id, letters in Answer.objects.filter(sheet__exam=exam).values_list(
        "sheet", "question", "given"
    ):
        given.setdefault(sheet_id, [""] * len(questions))[places[question_id]] = letters
    blank = [""] * len(questions)
    return {
        sheet.enrolment_id: (sheet, tuple(given.get(sheet.pk, blank)) if sheet.score is None else sheet.score)
        for sheet in exam.sheets.all()
    }
