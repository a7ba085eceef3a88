"""The class: series, classes, enrolments, timetable, attendance."""
