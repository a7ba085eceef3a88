"""Small tags that templates share: icons, state badges, form controls, points, links that keep the filters."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms, template
from django.forms.boundfield import BoundField
from django.http import QueryDict
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from portal.badges import badge_for

register = template.Library()

SPRITE = "vendor/tabler-icons/3.51.0/sprite.svg"
CONTROL_CLASSES: tuple[tuple[type[forms.Widget], str], ...] = (
    (forms.CheckboxInput, "form-check-input"),
    (forms.RadioSelect, "form-check-input"),
    (forms.CheckboxSelectMultiple, "form-check-input"),
    (forms.Select, "form-select"),
)


@register.simple_tag
def icon(name: str, css: str = "") -> SafeString:
    """An icon of the sprite; it decorates a word and is silent for readers of screens."""
    return format_html(
        '<svg class="icon {}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        css,
        static(SPRITE),
        name,
    )


@register.simple_tag
def badge(kind: str, value: object, label: str = "") -> str:
    """A state as a coloured word: `{% badge "class" row.state %}`; nothing for an empty value."""
    if value in (None, ""):
        return ""
    shown = badge_for(kind, str(value), label)
    return format_html('<span class="state state-{}">{}</span>', shown.tone, shown.label)


@register.filter
def points(value: object) -> str:
    """Points, hours and scores with two decimals; a dash where nothing was assessed."""
    return "—" if value in (None, "") else f"{Decimal(str(value)):.2f}"


@register.filter
def signed(value: object) -> str:
    """Points that add or take away, with their sign: +1.50, −2.00."""
    number = Decimal(str(value))
    return f"{'−' if number < 0 else '+'}{abs(number):.2f}"


@register.simple_tag
def control(field: BoundField) -> SafeString:
    """The field's widget in the kit's clothes; Django adds aria-invalid and aria-describedby itself."""
    widget = field.field.widget
    css = next((name for kind, name in CONTROL_CLASSES if isinstance(widget, kind)), "form-control")
    own = widget.attrs.get("class", "")
    wrong = " is-invalid" if field.errors else ""
    return field.as_widget(attrs={"class": f"{own} {css}{wrong}".strip()})


@register.filter
def is_checkbox(field: BoundField) -> bool:
    """A single tick box has its label behind it."""
    return isinstance(field.field.widget, forms.CheckboxInput)


@register.filter
def is_choice(field: BoundField) -> bool:
    """One of a few, each with a circle before it: a legend above them takes the label's place."""
    return isinstance(field.field.widget, forms.RadioSelect)


@register.filter
def heads(names: str) -> list[dict[str, Any]]:
    """The columns of components/table.html, parted by spaces: #of numbers, (only read out: a column of buttons)."""
    return [
        {
            "label": one.strip("#()"),
            "css": "number" if one.startswith("#") else "",
            "silent": one.startswith("("),
        }
        for one in names.split()
    ]


def current_query(context: template.Context) -> QueryDict:
    """The page's query, to be changed; empty where a template is rendered without a request."""
    request = context.get("request")
    return request.GET.copy() if request else QueryDict(mutable=True)


@register.simple_tag(takes_context=True)
def with_query(context: template.Context, name: str, value: object) -> str:
    """A link to the same list with one filter changed; an empty value takes the filter away. Paging starts anew."""
    query = current_query(context)
    query.pop("page", None)
    query.pop(name, None)
    if value not in (None, ""):
        query[name] = str(value)
    return f"?{query.urlencode()}"


@register.inclusion_tag("components/_sort_head.html", takes_context=True)
def sort_head(context: template.Context, key: str, label: str, css: str = "") -> dict[str, Any]:
    """A column head that sorts: first up, then down. The view reads `?sort=key` or `?sort=-key`."""
    query = current_query(context)
    current = query.get("sort", "")
    query.pop("page", None)
    query["sort"] = f"-{key}" if current == key else key
    direction = {key: "ascending", f"-{key}": "descending"}.get(current, "")
    return {"label": label, "css": css, "direction": direction, "url": f"?{query.urlencode()}"}


@register.simple_tag(takes_context=True)
def page_url(context: template.Context, number: int) -> str:
    """The same list, filtered and sorted alike, on another page."""
    query = current_query(context)
    query["page"] = str(number)
    return f"?{query.urlencode()}"
