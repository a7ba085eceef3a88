"""After marks or hours changed on a page: draft and shown results follow at once; confirmed ones only by an amendment."""

from django.db.models import Exists

from assessments.models import ClassAssessment, Result
from assessments.services import score_class
from organization.models import Account
from training.models import TrainingClass

WHY = "whether results of a class in scope follow its marks"


def follow_marks(one: TrainingClass, *, actor: Account) -> int:
    """Score the class anew where it has results that are not confirmed; how many changed."""
    results = Exists(Result.objects.unscoped(WHY).filter(training_class=one))
    if not ClassAssessment.objects.unscoped(WHY).filter(results, pk=one.pk, confirmed_at=None).exists():
        return 0
    return score_class(one, actor=actor)
