"""Looking into a mapping from a template."""

from django import template

register = template.Library()


@register.filter
def item(mapping: dict, key: object) -> object:
    """`mapping|item:key`, or nothing where the key is not in it."""
    return mapping.get(key, "")
