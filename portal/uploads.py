"""Tables that come by a form: kept and rehearsed at most once, or refused at their field."""

import hashlib
from collections.abc import Callable, Sequence
from datetime import timedelta

from django.core import signing
from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse
from django.utils import timezone

from assessments.services import note_refused
from core.files import keep
from core.forms import OperationForm
from core.models import StoredFile
from core.sheets.refusal import FileRefused
from organization.models import Account, Unit
from portal.acts import Answer, perform
from portal.requests import SignedIn

HOLDS = 3600  # seconds between rehearsal and import
KEPT = timedelta(days=1)
NOT_FOUND = "没有找到这次核对"


def take_file(
    request: SignedIn,
    form: OperationForm,
    field: str,
    name: str,
    about: Sequence[str],
    unit: Unit,
    act: Callable[[bytes, str], Answer],
) -> HttpResponse | None:
    """`perform` for the bytes and the name of a file; None where it cannot be read at all: its field says why then.

    `about`: what else the op_id stands for. Of a refused file the log keeps its hash, its size and why.
    """
    file = form.cleaned_data[field]
    data = file.read()
    payload = [hashlib.sha256(data).hexdigest(), *about]
    try:
        return perform(request, form, name, payload, lambda: act(data, file.name))
    except FileRefused as refused:
        note_refused(data, refused, actor=request.user, unit=unit)
        form.add_error(field, refused.message)
        return None


def seal(data: bytes, digest: str, *about: str, user: Account, salt: str) -> str:
    """Keep a rehearsed file; the token for its import names it, who sent it, what they were shown and what it is about."""
    stored = keep(data, delete_after=timezone.localdate() + KEPT)
    return signing.dumps([str(stored.pk), str(user.pk), digest, *about], salt=salt)


def unseal(token: str, *, user: Account, salt: str) -> tuple[StoredFile, str, list[str]]:
    """The file, the digest of what was shown, what it is about. Raises BadRequest after an hour, Http404 for who did not send it."""
    try:
        file, sender, digest, *about = signing.loads(token, salt=salt, max_age=HOLDS)
    except (signing.BadSignature, ValueError) as error:
        raise BadRequest("核对结果已过期，请重新上传") from error
    if sender != str(user.pk):
        raise Http404(NOT_FOUND)
    return StoredFile.objects.get(pk=file), digest, about
