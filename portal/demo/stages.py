"""Bringing one class of the demo city to where it stands, step by step as its office would."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from assessments.models import Result, WorkbookImport
from assessments.services import commit_workbook, override_leave_cap, rehearse_workbook, show_results
from assessments.workbook.book import ClassBook
from assessments.workbook.writing import write_book
from core.jobs import drain
from organization.models import Account, Unit
from portal.demo.books import corrected
from portal.demo.life import live
from portal.demo.plan import Plan, Stage, calendar_of
from reports.services import amend_and_replace, confirm_and_issue, make_drafts
from training.models import AttendanceMark, ClassRole, Enrolment, TrainingClass
from training.services.moves import cancel_class, close_class, reopen_class
from training.services.naming import name_for_class
from training.services.series import put_in_series

CONFIRMED_AFTER, CLOSED_AFTER, AMENDED_AFTER = 6, 20, 45
"""Days after a class's end."""
ILLNESS = "因公受伤住院，按市委组织部研究意见补修课程后准予结业"


@dataclass(frozen=True, slots=True)
class Office:
    """An organizing department: the unit, who manages its classes, who confirms, who assesses."""

    unit: Unit
    manager: Account
    confirmer: Account
    assessor: Account | None = None


@dataclass(frozen=True, slots=True)
class Making:
    """One class of the city while it is brought to its stage."""

    plan: Plan
    book: ClassBook
    office: Office
    today: date

    def upload(self, book: ClassBook) -> WorkbookImport:
        name = f"{book.facts.name}.xlsx"
        return rehearse_workbook(write_book(book), name, actor=self.office.manager, unit=self.office.unit)

    def take_in(self) -> TrainingClass | None:
        """The class as its workbook gives it; None where nobody has confirmed the upload yet."""
        imported = self.upload(self.book)
        if self.plan.stage == Stage.REHEARSED:
            return None
        one = commit_workbook(imported, actor=self.office.manager)
        if self.plan.series:
            put_in_series(one, self.plan.series, actor=self.office.confirmer)
        if self.office.assessor:
            kind = ClassRole.Kind.ASSESSOR
            name_for_class(one, self.office.assessor, kind, one.start, actor=self.office.confirmer)
        return one

    def bring(self, one: TrainingClass) -> None:
        """From the import to the stage of the plan."""
        stage = self.plan.stage
        if stage >= Stage.PLANNED:
            live(one, self.today, manager=self.office.manager)
        if stage == Stage.CANCELLED:
            cancel_class(one, actor=self.office.confirmer, reason=self.plan.reason)
        if self.plan.overridden:
            override_leave_cap(_ill(one), actor=self.office.confirmer, reason=ILLNESS)
        if stage >= Stage.SHOWN:
            show_results(one, actor=self.office.manager)
        if stage == Stage.SHOWN:
            make_drafts(one, actor=self.office.manager)
        if stage >= Stage.ISSUED:
            self.issue(one)

    def issue(self, one: TrainingClass) -> None:
        batch = confirm_and_issue(one, actor=self.office.confirmer, on=self.day(CONFIRMED_AFTER))
        if self.plan.stage >= Stage.CLOSED:
            close_class(one, actor=self.office.confirmer, on=self.day(CLOSED_AFTER))
        if self.plan.stage == Stage.REOPENED:
            drain(batch.pk)  # what replaces a document can only be made once the document is there
            self.amend(one)

    def amend(self, one: TrainingClass) -> None:
        """A corrected workbook after confirmation: the documents that it touches are replaced."""
        reopen_class(one, actor=self.office.confirmer, reason=self.plan.reason)
        commit_workbook(self.upload(corrected(self.book)), actor=self.office.manager, amending=True)
        amend_and_replace(one, actor=self.office.confirmer, reason=self.plan.reason, on=self.day(AMENDED_AFTER))

    def day(self, days: int) -> date:
        return min(self.today, calendar_of(self.plan, self.today).after(days))


def offices(units: Mapping[str, Unit], accounts: Mapping[str, Account]) -> dict[str, Office]:
    """The city's department and those of its two counties, by code."""
    city = Office(units["YL"], accounts["banzhuren"], accounts["zuzhibu"], accounts["kaoping"])
    counties = {"QX": accounts["qingxi"], "QS": accounts["qingshan"]}
    return {"YL": city} | {code: Office(units[code], who, who) for code, who in counties.items()}


def _ill(one: TrainingClass) -> Enrolment:
    """Who was ill beyond the cap."""
    ill = Enrolment.objects.of_class(one).filter(result__grade=Result.Grade.WITHDRAWN)
    return ill.filter(marks__mark=AttendanceMark.Mark.SICK).distinct().get()
