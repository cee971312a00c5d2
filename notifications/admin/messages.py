"""The e-mails as their readers saw them, and a second try of those that failed."""

from collections.abc import Callable
from email import message_from_bytes, policy

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from cpl.admin.read_only import ReadOnlyAdmin
from notifications import sending, tasks
from notifications.models import Letter, Message

HEADERS = ("From", "To", "Reply-To", "Date", "Subject", "Message-ID")


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
        "as_read", "in_html", "as_sent", "notices_told", "recipient", "kind", "message_id", "state",
        "last_answer", "tried", "came_back", "queued_at", "next_attempt_at", "sent_at", "run",
    ]  # fmt: skip
    readonly_fields = ["as_read", "in_html", "as_sent", "notices_told", "tried", "came_back"]
    actions = ["send_again"]

    def has_send_again_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("notifications.send_again")

    @admin.action(description="Send again those that failed or came back", permissions=["send_again"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[Message]) -> None:
        failed = list(queryset.filter(state__in=[Message.State.FAILED, Message.State.BOUNCED]))
        count = sending.send_again([message.pk for message in failed], timezone.now())
        for message in failed:
            self.log_change(request, message, "Sent again.")
            # Robust: without a broker the next look at what waits delivers it.
            transaction.on_commit(_delivered(message.pk), robust=True)
        self.message_user(
            request,
            f"{count} of {queryset.count()} had failed or come back and will be sent again.",
            messages.SUCCESS,
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

    @admin.display(description="as it was sent")
    def as_sent(self, message: Message) -> SafeString | str:
        if not Letter.objects.filter(pk=message.pk).exclude(content=b"").exists():
            return "Not handed over, or erased."
        url = reverse("admin:notifications_message_bytes", args=[message.pk])
        return format_html('<a href="{}">The bytes that were handed over, as a file</a>', url)

    @admin.display(description="what the mail server answered")
    def tried(self, message: Message) -> SafeString | str:
        """Each attempt; of one that was cut off, nobody knows."""
        rows = [(f"{timezone.localtime(one.at):%Y-%m-%d %H:%M}", one.answer) for one in message.tries.all()]
        lines = format_html_join("", "<li>{}: {}</li>", rows)
        return format_html("<ol reversed>{}</ol>", lines) if rows else "Nothing yet"

    @admin.display(description="came back")
    def came_back(self, message: Message) -> SafeString | str:
        count = message.bounces.count()
        if not count:
            return "No"
        url = reverse("admin:notifications_bounce_changelist")
        return format_html('<a href="{}?message__id__exact={}">{}</a>', url, message.pk, count)

    @admin.display(description="notices in it")
    def notices_told(self, message: Message) -> SafeString:
        url = reverse("admin:notifications_notice_changelist")
        count = message.notices.count()
        return format_html('<a href="{}?message__id__exact={}">{}</a>', url, message.pk, count)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/html/", view(self.html), name="notifications_message_html"),
            path("<int:pk>/bytes/", view(self.bytes), name="notifications_message_bytes"),
            *super().get_urls(),
        ]

    def html(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The letter alone. The portal's Content-Security-Policy lets nothing in it run or load."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        letter = get_object_or_404(Letter, pk=pk)
        return HttpResponse(letter.html)

    def bytes(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The e-mail as it was last handed to the mail server, to be kept or opened in a mail program."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        letter = get_object_or_404(Letter.objects.exclude(content=b""), pk=pk)
        response = HttpResponse(letter.content, content_type="message/rfc822")
        response["Content-Disposition"] = f'attachment; filename="message-{pk}.eml"'
        return response


def _delivered(message_id: int) -> Callable[[], object]:
    """A partial has no name, by which Django would log that it failed."""
    return lambda: tasks.deliver.delay(message_id)
