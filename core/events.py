"""What core writes into the audit log."""

EVENTS = {
    "access.refused": "拒绝访问",
    "access.not_found": "查找范围之外的内容",
    "access.limited": "超过频次上限",
    "audit.read": "查阅审计记录",
    "audit.export": "导出审计记录",
    "audit.verify": "核验审计链",
    "audit.archive": "归档审计记录",
    "audit.purge": "清除已归档的审计记录",
    "backup.made": "备份",
    "backup.check": "核对备份",
    "keys.reseal": "更换加密密钥",
    "sealed.unreadable": "密文打不开",
    "upload.infected": "拦截含有病毒的文件",
    "sweep.done": "清除到期的内容",
}
