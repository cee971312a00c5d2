"""A register with something at every address: a row of each model, and a maker's things."""

import datetime
import re
from collections.abc import Callable
from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import Model

from applicability.drafting import copy_edition
from applicability.models import Edition
from cpl import fields as f
from cpl import jobs, uploads, workflow
from cpl.candidates import keep
from cpl.models import Candidate, Evidence, Job, Party, Submission
from notifications import subscriptions
from notifications.models import Attachment, FurtherMilestone, Letter, LetterWords, Message, Recipient, Run
from notifications.portal.wishes import OF_A_PERSON
from tests.access.table import GROUPS, ROLES, VISITOR
from tests.api.programs import make_token
from tests.cast import make_user, party_of
from tests.make import make_answers, make_withdrawal_answers
from tests.public.making import AT, DAY, make_entry, make_import, make_removal, publish
from tests.register.conftest import start, submit
from tests.register.test_candidates import cover
from tests.uploads.conftest import do_next_job


class Sample:
    """The rows, and what stands in an address for each of its parameters."""

    def __init__(self, people: dict[str, User | None]) -> None:
        maker = people["maker"]
        officer = people["officer"]
        assert maker
        assert officer
        self.people = people
        self.submitted = submit(maker, make_answers())
        self.brought = make_import()
        entry = make_entry(self.brought)
        self.certificate = cover(entry).certificate
        cover(make_entry(self.brought), "two")
        make_removal(make_entry(self.brought))
        publish()
        self.draft = start(maker, make_answers(firmware="0A0B0C0E"))
        workflow.start(
            "withdrawal", party=party_of(maker), by=maker, at=AT, answers=make_withdrawal_answers()
        )
        header = ",".join(field.name for field in f.FORM)
        row = ",".join(make_answers(firmware="0A0B0C0F").get(field.name, "") for field in f.FORM)
        file = ("devices.csv", f"{header}\n{row}\n".encode())
        self.upload = uploads.receive([file], party=party_of(maker), by=maker, at=AT)
        do_next_job()
        self.token, self.secret = make_token(maker)
        rival = people["rival"]
        self.rivals_secret = make_token(rival)[1]  # type: ignore[arg-type]
        second = Candidate.objects.latest("pk")
        keep(
            [second.pk], words="On its way.", review_on=DAY + datetime.timedelta(9), by=officer, at=AT, on=DAY
        )
        founded = Edition.objects.get(series="statutory", number=1)
        self.edition = copy_edition(
            founded, title="Second", effective_from=datetime.date(2030, 1, 1), source_kind="direction",
            source_reference="Direction of 1 May 2029", by=officer.pk,
        )  # fmt: skip
        self.approving = _job(officer, Job.What.APPROVE)
        self.export = _job(officer, Job.What.EXPORT, model="cpl.entry", ending="csv", query="")
        _say_it(maker)
        assert rival
        Authenticator.objects.create(user=rival, type="totp", data={"secret": "none"})
        for one in admin.site._registry:
            # What came by a migration has no history yet.
            if hasattr(one, "history") and one is not Submission and (row := self.row(one)):
                row.save()

    def row(self, model: type[Model]) -> Model | None:
        """The row that its pages are asked about."""
        if model is Submission:
            return self.submitted
        if model is User:
            # Nobody with a role: of such an account an administrator changes nothing.
            return self.people["supplier"]
        if model is Party:
            return party_of(self.people["maker"])  # type: ignore[arg-type]
        if model is Edition:
            return self.edition
        rows: Any = admin.site._registry[model].model._default_manager.all()
        if any(field.name == "edition" for field in model._meta.fields):
            rows = rows.filter(edition=self.edition)
        return rows.first()

    def filled(self, route: str) -> str:
        """The address of a route, with what there is in the place of its parameters."""
        if route in ODD:
            return "/" + ODD[route]
        parts = route.split("/")
        if route.startswith("admin/") and "<path:object_id>" in route:
            return "/" + route.replace("<path:object_id>", str(self._key(parts[1], parts[2])))
        if route.endswith("/history/([^/]+)/$"):
            model = self._model(parts[1], parts[2])
            key = self._key(parts[1], parts[2])
            version: Any = model.history.filter(**{model._meta.pk.attname: key}).first()  # type: ignore[attr-defined,union-attr]
            return f"/admin/{parts[1]}/{parts[2]}/{key}/history/{version.pk if version else 1}/"
        return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda found: str(self._value(found[1], route)), route)

    def _model(self, app: str, name: str) -> type[Model]:
        return next(model for model in admin.site._registry if model._meta.label_lower == f"{app}.{name}")

    def _key(self, app: str, name: str) -> Any:
        row = self.row(self._model(app, name))
        return row.pk if row else 1

    def _value(self, name: str, route: str) -> object:
        for start_of, values in PLACES:
            if route.startswith(start_of) and name in values:
                value = values[name]
                return value(self) if callable(value) else value
        raise KeyError(f"tests/access/sample.py does not say what <{name}> is in {route}")


def _job(by: User, what: str, **asked: str) -> Job:
    """Work that is done, and the file that came of it."""
    file = {"sha256": jobs.RESULTS.keep(b"number"), "name": "entry.csv", "size": 6}
    return Job.objects.create(
        what=what, subject="sample", state="done", asked=asked, started_by=by, created_at=AT, ended_at=AT,
        result=file,
    )  # fmt: skip


