"""The audit log in words."""

from django import template

from portal.pages import words

register = template.Library()


@register.filter
def event_words(name: str) -> str:
    """导入班次工作簿 for import.committed."""
    return words.event(name)
