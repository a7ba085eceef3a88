"""What courses writes into the audit log, when the catalogue changes."""

EVENTS = {
    "catalogue.export": "导出课程库",
    "catalogue.import": "导入课程库",
    "course.add": "增设课程",
    "course.change": "更改课程",
    "course.version": "增加课程版次",
    "coursecategory.add": "增设课程类别",
    "coursecategory.change": "更改课程类别",
    "coursemodule.add": "增设课程模块",
    "coursemodule.change": "更改课程模块",
    "coursesystem.add": "增设课程体系",
    "coursesystem.change": "更改课程体系",
    "room.add": "增设教室",
    "room.change": "更改教室",
    "teacher.add": "增加师资",
    "teacher.change": "更改师资",
    "teachertitle.add": "增设讲课费标准",
    "teachertitle.change": "更改讲课费标准",
}
