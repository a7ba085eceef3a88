"""反馈函: the trainees of one home unit, by the snapshot of the class."""

from datetime import date

from assessments.models import Result
from reports.gathering.figures import class_means
from reports.gathering.outset import outset, plain_names, results_of
from reports.models import Document
from reports.papers.letter import FeedbackLetter, TraineeRow


def letter_of(document: Document, today: date) -> FeedbackLetter:
    """Only rows of the document's own unit are read; of the others nothing but means."""
    begun = outset(document, today)
    means = class_means(begun.training_class)
    own = results_of(begun.training_class).defer("explanation").filter(enrolment__unit=document.unit)
    results = list(own.select_related("enrolment"))
    names = plain_names([result.enrolment for result in results])
    return FeedbackLetter(
        issue=begun.issue,
        facts=begun.facts,
        unit=document.unit.name_on(begun.issue.day) if document.unit else "",
        rows=tuple(_row(name, result) for name, result in zip(names, results, strict=True)),
        class_mean=means.total,
        class_entry=means.entry,
        class_final=means.final,
    )


def _row(name: str, result: Result) -> TraineeRow:
    return TraineeRow(
        name=name,
        post=result.enrolment.post,
        total=result.total,
        grade=result.grade,
        rank=result.rank,
        attended=result.attended_hours,
        leave=result.leave_hours,
        entry=result.entry_score,
        final=result.final_score,
        candidate=result.candidate,
    )
