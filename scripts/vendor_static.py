"""Put the front-end libraries into static/vendor/, each under its name and version.

Run by hand when a version changes: `python scripts/vendor_static.py`. It asks the npm client for each package by name,
takes the few files that the pages use, removes what would make a browser look outside (source map comments, links in
banners) and writes static/vendor/README.md. The result is committed: at run time nothing is fetched.
"""

from __future__ import annotations

import hashlib
import re
import subprocess
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

VENDOR = Path(__file__).resolve().parent.parent / "static" / "vendor"

# Tabler stays at 1.0.0: later versions speak oklch(), light-dark() and color-mix(), which the browsers of many offices
# (Chromium 86 to 108 under other names) do not know; there every colour would be lost.
TABLER, ICONS, HTMX, ECHARTS = "1.0.0", "3.51.0", "2.0.11", "6.1.0"

ICON_NAMES = """
alert-circle alert-triangle archive arrow-back-up arrow-down arrow-left arrow-right arrow-up arrows-sort award ban bell
book book-2 books building building-bank building-community calendar calendar-event certificate chart-bar chart-dots
chart-radar check checklist checks chevron-down chevron-left chevron-right chevron-up circle circle-check circle-dashed
circle-x clipboard-check clipboard-list clock copy device-floppy dots download edit external-link eye eye-off file
file-certificate file-check file-download file-spreadsheet file-text file-type-pdf file-zip files filter fingerprint
flag folder gavel help help-circle history home hourglass id info-circle key layout-dashboard link list list-check
list-details loader lock login logout mail mail-opened map-pin menu-2 message message-circle minus notebook paperclip
pencil percentage player-play plus presentation printer qrcode refresh report report-analytics rubber-stamp scale
school search send settings shield-check shield-lock sitemap star stethoscope table tags target timeline trash trophy
upload user user-check user-circle user-plus users users-group versions wand world x zoom-question
"""


@dataclass(frozen=True)
class Package:
    """One npm package and what is taken from it: path inside the package → file name here."""

    name: str
    version: str
    folder: str
    licence: str
    files: dict[str, str]


PACKAGES = (
    Package("@tabler/core", TABLER, "tabler", "MIT", {"dist/css/tabler.min.css": "tabler.min.css"}),
    Package("@tabler/icons", ICONS, "tabler-icons", "MIT", {"LICENSE": "LICENSE"}),
    Package("htmx.org", HTMX, "htmx", "0BSD", {"dist/htmx.min.js": "htmx.min.js", "LICENSE": "LICENSE"}),
    Package(
        "echarts",
        ECHARTS,
        "echarts",
        "Apache-2.0",
        {
            "dist/echarts.min.js": "echarts.min.js",
            "LICENSE": "LICENSE",
            "NOTICE": "NOTICE",
            "licenses/LICENSE-d3": "LICENSE-d3",
        },
    ),
)

# The package @tabler/core carries no licence file, only the name of the licence and the holders in its banner.
TABLER_LICENCE = """The MIT License (MIT)

Copyright (c) 2018-2025 The Tabler Authors
Copyright (c) 2018-2025 codecalm.net Paweł Kuna
Copyright (c) 2011-2025 The Bootstrap Authors

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
documentation files (the "Software"), to deal in the Software without restriction, including without limitation the
rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit
persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR
OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
"""


def fetch(package: Package, workspace: Path) -> Path:
    """Download and unpack one package; return the folder that holds its files."""
    command = ["npm", "pack", "--silent", f"{package.name}@{package.version}"]
    done = subprocess.run(command, cwd=workspace, check=True, capture_output=True, text=True)
    target = workspace / package.folder
    with tarfile.open(workspace / done.stdout.split()[-1]) as archive:
        archive.extractall(target, filter="data")
    return target / "package"


def without_outside_links(text: str) -> str:
    """Remove source map comments and the addresses in comments; licence texts lie beside the files."""
    text = re.sub(r"/[/*][#@]\s*sourceMappingURL=\S+(\s*\*/)?", "", text)
    return re.sub(r"/\*!?.*?\*/", lambda found: re.sub(r"\(?https?://[^\s)*]+\)?", "", found[0]), text, flags=re.DOTALL)


def copy_files(package: Package, source: Path) -> Path:
    """Lay the wanted files into static/vendor/<folder>/<version>/."""
    target = VENDOR / package.folder / package.version
    target.mkdir(parents=True, exist_ok=True)
    for inside, name in package.files.items():
        text = (source / inside).read_text(encoding="utf-8")
        is_code = name.endswith((".css", ".js"))
        (target / name).write_text(without_outside_links(text) if is_code else text, encoding="utf-8")
    return target


def sprite(icons: Path) -> str:
    """One SVG of symbols, `<use href="sprite.svg#name">`; strokes follow the text's colour."""
    symbols = []
    for name in sorted(set(ICON_NAMES.split())):
        drawing = (icons / "icons" / "outline" / f"{name}.svg").read_text(encoding="utf-8")
        shapes = re.findall(r"<(?:path|circle|rect|line|polyline)\b[^>]*/>", drawing)
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{"".join(shapes)}</symbol>')
    return '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"


def readme(folders: list[tuple[Package, Path]]) -> str:
    """The table of what lies here, with the hash of every file."""
    lines = [
        "# Front-end libraries",
        "",
        "Laid here by `python scripts/vendor_static.py`; never edited by hand. Nothing is loaded from outside.",
        "",
        "| package | version | licence | file | SHA-256 |",
        "|---|---|---|---|---|",
    ]
    for package, folder in folders:
        for path in sorted(folder.iterdir()):
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            lines.append(f"| {package.name} | {package.version} | {package.licence} | {path.name} | `{digest}` |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Fetch everything into a folder of its own, then lay it down."""
    folders: list[tuple[Package, Path]] = []
    with tempfile.TemporaryDirectory() as workspace:
        for package in PACKAGES:
            source = fetch(package, Path(workspace))
            folder = copy_files(package, source)
            if package.folder == "tabler":
                (folder / "LICENSE").write_text(TABLER_LICENCE, encoding="utf-8")
            if package.folder == "tabler-icons":
                (folder / "sprite.svg").write_text(sprite(source), encoding="utf-8")
            folders.append((package, folder))
    (VENDOR / "README.md").write_text(readme(folders), encoding="utf-8")


if __name__ == "__main__":
    main()
