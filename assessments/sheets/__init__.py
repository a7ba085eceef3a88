"""Readers of the class workbook's sheets that belong to the assessment: 量化记录, 入学测试, 结业考试, 满意度."""
