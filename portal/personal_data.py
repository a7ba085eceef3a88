"""What is kept of people, why, for how long, and who sees it (SEC-34; 个人信息保护法 第六、十七、十九条).

Every column that can hold something of a person stands in HOLDINGS or, with nothing of a person in it, in IMPERSONAL;
tests/access/test_sec_34_inventory.py fails for one that stands in neither. `manage.py personal_data` writes
docs/personal-data.md from this table.
"""

from dataclasses import dataclass

DUTY = "履行法定职责（个保法 13(三)；干部教育培训工作条例）"
LOGS = "履行法定义务（网络安全法 23(三)；数据安全法 27）"
CLASS_ROLES = "组织部、本班班主任、本人"
RECORDS = "组织部、本班班主任、考评工作小组、本人"
PERSON = "在职期间；退休、去世、调离满 PERSON_KEEP_YEARS 年后匿名化"
ARCHIVE = "随班次档案长期保存；匿名化后只剩键"
ACCOUNT = "账号存续期间；干部匿名化时一并清除"
AUDIT = "不少于 184 天，默认 365 天，归档后清除"


@dataclass(frozen=True, slots=True)
class Holding:
    """Columns of a model, what they hold, purpose, legal basis, retention, who sees them; `sensitive` as in 第二十八条."""

    model: str
    fields: str
    what: str
    purpose: str
    basis: str
    retention: str
    roles: str
    sensitive: bool = False


