"""What a signed-in person may reach: the things of the organisations that they act for, and no others."""

from typing import Any

from django.contrib.auth.models import User
from django.db.models import Q
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone

from cpl.models import Entry, ManufacturerIdentifier, Party, Submission, Upload
from cpl.models.entries import EntryQuerySet
from cpl.models.submissions import SubmissionQuerySet
from cpl.models.uploads import UploadQuerySet


def person(request: HttpRequest) -> User:
    """The signed-in person; only for views behind `login_required`."""
    user: Any = request.user
    return user


def submissions(request: HttpRequest) -> SubmissionQuerySet:
    return Submission.objects.for_user(person(request)).select_related("party", "entry")


def submission(request: HttpRequest, number: int) -> Submission:
    """One of their own; for anybody else it does not exist."""
    return get_object_or_404(submissions(request), pk=number)


def uploads(request: HttpRequest) -> UploadQuerySet:
    return Upload.objects.for_user(person(request)).select_related("party")


def upload(request: HttpRequest, number: int) -> Upload:
    """One of their own; for anybody else it does not exist."""
    return get_object_or_404(uploads(request), pk=number)


def parties(request: HttpRequest) -> list[Party]:
    return list(Party.objects.for_user(person(request)))


def identifiers(request: HttpRequest) -> list[ManufacturerIdentifier]:
    """The manufacturer identifiers that their organisations hold today."""
    held = ManufacturerIdentifier.objects.held(timezone.localdate())
    return list(held.filter(party__in=Party.objects.for_user(person(request))).select_related("party"))


def entries(request: HttpRequest) -> EntryQuerySet:
    """The entries of their own devices and those that they submitted, removed ones too."""
    of_own = Q(manufacturer__in=[held.code for held in identifiers(request)])
    return Entry.objects.filter(of_own | Q(submission__party__in=Party.objects.for_user(person(request))))
