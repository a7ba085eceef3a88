"""How long others take for the same documents: a warm Chromium, and one plain WeasyPrint call a document."""

import json
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
PLAIN = """
import json, sys, time
from weasyprint import CSS, HTML
documents = json.load(sys.stdin)
def make(html, css):
    return HTML(string=html).write_pdf(stylesheets=[CSS(string=css)])
make(*documents[0])
begin = time.perf_counter()
sizes = [len(make(*document)) for document in documents]
json.dump({"seconds": time.perf_counter() - begin, "sizes": sizes}, sys.stdout)
"""


def browser_path() -> str:
    return next(found for name in BROWSERS if (found := shutil.which(name)))


def system_fonts() -> bool:
    """Whether the machine has fonts-noto-cjk, which the comparisons with system fonts are about."""
    if not shutil.which("fc-list"):
        return False
    return bool(subprocess.run(["fc-list", "Noto Serif CJK SC"], capture_output=True, check=False).stdout)


@contextmanager
def warm_browser() -> Iterator[Browser]:
    """One Chromium for all its documents."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path(), args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


def printed(browser: Browser, pages: Sequence[str]) -> tuple[float, float]:
    """Seconds and bytes a document, in one tab, after the first one has been printed once."""
    tab = browser.new_page()
    _print(tab, pages[0])
    begin = time.perf_counter()
    sizes = [_print(tab, page) for page in pages]
    taken = time.perf_counter() - begin
    tab.close()
    return taken / len(pages), sum(sizes) / len(pages)


def _print(tab: object, html: str) -> int:
    tab.set_content(html)  # type: ignore[attr-defined]
    tab.evaluate("document.fonts.ready.then(() => true)")  # type: ignore[attr-defined]
    return len(tab.pdf(prefer_css_page_size=True, print_background=True))  # type: ignore[attr-defined]


def plainly(documents: Sequence[tuple[str, str]]) -> tuple[float, float]:
    """Seconds and bytes a document in a process that knows only WeasyPrint and the system's fonts."""
    done = subprocess.run(
        [sys.executable, "-c", PLAIN], input=json.dumps(documents), capture_output=True, text=True, check=True
    )
    said = json.loads(done.stdout)
    return said["seconds"] / len(documents), sum(said["sizes"]) / len(documents)


class _Fonts(SimpleHTTPRequestHandler):
    """A folder for pages of any origin, to be kept by the browser."""

    protocol_version = "HTTP/1.1"

    def end_headers(self) -> None:
        self.send_header("Access-Control-Allow-Origin", "*")
        self.send_header("Cache-Control", "max-age=3600")
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:
        return


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of a server of this folder on the loopback."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Fonts, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
