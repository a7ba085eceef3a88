"""DOMAIN.md §1 once more, the slow way: who sees which row of the drawn world, told from the plan alone.

Written from the table of roles and doors, not from the querysets. Each rule names the people of the table; a model
that says `visible_to` and has no rule here fails the test.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Model

from assessments.models import (
    Answer,
    AnswerSheet,
    ClassAssessment,
    Exam,
    Question,
    Result,
    SatisfactionCount,
    ScoreEntry,
    Suggestion,
    WorkbookImport,
)
from organization.models import AccountSession, DeviceCredential, Unit
from reports.models import ArchivePaper, Document
from tests.access.world import Plan
from trainees.models import (
    Appointment,
    Award,
    Cadre,
    CreditBalance,
    CreditEntry,
    Duty,
    Exemption,
    FrozenYear,
    LedgerAct,
    OnlineClass,
    OnlineLearner,
    OnlineReminder,
    PersonnelForm,
    PlatformUpload,
    Recognition,
    RecognitionProof,
    RosterUpload,
)
from training.models import (
    Activity,
    AttendanceMark,
    CheckInScan,
    CommitteeElection,
    CorrectionRequest,
    Enrolment,
    FollowUp,
    LearningWork,
    LeaveRequest,
    MachineUpload,
    ReportBack,
    Session,
    TrainingClass,
)

IN_FORCE = ("now", "last day")
MANAGER_READS_AFTER = 15  # days after closing


@dataclass(frozen=True)
class Eyes:
    """One account and the plan: every question of the table."""

    plan: Plan
    who: int

    # ---- the tree ----

    def below(self, unit: int, top: int) -> bool:
        while True:
            if unit == top:
                return True
            parent = self.plan.parents[unit - 1] if unit else 0
            if parent == unit:
                return False
            unit = parent

    def grants(self) -> list[tuple[str, int]]:
        """Role and unit of what is in force: the account's own, and what it holds for somebody whose own is in force."""
        own = [place for place, grant in enumerate(self.plan.grants) if grant[0] == self.who]
        places = own + [place for who, place in self.plan.deputies if who == self.who]
        found = [self.plan.grants[place] for place in places]
        return [(role, where) for _, role, where, period in found if period in IN_FORCE]

    def holds(self, unit: int, *roles: str) -> bool:
        """A grant holds for the unit and all below it."""
        return any((role in roles or not roles) and self.below(unit, where) for role, where in self.grants())

    def is_anywhere(self, *roles: str) -> bool:
        return any(role in roles for role, _ in self.grants())

    # ---- the class door ----

    def class_staff(self, one: int) -> bool:
        return self.holds(self.plan.classes[one][0], "staff")

    def class_leader(self, one: int) -> bool:
        return self.holds(self.plan.classes[one][0], "leader")

    def named(self, one: int, kind: str) -> bool:
        """Named from–until, or standing in for somebody who is."""
        own = [place for place, role in enumerate(self.plan.roles) if role[0] == self.who]
        places = own + [place for who, place in self.plan.role_deputies if who == self.who]
        found = [self.plan.roles[place] for place in places]
        return any((which, what) == (one, kind) and period in IN_FORCE for _, which, what, period in found)

    def manager(self, one: int) -> bool:
        """Named from–until; keeps reading for 15 days after the class is closed."""
        closed = self.plan.classes[one][1]
        return self.named(one, "manager") and (closed is None or closed <= MANAGER_READS_AFTER)

    def assessor(self, one: int) -> bool:
        """Named from–until, and not beyond the class's end."""
        return self.named(one, "assessor") and not self.plan.classes[one][1]

    def learns_in(self, one: int) -> bool:
        return any(which == one and self.myself(cadre) for which, cadre in self.plan.seats)

    # ---- the person door ----

    def myself(self, cadre: int) -> bool:
        return self.plan.cadres[cadre][2] == self.who

    def person_staff(self, cadre: int) -> bool:
        unit, authority, _ = self.plan.cadres[cadre]
        return self.holds(unit, "staff") or self.holds(authority, "staff")

    def person_leader(self, cadre: int) -> bool:
        unit, authority, _ = self.plan.cadres[cadre]
        return self.holds(unit, "leader") or self.holds(authority, "leader")

    def person_liaison(self, cadre: int) -> bool:
        """Their unit and its sub-units: who works there, not who is managed from there."""
        return self.holds(self.plan.cadres[cadre][0], "liaison")

    # ---- the ledger and the archive ----

    def own_staff(self, cadre: int) -> bool:
        """The department of either place, and the person."""
        return self.person_staff(cadre) or self.myself(cadre)

    def ledger_keeper(self, cadre: int) -> bool:
        """The department that manages the person."""
        return self.holds(self.plan.cadres[cadre][1], "staff")

    def proof(self, cadre: int) -> bool:
        """And whoever vets for the unit; leaders read hours, not papers."""
        return self.own_staff(cadre) or self.person_liaison(cadre)

    def brought_by_unit(self, unit: int) -> bool:
        return self.holds(unit, "staff", "liaison")

    def department(self, unit: int) -> bool:
        return self.holds(unit, "staff")

    def online_class(self, place: int) -> bool:
        """The area's department and leaders, and who looks after the class."""
        return self.holds(self.plan.classes[place][0], "staff", "leader") or place == self.who

    def online_learner(self, place: int) -> bool:
        one, cadre = self.plan.seats[place]
        return self.online_class(one) or self.cadre(cadre)

    def online_reminder(self, place: int) -> bool:
        one, cadre = self.plan.seats[place]
        return self.online_class(one) or self.myself(cadre)

    def afterwards(self, place: int) -> bool:
        """What is told and asked after a class: its office, both departments, the unit's liaison, the person."""
        return self.office_record(place) or self.person_liaison(self.plan.seats[place][1])

    def archive_paper(self, place: int) -> bool:
        """First one a cadre, then one a unit."""
        people = len(self.plan.cadres)
        if place < people:
            return self.own_staff(place)
        return self.holds(place - people, "staff", "leader", "liaison")

    # ---- rows ----

    def unit(self, place: int) -> bool:
        return self.holds(place) or self.is_anywhere("system_admin", "security_admin")

    def session_of_account(self, place: int) -> bool:
        return place == self.who or self.is_anywhere("security_admin")

    def cadre(self, place: int) -> bool:
        return self.person_staff(place) or self.person_leader(place) or self.person_liaison(place) or self.myself(place)

    def the_class(self, one: int) -> bool:
        return self.figures(one) or self.learns_in(one)

    def figures(self, one: int) -> bool:
        return self.points_of_class(one) or self.class_leader(one)

    def points_of_class(self, one: int) -> bool:
        """What the assessment group works with; class managers and staff see it too."""
        return self.class_staff(one) or self.manager(one) or self.assessor(one)

    def class_office(self, one: int) -> bool:
        return self.class_staff(one) or self.manager(one)

    def seat(self, place: int) -> bool:
        one, cadre = self.plan.seats[place]
        return self.figures(one) or self.cadre(cadre)

    def office_record(self, place: int) -> bool:
        """Marks, scans, leave, answers: staff through both doors, the manager, the trainee; nobody else."""
        one, cadre = self.plan.seats[place]
        return self.class_staff(one) or self.manager(one) or self.person_staff(cadre) or self.myself(cadre)

    def class_office_of_seat(self, place: int) -> bool:
        """What is only asked for: whoever keeps the class's roster, and not yet the trainee."""
        return self.class_office(self.plan.seats[place][0])

    def points_of_seat(self, place: int) -> bool:
        """Entries, points of exams: the assessment group too."""
        return self.office_record(place) or self.assessor(self.plan.seats[place][0])

    def leave(self, place: int) -> bool:
        """And whoever is named to decide at the level that is asked, for the school or a unit above it."""
        unit = self.plan.classes[self.plan.seats[place][0]][0]
        return self.office_record(place) or any(
            who == self.who and level == self.plan.levels[place] and period in IN_FORCE and self.below(unit, where)
            for who, where, level, period in self.plan.approvers
        )

    def result(self, place: int) -> bool:
        """Leaders and liaisons: issued ones; the trainee: from the day they are shown."""
        (one, cadre), state = self.plan.seats[place], self.plan.results[place]
        if self.points_of_class(one) or self.person_staff(cadre):
            return True
        if self.myself(cadre):
            return state != "draft"
        issued = state in ("confirmed", "amended")
        return issued and (self.class_leader(one) or self.person_leader(cadre) or self.person_liaison(cadre))

    def document(self, place: int) -> bool:
        """Letters follow the unit of their day, bulletins go to leaders, sheets belong to the person."""
        one, kind, state, unit, seat = self.plan.papers[place]
        if self.class_staff(one) or self.manager(one):
            return True
        if state not in ("issued", "replaced"):
            return False
        if kind == "letter":
            return self.holds(unit, "staff", "liaison")
        if kind == "bulletin":
            return self.class_leader(one)
        cadre = None if seat is None else self.plan.seats[seat][1]
        return cadre is not None and (self.person_staff(cadre) or self.myself(cadre))

    def workbook(self, place: int) -> bool:
        """The department's area, the managed class, and one's own for as long as one may upload for that unit."""
        uploader, unit, one = self.plan.imports[place]
        if self.holds(unit, "staff"):
            return True
        if one is not None and (self.class_staff(one) or self.manager(one)):
            return True
        if uploader != self.who:
            return False
        managing = any(
            self.manager(which) and self.plan.classes[which][0] == unit for which in range(len(self.plan.classes))
        )
        return self.holds(unit, "school") or (one is None and managing)


