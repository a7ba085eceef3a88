"""What was refused is in the log as well: not allowed, not found in one's scope, too often."""

import logging
from collections.abc import Callable
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from core.audit import NotRecorded, acting, record

logger = logging.getLogger("portal.audit")
EVENTS = {403: "access.refused", 404: "access.not_found", 429: "access.limited"}


class RefusalLog:
    """Middleware: says whose request it is to whatever is recorded, and records the refusals of signed-in people.

    Of what is out of scope only the page and the key that was tried are kept: whoever tries keys one after the other
    shall be seen. Wrong addresses are no refusals.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with acting(request.user):
            response = self.get_response(request)
            event = EVENTS.get(response.status_code)
            if event and request.user.is_authenticated and request.resolver_match:
                self._record(request, event)
        return response

    def _record(self, request: HttpRequest, event: str) -> None:
        page = request.resolver_match
        assert page is not None  # noqa: S101 (asked above)
        tried = [str(value) for value in page.kwargs.values() if isinstance(value, UUID)]
        if event == "access.not_found" and not page.kwargs:
            return
        after = {"page": page.view_name, "method": request.method, "tried": tried}
        try:
            record(event, actor=request.user.pk, result="refused", after=after)
        except NotRecorded:  # nothing was done: the refusal stands, and the log of the machine tells
            logger.exception("a refusal could not be recorded: %s", page.view_name)
