"""Leave: ask, decide, end, follow the timetable (DOMAIN.md §3, “Leave”)."""

from training.services.leave.approvers import end_approver, name_approver
from training.services.leave.asking import Wish, ask_leave, withdraw_leave
from training.services.leave.deciding import Answer, decide_leave, remind_leave
from training.services.leave.ending import cancel_leave, return_leave, shorten_leave
from training.services.leave.following import follow_timetable, release_sessions
from training.services.leave.holding import has_begun

__all__ = [
    "Answer", "Wish", "ask_leave", "cancel_leave", "decide_leave", "end_approver", "follow_timetable", "has_begun", "name_approver",
    "release_sessions", "remind_leave", "return_leave", "shorten_leave", "withdraw_leave",
]  # fmt: skip
