"""Our papers are read the short way (core.pdf.parsing), and come out as by WeasyPrint's own, byte for byte."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from weasyprint import HTML

from core.pdf import parsing, rendering
from core.pdf.fetching import HandedOverOnly
from reports.papers.bulletin import render_bulletin
from reports.papers.letter import render_letter
from reports.papers.sheet import render_trainee_sheet
from tests.reports import paper_samples as samples

PAPERS: dict[str, Callable[[], bytes]] = {
    "letter": lambda: render_letter(samples.letter()),
    "long letter": lambda: render_letter(samples.letter(rows=samples.SMALL_UNIT * 20)),
    "draft": lambda: render_letter(samples.letter(issue=samples.DRAFT)),
    "sheet": lambda: render_trainee_sheet(samples.sheet()),
    "sheet without points": lambda: render_trainee_sheet(samples.unassessed_sheet()),
    "replacing sheet": lambda: render_trainee_sheet(
        samples.sheet(issue=replace(samples.ISSUE, replaces="云组函〔2026〕1号"))
    ),
    "bulletin": lambda: render_bulletin(samples.bulletin()),
}


@pytest.mark.parametrize("name", PAPERS)
def test_both_ways_make_the_same_paper(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    ways: list[type] = []

    def noted(html: str, fetcher: HandedOverOnly) -> HTML:
        ways.append(type(document := parsing.parsed(html, fetcher)))
        return document

    monkeypatch.setattr(rendering, "parsed", noted)
    short = PAPERS[name]()
    assert ways == [parsing.Paper]
    monkeypatch.setattr(rendering, "parsed", lambda html, fetcher: HTML(string=html, url_fetcher=fetcher))
    assert PAPERS[name]() == short


@pytest.mark.parametrize(
    "html",
    [
        '<!DOCTYPE html [<!ENTITY a "b">]><html><body><p>&a;</p></body></html>',
        "<html><body><p>没有结束</body></html>",
        "<html><body><ul><li>别的元素</li></ul></body></html>",
        "<html><body><p>\x0b</p></body></html>",
        "<p>片段</p><p>片段</p>",
    ],
)
def test_anything_else_is_read_by_weasyprint(html: str) -> None:
    assert type(parsing.parsed(html, HandedOverOnly({}))) is HTML
