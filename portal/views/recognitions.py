"""学分认定: what waits for the unit's and the department's word, decided one by one or many at once."""

from typing import Any
from uuid import UUID

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from core.audit import record
from core.forms import SeenReasonForm
from core.operations import Refused
from core.scope import get_in_scope
from organization.freshness import ask_again
from organization.models import Account
from portal.acts import Answer, answer, new_op_id, perform
from portal.downloads import XLSX, Sendable, download, hand_over, opens, stored
from portal.forms_recognition import ConfirmRowsForm, DoubleForm, ReturnRowsForm, RowsForm
from portal.lists import page_of
from portal.pages import recognitions as pages
from portal.pages.recognitions import lists, one
from portal.pages.sheets import table_workbook
from portal.requests import SignedIn
from portal.rules import demand, may_export_rows
from portal.rules_recognition import (
    Part,
    may_confirm_recognitions,
    may_judge_double,
    may_list_recognitions,
    may_open_recognition,
)
from trainees.models import Recognition, RecognitionProof
from trainees.services.recognition import (
    Decided,
    confirm_recognitions,
    effects_before,
    keep_other,
    keep_this,
    return_recognitions,
    revoke_recognition,
    tell_apart,
    vet_recognitions,
)
from trainees.services.recognition.doubles import is_undecided

PAGE_SIZE = 50
TOLD = 3
"""So many reasons are said in a message; the others stand on the filings' own pages."""


@require_safe
def recognition_list(request: SignedIn) -> HttpResponse:
    demand(may_list_recognitions(request.user))
    rows, filters = lists.filtered(request, request.user)
    context = lists.page(request, request.user, page_of(request, rows, PAGE_SIZE), filters)
    return render(request, "portal/recognition/list.html", context | {"op_id": new_op_id()})


@require_safe
def recognition_export(request: SignedIn) -> HttpResponse | FileResponse:
    """Exactly what the list shows, all pages of it."""
    demand(may_list_recognitions(request.user))
    if stale := ask_again(request):
        return stale
    rows, _ = lists.filtered(request, request.user)
    demand(may_export_rows("学分认定", rows.count()))
    lines = [lists.cells(row) for row in rows]
    record("recognition.export", actor=request.user.pk, after={"rows": len(lines)})
    return download(table_workbook("学分认定", lists.COLUMNS, lines), "学分认定.xlsx", XLSX)


# ---- one ----


def recognition_and_part(request: SignedIn, pk: UUID) -> tuple[Recognition, Part]:
    """The filing, or 404; how the account comes to it, or 403."""
    rows = pages.linked(Recognition.objects.all())
    row: Recognition = get_in_scope(rows, request.user, pk=pk)  # type: ignore[arg-type]
    part = Part.of(request.user, row)
    demand(may_open_recognition(part))
    return row, part


@require_safe
def recognition_page(request: SignedIn, pk: UUID) -> HttpResponse:
    row, part = recognition_and_part(request, pk)
    return render(request, "portal/recognition/page.html", one.page(row, part, request.user))


@opens("recognition_proof")
def recognition_proof_file(user: Account, key: str) -> Sendable:
    found = get_in_scope(RecognitionProof.objects.select_related("file"), user, pk=key)
    return stored(found.file, found.name)


@require_safe
def recognition_proof(request: SignedIn, pk: UUID, proof: UUID) -> HttpResponse:
    row, _ = recognition_and_part(request, pk)
    if not one.proofs_of(row, request.user).filter(pk=proof).exists():
        raise Http404("没有找到这份证明材料")
    record("recognition.proof", actor=request.user.pk, obj=row, unit_id=row.unit_id)
    return hand_over(request, "recognition_proof", proof)


@require_POST
def recognition_double(request: SignedIn, pk: UUID) -> HttpResponse:
    row, part = recognition_and_part(request, pk)
    demand(may_judge_double(part))
    form = DoubleForm(request.POST)
    values = form.checked()

    def act() -> Answer:
        words = _decide_double(row, values, request.user)
        return answer(reverse("portal:recognition_page", args=[row.pk]), words)

    return perform(request, form, "recognition.double", [str(pk), values["say"], values["reason"]], act)


def _decide_double(row: Recognition, values: dict[str, Any], user: Account) -> str:
    if values["say"] == "apart":
        tell_apart(row, actor=user, reason=values["reason"], seen=values["seen"])
        return "已登记：不是重复"
    if values["say"] == "other":
        keep_other(row, actor=user, seen=values["seen"])
        return "这一条与另一条重复，已退回"
    keep_this(row, actor=user, seen=values["seen"])
    return "已保留这一条，另一条已退回"


