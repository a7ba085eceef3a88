"""A small world drawn at random: trees of units, grants, cadres, classes and everything that a class leaves.

`Plan` is plain numbers, drawn by hypothesis; `build` writes it with one insert per table. What everybody should see is
in scope_table.py, which reads the plan and never the database.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Model
from django.utils import timezone
from hypothesis import strategies as st

from assessments.models import (
    Answer,
    AnswerSheet,
    ClassAssessment,
    Exam,
    Item,
    Question,
    Result,
    SatisfactionCount,
    ScoreEntry,
    ScoringScheme,
    Suggestion,
    WorkbookImport,
)
from core.keys import new_key
from core.models import StoredFile
from organization.models import Account, AccountSession, DeviceCredential, Grant, Unit
from organization.roles import THREE_ADMINISTRATORS, Role
from reports.models import ArchivePaper, Document
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
    LedgerYear,
    OnlineClass,
    OnlineLearner,
    OnlineReminder,
    PersonnelForm,
    Platform,
    PlatformUpload,
    Recognition,
    RecognitionProof,
    RosterUpload,
    RuleSet,
)
from training.models import (
    Activity,
    AttendanceMark,
    CheckInScan,
    ClassRole,
    CommitteeElection,
    CorrectionRequest,
    Enrolment,
    FollowUp,
    LearningWork,
    LeaveApprover,
    LeaveRequest,
    LeaveStep,
    MachineUpload,
    ReportBack,
    Session,
    TrainingClass,
)

UNITS, ACCOUNTS, CADRES, CLASSES = 7, 3, 4, 3
PERIODS = ("now", "now", "ended", "to come", "last day", "cut short")
"""Begun and open, ended yesterday, from tomorrow, until today, and ended yesterday after deputies were named."""
FREE = st.integers(0, 10**6)


@dataclass
class Plan:
    """Indexes into each other: `cadres[i] = (unit, managing authority, account or None)` and so on."""

    parents: list[int]  # of unit 1, 2, …; unit 0 and every unit whose parent is itself are roots
    active: list[bool]
    grants: list[tuple[int, str, int, str]]  # account, role, unit, period
    deputies: list[tuple[int, int]]  # account, which grant it stands in for, until today
    cadres: list[tuple[int, int, int | None]]
    classes: list[tuple[int, int | None]]  # unit, days since it was closed
    roles: list[tuple[int, int, str, str]]  # account, class, kind, period
    role_deputies: list[tuple[int, int]]  # account, which role
    seats: list[tuple[int, int]]  # class, cadre
    results: list[str]  # state, by seat
    papers: list[tuple[int, str, str, int, int | None]]  # class, kind, state, unit, seat
    imports: list[tuple[int, int, int | None]]  # uploader, unit, class
    approvers: list[tuple[int, int, str, str]]  # account, unit, level, period
    levels: list[str]  # of the one step of each seat's leave
    rows: dict[type[Model], list[Any]] = field(default_factory=dict)  # the rows by model, in the plan's order


def members(most: int) -> st.SearchStrategy[int]:
    return st.integers(0, most - 1)


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    parents = [draw(members(place + 1)) for place in range(1, UNITS)]
    unit, account, one, period = members(UNITS), members(ACCOUNTS), members(CLASSES), st.sampled_from(PERIODS)
    seats = draw(st.lists(st.tuples(one, members(CADRES)), unique=True, min_size=1, max_size=6))
    cadres = draw(st.lists(st.tuples(unit, unit, st.none() | account), min_size=CADRES, max_size=CADRES))
    paper = st.tuples(
        one,
        st.sampled_from(Document.Kind.values),
        st.sampled_from(Document.State.values),
        unit,
        st.none() | members(len(seats)),
    )
    office = [draw(st.sampled_from(OFFICES)) for _ in range(ACCOUNTS)]
    grants = draw(st.lists(st.tuples(account, st.sampled_from(BUSINESS), unit, period), max_size=6))
    kinds = st.sampled_from(ClassRole.Kind.values)
    roles = draw(st.lists(st.tuples(account, one, kinds, period), max_size=5))
    approvers = st.lists(st.tuples(account, unit, st.sampled_from(LEVELS), period), unique=True, max_size=2)
    stands_in = st.lists(st.tuples(account, members(6)), max_size=2)
    return apart(Plan(
        parents=parents,
        active=[draw(st.integers(0, 9)) > 0 for _ in range(ACCOUNTS)],
        grants=[(who, office[who] or role, where, when) for who, role, where, when in grants],
        deputies=draw(stands_in),
        cadres=first_only(cadres),
        classes=draw(
            st.lists(st.tuples(unit, st.sampled_from([None, 0, 1, 15, 16])), min_size=CLASSES, max_size=CLASSES)
        ),
        roles=[role for role in roles if not office[role[0]]],
        role_deputies=draw(stands_in),
        seats=seats,
        results=[draw(st.sampled_from(Result.State.values)) for _ in seats],
        papers=draw(st.lists(paper, max_size=6, unique_by=lambda one: (one[0], one[1], one[3], one[4]))),
        imports=draw(st.lists(st.tuples(account, unit, st.none() | one), max_size=3)),
        approvers=[one for one in draw(approvers) if not office[one[0]]],
        levels=[draw(st.sampled_from(LEVELS)) for _ in seats],
    ), office)  # fmt: skip


def apart(plan: Plan, office: list[str]) -> Plan:
    """What the database holds true: one row per key and day, administrators apart, deputies of what is in force."""
    by_key(plan.grants, 3)
    by_key(plan.roles, 3)
    by_key(plan.approvers, 3)
    plan.deputies = standing_in(plan.deputies, plan.grants, office)
    plan.role_deputies = standing_in(plan.role_deputies, plan.roles, office)
    return plan


def standing_in(
    drawn: list[tuple[int, int]], originals: list[tuple[Any, ...]], office: list[str]
) -> list[tuple[int, int]]:
    taken = {(who, first, second) for who, first, second, _ in originals}
    kept = []
    for who, place in drawn:
        if place >= len(originals) or office[who]:
            continue
        owner, first, second, period = originals[place]
        if period in ("now", "cut short", "last day") and not office[owner] and (who, first, second) not in taken:
            taken.add((who, first, second))
            kept.append((who, place))
    return kept


OFFICES = ("", "", "", "", *THREE_ADMINISTRATORS)
BUSINESS = (Role.STAFF, Role.SCHOOL, Role.LIAISON, Role.LEADER)
LEVELS = ("manager", "office", "vice_president", "department")


def first_only(cadres: list[tuple[int, int, int | None]]) -> list[tuple[int, int, int | None]]:
    """An account belongs to one cadre."""
    taken: set[int | None] = set()
    kept = []
    for unit, authority, account in cadres:
        kept.append((unit, authority, None if account in taken else account))
        taken.add(account)
    return kept


def span(period: str, today: date) -> dict[str, date | None]:
    days: dict[str, tuple[int, int | None]] = {
        "now": (-90, None), "ended": (-90, -1), "cut short": (-90, None), "to come": (1, None), "last day": (-90, 0)
    }  # fmt: skip
    since, until = days[period]
    return {
        "since": today + timedelta(days=since),
        "until": None if until is None else today + timedelta(days=until),
    }


def tree(parents: list[int]) -> list[Unit]:
    """Units with the paths that treebeard would give them."""
    units: list[Unit] = []
    children: dict[str, int] = {}
    for place in range(UNITS):
        parent = parents[place - 1] if place else 0
        above = "" if parent == place else units[parent].path
        children[above] = children.get(above, 0) + 1
        path = f"{above}{children[above]:04d}"
        facts = {"kind": Unit.Kind.AGENCY, "level": Unit.Level.CITY}
        unit = Unit(code=f"U{place}", name=f"单位{place}", path=path, depth=len(path) // 4, **facts)
        units.append(unit)
    for unit in units:
        unit.numchild = children.get(unit.path, 0)
    return units


def keep(plan: Plan, rows: list[Any], model: type[Model]) -> list[Any]:
    plan.rows[model] = model._default_manager.bulk_create(rows)
    return plan.rows[model]


def build(plan: Plan, today: date) -> None:
    """Write the plan; the rows stand in `plan.rows`."""
    units = keep(plan, tree(plan.parents), Unit)
    accounts = keep(
        plan,
        [Account(username=f"a{n}", is_active=on, approved_at=timezone.now()) for n, on in enumerate(plan.active)],
        Account,
    )
    grants = keep(plan, [
        Grant(account=accounts[who], role=role, unit=units[where], **span(period, today))
        for who, role, where, period in plan.grants
    ], Grant)  # fmt: skip
    as_deputy = span("last day", today) | {"reason": "外出学习"}
    Grant.objects.bulk_create(
        Grant(account=accounts[who], role=grants[of].role, unit=grants[of].unit, deputises=grants[of], **as_deputy)
        for who, of in plan.deputies
    )
    cut_short(plan.grants, grants, today)
    sessions = [
        AccountSession(session_key=f"s{n}", expire_date="2100-01-01T00:00Z", account=who)
        for n, who in enumerate(accounts)
    ]
    keep(plan, sessions, AccountSession)
    phones = [
        DeviceCredential(account=who, kind="phone", key_hash=f"k{n}", expires=timezone.now())
        for n, who in enumerate(accounts)
    ]
    keep(plan, phones, DeviceCredential)
    people = [
        Cadre(name=f"干部{n}", unit=units[unit], managing_authority=units[authority], id_number_index=f"i{n}",
              account=None if who is None else accounts[who])
        for n, (unit, authority, who) in enumerate(plan.cadres)
    ]  # fmt: skip
    keep(plan, people, Cadre)
    keep(plan, [Appointment(cadre=one, unit=one.unit, since=today) for one in people], Appointment)
    build_classes(plan, today)
    build_seats(plan, today)
    build_papers(plan, today)
    build_ledger(plan, today)
    build_archive(plan, today)


def cut_short(planned: list[tuple[Any, ...]], rows: list[Any], today: date) -> None:
    """The originals end; what deputies hold is left as it was."""
    keys = [row.pk for row, (*_, period) in zip(rows, planned, strict=True) if period == "cut short"]
    if keys:
        type(rows[0])._default_manager.filter(pk__in=keys).update(until=today - timedelta(days=1))


def by_key(rows: list[tuple[Any, ...]], upto: int) -> list[tuple[Any, ...]]:
    """One row per key and beginning, as the database has it: “now”, “ended” and “last day” begin on the same day."""
    kept: dict[tuple[Any, ...], tuple[Any, ...]] = {}
    for row in rows:
        kept.setdefault((*row[:upto], row[upto] == "to come"), row)
    rows[:] = list(kept.values())
    return rows


def build_classes(plan: Plan, today: date) -> None:
    units, accounts = plan.rows[Unit], plan.rows[Account]
    facts = {"origin": "page", "class_type": "主体班", "organizer": "组织部", "start": today, "end": today}
    classes = keep(plan, [
        TrainingClass(unit=units[where], name=f"班{n}", state="planned" if days is None else "closed",
                      closed_on=None if days is None else today - timedelta(days=days), **facts)
        for n, (where, days) in enumerate(plan.classes)
    ], TrainingClass)  # fmt: skip
    roles = keep(plan, [
        ClassRole(account=accounts[who], training_class=classes[one], kind=kind, **span(period, today))
        for who, one, kind, period in plan.roles
    ], ClassRole)  # fmt: skip
    as_deputy = span("last day", today) | {"reason": "外出学习"}
    ClassRole.objects.bulk_create(
        ClassRole(account=accounts[who], training_class=roles[of].training_class, kind=roles[of].kind,
                  deputises=roles[of], **as_deputy)
        for who, of in plan.role_deputies
    )  # fmt: skip
    cut_short(plan.roles, roles, today)
    scheme = ScoringScheme.objects.get(unit=None, name="4+1")
    keep(plan, [Session(training_class=one, date=today, period=1, title="第一讲", hours=4) for one in classes], Session)
    keep(plan, [Activity(training_class=one, kind="forum", title="论坛", date=today) for one in classes], Activity)
    keep(
        plan,
        [CommitteeElection(training_class=one, post="班长", date=today, voters=3) for one in classes],
        CommitteeElection,
    )
    keep(
        plan,
        [SatisfactionCount(training_class=one, aspect="培训设计", rating="满意", count=6) for one in classes],
        SatisfactionCount,
    )
    keep(plan, [Suggestion(training_class=one, text="多一些现场教学") for one in classes], Suggestion)
    keep(plan, [ClassAssessment(training_class=one, scheme=scheme) for one in classes], ClassAssessment)
    file = StoredFile.objects.create(sha256="1" * 64, size=1, location="one")
    uploads = [
        MachineUpload(training_class=one, file=file, file_name="a", found={}, uploaded_by_id=new_key())
        for one in classes
    ]
    keep(plan, uploads, MachineUpload)
    exams = keep(plan, [Exam(training_class=one, kind="final") for one in classes], Exam)
    keep(plan, [Question(exam=exam, number=1, key="A", points=1) for exam in exams], Question)


def build_seats(plan: Plan, today: date) -> None:
    """One row of every kind for each seat."""
    classes, people = plan.rows[TrainingClass], plan.rows[Cadre]
    seats = keep(plan, [
        Enrolment(training_class=classes[one], cadre=people[who], roster_name=people[who].name, unit=people[who].unit,
                  position=place, state="completed", since=today, until=today, full_time=False)
        for place, (one, who) in enumerate(plan.seats)
    ], Enrolment)  # fmt: skip
    of = [{"training_class": seat.training_class, "enrolment": seat} for seat in seats]
    lessons = [plan.rows[Session][one] for one, _ in plan.seats]
    marks = [
        AttendanceMark(**row, session=lesson, mark="late", source="page")
        for row, lesson in zip(of, lessons, strict=True)
    ]
    keep(plan, marks, AttendanceMark)
    wanted = {"before": "late", "after": "sick", "seen": 1, "reason": "病假条补交", "asked_by_id": new_key()}
    keep(
        plan,
        [
            CorrectionRequest(**row, session=lesson, lesson="第一讲", **wanted)
            for row, lesson in zip(of, lessons, strict=True)
        ],
        CorrectionRequest,
    )
    keep(
        plan,
        [
            CheckInScan(**row, session=lesson, slot=1, at=timezone.now(), account=plan.rows[Account][0])
            for row, lesson in zip(of, lessons, strict=True)
        ],
        CheckInScan,
    )
    item = Item.objects.filter(block__scheme__unit=None)[0]
    keep(plan, [ScoreEntry(**row, item=item, on=today, points=1, source="page") for row in of], ScoreEntry)
    leaves = keep(
        plan,
        [LeaveRequest(**row, kind="sick", reason="就医", first=today, last=today, hours=4, half_days=1) for row in of],
        LeaveRequest,
    )
    keep(
        plan,
        [LeaveStep(request=leave, position=1, level=level) for leave, level in zip(leaves, plan.levels, strict=True)],
        LeaveStep,
    )
    sheets = keep(
        plan,
        [
            AnswerSheet(exam=plan.rows[Exam][one], enrolment=seat)
            for seat, (one, _) in zip(seats, plan.seats, strict=True)
        ],
        AnswerSheet,
    )
    keep(
        plan,
        [
            Answer(sheet=sheet, question=plan.rows[Question][one], given="A")
            for sheet, (one, _) in zip(sheets, plan.seats, strict=True)
        ],
        Answer,
    )
    scheme = ScoringScheme.objects.get(unit=None, name="4+1")
    results = [
        Result(**row, scheme=scheme, state=state, points={}, grade="合格", explanation={})
        for row, state in zip(of, plan.results, strict=True)
    ]
    keep(plan, results, Result)


def build_papers(plan: Plan, today: date) -> None:
    units, accounts, classes = plan.rows[Unit], plan.rows[Account], plan.rows[TrainingClass]
    keep(plan, [
        Document(training_class=classes[one], kind=kind, state=state, unit=units[where], office=units[0], position=place,
                 enrolment=None if seat is None else plan.rows[Enrolment][seat], title="公文", void_reason="印错",
                 issued_on=None if state == "draft" else today)
        for place, (one, kind, state, where, seat) in enumerate(plan.papers)
    ], Document)  # fmt: skip
    file = StoredFile.objects.create(sha256="0" * 64, size=1)
    keep(plan, [
        WorkbookImport(unit=units[where], training_class=None if one is None else classes[one], file=file, file_name="a",
                       state="rehearsed", faults={}, uploaded_by_id=accounts[who].pk or new_key())
        for who, where, one in plan.imports
    ], WorkbookImport)  # fmt: skip
    named = keep(plan, [
        LeaveApprover(account=accounts[who], unit=units[where], level=level, **span(period, today))
        for who, where, level, period in plan.approvers
    ], LeaveApprover)  # fmt: skip
    cut_short(plan.approvers, named, today)


def build_ledger(plan: Plan, today: date) -> None:
    """One row of every kind for each cadre; one upload of every kind for each unit."""
    units, people = plan.rows[Unit], plan.rows[Cadre]
    rules = RuleSet.objects.create(unit=units[0], name="规则", version=1, since=today, rules={})
    LedgerYear.objects.bulk_create(LedgerYear(authority=unit, year=today.year) for unit in units)
    amounts = {"days": 1, "hours": 6, "credits": 6, "kind": "required", "channel": "off_job", "rule_set": rules}
    keep(plan, [
        CreditEntry(cadre=one, on=today, year=today.year, title="培训", source_kind="opening", source_id=new_key(),
                    unit=one.unit, authority=one.managing_authority, **amounts)
        for one in people
    ], CreditEntry)  # fmt: skip
    balances = {balance.cadre_id: balance for balance in CreditBalance.objects.all()}
    plan.rows[CreditBalance] = [balances[one.pk] for one in people]
    of = [{"cadre": one, "year": today.year} for one in people]
    asked = {
        "code": "online",
        "name": "网络培训",
        "measure": "online_hours",
        "amount": 50,
        "since": today,
        "due": today,
    }
    keep(plan, [Duty(**row, **asked) for row in of], Duty)
    keep(plan, [FrozenYear(**row, words="余额不符", run=new_key()) for row in of], FrozenYear)
    keep(plan, [Exemption(**row, kind="illness", reason="病休") for row in of], Exemption)
    keep(plan, [Award(cadre=one, name="学习型好干部", giver="组织部", on=today) for one in people], Award)
    course = {"channel": "online", "title": "课", "title_key": "课", "since": today, "until": today, "hours": 2}
    claims = keep(plan, [Recognition(cadre=one, unit=one.unit, **course) for one in people], Recognition)
    file = StoredFile.objects.create(sha256="2" * 64, size=1, location="two")
    keep(plan, [RecognitionProof(recognition=one, file=file, name="证明") for one in claims], RecognitionProof)
    platform = Platform.objects.create(unit=units[0], name="平台")
    upload = {"file": file, "file_name": "a", "uploaded_by_id": new_key()}
    keep(plan, [PlatformUpload(platform=platform, unit=unit, **upload) for unit in units], PlatformUpload)
    keep(plan, [RosterUpload(unit=unit, **upload) for unit in units], RosterUpload)
    keep(plan, [PersonnelForm(unit=unit, **upload) for unit in units], PersonnelForm)
    keep(
        plan, [LedgerAct(kind="close", unit=unit, year=today.year, asked_by_id=new_key()) for unit in units], LedgerAct
    )


def build_archive(plan: Plan, today: date) -> None:
    """On-line classes beside the others, managed by the account of the same place; what comes after each seat."""
    units, accounts, people, seats = (plan.rows[model] for model in (Unit, Account, Cadre, Enrolment))
    period = {"year": today.year, "since": today, "until": today}
    classes = keep(plan, [
        OnlineClass(unit=units[where], name=f"网络班{n}", manager=accounts[n], **period)
        for n, (where, _) in enumerate(plan.classes)
    ], OnlineClass)  # fmt: skip
    learners = keep(
        plan,
        [OnlineLearner(online_class=classes[one], cadre=people[who]) for one, who in plan.seats],
        OnlineLearner,
    )
    keep(plan, [OnlineReminder(learner=one, text="请尽快学习") for one in learners], OnlineReminder)
    file = StoredFile.objects.create(sha256="3" * 64, size=1, location="three")
    works = [LearningWork(enrolment=seat, kind="report", title="调研", file=file, file_name="a") for seat in seats]
    keep(plan, works, LearningWork)
    keep(plan, [ReportBack(enrolment=seat, unit=seat.unit, on=today, text="述学") for seat in seats], ReportBack)
    keep(plan, [FollowUp(enrolment=seat, months=3, due=today) for seat in seats], FollowUp)
    booklets = [ArchivePaper(kind="booklet", cadre=one) for one in people]
    statements = [ArchivePaper(kind="unit_year", unit=unit, year=today.year) for unit in units]
    keep(plan, booklets + statements, ArchivePaper)
