"""Every page template with example data: it renders, and keeps what STYLE.md and QUALITY.md SEC-07, 09, 10 ask."""

from __future__ import annotations

import hashlib
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.template.loader import render_to_string
from pytest_django import Settings

from portal.badges import BADGES
from portal.templatetags.ui import SPRITE
from tests.portal.page_examples import PAGES

ROOT = Path(django_settings.BASE_DIR) if hasattr(django_settings, "BASE_DIR") else Path(__file__).parents[2]
SCREEN_TEMPLATES = [path for path in (ROOT / "templates").rglob("*.html") if "papers" not in path.parts]
VENDOR = ROOT / "static" / "vendor"
TONES = {"good", "warn", "info", "bad", "off", "strong"}


class Page(HTMLParser):
    """What a page holds that tests ask about."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    handle_startendtag = handle_starttag

    def all(self, *names: str) -> list[dict[str, str | None]]:
        return [attrs for tag, attrs in self.tags if tag in names]


@pytest.fixture(autouse=True)
def plain_static(settings: Settings) -> None:
    """Static addresses without a manifest: nothing has been collected here."""
    backend = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = settings.STORAGES | {"staticfiles": backend}


def parsed(name: str) -> tuple[str, Page]:
    html = render_to_string(*PAGES[name])
    page = Page()
    page.feed(html)
    return html, page


@pytest.mark.parametrize("name", PAGES)
def test_sec_09_no_inline_script_or_style(name: str) -> None:
    _, page = parsed(name)
    for tag, attrs in page.tags:
        assert "style" not in attrs, (tag, attrs)
        assert not [key for key in attrs if key.startswith("on")], (tag, attrs)
        assert tag != "style"
    for script in page.all("script"):
        assert script.get("src") or script.get("type") == "application/json"


@pytest.mark.parametrize("name", PAGES)
def test_sec_10_no_address_outside(name: str) -> None:
    _, page = parsed(name)
    addresses = [attrs.get(key) or "" for _, attrs in page.tags for key in ("href", "src", "action", "hx-get")]
    assert [address for address in addresses if "//" in address] == []


@pytest.mark.parametrize("name", PAGES)
def test_page_speaks_chinese_and_has_one_heading(name: str) -> None:
    html, page = parsed(name)
    assert page.all("html")[0]["lang"] == "zh-CN"
    assert len(page.all("h1")) == 1
    assert "None" not in re.sub(r"<script.*?</script>", "", html, flags=re.DOTALL)


@pytest.mark.parametrize("name", PAGES)
def test_ids_are_unique_and_labels_point_somewhere(name: str) -> None:
    _, page = parsed(name)
    ids = [str(attrs["id"]) for _, attrs in page.tags if attrs.get("id")]
    assert sorted(ids) == sorted(set(ids))
    pointed = [attrs["for"] for attrs in page.all("label") if attrs.get("for")]
    opened = [
        attrs[key] for _, attrs in page.tags for key in ("data-opens", "data-closes", "data-toggles") if key in attrs
    ]
    assert set(pointed + opened) <= set(ids)


@pytest.mark.parametrize("path", SCREEN_TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_sec_07_every_post_form_carries_its_token(path: Path) -> None:
    forms = re.findall(r"<form\b.*?</form>", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    posting = [form for form in forms if re.search(r'method="post"', form)]
    assert all("{% csrf_token %}" in form for form in posting)


def test_templates_are_small() -> None:
    lengths = sorted(len(path.read_text(encoding="utf-8").splitlines()) for path in SCREEN_TEMPLATES)
    assert lengths[len(lengths) // 2] <= 15
    assert lengths[-1] <= 60


def test_every_icon_named_is_in_the_sprite() -> None:
    drawn = set(re.findall(r'<symbol id="([a-z0-9-]+)"', (ROOT / "static" / SPRITE).read_text(encoding="utf-8")))
    texts = [path.read_text(encoding="utf-8") for path in SCREEN_TEMPLATES]
    named = {icon for text in texts for icon in re.findall(r'{% icon "([^"]+)"', text)}
    named |= {
        icon for text in texts for icon in re.findall(r'(?:symbol=|symbol\|default:|icon\|default:)"([^"]+)"', text)
    }
    assert named <= drawn


def test_every_badge_has_a_known_tone() -> None:
    assert {badge.tone for badges in BADGES.values() for badge in badges.values()} <= TONES


def test_sec_10_vendored_code_is_as_listed_and_asks_nothing_outside() -> None:
    rows = re.findall(
        r"^\| \S+ \| (\S+) \| \S+ \| (\S+) \| `(\w+)` \|$", (VENDOR / "README.md").read_text(), flags=re.M
    )
    files = {path for path in VENDOR.rglob("*") if path.is_file() and path.name != "README.md"}
    listed = {(version, name): digest for version, name, digest in rows}
    assert len(files) == len(rows)
    for path in files:
        assert hashlib.sha256(path.read_bytes()).hexdigest() == listed[(path.parent.name, path.name)]
        assert "sourceMappingURL" not in path.read_text(encoding="utf-8")
    own = [path.read_text(encoding="utf-8") for kind in ("css", "js") for path in (ROOT / "static" / kind).iterdir()]
    sheets = [path.read_text(encoding="utf-8") for path in VENDOR.rglob("*.css")]
    assert not [text for text in own + sheets if re.search(r"(url\(|@import\s)[\"']?(https?:)?//", text)]


def channel(value: int) -> float:
    """One channel of the relative luminance of WCAG 2.2."""
    share = value / 255
    return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4


def luminance(colour: str) -> float:
    digits = colour * 2 if len(colour) == 3 else colour
    red, green, blue = (channel(int(digits[place : place + 2], 16)) for place in (0, 2, 4))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


PAIRS = [
    *(
        (ink, paper)
        for ink in ("ink", "ink-2", "ink-3", "link", "accent")
        for paper in ("surface", "surface-2", "paper")
    ),
    *((tone, f"{tone}-tint") for tone in ("good", "warn", "info", "bad", "off")),
    ("accent-dark", "accent-tint"),
    ("surface", "accent"),
]


@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_contrast_is_wcag_aa(text: str, ground: str) -> None:
    tokens = (ROOT / "static" / "css" / "tokens.css").read_text(encoding="utf-8")
    colours = dict(re.findall(r"--([a-z0-9-]+):\s*#([0-9a-f]{3,6});", tokens))
    assert contrast(colours[text], colours[ground]) >= 4.5
    assert contrast("000", "fff") == pytest.approx(21)
