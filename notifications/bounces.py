"""What came back: reports of mail servers (RFC 3464) are found again by the Message-ID of what they return.

A message whose every address has returned it is *bounced*: a person has to find a better address. The same
report read twice is one row. Addresses are not kept, only a keyed digest of each.
"""

import datetime
import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import Message as AnyMessage
from email.utils import getaddresses, parseaddr
from itertools import islice
from smtplib import SMTPDataError, SMTPRecipientsRefused

from django.db import transaction
from django.utils.crypto import salted_hmac

from notifications.models import Bounce, Letter, Message

Kind = Bounce.Kind
ACTIONS = {"failed": Kind.RETURNED, "delayed": Kind.DELAYED}
ADDRESS = re.compile(r"[^\s<>;:,\"']+@[^\s<>;:,\"']+")
ID = re.compile(r"<[^<>\s\x00-\x20\x7f]{3,190}>")
LONGEST_ANSWER = 1000
# What is longer is no report of a mail server.
LARGEST = 10 * 1024 * 1024
# Nor what speaks of more addresses or messages: each of ours goes to a few.
MOST = 100


@dataclass(frozen=True)
class Returned:
    """What a report says of one address; `address` is empty where it names none."""

    address: str
    kind: Bounce.Kind
    status: str
    answer: str


@dataclass(frozen=True)
class Report:
    """A mail server's report: which messages it may be about, and what became of each address."""

    message_ids: tuple[str, ...]
    returned: tuple[Returned, ...]
    digest: str


def read_report(raw: bytes) -> Report | None:
    """A delivery status notification; None for any other mail, an answer of a person or a machine."""
    if len(raw) > LARGEST:
        return None
    try:
        # The older way of reading takes any header as it comes, and fails on none.
        mail = message_from_bytes(raw, policy=policy.compat32)
        if mail.get_content_type() != "multipart/report":
            return None
        returned = tuple(islice(_returned(mail), MOST))
        found = tuple(dict.fromkeys(islice(_message_ids(mail), MOST)))
    except RecursionError:
        # Parts within parts without end: nobody's mail server writes that.
        return None
    return Report(found, returned, hashlib.sha256(raw).hexdigest()) if returned and found else None


@transaction.atomic
def record(report: Report, at: datetime.datetime) -> Message | None:
    """Writes down what a report says of a message of ours; None where it is about none. Twice is once."""
    message = Message.objects.select_for_update().filter(message_id__in=report.message_ids).first()
    if message is None:
        return None
    went_to = addresses_of(message)
    news = False
    for one in report.returned:
        address = one.address if one.address in went_to else (went_to[0] if len(went_to) == 1 else "")
        news |= _note(message, one, address, report.digest, at) and one.kind == Kind.RETURNED
    # A delay, or a report that was read before, says nothing more of what was sent again since.
    if news:
        _judge(message, went_to)
    return message


def note_refused(message: Message, error: object, at: datetime.datetime, *, least: int = 500) -> bool:
    """Writes down which addresses a mail server refused for good; whether it refused all of them so.

    `error` is what smtplib raised, or the refusals of a message that others were given. `least` is the first
    reply code that counts: 400 where those that were put off are asked no more.
    """
    refused = _refused(error, message, least)
    for address, (code, answer) in refused.items():
        said = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else str(answer)
        report = hashlib.sha256(f"{message.message_id}\n{code}\n{said}".encode()).hexdigest()
        one = Returned(address, Kind.REFUSED, str(code), without_addresses(said))
        with transaction.atomic():
            _note(message, one, address, report, at)
    return bool(refused) and not isinstance(error, Mapping) and not _may_pass(error, least)


def addresses_of(message: Message) -> list[str]:
    """The addresses to which it was handed over, in lower case, as its kept mail names them."""
    content = Letter.objects.filter(pk=message.pk).values_list("content", flat=True).first()
    return addresses_in(bytes(content or b""))


def addresses_in(content: bytes) -> list[str]:
    """The same of a mail's bytes; none of a mail that was not built yet."""
    headers = message_from_bytes(content.split(b"\n\n", 1)[0] + b"\n\n", policy=policy.compat32)
    return sorted({address.lower() for _, address in getaddresses(headers.get_all("To", [])) if address})


