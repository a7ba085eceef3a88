"""Whatever a class goes through, the ledger holds what its marks say while it is closed, and nothing while it is open."""

from collections import defaultdict
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.operations import Refused
from organization.roles import Role
from tests import factories as make
from tests.training.closing_story import a_story
from trainees.models import CreditBalance, CreditEntry
from training.models import AttendanceMark, TrainingClass
from training.services.corrections import correct_mark

pytestmark = pytest.mark.django_db
AWAY = {"personal", "sick", "official", "absent"}
PLACES = st.tuples(st.integers(0, 2), st.integers(0, 3), st.sampled_from(AttendanceMark.Mark.values))
ACTS = st.lists(
    st.one_of(st.just(("close",)), st.just(("reopen",)), st.tuples(st.just("mark"), PLACES)), min_size=3, max_size=14
)


@pytest.fixture
def office():
    """The story, and as many of the department as there are corrections: nobody corrects what they wrote themselves."""
    story = a_story()
    others = [make.account(f"yl_{n}", f"科员{n}", unit=story.training_class.unit) for n in range(14)]
    for who in others:
        make.grant(who, Role.STAFF, story.training_class.unit)
    return story, others


def version_of(story, who, when):
    there = AttendanceMark.objects.filter(enrolment=story.seats[who], session=story.sessions[when]).first()
    return there.version if there else 0


def marked(story, who, when, mark, actor):
    """On the page while the class is open, by a correction once it is closed."""
    state = TrainingClass.objects.get(pk=story.training_class.pk).state
    cell = story.seats[who].pk, story.sessions[when].pk
    if state == TrainingClass.State.CLOSED:
        seen = version_of(story, who, when)
        correct_mark(story.training_class, *cell, mark, actor=actor, reason="核对考勤原件", seen=seen)
    else:
        facts = {"training_class": story.training_class, "enrolment_id": cell[0], "session_id": cell[1]}
        AttendanceMark.objects.update_or_create(**facts, defaults={"mark": mark, "source": "page"})


def posted():
    """Hours and days by cadre: from the entries, and from the balances that the database keeps."""
    entries, kept = defaultdict(lambda: (Decimal(0), Decimal(0))), {}
    for cadre, hours, days in CreditEntry.objects.values_list("cadre", "hours", "days"):
        entries[cadre] = entries[cadre][0] + hours, entries[cadre][1] + days
    for cadre, hours, days in CreditBalance.objects.values_list("cadre", "off_job_hours", "off_job_days"):
        kept[cadre] = hours, days
    assert dict(entries) == kept
    return {cadre: found for cadre, found in kept.items() if any(found)}


def said_by_marks(story):
    found = {}
    for who in story.seats:
        marks = dict(who.marks.values_list("session", "mark"))
        there = [each for each in story.sessions if marks.get(each.pk) not in AWAY]
        if there:
            found[who.cadre_id] = (sum(each.hours for each in there), len(there) * Decimal("0.5"))
    return found


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS)
def test_the_ledger_follows_the_class(office, acts):
    with transaction.atomic():
        live_through(*office, acts)
        transaction.set_rollback(True)


def live_through(story, others, acts):
    for place, (act, *what) in enumerate(acts):
        try:
            if act == "mark":
                marked(story, *what[0], others[place])
            else:
                getattr(story, act)()
        except Refused:
            pass  # not in this state, somebody never came, or nothing to correct
        closed = TrainingClass.objects.get(pk=story.training_class.pk).state == TrainingClass.State.CLOSED
        assert posted() == (said_by_marks(story) if closed else {})
