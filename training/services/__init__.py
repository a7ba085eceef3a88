"""Writes about classes: one function per intention."""

from training.services.changes import Change, Changes
from training.services.classes import ClassIdentity, find_class, write_class
from training.services.marks import beside_pages, write_marks
from training.services.roster import Person, write_roster
from training.services.schedule import (
    Lesson,
    change_session,
    copy_timetable,
    move_session,
    put_session,
    remove_session,
)
from training.services.timetable import write_sessions

__all__ = [
    "Change",
    "Changes",
    "ClassIdentity",
    "Lesson",
    "Person",
    "beside_pages",
    "change_session",
    "copy_timetable",
    "find_class",
    "move_session",
    "put_session",
    "remove_session",
    "write_class",
    "write_marks",
    "write_roster",
    "write_sessions",
]
