"""为什么能看到: which way leads an account to a thing, or what is missing."""

from portal.pages.why.answer import Asked, answer
from portal.pages.why.things import KINDS, Thing, find, is_blind

__all__ = ["KINDS", "Asked", "Thing", "answer", "find", "is_blind"]
