"""What the workbook must know of a scoring scheme: which items take entries, and which points."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from core.sheets.text import key

COMPUTED = frozenset({"deduct_per_mark", "share_of_exam"})
"""Rule kinds whose items are computed and take no entry."""
RATED = "mean_of_entries"
VETO = "veto"
UNBOUNDED = "sum_of_entries"


@dataclass(frozen=True, slots=True)
class ItemRules:
    """An item of a scheme: `rule` is the item's rule kind, `words` are ratings written as words (优 → 15)."""

    name: str
    rule: str
    maximum: Decimal | None = None
    words: Mapping[str, Decimal] = field(default_factory=dict)

    @property
    def takes_entries(self) -> bool:
        """False for items that are computed from attendance or an exam."""
        return self.rule not in COMPUTED

    @property
    def needs_points(self) -> bool:
        """否决项 counts by being there."""
        return self.rule != VETO

    @property
    def bounds(self) -> tuple[Decimal, Decimal] | None:
        """Least and most points of one entry: ratings 0…max, others −max…max, None without a bound."""
        if self.maximum is None or self.rule in (UNBOUNDED, VETO):
            return None
        return (Decimal(0) if self.rule == RATED else -self.maximum), self.maximum


@dataclass(frozen=True, slots=True)
class SchemeRules:
    """A scoring scheme by name, with its items in order."""

    name: str
    items: tuple[ItemRules, ...]

    def item(self, written: str) -> ItemRules | None:
        """Return the item that is meant, white space and width aside."""
        wanted = key(written)
        return next((item for item in self.items if key(item.name) == wanted), None)

    @property
    def words(self) -> set[str]:
        """Every rating that some item takes as a word."""
        return {word for item in self.items for word in item.words}

    @property
    def entered(self) -> list[str]:
        """Names of the items that take entries."""
        return [item.name for item in self.items if item.takes_entries]


def merged(schemes: Iterable[SchemeRules]) -> SchemeRules:
    """Return the items of all schemes, for a workbook whose own scheme is unknown: at least nonsense is found."""
    items = {key(item.name): item for scheme in schemes for item in scheme.items}
    return SchemeRules("", tuple(items.values()))
