"""The ledger of notices: who was told what."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from cpl.admin.read_only import ReadOnlyAdmin
from notifications.admin.foretelling import ForecastPages
from notifications.admin.proving import ProofPages
from notifications.models import Message, Notice


@admin.register(Notice)
class NoticeAdmin(ProofPages, ForecastPages, ReadOnlyAdmin):
    change_list_template = "admin/notifications/notices.html"
    list_display = ["entry", "certificate", "date", "milestone", "to", "state", "due_on", "delivery"]
    list_filter = ["state", "milestone", "message__state", "date"]
    list_select_related = ["entry", "certificate", "recipient__party", "recipient__user", "message"]
    search_fields = ["=entry__number", "certificate__identifier", "recipient__party__name"]
    date_hierarchy = "due_on"

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Notice], search_term: str
    ) -> tuple[QuerySet[Notice], bool]:
        """Entry numbers are written with six digits and kept as numbers."""
        term = search_term.strip()
        return super().get_search_results(request, queryset, term.lstrip("0") if term.isdigit() else term)

    @admin.display(description="recipient", ordering="recipient__party__name")
    def to(self, notice: Notice) -> str:
        return str(notice.recipient)

    @admin.display(ordering="message__state")
    def delivery(self, notice: Notice) -> str:
        if notice.message is None:
            return "Not sent"
        failed = notice.message.state == Message.State.FAILED
        return f"Failed: {notice.message.last_answer}" if failed else notice.message.get_state_display()
