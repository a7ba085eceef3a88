"""What must hold whatever the class (hypothesis): monotone, order-free, bounded, ties by brute force."""

from dataclasses import replace
from decimal import Decimal
from uuid import uuid4

from hypothesis import given, settings
from hypothesis import strategies as st

from assessments.scoring.rules import ABSENT, Entries, Facts, Paper, exam_score, item_points, withdrawn
from assessments.scoring.standing import score_class
from tests.assessments.scoring.worked import ITEMS, MARKS, D, basis, item

many = settings(deadline=None)  # how many examples is the run's profile's business

cents = st.integers(-300, 300).map(lambda n: D(n) / 100)
halves = st.integers(0, 40).map(lambda n: D(n) / 2)
counts = st.dictionaries(st.sampled_from(sorted(MARKS)), st.integers(0, 6))
found = st.dictionaries(
    st.sampled_from([each.key for each in ITEMS if each.kind not in ("veto", "share_of_exam", "deduct_per_mark")]),
    st.builds(Entries, total=cents, count=st.integers(1, 4)),
)
papers = st.none() | st.integers(0, 80).map(lambda n: Paper(D(n), D(80)))
people = st.builds(
    Facts, st.builds(uuid4), counts, halves, halves, found, papers, papers, st.sampled_from(["", "", "", "援外任务"])
)
classes = st.lists(people, max_size=25)
# Few different totals, all 优秀 or near it: ties across the last place happen often.
coarse = st.builds(
    lambda late, exam, bonus: Facts(
        uuid4(), {"late": late}, final_paper=Paper(D(exam), D(15)),
        entries={7: Entries(D(4), 4), 8: Entries(D(15), 1), 10: Entries(D(10), 1), 11: Entries(D(bonus), 1)},
    ),
    st.integers(0, 2), st.integers(12, 15), st.integers(0, 2),
)  # fmt: skip


def sure(points: Decimal | None) -> Decimal:
    assert points is not None
    return points


@many
@given(classes)
def test_ten_items_make_the_base_and_lie_within_their_maxima(everybody):
    for one in score_class(basis(), everybody).trainees:
        assert one.base == sum(sure(one.points[each.name]) for each in ITEMS[:10])
        assert one.total == one.base + sure(one.bonus)
        assert all(0 <= sure(one.points[each.name]) <= sure(each.maximum) for each in ITEMS[:10])
        assert all(sure(points) == sure(points).quantize(D("0.01")) for points in one.points.values())


@many
@given(people, st.sampled_from(sorted(MARKS)))
def test_another_mark_never_raises_attendance(facts, mark):
    more = replace(facts, marks={**facts.marks, mark: facts.marks.get(mark, 0) + 1})
    assert attendance(more) <= attendance(facts)


def attendance(facts):
    return sure(item_points(item("出勤情况"), facts, basis()))


@many
@given(people, st.sampled_from([1, 2, 3, 4, 5, 6, 7, 8, 10, 11]), st.integers(0, 500).map(lambda n: D(n) / 100))
def test_raising_a_raw_score_never_lowers_a_total(facts, key, more):
    before = facts.entries.get(key, Entries(D(0), 1))
    entries = {**facts.entries, key: Entries(before.total, before.count)}
    raised = {**facts.entries, key: Entries(before.total + more, before.count)}
    low, high = score_class(basis(), [replace(facts, entries=entries), replace(facts, entries=raised)]).trainees
    assert high.total >= low.total


@many
@given(st.integers(0, 80), st.integers(0, 80))
def test_a_better_paper_never_scores_less(one, other):
    low, high = sorted((Paper(D(one), D(80)), Paper(D(other), D(80))), key=lambda paper: paper.points)
    assert sure(exam_score(low)) <= sure(exam_score(high))


@many
@given(classes, st.randoms())
def test_the_order_of_the_roster_changes_nothing(everybody, random):
    shuffled = random.sample(everybody, len(everybody))
    outcome = [{one.enrolment_id: (one.total, one.grade, one.rank, one.candidate) for one in scores.trainees}
               for scores in (score_class(basis(), everybody), score_class(basis(), shuffled))]  # fmt: skip
    assert outcome[0] == outcome[1]


@many
@given(classes)
def test_a_rank_is_one_more_than_those_ahead(everybody):
    standing = [one for one in score_class(basis(), everybody).trainees if one.grade != "退学"]
    for one in standing:
        assert one.rank == 1 + sum(other.total > one.total for other in standing)


@many
@given(st.lists(coarse, max_size=30))
def test_candidates_are_those_whom_no_way_of_breaking_ties_would_move(everybody):
    """Brute force over the definition: chosen = within the places under every order of equals; 待定 = under some."""
    scores = score_class(basis(), everybody)
    n = len(scores.trainees)
    places = max(1, n * 15 // 100)
    excellent = [one for one in scores.trainees if one.grade == "优秀"]
    for one in scores.trainees:
        if one.grade != "优秀":
            assert one.candidate == ""
            continue
        mine = keys_of(one)
        ahead = sum(keys_of(other) > mine for other in excellent)
        equals = sum(keys_of(other) == mine for other in excellent)
        expected = "是" if ahead + equals <= places else "待定" if ahead < places else ""
        assert one.candidate == expected
    assert sum(one.candidate == "是" for one in scores.trainees) <= places


def keys_of(one):
    return one.total, one.base, one.points["结业测试"], one.points["出勤情况"]


@many
@given(st.integers(1, 400), st.integers(0, 400))
def test_the_leave_cap_is_exact_in_half_hours(total, leave):
    """Everything doubled into whole numbers: leave × 7 > total."""
    facts = Facts(uuid4(), leave_hours=D(leave) / 2)
    assert withdrawn(facts, basis(D(total) / 2)) is (leave * 7 > total)


@many
@given(people, st.integers(4, 9))
def test_absent_four_times_never_passes(facts, times):
    (one,) = score_class(basis(), [replace(facts, marks={ABSENT: times})]).trainees
    assert one.grade in ("不合格", "退学")
