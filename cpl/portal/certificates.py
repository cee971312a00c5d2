"""One's own certificates: what each carries, how long it lasts, and what can be begun from one of them."""

import csv
import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from cpl import fields as f
from cpl import workflow
from cpl.fields import Field
from cpl.formats.dates import written
from cpl.formats.formulas import harmless
from cpl.models import Entry, Scheme, Submission
from cpl.portal import holdings, own
from cpl.portal.desk import chosen_party
from cpl.portal.holdings import LONGEST, Held
from cpl.rules.values import written_numbers
from cpl.workflow import NotPossible

A_PAGE = 50
# Of a new entry: identifier, version and date of each scheme.
FIELDS: dict[str, tuple[Field, Field, Field | None]] = {
    Scheme.CPA: (f.CPA_ID, f.CPA_SECURITY, f.CPA_DATE),
    Scheme.DLMS: (f.DLMS_ID, f.DLMS_VERSION, None),
    Scheme.ZIGBEE: (f.ZSE_ID, f.ZSE_VERSION, None),
}
SORTS: dict[str, tuple[str, Callable[[Held], Any]]] = {
    "scheme": ("Scheme", lambda held: (held.scheme, held.identifier)),
    "identifier": ("Certificate", lambda held: (held.certificate.identifier, held.scheme)),
    # What has no date lasts longest.
    "date": ("Date", lambda held: (held.date or datetime.date.max, held.identifier)),
    "carries": ("Carries", lambda held: (len(held.carries), held.identifier)),
    "state": ("State", lambda held: (held.state, held.identifier)),
}


@dataclass(frozen=True)
class Asked:
    """What the page was asked for: words, a scheme, an order (`-date` is turned round)."""

    q: str = ""
    scheme: str = ""
    sort: str = "date"

    @classmethod
    def of(cls, query: Mapping[str, str]) -> "Asked":
        given = {name: query.get(name, "")[:100].replace("\x00", "") for name in ("q", "scheme", "sort")}
        if given["sort"].removeprefix("-") not in SORTS:
            given["sort"] = "date"
        return cls(**given)

    def among(self, every: list[Held]) -> list[Held]:
        found = [held for held in every if self._wants(held)]
        order = SORTS[self.sort.removeprefix("-")][1]
        return sorted(found, key=order, reverse=self.sort.startswith("-"))

    def columns(self) -> list[tuple[str, str, str]]:
        """Label, what to ask for to sort by it, and how it is sorted now."""
        return [
            (label, f"-{name}" if self.sort == name else name, self._direction(name))
            for name, (label, _) in SORTS.items()
        ]

    def _direction(self, name: str) -> str:
        if self.sort.removeprefix("-") != name:
            return ""
        return "descending" if self.sort.startswith("-") else "ascending"

    def _wants(self, held: Held) -> bool:
        if self.scheme and held.scheme != self.scheme:
            return False
        numbers = " ".join(f"{number:06d}" for number in held.carries)
        searched = (
            f"{held.scheme} {held.identifier} {held.certificate.version} {held.state} {numbers}".lower()
        )
        return all(word in searched for word in self.q.lower().split())


@login_required
@require_safe
def certificates(request: HttpRequest) -> HttpResponse:
    """Every certificate that carries entries of one's own, or that one's own submissions brought."""
    asked, every = Asked.of(request.GET), holdings.of_own(request, timezone.localdate())
    found = asked.among(every)
    context = {
        "page": Paginator(found, A_PAGE).get_page(request.GET.get("page")),
        "asked": asked,
        "columns": asked.columns(),
        "schemes": Scheme.choices,
        "any": bool(every),
        "identifiers": own.identifiers(request),
        "longest": LONGEST,
    }
    return render(request, "portal/certificates.html", context)


