"""单位达标情况: one line a unit, everybody below it included, ranked among its siblings."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse

from organization.models import Unit
from portal.pages import words
from portal.pages.duties.look import ROLES, Look
from training.services.attainment import Part, Tally, tallies

OWN, ELSEWHERE = "本级（不含下属单位）", "在其他单位工作的"
CHART_UNITS = 20
WORST = Decimal(-1)


@dataclass
class Line:
    """A unit with its people's tallies: `by_code[""]` of all requirements together; `rank` among siblings, 0 for none."""

    name: str
    unit: Unit | None = None
    by_code: dict[str, Tally] = field(default_factory=dict)
    rank: int = 0
    deeper: bool = False

    def tally(self, code: str = "") -> Tally:
        return self.by_code.get(code, Tally())


@dataclass(frozen=True)
class Board:
    """The units of a page, their sum, and what was asked for."""

    look: Look
    lines: list[Line]
    total: Line
    bands: dict[str, Tally] = field(default_factory=dict)
    """All requirements together, by level."""

    @property
    def codes(self) -> dict[str, str]:
        """The requirements that somebody here has, by name."""
        return {code: name for code, name in self.look.codes.items() if code in self.total.by_code}

    @property
    def heads(self) -> list[str]:
        """Of the columns of `codes`: what runs on beyond the year is told by who keeps pace."""
        return [f"{name}进度达标" if code in self.look.running else name for code, name in self.codes.items()]

    def shares(self, line: Line) -> list[Decimal | None]:
        """Per cent for each of `heads`."""
        return [line.tally(one).pace if one in self.look.running else line.tally(one).share for one in self.codes]


def board(look: Look) -> Board:
    """Three queries, however many units."""
    parts = tallies(look.duties, look.view)
    paths = dict(Unit.objects.filter(pk__in={part.unit_id for part in parts}).values_list("pk", "path"))
    placed = [(paths[part.unit_id], part) for part in parts]
    lines = [line for line in _lines(look, placed) if line.tally().people]
    _rank([line for line in lines if line.unit is not None], look.code)
    bands: dict[str, Tally] = {}
    for part in parts:
        if not part.code:
            bands[part.band] = bands.get(part.band, Tally()) + part.tally
    return Board(look, lines, _line("合计", None, placed), bands)


def _lines(look: Look, placed: Sequence[tuple[str, Part]]) -> Iterable[Line]:
    """The next units below the one looked at, its own people, and those who work elsewhere."""
    if look.unit is None:
        tops = look.user.access.paths(*ROLES)
        yield from (_below(one, placed) for one in Unit.objects.filter(path__in=tops).order_by("path"))
        return
    path = look.unit.path
    yield _line(OWN, None, [one for one in placed if one[0] == path])
    children = Unit.objects.filter(path__startswith=path, depth=look.unit.depth + 1).order_by("path")
    yield from (_below(one, placed) for one in children)
    yield _line(ELSEWHERE, None, [one for one in placed if not one[0].startswith(path)])


def _below(unit: Unit, placed: Sequence[tuple[str, Part]]) -> Line:
    line = _line(unit.name, unit, [one for one in placed if one[0].startswith(unit.path)])
    line.deeper = any(path.startswith(unit.path) and path != unit.path for path, _ in placed)
    return line


def _line(name: str, unit: Unit | None, placed: Iterable[tuple[str, Part]]) -> Line:
    line = Line(name, unit)
    for _, part in placed:
        line.by_code[part.code] = line.tally(part.code) + part.tally
    return line


def _rank(lines: Sequence[Line], code: str) -> None:
    """The same share has the same place; who has nobody to ask has none."""
    shares = sorted((share for line in lines if (share := line.tally(code).share) is not None), reverse=True)
    for line in lines:
        share = line.tally(code).share
        line.rank = 0 if share is None else shares.index(share) + 1


# ---- as a page ----


def _share(line: Line, code: str) -> Decimal:
    share = line.tally(code).share
    return WORST if share is None else share


SORTS: dict[str, Callable[[Line, str], Any]] = {
    "people": lambda line, code: line.tally().people,
    "share": _share,
    "rank": lambda line, code: line.rank or 10**6,
    "hours": lambda line, code: line.tally().mean_hours or WORST,
    "warned": lambda line, code: line.tally().warned,
}


def in_order(request: HttpRequest, board: Board) -> list[Line]:
    """In the order of the tree, or as a column head asks."""
    asked = request.GET.get("sort", "")
    key = SORTS.get(asked.lstrip("-"))
    if key is None:
        return board.lines
    return sorted(board.lines, key=lambda line: key(line, board.look.code), reverse=asked.startswith("-"))


def percent(share: Decimal | None) -> str:
    return "—" if share is None else f"{share:.1f}%"


