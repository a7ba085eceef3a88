"""Any sequence of postings, corrections, withdrawals, new rules, recomputations, moves, closings and merges (REL-01).

After each step: every balance is the sum of its entries; what a person has in a year is what a recomputation says that is
written here, apart from the ledger's; every source stands once, nothing else stands; whatever was written stays byte for
byte; what was closed keeps its sums.
"""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from uuid import UUID

import hypothesis
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from core.operations import Refused
from organization.roles import Role
from tests import factories as make
from tests.trainees.ledger.conftest import make_town
from tests.trainees.ledger.story import changed
from trainees.models import Appointment, Cadre, CreditBalance, CreditEntry, LedgerYear
from trainees.services.ledger import Learning, post, settle_anew, withdraw
from trainees.services.recomputing import recompute
from trainees.services.reconciling import reconcile
from trainees.services.rule_sets import adopt_rule_set

YEARS = (2025, 2026)
PEOPLE = range(4)
D = Decimal


@dataclass(frozen=True)
class Law:
    """One version of the rules, as the test knows it."""

    since: date
    in_house_cap: int | None = None
    teaching: int = 5
    share: int = 90

    def written(self):
        rules = changed(teaching={"per_hour": str(self.teaching)}, online={"least_share": str(self.share)})
        if self.in_house_cap is not None:
            rules["caps"] = [{"channel": "in_house", "credits": str(self.in_house_cap)}]
        return rules


@dataclass(frozen=True)
class Fact:
    """One piece of a source: half-hours off the job, in-house or teaching; minutes and share on-line; sessions."""

    source: int
    person: int
    channel: str
    amount: int
    share: int
    on: date
    law: Law

    def learning(self, cadre):
        given = {"hours": D(self.amount) / 2} if self.channel not in ("online", "study_group") else {"hours": D(0)}
        if self.channel == "online":
            given |= {"minutes": self.amount * 45, "share": D(self.share)}
        if self.channel == "study_group":
            given["sessions"] = self.amount
        days = D("0.5") if self.channel == "off_job" and self.amount else D(0)
        source = UUID(int=self.source)
        return Learning(
            cadre, self.on, self.channel, days=days, title=f"第{self.source}项", source_kind="class", source_id=source,
            part=self.on.year, **given,
        )  # fmt: skip


def half_credits(facts):
    """Required and elective credits of one person's year, counted in halves: DOMAIN.md §3, once more and by hand."""
    required = elective = in_house = 0
    for fact in sorted(facts, key=lambda one: (one.on, one.source)):
        law, amount = fact.law, fact.amount
        if fact.channel == "off_job":
            required += amount
        elif fact.channel == "online":
            required += 2 * amount if fact.share >= law.share else 0
        elif fact.channel == "study_group":
            required += 6 * amount
        elif fact.channel == "teaching":
            elective += law.teaching * amount
        else:
            counts = min(amount, 36)
            if law.in_house_cap is not None:
                counts = max(min(counts, 2 * law.in_house_cap - in_house), 0)
            in_house += counts
            required += counts
    return required, elective


pieces = st.lists(
    st.tuples(
        st.sampled_from(["off_job", "online", "study_group", "teaching", "in_house", "in_house"]),
        st.integers(0, 60),
        st.sampled_from([79, 80, 89, 90, 100]),
        st.dates(date(2025, 11, 1), date(2026, 2, 28)),
    ),
    min_size=1,
    max_size=2,
    unique_by=lambda piece: piece[3].year,
)  # fmt: skip
laws = st.builds(
    Law, st.dates(date(2025, 6, 1), date(2026, 6, 1)), st.sampled_from([None, 10, 20, 25]), st.sampled_from([4, 5]),
    st.sampled_from([80, 90]),
)  # fmt: skip
people, sources = st.sampled_from(PEOPLE), st.integers(1, 6)


