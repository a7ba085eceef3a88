"""What adopting requirements does to people, told before somebody decides."""

import hashlib
import json
from datetime import date
from typing import Any

from portal.pages import words
from training.services.attainment import Tally
from training.services.rule_effect import Effect


def told(effect: Effect, since: date, year: int) -> list[str]:
    """Sentences: whose duties change, how many attain before and after, and when."""
    if effect.later:
        return [f"涉及 {effect.people} 名干部；{words.day(since)}起生效，启用当天不改变学习任务，到生效那天夜里更新。"]
    if effect.night:
        return [
            f"涉及 {effect.people} 名干部，人数较多，{year}年的学习任务在启用当天夜里更新，这里不预先计算达标人数。"
        ]
    return [
        f"本机关管理的干部 {effect.people} 人，其中 {effect.changed} 人的{year}年学习任务会改变。",
        f"{year}年达标人数：{_of(effect.before)} → {_of(effect.after)}。",
        "启用后今年的学习任务立即随之改变。",
    ]


def _of(tally: Tally) -> str:
    return f"{tally.met}/{tally.asked}"


def mark(rules: dict[str, Any], since: date) -> str:
    """Stands for these rules from this day: a tick set for others does not hold."""
    said = json.dumps([rules, since], sort_keys=True, default=str)
    return hashlib.sha256(said.encode()).hexdigest()[:32]
