"""What an entry's dossier says of notices: who was told what, when, and how it was delivered."""

from typing import Any

from cpl.dossier import part
from cpl.models import Entry
from notifications.models import Notice, StepNotice


@part("Notices about its certificates")
def about_certificates(entry: Entry) -> list[dict[str, Any]]:
    rows = Notice.objects.filter(entry=entry).order_by("pk")
    return [
        {
            "certificate": str(row.certificate), "date": row.date.isoformat(),
            "months before": row.milestone, "due on": row.due_on.isoformat(), "to": str(row.recipient),
            "what became of it": row.get_state_display(), **_delivery(row.message),
        }
        for row in rows.select_related("certificate", "message", "recipient__party", "recipient__user")
    ]  # fmt: skip


@part("Messages about its submission")
def about_its_submission(entry: Entry) -> list[dict[str, Any]]:
    rows = StepNotice.objects.filter(step__submission=entry.submission_id).order_by("pk")
    return [
        {"step": row.step.verb, "to": str(row.recipient), **_delivery(row.message)}
        for row in rows.select_related("step", "message", "recipient__party", "recipient__user")
    ]


def _delivery(message: Any) -> dict[str, Any]:
    if message is None:
        return {"delivery": "not sent", "sent at": "", "Message-ID": ""}
    return {
        "delivery": message.get_state_display(),
        "sent at": message.sent_at.isoformat() if message.sent_at else "",
        "Message-ID": message.message_id,
    }