HOLDINGS = (
    Holding("trainees.Cadre", "name pinyin initials", "姓名、拼音", "认人、查找、名册和公文", DUTY, PERSON,
            "组织部、领导、本单位联络员、所在班班主任、本人"),
    Holding("trainees.Cadre", "ethnic_group political_status", "民族、政治面貌", "名册和统计", DUTY, PERSON,
            "组织部、班主任（工作簿）、本人"),
    Holding("trainees.Cadre", "id_number_sealed id_number_index", "身份证号（加密）及其散列索引", "唯一认定一个人", DUTY, PERSON,
            "组织部（逐个查看，写理由）、所在班班主任（本班工作簿）；其他页面只见首尾各一位", sensitive=True),
    Holding("trainees.Cadre", "phone_sealed", "手机号（加密）", "联系学员", DUTY, PERSON, "组织部、班主任（本班工作簿）"),
    Holding("trainees.Cadre", "account canonical", "与账号、与合并后档案的对应", "登录后认出本人", DUTY, PERSON, "组织部、系统管理员"),
    Holding("trainees.Appointment", "cadre post post_level rank", "任职经历", "调训范围、名册", DUTY, PERSON, "组织部、本人"),
    Holding("trainees.Cadre", "photo", "照片（加密文件）", "学习档案、登记表", DUTY, PERSON, "组织部、本人"),
    Holding("trainees.Award", "cadre name note actor_id", "学习荣誉", "学习档案", DUTY, PERSON, "组织部、领导、本单位联络员、本人"),
    Holding("trainees.CreditEntry", "cadre title explanation source_id post_level rank reason actor_id",
            "学分学时台账（只增不改；写事不写人名）", "记录学习、年度考核", DUTY, ARCHIVE, "组织部、领导、本单位联络员、本人"),
    Holding("trainees.CreditBalance", "cadre", "学分学时合计", "记录学习、年度考核", DUTY, ARCHIVE, "组织部、领导、本单位联络员、本人"),
    Holding("trainees.LedgerYear", "closed_by_id", "结账人", "台账", DUTY, ARCHIVE, "组织部"),
    Holding("trainees.FrozenYear", "cadre words release_reason released_by_id", "核对台账发现的差异、查明的情况（写事不写人名）", "台账",
            DUTY, ARCHIVE, "组织部"),
    Holding("trainees.RuleSet", "actor_id", "规则制定人", "台账", DUTY, ARCHIVE, "组织部"),
    Holding("trainees.RequirementSet", "actor_id", "要求制定人", "台账", DUTY, ARCHIVE, "组织部"),
    Holding("trainees.Recomputation", "actor_id report", "重算经办人、逐人差额（只写键）", "台账", DUTY, ARCHIVE, "组织部"),
    Holding("trainees.LedgerAct", "asked_by_id asked outcome", "台账办理：提交人、要求（依据）、结果（只写键）", "台账", DUTY, ARCHIVE, "组织部"),
    Holding("trainees.Duty", "cadre note", "学习任务", "年度考核、催学", DUTY, ARCHIVE, "组织部、领导、本单位联络员、本人"),
    Holding("trainees.Exemption", "cadre reason file actor_id revoke_reason", "减免情形和理由（可能含病情）、证明（加密文件）",
            "核定学习任务", DUTY, PERSON, "组织部、本人", sensitive=True),
    Holding("trainees.Recognition", "cadre title title_key external_key state_reason twin twin_reason filed_by_id vetted_by_id confirmed_by_id",
            "在外和网络学习的申报", "学分认定", DUTY, ARCHIVE, "组织部、领导、本单位联络员、本人"),
    Holding("trainees.RecognitionProof", "file name", "证明材料（加密文件）", "学分认定", DUTY, ARCHIVE, "组织部、本单位联络员、本人"),
    Holding("trainees.PlatformUpload", "file file_name found uploaded_by_id", "平台导出的学习记录（加密文件，可能含完整身份证号）及核对明细",
            "学分认定", DUTY, "UPLOAD_KEEP_DAYS 天（默认 7），文件和明细一起清除", "组织部、本单位联络员", sensitive=True),
    Holding("trainees.OnlineClass", "manager inspector liaison", "网络虚拟班的班主任、督学员、联络员", "督学", DUTY, ARCHIVE, "组织部、领导、三者本人"),
    Holding("trainees.OnlineLearner", "cadre", "网络虚拟班学员", "督学", DUTY, ARCHIVE, "组织部、领导、班主任、督学员、联络员、本人"),
    Holding("trainees.OnlineReminder", "text actor_id", "督学提醒", "督学", DUTY, ARCHIVE, "组织部、班主任、督学员、联络员、本人"),
    Holding("trainees.RosterUpload", "file file_name found report uploaded_by_id", "上传的干部花名册（加密文件，含完整身份证号）及核对明细",
            "更新干部信息", DUTY, "UPLOAD_KEEP_DAYS 天（默认 7），文件和明细一起清除", "组织部", sensitive=True),
    Holding("trainees.PersonnelForm", "file file_name cadre uploaded_by_id", "上传的干部任免审批表（加密文件，含完整身份证号、简历、家庭成员）",
            "更新干部信息", DUTY, "UPLOAD_KEEP_DAYS 天（默认 7）", "组织部", sensitive=True),
    Holding("training.LearningWork", "enrolment title file file_name uploaded_by_id", "学员的调研报告、心得（加密文件）", "学习档案、考核", DUTY,
            ARCHIVE, RECORDS),
    Holding("training.ReportBack", "enrolment occasion text state_reason filed_by_id confirmed_by_id", "述学内容", "训后转化", DUTY, ARCHIVE,
            "组织部、本班班主任、本单位联络员、本人"),
    Holding("training.FollowUp", "enrolment own_answers superior_answers superior_by_id remark closed_by_id", "回访的答复和结论",
            "训后转化", DUTY, ARCHIVE, "组织部、本班班主任、本单位联络员、本人"),
    Holding("reports.ArchivePaper", "cadre enrolment facts asked_by_id file", "一人一册、登记表、年度学习情况（加密文件）", "学习档案、年度考核", DUTY,
            "UPLOAD_KEEP_DAYS 天（默认 7）后删除文件，可重新生成；年度学习情况长期保存", "组织部、本人；单位年度情况另有领导、本单位联络员"),
    Holding("training.Enrolment", "cadre serial roster_name post post_level rank group committee_post", "学员名册（当时的职务）",
            "办班、公文", DUTY, ARCHIVE, "组织部、本班班主任、领导（姓名单位）、本人"),
    Holding("training.Enrolment", "override_reason override_by_id grade", "请假特批、等次", "考核", DUTY, ARCHIVE, RECORDS),
    Holding("training.ClassRole", "account reason", "班主任和考评工作小组", "分工与授权", DUTY, ARCHIVE, "组织部、安全管理员"),
    Holding("training.TrainingClass", "manager_names", "班主任姓名", "公文落款、联系", DUTY, ARCHIVE, "能看班次的人"),
    Holding("training.Session", "teacher_name", "授课人姓名", "课表", DUTY, ARCHIVE, "能看班次的人、学员"),
    Holding("training.AttendanceMark", "enrolment by_id", "考勤", "考核", DUTY, ARCHIVE, RECORDS),
    Holding("training.CorrectionRequest", "enrolment reason comment asked_by_id decided_by_id", "结班后更正考勤的申请和审批", "考核", DUTY, ARCHIVE,
            "组织部、本班班主任", sensitive=True),
    Holding("training.CheckIn", "opened_by_id", "谁开启签到", "考勤", DUTY, ARCHIVE, "组织部、本班班主任"),
    Holding("training.CheckInScan", "enrolment account device source_ip refused doubt", "扫码签到记录和来源地址", "考勤、防止代签", DUTY, ARCHIVE,
            CLASS_ROLES),
    Holding("training.LeaveRequest", "enrolment reason end_reason asked_by_id", "请假事由", "请假审批", DUTY, ARCHIVE,
            "组织部、本班班主任、审批人、本人", sensitive=True),
    Holding("training.LeaveRequest", "proof proof_name", "请假证明（加密文件，病假可能含医疗信息）", "请假审批", DUTY, ARCHIVE,
            "本班班主任、审批人、本人", sensitive=True),
    Holding("training.LeaveStep", "by comment", "审批意见", "请假审批", DUTY, ARCHIVE, "组织部、本班班主任、审批人、本人"),
    Holding("training.LeaveApprover", "account", "审批人", "请假审批", DUTY, "任期及其后随班次档案", "组织部"),
    Holding("training.Activity", "by_id note", "活动情况（可能写到人）、登记人", "班级活动", DUTY, ARCHIVE, "能看班次的人、学员"),
    Holding("training.ActivityPart", "enrolment note", "参加活动的情况", "考核", DUTY, ARCHIVE, CLASS_ROLES),
    Holding("training.ActivityFile", "file name", "活动材料和照片（加密文件）", "班级活动", DUTY, ARCHIVE, "能看班次的人、学员"),
    Holding("training.ElectionCount", "enrolment", "班委选举得票", "班级管理", DUTY, ARCHIVE, CLASS_ROLES),
    Holding("training.MachineUpload", "file file_name found uploaded_by_id", "考勤机打卡名单（加密文件）及核对明细", "登记考勤", DUTY,
            "UPLOAD_KEEP_DAYS 天（默认 7），文件和明细一起清除", "组织部、本班班主任"),
    Holding("training.SlipSheet", "ordered_by file", "登录条（加密文件，含初始密码）", "开通账号", DUTY, "下载后一小时内，最迟次日删除",
            "申请的班主任"),
    Holding("assessments.AnswerSheet", "enrolment", "考试成绩", "考核", DUTY, ARCHIVE, RECORDS),
    Holding("assessments.Answer", "given", "答题", "考核、试题分析", DUTY, ARCHIVE, RECORDS),
    Holding("assessments.ScoreEntry", "enrolment reason recorder rating actor_id",
            "量化记录：理由、记录人（只增不改；理由写事不写人名）", "考核", DUTY, ARCHIVE, RECORDS),
    Holding("assessments.Result", "enrolment points explanation", "成绩和每一分的来历", "考核", DUTY, ARCHIVE, RECORDS),
    Holding("assessments.ClassAssessment", "confirmed_by_id", "确认人", "考核", DUTY, ARCHIVE, "组织部、本班班主任"),
    Holding("assessments.Suggestion", "text", "匿名意见（不与人关联，可能写到人）", "改进教学", DUTY, ARCHIVE, "能看班次的人"),
    Holding("assessments.WorkbookImport", "file file_name faults summary uploaded_by_id",
            "上传的班次工作簿（加密文件，含完整身份证号）及核对明细", "导入班次", DUTY, "UPLOAD_KEEP_DAYS 天（默认 7），文件和明细一起清除",
            "上传人、组织部、本班班主任", sensitive=True),
    Holding("reports.Document", "enrolment title file", "公文（加密文件）：结果单、反馈函、通报", "反馈培训情况", DUTY,
            "公文档案；本人结果单随匿名化删除", "组织部、本班班主任、受文单位联络员、领导（通报）、本人（结果单）"),
    Holding("courses.Teacher", "name title employer topics", "师资：姓名、职称、工作单位、专题", "排课", DUTY, "在库期间；出库后随课表", "组织部、班主任"),
    Holding("organization.Account", "username display_name password opened_by approved_by", "账号：用户名、姓名、口令散列", "登录", LOGS,
            ACCOUNT, "系统管理员、安全管理员、本人"),
    Holding("organization.PasswordHistory", "account password", "用过的口令散列", "不重复使用口令", LOGS, ACCOUNT, "无人可见"),
    Holding("organization.SecondFactor", "account key_sealed", "动态口令密钥（加密）", "二次验证", LOGS, ACCOUNT, "无人可见"),
    Holding("organization.FactorReset", "account reason asked_by approved_by", "动态口令重置的理由", "两人办理", LOGS, AUDIT, "系统管理员、安全管理员"),
    Holding("organization.Grant", "account granted_by_id reason", "授权", "访问控制", LOGS, ACCOUNT, "安全管理员、本人"),
    Holding("organization.AccountSession", "account session_data address device", "登录会话：地址、浏览器", "会话安全", LOGS,
            "到期后一小时内清除", "安全管理员、本人"),
    Holding("organization.DeviceCredential", "account label", "登记的手机", "签到、日历", LOGS, "停用 30 天后清除设备名称", "安全管理员、本人"),
    Holding("organization.FailedSignIn", "address", "登录失败的来源地址", "防止猜口令", LOGS, "一天", "无人可见"),
    Holding("axes.AccessAttempt", "username ip_address user_agent http_accept path_info get_data post_data",
            "登录失败的用户名和来源（身份证号不留）", "锁定账号", LOGS, "七天", "安全管理员（解锁）"),
    Holding("core.AuditEntry", "actor_id object_id reason before after source_ip session_hash",
            "审计记录：操作人和对象只写键，值已遮盖", "安全审计", LOGS, AUDIT, "审计管理员"),
    Holding("core.RowChange", "before after actor_id row_id", "数据变更史：姓名和长文字不记", "安全审计", LOGS, AUDIT, "审计管理员"),
    Holding("core.AuditArchive", "by_id", "归档办理人", "安全审计", LOGS, "长期", "审计管理员"),
    Holding("core.Operation", "actor_id answer", "表单的首次答复", "重复提交只办一次", LOGS, "90 天", "无人可见"),
    Holding("core.Batch", "created_by_id", "批次发起人", "生成文件", DUTY, "随班次档案", "系统管理员、班主任"),
)  # fmt: skip

