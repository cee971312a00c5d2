"""Who was told what, and the e-mails as their readers saw them. Only audiences are edited here."""

from email import message_from_bytes, policy

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from cpl.admin.read_only import ReadOnlyAdmin
from ledger.admin import HistoryToRead
from notifications import sending, tasks
from notifications.models import Audience, Letter, Message, Notice, Run

HEADERS = ("From", "To", "Reply-To", "Date", "Subject", "Message-ID")


@admin.register(Audience)
class AudienceAdmin(HistoryToRead):
    """Whom a kind of notice goes to. The last row for a kind stays: without it nobody would be told."""

    list_display = ["kind", "who", "acts"]
    list_filter = ["kind"]
    actions = None

    def has_delete_permission(self, request: HttpRequest, obj: Audience | None = None) -> bool:
        if obj and not Audience.objects.filter(kind=obj.kind).exclude(pk=obj.pk).exists():
            return False
        return super().has_delete_permission(request, obj)


@admin.register(Run)
class RunAdmin(ReadOnlyAdmin):
    list_display = ["on", "started_at", "ended_at", "due", "sent", "failed"]
    date_hierarchy = "on"


@admin.register(Notice)
class NoticeAdmin(ReadOnlyAdmin):
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


@admin.register(Message)
class MessageAdmin(ReadOnlyAdmin):
    list_display = [
        "subject",
        "recipient",
        "kind",
        "state",
        "attempts",
        "last_answer",
        "queued_at",
        "sent_at",
    ]
    list_filter = ["state", "kind", "queued_at"]
    list_select_related = ["recipient__party", "recipient__user"]
    search_fields = ["subject", "message_id", "recipient__party__name", "recipient__email"]
    fields = [
        "as_read", "in_html", "notices_told", "recipient", "kind", "state", "last_answer", "attempts",
        "queued_at", "next_attempt_at", "sent_at", "run",
    ]  # fmt: skip
    readonly_fields = ["as_read", "in_html", "notices_told"]
    actions = ["send_again"]

    def has_send_again_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("notifications.send_again")

    @admin.action(description="Send again those that failed", permissions=["send_again"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[Message]) -> None:
        failed = list(queryset.filter(state=Message.State.FAILED))
        count = sending.send_again([message.pk for message in failed], timezone.now())
        for message in failed:
            self.log_change(request, message, "Sent again.")
            tasks.deliver.delay_on_commit(message.pk)
        self.message_user(
            request, f"{count} of {queryset.count()} had failed and will be sent again.", messages.SUCCESS
        )

    @admin.display(description="as it is read")
    def as_read(self, message: Message) -> SafeString | str:
        """From the bytes that were handed to the mail server; before that, from the letter."""
        letter = Letter.objects.filter(pk=message.pk).first()
        if letter is None:
            return "The letter was erased."
        if not letter.content:
            return format_html("<p>Not handed over yet.</p><pre>{}</pre>", letter.text)
        mail = message_from_bytes(bytes(letter.content), policy=policy.default)
        head = "\n".join(f"{name}: {mail[name]}" for name in HEADERS if mail[name])
        body = mail.get_body(("plain",))
        return format_html("<pre>{}\n\n{}</pre>", head, body.get_content() if body else "")

    @admin.display(description="as HTML")
    def in_html(self, message: Message) -> SafeString:
        url = reverse("admin:notifications_message_html", args=[message.pk])
        return format_html('<a href="{}">Read it as a mail program shows it</a>', url)

    @admin.display(description="notices in it")
    def notices_told(self, message: Message) -> SafeString:
        url = reverse("admin:notifications_notice_changelist")
        count = message.notices.count()
        return format_html('<a href="{}?message__id__exact={}">{}</a>', url, message.pk, count)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.html)
        return [path("<int:pk>/html/", view, name="notifications_message_html"), *super().get_urls()]

    def html(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The letter alone. The portal's Content-Security-Policy lets nothing in it run or load."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        letter = get_object_or_404(Letter, pk=pk)
        return HttpResponse(letter.html)
