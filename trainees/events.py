"""What trainees writes into the audit log."""

EVENTS = {
    "cadre.account": "干部关联账号",
    "cadre.anonymise": "匿名化干部",
    "cadre.correct": "更正任职登记",
    "cadre.merge": "合并重复建档",
    "cadre.move": "登记任职变动",
    "cadre.status": "登记状态变动",
    "cadre.unmask": "查看完整身份证号",
    "ledger_year.close": "年度结账",
    "ledger.post": "学分学时入账",
    "ledger.settle": "合并后重新核算学分",
    "ledger.withdraw": "冲销学分学时",
    "rules.adopt": "启用换算规则",
    "keys.reindex": "重算身份证号索引",
    "cadre.verify": "核实干部信息",
    "duty.assign": "下达学习任务",
    "requirements.adopt": "制定学习要求",
}
