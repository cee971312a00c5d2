"""How pages write the register's values: hexadecimal as the list groups it, days, numbers, sizes."""

import datetime

from django import template
from django.utils import timezone

from applicability.openness import Day, say
from applicability.windows import Window
from cpl.formats.hexes import is_canonical, with_colons

register = template.Library()


@register.filter
def octets(digits: str) -> str:
    """`124074DA` as the list writes it, `12:40:74:DA`; what is not hexadecimal stays as it is."""
    return with_colons(digits) if is_canonical(digits, len(digits) // 2) else digits


@register.filter
def six(number: int | None) -> str:
    """An entry number in its six digits."""
    return "" if number is None else f"{number:06d}"


@register.filter
def day(value: datetime.date | datetime.datetime | Day | None) -> str:
    """A legal day in words, 21 September 2022; an instant is told by its day in London."""
    if isinstance(value, Day):
        return value.words
    if isinstance(value, datetime.datetime):
        value = timezone.localdate(value)
    return say(value) if value else ""


@register.filter
def moment(value: datetime.datetime | None) -> str:
    """An instant in London's time, 21 September 2022 at 14:05."""
    return f"{day(value)} at {timezone.localtime(value):%H:%M}" if value else ""


@register.filter
def web_address(text: str) -> str:
    """The text, if a browser may follow it as a link; else nothing, so that no `javascript:` becomes one."""
    return text if text.lower().startswith(("https://", "http://")) and len(text.split()) == 1 else ""


@register.filter
def state_on(window: Window, on: datetime.date) -> str:
    """Where an update window stands on a day: to come, open, closed or unknown."""
    return window.state(on)
