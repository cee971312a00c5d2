"""`/api/v1/`: addresses and names stay as they are for as long as it says v1; more may be added."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.urls import path
from django.views.decorators.cache import cache_control
from django.views.decorators.http import conditional_page
from ninja.errors import AuthenticationError, Throttled, ValidationError

from cpl.api import answers, applicability, changes, checks, entries, faults, submissions, uploads
from cpl.api.describing import DescribedApi
from cpl.api.throttle import CallsAMinute
from cpl.api.words import PREVAIL

View = Callable[..., Any]


def kept_until_changed(view: View) -> View:
    """Answers carry an ETag; who sends it back is told 304 as long as nothing has changed."""
    return cache_control(public=True, no_cache=True)(conditional_page(view))


api = DescribedApi(
    title="Central Products List",
    version="1",
    description="The list as of its latest release, and the TS Applicability Tables, for everybody; a "
    f"Party's own submissions, for its programs with a token. {PREVAIL}",
    urls_namespace="api",
    # A page that shows it in a browser would load scripts from another host.
    docs_url=None,
    throttle=CallsAMinute(),
)
api.add_exception_handler(faults.Refused, faults.on_refused)
api.add_exception_handler(AuthenticationError, faults.on_no_token)
api.add_exception_handler(ValidationError, partial(faults.on_invalid, api))
api.add_exception_handler(Throttled, partial(faults.on_throttled, api))
PUBLIC = {
    "/applicability": [applicability.router],
    "/entries": [entries.router, answers.router],
    "/changes": [changes.router],
}
for prefix, routers in PUBLIC.items():
    for router in routers:
        router.add_decorator(kept_until_changed, mode="view")
        api.add_router(prefix, router)
# Before the rest, whose {reference} would be taken for its name.
api.add_router("/submissions", checks.router)
api.add_router("/submissions", submissions.router)
api.add_router("/uploads", uploads.router)

urlpatterns = [path("", api.urls)]
