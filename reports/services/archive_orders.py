"""Asking for papers of the archive and taking them away: each time the audit log says who took whose."""

from collections.abc import Iterator, Sequence

from core.audit import record
from core.files import load
from core.models import Batch
from core.operations import Refused, intention
from organization.models import Account, Unit
from reports.models import ArchivePaper
from reports.services.archive_papers import Kind, submit_papers
from reports.services.handing_out import nameable, packed
from trainees.models import Cadre
from training.models import Enrolment

MOST = 500
"""People of one batch: a unit's; a whole city's booklets are nobody's reading."""


@intention
def order_booklet(cadre: Cadre, *, actor: Account) -> ArchivePaper:
    """Have the booklet (一人一册) made by the worker; it says what the account that asks may see."""
    paper = ArchivePaper.objects.create(kind=Kind.BOOKLET, cadre=cadre, asked_by_id=actor.pk)
    submit_papers(f"{cadre.name}：一人一册", [paper], actor=actor, subject_id=cadre.pk)
    record("archive.order", actor=actor.pk, obj=cadre, unit_id=cadre.unit_id, after={"kind": paper.kind})
    return paper


@intention
def order_register(enrolment: Enrolment, *, actor: Account) -> ArchivePaper:
    """Have the register form (学员考核登记表) of one class made. Raises Refused while its result is not confirmed."""
    if not enrolment.grade:
        raise Refused("登记表不能生成：该班的考核结果还没有确认，确认后再生成；由考评工作小组或组织部确认")
    cadre = enrolment.cadre
    paper = ArchivePaper.objects.create(kind=Kind.REGISTER, cadre=cadre, enrolment=enrolment, asked_by_id=actor.pk)
    submit_papers(f"{cadre.name}：学员考核登记表", [paper], actor=actor, subject_id=cadre.pk)
    record("archive.order", actor=actor.pk, obj=cadre, unit_id=cadre.unit_id, after={"kind": paper.kind})
    return paper


@intention
def order_booklets(unit: Unit, cadres: Sequence[Cadre], *, actor: Account) -> Batch:
    """Booklets of a unit's people, one row and one item each. Raises Refused for nobody and for too many."""
    if not cadres:
        raise Refused(f"“{unit.name}”没有您范围内的在册干部，没有可以生成的一人一册")
    if len(cadres) > MOST:
        raise Refused(f"一次最多生成 {MOST} 本，“{unit.name}”有 {len(cadres)} 人，请按下级单位分别生成")
    papers = ArchivePaper.objects.bulk_create(
        ArchivePaper(kind=Kind.BOOKLET, cadre=cadre, asked_by_id=actor.pk) for cadre in cadres
    )
    batch = submit_papers(f"{unit.name}：一人一册", papers, actor=actor, subject_id=unit.pk)
    record(
        "archive.order", actor=actor.pk, obj=unit, unit_id=unit.pk, after={"kind": Kind.BOOKLET, "people": len(papers)}
    )
    return batch


def take_paper(paper: ArchivePaper, *, actor: Account) -> None:
    """The download of a paper that the caller fetched in scope."""
    owner = paper.cadre.unit_id if paper.cadre else paper.unit_id
    record("archive.take", actor=actor.pk, obj=paper, unit_id=owner, after={"kind": paper.kind})


def zip_papers(named: Sequence[tuple[ArchivePaper, str]], *, actor: Account) -> Iterator[bytes]:
    """A ZIP of papers that the caller fetched in scope, in pieces; the audit entry is written at once."""
    keys = [str(paper.pk) for paper, _ in named]
    record("archive.zip", actor=actor.pk, after={"count": len(keys), "papers": keys})
    return packed((nameable(name), paper.asked.date(), _bytes_of(paper)) for paper, name in named)


def _bytes_of(paper: ArchivePaper) -> bytes:
    if paper.file is None:
        raise Refused("文件还没有做好，请稍后再试")
    return load(paper.file)
