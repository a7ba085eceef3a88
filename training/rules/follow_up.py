"""回访: the shipped questionnaire, when it is due, and what the answers suggest (DOMAIN.md §3, “Results”)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from core.amounts import mean

DATA = Path(__file__).resolve().parent.parent / "data" / "follow_up.json"
LONGEST = 500
GOOD, FAIR = Decimal(4), Decimal(3)
"""Mean of the five-step answers from which use of what was learned is good, and fair."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One question as the cadre and as the superior is asked it."""

    key: str
    own: str
    superior: str


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """Five-step questions (1 to 5, by the words of `scale`) and questions answered in words."""

    version: int
    scale: tuple[str, ...]
    questions: tuple[Asked, ...]
    texts: tuple[Asked, ...]

    def checked(self, given: Mapping[str, str]) -> dict[str, object]:
        """Answers as they are kept. Raises ValueError with a sentence for one that is missing or out of the scale."""
        kept: dict[str, object] = {"version": self.version}
        for asked in self.questions:
            step = given.get(asked.key, "")
            if step not in {str(number) for number in range(1, len(self.scale) + 1)}:
                raise ValueError(f"请回答“{asked.own}”")
            kept[asked.key] = int(step)
        for asked in self.texts:
            kept[asked.key] = given.get(asked.key, "").strip()[:LONGEST]
        return kept


@lru_cache(maxsize=1)
def questionnaire() -> Questionnaire:
    """The one that the project ships."""
    told = json.loads(DATA.read_text(encoding="utf-8"))
    questions, texts = (tuple(Asked(**one) for one in told[name]) for name in ("questions", "texts"))
    return Questionnaire(told["version"], tuple(told["scale"]), questions, texts)


def mean_of(*answers: Mapping[str, object]) -> Decimal | None:
    """The mean of all five-step answers that were given, to two decimals; None where nobody answered."""
    keys = [asked.key for asked in questionnaire().questions]
    return mean(Decimal(str(one[key])) for one in answers for key in keys if key in one)


def suggested(mean: Decimal | None) -> str:
    """The outcome that the answers suggest; the department decides."""
    if mean is None:
        return ""
    return "good" if mean >= GOOD else "fair" if mean >= FAIR else "poor"