class Ledger(RuleBasedStateMachine):
    """`facts` is what the ledger should say, `seen` the digest of every row that was ever there."""

    def __init__(self):
        super().__init__()
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        self.facts: dict[tuple[int, int], Fact] = {}
        self.seen: dict[int, str] = {}
        self.closed: dict[tuple[UUID, int], tuple] = {}
        self.laws = [Law(date(1949, 10, 1))]
        self.days = count(1)

    def teardown(self):
        try:
            assert reconcile().findings == []
        finally:
            transaction.set_rollback(True)
            self.savepoint.__exit__(None, None, None)

    @initialize()
    def city(self):
        self.town = make_town()
        self.bureaus = [make.unit(f"YL{n:02}", f"云岭市第{n}局", self.town) for n in range(3)]
        self.staff = make.account("zuzhibu", "顾云舟", unit=self.town)
        make.grant(self.staff, Role.STAFF, self.town)
        self.cadres = [make.cadre(f"学员{n}", self.bureaus[0], self.town) for n in PEOPLE]
        self.root = list(PEOPLE)

    def law_of(self, on):
        return max((law.since, n) for n, law in enumerate(self.laws) if law.since <= on)[1]

    def fact(self, source, person, piece):
        """With the rules of its day; a correction of what stands keeps its own."""
        channel, amount, share, on = piece
        there = self.facts.get((source, on.year))
        kept = there and (there.on, there.channel, self.root[there.person]) == (on, channel, self.root[person])
        return Fact(source, person, channel, amount, share, on, there.law if kept else self.laws[self.law_of(on)])

    # ---- what people do ----

    @rule(source=sources, person=people, given=pieces)
    def posts(self, source, person, given):
        made = [self.fact(source, person, piece) for piece in given]
        post([fact.learning(self.cadres[person].pk) for fact in made], actor=None)
        self._forget(source)
        self.facts |= {(source, fact.on.year): fact for fact in made}

    @rule(given=st.lists(st.tuples(sources, people, pieces), min_size=2, max_size=4, unique_by=lambda one: one[0]))
    def posts_several(self, given):
        """Of several people at once, as closing a class does; in any order."""
        made = [self.fact(source, person, piece) for source, person, rows in given for piece in rows]
        post([fact.learning(self.cadres[fact.person].pk) for fact in reversed(made)], actor=None)
        for source, _, _ in given:
            self._forget(source)
        self.facts |= {(fact.source, fact.on.year): fact for fact in made}

    @precondition(lambda self: self.facts)
    @rule()
    def posts_everything_again(self):
        learned = [fact.learning(self.cadres[fact.person].pk) for fact in self.facts.values()]
        done = post(learned, actor=None)
        assert (done.awarded, done.reversed, done.unchanged) == (0, 0, len(learned))

    @rule(chosen=st.sets(sources, min_size=1, max_size=3))
    def withdraws(self, chosen):
        withdraw("class", [UUID(int=source) for source in chosen], actor=None, reason="重新打开")
        for source in chosen:
            self._forget(source)

    @rule(law=laws)
    def adopts(self, law):
        adopt_rule_set(self.town, law.written(), law.since, "云组〔2026〕1号", actor=self.staff)
        self.laws.append(law)

    @rule(year=st.sampled_from(YEARS))
    def recomputes(self, year):
        try:
            recompute(self.town, year, actor=self.staff)
        except Refused as refused:
            assert "不需要重算" in refused.message
        for key, fact in self.facts.items():
            if fact.on.year == year:
                self.facts[key] = replace(fact, law=self.laws[self.law_of(fact.on)])

    @rule(person=people, where=st.integers(0, 2))
    def moves(self, person, where):
        cadre, day = self.cadres[person], date(2025, 11, 1) + timedelta(days=next(self.days))
        Appointment.objects.filter(cadre=cadre, until=None).update(until=day - timedelta(days=1))
        Appointment.objects.create(cadre=cadre, unit=self.bureaus[where], post_level="县处级副职", since=day)
        Cadre.objects.filter(pk=cadre.pk).update(unit=self.bureaus[where])

    @rule(year=st.sampled_from(YEARS))
    def closes(self, year):
        row, _ = LedgerYear.objects.get_or_create(authority=self.town, year=year)
        if row.closed_at is None:
            row.closed_at = timezone.now()
            row.save()
            self.closed |= {key: sums for key, sums in balances(adjustment=False).items() if key[1] == year}

    @rule(person=people, into=people)
    def merges(self, person, into):
        if self.root[person] != person or self.root[into] != into or person == into:
            return
        Cadre.objects.filter(canonical=self.cadres[person]).update(canonical=self.cadres[into])
        Cadre.objects.filter(pk=self.cadres[person].pk).update(canonical=self.cadres[into])
        self.root = [into if root == person else root for root in self.root]
        settle_anew([self.cadres[into].pk], actor=None, reason="合并重复建档")

    def _forget(self, source):
        self.facts = {key: fact for key, fact in self.facts.items() if key[0] != source}

    # ---- what always holds ----

    @invariant()
    def what_was_written_stays(self):
        with connection.cursor() as cursor:
            cursor.execute("SELECT e.id, md5(e::text) FROM trainees_creditentry e")
            now = dict(cursor.fetchall())
        assert {pk: now.get(pk) for pk in self.seen} == self.seen
        self.seen = now

    @invariant()
    def balances_are_the_sums_of_entries(self):
        for late in (False, True):
            sums = defaultdict(lambda: (D(0), D(0), D(0), D(0), D(0), D(0), 0))
            for entry in CreditEntry.objects.filter(adjustment=late):
                sums[entry.cadre_id, entry.year] = tuple(
                    map(sum, zip(sums[entry.cadre_id, entry.year], parts(entry), strict=True))
                )
            assert balances(adjustment=late) == sums

    @invariant()
    def the_ledger_says_what_was_learned(self):
        expected = defaultdict(list)
        for fact in self.facts.values():
            expected[self.root[fact.person], fact.on.year].append(fact)
        found = defaultdict(lambda: [D(0), D(0)])
        for balance in CreditBalance.objects.all():
            person = self.root[[cadre.pk for cadre in getattr(self, "cadres", [])].index(balance.cadre_id)]
            found[person, balance.year][0] += 2 * balance.required
            found[person, balance.year][1] += 2 * balance.elective
        for key in expected.keys() | found.keys():
            assert tuple(found[key]) == half_credits(expected[key]), key

    @invariant()
    def every_source_stands_once_and_nothing_else(self):
        live = CreditEntry.objects.live().values_list("source_id", "part")
        assert sorted((source.int, part) for source, part in live) == sorted(self.facts)

    @invariant()
    def what_was_closed_keeps_its_sums(self):
        now = balances(adjustment=False)
        assert {key: now[key] for key in self.closed} == self.closed


def parts(entry):
    off_job, online = entry.channel == "off_job", entry.channel == "online"
    return (
        entry.days * off_job, entry.hours * off_job, entry.hours * online, entry.hours * (not off_job and not online),
        entry.credits * (entry.kind == "required"), entry.credits * (entry.kind == "elective"), 1,
    )  # fmt: skip


def balances(*, adjustment):
    names = ("off_job_days", "off_job_hours", "online_hours", "other_hours", "required", "elective", "entries")
    rows = CreditBalance.objects.filter(adjustment=adjustment)
    return {(row.cadre_id, row.year): tuple(getattr(row, name) for name in names) for row in rows}


def test_rel_01_any_sequence(db):
    """A sequence that fails is shown as it came: making it shorter takes longer than reading it."""
    drill = hypothesis.settings().max_examples > 1000
    chosen = hypothesis.settings(
        max_examples=1000 if drill else 25, stateful_step_count=50 if drill else 25, deadline=None,
        phases=[hypothesis.Phase.generate, hypothesis.Phase.reuse], suppress_health_check=list(hypothesis.HealthCheck),
    )  # fmt: skip
    run_state_machine_as_test(Ledger, settings=chosen)