# Columns that hold nothing of a person: names of things, marks of the machine, keys of rows that are no people.
IMPERSONAL = {
    "axes.AccessFailureLog": "user_agent ip_address username http_accept path_info",  # not written (settings)
    "axes.AccessLog": "user_agent ip_address username http_accept path_info session_hash",  # not written (settings)
    "core.StoredFile": "sha256 location",
    "core.AuditEntry": "role event object_type unit_id result request_id",
    "core.AuditSeal": "leaves previous mac",
    "core.AuditArchive": "file_name digest mac",
    "core.RowChange": "table_name request_id database_role",
    "core.Operation": "op_id name digest",
    "core.Batch": "kind title subject_id",
    "core.BatchItem": "kind subject_id error",
    "organization.Unit": "path code name pinyin credit_code",
    "organization.UnitNamePeriod": "name",
    "organization.UnitShortName": "name",
    "organization.AuthoritySetting": "key value",
    "organization.DeviceCredential": "key_hash",
    "organization.Grant": "kind",
    "organization.AccountSession": "ended",
    "trainees.RuleSet": "name rules note",
    "trainees.RequirementSet": "name rules note",
    "trainees.LedgerAct": "reason",
    "trainees.LedgerYear": "figures",
    "trainees.FrozenYear": "run",
    "trainees.Duty": "code name",
    "trainees.Exemption": "code",
    "trainees.Award": "giver",
    "trainees.Platform": "name columns key_hash",
    "trainees.Recognition": "provider",
    "trainees.OnlineClass": "name",
    "trainees.RosterUpload": "revision",
    "courses.CourseCategory": "name",
    "courses.CourseSystem": "name note",
    "courses.CourseModule": "number name",
    "courses.Course": "title form",
    "courses.CourseVersion": "outline change",
    "courses.TeacherTitle": "name",
    "courses.Room": "name address route theme",
    "training.ClassSeries": "name",
    "training.TrainingClass": "code name class_type organizer host place state_reason",
    "training.Activity": "title place cancelled",
    "training.ActivityFile": "kind",
    "training.CommitteeElection": "post",
    "training.Session": "title category_name form place_name",
    "training.Holiday": "name",
    "training.CorrectionRequest": "lesson",
    "training.CheckIn": "secret wall_hash",
    "assessments.Question": "key",
    "assessments.ScoringScheme": "name",
    "assessments.Block": "name",
    "assessments.Item": "name rates",
    "assessments.SatisfactionCount": "aspect rating",
    "reports.NumberSeries": "word",
    "reports.Document": "token void_reason",
}

HEAD = """# 个人信息清单

由 `python manage.py personal_data` 从 `portal/personal_data.py` 生成，测试核对；新增的字段不在清单里，测试就不通过。
“敏感”指个人信息保护法第二十八条的敏感个人信息。谁能看到具体哪些人，由范围决定，见 `docs/architecture.md`。

| 数据 | 字段 | 内容 | 敏感 | 用途 | 依据 | 保存期限 | 谁能看到 |
|---|---|---|---|---|---|---|---|
"""


def page() -> str:
    """docs/personal-data.md."""
    lines = [
        f"| `{one.model}` | {'、'.join(f'`{name}`' for name in one.fields.split())} | {one.what} "
        f"| {'是' if one.sensitive else ''} | {one.purpose} | {one.basis} | {one.retention} | {one.roles} |\n"
        for one in HOLDINGS
    ]
    return HEAD + "".join(lines)
