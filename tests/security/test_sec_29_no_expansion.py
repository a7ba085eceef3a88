"""SEC-29, SEC-10, SEC-11, SEC-27, SEC-08: what the source may not hold, and what addresses may not reach."""

import ast
import re
import subprocess
import tomllib
from pathlib import Path

import django
import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

ROOT = Path(__file__).resolve().parents[2]
APPS = ("core", "organization", "trainees", "courses", "training", "assessments", "reports", "portal", "config")
SOURCES = [path for app in APPS for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts]
FORBIDDEN = {"eval", "exec", "RawSQL", "mark_safe", "SafeString", "extra"}
BODIES = ("GET", "POST", "FILES", "COOKIES", "META", "headers")


def calls():
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                yield path.relative_to(ROOT), node


def name_of(call: ast.Call) -> str:
    return getattr(call.func, "attr", getattr(call.func, "id", ""))


def test_sec_29_nothing_is_evaluated_and_no_query_is_written_by_hand():
    found = [f"{path}:{call.lineno} {name_of(call)}" for path, call in calls() if name_of(call) in FORBIDDEN]
    assert found == []


def test_sec_29_no_dictionary_of_a_request_is_expanded():
    """`filter(**request.GET)` and its kin: what is expanded never comes from a request."""
    expanded = [
        (f"{path}:{call.lineno}", ast.unparse(word.value))
        for path, call in calls()
        for word in call.keywords
        if word.arg is None
    ]
    assert [one for one in expanded if re.search(rf"\.({'|'.join(BODIES)})\b|cleaned_data", one[1])] == []


def test_sec_29_ruffs_rules_are_on():
    """pickle, yaml, shells, temporary files, hard-coded passwords: the S rules; what is off needs a reason."""
    lint = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["ruff"]["lint"]
    assert "S" in lint["select"]
    # S603, S607: programs are started by list, with names of our own.
    assert {rule for rule in lint["ignore"] if rule.startswith("S") and rule[1].isdigit()} == {"S603", "S607"}


STRANGE = [
    "_connector=OR", "_negated=1", "_connector=OR+1=1", "__class__=x", "filter=x", "grade__in=A", "id__in=1,2",
    "training_class__unit__path__startswith=0", "grade[$ne]=x", "password__startswith=a", "enrolment__cadre__id_number_sealed__gt=0",
]  # fmt: skip


@pytest.mark.parametrize("query", STRANGE)
def test_sec_29_strange_parameters_are_passed_over(yunling, client_of_staff, query):
    """They neither fail nor show more or less than the page without them."""
    for page, arguments in (("class_list", []), ("class_results", [yunling.training_class.pk])):
        url = reverse(f"portal:{page}", args=arguments)
        plain, strange = (client_of_staff.get(address) for address in (url, f"{url}?{query}"))
        assert strange.status_code == 200
        assert rows_of(strange) == rows_of(plain) != []


def rows_of(answer):
    """The words of the table's cells, without what changes from one page to the next."""
    (table,) = re.findall(r"<tbody.*?</tbody>", answer.content.decode(), flags=re.S)[:1] or [""]
    return re.sub(r"<[^>]*>|\s+", " ", table).split()


@pytest.fixture
def client_of_staff(yunling):
    client = Client()
    client.force_login(yunling.staff)
    return client


# ---- HTML is made by templates, templates escape ----


def test_sec_27_no_template_is_trusted_blindly():
    trusting = re.compile(r"\|\s*safe\b|\{%\s*autoescape\s+off|\|\s*safeseq\b")
    pages = [*(ROOT / "templates").rglob("*.html"), *(ROOT / "templates").rglob("*.svg")]
    assert len(pages) > 50
    assert [str(page) for page in pages if trusting.search(page.read_text(encoding="utf-8"))] == []


def test_sec_27_no_html_is_put_together_from_strings():
    """A string with a tag in it is neither an f-string, nor formatted, nor joined with another."""
    tag = re.compile(r"(?<!\?P)<(/?[a-z][a-z0-9]*)(\s[^>]*)?>", re.IGNORECASE)
    found = []
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            text = ""
            if isinstance(node, ast.JoinedStr):
                text = "".join(part.value for part in node.values if isinstance(part, ast.Constant))
            elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod | ast.Add):
                sides = (node.left, node.right)
                text = "".join(s.value for s in sides if isinstance(s, ast.Constant) and isinstance(s.value, str))
            if tag.search(text):
                found.append(f"{path.relative_to(ROOT)}:{node.lineno} {text[:60]}")
    assert found == []


# ---- nothing outside, no secrets ----


def test_sec_10_no_address_outside_in_what_is_delivered():
    """Templates, style sheets, scripts: no scheme and host but the names of XML's own vocabularies."""
    outside = re.compile(r"(?:https?:)?//(?!www\.w3\.org/)[a-z0-9-]+\.[a-z]{2,}", re.IGNORECASE)
    delivered = [
        path
        for folder in ("templates", "static")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in (".html", ".css", ".js", ".svg") and "vendor" not in path.parts
    ]
    text = {
        path: re.sub(r"\{#.*?#\}|/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.S) for path in delivered
    }
    assert len(text) > 60
    assert {str(path): outside.findall(words) for path, words in text.items() if outside.search(words)} == {}


SECRETS = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY|AKIA[0-9A-Z]{16}|ghp_[A-Za-z0-9]{36}"
    r"|(?:SECRET_KEY|FIELD_KEYS|INDEX_KEY|AUDIT_KEY|PASSWORD)\s*[=:]\s*[\"']?[A-Za-z0-9+/_-]{24,}"
    r"|(?:postgres|redis)://[a-z_]+:(?!\$|\{|\.\.\.|口令|密码|secret|password|x?:)[^@\s\"'{}$<]{12,}@"
)


def test_sec_11_no_secret_is_in_the_repository():
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.decode()
    tracked = [ROOT / name for name in names.split("\0") if name]
    assert not [path for path in tracked if path.name in (".env", "secrets.env", "services.json", "demo.json")]
    found = {}
    for path in tracked:
        if path.suffix in (".xlsx", ".woff2", ".ttf", ".otf", ".png", ".jpg", ".gz", ".whl") or not path.is_file():
            continue
        hits = [hit[0][:40] for hit in SECRETS.finditer(path.read_text(encoding="utf-8", errors="ignore"))]
        if hits and path.parts[len(ROOT.parts)] != "tests":
            found[str(path.relative_to(ROOT))] = hits
    assert found == {}


def test_sec_11_the_search_would_find_one():
    assert SECRETS.search("SECRET_KEY=q9Vf3k7Zx1Lm5Rt8Bw2Hs6Nd4Pj0Gy")
    assert SECRETS.search("postgres://portal_app:Zx1Lm5Rt8Bw2Hs6@10.0.0.1/portal")


# ---- platform ----


def test_sec_08_django_is_the_supported_one():
    assert (5, 2, 19) <= django.VERSION[:3] < (5, 3)


def test_sec_08_checks_of_a_deployment_are_silent(settings, monkeypatch):
    monkeypatch.delenv("DJANGO_ALLOW_ASYNC_UNSAFE", raising=False)  # of the browser's tests (tests/chromium.py)
    settings.SECURE_SSL_REDIRECT = settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    settings.SECURE_HSTS_SECONDS, settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = 31536000, True
    settings.DEBUG = False
    call_command("check", "--deploy", "--fail-level", "WARNING")
