"""学习任务减免: granted, listed and taken back by the person's department."""

from uuid import UUID

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.audit import record
from core.forms import SeenReasonForm
from core.pictures import PDF
from core.scope import get_in_scope
from organization.models import Account
from portal.acts import Answer, answer, attempt, new_op_id, perform
from portal.downloads import XLSX, Sendable, download, hand_over, opens, stored
from portal.forms_duties import ExemptionForm
from portal.lists import page_of
from portal.pages import words
from portal.pages.duties import exemptions as pages
from portal.pages.sheets import table_workbook
from portal.requests import SignedIn
from portal.rules import demand, may_exempt, may_list_exemptions
from portal.views.archive import cadre_and_sight
from reports.gathering.archive import sight_of
from trainees.models import Cadre, Exemption
from trainees.services.exemptions import grant_exemption, revoke_exemption


@require_safe
def exemption_list(request: SignedIn) -> HttpResponse:
    demand(may_list_exemptions(request.user))
    rows, filters = pages.listed(request, request.user)
    page = page_of(request, rows)
    found = list(page.object_list)
    codes = pages.names(found)
    page.object_list = [pages.row(one, codes) for one in found]
    context = {
        "page_obj": page,
        "filters": filters,
        "asks": [row["ask"] for row in page.object_list if row["ask"]],
        "export_url": f"{reverse('portal:exemptions_export')}?{request.GET.urlencode()}",
        "crumbs": words.crumbs(("学习任务", reverse("portal:duties")), ("减免", "")),
    }
    return render(request, "portal/duties/exemptions.html", context)


@require_safe
def exemptions_export(request: SignedIn) -> FileResponse:
    """Exactly what the list shows, all pages of it."""
    demand(may_list_exemptions(request.user))
    rows, _ = pages.listed(request, request.user)
    found = list(rows)
    codes = pages.names(found)
    lines = [pages.cells(one, codes) for one in found]
    record("duties.export", actor=request.user.pk, after={"rows": len(lines), "form": "exemptions"})
    return download(table_workbook("学习任务减免", pages.COLUMNS, lines), "学习任务减免.xlsx", XLSX)


@require_http_methods(["GET", "HEAD", "POST"])
def exemption_add(request: SignedIn, pk: UUID) -> HttpResponse:
    one, sight = cadre_and_sight(request, pk)
    demand(may_exempt(sight))
    years, codes = pages.years_for(timezone.localdate().year), pages.codes_of(one)
    shown = {"op_id": new_op_id()}
    form = ExemptionForm(request.POST or None, request.FILES or None, initial=shown, years=years, codes=codes)
    if request.method != "POST" or not form.is_valid():
        return _page(request, one, form)

    def act() -> Answer:
        made = grant_exemption(one, form.facts(), actor=request.user)
        return answer(_back(one), f"已登记{made.year}年的减免，学习任务已随之调整")

    return attempt(request, form, "exemption.grant", [str(one.pk), *form.payload()], act) or _page(request, one, form)


@require_POST
def exemption_revoke(request: SignedIn, pk: int) -> HttpResponse:
    found = _exemption(request.user, pk)
    form = SeenReasonForm(request.POST)
    values = form.checked()

    def act() -> Answer:
        revoke_exemption(found, actor=request.user, reason=values["reason"], seen=values["seen"])
        return answer(reverse("portal:exemptions"), f"已撤销{found.cadre.name}{found.year}年的减免")

    return perform(request, form, "exemption.revoke", [pk, values["reason"], values["seen"]], act)


@require_safe
def exemption_proof(request: SignedIn, pk: int) -> HttpResponse:
    found = _exemption(request.user, pk)
    if found.file_id is None:
        raise Http404("这项减免没有证明材料")
    record("exemption.proof", actor=request.user.pk, obj=found, unit_id=found.cadre.unit_id)
    return hand_over(request, "exemption_proof", found.file_id)


@opens("exemption_proof")
def opened_proof(user: Account, key: str) -> Sendable:
    rows = Exemption.objects.select_related("file", "cadre__unit", "cadre__managing_authority")
    found = get_in_scope(rows, user, file=key)
    demand(may_exempt(sight_of(user, found.cadre)))
    sent = stored(found.file, "减免证明.pdf")
    return sent if sent.data.startswith(PDF) else stored(found.file, "减免证明.jpg")


def _exemption(user: Account, pk: int) -> Exemption:
    """In scope; kept by the department of the person."""
    rows = Exemption.objects.select_related("cadre__unit", "cadre__managing_authority")
    found: Exemption = get_in_scope(rows, user, pk=pk)
    demand(may_exempt(sight_of(user, found.cadre)))
    return found


def _back(one: Cadre) -> str:
    return f"{reverse('portal:cadre', args=[one.pk])}#exempted"


def _page(request: SignedIn, one: Cadre, form: ExemptionForm) -> HttpResponse:
    context = {
        "form": form,
        "heading": "减免学习任务",
        "lead": one.name,
        "back_url": _back(one),
        "crumbs": words.crumbs((one.name, reverse("portal:cadre", args=[one.pk])), ("减免", "")),
    }
    return render(request, "portal/duties/exemption_form.html", context)
