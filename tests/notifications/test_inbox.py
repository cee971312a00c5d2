"""A Party reads what it was told, and nobody else does."""

import pytest
from django.contrib.auth.models import User

from cpl.models import Membership
from notifications import news
from notifications.models import Letter, Message
from tests.cast import party_of, sign_in
from tests.make import make_answers
from tests.notifications.making import TWELVE, Made, run
from tests.register.conftest import AT, submit

pytestmark = pytest.mark.django_db
INBOX = "/portal/inbox/"


@pytest.fixture(autouse=True)
def without_second_factor(settings) -> None:
    settings.STAFF_MFA = False


@pytest.fixture
def cast(maker: User, rival: User, supplier: User, dcc: User, officer: User) -> dict[str, User | None]:
    return {
        "visitor": None, "maker": maker, "rival": rival, "supplier": supplier, "dcc": dcc, "officer": officer,
    }  # fmt: skip


@pytest.fixture
def told(cast: dict[str, User | None], made: Made) -> Message:
    """What the maker's organisation was told."""
    made.carried()
    run(TWELVE)
    return Message.objects.get(recipient__party=party_of(made.maker))


def addresses(message: Message) -> list[str]:
    file = message.letter.attachments.all()[0]
    page = f"{INBOX}{message.pk}/"
    return [page, f"{page}html/", f"{page}files/{file.pk}/"]


@pytest.mark.parametrize(
    ("who", "expected"),
    [("visitor", 302), ("maker", 200), ("rival", 404), ("supplier", 404), ("dcc", 404), ("officer", 404)],
)
def test_a_message_is_its_recipients_alone(
    cast: dict[str, User | None], told: Message, who: str, expected: int
) -> None:
    for address in addresses(told):
        assert sign_in(cast[who]).get(address).status_code == expected, address


def test_the_list_has_ones_own_and_no_others(cast: dict[str, User | None], told: Message) -> None:
    page = sign_in(cast["maker"]).get(INBOX)
    assert [row.pk for row in page.context["page"]] == [told.pk]
    assert "You were told nothing yet." in sign_in(cast["rival"]).get(INBOX).content.decode()


def test_a_persons_own_messages_are_theirs_and_not_their_colleagues(
    tables: None, maker: User, rival: User
) -> None:
    Membership.objects.create(user=rival, party=party_of(maker))
    submit(maker, make_answers())
    (message,) = news.tell_of_steps(AT)
    assert sign_in(maker).get(f"{INBOX}{message.pk}/").status_code == 200
    assert sign_in(rival).get(f"{INBOX}{message.pk}/").status_code == 404


def test_a_file_of_another_message_is_not_found_through_ones_own(told: Message, maker: User) -> None:
    other = Message.objects.exclude(pk=told.pk).filter(recipient__party__isnull=False)[0]
    file = other.letter.attachments.all()[0]
    assert sign_in(maker).get(f"{INBOX}{told.pk}/files/{file.pk}/").status_code == 404


def test_the_html_runs_nothing_and_the_files_are_saved(told: Message, maker: User) -> None:
    client = sign_in(maker)
    page, html, file = (client.get(address) for address in addresses(told))
    assert html["Content-Security-Policy"].startswith("sandbox")
    assert "script" not in html["Content-Security-Policy"]
    assert html["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-src 'self'" in page["Content-Security-Policy"]
    assert file["Content-Disposition"].startswith("attachment")
    assert file.content == bytes(told.letter.attachments.all()[0].content)
    assert told.letter.text.splitlines()[0] in page.content.decode()


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("?q=000001", 1), ("?q=7701+attention", 1), ("?q=nothing", 0), ("?kind=certificate", 1),
        ("?kind=step", 0), ("?state=sent", 1), ("?state=failed", 0), ("?since=2026-08-31", 1),
        ("?since=2026-09-01", 0), ("?until=2026-08-30", 0), ("?until=2026-08-31", 1), ("?since=nonsense", 1),
        ("?page=99", 1), ("?kind=%00&q=%00", 1),
    ],
)  # fmt: skip
def test_the_list_is_searched_and_filtered(told: Message, maker: User, query: str, count: int) -> None:
    page = sign_in(maker).get(INBOX + query)
    assert len(page.context["page"].object_list) == count


def test_who_left_an_organisation_reads_nothing_of_it(told: Message, maker: User) -> None:
    maker.memberships.all().delete()
    assert sign_in(maker).get(f"{INBOX}{told.pk}/").status_code == 404


def test_who_left_reads_none_of_its_submissions_in_their_own_messages_either(
    tables: None, maker: User
) -> None:
    submit(maker, make_answers())
    (message,) = news.tell_of_steps(AT)
    maker.memberships.all().delete()
    assert sign_in(maker).get(f"{INBOX}{message.pk}/").status_code == 404


def test_an_erased_letter_leaves_that_it_was_sent(told: Message, maker: User) -> None:
    Letter.objects.filter(pk=told.pk).delete()
    page = sign_in(maker).get(f"{INBOX}{told.pk}/")
    assert "What it said was erased." in page.content.decode()


@pytest.mark.parametrize("number", ["999", str(10**30)])
def test_what_is_not_there_is_not_found(maker: User, number: str) -> None:
    assert sign_in(maker).get(f"{INBOX}{number}/").status_code == 404
