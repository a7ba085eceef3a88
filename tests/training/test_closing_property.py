"""Whatever a class goes through, the ledger holds what its marks say while it is closed, and nothing while it is open;

and every difference of a closed class's marks has exactly one approved request (SEC-22).
"""

from collections import Counter, defaultdict
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.models import RowChange
from core.operations import Refused
from organization.roles import Role
from tests import factories as make
from tests.training.closing_story import a_story
from trainees.models import CreditBalance, CreditEntry
from training.models import AttendanceMark, CorrectionRequest, TrainingClass
from training.services.attendance import Edit, save_marks
from training.services.corrections import approve_correction, ask_correction, return_correction

pytestmark = pytest.mark.django_db
AWAY = {"personal", "sick", "official", "absent"}
PLACES = st.tuples(st.integers(0, 2), st.integers(0, 3), st.sampled_from(AttendanceMark.Mark.values))
VERBS = st.sampled_from(["mark", "mark", "ask", "return", "save"])
ACTS = st.lists(st.one_of(st.just(("close",)), st.just(("reopen",)), st.tuples(VERBS, PLACES)), min_size=3, max_size=14)


@pytest.fixture
def office():
    """The story, and another of the department: one asks, the other decides."""
    story = a_story()
    other = make.account("yl_staff_2", "江晚晴", unit=story.training_class.unit)
    make.grant(other, Role.STAFF, story.training_class.unit)
    return story, other


def version_of(story, who, when):
    there = AttendanceMark.objects.filter(enrolment=story.seats[who], session=story.sessions[when]).first()
    return there.version if there else 0


def done(story, verb, who, when, mark, other):
    """On the page while the class is open; once it is closed by a request, and by whether it is agreed to."""
    one = TrainingClass.objects.get(pk=story.training_class.pk)
    cell, seen = (story.seats[who].pk, story.sessions[when].pk), version_of(story, who, when)
    if verb == "save":
        save_marks(one, [Edit(*cell, mark, seen)], actor=story.staff)
    elif one.state != TrainingClass.State.CLOSED:
        facts = {"training_class": one, "enrolment_id": cell[0], "session_id": cell[1]}
        AttendanceMark.objects.update_or_create(**facts, defaults={"mark": mark, "source": "page"})
    else:
        asked = ask_correction(one, *cell, mark, actor=other, reason="核对考勤原件", seen=seen)
        if verb == "mark":
            approve_correction(asked, actor=story.staff)
        elif verb == "return":
            return_correction(asked, actor=story.staff, reason="原件没有差错")


def changes(since=0):
    """Which cell got which mark, and how often, after a number in the history of rows."""
    rows = RowChange.objects.filter(table_name=AttendanceMark._meta.db_table, id__gt=since)
    cells = {str(row.pk): (row.enrolment_id, row.session_id) for row in AttendanceMark.objects.all()}
    return Counter((*cells[row.row_id], row.after["mark"]) for row in rows)


def approved():
    rows = CorrectionRequest.objects.filter(state=CorrectionRequest.State.APPROVED)
    return Counter(rows.values_list("enrolment", "session", "after"))


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


def live_through(story, other, acts):
    was_closed, mark, agreed = False, 0, Counter()
    for act, *what in acts:
        try:
            if what:
                done(story, act, *what[0], other)
            else:
                getattr(story, act)()
        except Refused:
            pass  # not in this state, somebody never came, asked for already, or nothing to correct
        closed = TrainingClass.objects.get(pk=story.training_class.pk).state == TrainingClass.State.CLOSED
        assert posted() == (said_by_marks(story) if closed else {})
        if not (closed and was_closed):
            mark, agreed = last_change(), approved()
        assert changes(mark) == approved() - agreed
        was_closed = closed


def last_change():
    return RowChange.objects.order_by("-id").values_list("id", flat=True).first() or 0
