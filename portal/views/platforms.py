"""学习平台: registered by the department; their exports mapped, rehearsed and taken in by units; the key for their records."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.forms import OperationForm
from core.operations import Refused, once
from core.scope import get_in_scope
from organization.roles import Role
from portal.acts import Answer, answer, attempt, new_op_id, perform
from portal.downloads import XLSX, download
from portal.forms_recognition import ColumnsForm, ExportForm, PlatformForm
from portal.pages.recognitions import confirming
from portal.pages.recognitions import platforms as pages
from portal.pages.sheets import table_workbook
from portal.requests import SignedIn
from portal.rules import demand, units_held
from portal.rules_recognition import (
    WORKERS,
    may_keep_platform,
    may_keep_platforms,
    may_use_platforms,
    platforms_used_by,
)
from portal.uploads import take_file
from trainees.models import Platform, PlatformUpload
from trainees.services.recognition import (
    add_platform,
    ask_to_confirm,
    change_platform,
    import_export,
    make_key,
    map_columns,
    rehearse_again,
    take_faults,
    upload_export,
)


def platform_of(request: SignedIn, pk: UUID) -> Platform:
    """A platform that the account brings records of or keeps, or 404."""
    found = platforms_used_by(request.user).filter(pk=pk).first()
    if found is None:
        raise Http404("没有找到这个学习平台")
    return found


@require_safe
def platform_list(request: SignedIn) -> HttpResponse:
    demand(may_use_platforms(request.user))
    return render(request, "portal/recognition/platforms.html", pages.every(request.user))


@require_http_methods(["GET", "HEAD", "POST"])
def platform_add(request: SignedIn) -> HttpResponse:
    demand(may_keep_platforms(request.user))
    units = units_held(request.user, Role.STAFF)
    form = PlatformForm(request.POST or None, initial={"op_id": new_op_id()}, units=units)

    def act() -> Answer:
        made = add_platform(form.facts(), actor=request.user)
        return answer(reverse("portal:platform_edit", args=[made.pk]), f"已登记“{made.name}”")

    return _save(request, form, None, "platform.add", act)


@require_http_methods(["GET", "HEAD", "POST"])
def platform_edit(request: SignedIn, pk: UUID) -> HttpResponse:
    """The platform's page for the department: its facts, its columns, its key."""
    platform = platform_of(request, pk)
    demand(may_keep_platform(request.user, platform))
    form = PlatformForm(request.POST or None, initial=pages.initial(platform), units=[platform.unit])

    def act() -> Answer:
        facts = form.facts(platform.unit)
        change_platform(platform, facts, actor=request.user, seen=form.cleaned_data["seen"])
        return answer(reverse("portal:platform_edit", args=[pk]), "已保存")

    return _save(request, form, platform, "platform.change", act)


def _save(request: SignedIn, form: PlatformForm, platform: Platform | None, name: str, act: Any) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        values = {key: str(value) for key, value in form.cleaned_data.items() if key != "op_id"}
        if done := attempt(request, form, name, [str(platform.pk if platform else ""), values], act):
            return done
    return render(request, "portal/recognition/platform_form.html", pages.form_page(form, platform))


@require_POST
def platform_key(request: SignedIn, pk: UUID) -> HttpResponse:
    """A new key, told once, on the answer itself; a repeat cannot tell it again."""
    platform = platform_of(request, pk)
    demand(may_keep_platform(request.user, platform))
    values = OperationForm(request.POST).checked()
    made: list[str] = []

    def act() -> Answer:
        made.append(make_key(platform, actor=request.user))
        return answer(reverse("portal:platform_edit", args=[pk]))

    once(values["op_id"], request.user.pk, "platform.key", str(pk), act)
    if not made:
        messages.warning(request, "密钥只显示一次。没有存下来的，请重新生成")
        return redirect("portal:platform_edit", pk)
    return render(request, "portal/recognition/platform_key.html", pages.key_made(platform, made[0], request))


# ---- exports ----


@require_http_methods(["GET", "HEAD", "POST"])
def platform_upload(request: SignedIn, pk: UUID) -> HttpResponse:
    """POST keeps the file and rehearses it, or asks for its columns the first time; nothing is taken in yet."""
    platform = platform_of(request, pk)
    demand(may_use_platforms(request.user))
    form = ExportForm(request.POST or None, request.FILES or None, units=units_held(request.user, *WORKERS))
    if request.method == "POST" and form.is_valid():
        try:
            if done := _taken(request, form, platform):
                return done
        except Refused as refused:
            form.add_error("records", refused.message)
    context = pages.upload(platform) | {"form": form, "op_id": new_op_id()}
    return render(request, "portal/recognition/upload.html", context, status=422 if form.errors else 200)


