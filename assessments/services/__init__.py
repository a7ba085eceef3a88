"""What a user intends with assessments: one function each."""

from assessments.services.scoring import (
    amend_results,
    confirm_results,
    decide_candidate,
    override_leave_cap,
    score_class,
    show_results,
)

__all__ = [
    "amend_results",
    "confirm_results",
    "decide_candidate",
    "override_leave_cap",
    "score_class",
    "show_results",
]