RULES: dict[type[Model], Callable[[Eyes, int], bool]] = {
    Unit: Eyes.unit,
    AccountSession: Eyes.session_of_account,
    DeviceCredential: Eyes.session_of_account,
    Cadre: Eyes.cadre,
    Appointment: Eyes.cadre,
    Award: Eyes.cadre,
    CreditEntry: Eyes.cadre,
    CreditBalance: Eyes.cadre,
    Duty: Eyes.cadre,
    Exemption: Eyes.own_staff,
    FrozenYear: Eyes.ledger_keeper,
    Recognition: Eyes.cadre,
    RecognitionProof: Eyes.proof,
    PlatformUpload: Eyes.brought_by_unit,
    RosterUpload: Eyes.department,
    LedgerAct: Eyes.department,
    PersonnelForm: Eyes.department,
    OnlineClass: Eyes.online_class,
    OnlineLearner: Eyes.online_learner,
    OnlineReminder: Eyes.online_reminder,
    LearningWork: Eyes.points_of_seat,
    ReportBack: Eyes.afterwards,
    FollowUp: Eyes.afterwards,
    ArchivePaper: Eyes.archive_paper,
    TrainingClass: Eyes.the_class,
    Session: Eyes.the_class,
    Activity: Eyes.the_class,
    CommitteeElection: Eyes.the_class,
    SatisfactionCount: Eyes.figures,
    Suggestion: Eyes.figures,
    MachineUpload: Eyes.class_office,
    ClassAssessment: Eyes.points_of_class,
    Exam: Eyes.points_of_class,
    Question: Eyes.points_of_class,
    Enrolment: Eyes.seat,
    AttendanceMark: Eyes.office_record,
    CheckInScan: Eyes.office_record,
    LeaveRequest: Eyes.leave,
    CorrectionRequest: Eyes.class_office_of_seat,
    ScoreEntry: Eyes.points_of_seat,
    AnswerSheet: Eyes.points_of_seat,
    Answer: Eyes.office_record,
    Result: Eyes.result,
    Document: Eyes.document,
    WorkbookImport: Eyes.workbook,
}