def _taken(request: SignedIn, form: ExportForm, platform: Platform) -> HttpResponse | None:
    unit = form.chosen_unit

    def act(data: bytes, file_name: str) -> Answer:
        made = upload_export(data, file_name, platform, unit, actor=request.user)
        return answer(reverse("portal:platform_rehearsal", args=[made.pk]))

    return take_file(request, form, "records", "platform.upload", [str(platform.pk), str(unit.pk)], unit, act)


def upload_of(request: SignedIn, pk: UUID) -> PlatformUpload:
    rows = PlatformUpload.objects.select_related("platform__unit", "unit")
    found: PlatformUpload = get_in_scope(rows, request.user, pk=pk)
    return found


@require_safe
def platform_rehearsal(request: SignedIn, pk: UUID) -> HttpResponse:
    """What the export comes to; where its columns are not known yet, first those."""
    upload = upload_of(request, pk)
    if "digest" not in upload.found and "headings" in upload.found:
        return redirect("portal:platform_columns", pk)
    return render(request, "portal/recognition/rehearsal.html", pages.rehearsal(upload, request.user))


@require_http_methods(["GET", "HEAD", "POST"])
def platform_columns(request: SignedIn, pk: UUID) -> HttpResponse:
    """Which column holds what, beside the file's first rows."""
    upload = upload_of(request, pk)
    headings = pages.headings(upload)
    start = pages.guessed(upload) | {"op_id": new_op_id()}
    form = ColumnsForm(request.POST or None, initial=start, headings=headings)

    def act() -> Answer:
        map_columns(upload, form.mapped(), actor=request.user)
        return answer(reverse("portal:platform_rehearsal", args=[pk]), "已记住各列的对应，下次不再询问")

    if request.method != "POST" or not form.is_valid():
        return render(request, "portal/recognition/columns.html", pages.columns(upload, form))
    done = attempt(request, form, "platform.columns", [str(pk), dict(form.mapped())], act)
    return done or render(request, "portal/recognition/columns.html", pages.columns(upload, form))


@require_POST
def platform_again(request: SignedIn, pk: UUID) -> HttpResponse:
    """The same file by what the portal knows now."""
    upload = upload_of(request, pk)

    def act() -> Answer:
        rehearse_again(upload, actor=request.user)
        return answer(reverse("portal:platform_rehearsal", args=[pk]), "已重新核对")

    return perform(request, OperationForm(request.POST), "platform.again", str(pk), act)


@require_POST
def platform_import(request: SignedIn, pk: UUID) -> HttpResponse:
    upload = upload_of(request, pk)

    def act() -> Answer:
        written = import_export(upload, actor=request.user)
        words = f"已导入 {written} 条，等待组织部确认" if written else "没有新的记录，没有写入任何内容"
        return answer(reverse("portal:platform_rehearsal", args=[pk]), words)

    return perform(request, OperationForm(request.POST), "platform.import", str(pk), act)


@require_safe
def platform_faults(request: SignedIn, pk: UUID) -> FileResponse:
    """Everything that the rehearsal said, as a sheet."""
    upload = upload_of(request, pk)
    lines = [pages.fault_cells(one) for one in take_faults(upload, actor=request.user)]
    return download(table_workbook("核对结果", pages.FAULT_COLUMNS, lines), "核对结果.xlsx", XLSX)


@require_http_methods(["GET", "HEAD", "POST"])
def platform_confirm(request: SignedIn, pk: UUID) -> HttpResponse:
    """Everything of one import that waits for the department, confirmed as one by a worker; GET shows what that comes to."""
    upload = upload_of(request, pk)
    demand(may_keep_platforms(request.user))
    if request.method != "POST":
        return render(request, "portal/recognition/confirm_upload.html", confirming.to_confirm(upload, request.user))

    def act() -> Answer:
        ask_to_confirm(upload, actor=request.user)
        return answer(reverse("portal:platform_rehearsal", args=[pk]), "已提交确认，办完后本页自动更新")

    return perform(request, OperationForm(request.POST), "platform.confirm", str(pk), act)
