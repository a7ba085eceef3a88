"""What is taught: categories, courses, teachers, rooms. They name no trainee and are seen by everybody signed in."""

from courses.models.catalogue import Course, CourseCategory, CourseModule, CourseSystem, CourseVersion
from courses.models.people import Teacher, TeacherTitle
from courses.models.places import Room

__all__ = [
    "Course",
    "CourseCategory",
    "CourseModule",
    "CourseSystem",
    "CourseVersion",
    "Room",
    "Teacher",
    "TeacherTitle",
]
