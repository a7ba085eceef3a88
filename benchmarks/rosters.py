"""A city's roster, made up: names, numbers of region 99, four hundred units, and the file an office would send."""

import random
from collections.abc import Iterator
from datetime import date, timedelta

from core.idnumber import check_character
from core.sheets.writing import BookWriter
from organization.models import Unit
from organization.services import add_unit
from trainees.roster.columns import COLUMNS

FAMILY = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英清扬致远若溪云舟朝雪立言承泽高望舒守正察怀瑾嘉宁子墨雨桐"
LEVELS = ("县处级正职", "县处级副职", "乡科级正职", "乡科级副职")
RANKS = ("二级调研员", "四级调研员", "一级主任科员", "三级主任科员")
COUNTIES, BUREAUS = 8, 49
DAY = date(2026, 6, 1)


def a_tree() -> Unit:
    """An organization department with counties and 400 bureaus below it."""
    department = {"kind": Unit.Kind.ORGANIZATION_DEPARTMENT}
    root = add_unit(Unit(code="JS", name="中共集水市委组织部", level="city", **department), None, actor=None)
    for county in range(COUNTIES):
        place = f"集水市第{county + 1}县"
        under = add_unit(
            Unit(code=f"JS{county}", name=f"中共{place}委组织部", level="county", **department), root, actor=None
        )
        for bureau in range(BUREAUS):
            unit = Unit(
                code=f"JS{county}-{bureau:02d}", name=f"{place}第{bureau + 1}管理局", kind="agency", level="county"
            )
            add_unit(unit, under, actor=None)
    return root


def people(count: int, seed: int = 1) -> Iterator[list[object]]:
    """Rows of the roster's columns; numbers never come twice."""
    dice = random.Random(seed)
    for number in range(count):
        yield person(number, dice)


def person(number: int, dice: random.Random) -> list[object]:
    born = date(1966, 1, 1) + timedelta(days=dice.randrange(12_000))
    first = f"99{number // 1000:04d}{born:%Y%m%d}{number % 1000:03d}"
    name = dice.choice(FAMILY) + "".join(dice.choice(GIVEN) for _ in range(dice.choice((1, 2))))
    rank = dice.randrange(len(LEVELS))
    unit = f"集水市第{dice.randrange(COUNTIES) + 1}县第{dice.randrange(BUREAUS) + 1}管理局"
    work = born + timedelta(days=8400)
    return [
        name, first + check_character(first), "男" if number % 1000 % 2 else "女", "汉族", "中共党员", unit, "科长",
        LEVELS[rank], RANKS[rank], work + timedelta(days=1000), f"139{number:08d}", "", "在职", None, work,
        work + timedelta(days=700), work,
    ]  # fmt: skip


def roster_file(rows: Iterator[list[object]]) -> bytes:
    """The rows as a workbook, numbers and telephones as texts, dates as dates."""
    book = BookWriter(long=True)
    sheet = book.sheet("花名册")
    sheet.put_row(0, [column.name for column in COLUMNS])
    for place, row in enumerate(rows, 1):
        sheet.put_row(place, row)  # type: ignore[arg-type]
    return book.finish()
