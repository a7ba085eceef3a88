"""Writing a class's roster: what becomes of people whom the portal does not know yet."""

from datetime import timedelta

import pytest
from django.utils import timezone

from organization.directory import UnitRef
from tests import factories as make
from trainees.models import Appointment, Cadre
from training.services.roster import Person, write_roster
from training.sheets.rows import RosterRow

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("begins", "since"), [(20, 0), (0, 0), (-20, -20)])
def test_a_new_cadre_holds_the_post_by_today_also_for_a_class_to_come(yunling, begins, since):
    today, one = timezone.localdate(), yunling.open_class
    one.start, one.end = today + timedelta(days=begins), today + timedelta(days=begins + 4)
    number, sample = make.id_number(), Cadre(name="澹台明月")
    sample.set_id_number(number)
    ref = UnitRef(str(yunling.bureau.pk), yunling.bureau.name)
    row = RosterRow(name=sample.name, id_number=number, unit=ref, post="科长")
    write_roster(one, [Person(row, sample.id_number_index)], {ref.key: yunling.bureau})
    held = Appointment.objects.unscoped("the post of the new one").get(cadre__name=sample.name)
    assert (held.post, held.since) == ("科长", today + timedelta(days=since))
