"""How a private file is sent: to be kept, or to be looked at in place. Whoever wrote it, it runs nothing."""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpResponse
from django.utils.http import content_disposition_header

from cpl import evidence
from cpl.models import Evidence, FileReading, Submission

# In a sandbox of its own, without scripts, forms or an origin; and asking nothing of anybody.
SANDBOX = "sandbox; default-src 'none'"
# Chromium shows a PDF that comes with this policy. An <iframe> with the attribute `sandbox` it leaves empty,
# whatever the attribute allows; so the frame has none, and the policy travels with the file instead.
IN_PLACE = f"{SANDBOX}; style-src 'unsafe-inline'; frame-ancestors 'self'"


@dataclass(frozen=True)
class Paper:
    """A file as a page shows it in place: `address` is where it is shown, `kept_at` whence it is saved."""

    file: Evidence
    reading: FileReading | None
    address: str
    kept_at: str = ""

    @property
    def is_picture(self) -> bool:
        return bool(self.reading and self.reading.is_picture)


def papers(submission: Submission, address: Callable[[Evidence], tuple[str, str]]) -> list[Paper]:
    """The files of a submission, each with what was read in it. Two queries."""
    rows = list(submission.evidence.order_by("what", "pk"))
    read = {one.sha256: one for one in FileReading.objects.filter(sha256__in=[row.sha256 for row in rows])}
    return [Paper(row, read.get(row.sha256), *address(row)) for row in rows]


def as_attachment(content: bytes, file_name: str) -> HttpResponse:
    """To be saved under its own name."""
    return _sent(content, SANDBOX, content_disposition_header(True, file_name))


def in_place(content: bytes, file_name: str) -> HttpResponse:
    """To be shown in a frame of our own pages, and of nobody else's."""
    answer = _sent(content, IN_PLACE, content_disposition_header(False, file_name))
    answer["X-Frame-Options"] = "SAMEORIGIN"
    return answer


def _sent(content: bytes, policy: str, disposition: str | None) -> HttpResponse:
    answer = HttpResponse(content, content_type=evidence.media_type(content))
    answer["Content-Disposition"] = disposition or "attachment"
    answer["Content-Security-Policy"] = policy
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    return answer
