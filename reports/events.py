"""What reports writes into the audit log."""

EVENTS = {
    "archive.export": "导出学习档案数据",
    "archive.order": "申请档案材料",
    "archive.zip": "打包下载档案材料",
    "archive.take": "下载档案材料",
    "documents.draft": "生成文件草稿",
    "documents.zip": "打包下载文件",
    "document.issue": "印发文件",
    "document.read": "下载文件",
    "document.void": "作废文件",
    "statements.zip": "打包下载年度学习情况",
    "statements.write": "制作年度学习情况",
    "results.export": "下载成绩汇总",
}
