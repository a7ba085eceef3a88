"""Which requirements a cadre's post level and rank call for (DOMAIN.md §3)."""

from trainees.models import Cadre

HIGH_LEVELS = ("省部级", "厅局级", "县处级")
HIGH_RANKS = ("巡视员", "调研员")
"""一级、二级巡视员 and 一级 to 四级调研员: from 四级调研员 up counts as 县处级."""


def band_of(post_level: str, rank: str) -> str:
    """县处级 or 四级调研员 and above, else 乡科级 and below; "" where neither level nor rank is known."""
    if post_level.startswith(HIGH_LEVELS) or rank.endswith(HIGH_RANKS):
        return Cadre.Band.COUNTY_UP
    return Cadre.Band.TOWNSHIP_DOWN if post_level or rank else ""
