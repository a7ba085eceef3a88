"""The scene on which a driver acts: one city, its people at their browsers, and requests for what has no page."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.audit import Facts, facts_of_request
from core.keys import new_key
from organization.models import Account
from organization.services import set_password
from tests.cast import City

HIDDEN = re.compile(r'<input type="hidden" name="(op_id|seen)" value="([^"]+)">')
PASSWORD = "Chunfeng+Huayu9"


@dataclass
class Scene:
    """`city` is the cast's; `folder` an empty directory."""

    city: City
    folder: Path
    handler: Any

    def client(self, part: str) -> Client:
        """The browser of somebody who signed in a moment ago."""
        client = Client()
        client.handler = self.handler
        client.force_login(self.account(part))
        return client

    def account(self, part: str) -> Account:
        return self.city.accounts[part]

    def with_password(self, part: str) -> Account:
        """Somebody whose password is PASSWORD, chosen long ago."""
        who = self.account(part)
        set_password(who, PASSWORD, now=timezone.now() - timedelta(days=30))
        return who

    def sign_in(self, part: str, password: str = PASSWORD) -> tuple[Client, Any]:
        """A new browser at the sign-in page, and the answer it got."""
        who, client = self.with_password(part), Client()
        return client, client.post(reverse("portal:sign_in"), {"username": who.username, "password": password})

    def get(self, part: str, page: str, *args: object, query: str = "", code: int = 200) -> Any:
        """A page of the portal, or with its namespace any other; what is streamed is taken to its end."""
        answer: Any = self.client(part).get(url_of(page, args) + query)
        assert answer.status_code == code, (page, answer.status_code)
        return b"".join(answer.streaming_content) if answer.streaming else answer

    def post(self, part: str, page: str, *args: object, code: int = 302, **data: Any) -> Any:
        """What a form of the portal sends."""
        answer = self.client(part).post(url_of(page, args), {"op_id": str(new_key()), **data})
        assert answer.status_code == code, (page, answer.status_code, answer.content.decode()[-3000:])
        return answer

    def fill_in(self, part: str, page: str, *args: object, **data: object) -> Any:
        """A form of the admin, sent with what its page carries."""
        client, url = self.client(part), url_of(page, args)
        carried = dict(HIDDEN.findall(client.get(url).content.decode()))
        answer = client.post(url, carried | data)
        assert answer.status_code == 302, (page, answer.content.decode()[-3000:])
        return answer

    @contextmanager
    def request_of(self, part: str) -> Iterator[Account]:
        """A request of somebody, for what has no page yet."""
        who = self.account(part)
        facts = Facts(source_ip="10.20.30.40", session_key="a session", request_id=new_key(), account=who)
        with facts_of_request(facts):
            yield who


def url_of(page: str, args: tuple[object, ...]) -> str:
    return reverse(page if ":" in page else f"portal:{page}", args=args)
