"""The demo city, made once: units, accounts, classes brought to their stages through the offices' own services."""

from collections import Counter
from datetime import date
from pathlib import Path

from django.db import connection, transaction

from assessments.services import rehearse_workbook
from organization.loading import SHIPPED_UNITS, import_units
from organization.models import Account, Unit
from organization.services import set_preference
from portal.demo.accounts import SINCE, open_accounts, settle_password, write_down
from portal.demo.afterwards import come_after, happen
from portal.demo.archive import fill_archives
from portal.demo.books import Seating, book_of
from portal.demo.catalogue import fill_catalogue, fill_county
from portal.demo.check_ins import check_in_today
from portal.demo.corrections import correct_marks
from portal.demo.faulty import faulty_workbook
from portal.demo.leaves import Leaves, name_approvers
from portal.demo.ledger import keep_ledger
from portal.demo.people import LEARNER, LEARNER_UNIT, everybody
from portal.demo.plan import PLANS, Plan, calendar_of
from portal.demo.recognised import Elsewhere
from portal.demo.stages import Making, offices
from trainees.models import Cadre
from trainees.services import link_account, verify_cadres
from trainees.services.duties import assign_duties
from training.models import TrainingClass
from training.services.holidays import seed_holidays

LOCK = 20_260_001
WORDS = {"letter_word": "培函", "bulletin_word": "培通", "sheet_word": "培单"}
FIRST = {"YL": "云", "QX": "清", "QS": "青"}


def build_city(today: date, facts: Path) -> bool:
    """Make the city unless it is there, and write its accounts to `facts`; whether it was made.

    All or nothing: a run that is broken off leaves an empty database, and the next one begins anew.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        there = Account.objects.filter(username="zuzhibu").exists()
        password = settle_password(facts)
        if not there:
            City(today, password).build()
    write_down(facts, password)
    return not there


class City:
    """The city while it is being made."""

    def __init__(self, today: date, password: str) -> None:
        self.today = today
        import_units(SHIPPED_UNITS)
        self.units = {unit.code: unit for unit in Unit.objects.all()}
        self.names = {code: unit.name for code, unit in self.units.items()}
        self.accounts = open_accounts(self.units, password)
        self.offices = offices(self.units, self.accounts)
        self.seating = Seating(everybody(), today)
        self.codes: Counter[tuple[str, int]] = Counter()

    @property
    def department(self) -> Account:
        return self.accounts["zuzhibu"]

    def build(self) -> None:
        self.set_words()
        for year in (self.today.year - 1, self.today.year):
            seed_holidays(year, actor=self.department)
        fill_catalogue(self.units["YLDX"], self.today, actor=self.department)
        for code in ("QX", "QS"):
            fill_county(self.units[code], actor=self.offices[code].manager)
        name_approvers(self.units["YL"], self.accounts)
        for plan in PLANS:
            self.make(plan)
        self.ask_for_leave()
        self.check_in()
        self.check_cadres()
        for year in (self.today.year - 1, self.today.year):
            assign_duties(None, year, actor=self.department)
        self.try_faulty_upload()
        keep_ledger(self.units, self.accounts, self.today)
        happen(self.units, self.department, self.today)
        Elsewhere(self.units, self.accounts, self.today).make(self.accounts["banzhuren"], self.accounts["kaoping"])
        correct_marks(self.accounts)
        come_after(self.accounts, self.units, self.today)
        fill_archives(self.accounts, self.today)

    def set_words(self) -> None:
        """代字 of the city, and of the counties that write their own documents."""
        for code, first in FIRST.items():
            for key, word in WORDS.items():
                set_preference(self.units[code], key, first + word, SINCE, actor=self.department)

    def make(self, plan: Plan) -> None:
        """One class, brought to its stage; the trainee's account is opened with the first class."""
        book = book_of(plan, self.seating.fill(plan), self.names, self.code(plan), self.today)
        making = Making(plan, book, self.offices[plan.office], self.today)
        one = making.take_in()
        if one is None:
            return
        if plan.learner:
            learner = Cadre.objects.get(name=LEARNER, unit=self.units[LEARNER_UNIT])
            link_account(self.accounts["xueyuan"], learner, actor=self.department)
        making.bring(one)

    def code(self, plan: Plan) -> str:
        """班次编号: office, year, number in the year."""
        year = calendar_of(plan, self.today).start.year
        self.codes[plan.office, year] += 1
        return f"{plan.office}PX{year}-{self.codes[plan.office, year]:02}"

    def ask_for_leave(self) -> None:
        """In the city's running class."""
        running = TrainingClass.objects.filter(unit=self.units["YL"], state=TrainingClass.State.RUNNING)
        for one in running.order_by("start")[:1]:
            Leaves(one, self.accounts, self.today).make()

    def check_in(self) -> None:
        """To today's session of the city's running class."""
        running = TrainingClass.objects.filter(unit=self.units["YL"], state=TrainingClass.State.RUNNING)
        for one in running.order_by("start")[:1]:
            check_in_today(one, actor=self.accounts["banzhuren"], approver=self.department)

    def check_cadres(self) -> None:
        """Who came with a class of long ago has been compared with the files; the others are still 待核."""
        ended = TrainingClass.objects.filter(end__lt=self.today.replace(day=1))
        seen = Cadre.objects.filter(enrolments__training_class__in=ended, unverified=True)
        verify_cadres(seen.distinct(), actor=self.department)

    def try_faulty_upload(self) -> None:
        """An upload that was refused, so that the import's page has something to show."""
        manager = self.accounts["banzhuren"]
        rehearse_workbook(
            faulty_workbook(self.today, self.names), "待改正的工作簿.xlsx", actor=manager, unit=self.units["YL"]
        )
