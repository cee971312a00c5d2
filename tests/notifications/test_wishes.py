"""What Parties choose to be told: defaults, selections, digests, the end of it with one click."""

import re
from datetime import date, timedelta

import pytest
from django.contrib.auth.models import User
from django.core import mail, signing
from django.test import Client

from cpl import publishing, workflow
from cpl.models import Release, Submission
from notifications import digests, news, outbox, subscriptions, validity
from notifications.due import To
from notifications.models import DigestNotice, Message, Recipient, StepNotice, Subscription, ValidityNotice
from notifications.subscriptions import How, Kind, Selection
from tests.cast import MAKER_CODE, RIVAL_CODE, party_of, sign_in
from tests.make import DAY, make_answers
from tests.notifications.making import Made, noon
from tests.notifications.test_news import approve
from tests.register.conftest import AT, submit

pytestmark = pytest.mark.django_db
PAGE = "/portal/subscriptions/"


def recipient(user: User, *, person: bool = False) -> Recipient:
    to = To("user", str(user.pk)) if person else To("party", str(party_of(user).pk))
    return outbox.recipients([to])[to]


@pytest.fixture
def release(tables: None, maker: User, officer: User, second_officer: User) -> Release:
    approve(submit(maker, make_answers()), officer)
    news.tell_of_steps(AT)
    mail.outbox.clear()
    return publishing.publish(by=second_officer, at=AT, on=DAY)


def told() -> set[str]:
    return {address for one in mail.outbox for address in one.to}


def test_a_party_that_ended_them_is_told_of_no_release(release: Release, supplier: User, dcc: User) -> None:
    subscriptions.choose(recipient(supplier), Kind.RELEASE, How.OFF)
    news.tell_of_releases(DAY, AT)
    assert told() == {"notices@tidewater.example", "notices@dcc.example"}
    # And not by the next look either.
    subscriptions.choose(recipient(supplier), Kind.RELEASE, How.AT_ONCE)
    assert news.tell_of_releases(DAY, AT) == []


@pytest.mark.parametrize(("code", "expected"), [(MAKER_CODE, 1), (RIVAL_CODE, 0)])
def test_a_party_is_told_of_its_own_selection(
    release: Release, supplier: User, code: str, expected: int
) -> None:
    chosen = Selection(manufacturers=frozenset([code]))
    subscriptions.choose(recipient(supplier), Kind.RELEASE, How.AT_ONCE, chosen)
    news.tell_of_releases(DAY, AT)
    its = [one for one in mail.outbox if one.to == ["notices@harbour.example"]]
    assert len(its) == expected
    for one in its:
        assert "what concerns the entries that you chose" in one.body
        assert "000001" in one.body


def test_selections_join_what_is_named_and_narrow_by_both_lists(made: Made) -> None:
    meter = made.entry(1)
    assert Selection(frozenset([MAKER_CODE]), frozenset([meter.device_type])).wants(meter)
    assert not Selection(frozenset([MAKER_CODE]), frozenset(["Gas Smart Meter"])).wants(meter)
    assert Selection(frozenset([RIVAL_CODE]), frozenset(), frozenset([1])).wants(meter)
    assert not Selection(entries=frozenset([2])).wants(meter)


def test_who_wants_no_mail_of_their_steps_gets_none_and_it_counts_as_dealt_with(
    tables: None, maker: User
) -> None:
    subscriptions.choose(recipient(maker, person=True), Kind.STEP, How.OFF)
    submit(maker, make_answers())
    assert news.tell_of_steps(AT) == []
    assert StepNotice.objects.get().message is None


def test_optional_mail_says_how_to_end_it_and_one_click_does(release: Release, supplier: User) -> None:
    news.tell_of_releases(DAY, AT)
    one = next(one for one in mail.outbox if one.to == ["notices@harbour.example"])
    headers = one.message()
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = headers["List-Unsubscribe"].strip(" <>")
    assert address in one.body
    path = re.sub(r"^http://[^/]+", "", address)
    # A mail program: no cookie, no token of ours, another's form.
    client = Client(enforce_csrf_checks=True)
    assert client.get(path).status_code == 200
    assert not Subscription.objects.exists()
    answer = client.post(path, {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    row = Subscription.objects.get()
    assert (row.recipient, row.kind, row.how) == (recipient(supplier), "release", "off")
    assert client.post(path).status_code == 200
    assert Subscription.objects.count() == 1


def test_an_address_that_somebody_made_up_ends_nothing(supplier: User) -> None:
    good = subscriptions.leave(recipient(supplier), Kind.RELEASE).rsplit("/", 2)[1]
    for token in (good[:-1] + "x", "1:2:3", good.replace(good[:4], "abcd")):
        assert Client().post(f"/unsubscribe/{token}/").status_code == 404
    assert not Subscription.objects.exists()


def test_what_the_panel_owes_is_no_kind_that_a_token_can_name(supplier: User) -> None:

    token = signing.Signer(salt=subscriptions.SALT).sign_object([recipient(supplier).pk, "certificate"])
    assert Client().post(f"/unsubscribe/{token}/").status_code == 404


def choice(user: User, **changes: str) -> dict[str, str]:
    return {"whose": f"party-{party_of(user).pk}", "kind": "release", "how": "weekly", **changes}


def test_a_party_chooses_on_its_page_and_the_history_keeps_it(tables: None, supplier: User) -> None:
    client = sign_in(supplier)
    data = choice(supplier, manufacturers="7a:01, 7B10", device_types="Gas Smart Meter")
    assert client.post(PAGE, data).status_code == 302
    row = Subscription.objects.get()
    assert (row.how, row.manufacturers, row.device_types) == ("weekly", ["7A01", "7B10"], ["Gas Smart Meter"])
    assert row.history.get().history_user == supplier
    page = client.get(PAGE).content.decode()
    assert "7A01 7B10" in page
    assert "Always told" in page


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"how": "hourly"}, "Choose how you want to be told."),
        ({"manufacturers": "7G01"}, "“7G01” is no manufacturer identifier"),
        ({"entries": "12x"}, "“12x” is no entry number"),
        ({"entries": "000077"}, "There is no entry 000077"),
        ({"device_types": "Toaster"}, "One of the device types is not known"),
    ],
)
def test_what_cannot_be_meant_is_said(tables: None, supplier: User, changes: dict, says: str) -> None:
    answer = sign_in(supplier).post(PAGE, choice(supplier, **changes))
    assert answer.status_code == 400
    assert says in answer.content.decode()
    assert not Subscription.objects.exists()


