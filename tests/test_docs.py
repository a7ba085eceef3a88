"""Docs tell the truth: every model in the glossary, every dependency with its reason, every path there."""

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import get_commands

from portal.demo.accounts import PARTS

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
OURS = ["core", "organization", "trainees", "courses", "training", "assessments", "reports", "portal"]
REQUIREMENTS = ["requirements.in", "requirements-dev.in", "requirements-services.in"]


def text(name):
    return (ROOT / name).read_text(encoding="utf-8")


def first_cells(name):
    """The words in backticks of the first two columns of every table."""
    rows = [line.split("|")[1:3] for line in text(name).splitlines() if line.startswith("|")]
    return {word for row in rows for cell in row for word in re.findall(r"`([^`]+)`", cell)}


def test_every_model_stands_in_the_glossary():
    models = {model.__name__ for app in OURS for model in apps.get_app_config(app).get_models()}
    assert len(models) > 30
    assert models - first_cells("docs/glossary.md") == set()


@pytest.mark.parametrize("name", REQUIREMENTS)
def test_every_dependency_has_its_reason(name):
    lines = [line for line in text(name).splitlines() if line and not line.startswith(("#", "-"))]
    wanted = {re.match(r"[A-Za-z0-9-]+", line)[0] for line in lines}
    listed = {
        line.split("|")[1].strip(" `") for line in text("docs/dependencies.md").splitlines() if line.startswith("| `")
    }
    assert wanted - listed == set()


def test_no_reason_without_its_dependency():
    wanted = "\n".join(text(name) for name in REQUIREMENTS)
    listed = re.findall(r"^\| `([^`]+)`", text("docs/dependencies.md"), re.MULTILINE)
    assert [name for name in listed if not re.search(rf"^{re.escape(name)}[\[~=]", wanted, re.MULTILINE)] == []


def test_every_requirement_of_security_is_answered():
    answered = re.findall(r"^\| ((?:SEC|REL)-\d\d) \|", text("docs/security.md"), re.MULTILINE)
    assert answered == [f"SEC-{n:02}" for n in range(1, 40)] + [f"REL-{n:02}" for n in range(1, 17)]


@pytest.mark.parametrize("page", ["README.md", *sorted(str(path.relative_to(ROOT)) for path in DOCS.rglob("*.md"))])
def test_paths_and_links_lead_somewhere(page):
    folder = (ROOT / page).parent
    for target in re.findall(r"\]\(([^)#]+)\)", text(page)):
        assert (folder / target).exists(), target
    for path in re.findall(r"`([a-z_]+/[a-z0-9_./-]*[a-z0-9_/-])`", text(page)):
        if path.split("/")[0] in {*OURS, "config", "docs", "tests", "templates", "static", "scripts", "benchmarks"}:
            assert (ROOT / path).exists(), path


def test_readme_names_the_commands_and_accounts_that_there_are():
    readme = text("README.md")
    targets = set(re.findall(r"^([a-z-]+):", text("Makefile"), re.MULTILINE))
    assert set(re.findall(r"\bmake ([a-z-]+)", readme)) <= targets
    assert set(re.findall(r"manage\.py ([a-z_]+)", readme)) <= set(get_commands())
    assert all(f"`{part.username}`" in readme for part in PARTS)


def test_operations_explains_every_variable():
    named = set(re.findall(r"^#?([A-Z_]+)=", text(".env.example"), re.MULTILINE))
    explained = text("docs/operations.md")
    assert [name for name in sorted(named) if f"`{name}`" not in explained] == []


def test_decisions_are_short_and_numbered():
    pages = sorted((DOCS / "decisions").glob("*.md"))
    assert len(pages) >= 8
    for page in pages:
        assert re.fullmatch(r"\d{4}-[a-z0-9-]+\.md", page.name)
        assert len(page.read_text(encoding="utf-8").splitlines()) <= 16, page.name
