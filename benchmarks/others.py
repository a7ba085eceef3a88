"""How long others take for the same documents: a warm Chromium, and one plain WeasyPrint call a document.

They are handed finished HTML and keep the result in memory. Ours is the whole job: counting the attempt, reading the
database, the template, the QR code, the PDF, sealing and storing it, two commits.
"""

import base64
import json
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from reports.services.making import PAGE, count_pages

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
PLAIN = """
import base64, json, sys, time
from weasyprint import CSS, HTML
documents = json.load(sys.stdin)
def make(html, css):
    return HTML(string=html).write_pdf(stylesheets=[CSS(string=css)])
make(*documents[0])
begin, used = time.perf_counter(), time.process_time()
made = [make(*document) for document in documents]
taken, used = time.perf_counter() - begin, time.process_time() - used
json.dump({"seconds": taken, "processor": used, "made": [base64.b64encode(pdf).decode() for pdf in made]}, sys.stdout)
"""


@dataclass(frozen=True, slots=True)
class Printed:
    """What another took: seconds a document (and of a processor, where it is one process), bytes a document, pages."""

    seconds: float
    size: float
    pages: int
    processor: float | None = None

    def __str__(self) -> str:
        used = "" if self.processor is None else f" ({self.processor * 1000:.0f} ms of a processor)"
        return f"{self.seconds * 1000:.0f} ms{used}, {self.size / 1024:.0f} KB, {self.pages} pages"


def _printed(pdfs: Sequence[bytes], taken: float, used: float | None = None) -> Printed:
    count, pages = len(pdfs), sum(len(PAGE.findall(pdf)) or count_pages(pdf) for pdf in pdfs)
    return Printed(taken / count, sum(map(len, pdfs)) / count, pages, None if used is None else used / count)


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


def printed(browser: Browser, pages: Sequence[str]) -> Printed:
    """In one tab, after the first one has been printed once."""
    tab = browser.new_page()
    _print(tab, pages[0])
    begin = time.perf_counter()
    pdfs = [_print(tab, page) for page in pages]
    taken = time.perf_counter() - begin
    tab.close()
    return _printed(pdfs, taken)


def _print(tab: Page, html: str) -> bytes:
    tab.set_content(html)
    tab.evaluate("document.fonts.ready.then(() => true)")
    return tab.pdf(prefer_css_page_size=True, print_background=True)


def plainly(documents: Sequence[tuple[str, str]]) -> Printed:
    """In a process that knows only WeasyPrint and the system's fonts."""
    done = subprocess.run(
        [sys.executable, "-c", PLAIN], input=json.dumps(documents), capture_output=True, text=True, check=True
    )
    said = json.loads(done.stdout)
    return _printed([base64.b64decode(pdf) for pdf in said["made"]], said["seconds"], said["processor"])


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