def people_url(look: Look, unit: Unit | None = None, **more: str) -> str:
    asked = look.query | more | ({"unit": str(unit.pk)} if unit else {})
    return f"{reverse('portal:duty_people')}?{urlencode(asked)}"


def row(line: Line, board: Board) -> dict[str, Any]:
    """One line for templates/portal/duties/_unit.html; figures open the list behind them where it is one unit's."""
    look, whole, shown = board.look, line.tally(), line.tally(board.look.code)
    own = line.name == OWN and look.unit is not None
    urls = {} if line.unit is None and not own else _urls(look, line.unit, own=own)
    return {
        "name": line.name,
        "url": _way_down(look, line),
        "people": whole.people,
        "met": f"{shown.met} / {shown.asked}",
        "share": percent(shown.share),
        "bar": int(shown.share or 0),
        "rank": line.rank or "—",
        "hours": words.hours(whole.mean_hours),
        "codes": [(head, percent(share)) for head, share in zip(board.heads, board.shares(line), strict=True)],
        "warned": whole.warned,
        "urls": urls,
    }


def _way_down(look: Look, line: Line) -> str:
    if line.unit is None:
        return ""
    if not line.deeper:
        return people_url(look, line.unit)
    return f"{reverse('portal:duties')}?{urlencode(look.query | {'unit': str(line.unit.pk)})}"


def _urls(look: Look, unit: Unit | None, *, own: bool) -> dict[str, str]:
    more = {"own": "1"} if own else {}
    return {
        "people": people_url(look, unit, **more),
        "met": people_url(look, unit, state="met", **more),
        "warned": people_url(look, unit, only="warned", **more),
    }


def figures(board: Board) -> list[dict[str, object]]:
    """The sum of the page; each figure opens its list."""
    look, whole, shown = board.look, board.total.tally(), board.total.tally(board.look.code)
    under = whole.short + whole.overdue
    return [
        words.figure("干部", whole.people, "人", f"免除 {whole.exempt} 人" if whole.exempt else "", people_url(look)),
        words.figure(
            "达标率", percent(shown.share), "", f"{shown.met} / {shown.asked} 人", people_url(look, state="met")
        ),
        words.figure("预计可达标", whole.ahead, "人", "计入已排班次", people_url(look, state="ahead")),
        words.figure("未达标", under, "人", f"其中逾期 {whole.overdue} 人", people_url(look, only="under")),
        words.figure("预警", whole.warned, "人", "按进度可能完不成", people_url(look, only="warned")),
        words.figure("人均学时", words.hours(whole.mean_hours), "学时", f"参训 {whole.trained} 人"),
    ]


def chart(board: Board, key: str = "chart-units") -> dict[str, Any] | None:
    """Shares by unit, the lowest first, with the table behind it."""
    ranked = sorted((line for line in board.lines if line.rank), key=lambda line: -line.rank)[:CHART_UNITS]
    if len(ranked) < 2:
        return None
    shares = [(line.name, float(_share(line, board.look.code))) for line in ranked]
    return {
        "id": key,
        "kind": "bars",
        "title": "各单位达标率（由低到高）",
        "tall": True,
        "data": {
            "categories": [name for name, _ in shares],
            "series": [{"name": "达标率", "values": [share for _, share in shares]}],
            "unit": "%",
            "horizontal": True,
        },
        "table": {"head": ["单位", "达标率（%）"], "rows": [list(pair) for pair in shares]},
    }


# ---- as a file ----


def headings(board: Board) -> list[str]:
    return [
        "单位",
        "干部",
        "应达标",
        "达标",
        "达标率（%）",
        "名次",
        "人均学时",
        *(f"{name}（%）" for name in board.heads),
        "预警",
    ]


def cells(line: Line, board: Board) -> list[object]:
    whole, shown = line.tally(), line.tally(board.look.code)
    by_code = board.shares(line)
    return [
        line.name, whole.people, shown.asked, shown.met, shown.share, line.rank or None, whole.mean_hours, *by_code, whole.warned,
    ]  # fmt: skip


APPRAISAL = (
    "序号",
    "单位",
    "干部人数",
    "免除人数",
    "应达标人数",
    "达标人数",
    "达标率（%）",
    "名次",
    "人均学时",
    "逾期未达标人数",
)


def appraisal(board: Board) -> list[list[object]]:
    """年度考核用表: the units by rank, then their sum."""
    ranked = sorted((line for line in board.lines if line.rank), key=lambda line: line.rank)
    return [_appraised(place, line) for place, line in enumerate(ranked, 1)] + [_appraised(None, board.total)]


def _appraised(place: int | None, line: Line) -> list[object]:
    whole = line.tally()
    return [
        place, line.name, whole.people, whole.exempt, whole.asked, whole.met, whole.share, line.rank or None,
        whole.mean_hours, whole.overdue,
    ]  # fmt: skip
