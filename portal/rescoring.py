"""After marks or hours changed on a page: draft and shown results follow at once; confirmed ones only by an amendment."""

from assessments.models import ClassAssessment, Result
from assessments.services import score_class
from organization.models import Account
from training.models import TrainingClass

WHY = "whether results of a class in scope follow its marks"


def follow_marks(one: TrainingClass, *, actor: Account) -> int:
    """Score the class anew where it has results that are not confirmed; how many changed."""
    open_ones = ClassAssessment.objects.unscoped(WHY).filter(pk=one.pk, confirmed_at=None)
    if not open_ones.exists() or not Result.objects.unscoped(WHY).filter(training_class=one).exists():
        return 0
    return score_class(one, actor=actor)
