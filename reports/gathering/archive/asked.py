"""Papers that somebody asked for: gathered through their eyes, as they are on the day when the worker makes them."""

from dataclasses import replace
from datetime import date

from core.idnumber import sex
from core.jobs import Unmakeable
from organization.models import Account
from reports.gathering.archive import archive_of
from reports.gathering.archive.people import born_in
from reports.gathering.archive.sight import Sight, sight_of
from reports.models import ArchivePaper
from reports.papers.archive_classes import Archive
from reports.papers.register import RegisterForm
from trainees.models import Cadre

NO_LONGER = "申请人现在已不能查看这份档案，没有生成；请由组织部或本人重新申请"


def booklet_of(paper: ArchivePaper, today: date) -> Archive:
    """Raises Unmakeable for an account that may not (any more)."""
    cadre, sight = _through_whose_eyes(paper)
    return archive_of(cadre, sight, today)


def register_of(paper: ArchivePaper, today: date) -> RegisterForm:
    """Raises Unmakeable for an account that may not (any more), and for a class that the person has left."""
    cadre, sight = _through_whose_eyes(paper)
    archive = archive_of(cadre, sight, today, ledger=False)
    line = next((one for one in archive.classes if one.enrolment == paper.enrolment_id), None)
    if line is None or line.result is None:
        raise Unmakeable("该学员在这个班没有考核结果，不能生成登记表")
    person = replace(archive.person, born=born_in(cadre), sex=archive.person.sex or _sex_of(cadre))
    works = tuple(work for work in archive.works if work.enrolment == line.enrolment)
    return RegisterForm(today, person, line, works)


def _through_whose_eyes(paper: ArchivePaper) -> tuple[Cadre, Sight]:
    asked_by, of = paper.asked_by_id, paper.cadre_id
    account = Account.objects.filter(pk=asked_by, is_active=True).first() if asked_by else None
    if account is None or of is None:
        raise Unmakeable(NO_LONGER)
    rows = Cadre.objects.visible_to(account).select_related("unit", "managing_authority")
    cadre = rows.filter(pk=of).first()
    if cadre is None or not sight_of(account, cadre).whole:
        raise Unmakeable(NO_LONGER)
    return cadre, sight_of(account, cadre)


def _sex_of(cadre: Cadre) -> str:
    return sex(cadre.open_id_number()) if cadre.id_number_sealed else ""
