"""What training writes into the audit log; changes of rows are coded `kind.verb` (training.services.changes)."""

EVENTS = {
    "class.added": "建立班次",
    "class.changed": "更改班次信息",
    "class.removed": "删除班次信息",
    "class.series": "归入班次系列",
    "class_role.add": "指定班次角色",
    "class_role.end": "结束班次角色",
    "enrolment.added": "增加学员",
    "enrolment.changed": "更改学员信息",
    "enrolment.removed": "移出学员",
    "slips.make": "制作登录条",
    "slips.order": "申请登录条",
    "slips.take": "下载登录条",
    "session.added": "增加课次",
    "session.changed": "更改课次",
    "session.removed": "删除课次",
    "timetable.copy": "复制课程表",
    "holiday.seed": "写入节假日",
    "mark.added": "登记考勤",
    "mark.changed": "更改考勤",
    "mark.removed": "删除考勤",
}
