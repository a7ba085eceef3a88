"""What the demo's cadres learned elsewhere: a platform and its exports, filings in every state, a virtual on-line class."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal

from core.operations import Refused
from core.pdf.rendering import html_to_pdf
from core.pictures import Upload
from organization.models import Account, Unit
from portal.demo.archive import PAGE
from portal.demo.dice import dice
from portal.pages.sheets import table_workbook
from trainees.models import Cadre, Recognition
from trainees.services.online import ClassFacts, Office, make_online_class, name_office, remind_behind
from trainees.services.recognition import (
    Claim,
    PlatformFacts,
    add_platform,
    confirm_recognitions,
    confirm_upload,
    file_recognition,
    import_export,
    map_columns,
    return_recognitions,
    revoke_recognition,
    take_records,
    upload_export,
    vet_recognitions,
    withdraw_recognition,
)
from trainees.services.recognition.calls import Sent

PLATFORM = "云岭干部网络学院"
HEAD = ("姓名", "身份证号", "课程名称", "学习时长（分钟）", "完成比例", "完成日期", "记录编号")
MAPPED = {
    "name": "姓名", "id_number": "身份证号", "title": "课程名称", "length": "学习时长（分钟）", "length_in": "minutes",
    "share": "完成比例", "share_in": "percent", "finished": "完成日期", "record": "记录编号",
}  # fmt: skip
COURSES = (
    "数字政府与数据治理",
    "乡村振兴政策解读",
    "新时代公文写作",
    "基层应急处置",
    "公务员法规与纪律",
    "县域经济高质量发展",
)
BEHIND = "网络学习进度落后，请安排时间完成本年度 50 学时"


class Elsewhere:
    """Filings and exports of one unit, whose liaison has an account, and of the demo's trainee."""

    def __init__(self, units: Mapping[str, Unit], accounts: Mapping[str, Account], today: date) -> None:
        self.units, self.today = units, today
        self.department, self.liaison, self.learner = (accounts[name] for name in ("zuzhibu", "lianluoyuan", "xueyuan"))
        self.people = list(Cadre.objects.filter(unit=units["YL01"], canonical=None).order_by("pinyin", "pk"))
        self.proof = (Upload(html_to_pdf(PAGE.format("结业证明"), ("papers/paper.css",)), "结业证明.pdf"),)

    def make(self, manager: Account, inspector: Account) -> None:
        self.bring_exports()
        self.file()
        self.learn_on_line(manager, inspector)

    def day(self, ago: int) -> date:
        """So many days ago, but of this year."""
        return max(self.today - timedelta(days=ago), date(self.today.year, 1, 1))

    def bring_exports(self) -> None:
        """Two of them: one is taken in and confirmed, one is rehearsed and waits."""
        platform = add_platform(PlatformFacts(self.units["YL"], PLATFORM), actor=self.department)
        for number, courses in enumerate((COURSES[:4], COURSES[4:])):
            data = table_workbook("学习记录", HEAD, list(self.records(number, courses)))
            name = f"{PLATFORM}{self.today.year}年第{number + 1}批.xlsx"
            upload = upload_export(data, name, platform, self.units["YL01"], actor=self.liaison)
            if number == 0:
                upload = map_columns(upload, MAPPED, actor=self.liaison)
                import_export(upload, actor=self.liaison)
                confirm_upload(upload, actor=self.department)
            platform.refresh_from_db()
        take_records(platform, [self.sent(place, who) for place, who in enumerate(self.people[5:11])])

    def sent(self, place: int, who: Cadre) -> Sent:
        """What the platform itself sent lately: it waits for the unit's word."""
        course, on = "习近平文化思想专题课程", self.day(5)
        return Sent(
            f"XZ{place:03}", who.open_id_number(), who.name, course, Decimal(90), Decimal(100), on, on, PLATFORM
        )

    def records(self, number: int, courses: tuple[str, ...]) -> list[list[object]]:
        """A line for each course of each of the unit's people; not everybody came to the end."""
        chance, lines = dice("platform", number), []
        for place, who in enumerate(self.people):
            for course in courses:
                share = 100 if chance.random() < 0.9 else 70
                record = f"XY{number}{place:03}{courses.index(course)}"
                on = self.day(chance.randint(30, 200))
                lines.append([who.name, who.open_id_number(), course, 45 * chance.randint(1, 4), share, on, record])
        return lines

    def file(self) -> None:
        """One in each state; the trainee's are vetted by the department, whose other hand confirms."""
        first, second, third, fourth, fifth = self.people[:5]
        self.confirmed(self.filed(first, "省委党校县域治理专题班", 40))
        revoked = self.confirmed(self.filed(second, "外出考察学习", 60))
        revoke_recognition(revoked, actor=self.department, reason="复核发现为公务考察，不属于培训")
        self.filed(third, "国家行政学院应急管理培训班", 12)
        self.filed(fourth, "省财政厅预算绩效管理培训班", 6)
        back = self.filed(fifth, "读书会交流活动", 20)
        return_recognitions(
            [back.pk], actor=self.department, reason="请补充举办单位出具的学时证明", seen={}
        ).demand_all()
        own = Cadre.objects.get(account=self.learner)
        done = self.filed(own, "全省教育系统干部专题研修班", 50, by=self.learner)
        vet_recognitions([done.pk], actor=self.department, seen={}).demand_all()
        self.filed(own, "新课程改革专题学习", 9, by=self.learner)
        withdraw_recognition(self.filed(own, "重复填报的学习", 15, by=self.learner), actor=self.learner)

    def filed(self, who: Cadre, title: str, ago: int, *, by: Account | None = None) -> Recognition:
        on = self.day(ago)
        claim = Claim("off_job", title, on, on, Decimal(6), days=Decimal(1), provider="省级培训机构", proofs=self.proof)
        return file_recognition(who, claim, actor=by or self.liaison)

    def confirmed(self, row: Recognition) -> Recognition:
        confirm_recognitions([row.pk], actor=self.department, seen={}).demand_all()
        row.refresh_from_db()
        return row

    def learn_on_line(self, manager: Account, inspector: Account) -> None:
        """The agencies' virtual class of this year; who is behind has been reminded."""
        year = self.today.year
        facts = ClassFacts(
            self.units["YL"],
            f"{year}年市直机关网络学习班",
            year,
            date(year, 1, 1),
            date(year, 12, 31),
            Unit.Kind.AGENCY,
        )
        made, _ = make_online_class(facts, actor=self.department)
        name_office(made, Office(manager, inspector, self.liaison), actor=self.department)
        try:
            remind_behind(made, BEHIND, actor=manager, today=self.today)
        except Refused:  # early in January nobody is behind
            return