def test_nobody_chooses_for_another_or_what_is_fixed(tables: None, supplier: User, maker: User) -> None:
    client = sign_in(supplier)
    for data in (choice(maker), choice(supplier, kind="certificate"), choice(supplier, whose="user-0")):
        assert client.post(PAGE, data).status_code == 404
    assert sign_in(None).post(PAGE, choice(supplier)).status_code == 302
    assert not Subscription.objects.exists()


def test_a_digest_tells_once_what_happened_since_the_last(release: Release, supplier: User) -> None:
    row = recipient(supplier)
    subscriptions.choose(row, Kind.RELEASE, How.DAILY)
    assert row.pk not in {one.recipient_id for one in news.tell_of_releases(DAY, AT)}
    mail.outbox.clear()
    next_day = DAY + timedelta(days=1)
    assert digests.tell_digests(DAY, AT) == []
    (message,) = digests.tell_digests(next_day, AT + timedelta(days=1))
    assert message.kind == "digest"
    assert f"Release {release.number}: 1 added, 0 removed" in mail.outbox[0].body
    assert "List-Unsubscribe" in mail.outbox[0].extra_headers
    assert digests.tell_digests(next_day, AT + timedelta(days=1, hours=3)) == []
    assert digests.tell_digests(DAY + timedelta(days=2), AT + timedelta(days=2)) == []
    assert DigestNotice.objects.count() == 1


def test_a_weekly_digest_comes_once_a_week_though_monday_was_lost(release: Release, supplier: User) -> None:
    subscriptions.choose(recipient(supplier), Kind.RELEASE, How.WEEKLY)
    monday = DAY + timedelta(days=7 - DAY.weekday())
    for late in (2, 3):
        digests.tell_digests(monday + timedelta(days=late), AT + timedelta(days=14))
    assert [one.on for one in DigestNotice.objects.all()] == [monday]


def test_a_digest_names_submissions_that_wait_and_certificates_that_near(
    made: Made, maker: User, officer: User
) -> None:
    made.carried()
    submission: Submission = submit(maker, make_answers())
    workflow.move(submission.pk, "return", by=officer, at=AT, words="Wrong hash.")
    subscriptions.choose(recipient(maker), Kind.NEARING, How.DAILY)
    on = date(2027, 1, 5)
    digests.tell_digests(on, noon(on))
    body = " ".join(mail.outbox[-1].body.split())
    assert f"{submission.reference}" in body and "returned, put it right" in body
    assert "CPA [E] 7701: 31 August 2027, 1 entry" in body


def test_the_end_of_a_digest_ends_all_that_came_in_it(supplier: User) -> None:
    row = recipient(supplier)
    subscriptions.choose(row, Kind.RELEASE, How.DAILY)
    subscriptions.choose(row, Kind.VALIDITY, How.AT_ONCE)
    subscriptions.end(row, "digest")
    assert dict(Subscription.objects.values_list("kind", "how")) == {"release": "off", "validity": "at_once"}


def test_ends_of_periods_are_told_to_who_asked_and_once_a_milestone(
    made: Made, supplier: User, dcc: User, monkeypatch
) -> None:
    end = validity.End("IVP end", "Gas Smart Meter, SMETS V2.0", date(2027, 8, 31), 12)
    monkeypatch.setattr(validity, "coming", lambda on: [end])
    subscriptions.choose(recipient(supplier), Kind.VALIDITY, How.AT_ONCE)
    on = date(2026, 8, 31)
    (message,) = validity.tell_of_ends(on, noon(on))
    assert told() == {"notices@harbour.example"}
    assert message.kind == Message.Kind.VALIDITY
    assert "IVP end: 31 August 2027" in mail.outbox[0].body
    assert validity.tell_of_ends(on + timedelta(days=1), noon(on)) == []
    assert ValidityNotice.objects.count() == 1


def test_only_ends_that_concern_the_selection_are_told(made: Made) -> None:
    line = validity.letters.line_of(made.entry(1))
    with_it = validity.End("MVP end", "a", date(2027, 8, 31), 12, (line,))
    without = validity.End("MVP end", "b", date(2027, 8, 31), 12)
    on = date(2026, 9, 1)
    assert validity.for_selection([with_it, without], subscriptions.EVERYTHING, on) == [with_it, without]
    mine = Selection(manufacturers=frozenset([MAKER_CODE]))
    assert [end.row for end in validity.for_selection([with_it, without], mine, on)] == ["a"]
    assert validity.for_selection([with_it], Selection(manufacturers=frozenset([RIVAL_CODE])), on) == []
