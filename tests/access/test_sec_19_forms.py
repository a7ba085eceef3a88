"""SEC-19: no field that names a row is forgotten: forms, views and what they read are walked through, not listed."""

import ast
import inspect
import textwrap
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.urls import URLPattern

from portal import urls
from portal.pages.catalogue import SHELVES
from tests.access.swaps import SWAPS

# ---- no field is forgotten ----

NUMBERS = {
    "seen", "voters", "capacity", "travel_minutes", "minutes", "minutes_per_hour", "sessions", "audience", "share",
    "promotion_months",
}  # fmt: skip
"""Integer fields that count something."""
READ_BY_HAND = {
    "token": "catalogue_import", "sessions": "leave_new", "reason": "", "next": "", "remember": "", "back": "", "seen": "",
}  # fmt: skip
"""Names that views read from what was sent without a form: the swap that tries them, or nothing where they name no row."""


def project_forms() -> dict[str, type[Any]]:
    found: dict[str, type[Any]] = {}
    waiting: list[type[Any]] = [forms.BaseForm]
    while waiting:
        one = waiting.pop()
        waiting += one.__subclasses__()
        if one.__module__.split(".")[0] in ("portal", "core", "organization", "training", "reports", "assessments"):
            found[one.__name__] = one
    return found


def names_a_row(name: str, field: forms.Field) -> bool:
    if getattr(field, "names_rows", False):
        return True
    if isinstance(field, forms.ModelChoiceField | forms.UUIDField):
        return name != "op_id"
    if isinstance(field, forms.TypedMultipleChoiceField | forms.TypedChoiceField):
        return field.coerce is UUID
    return isinstance(field, forms.IntegerField) and type(field) is forms.IntegerField and name not in NUMBERS


def prefixes_of(form: type[Any]) -> set[str]:
    """Fields that a form finds by the beginning of their names: `part-<enrolment>`."""
    found = set()
    for node in ast.walk(ast.parse(inspect.getsource(inspect.getmodule(form)))):  # type: ignore[arg-type]
        if isinstance(node, ast.ClassDef) and node.name == form.__name__:
            found |= {one.id for one in ast.walk(node) if isinstance(one, ast.Name) and one.id.isupper()}
    values = [vars(inspect.getmodule(form)).get(name) for name in found]
    return {value.rstrip("-") for value in values if isinstance(value, str) and value.endswith("-")}


def row_fields(form: type[Any]) -> set[str]:
    declared = {name for name, field in form.base_fields.items() if names_a_row(name, field)}
    return declared | prefixes_of(form)


def source_of(view: Any) -> ast.AST:
    return ast.parse(textwrap.dedent(inspect.getsource(inspect.unwrap(view))))


def forms_of(view: Any, known: Mapping[str, type[Any]]) -> set[str]:
    """Forms that a view names; the catalogue's stands for that of each of its shelves."""
    names = {node.id for node in ast.walk(source_of(view)) if isinstance(node, ast.Name)}
    reads = {node.attr for node in ast.walk(source_of(view)) if isinstance(node, ast.Attribute)}
    shelves = {shelf.form.__name__ for shelf in SHELVES.values()}
    calls = any(
        isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "form"
        for node in ast.walk(source_of(view))
    )
    return (names & known.keys()) | (shelves if calls and "form" in reads else set())


def portal_views() -> dict[str, Any]:
    return {one.name: one.callback for one in urls.urlpatterns if isinstance(one, URLPattern) and one.name}


def test_every_field_that_names_a_row_is_tried(cast):
    """A new form, or a new view of one, that names rows and is not in SWAPS fails here."""
    known = {name: form for name, form in project_forms().items() if row_fields(form)}
    wanted = {
        (view, form, field)
        for view, function in portal_views().items() if not inspect.isclass(inspect.unwrap(function))
        for form in forms_of(function, known)
        for field in row_fields(known[form])
    }  # fmt: skip
    tried = {(swap.view, swap.form, field) for swap in SWAPS for field in swap.fields(cast.wangjiang)}
    assert wanted - tried - UNOFFERED.keys() == set()
    tokens = {(view, "request.POST", "token") for view in ("catalogue_import", "cadre_table_import")}
    assert tried - wanted == tokens
    named = {form for _, form, _ in wanted}
    in_admin = {name for name, form in known.items() if ".admin" in form.__module__}
    assert known.keys() - named - in_admin == BASES


UNOFFERED = {
    ("catalogue_entry", "CourseForm", "unit"): "an entry's unit is not changed: the form has no such field",
    ("catalogue_entry", "TeacherForm", "unit"): "the same",
    ("catalogue_entry", "RoomForm", "unit"): "the same",
    ("platform_edit", "PlatformForm", "unit"): "a platform's unit is not changed: whatever is sent is not read",
    ("recognition_file", "ClaimForm", "platform"): "named there as a type: the form is ForOthersForm",
    ("leave_enter", "LeaveForm", "sessions"): "named there as a type: the form is EnteredLeaveForm",
}
BASES = {"CatalogueForm", "PlaceForm"}


def test_what_views_read_by_hand_is_known():
    read = set()
    for view in portal_views().values():
        module = inspect.getmodule(inspect.unwrap(view))
        for node in ast.walk(ast.parse(inspect.getsource(module))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ("request.POST.get", "request.POST.getlist"):
                read |= {one.value for one in node.args[:1] if isinstance(one, ast.Constant)}
    assert read == READ_BY_HAND.keys()


def test_bodies_that_are_no_forms_are_known():
    """Views that read the body itself are tried above, by hand."""
    reading = [name for name, view in portal_views().items() if "request.body" in ast.unparse(source_of(view))]
    assert reading == ["attendance_marks", "learning_records"]
