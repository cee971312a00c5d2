"""The proof as a page, a file and a print: who was told what, and what should have been told and was not."""

import datetime
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils import timezone

from cpl.models import Certificate, Party
from notifications.admin.files import as_csv
from notifications.admin.named import Recipients, certificates, in_blocks
from notifications.models import Message, Notice
from notifications.proof import (
    HEADERS,
    LABELS,
    Outcome,
    Scope,
    Unwritten,
    days,
    find_certificates,
    ledger,
    line,
    lines,
    summary,
    unwritten,
)

A_PAGE = 100
# So many rows a browser prints; a longer report is taken as a file.
PRINTED = 5000
# So many that are not in the ledger stand on the page, of either sort; all are counted, and in the file.
SHOWN = 200


class Day(forms.DateField):
    widget = forms.DateInput({"type": "date"}, "%Y-%m-%d")


class ScopeForm(forms.Form):
    """What is to be proved. All may be left open."""

    certificate = forms.CharField(
        required=False, max_length=60,
        help_text="Its identifier, such as 7701; with CPA, DLMS or Zigbee before it where two have it.",
    )  # fmt: skip
    party = forms.ModelChoiceField(
        Party.objects.order_by("name"), required=False, label="Party", empty_label="Everybody"
    )
    since = Day(required=False, label="From")
    until = Day(required=False, label="Until")

    def clean_certificate(self) -> Certificate | None:
        written = self.cleaned_data["certificate"]
        if not written:
            return None
        found = find_certificates(written)
        if not found:
            raise ValidationError(f"No certificate has the identifier “{written}”. Look it up in the list.")
        if len(found) > 1:
            schemes = " or ".join(one.scheme for one in found)
            raise ValidationError(f"“{written}” is the identifier of several. Write {schemes} before it.")
        return found[0]

    def clean(self) -> dict[str, Any]:
        asked = super().clean() or self.cleaned_data
        if asked.get("since") and asked.get("until") and asked["since"] > asked["until"]:
            self.add_error("until", "The last day lies before the first. Write it the other way round.")
        return asked

    def scope(self) -> Scope:
        return Scope(**self.cleaned_data)


class ProofPages(admin.ModelAdmin):
    """The addresses under the ledger of notices that prove it."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.proof_view)
        return [path("proof/", view, name="notifications_notice_proof"), *super().get_urls()]

    def proof_view(self, request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
        """`?as=csv` is the file, `?as=print` all on one page."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        form = ScopeForm(request.GET)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": "Proof of notices",
            "form": form,
        }
        if form.is_valid():
            scope, today = form.scope(), timezone.localdate()
            if request.GET.get("as") == "csv":
                return as_csv(f"notices-proof-{today}", HEADERS, _rows(scope, today))
            context |= _report(scope, today, request)
        return render(request, "admin/notifications/proof.html", context)


def _report(scope: Scope, today: datetime.date, request: HttpRequest) -> dict[str, Any]:
    printed = request.GET.get("as") == "print"
    omitted, others, outcomes = _looked_for(scope, today, PRINTED if printed else SHOWN)
    names, about = Recipients(), certificates(one.certificate for one in (*omitted, *others))
    page = Paginator(ledger(scope), PRINTED if printed else A_PAGE).get_page(
        None if printed else request.GET.get("page")
    )
    counted = summary(scope)
    since = scope.since or (scope.until or today) - datetime.timedelta(days=30)
    until = min(scope.until or today, today)
    never, outstanding = outcomes[Outcome.NEVER_TOLD], outcomes[Outcome.OUTSTANDING]
    return {
        "scope": scope,
        "today": today,
        "printed": printed,
        "at": timezone.now(),
        "headers": HEADERS,
        "summary": counted,
        "states": _in_words(counted.states, dict(Notice.STATES)),
        "deliveries": _in_words(counted.deliveries, None),
        "outcomes": _in_words(outcomes, LABELS),
        "outstanding": outstanding,
        "never": never,
        "omitted": [_named(one, names, about) for one in omitted],
        "more_omitted": outstanding + never - len(omitted),
        "others": [_named(one, names, about) for one in others],
        "more_others": outcomes.total() - outstanding - never - len(others),
        "rows": [(notice, line(notice)) for notice in page],
        "page": page,
        "cut": max(0, page.paginator.count - PRINTED) if printed else 0,
        "days": days(since, until, today) if since <= until else None,
        "days_since": since,
        "days_until": until,
    }


def _looked_for(
    scope: Scope, today: datetime.date, most: int
) -> tuple[list[Unwritten], list[Unwritten], Counter[str]]:
    """The first of those that were or are owed, the first of the others, and how many there are of each."""
    omitted: list[Unwritten] = []
    others: list[Unwritten] = []
    counted: Counter[str] = Counter()
    for one in unwritten(scope, today):
        counted[one.outcome] += 1
        some = omitted if one.is_omitted else others
        if len(some) < most:
            some.append(one)
    return omitted, others, counted


def _named(one: Unwritten, names: Recipients, about: dict[int, str]) -> tuple[Unwritten, str, str]:
    return one, about[one.certificate], names.name(one.to) if one.to else "nobody on record"


def _rows(scope: Scope, today: datetime.date) -> Iterator[tuple[object, ...]]:
    """The ledger, and after it what it does not have."""
    yield from lines(scope)
    names = Recipients()
    for block in in_blocks(unwritten(scope, today)):
        about = certificates(one.certificate for one in block)
        for one in block:
            yield _as_line(*_named(one, names, about))


def _as_line(one: Unwritten, certificate: str, to: str) -> tuple[object, ...]:
    told = (
        f"{one.entry:06d}", certificate, one.date.isoformat(), one.milestone, one.due_on.isoformat(), to,
        one.outcome.label, one.why,
    )  # fmt: skip
    return (*told, *[""] * (len(HEADERS) - len(told)))


def _in_words(counted: Mapping[str, int], labels: dict[str, Any] | None) -> list[tuple[str, int]]:
    labels = labels or dict(Message.State.choices)
    return [(str(labels.get(state, state)), number) for state, number in sorted(counted.items())]
