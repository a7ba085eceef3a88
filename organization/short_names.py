"""Short names of a unit as offices write them: several in one cell, parted by `；`, `;` or `、`."""

import re

_PARTS = re.compile(r"[；;、]")


def split_names(cell: str) -> list[str]:
    """The names in one cell, without outer white space and blanks, in their order."""
    return [name for part in _PARTS.split(cell) if (name := part.strip())]
