"""Fetching what an address names, in scope, with the door the user comes through."""

from uuid import UUID

from core.scope import get_in_scope
from portal.requests import SignedIn
from portal.rules import Door, demand, may_enter_class
from training.models import TrainingClass


def class_and_door(request: SignedIn, pk: UUID) -> tuple[TrainingClass, Door]:
    """The class, or 404; the door, or 403 for those who only learn in it."""
    one = get_in_scope(TrainingClass.objects.select_related("unit"), request.user, pk=pk)
    door = Door.of(request.user, one)
    demand(may_enter_class(door))
    return one, door
