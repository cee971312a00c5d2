"""How officers narrow the queue: by whose it is, by when it is due, by how many approved it."""

from django.conf import settings
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from cpl import waiting
from cpl.models import Submission
from cpl.workflow import FIRST


class WhoseFilter(admin.SimpleListFilter):
    title = "officer"
    parameter_name = "whose"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [("mine", "Assigned to me"), ("nobody", "Assigned to nobody")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Submission]) -> QuerySet[Submission]:
        if self.value() == "mine":
            return queryset.filter(assigned_to=request.user.pk)
        if self.value() == "nobody":
            return queryset.filter(assigned_to__isnull=True)
        return queryset


class DueFilter(admin.SimpleListFilter):
    """What is on hold is not due."""

    title = "due"
    parameter_name = "due"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [("over", "Overdue"), ("today", "Due today")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Submission]) -> QuerySet[Submission]:
        on = timezone.localdate()
        meant = {"over": waiting.overdue, "today": waiting.due_that_day}.get(self.value() or "")
        if meant is None:
            return queryset
        return queryset.filter(meant(on), status=Submission.Status.SUBMITTED, on_hold=False)


class ApprovalsFilter(admin.SimpleListFilter):
    """Where two have to approve: those that one has approved wait for another officer only."""

    title = "approvals"
    parameter_name = "approvals"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        if not settings.SECOND_APPROVAL:
            return []
        return [("one", "Approved by one of two"), ("none", "Approved by nobody yet")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Submission]) -> QuerySet[Submission]:
        if not settings.SECOND_APPROVAL or self.value() not in ("one", "none"):
            return queryset
        waits = waiting.with_last_verb(queryset.filter(status=Submission.Status.SUBMITTED))
        return waits.filter(last_verb=FIRST) if self.value() == "one" else waits.exclude(last_verb=FIRST)
