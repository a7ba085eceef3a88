"""Tables that come by a form: kept and rehearsed at most once, or refused at their field."""

import hashlib
from collections.abc import Callable, Sequence

from django.http import HttpResponse

from assessments.services import note_refused
from core.forms import OperationForm
from core.sheets.refusal import FileRefused
from organization.models import Unit
from portal.acts import Answer, perform
from portal.requests import SignedIn


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