@login_required
@require_safe
def as_csv(request: HttpRequest) -> HttpResponse:
    """The same, searched and sorted alike, for a spreadsheet; no cell is a formula."""
    answer = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="certificates.csv"'
    writer = csv.writer(answer)
    writer.writerow(
        ["Scheme", "Certificate", "Version", "Date is", "Date", "Months left", "State", "Current entries"]
    )
    for held in Asked.of(request.GET).among(holdings.of_own(request, timezone.localdate())):
        months = "" if held.months is None else str(held.months)
        cells = [
            held.scheme, held.identifier, held.certificate.version, held.what_its_date_says,
            written(held.date), months, held.state, written_numbers(held.carries),
        ]  # fmt: skip
        # A month that is past is a number, and no formula.
        writer.writerow([cell if cell == months else harmless(cell) for cell in cells])
    return answer


@login_required
@require_safe
def certificate(request: HttpRequest, number: int) -> HttpResponse:
    """One certificate: of one's own as it stands, of others as published."""
    held, is_own = _known(request, number)
    carried = Entry.objects.filter(number__in=held.carries).order_by("number")
    codes = {one.code for one in own.identifiers(request)}
    context = {
        "held": held,
        "is_own": is_own,
        "page": Paginator(carried, A_PAGE).get_page(request.GET.get("page")),
        "codes": codes,
        "parties": own.parties(request),
        "longest": LONGEST,
    }
    return render(request, "portal/certificate.html", context)


@login_required
@require_POST
def begin(request: HttpRequest, number: int, what: str) -> HttpResponse:
    """Begins a draft from a certificate: `use` it for another model, `renew`, `withdraw` or `offer` it."""
    held, is_own = _known(request, number)
    if what not in BEGUN or (what in OF_OWN and not is_own):
        raise Http404("Nothing of this sort is begun from this certificate.")
    kind, answers = BEGUN[what]
    try:
        draft = workflow.start(
            kind,
            party=chosen_party(request),
            by=own.person(request),
            at=timezone.now(),
            answers={**answers(held), **_statement(request, what, held)},
        )
    except NotPossible as refused:
        messages.error(request, str(refused))
        return redirect("portal:certificate", number)
    messages.success(request, f"{draft.reference} was begun with what is on record of {held.certificate}.")
    return redirect("portal:edit", draft.pk)


def answers_of(held: Held) -> dict[str, str]:
    """A certificate as a new entry names it."""
    identifier, version, date = FIELDS[held.scheme]
    answers = {identifier.name: held.identifier, version.name: held.certificate.version}
    if date:
        answers[date.name] = written(held.date)
    return answers


def _renewal(held: Held) -> dict[str, str]:
    """Its date is left to be given: that it is another one is why it is renewed."""
    return {
        **_named(held),
        f.CERTIFICATE_VERSION.name: held.certificate.version,
        f.ENTRIES.name: written_numbers(held.carries),
    }


def _named(held: Held) -> dict[str, str]:
    return {f.CERTIFICATE_SCHEME.name: held.scheme, f.CERTIFICATE_ID.name: held.identifier}


BEGUN: dict[str, tuple[str, Callable[[Held], dict[str, str]]]] = {
    "use": (Submission.Kind.NEW_ENTRY, answers_of),
    "renew": (Submission.Kind.RENEWAL, _renewal),
    "withdraw": (Submission.Kind.WITHDRAWAL, _named),
    "offer": (Submission.Kind.OFFER, _renewal),
}
OF_OWN = ("renew", "withdraw")


def _statement(request: HttpRequest, what: str, held: Held) -> dict[str, str]:
    if what != "use" or held.scheme != Scheme.CPA:
        return {}
    return {f.SECURITY_STATEMENT.name: request.POST.get("statement", "").replace("\x00", "")[:4000]}


def _known(request: HttpRequest, number: int) -> tuple[Held, bool]:
    """The certificate, and whether it is one's own. One that is nobody's business does not exist."""
    readable = holdings.readable(request, timezone.localdate())
    # No database knows a larger number.
    held = readable.one(number) if number < 2**63 else None
    if held is None:
        raise Http404("There is no such certificate.")
    return held, readable.is_own(held)
