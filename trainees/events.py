"""What trainees writes into the audit log."""

EVENTS = {
    "cadre.account": "干部关联账号",
    "cadre.unmask": "查看完整身份证号",
    "cadre.verify": "核实干部信息",
}
