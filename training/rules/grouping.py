"""Groups of a class (组别) of equal size, in which people of one unit and of one post level are spread as evenly as can be.

Every group gets a unit's people, a level's people and the class to the nearest whole number: of 10 people of a unit in
4 groups each has 2 or 3. This is always possible at once: people are edges between their unit and their level, cut into
portions of as many people as there are groups; groups are colours of the edges, no two alike at one portion (König 1916),
and two colours that differ too much in number change places along a path (de Werra 1971).
"""

import re
from collections import Counter, defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field

MOST_GROUPS = 30
ARABIC = re.compile(r"第\d+组")
NUMERALS = "一二三四五六七八九"

Portion = tuple[str, Hashable, int]


@dataclass(frozen=True, slots=True)
class Member:
    """What decides about somebody's group; a level may be unknown (empty)."""

    unit: Hashable
    level: str


def spread(members: Sequence[Member], groups: int) -> list[int]:
    """The group of each member, from 0; the same members in the same order give the same groups.

    Sizes differ by at most one, and so do the groups' shares of every unit and of every level.
    """
    if groups < 1:
        raise ValueError("there is at least one group")
    colouring = _Colouring(_portions(members, groups), groups)
    for place in range(len(members)):
        colouring.place(place)
    colouring.level_out()
    return [colouring.of[place] for place in range(len(members))]


def names(count: int, used: Sequence[str] = ()) -> list[str]:
    """`count` names of groups: those in use first, in their order, then 第一组, 第二组 … or 第1组, 第2组 … as in use."""
    arabic = any(ARABIC.fullmatch(name) for name in used)
    numbers = range(1, count + len(used) + 1)
    fresh = [f"第{number if arabic else numeral(number)}组" for number in numbers]
    return [*used, *(name for name in fresh if name not in used)][:count]


def numeral(number: int) -> str:
    """1–99 in Chinese: 九, 十, 十一, 二十, 二十一."""
    tens, ones = divmod(number, 10)
    head = "" if not tens else "十" if tens == 1 else f"{NUMERALS[tens - 1]}十"
    return head + (NUMERALS[ones - 1] if ones else "")


def _portions(members: Sequence[Member], groups: int) -> list[tuple[Portion, Portion]]:
    """The two portions each member belongs to: the how-manieth of their unit and of their level they are decides."""
    seen: Counter[tuple[str, Hashable]] = Counter()
    found: list[tuple[Portion, Portion]] = []
    for member in members:
        unit: tuple[str, Hashable] = ("unit", member.unit)
        level: tuple[str, Hashable] = ("level", member.level)
        found.append(((*unit, seen[unit] // groups), (*level, seen[level] // groups)))
        seen.update((unit, level))
    return found


@dataclass(slots=True)
class _Colouring:
    """Members in groups, never two of one portion in the same group."""

    portions: Sequence[tuple[Portion, Portion]]
    groups: int
    of: dict[int, int] = field(default_factory=dict)
    """The group of each member that was placed."""
    at: dict[Portion, dict[int, int]] = field(default_factory=lambda: defaultdict(dict))
    """Who of a portion is in a group."""

    def place(self, place: int) -> None:
        """Put somebody into the smallest group that is free for both portions; where none is, make one free."""
        unit, level = self.portions[place]
        sizes = Counter(self.of.values())
        by_size = sorted(range(self.groups), key=lambda group: sizes[group])
        for_unit, for_level = ([group for group in by_size if group not in self.at[one]] for one in (unit, level))
        both = [group for group in for_unit if group in for_level]
        group = both[0] if both else for_unit[0]
        if not both:
            self.swap(self.path(self.at[level][group], group, for_level[0]), group, for_level[0])
        self._put(place, group)

    def path(self, start: int, one: int, other: int) -> set[int]:
        """Everybody of two groups who is bound to `start` by a chain of common portions."""
        found, todo = {start}, [start]
        while todo:
            for portion in self.portions[todo.pop()]:
                near = {self.at[portion][group] for group in (one, other) if group in self.at[portion]} - found
                found |= near
                todo.extend(near)
        return found

    def swap(self, path: set[int], one: int, other: int) -> None:
        """Those of the one group on a whole path go to the other, and the other way round."""
        turned = {place: other if self.of[place] == one else one for place in path}
        for place in path:
            for portion in self.portions[place]:
                del self.at[portion][self.of[place]]
            del self.of[place]
        for place, group in turned.items():
            self._put(place, group)

    def level_out(self) -> None:
        """While one group has two more than another, a path that has one more of the first changes sides."""
        while True:
            sizes = Counter(self.of.values())
            small, *_, large = sorted(range(self.groups), key=lambda group: sizes[group]) * 2
            if sizes[large] - sizes[small] < 2:
                return
            self.swap(self._surplus(large, small), large, small)

    def _surplus(self, large: int, small: int) -> set[int]:
        """A path of two groups with one more of the larger; where one has more people, there is such a path."""
        for place in sorted(place for place, group in self.of.items() if group == large):
            path = self.path(place, large, small)
            if sum(self.of[one] == large for one in path) * 2 > len(path):
                return path
        raise AssertionError("the larger of two groups has a path of its own")

    def _put(self, place: int, group: int) -> None:
        self.of[place] = group
        for portion in self.portions[place]:
            self.at[portion][group] = place
