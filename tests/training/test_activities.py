"""What a class does together: who took part, elections that add up, points that follow."""

from datetime import date
from decimal import Decimal

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessments.models import ScoreEntry
from assessments.services.awarding import award_activity
from core.models import AuditEntry
from core.operations import Conflict, Refused
from core.pictures import Upload
from tests import factories as make
from training.models import Activity, ActivityPart, TrainingClass
from training.services.activities import (
    ActivityFacts,
    Candidate,
    add_activity,
    add_file,
    cancel_activity,
    change_activity,
    keep_election,
)

Part = ActivityPart.Part
FORUM = ActivityFacts(Activity.Kind.FORUM, "学员论坛：基层治理", date(2026, 3, 5), hours=Decimal(2))


@pytest.fixture
def office(db):
    return make.unit("YL", "云岭市委组织部")


@pytest.fixture
def actor(office):
    return make.account("yl_manager", "韩朝雪", unit=office)


@pytest.fixture
def one(office):
    return make.training_class(office, "春季班", "YL-01", state=TrainingClass.State.RUNNING)


@pytest.fixture
def people(one, office):
    names = ("司马清扬", "欧阳致远", "沈若溪")
    return [make.enrolment(one, make.cadre(name, office, office), place) for place, name in enumerate(names, 1)]


def test_who_took_part_is_brought_to_what_the_page_says(one, people, actor):
    made = add_activity(one, FORUM, {people[0].pk: Part.SPOKE, people[1].pk: Part.TOOK_PART}, actor=actor)
    change_activity(made, FORUM, {people[1].pk: Part.ORGANISED, people[2].pk: Part.TOOK_PART}, actor=actor, seen=1)
    assert dict(made.parts.values_list("enrolment_id", "part")) == {
        people[1].pk: Part.ORGANISED, people[2].pk: Part.TOOK_PART,
    }  # fmt: skip
    with pytest.raises(Conflict):
        change_activity(made, FORUM, {}, actor=actor, seen=1)
    assert made.parts.count() == 2


def test_strangers_and_other_days_are_refused(one, people, actor, office):
    other = make.training_class(office, "专题班", "YL-02")
    stranger = make.enrolment(other, make.cadre("慕容望舒", office, office), 1)
    with pytest.raises(Refused, match="不在本班名册上"):
        add_activity(one, FORUM, {stranger.pk: Part.SPOKE}, actor=actor)
    with pytest.raises(Refused, match="不在班次起止日期内"):
        add_activity(one, ActivityFacts("forum", "论坛", date(2026, 4, 1)), {}, actor=actor)
    assert Activity.objects.count() == 0


def test_a_cancelled_activity_stays_and_takes_nothing_more(one, people, actor):
    made = add_activity(one, FORUM, {}, actor=actor)
    cancel_activity(made, actor=actor, reason="改为线上进行", seen=1)
    for act in (
        lambda: change_activity(made, FORUM, {}, actor=actor),
        lambda: add_file(made, Upload(b"%PDF-1.4", "纪要.pdf"), actor=actor),
    ):
        with pytest.raises(Refused, match="已取消：改为线上进行"):
            act()
    assert AuditEntry.objects.filter(event="activity.cancel", reason="改为线上进行").count() == 1


def test_an_election_seats_who_was_elected(one, people, actor):
    first, second, third = people
    third.committee_post = "班长"
    third.save()
    counts = [Candidate(first.pk, 2, True), Candidate(second.pk, 1, False)]
    keep_election(one, "班长", date(2026, 3, 3), 3, counts, actor=actor)
    for who, post in ((first, "班长"), (second, ""), (third, "")):
        who.refresh_from_db()
        assert who.committee_post == post
    with pytest.raises(Refused, match="已经登记过"):
        keep_election(one, "班长", date(2026, 3, 3), 3, counts, actor=actor)


