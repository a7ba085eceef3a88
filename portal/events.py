"""What the pages themselves write into the audit log."""

EVENTS = {
    "access.explain": "查看他人为何可见",
    "cadre_list.export": "导出干部名单",
    "class_list.export": "导出班次列表",
    "class_hours.export": "导出入账学时",
    "roster.export": "导出学员名册",
    "duties.export": "导出学习任务",
    "search.id_number": "按身份证号查找",
    "leaves.export": "导出请假记录",
    "recognition.export": "导出学分认定",
    "recognition.proof": "查看学分认定证明",
}
