"""Groups are equal, and spread units and levels to the nearest whole number; whoever is asked twice says the same."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.rules.grouping import Member, names, numeral, spread

MEMBERS = st.lists(
    st.builds(Member, st.integers(0, 6), st.sampled_from(["县处级正职", "乡科级正职", "乡科级副职", ""])), max_size=70
)


def fair(total: int, groups: int) -> set[int]:
    return {total // groups, -(-total // groups)}


@given(MEMBERS, st.integers(1, 12))
def test_sizes_units_and_levels_are_even(members, groups):
    of = spread(members, groups)
    assert len(of) == len(members)
    assert set(of) <= set(range(groups))
    sizes = Counter(of)
    assert {sizes[group] for group in range(groups)} <= fair(len(members), groups)
    for field in ("unit", "level"):
        totals = Counter(getattr(one, field) for one in members)
        there = Counter((getattr(one, field), group) for one, group in zip(members, of, strict=True))
        for value, total in totals.items():
            assert {there[value, group] for group in range(groups)} <= fair(total, groups)


@given(MEMBERS, st.integers(1, 12))
def test_the_same_people_get_the_same_groups(members, groups):
    assert spread(members, groups) == spread(list(members), groups)


def test_six_people_of_three_units_in_two_groups():
    """Each unit's two are apart, and so are each level's two."""
    members = [
        Member(unit, level)
        for unit, level in (("局", "正"), ("局", "副"), ("委", "正"), ("委", "副"), ("办", "正"), ("办", "副"))
    ]
    of = spread(members, 2)
    assert Counter(of) == {0: 3, 1: 3}
    assert all(of[place] != of[place + 1] for place in (0, 2, 4))
    assert sorted(Counter(of[::2]).values()) == [1, 2]


def test_a_large_class_is_grouped_at_once():
    members = [Member(n * n % 37, str(n % 5)) for n in range(600)]
    sizes = Counter(spread(members, 12))
    assert set(sizes.values()) == {50}


def test_no_group_at_all_is_no_question():
    with pytest.raises(ValueError, match="at least one"):
        spread([], 0)


@pytest.mark.parametrize(
    ("number", "words"), [(1, "一"), (10, "十"), (12, "十二"), (20, "二十"), (21, "二十一"), (30, "三十")]
)
def test_numerals(number, words):
    assert numeral(number) == words


def test_names_in_use_come_first_and_are_continued_in_their_manner():
    assert names(3) == ["第一组", "第二组", "第三组"]
    assert names(3, ["第一组", "青松组"]) == ["第一组", "青松组", "第二组"]
    assert names(3, ["第1组"]) == ["第1组", "第2组", "第3组"]
    assert names(1, ["第一组", "第二组"]) == ["第一组"]
