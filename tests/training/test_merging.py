"""Two rows of one person on the roster of one class: what was learned there is in the ledger once."""

from decimal import Decimal

import pytest

from core.operations import Refused
from tests import factories as make
from tests.training.closing_story import a_story, hours
from trainees.models import Cadre, CreditBalance, CreditEntry
from training.models import AttendanceMark
from training.services.merging import merge_person
from training.services.posting import post_classes

pytestmark = pytest.mark.django_db
WHOLE, LESS = (Decimal(16), Decimal(2)), (Decimal(12), Decimal("1.5"))


@pytest.fixture
def story():
    """The first of three misses one of four half-days."""
    made = a_story()
    make.mark(made.seats[0], made.sessions[0], AttendanceMark.Mark.SICK)
    return made


def merge(story, double, into):
    pair = [Cadre.objects.get(pk=story.seats[seat].cadre_id) for seat in (double, into)]
    return merge_person(*pair, actor=story.staff, reason="身份证号录入错误，经本人核对")


@pytest.mark.parametrize(("double", "into"), [(0, 1), (1, 0)])
def test_of_two_seats_in_a_closed_class_the_one_with_more_hours_counts(story, double, into):
    story.close()
    assert hours(story) == {0: LESS, 1: WHOLE, 2: WHOLE}
    merge(story, double, into)
    assert hours(story) == {1: WHOLE, 2: WHOLE}
    person = Cadre.objects.get(pk=story.seats[into].cadre_id)
    sums = CreditBalance.objects.filter(cadre__in=Cadre.objects.same_person(person))
    assert sum(sums.values_list("off_job_hours", flat=True)) == 16


def test_who_is_merged_before_the_class_is_closed_is_posted_once(story):
    merge(story, 0, 1)
    assert not CreditEntry.objects.exists()
    story.close()
    assert hours(story) == {1: WHOLE, 2: WHOLE}


def test_opened_and_closed_again_it_stays_once(story):
    story.close()
    merge(story, 0, 1)
    story.reopen()
    story.close()
    assert hours(story) == {1: WHOLE, 2: WHOLE}
    assert post_classes([story.training_class.pk], actor=None).told() == {"awarded": 0, "reversed": 0, "unchanged": 2}


def test_what_cannot_be_merged_changes_nothing(story):
    story.close()
    with pytest.raises(Refused):
        merge(story, 0, 0)
    assert hours(story) == {0: LESS, 1: WHOLE, 2: WHOLE}
