"""Loads invented people, organisations and submissions, so that the portal can be tried at once."""

import datetime
import secrets
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group, User
from django.core.management import BaseCommand, CommandError, call_command
from django.db import transaction
from django.utils import timezone

from cpl import fields as f
from cpl import workflow
from cpl.formats.dates import written
from cpl.management import sample
from cpl.models import Contact, Evidence, ManufacturerIdentifier, Membership, Party, Submission

What = Evidence.What


class Command(BaseCommand):
    help = "Invented people, organisations and submissions. Safe to run twice. Never for production."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--quiet-sign-ins", action="store_true", help="Do not print the sign-ins.")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.HTTPS:
            raise CommandError("This portal is for other machines (HTTPS is on): it takes no sample people.")
        call_command("load_applicability", stdout=self.stdout)
        password = _password(Path(settings.DATA_DIR) / "sample-password")
        with transaction.atomic():
            people = {person.email: _person(person, password) for person in sample.PEOPLE}
            _parties(people)
        if not Submission.objects.exists():
            _submissions(people, timezone.now())
        if not options["quiet_sign_ins"]:
            self._print_sign_ins(password)

    def _print_sign_ins(self, password: str) -> None:
        self.stdout.write(f"Sign-ins (password of each: {password})")
        for person in sample.PEOPLE:
            self.stdout.write(f"  {person.role:22} {person.email}")


def _password(path: Path) -> str:
    """One for all sample people, made by chance once and kept where only the owner reads it."""
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(9))
    return path.read_text()


def _person(person: sample.Person, password: str) -> User:
    user, new = User.objects.get_or_create(
        username=person.email,
        defaults={
            "email": person.email,
            "first_name": person.name[0],
            "last_name": person.name[1],
            "is_staff": person.is_staff,
        },
    )
    if new:
        user.set_password(password)
        user.save()
        user.groups.set(Group.objects.filter(name__in=person.groups))
    return user


def _parties(people: dict[str, User]) -> None:
    for name, (category, identifiers) in sample.PARTIES.items():
        party, new = Party.objects.get_or_create(name=name, defaults={"category": category, "verified": True})
        if new:
            Contact.objects.create(party=party, email=sample.CONTACTS[name])
        for code in identifiers:
            ManufacturerIdentifier.objects.get_or_create(code=code, defaults={"holder": name, "party": party})
    for person in sample.PEOPLE:
        if person.party:
            party = Party.objects.get(name=person.party)
            Membership.objects.get_or_create(user=people[person.email], party=party)


def _submissions(people: dict[str, User], at: datetime.datetime) -> None:
    """Two that wait for an officer and a draft with a mistake in it."""
    maker, rival = people["maker@tidewater.example"], people["maker@northlight.example"]
    expiry = written(at.date() + datetime.timedelta(days=900))
    complete = sample.meter("01020304", expiry)
    _submit(complete, "Tidewater Metering Ltd", maker, (What.CPA, What.DLMS, What.ZIGBEE), at)
    _submit(sample.display(), "Northlight Instruments Ltd", rival, (What.ZIGBEE,), at)
    mistaken = {**sample.meter("01020305", expiry), f.MODEL.name: "E1", f.IMAGE_HASH.name: ""}
    workflow.start(
        Submission.Kind.NEW_ENTRY,
        party=Party.objects.get(name="Tidewater Metering Ltd"),
        by=maker,
        at=at,
        answers=mistaken,
    )


def _submit(
    answers: dict[str, str], party: str, by: User, files: tuple[Evidence.What, ...], at: datetime.datetime
) -> None:
    draft = workflow.start(
        Submission.Kind.NEW_ENTRY, party=Party.objects.get(name=party), by=by, at=at, answers=answers
    )
    for what in files:
        name = f"{what.value} certificate (sample).pdf"
        workflow.attach(draft.pk, what, name, sample_pdf(*_said(what, answers)), by=by, at=at)
    workflow.submit(draft.pk, by=by, at=at, on=timezone.localdate(at))


def _said(what: Evidence.What, answers: dict[str, str]) -> list[str]:
    """What the sample certificate says: the same as the form."""
    asked = {What.CPA: (f.CPA_ID, f.CPA_DATE), What.DLMS: (f.DLMS_ID,), What.ZIGBEE: (f.ZSE_ID,)}.get(
        what, ()
    )
    asked = (*asked, f.PRODUCT_NAME, f.MANUFACTURER, f.MODEL, f.FIRMWARE)
    return [f"Sample {what.label}", *(f"{field.label}: {answers[field.name]}" for field in asked)]


def sample_pdf(*lines: str) -> bytes:
    """A page with a few lines of text: the smallest PDF that viewers open."""
    stream = f"BT /F1 16 Tf 24 TL 72 720 Td {' T* '.join(f'({line}) Tj' for line in lines)} ET".encode()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    content, offsets = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        offsets.append(len(content))
        content += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    tail = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(content))
    return content + head + table + tail
