"""Documents: made in a batch, downloaded one by one or together, verified by anybody who holds one."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from core.files import FileGone
from core.forms import SeenForm
from core.models import Batch
from core.scope import get_in_scope
from organization.freshness import ask_again
from organization.models import Account
from portal.acts import Answer, answer, perform
from portal.downloads import PDF, ZIP, Sendable, hand_over, opens, stream
from portal.pages.files import documents_of, in_the_making, job, recipient, unmade
from portal.pages.verify import verdict
from portal.requests import SignedIn
from portal.rules import demand, may_export_class, may_make_drafts, may_see_roster
from portal.views.scope import class_and_door
from reports.models import Document
from reports.services import document_bytes, make_drafts, read_document, verify, zip_documents
from reports.services.archive_papers import BATCH as ARCHIVE_BATCH


@require_safe
def document_download(request: SignedIn, pk: UUID) -> HttpResponse:
    document = document_in_scope(request.user, pk)
    if document.file is None:
        raise FileGone("文件还在生成，请稍候再下载")
    read_document(document, actor=request.user)
    return hand_over(request, "document", pk)


@opens("document")
def document(user: Account, key: str) -> Sendable:
    found = document_in_scope(user, key)
    return Sendable(document_bytes(found), f"{found.get_kind_display()}_{recipient(found)}.pdf", PDF)


def document_in_scope(user: Account, pk: UUID | str) -> Document:
    rows = Document.objects.select_related("file", "unit", "enrolment", "training_class", "series")
    found: Document = get_in_scope(rows, user, pk=pk)
    return found


@require_safe
def class_zip(request: SignedIn, pk: UUID) -> HttpResponse | StreamingHttpResponse:
    """Packed as it is sent, never stored; it holds everybody's sheet, so it asks who is there."""
    one, door = class_and_door(request, pk)
    demand(may_export_class(door))
    if stale := ask_again(request):
        return stale
    current = documents_of(one, request.user).current()
    if in_the_making(one) or unmade(current):
        raise FileGone("还有文件正在生成或没有生成，这时打包会缺少文件；请等全部生成后再下载")
    made = current.exclude(file=None)
    if not made:
        raise FileGone("还没有生成好的文件")
    return stream(zip_documents(made, actor=request.user), f"{one.name}文件.zip", ZIP)


@require_POST
def class_drafts(request: SignedIn, pk: UUID) -> HttpResponse:
    one, door = class_and_door(request, pk)
    demand(may_make_drafts(door))

    form = SeenForm(request.POST)

    def act() -> Answer:
        make_drafts(one, actor=request.user, seen=form.cleaned_data["seen"])
        return answer(reverse("portal:class_files", args=[one.pk]), "草稿正在生成，可以离开本页")

    return perform(request, form, "documents.draft", str(one.pk), act)


@require_safe
def batch_progress(request: SignedIn, pk: UUID) -> HttpResponse:
    """The bar of one batch, as the page includes it; seen by those who see the class's files, or who asked for papers.

    The bar that says it is finished is no longer asked for: it brings the page around it up to date, once.
    """
    batch = get_object_or_404(Batch.objects.with_counts(), pk=pk)
    if batch.kind != ARCHIVE_BATCH:
        if batch.subject_id is None:
            raise Http404("这个批次不属于任何班次")
        _, door = class_and_door(request, batch.subject_id)
        demand(may_see_roster(door))
    elif batch.created_by_id != request.user.pk:
        raise Http404("没有找到这个批次")
    bar = job(batch)
    response = render(request, "components/_job.html", {"job": bar})
    if bar["finished"]:
        response["HX-Refresh"] = "true"
    return response


@require_safe
def verify_document(request: HttpRequest, token: str) -> HttpResponse:
    return render(request, "portal/verify.html", verdict(verify(token)))
