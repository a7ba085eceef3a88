"""What the aggregates find in the database, and that their number is fixed."""

import pytest

from assessments.models import AnswerSheet, Block, Item
from assessments.scoring import compute as module
from assessments.scoring.compute import compute, load_schemes
from core.scope import guarded
from tests.assessments.scoring.rows import ClassRows, four_plus_one, make_unit
from tests.assessments.scoring.worked import ITEMS, SCHEME

pytestmark = pytest.mark.django_db


def score(rows):
    (scores,) = compute([rows.training_class.pk])
    return scores


@pytest.fixture
def rows(db):
    rows = ClassRows(make_unit())
    rows.add_sessions("4", "3", "2", "4", "3", "2", "1.5", "0.5")
    return rows


def test_the_shipped_scheme_is_the_one_on_the_page():
    scheme = load_schemes([four_plus_one().pk])[four_plus_one().pk]
    shipped = [(i.name, i.block, i.kind, i.maximum, i.base) for i in scheme.items]
    assert shipped == [(i.name, i.block, i.kind, i.maximum, i.base) for i in ITEMS]
    assert scheme.items[0].rates == ITEMS[0].rates
    assert {word: str(points) for word, points in scheme.items[7].rates.items()} == {
        "优": "15", "良": "12", "中": "9", "差": "6", "未发言": "0",
    }  # fmt: skip
    for bound in (
        "excellent_total",
        "excellent_base",
        "good_total",
        "pass_total",
        "absent_sessions",
        "candidate_share",
    ):
        assert getattr(scheme, bound) == getattr(SCHEME, bound)
    assert (scheme.leave_numerator, scheme.leave_denominator) == (1, 7)


def test_blocks_and_items_of_the_shipped_scheme_stand_in_order():
    assert [block.name for block in Block.objects.filter(scheme=four_plus_one())] == [
        "学风学纪", "班级管理", "课堂表现", "能力拓展", "+1", "否决",
    ]  # fmt: skip
    ordered = Item.objects.filter(block__scheme=four_plus_one())
    assert [item.position for item in ordered] == list(range(1, 13))


def test_marks_are_counted_and_their_hours_added(rows):
    ann, ben = rows.enrol("安宁", "本立")
    rows.mark(ann, "late", "early", "personal", "sick", "official", "absent", "present")  # 4 3 2 4 3 2 1.5
    first, second = score(rows).trainees
    assert first.facts.marks == {"late": 1, "early": 1, "personal": 1, "sick": 1, "official": 1, "absent": 1}
    assert (str(first.leave_hours), str(first.attended_hours)) == ("6.0", "9.0")  # of 20: 2+4 leave, 2+4+3+2 away
    assert str(first.points["出勤情况"]) == "6.50"  # 15 − 1 − 1 − 1 − 0.5 − 0 − 5
    assert (str(second.leave_hours), str(second.attended_hours)) == ("0", "20.0")
    assert second.enrolment_id == ben.pk


def test_only_standing_entries_count(rows):
    (ann,) = rows.enrol("安宁")
    kept, wrong = rows.enter(ann, "加分项", "5", "3")
    rows.reverse(wrong)
    rows.enter(ann, "研讨交流", "15", "12")
    (one,) = score(rows).trainees
    assert (str(one.bonus), str(one.points["研讨交流"])) == ("5.00", "13.50")
    assert kept.points == 5


def test_a_reversed_veto_is_no_veto(rows):
    ann, ben = rows.enrol("安宁", "本立")
    rows.score("final", 安宁="100", 本立="100")
    for person in (ann, ben):
        rows.enter(person, "研讨交流", "15")
        (veto,) = rows.enter(person, "否决项", None)
    rows.reverse(veto)
    assert [one.grade for one in score(rows).trainees] == ["不合格", "良好"]  # 15+10+5+20+6+15+15+0 = 86


