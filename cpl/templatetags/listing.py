"""How the list writes things, for templates."""

from django import template

register = template.Library()


@register.filter
def octets(text: str) -> str:
    """`124074DA` as the list writes it, `12:40:74:DA`; anything but whole octets is left alone."""
    if not text or len(text) % 2 or len(text) > 64:
        return text
    return ":".join(text[i : i + 2] for i in range(0, len(text), 2))


@register.filter
def item(mapping: dict, key: object) -> object:
    """`mapping|item:key`, or nothing where the key is not in it."""
    return mapping.get(key, "")
