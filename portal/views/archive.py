"""一人一册: one cadre's page, the papers made of it, the archive as data."""

from datetime import date
from uuid import UUID

from django.http import FileResponse, Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from core.audit import record
from core.files import FileGone
from core.forms import OperationForm
from core.scope import get_in_scope
from organization.freshness import ask_again
from organization.models import Account, Unit
from portal.acts import Answer, answer, perform
from portal.downloads import XLSX, ZIP, Sendable, download, hand_over, opens, stored, stream
from portal.forms_archive import PaperOrderForm
from portal.lists import page_of
from portal.pages import archive, words
from portal.pages.archive import Look, papers
from portal.requests import SignedIn
from portal.rules import demand, may_open_own_archive, may_order_booklets, may_take_archive
from reports.archive_data import TAKEN
from reports.gathering.archive import Sight, archive_of, sight_of
from reports.models import ArchivePaper
from reports.services.archive_orders import order_booklet, order_booklets, order_register, take_paper, zip_papers
from trainees.models import Cadre
from training.models import Enrolment

JSON = "application/json"
KINDS = {"json": JSON, "xlsx": XLSX}


def cadre_and_sight(request: SignedIn, pk: UUID) -> tuple[Cadre, Sight]:
    """The cadre in scope, or 404, with what the account sees of them."""
    cadre = get_in_scope(Cadre.objects.select_related("unit", "managing_authority"), request.user, pk=pk)
    return cadre, sight_of(request.user, cadre)


@require_safe
def cadre(request: SignedIn, pk: UUID) -> HttpResponse:
    """A merged double leads to the row that lives on."""
    one, sight = cadre_and_sight(request, pk)
    if one.canonical_id:
        return redirect("portal:cadre", one.canonical_id)
    gathered = archive_of(one, sight, timezone.localdate(), ledger=False)
    return render(request, "portal/archive/page.html", archive.page(Look(request, one, sight, gathered)))


@require_safe
def my_archive(request: SignedIn) -> HttpResponse:
    """The own page, whatever other hat the account wears."""
    mine = Cadre.objects.visible_to(request.user).filter(account=request.user).values_list("pk", flat=True).first()
    demand(may_open_own_archive(mine is not None))
    return redirect("portal:cadre", mine)


@require_POST
def cadre_papers(request: SignedIn, pk: UUID) -> HttpResponse:
    """Have the booklet or the register form of a class made."""
    one, sight = cadre_and_sight(request, pk)
    demand(may_take_archive(sight))
    form = PaperOrderForm(request.POST)
    said = form.checked()
    seat = _seat(request.user, one, said["enrolment"]) if said["kind"] == ArchivePaper.Kind.REGISTER else None

    def act() -> Answer:
        if seat is None:
            order_booklet(one, actor=request.user)
        else:
            order_register(seat, actor=request.user)
        return answer(reverse("portal:archive_papers"), "正在制作，做好后在本页下载；可以离开，回来时仍在这里")

    return perform(request, form, "archive.order", [str(one.pk), said["kind"], str(said["enrolment"])], act)


def _seat(user: Account, one: Cadre, enrolment: UUID | None) -> Enrolment:
    rows = Enrolment.objects.select_related("cadre").filter(cadre=one)
    seat: Enrolment = get_in_scope(rows, user, pk=enrolment)
    return seat


@require_POST
def unit_booklets(request: SignedIn, pk: UUID) -> HttpResponse:
    """Booklets of everybody in a unit, one file each; for the department."""
    unit = get_object_or_404(Unit.objects.filter(request.user.access.units("path")), pk=pk)
    demand(may_order_booklets(request.user, unit))
    cadres = list(papers.people_of(request.user, unit))

    def act() -> Answer:
        order_booklets(unit, cadres, actor=request.user)
        return answer(reverse("portal:archive_papers"), f"正在制作 {len(cadres)} 本，可以离开本页")

    return perform(request, OperationForm(request.POST), "archive.unit", str(unit.pk), act)


@require_safe
def archive_papers(request: SignedIn) -> HttpResponse:
    """What the account had made, the latest first, with the batch on its way."""
    page = page_of(request, papers.asked_by(request.user))
    page.object_list = [papers.paper(row) for row in page.object_list]
    context = {
        "page_obj": page,
        "job": papers.running(request.user),
        "zip_url": reverse("portal:archive_zip") if page.paginator.count > 1 else "",
        "crumbs": words.crumbs(("档案材料", "")),
    }
    return render(request, "portal/archive/papers.html", context)


@require_safe
def archive_zip(request: SignedIn) -> HttpResponse | StreamingHttpResponse:
    """Everything that the account had made and that is still there, packed as it is sent; it asks who is there."""
    if stale := ask_again(request):
        return stale
    if papers.running(request.user):
        raise FileGone("还有材料正在制作，这时打包会缺少文件；请等全部做好后再打包")
    rows = papers.ready(request.user)
    if not rows:
        raise Http404("没有做好的材料")
    return stream(zip_papers(papers.named(rows), actor=request.user), "档案材料.zip", ZIP)


@require_safe
def archive_paper(request: SignedIn, pk: UUID) -> HttpResponse:
    found = _paper(request.user, pk)
    if found.file is None:
        raise FileGone("文件还在制作，请稍候再下载")
    take_paper(found, actor=request.user)
    return hand_over(request, "archive_paper", pk)


@opens("archive_paper")
def opened(user: Account, key: str) -> Sendable:
    found = _paper(user, key)
    return stored(found.file, papers.file_name(found))


def _paper(user: Account, key: UUID | str) -> ArchivePaper:
    found = papers.papers_for(user).filter(pk=key).first()
    if found is None:
        raise Http404("没有找到这份材料")
    return found


@require_safe
def cadre_data(request: SignedIn, pk: UUID, form: str) -> HttpResponse | FileResponse:
    """The archive as data, made at once; it holds more than the page, so it asks who is there."""
    one, sight = cadre_and_sight(request, pk)
    demand(may_take_archive(sight))
    if form not in TAKEN:
        raise Http404("没有这种格式")
    if stale := ask_again(request):
        return stale
    today: date = timezone.localdate()
    data = TAKEN[form](archive_of(one, sight, today))
    record("archive.export", actor=request.user.pk, obj=one, unit_id=one.unit_id, after={"form": form})
    return download(data, f"{one.name}_学习档案_{today:%Y%m%d}.{form}", KINDS[form])
