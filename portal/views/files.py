"""Stored files leave by one address, which holds for one account, in one session, for minutes (SEC-21)."""

from django.http import FileResponse
from django.views.decorators.http import require_safe

from portal.downloads import download, redeem
from portal.requests import SignedIn


@require_safe
def file(request: SignedIn, token: str) -> FileResponse:
    found = redeem(request, token)
    return download(found.data, found.name, found.kind)
