"""Invented lessons, shares of a curriculum, people to choose from and groups, for the page of components."""

from typing import Any

Context = dict[str, Any]


def context() -> Context:
    return {
        "lessons": lessons(),
        "shares": shares(),
        "people_groups": people(),
        "parts": [("took_part", "参加"), ("spoke", "发言（主讲）"), ("organised", "组织"), ("awarded", "获奖")],
        "levels": ["县处级副职", "乡科级正职"],
        "summary": [
            {"name": "第一组", "people": 10, "levels": [4, 6], "same": 1},
            {"name": "第二组", "people": 9, "levels": [3, 6], "same": 2},
        ],
    }


def lessons() -> list[Context]:
    """A card of each kind; the last has something to look at."""
    kinds = (
        ("theory", "党的创新理论的世界观和方法论", "石讲师"),
        ("party_spirit", "革命纪念馆现场教学", "柳副教授"),
        ("professional", "基层治理案例", "穆教授"),
        ("knowledge", "数据安全与保密", "秦老师"),
    )
    cards: list[Context] = [
        {"kind": kind, "title": title, "teacher": who, "clock": "08:30–11:50", "hours": "4", "place": "第三教室"}
        for kind, title, who in kinds
    ]
    cards[-1] |= {"warnings": ["3月7日上午是周六，不是调休上班日"]}
    return cards


def shares() -> list[Context]:
    return [
        {"label": "党的理论教育和党性教育", "hours": "92", "percent": "80", "width": 80, "bound": "不低于 70%"},
        {"label": "领导干部授课", "hours": "18", "percent": "16", "width": 16, "bound": "不低于 20%", "low": True},
    ]


def people() -> list[Context]:
    """Two groups of a class, some of whom did something."""
    named = {
        "第一组": (("陆知微", "spoke"), ("秦晓舟", "took_part"), ("温以宁", "")),
        "第二组": (("上官云舒", "organised"),),
    }
    return [
        {"name": group, "people": [{"key": name, "name": name, "part": part} for name, part in members]}
        for group, members in named.items()
    ]
