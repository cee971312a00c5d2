"""`/api/v1/`: addresses and names stay as they are for as long as it says v1; more may be added."""

from collections.abc import Callable
from typing import Any

from django.urls import path
from django.views.decorators.cache import cache_control
from django.views.decorators.http import conditional_page
from ninja import NinjaAPI

from cpl.api import answers, applicability, changes, entries
from cpl.api.throttle import CallsAMinute
from cpl.api.words import PREVAIL

View = Callable[..., Any]


def kept_until_changed(view: View) -> View:
    """Answers carry an ETag; who sends it back is told 304 as long as nothing has changed."""
    return cache_control(public=True, no_cache=True)(conditional_page(view))


api = NinjaAPI(
    title="Central Products List",
    version="1",
    description=f"The list as of its latest release, and the TS Applicability Tables. {PREVAIL}",
    urls_namespace="api",
    # A page that shows it in a browser would load scripts from another host.
    docs_url=None,
    throttle=CallsAMinute(),
)
api.add_decorator(kept_until_changed, mode="view")
api.add_router("/applicability", applicability.router)
api.add_router("/entries", entries.router)
api.add_router("/entries", answers.router)
api.add_router("/changes", changes.router)

urlpatterns = [path("", api.urls)]