def test_those_off_the_roster_are_not_counted(rows):
    people = rows.enrol("安宁", "本立", "程远", "丁一", "方圆")
    for person, state in zip(people, ("no_show", "substituted", "withdrawn", "invited", "completed"), strict=True):
        person.state = state
        person.save()
        rows.mark(person, "late")
        rows.enter(person, "加分项", "1")
    rows.score("final", 安宁="100", 丁一="50")
    assert [one.enrolment_id for one in score(rows).trainees] == [people[3].pk, people[4].pk]


def test_an_answer_scores_only_with_exactly_the_keys_letters(rows):
    ann, ben, che, dan = rows.enrol("安宁", "本立", "程远", "丁一")
    exam = rows.exam("final", ["A", "BD", "ACD"], ["2", "2", "4"])
    rows.answer(exam, ann, "A", "BD", "ACD")
    rows.answer(exam, ben, "A", "B", "ABCD")
    rows.answer(exam, che, "", "", "ACD")
    AnswerSheet.objects.create(exam=exam, enrolment=dan)  # a row without any answer is no paper
    scores = score(rows)
    assert [one.final_score and str(one.final_score) for one in scores.trainees] == ["100.00", "25.00", "50.00", None]
    assert [str(one.points["结业测试"]) for one in scores.trainees] == ["15.00", "3.75", "7.50", "0.00"]
    assert [one.entry_score for one in scores.trainees] == [None] * 4


def test_scores_of_a_hundred_and_a_score_of_nought_is_a_paper(rows):
    rows.enrol("安宁", "本立", "程远")
    rows.score("entry", 安宁="33.5")
    rows.score("final", 安宁="77.25", 本立="0")
    first, second, third = score(rows).trainees
    assert (str(first.entry_score), str(first.final_score), str(first.points["结业测试"])) == (
        "33.50",
        "77.25",
        "11.59",
    )
    assert str(second.final_score) == "0.00"
    assert third.final_score is None


def test_what_was_not_kept_is_not_assessed():
    rows = ClassRows(make_unit(), kept=False)
    rows.add_sessions("4")
    rows.enrol("安宁")
    (one,) = score(rows).trainees
    assert set(one.points.values()) == {None}
    assert (one.grade, one.leave_hours, one.bonus) == ("未评定", None, None)


def test_an_empty_class_and_a_class_without_scheme_give_no_trainee(rows):
    assert score(rows).trainees == []
    rows.training_class.assessment.delete()
    assert list(compute([rows.training_class.pk])) == []


def crowd(size):
    rows = ClassRows(make_unit())
    rows.add_sessions("4", "3")
    people = rows.enrol(*(f"学员{i}" for i in range(size)))
    for person in people:
        rows.mark(person, "late", "sick")
    rows.enter(people[0], "加分项", "1")
    rows.answer(rows.exam("final", ["A"], ["2"]), people[0], "A")
    return rows.training_class.pk


def test_the_number_of_queries_is_the_same_for_one_class_and_for_thirty(query_count):
    classes = [crowd(5) for _ in range(30)]
    assert query_count(lambda: list(compute(classes[:1]))) == query_count(lambda: list(compute(classes))) == 9


def test_the_number_of_queries_is_the_same_for_five_trainees_and_for_fifty(query_count):
    few, many = crowd(5), crowd(50)
    assert query_count(lambda: list(compute([few]))) == query_count(lambda: list(compute([many]))) == 9


def test_packs_give_what_one_pack_gives(monkeypatch):
    classes = [crowd(size) for size in (3, 1, 4)]
    whole = [[one.total for one in scores.trainees] for scores in compute(classes)]
    monkeypatch.setattr(module, "TRAINEES_AT_ONCE", 4)
    assert [[one.total for one in scores.trainees] for scores in compute(classes)] == whole
    assert [len(each) for each in whole] == [3, 1, 4]


def test_scoring_may_run_inside_a_request(rows):
    rows.enrol("安宁")
    with guarded():
        assert len(score(rows).trainees) == 1
