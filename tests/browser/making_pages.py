"""Puts something on every page of the admin: rows that a portal has after some months of work.

Run by itself in the environment of a portal; prints the keys that addresses need as JSON.
"""

import datetime
import json
import sys

import django

ROOT = "root@panel.example"


def make(password: str) -> dict[str, object]:
    from django.contrib.auth.models import User
    from django.utils import timezone

    from applicability.drafting import copy_edition
    from applicability.models import Edition
    from cpl import access, candidates, handling, jobs
    from cpl.models import Certificate, Evidence, Job, Party, Submission, Upload
    from notifications.models import (
        Bounce,
        FurtherMilestone,
        Letter,
        LetterWords,
        Message,
        Recipient,
        Run,
        Subscription,
    )

    at, on = timezone.now(), timezone.localdate()
    root = User.objects.create_superuser(ROOT, ROOT, password)
    officer = User.objects.get(username="officer@panel.example")
    maker = User.objects.get(username="maker@tidewater.example")
    party = Party.objects.get(name="Tidewater Metering Ltd")
    party._change_reason = "As on their letterhead"  # type: ignore[attr-defined]
    party.save()
    waiting = Submission.objects.filter(status="submitted").order_by("pk")
    first = waiting[0]
    handling.note(first.pk, by=officer, at=at, words="Asked the laboratory for the missing page.")
    handling.hold(waiting[1].pk, by=officer, at=at, words="Until the laboratory has answered.")

    founded = Edition.objects.get(series="statutory", number=1)
    draft = copy_edition(
        founded, title="Second", effective_from=on + datetime.timedelta(400), source_kind="direction",
        source_reference="Direction of 1 May", by=officer.pk,
    )  # fmt: skip
    due = list(candidates.candidates(on).order_by("pk").values_list("pk", flat=True)[:2])
    review = on + datetime.timedelta(30)
    candidates.keep(due, words="Its renewal is on the way.", review_on=review, by=officer, at=at, on=on)

    def job(what: str, state: str, **more: object) -> Job:
        ended = at if state in ("done", "failed") else None
        return Job.objects.create(
            what=what, subject=f"{what} {state}", state=state, started_by=root, created_at=at, ended_at=ended,
            heard_at=at + datetime.timedelta(days=1), claim="x" * 36 if state == "running" else "",
            total=20, done=8, **more,
        )  # fmt: skip

    refused = {"submission": first.pk, "reference": first.reference, "reasons": ["It was entered already."]}
    approved = job(
        Job.What.APPROVE, "done", words="1 approved, 1 not.",
        result={"approved": [waiting[1].pk], "refused": [{**refused, "more": 0}]},
    )  # fmt: skip
    file = {"sha256": jobs.RESULTS.keep(b"number"), "name": "entry.csv", "size": 6}
    asked = {"model": "cpl.entry", "ending": "csv", "query": ""}
    exported = job(Job.What.EXPORT, "done", asked=asked, result=file)
    stopped = job(Job.What.SUBMIT_UPLOAD, "failed", words="It stopped. Begin it again.")
    approving, exporting = job(Job.What.APPROVE, "running"), job(Job.What.EXPORT, "running", asked=asked)
    upload = Upload.objects.create(
        party=party, created_by=maker, created_at=at, source_name="devices.csv", shape="bulk"
    )
    access.make_token(party, "Nightly upload", datetime.timedelta(30), by=maker, at=at)

    held = Run.objects.create(state="held", started_at=at, ended_at=at, on=on, due=700, limit=500)
    recipient, _ = Recipient.objects.get_or_create(kind="party", party=party)
    message = Message.objects.create(
        kind="step", recipient=recipient, subject="S-000001 was submitted", message_id="<1@cpl.example>",
        state="failed", queued_at=at, next_attempt_at=at, last_answer="550 No such mailbox", attempts=3,
    )  # fmt: skip
    letter = Letter.objects.create(
        message=message, text="S-000001 was submitted.", html="<p>It was submitted.</p>"
    )
    Bounce.objects.create(
        message=message, kind="refused", at=at, status="5.1.1", answer="No such mailbox", report="0" * 64
    )
    Subscription.objects.get_or_create(recipient=recipient, kind="release", defaults={"how": "daily"})
    words, _ = LetterWords.objects.get_or_create(kind="step", defaults={"subject": "Of a step"})
    words.save()
    milestone = FurtherMilestone.objects.create(months=3, added_on=on)
    return {
        "waiting": first.pk,
        "paper": Evidence.objects.filter(submission=first).order_by("pk").values_list("pk", flat=True)[0],
        "draft": draft.pk,
        "certificate": Certificate.objects.filter(coverage__isnull=False).order_by("pk")[0].pk,
        "approved": approved.pk,
        "approving": approving.pk,
        "exported": exported.pk,
        "exporting": exporting.pk,
        "stopped": stopped.pk,
        "upload": upload.pk,
        "held": held.pk,
        "message": message.pk,
        "letter": letter.pk,
        "words": words.pk,
        "milestone": milestone.pk,
        "party": party.pk,
        "party_version": party.history.latest().pk,
        "user": officer.pk,
    }


if __name__ == "__main__":
    django.setup()
    from django.db import transaction

    with transaction.atomic():
        print(json.dumps(make(sys.argv[1])))  # noqa: T201
