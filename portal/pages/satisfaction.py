"""满意度: counts of anonymous answers, nothing under five of them (DOMAIN.md §3, "Evaluation")."""

from collections import defaultdict
from typing import Any

from assessments.models import SatisfactionCount, Suggestion
from organization.models import Account
from training.models import TrainingClass

FEWEST = 5
BAR = 85
KEYS = dict(zip(SatisfactionCount.RATINGS, ("excellent", "good", "fair", "poor"), strict=True))


def satisfaction(one: TrainingClass, user: Account) -> dict[str, Any]:
    """The fragment's own context: two queries."""
    counts: dict[str, dict[str, int]] = defaultdict(dict)
    rows = SatisfactionCount.objects.visible_to(user).filter(training_class=one)
    for aspect, rating, count in rows.values_list("aspect", "rating", "count"):
        counts[aspect][rating] = count
    answers = max((sum(ratings.values()) for ratings in counts.values()), default=0)
    if answers < FEWEST:
        return {"enough": False, "answers": answers}
    texts = Suggestion.objects.visible_to(user).filter(training_class=one).values_list("text", flat=True)
    questions = [question(aspect, counts[aspect]) for aspect in SatisfactionCount.ASPECTS if counts[aspect]]
    return {"enough": True, "answers": answers, "questions": questions, "suggestions": list(texts)}


def question(aspect: str, ratings: dict[str, int]) -> dict[str, Any]:
    whole = sum(ratings.values())
    good = sum(ratings.get(rating, 0) for rating in SatisfactionCount.RATINGS[:2])
    rate = 100 * good / whole if whole else 0.0
    counts = {key: ratings.get(rating, 0) for rating, key in KEYS.items()}
    return {"name": aspect, "rate": f"{rate:.1f}", "below_bar": rate < BAR} | counts
