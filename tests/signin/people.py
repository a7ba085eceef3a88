"""What the stories of signing in share."""

from typing import Any

from django.test import Client
from django.urls import reverse

PASSWORD = "Chunfeng+Huayu9"
WRONG = "Qiuyue+Hanjiang7"


def attempt(username: str, password: str, client: Client | None = None, **meta: Any) -> Any:
    """One try at the sign-in page; 302 means in, 200 means the form again."""
    return (client or Client()).post(reverse("portal:sign_in"), {"username": username, "password": password}, **meta)


def is_in(client: Client) -> bool:
    """Whether the browser's next request is somebody's."""
    return client.get(reverse("portal:sessions")).status_code == 200
