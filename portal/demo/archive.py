"""What learning archives hold beside classes: a work that the demo's learner handed in, honours of the year before."""

from collections.abc import Mapping
from datetime import date

from core.pdf.rendering import html_to_pdf
from core.pictures import Upload
from organization.models import Account
from trainees.models import Cadre
from trainees.services.awards import AwardFacts, give_award
from training.models import Enrolment
from training.services.works import hand_in

TITLE = "关于提升镇村治理效能的调研报告"
HONOURED = 6
PAGE = "<!DOCTYPE html><html lang='zh-CN'><head><title>{0}</title></head><body><h1>{0}</h1><p>示范材料，内容从略。</p></body></html>"


def fill_archives(accounts: Mapping[str, Account], today: date) -> None:
    """The learner's report on the latest class they finished; “学习型好干部” for those who were excellent."""
    learner, department = accounts["xueyuan"], accounts["zuzhibu"]
    seats = Enrolment.objects.filter(cadre__account=learner, grade__in=["优秀", "良好", "合格"])
    for seat in seats.order_by("-since")[:1]:
        report = html_to_pdf(PAGE.format(TITLE), ("papers/paper.css",))
        hand_in(seat, "report", TITLE, Upload(report, "调研报告.pdf"), actor=learner)
    facts = AwardFacts("学习型好干部", str(department.unit), date(today.year - 1, 12, 20))
    excellent = Cadre.objects.filter(enrolments__grade="优秀").exclude(account=learner).distinct()
    for cadre in [*Cadre.objects.filter(account=learner), *excellent.order_by("pinyin", "pk")[:HONOURED]]:
        give_award(cadre, facts, actor=department)