def digest_of(address: str) -> str:
    """By which one can tell whether an address at hand is the one that returned a message."""
    key = salted_hmac("notifications.bounces", address.strip().lower(), algorithm="sha256")
    return key.hexdigest()


def without_addresses(text: str) -> str:
    """Mail servers repeat addresses in what they say; they are looked up, never kept."""
    return ADDRESS.sub("(address)", " ".join(text.split()))[:LONGEST_ANSWER]


def _returned(mail: AnyMessage) -> Iterator[Returned]:
    for part in mail.walk():
        if part.get_content_type() != "message/delivery-status":
            continue
        blocks = part.get_payload()
        # The first block is about the whole message, each further one about an address.
        for block in blocks[1:] if isinstance(blocks, list) else []:
            if not isinstance(block, AnyMessage):
                continue
            kind = ACTIONS.get(_value(block, "Action").lower())
            if kind:
                said = _value(block, "Diagnostic-Code")
                answer = without_addresses(said.partition(";")[2] or said)
                yield Returned(_address(block), kind, _value(block, "Status")[:20], answer)


def _address(block: AnyMessage) -> str:
    """As we wrote it, where the report says so; else as the last mail server had it."""
    for name in ("Original-Recipient", "Final-Recipient"):
        typed = _value(block, name)
        address = parseaddr(typed.partition(";")[2])[1]
        if "@" in address:
            return address.lower()
    return ""


def _value(block: AnyMessage, name: str) -> str:
    return " ".join(str(block.get(name, "")).replace("\0", "").split())


def _message_ids(mail: AnyMessage) -> Iterator[str]:
    """Of what is returned, whole or its headers only; then of what the report says it answers."""
    for part in mail.walk():
        if part.get_content_type() == "message/rfc822":
            inner = part.get_payload()
            if isinstance(inner, list) and inner and isinstance(inner[0], AnyMessage):
                yield from ID.findall(str(inner[0].get("Message-ID", "")))
        elif part.get_content_type() == "text/rfc822-headers":
            content = part.get_payload(decode=True)
            headers = content if isinstance(content, bytes) else b""
            returned = message_from_bytes(headers, policy=policy.compat32)
            yield from ID.findall(str(returned.get("Message-ID", "")))
    for name in ("In-Reply-To", "References"):
        yield from ID.findall(str(mail.get(name, "")))


def _note(message: Message, one: Returned, address: str, report: str, at: datetime.datetime) -> bool:
    """Whether it was not written down before."""
    _, created = Bounce.objects.get_or_create(
        message=message,
        report=report,
        address=digest_of(address) if address else "",
        defaults={"kind": one.kind, "at": at, "status": one.status, "answer": one.answer},
    )
    return created


def _judge(message: Message, went_to: list[str]) -> None:
    """Bounced, where nobody got it. Of what reached one address at least, the rows alone tell.

    What came back before it was sent again counts no more. Where it went cannot be told of an erased letter.
    """
    tries = message.tries.order_by("-pk").values_list("at", flat=True)[: message.attempts]
    since = min(tries, default=message.queued_at)
    rows = message.bounces.filter(kind__in=[Kind.RETURNED, Kind.REFUSED], at__gte=since)
    dead = set(rows.values_list("address", flat=True))
    if went_to and all(digest_of(address) in dead for address in went_to):
        sent = Message.objects.filter(pk=message.pk, state=Message.State.SENT)
        sent.update(state=Message.State.BOUNCED, last_answer="came back from every address")
        message.refresh_from_db()


def _refused(error: object, message: Message, least: int) -> dict[str, tuple[int, bytes | str]]:
    if isinstance(error, SMTPRecipientsRefused):
        error = error.recipients
    if isinstance(error, Mapping):
        return {address.lower(): said for address, said in error.items() if said[0] >= least}
    if isinstance(error, SMTPDataError) and error.smtp_code >= 500:
        return dict.fromkeys(addresses_of(message), (error.smtp_code, error.smtp_error))
    return {}


def _may_pass(error: object, least: int) -> bool:
    """Whether some address was put off rather than refused: then it is tried again."""
    if not isinstance(error, SMTPRecipientsRefused):
        return False
    return any(code < least for code, _ in error.recipients.values())
