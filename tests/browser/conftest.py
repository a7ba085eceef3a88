"""A real browser before a real server on a database of its own; every page's console is watched."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.wsgi import get_wsgi_application
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, ViewportSize, expect

expect.set_options(timeout=30_000)  # a busy machine is no fault of the page
DESK = ViewportSize(width=1366, height=768)
PHONE = ViewportSize(width=360, height=740)


class Server(ThreadingMixIn, WSGIServer):
    """One thread a request, so that a page and its pictures come together."""

    daemon_threads = True


class Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """The requests are no news."""


@pytest.fixture
def live_url(own_database: str, settings) -> Iterator[str]:
    """The portal on 127.0.0.1, working in this test's own database."""
    settings.ALLOWED_HOSTS = ["127.0.0.1"]
    settings.WHITENOISE_AUTOREFRESH = True
    server = make_server("127.0.0.1", 0, StaticFilesHandler(get_wsgi_application()), Server, Quiet)
    url = f"http://127.0.0.1:{server.server_port}"
    settings.CSRF_TRUSTED_ORIGINS = [url]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield url
    server.shutdown()
    server.server_close()
    thread.join()


@dataclass
class Visitor:
    """A page of the browser, and what its console complained of."""

    page: Page
    url: str
    complaints: list[str] = field(default_factory=list)

    def hear(self, said: ConsoleMessage) -> None:
        if said.type == "error":
            self.complaints.append(said.text)

    def go(self, path: str) -> None:
        self.page.goto(self.url + path)

    def narrow(self) -> bool:
        """Whether the page is no wider than its window."""
        found = self.page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
        return bool(found)

    def demand_fits(self, *paths: str) -> None:
        """These pages, or the one that is open, are no wider than the window, and no console complains."""
        for path in paths:
            self.go(path)
            assert self.narrow(), path
        assert self.narrow(), self.page.url
        assert self.complaints == []

    def demand_both_sizes(self) -> None:
        """The page that is open fits a phone and a desk, and stays at the desk."""
        for size in (PHONE, DESK):
            self.page.set_viewport_size(size)
            assert self.narrow(), self.page.url

    def sign_in(self, username: str, password: str) -> None:
        self.go("/sign-in/")
        self.page.get_by_label("用户名").fill(username)
        self.page.get_by_label("密码").fill(password)
        self.page.get_by_role("button", name="登录").click()
        self.page.wait_for_load_state()


def dialog(page: Page) -> Locator:
    return page.locator("dialog[open]")


@pytest.fixture
def visitor(browser: Browser, live_url: str) -> Iterator[Visitor]:
    """Somebody at an office desk."""
    context = browser.new_context(viewport=DESK, locale="zh-CN", accept_downloads=True)
    visitor = Visitor(context.new_page(), live_url)
    visitor.page.on("console", visitor.hear)
    visitor.page.on("pageerror", lambda error: visitor.complaints.append(str(error)))
    yield visitor
    context.close()
