"""Readers of the class workbook's sheets that belong to the class: 班次信息, 花名册, 课程表, 考勤. No database."""
