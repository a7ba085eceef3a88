"""The cadres of 云岭: who they are, where they serve, how they learn."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from core.idnumber import check_character
from organization.directory import UnitRef
from portal.demo.dice import Dice, dice
from portal.demo.names import MINORITIES, RARE, invented_name
from training.sheets.rows import RosterRow

CITY_UNITS = ("YL01", "YL02", "YL03", "YL04", "YL05", "YL06", "YL07", "YL08", "YL09", "YLDX", "YL")
QINGXI_UNITS = ("QX", "QX01", "QX02", "QX03", "QX04")
QINGSHAN_UNITS = ("QS", "QS01", "QS02")
CITY_UNIT_SIZE, COUNTY_UNIT_SIZE = 17, 14
LEARNER = "沈知溪"
"""The trainee who signs in as `xueyuan`."""
LEARNER_UNIT = "YL03"
NAMESAKES = ("陈思远", "YL02", "YL04")
"""Two people of one name: every sheet writes them with the last four characters of their ID numbers."""

PARTY = "中共党员"
POLITICS = (PARTY,) * 17 + ("民建会员", "无党派人士", "群众")
# post level → (post, rank); of a county's heads the level is 乡科级
CITY_POSTS = (
    ("县处级正职", "主要负责人", "一级调研员"), ("县处级副职", "副职领导", "三级调研员"), ("县处级副职", "二级巡察专员", "四级调研员"),
    ("乡科级正职", "科长", "一级主任科员"), ("乡科级正职", "科长", "二级主任科员"), ("乡科级正职", "办公室主任", "一级主任科员"),
    ("乡科级副职", "副科长", "三级主任科员"), ("乡科级副职", "副科长", "四级主任科员"),
)  # fmt: skip
COUNTY_POSTS = (
    ("乡科级正职", "主要负责人", "一级主任科员"), ("乡科级正职", "党委副书记", "二级主任科员"), ("乡科级副职", "副职领导", "三级主任科员"),
    ("乡科级副职", "综合办主任", "四级主任科员"), ("乡科级副职", "副职领导", "三级主任科员"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Person:
    """An invented cadre; `ability` is about normal around 0 and shows in exams and ratings."""

    key: int
    name: str
    id_number: str
    sex: str
    unit_code: str
    ethnic_group: str
    political_status: str
    post: str
    post_level: str
    rank: str
    ability: float

    def row(self, units: dict[str, str], group: int, duty: str, namesake: bool) -> RosterRow:
        """The person as a class's roster has them; `units` gives full names by code."""
        return RosterRow(
            name=self.name, suffix=self.id_number[-4:] if namesake else "", id_number=self.id_number,
            unit=UnitRef(self.unit_code, units[self.unit_code]), sex=self.sex, ethnic_group=self.ethnic_group,
            political_status=self.political_status, post=self.post, post_level=self.post_level, rank=self.rank,
            phone=f"1000000{self.key:04}", group=f"第{group}组", committee_post=duty,
        )  # fmt: skip


def everybody() -> list[Person]:
    """Some three hundred cadres, unit by unit; the same ones every time."""
    chance = dice("people")
    people: list[Person] = []
    special = _special_names()
    for unit in _seats():
        known = [person.name for person in people]
        name, sex, group = next(special, None) or _ordinary(chance, known)
        people.append(_person(chance, len(people) + 1, name, sex, group, unit))
    return [*people, *_named(chance, len(people) + 1)]


def _seats() -> Iterator[str]:
    """Units in the order in which their seats are filled: round by round, so that special names spread."""
    for turn in range(CITY_UNIT_SIZE):
        yield from CITY_UNITS
        if turn < COUNTY_UNIT_SIZE:
            yield from QINGXI_UNITS + QINGSHAN_UNITS


def _special_names() -> Iterator[tuple[str, str, str]]:
    yield from MINORITIES
    yield from ((name, sex, "汉族") for name, sex in RARE)


def _ordinary(chance: Dice, known: list[str]) -> tuple[str, str, str]:
    while True:
        sex = chance.choice("男男女")
        name = invented_name(chance, sex)
        if name not in known:
            return name, sex, "汉族"


def _named(chance: Dice, key: int) -> list[Person]:
    """Those whom the demo's stories need."""
    name, *units = NAMESAKES
    learner = _person(chance, key, LEARNER, "女", "汉族", LEARNER_UNIT, ability=0.9)
    return [learner, *(_person(chance, key + n, name, "男", "汉族", unit) for n, unit in enumerate(units, 1))]


def _person(
    chance: Dice, key: int, name: str, sex: str, group: str, unit: str, *, ability: float | None = None
) -> Person:
    posts = CITY_POSTS if unit in CITY_UNITS else COUNTY_POSTS
    level, post, rank = chance.choice(posts)
    drawn = chance.gauss(0, 1)
    return Person(
        key=key, name=name, id_number=id_number(chance, key, sex), sex=sex, unit_code=unit, ethnic_group=group,
        political_status=PARTY if unit in ("YL", "QX", "QS") else chance.choice(POLITICS), post=post, post_level=level,
        rank=rank, ability=drawn if ability is None else ability,
    )  # fmt: skip


def id_number(chance: Dice, key: int, sex: str) -> str:
    """A number that is valid after GB 11643 and nobody's: there is no region 99."""
    born = date(1968, 1, 1) + timedelta(days=chance.randrange(26 * 365))
    sequence = (key * 2) % 998 + (sex == "男")
    body = f"9900{key % 90 + 10:02}{born:%Y%m%d}{sequence:03}"
    return body + check_character(body)
