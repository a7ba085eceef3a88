"""The pages in a real browser, under the page's own security policy, at the two widths that people have.

Pages are rendered with example data and handed to the browser by name; nothing listens on a port.
"""

from __future__ import annotations

import mimetypes
from pathlib import Path

import pytest
from django.template.loader import render_to_string
from playwright.sync_api import Browser, ConsoleMessage, Page, Route
from pytest_django import Settings

from portal import styleguide
from tests.portal.page_examples import PAGES

pytestmark = pytest.mark.browser

STATIC = Path(__file__).parents[2] / "static"
SITE = "http://portal.test"
POLICY = (
    "default-src 'self'; img-src 'self' data:; script-src 'self'; style-src 'self'; object-src 'none'; "
    "base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
)


def rendered() -> dict[str, str]:
    """Every example page, and the answer to the poll of a job that has ended meanwhile."""
    pages: dict[str, str] = {f"/{name}/": render_to_string(*page) for name, page in PAGES.items()}
    pages["/job/"] = render_to_string("components/_job.html", {"job": styleguide.jobs()[1]})
    return pages


class Site:
    """Answers the browser's requests and keeps what it complained about."""

    def __init__(self, pages: dict[str, str]) -> None:
        self.pages = pages
        self.outside: list[str] = []
        self.posts: list[str] = []
        self.complaints: list[str] = []

    def answer(self, route: Route) -> None:
        address = route.request.url
        path = address.removeprefix(SITE).split("?")[0].split("#")[0]
        if not address.startswith(SITE):
            self.outside.append(address)
            return route.abort()
        if route.request.method == "POST":
            self.posts.append(route.request.post_data or "")
            return route.fulfill(status=204)
        if path.startswith("/static/"):
            file = STATIC / path.removeprefix("/static/")
            return route.fulfill(body=file.read_bytes(), content_type=mimetypes.guess_type(file)[0] or "text/plain")
        headers = {"Content-Security-Policy": POLICY, "Content-Type": "text/html; charset=utf-8"}
        return route.fulfill(body=self.pages.get(path, ""), headers=headers)

    def hear(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.complaints.append(message.text)

    def window(self, browser: Browser, width: int) -> Page:
        """An empty window of this width whose every request is answered here."""
        page = browser.new_page(viewport={"width": width, "height": 768})
        page.on("console", self.hear)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.route("**/*", self.answer)
        return page

    def visit(self, browser: Browser, name: str, width: int) -> Page:
        page = self.window(browser, width)
        page.goto(f"{SITE}/{name}/")
        return page


@pytest.fixture
def site(settings: Settings) -> Site:
    backend = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = settings.STORAGES | {"staticfiles": backend}
    settings.STATIC_URL = "/static/"
    return Site(rendered())


def test_sec_09_a_broken_policy_is_noticed(site: Site, browser: Browser) -> None:
    """Positive control: an inline style and script are refused, and the test sees it."""
    site.pages["/broken/"] = '<body style="color: red"><script>document.title = "ran"</script>'
    page = site.visit(browser, "broken", 1366)
    assert page.title() == ""
    assert len(site.complaints) == 2
    page.close()


@pytest.mark.parametrize("width", [360, 1366])
def test_sec_09_sec_10_pages_stay_inside_policy_house_and_width(site: Site, browser: Browser, width: int) -> None:
    page = site.window(browser, width)
    for name in PAGES:
        page.goto(f"{SITE}/{name}/")
        if page.locator("[data-chart]").count():
            page.wait_for_selector("[data-chart] canvas")
        beyond = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert (name, beyond) == (name, 0)
    page.close()
    assert site.complaints == []
    assert site.outside == []


def test_charts_are_drawn_and_told(site: Site, browser: Browser) -> None:
    page = site.visit(browser, "result", 1366)
    page.wait_for_selector("[data-chart] canvas")
    page.click(".chart-table summary")
    assert page.inner_text(".chart-table tbody tr:first-child").split() == ["学风学纪", "30", "28.0", "27.1"]
    page.close()


def test_a_poll_replaces_the_bar_and_stops(site: Site, browser: Browser) -> None:
    page = site.visit(browser, "files", 1366)
    page.wait_for_selector(".job.is-done", timeout=5000)
    assert "64 / 64 份" in page.inner_text(".job")
    assert page.get_attribute(".job", "hx-trigger") is None
    page.close()


def test_rel_03_a_double_click_posts_once(site: Site, browser: Browser) -> None:
    page = site.visit(browser, "rehearsal_clean", 1366)
    page.click("[data-opens=ask-example]")
    page.evaluate(
        "const form = document.querySelector('#ask-example form'); form.requestSubmit(); form.requestSubmit()"
    )
    page.wait_for_timeout(300)
    assert len(site.posts) == 1
    assert "op_id=00000000-0000-7000-8000-000000000000" in site.posts[0]
    page.close()


def test_keys_open_and_leave_what_the_mouse_can(site: Site, browser: Browser) -> None:
    page = site.visit(browser, "trainee", 360)
    page.click("[data-toggles=rail]")
    assert page.get_attribute("[data-toggles=rail]", "aria-expanded") == "true"
    page.keyboard.press("Escape")
    assert page.get_attribute("[data-toggles=rail]", "aria-expanded") == "false"
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "search"
    page.close()


def test_a_poll_answered_by_the_sign_in_page_is_not_laid_into_the_bar(site: Site, browser: Browser) -> None:
    site.pages["/job/"] = site.pages["/sign_in/"]
    page = site.visit(browser, "files", 1366)
    with page.expect_navigation(timeout=5000):
        pass
    assert page.locator("input[type=password]").count() == 0
    page.close()
