"""What a user intends with assessments: one function each."""

from assessments.services.exporting import export_class, load_book
from assessments.services.importing import (
    commit_workbook,
    marked_up_workbook,
    note_refused,
    rehearse_for,
    rehearse_workbook,
    take_marked_workbook,
    template_workbook,
)
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
    "commit_workbook",
    "confirm_results",
    "decide_candidate",
    "export_class",
    "load_book",
    "marked_up_workbook",
    "note_refused",
    "override_leave_cap",
    "rehearse_for",
    "rehearse_workbook",
    "score_class",
    "show_results",
    "take_marked_workbook",
    "template_workbook",
]
