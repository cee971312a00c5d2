"""What became of an upload's rows: the submissions, and the certificates that they name."""

from collections import Counter
from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.db.models import Count

from cpl.models import Job, Submission, Upload
from cpl.uploads import CertificateNamed, certificates_named

A_PAGE = 25


@dataclass(frozen=True)
class Made:
    """The submissions of an upload by status, a page of them, and what the last hand-over refused."""

    by_status: list[tuple[str, str, int]]
    drafts: int
    page: Page[Submission]
    handed_over: Job | None


@dataclass(frozen=True)
class Certificates:
    """Those that lack a file first."""

    page: Page[CertificateNamed]
    lacking: int
    count: int


def submissions(upload: Upload, number: str | None) -> Made:
    """Four queries, however many there are."""
    made = Submission.objects.filter(upload_row__upload=upload)
    counted = Counter(dict(made.order_by().values_list("status").annotate(count=Count("pk"))))
    labels = dict(Submission.Status.choices)
    last = Job.objects.filter(what=Job.What.SUBMIT_UPLOAD, subject=str(upload.pk)).first()
    rows = made.select_related("upload_row").defer("upload_row__cells", "upload_row__problems")
    return Made(
        [(status, labels[status], counted[status]) for status in labels if counted[status]],
        counted[Submission.Status.DRAFT],
        Paginator(rows.order_by("upload_row__place"), A_PAGE).get_page(number),
        last if last and not last.is_open else None,
    )


def certificates(upload: Upload, number: str | None) -> Certificates:
    named = sorted(certificates_named(upload), key=lambda one: not one.without_file)
    lacking = sum(bool(one.without_file) for one in named)
    return Certificates(Paginator(named, A_PAGE).get_page(number), lacking, len(named))
