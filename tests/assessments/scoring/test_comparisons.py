"""The comparisons of a class, read from its results."""

import pytest

from assessments.scoring.comparisons import compare
from assessments.services import score_class
from tests.assessments.scoring.rows import ClassRows, make_account, make_unit
from tests.assessments.scoring.samples import load
from tests.assessments.scoring.worked import D

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", ["clean", "untidy"])
def test_figures_of_a_sample(name):
    sample = load(name)
    score_class(sample.rows.training_class, actor=make_account())

    found = compare(sample.rows.training_class)

    expected = sample.expected
    assert (found.trainees, len(found.units)) == (expected["trainees"], expected["units"])
    assert found.exams.entry is not None
    assert found.exams.final is not None
    assert str(found.exams.entry.mean) == expected["entry_mean"]
    assert str(found.exams.final.mean) == expected["final_mean"]
    assert found.papers.final is not None
    items = [{"no": item.number, "difficulty": str(item.difficulty)} for item in found.papers.final.items]
    assert items == expected["items"]
    assert str(found.curriculum.hours) == f"{expected['total_hours']}.0"
    assert str(found.curriculum.theory_share) == expected["theory_share"]
    assert str(found.curriculum.party_share) == expected["party_share"]
    grades = [row["grade"] for row in expected["results"]]
    assert found.grades == {grade: grades.count(grade) for grade in grades}
    assert sum(each.count for each in found.distribution) == len([grade for grade in grades if grade != "退学"])
    hours = sum(D(row["attended_hours"]) for row in expected["results"])
    due = D(expected["total_hours"]) * expected["trainees"]
    assert found.attendance is not None
    assert abs(found.attendance - hours * 100 / due) <= D("0.005")


def crowd(size):
    rows = ClassRows(make_unit())
    rows.add_sessions("4", "3")
    people = rows.enrol(*(f"学员{i}" for i in range(size)))
    exam = rows.exam("final", ["A", "BC"], ["2", "3"])
    for person in people:
        rows.answer(exam, person, "A", "")
    score_class(rows.training_class, actor=make_account())
    return rows.training_class


def test_the_number_of_queries_is_fixed(query_count):
    few, many = crowd(3), crowd(30)
    assert query_count(lambda: compare(few)) == query_count(lambda: compare(many)) == 4


def test_a_class_without_results_or_papers_has_empty_figures():
    rows = ClassRows(make_unit())
    found = compare(rows.training_class)
    assert (found.trainees, found.units, found.attendance, found.papers.final) == (0, [], None, None)


def test_categories_count_by_the_catalogue_or_by_their_name():
    rows = ClassRows(make_unit())
    rows.add_sessions("4", "4")
    last = rows.sessions[1]
    last.category_name = "党性教育"
    last.save()
    assert compare(rows.training_class).curriculum.party_share == D("50.00")
    last.category_name = ""
    last.save()
    assert compare(rows.training_class).curriculum.party_share is None