def test_a_workbook_rehearsed_before_the_election_is_rehearsed_again(one, people, actor):
    """班委职务 stands in the workbook: committing what was rehearsed before would undo the election unseen."""
    seen = one.revision
    keep_election(one, "班长", date(2026, 3, 3), 3, [Candidate(people[0].pk, 3, True)], actor=actor)
    one.refresh_from_db()
    assert one.revision == seen + 1


@pytest.mark.parametrize(
    ("voters", "votes", "sentence"),
    [(2, [(3, True), (2, False)], "超过了投票人数"), (3, [(1, True), (2, False)], "不能先于"),
     (3, [(1, False), (2, False)], "请选出当选的人"), (4, [(3, True)], "本班共 3 名学员")],
)  # fmt: skip
def test_counts_must_add_up(one, people, actor, voters, votes, sentence):
    counts = [Candidate(who.pk, *vote) for who, vote in zip(people, votes, strict=False)]
    with pytest.raises(Refused, match=sentence):
        keep_election(one, "学习委员", date(2026, 3, 3), voters, counts, actor=actor)


def standing(activity):
    rows = ScoreEntry.objects.filter(activity=activity).standing()
    return sorted(rows.values_list("enrolment__roster_name", "item__name", "points"))


def test_points_follow_the_activity(one, people, actor):
    make.assessment(one)
    item = make.item("加分项")
    made = add_activity(one, FORUM, {people[0].pk: Part.SPOKE, people[1].pk: Part.TOOK_PART}, actor=actor)
    points = {Part.SPOKE.value: Decimal(2), Part.TOOK_PART.value: Decimal("0.5")}
    assert award_activity(made, item, points, actor=actor) == (2, 0)
    assert award_activity(made, item, points, actor=actor) == (0, 0)
    change_activity(made, FORUM, {people[1].pk: Part.SPOKE, people[2].pk: Part.ORGANISED}, actor=actor)
    assert award_activity(made, item, points, actor=actor) == (1, 2)
    assert standing(made) == [("欧阳致远", "加分项", Decimal("2.00"))]
    cancel_activity(made, actor=actor, reason="登记有误")
    made.refresh_from_db()
    award_activity(made, item, {}, actor=actor)
    assert standing(made) == []
    assert ScoreEntry.objects.filter(activity=made, reverses=None).count() == 3


def test_points_after_confirmation_and_out_of_bounds_are_refused(one, people, actor):
    assessment = make.assessment(one)
    made = add_activity(one, FORUM, {people[0].pk: Part.SPOKE}, actor=actor)
    with pytest.raises(Refused, match="分值在"):
        award_activity(made, make.item("加分项"), {"spoke": Decimal("20.5")}, actor=actor)
    course = make.item("课堂互动")  # at most 10: a workbook with 10.5 would be refused
    assert course.maximum == 10
    with pytest.raises(Refused, match="分值在 −10 到 10 之间"):
        award_activity(made, course, {"spoke": Decimal("10.5")}, actor=actor)
    with pytest.raises(Refused, match="不按加减分记录计分"):
        award_activity(made, make.item("结业测试"), {"spoke": Decimal(1)}, actor=actor)
    type(assessment).objects.filter(pk=one.pk).update(confirmed_at=timezone.now())
    with pytest.raises(Refused, match="已经确认"):
        award_activity(made, make.item("加分项"), {"spoke": Decimal(1)}, actor=actor)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.dictionaries(st.integers(0, 2), st.sampled_from(Part.values)), min_size=1, max_size=5))
def test_whatever_happened_before_the_entries_are_what_the_last_state_says(one, people, actor, states):
    if not hasattr(one, "assessment"):
        make.assessment(one)
    points = {"spoke": Decimal(2), "organised": Decimal("1.5"), "took_part": Decimal(0)}
    made = add_activity(one, FORUM, {}, actor=actor)
    for state in states:
        change_activity(made, FORUM, {people[at].pk: part for at, part in state.items()}, actor=actor)
        award_activity(made, make.item("加分项"), points, actor=actor)
    wanted = [(people[at].roster_name, "加分项", points[part]) for at, part in states[-1].items() if points.get(part)]
    assert standing(made) == sorted(wanted)
