"""学习荣誉: given once, corrected by who looked at it last, taken out with a reason."""

from dataclasses import replace
from datetime import date

import pytest

from core.models import AuditEntry, RowChange
from core.operations import Conflict, Refused
from trainees.models import Award
from trainees.services.awards import AwardFacts, correct_award, give_award, remove_award

pytestmark = pytest.mark.django_db
FACTS = AwardFacts("学习型好干部", "中共云岭市委组织部", date(2026, 4, 1), "全市一百名")


def test_an_award_is_given_once(yunling):
    made = give_award(yunling.cadres[0], FACTS, actor=yunling.staff)
    assert (made.name, made.on, made.actor_id) == ("学习型好干部", date(2026, 4, 1), yunling.staff.pk)
    with pytest.raises(Refused, match="已经登记过"):
        give_award(yunling.cadres[0], FACTS, actor=yunling.staff)
    assert give_award(yunling.cadres[1], FACTS, actor=yunling.staff)
    assert AuditEntry.objects.filter(event="award.give").count() == 2


def test_a_correction_meets_what_its_page_showed(yunling):
    made = give_award(yunling.cadres[0], FACTS, actor=yunling.staff)
    correct_award(made, replace(FACTS, name="学习标兵"), actor=yunling.staff, seen=1)
    with pytest.raises(Conflict):
        correct_award(made, FACTS, actor=yunling.staff, seen=1)
    assert Award.objects.get().name == "学习标兵"
    entry = AuditEntry.objects.get(event="award.correct")
    assert (entry.before["name"], entry.after["name"]) == ("学习型好干部", "学习标兵")
    assert "全市一百名" not in str([entry.before, entry.after])


def test_what_was_entered_by_mistake_goes_and_leaves_its_trace(yunling):
    made = give_award(yunling.cadres[0], FACTS, actor=yunling.staff)
    remove_award(made, actor=yunling.staff, reason="登记在别人名下", seen=1)
    assert not Award.objects.exists()
    assert AuditEntry.objects.get(event="award.remove").reason == "登记在别人名下"
    assert RowChange.objects.filter(table_name="trainees_award", row_id=str(made.pk)).count() >= 2
