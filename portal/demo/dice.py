"""Chance that falls the same way every time: the demo city is the same city on every machine."""

import random

SEED = "云岭"
Dice = random.Random


def dice(*about: object) -> Dice:
    """Dice for one subject: what is drawn for it does not depend on what was drawn before for others."""
    return random.Random("/".join(map(str, (SEED, *about))))  # noqa: S311 — nothing secret is drawn here
