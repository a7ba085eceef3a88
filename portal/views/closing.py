"""结班: the tab with the list and the hours, striking off who never came."""

from uuid import UUID

from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from core.audit import record
from core.forms import SeenReasonForm
from portal.acts import Answer, answer, perform
from portal.downloads import XLSX, download
from portal.lists import page_of
from portal.pages import closing, unclosed, words
from portal.pages.classes import page
from portal.pages.sheets import table_workbook
from portal.requests import SignedIn
from portal.rescoring import follow_marks
from portal.rules import demand, may_list_classes, may_see_closing, may_strike_no_shows
from portal.views.scope import class_and_door
from training.services.dossier import dossiers
from training.services.no_shows import strike_no_shows


@require_safe
def class_closing(request: SignedIn, pk: UUID) -> HttpResponse:
    one, door = class_and_door(request, pk)
    demand(may_see_closing(door))
    parts = closing.parts_of(one)
    people = page_of(request, closing.people(one), closing.PAGE_SIZE)
    people.object_list = closing.lines(request.user, list(people.object_list), parts)
    own = closing.closing(one, door, parts) | {
        "page_obj": people,
        "export_url": reverse("portal:class_hours_export", args=[one.pk]),
        "help": "portal/help/_closing.html",
    }
    return render(request, "portal/class_page.html", page(one, door, "class_closing", "closing") | own)


@require_safe
def class_hours_export(request: SignedIn, pk: UUID) -> FileResponse:
    """Everybody's hours by year: what the ledger has of a closed class, what closing will give of another."""
    one, door = class_and_door(request, pk)
    demand(may_see_closing(door))
    lines = closing.sheet(one)
    record("class_hours.export", actor=request.user.pk, obj=one, unit_id=one.unit_id, after={"rows": len(lines)})
    return download(table_workbook("入账学时", closing.COLUMNS, lines), f"{one.name}入账学时.xlsx", XLSX)


@require_POST
def class_no_shows(request: SignedIn, pk: UUID) -> HttpResponse:
    one, door = class_and_door(request, pk)
    demand(may_strike_no_shows(door))
    form = SeenReasonForm(request.POST)
    asked = form.checked()

    def act() -> Answer:
        gone = strike_no_shows(one, actor=request.user, reason=asked["reason"], seen=asked["seen"])
        follow_marks(one, actor=request.user)
        return answer(reverse("portal:class_closing", args=[pk]), f"已从名册划去 {gone} 人，记为未报到")

    return perform(request, form, "class.no_shows", [str(pk), asked["reason"], asked["seen"]], act)


@require_safe
def class_unclosed(request: SignedIn) -> HttpResponse:
    """待结班."""
    demand(may_list_classes(request.user))
    rows, filters = unclosed.filtered(request, request.user)
    classes = page_of(request, rows)
    classes.object_list = unclosed.lines(request.user, list(classes.object_list), timezone.localdate())
    context = {
        "page_obj": classes,
        "filters": filters,
        "columns": " ".join(unclosed.COLUMNS),
        "export_url": f"{reverse('portal:class_unclosed_export')}?{request.GET.urlencode()}",
        "crumbs": words.crumbs(("班次", reverse("portal:class_list")), ("待结班", "")),
    }
    return render(request, "portal/unclosed.html", context)


@require_safe
def class_unclosed_export(request: SignedIn) -> FileResponse:
    demand(may_list_classes(request.user))
    classes = list(unclosed.filtered(request, request.user)[0])
    items, today = dossiers(classes), timezone.localdate()
    lines = [unclosed.cells(one, items[one.pk], today) for one in classes]
    record("class_list.export", actor=request.user.pk, after={"rows": len(lines), "list": "unclosed"})
    return download(table_workbook("待结班", unclosed.COLUMNS, lines), "待结班班次.xlsx", XLSX)