def _say_it(maker: User) -> None:
    """A message that waits, as a run makes it."""
    message = Message.objects.create(
        kind=Message.Kind.STEP,
        recipient=Recipient.objects.create(kind="party", party=party_of(maker)),
        run=Run.objects.create(started_at=AT, on=DAY),
        subject="S-000001 was submitted",
        message_id="<1@cpl.example>",
        queued_at=AT,
        next_attempt_at=AT,
    )
    letter = Letter.objects.create(message=message, text="", html="", content=b"Subject: Of a step\n\n")
    Attachment.objects.create(letter=letter, name="dates.csv", media_type="text/csv", content=b"1")
    LetterWords.objects.create(kind=Message.Kind.STEP, subject="Of a step")
    FurtherMilestone.objects.create(months=3, added_on=datetime.date(2026, 11, 1))


def _token() -> str:
    """As it stands in the foot of an e-mail to the maker's organisation."""
    return subscriptions.leave(Recipient.objects.latest("pk"), "digest").rstrip("/").rsplit("/", 1)[-1]


Value = str | int | Callable[[Sample], object]
ODD = {
    "admin/<app_label>/": "admin/cpl/",
    "applicability/<str:series>/<int:number>/changes/": "applicability/statutory/1/changes/?since=1",
    "admin/notifications/letterwords/preview/": "admin/notifications/letterwords/preview/?kind=step",
    "admin/(?P<url>.*)$": "admin/no/such/page/",
    "admin/r/<path:content_type_id>/<path:object_id>/": "admin/r/1/1/",
    r"account/^confirm-email/(?P<key>[-:\w]+)/$": "account/confirm-email/abc/",
    r"account/^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$": (
        "account/password/reset/key/1-abc/"
    ),
}
# What is sent where nothing at all is asked about nothing.
SENT: dict[str, Callable[[User | None], dict[str, object]]] = {
    "portal/subscriptions/": lambda who: {"whose": f"user-{who and who.pk}", "kind": OF_A_PERSON[0]},
}
# By the beginning of the route: what its parameters are. The first that fits counts.
PLACES: tuple[tuple[str, dict[str, Value]], ...] = (
    ("admin/auth/user/", {"id": lambda s: s.people["supplier"].pk}),  # type: ignore[union-attr]
    ("admin/cpl/certificate/", {"pk": lambda s: s.certificate.pk, "month": "2026-10"}),
    ("admin/cpl/entry/", {"pk": 1}),
    ("admin/cpl/party/", {"slug": "contacts", "ending": "csv"}),
    ("admin/cpl/job/", {"pk": lambda s: s.export.pk}),
    (
        "admin/cpl/submission/",
        {
            "pk": lambda s: s.submitted.pk,
            "kind": "removal",
            "job_pk": lambda s: s.approving.pk,
            "evidence_pk": lambda s: Evidence.objects.filter(submission=s.submitted).first().pk,  # type: ignore[union-attr]
        },
    ),
    (
        "admin/applicability/edition/",
        {"pk": lambda s: s.edition.pk, "slug": "validities", "ending": "csv"},
    ),
    ("admin/notifications/message/", {"pk": lambda s: Letter.objects.latest("pk").pk}),
    ("admin/notifications/run/", {"pk": lambda s: Run.objects.latest("pk").pk}),
    ("portal/uploads/", {"number": lambda s: s.upload.pk, "place": 0, "verb": "discard"}),
    (
        "portal/inbox/",
        {
            "number": lambda s: Letter.objects.latest("pk").pk,
            "file": lambda s: Attachment.objects.latest("pk").pk,
        },
    ),
    ("unsubscribe/", {"token": lambda s: _token()}),
    ("portal/programs/", {"number": lambda s: s.token.pk}),
    (
        "portal/submissions/<int:number>/receipt/",
        {"number": lambda s: s.submitted.pk, "round": 1},
    ),
    ("portal/submissions/", {"number": lambda s: s.draft.pk, "verb": "withdraw"}),
    ("portal/certificates/", {"number": lambda s: s.certificate.pk, "what": "renew"}),
    ("portal/evidence/", {"number": lambda s: Evidence.objects.filter(submission=s.submitted).first().pk}),  # type: ignore[union-attr]
    ("portal/entries/", {"entry": 1}),
    ("portal/template", {"fmt": "xlsx"}),
    ("entries/", {"written": "000001"}),
    ("releases/", {"number": "latest", "name": "cpl.csv"}),
    ("check/", {"fmt": "csv"}),
    ("applicability/deadlines/", {"who": "suppliers"}),
    ("applicability/timelines/device-types/", {"written": "communications-hub"}),
    ("applicability/timelines/specifications/", {"written": "smets"}),
    ("applicability/timelines/examples/", {"written": "sub-versions"}),
    ("applicability/calendars/device-types/", {"written": "communications-hub"}),
    ("applicability/calendars/specifications/", {"written": "smets"}),
    ("applicability/", {"series": "statutory", "number": 1}),
    ("api/v1/applicability/", {"series": "statutory", "number": 1}),
    ("api/v1/entries/", {"number": "000001"}),
    ("api/v1/submissions/", {"reference": lambda s: s.draft.reference}),
    ("api/v1/uploads/", {"reference": lambda s: s.upload.reference}),
)


def make_people(maker: User, rival: User, supplier: User, dcc: User) -> dict[str, User | None]:
    """One person for each role."""
    known = {VISITOR: None, "maker": maker, "rival": rival, "supplier": supplier, "dcc": dcc}
    staff = {role: make_user(f"{role}@panel.example", group) for role, group in GROUPS.items()}
    return {role: {**known, **staff}[role] for role in ROLES}
