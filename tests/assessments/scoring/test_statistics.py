"""Statistics worked by hand (and, where named, by Python's own statistics module)."""

import statistics
from decimal import Decimal
from uuid import UUID, uuid4

from hypothesis import given, settings
from hypothesis import strategies as st

from assessments.scoring.comparisons import (
    Lesson,
    Person,
    attendance_rate,
    curriculum,
    distribution,
    exam_comparison,
    unit_means,
)
from assessments.scoring.statistics import Question, analyse, compare_exams, correlation, spread
from tests.assessments.scoring.worked import D

A, B, C = (UUID(int=n) for n in (1, 2, 3))
FINANCE, EDUCATION = UUID(int=8), UUID(int=9)


def person(unit=FINANCE, total="80", grade="良好", attended="70", entry=None, final=None):
    hours = None if attended is None else D(attended)
    return Person(uuid4(), unit, f"单位{unit.int}", D(total), grade, hours, entry and D(entry), final and D(final))


def test_spread_is_that_of_a_sample():
    found = spread([D(2), D(4), D(4), D(4), D(5), D(5), D(7), D(9)])
    assert found is not None
    assert (found.n, found.mean, found.deviation) == (8, D("5.00"), D("2.14"))  # √(32/7) = 2.138
    assert (found.lowest, found.highest) == (D(2), D(9))
    assert spread([]) is None
    assert spread([D(7)]).deviation is None


def test_gain_of_the_means_and_of_those_who_sat_both():
    found = compare_exams({A: D(40), B: D(60), C: D(80)}, {A: D(70), B: D(80)})
    assert found.gain == D("15.00")  # 75 − 60
    assert found.paired is not None
    assert (found.paired.n, found.paired.entry_mean, found.paired.final_mean) == (2, D(50), D(75))
    assert (found.paired.mean, found.paired.deviation) == (D("25.00"), D("7.07"))  # 30 and 20: √50
    assert compare_exams({A: D(40)}, {}).gain is None
    assert compare_exams({A: D(40)}, {B: D(50)}).paired is None


def test_item_analysis_counts_blank_as_wrong():
    questions = [Question(1, D(2)), Question(2, D(2)), Question(3, D(4))]
    papers = [
        {1: D(2), 2: D(2), 3: D(4)},
        {1: D(2), 2: D(0), 3: D(4)},
        {1: D(2), 3: D(0)},
        {1: D(2), 2: D(0)},
    ]
    found = analyse(questions, papers)
    assert found is not None
    assert [item.difficulty for item in found.items] == [D("1.00"), D("0.25"), D("0.50")]
    assert [item.blank for item in found.items] == [0, 1, 1]
    # 1: nobody differs. 2: (2,0,0,0) with (6,6,2,2): r = 1/√3. 3: (4,4,0,0) with (4,2,2,2): r = 1/√3.
    assert [item.discrimination for item in found.items] == [None, D("0.58"), D("0.58")]
    # α = 3/2 · (1 − (0 + 1 + 16/3) / 9), totals 8, 6, 2, 2: mean 4.5, s² = 27/3 = 9 → 3/2 · (1 − 19/27) = 0.444
    assert found.reliability == D("0.44")
    assert found.papers == 4


def test_nothing_is_analysed_without_papers():
    assert analyse([Question(1, D(2))], []) is None
    assert analyse([], [{1: D(2)}]) is None
    single = analyse([Question(1, D(2))], [{1: D(2)}])
    assert single is not None
    assert (single.reliability, single.items[0].discrimination) == (None, None)


numbers = st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), min_size=2, max_size=30)


@settings(deadline=None)
@given(numbers)
def test_correlation_and_spread_agree_with_the_standard_library(pairs):
    xs, ys = ([Decimal(pair[side]) for pair in pairs] for side in (0, 1))
    found = correlation(xs, ys)
    if len(set(xs)) > 1 and len(set(ys)) > 1:
        assert found is not None
        assert abs(float(found) - statistics.correlation([float(x) for x in xs], [float(y) for y in ys])) < 1e-9
    else:
        assert found is None
    deviation = spread(xs).deviation
    assert deviation is not None
    assert abs(deviation - statistics.stdev(xs)) <= D("0.005")


def test_shares_of_the_curriculum_only_where_every_session_has_its_category():
    lessons = [Lesson(D(4), "theory"), Lesson(D(3), "party_spirit"), Lesson(D("2.5"), "other")]
    found = curriculum(lessons)
    assert (found.hours, found.theory_share, found.party_share) == (D("9.5"), D("73.68"), D("31.58"))
    open_one = curriculum([*lessons, Lesson(D(1), "")])
    assert (open_one.hours, open_one.theory_share, open_one.party_share) == (D("10.5"), None, None)
    assert curriculum([]).theory_share is None


def test_units_are_compared_by_those_with_a_grade():
    people = [
        person(total="90", grade="优秀"),
        person(EDUCATION, "60.01", "合格", "35"),
        person(total="81"),
        person(total="99", grade="退学", attended="0"),
    ]
    finance, education = unit_means(people, D(70))
    assert (finance.unit, finance.trainees, finance.graded, finance.excellent) == ("单位8", 3, 2, 1)
    assert (finance.mean, finance.attendance) == (D("85.50"), D("66.67"))
    assert (education.mean, education.attendance) == (D("60.01"), D("50.00"))


def test_unknown_hours_have_no_rate_and_nobody_graded_no_mean():
    people = [person(grade="未评定", attended=None)]
    assert attendance_rate(people, D(70)) is None
    assert unit_means(people, D(70))[0].mean is None


def test_totals_fall_into_tens():
    totals = ["103", "90", "89.99", "80", "79.99", "60", "59.99", "0"]
    counts = [each.count for each in distribution([person(total=total) for total in totals])]
    assert counts == [2, 2, 1, 1, 2]
    assert sum(each.count for each in distribution([person(grade="退学")])) == 0


def test_exams_are_compared_over_the_people():
    found = exam_comparison([person(entry="40", final="60"), person(entry="50"), person()])
    assert found.entry is not None
    assert (found.entry.n, found.entry.mean) == (2, D("45.00"))
    assert found.paired is not None
    assert found.paired.mean == D("20.00")
