"""Which requirements a post level and a rank call for (DOMAIN.md §3): 县处级 or 四级调研员 and above, the others below."""

import pytest

from trainees.models import Cadre
from trainees.rules.levels import POST_LEVELS, RANKS, band_of

HIGH, LOW = Cadre.Band.COUNTY_UP, Cadre.Band.TOWNSHIP_DOWN


@pytest.mark.parametrize(
    ("level", "rank", "band"),
    [
        ("县处级副职", "", HIGH), ("厅局级正职", "", HIGH), ("乡科级正职", "", LOW), ("科员级", "", LOW), ("", "四级调研员", HIGH),
        ("", "二级巡视员", HIGH), ("", "一级主任科员", LOW), ("", "二级科员", LOW), ("乡科级正职", "四级调研员", HIGH),
        ("县处级副职", "一级主任科员", HIGH), ("", "", ""),
    ],
)  # fmt: skip
def test_by_post_level_or_by_rank(level, rank, band):
    assert band_of(level, rank) == band


def test_of_the_lists_that_pages_offer_six_levels_and_six_ranks_are_high():
    assert [band_of(level, "") for level in POST_LEVELS] == [HIGH] * 6 + [LOW] * 2
    assert [band_of("", rank) for rank in RANKS] == [HIGH] * 6 + [LOW] * 6
