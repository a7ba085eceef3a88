"""One way to make a PDF: a Django template, the project's stylesheets, the project's fonts, nothing from outside.

To be called by workers, never in a web request: a one-page letter takes about a tenth of a second, a table of a thousand
rows several. Nothing of a document is kept between two calls; fonts and stylesheets are read once a process.
"""

import gc
from collections.abc import Mapping
from functools import cache
from typing import Any, NoReturn

from django.template import Context, Engine

from core.pdf import bounds
from core.pdf.coverage import FONTS, printable
from core.pdf.faces import font_configuration
from core.pdf.fetching import ForbiddenResource, HandedOverOnly

# isort: split
from weasyprint import CSS, Document  # after faces: it decides which fonts WeasyPrint sees
from weasyprint.css.counters import CounterStyle

from core.pdf.parsing import parsed

TEMPLATES = FONTS.parent.parent / "templates"


class PaperFault(Exception):
    """A document could not be made; the message says why, for the job's reason."""


class _Undefined(str):
    """Django puts this where a template names something that is not there: a hole in a document is a fault."""

    def __contains__(self, part: object) -> bool:
        return part == "%s"

    def __mod__(self, name: object) -> NoReturn:
        raise PaperFault(f"文书模板缺少内容：{name}")


@cache
def _engine() -> Engine:
    """Templates of paper only: escaped always, strict about names, with the tags of core.pdf.tags as `paper`."""
    return Engine(
        dirs=[str(TEMPLATES)],
        autoescape=True,
        string_if_invalid=_Undefined("%s"),
        libraries={"paper": "core.pdf.tags"},
        builtins=["core.pdf.tags"],
    )


@cache
def _stylesheet(name: str) -> CSS:
    source = (TEMPLATES / name).read_text(encoding="utf-8")
    return CSS(string=source, font_config=font_configuration(), url_fetcher=HandedOverOnly({}))


@cache
def _settle() -> None:
    """After a process's first document: what lives as long as the process is no longer searched for garbage."""
    gc.collect()
    gc.freeze()


def render_html(template: str, context: Mapping[str, Any]) -> str:
    """The document's HTML, with 〓 for characters that no font has."""
    return printable(_engine().get_template(template).render(Context(dict(context), use_l10n=False)))


def _lay_out(html: str, stylesheets: tuple[str, ...], fetcher: HandedOverOnly) -> Document:
    """The pages of a document, not yet written."""
    document = parsed(html, fetcher)
    bounds.hold(document.etree_element)
    return document.render(
        font_config=font_configuration(),
        counter_style=CounterStyle(),
        stylesheets=[_stylesheet(name) for name in stylesheets],
    )


def html_to_pdf(html: str, stylesheets: tuple[str, ...], images: Mapping[str, bytes] | None = None) -> bytes:
    """A PDF of escaped HTML. Raises PaperFault for a resource from elsewhere or a document that is too long."""
    fetcher = HandedOverOnly(images or {})
    try:
        pdf: bytes = _lay_out(html, stylesheets, fetcher).write_pdf()
    except (ForbiddenResource, bounds.DocumentTooLong) as fault:
        raise PaperFault(str(fault)) from fault
    if fetcher.refused:
        raise PaperFault(f"文书不得引用外部资源：{fetcher.refused[0][:200]}")
    _settle()
    return pdf


def render_pdf(
    template: str,
    context: Mapping[str, Any],
    stylesheets: tuple[str, ...],
    images: Mapping[str, bytes] | None = None,
) -> bytes:
    """A PDF of a template: the same template, context and images give the same bytes.

    `stylesheets` are paths under templates/, `images` the bytes that `<img src="image:NAME">` may show.
    """
    return html_to_pdf(render_html(template, context), stylesheets, images)
