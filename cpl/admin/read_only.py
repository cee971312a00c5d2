"""What staff may look at and never write to: the register itself."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property

from ledger.admin import ListFromAnyAddress


def signed_in(request: HttpRequest) -> User:
    """Who asks; the admin lets nobody in who has not signed in."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


# So many rows of a list can be paged through; further ones are found by narrowing it.
MOST_LISTED = 5000


class Pages(Paginator):
    """The pages of a list of any length: to count all of a large table takes as long as to read it."""

    most = MOST_LISTED

    @cached_property
    def found(self) -> int:
        """How many there are, or one more than are listed."""
        rows = self.object_list
        return rows.order_by()[: self.most + 1].count() if isinstance(rows, QuerySet) else super().count

    @property
    def count(self) -> int:
        return min(self.found, self.most)

    @property
    def cut_at(self) -> str:
        """In words, where there are more than can be paged through."""
        return f"{self.most:,}" if self.found > self.most else ""


class ReadOnlyAdmin(ListFromAnyAddress):
    """No add, change or delete, for nobody; seeing it takes the view permission."""

    actions: Sequence[Any] | None = None
    # Counting each filter, or all rows, would read the whole table.
    show_facets = admin.ShowFacets.NEVER
    show_full_result_count = False
    list_per_page = 50
    paginator = Pages

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False


class ReadOnlyInline(admin.TabularInline):
    template = "admin/inline_rows.html"
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class KeptAdmin(ListFromAnyAddress):
    """Rows that staff edit and that are never deleted; each change stands in the history."""

    show_facets = admin.ShowFacets.NEVER
    show_full_result_count = False
    list_per_page = 50

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions
