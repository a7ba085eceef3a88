"""What trainees writes into the audit log."""

EVENTS = {
    "cadre.account": "干部关联账号",
    "cadre.anonymise": "匿名化干部",
    "cadre.unmask": "查看完整身份证号",
    "keys.reindex": "重算身份证号索引",
    "cadre.verify": "核实干部信息",
}