@require_POST
def recognition_revoke(request: SignedIn, pk: UUID) -> HttpResponse:
    row, _ = recognition_and_part(request, pk)
    demand(may_confirm_recognitions(request.user))
    form = SeenReasonForm(request.POST)
    values = form.checked()

    def act() -> Answer:
        revoke_recognition(row, actor=request.user, reason=values["reason"], seen=values["seen"])
        return answer(reverse("portal:recognition_page", args=[row.pk]), "已撤销认定，学分已冲销")

    return perform(request, form, "recognition.revoke", [str(pk), values["reason"]], act)


# ---- many ----


def _in_scope(request: SignedIn, seen: dict[UUID, int]) -> list[Recognition]:
    """The ticked filings, in the order of the list; one that is out of scope is as if the whole were not there."""
    rows = list(pages.linked(lists.of(request.user).filter(pk__in=seen)).order_by("filed_at", "pk"))
    if len(rows) != len(seen):
        raise Http404("勾选的申报有的不在您的范围内")
    return rows


@require_POST
def recognition_vet(request: SignedIn) -> HttpResponse:
    """The unit's word on what was ticked."""
    demand(may_list_recognitions(request.user))
    form = RowsForm(request.POST)
    seen = form.checked()["row"]
    _in_scope(request, seen)

    def act() -> Answer:
        return _done(request, vet_recognitions(list(seen), actor=request.user, seen=seen), "已审核通过")

    return perform(request, form, "recognition.vet", _payload(seen), act)


@require_POST
def recognition_return(request: SignedIn) -> HttpResponse:
    """Back to those who filed, with one reason for all that was ticked."""
    demand(may_list_recognitions(request.user))
    form = ReturnRowsForm(request.POST)
    values = form.checked()
    seen = values["row"]
    _in_scope(request, seen)

    def act() -> Answer:
        decided = return_recognitions(list(seen), actor=request.user, reason=values["reason"], seen=seen)
        return _done(request, decided, "已退回")

    return perform(request, form, "recognition.return", [*_payload(seen), values["reason"]], act)


@require_POST
def recognition_confirm(request: SignedIn) -> HttpResponse:
    """First what the ledger would write of what was ticked; with `sure` it is written."""
    demand(may_list_recognitions(request.user))
    demand(may_confirm_recognitions(request.user))
    form = ConfirmRowsForm(request.POST)
    values = form.checked()
    seen = values["row"]
    rows = _in_scope(request, seen)
    if not values["sure"]:
        context = lists.preview(rows, effects_before(rows), request.user)
        return render(request, "portal/recognition/confirm.html", context | {"op_id": new_op_id()})

    def act() -> Answer:
        return _done(request, confirm_recognitions(list(seen), actor=request.user, seen=seen), "已认定，学分已记入台账")

    return perform(request, form, "recognition.confirm", _payload(seen), act)


def _payload(seen: dict[UUID, int]) -> list[str]:
    return sorted(f"{key}.{version}" for key, version in seen.items())


def _done(request: SignedIn, decided: Decided, words: str) -> Answer:
    """Where to go and what to say. Raises Refused where nothing went through, but for doubles found just now.

    These stay marked, so that somebody can decide about them: a refusal would take the marks back.
    """
    rows = [*decided.done, *(row for row, _ in decided.left)]
    back = len(rows) == 1 and request.POST.get("back") == "one"
    url = reverse("portal:recognition_page", args=[rows[0].pk]) if back else reverse("portal:recognition_list")
    if not decided.done and any(is_undecided(row) for row in rows):
        return answer(url, f"没有办理：{_reasons(decided)}", warning=True)
    if len(rows) == 1:
        return answer(url, f"{words}：{decided.demand_all().title}")
    if not decided.done:
        raise Refused(f"勾选的 {len(rows)} 条都没有办理：{_reasons(decided)}")
    left = f"；另有 {len(decided.left)} 条没有办理：{_reasons(decided)}" if decided.left else ""
    return answer(url, f"{words} {len(decided.done)} 条{left}")


def _reasons(decided: Decided) -> str:
    told = [f"“{row.title}”{reason}" for row, reason in decided.left[:TOLD]]
    return "；".join(told) + ("……" if len(decided.left) > TOLD else "")
