"""Which requirements a cadre's post level and rank call for (DOMAIN.md §3)."""

from trainees.models import Cadre

HIGH_LEVELS = ("省部级", "厅局级", "县处级")
HIGH_RANKS = ("巡视员", "调研员")
"""一级、二级巡视员 and 一级 to 四级调研员: from 四级调研员 up counts as 县处级."""

POST_LEVELS = (
    "省部级正职", "省部级副职", "厅局级正职", "厅局级副职", "县处级正职", "县处级副职", "乡科级正职", "乡科级副职",
)  # fmt: skip
"""领导职务层次 of GB/T 12407 and the Civil Servants Law; 国家级 has no place in a city."""
RANKS = (
    "一级巡视员", "二级巡视员", "一级调研员", "二级调研员", "三级调研员", "四级调研员",
    "一级主任科员", "二级主任科员", "三级主任科员", "四级主任科员", "一级科员", "二级科员",
)  # fmt: skip
"""综合管理类公务员职级 of the Civil Servants Law, the highest first."""


def band_of(post_level: str, rank: str) -> str:
    """县处级 or 四级调研员 and above, else 乡科级 and below; "" where neither level nor rank is known."""
    if post_level.startswith(HIGH_LEVELS) or rank.endswith(HIGH_RANKS):
        return Cadre.Band.COUNTY_UP
    return Cadre.Band.TOWNSHIP_DOWN if post_level or rank else ""
