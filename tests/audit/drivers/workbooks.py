"""The open class brought to a workbook, as its manager does it: what most kinds of rows are changed by."""

from dataclasses import replace
from typing import Any

from assessments.services import commit_workbook, load_book, rehearse_workbook
from assessments.workbook.book import ClassBook
from assessments.workbook.writing import write_book
from tests.audit.drivers.scene import Scene


def book_of(scene: Scene) -> ClassBook:
    return load_book(scene.city.open_class)


def bring(scene: Scene, **parts: Any) -> ClassBook:
    """Import the class's own workbook with some parts exchanged; the book that was imported."""
    book = replace(book_of(scene), **parts)
    with scene.request_of("manager") as manager:
        imported = rehearse_workbook(write_book(book), "本班.xlsx", actor=manager, unit=scene.city.root)
        assert imported.state == imported.State.REHEARSED, imported.faults["errors"]
        commit_workbook(imported, actor=manager)
    return book
