"""What courses writes into the audit log, when a row of the catalogue is added."""

EVENTS = {
    "course.add": "增设课程",
    "coursecategory.add": "增设课程类别",
    "room.add": "增设教室",
    "teacher.add": "增加师资",
}
