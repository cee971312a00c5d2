"""How a Party's programs get in: tokens made, revoked and recognised; a call that is repeated, done once."""

import datetime
import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db import OperationalError, connection, transaction
from django.db.models import Q

from cpl.models import ApiToken, IdempotentCall, Membership, Party
from cpl.workflow import NotPossible

# So that a secret that leaked is found by who looks for it.
PREFIX = "cpl_"
LONGEST = datetime.timedelta(days=365)
# A token that is used all the time is noted once a minute: each note is a write.
NOTED = datetime.timedelta(minutes=1)


class NotRecognised(Exception):
    """A secret that lets nobody in; its text says why, and what to do."""


class NotActive(Exception):
    """A good token of an organisation that no longer takes part."""


class KeyUsedOtherwise(Exception):
    """An idempotency key that another call came with before."""


class Busy(Exception):
    """The database was kept by others for too long; the same call again is safe."""


@dataclass(frozen=True)
class Answer:
    """What a call was told: an HTTP status and a JSON value."""

    status: int
    body: dict[str, object]


def make_token(
    party: Party, name: str, lasts: datetime.timedelta, *, by: User, at: datetime.datetime
) -> tuple[ApiToken, str]:
    """A new token of `party`, and its secret, which nobody can read again."""
    name = " ".join(name.replace("\0", "").encode("utf-8", "replace").decode().split())
    if not Party.objects.for_user(by).filter(pk=party.pk).exists():
        raise NotPossible(f"You do not act for {party}. Ask its people, or the Panel, to add you.")
    if not 1 <= len(name) <= 100:
        raise NotPossible("Name the program that will use the token, in at most 100 characters.")
    if not datetime.timedelta(0) < lasts <= LONGEST:
        raise NotPossible("A token lasts at least a day and at most a year. Choose a time within that.")
    secret = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        party=party,
        name=name,
        begins=secret[:12],
        digest=_digest(secret),
        made_by=by,
        made_at=at,
        expires_at=at + lasts,
    )
    return token, secret


@transaction.atomic
def revoke(token_id: int, *, by: User, at: datetime.datetime) -> ApiToken:
    """Ends a token of one's own organisation at once. Revoked twice, the first time counts."""
    token = ApiToken.objects.select_for_update().for_user(by).filter(pk=token_id).first()
    if token is None:
        raise NotPossible("There is no such token of your organisations.")
    if token.revoked_at is None:
        token.revoked_at = at
        token.save(update_fields=["revoked_at"])
    return token


def recognise(secret: str, *, at: datetime.datetime) -> ApiToken:
    """The token of a secret, if it still lets its program in.

    It is found by its digest: how long that takes tells nothing of the secret.

    Raises:
        NotRecognised: unknown, revoked, expired, or its maker has left.
        NotActive: its organisation takes part no longer.
    """
    rows = ApiToken.objects.select_related("party", "made_by")
    token = rows.filter(digest=_digest(secret)).first()
    if token is None:
        raise NotRecognised("This token is not known. Make one in the portal, under Programs.")
    if token.revoked_at is not None:
        raise NotRecognised("This token was revoked. Make another in the portal, under Programs.")
    if token.expires_at <= at:
        raise NotRecognised(
            f"This token expired on {token.expires_at:%-d %B %Y}. Make another in the portal, under Programs."
        )
    if not token.party.active:
        raise NotActive(f"{token.party} takes part no longer. Ask the Panel's staff.")
    member = Membership.objects.filter(user=token.made_by_id, party=token.party_id).exists()
    if not (member and token.made_by.is_active):
        raise NotRecognised(
            f"Who made this token acts for {token.party} no longer. A colleague has to make another."
        )
    _note_use(token, at)
    return token


def once(
    party: Party, key: str, request_digest: str, do: Callable[[], Answer], *, at: datetime.datetime
) -> tuple[Answer, bool]:
    """The answer to a call, and whether it was given before.

    The row of the key is written first, so that the second of two at once waits for the first, and is then
    told what the first was told. What is refused leaves nothing behind, its key neither: a call that was put
    right may come with the same one. Without a key the call is only made whole or not at all.

    Raises:
        KeyUsedOtherwise: the key came with another call before.
        Busy: SQLite was locked for too long.
    """
    try:
        with transaction.atomic():
            if not key:
                return do(), False
            row, made = IdempotentCall.objects.get_or_create(
                party=party,
                key=key,
                defaults={"request_digest": request_digest, "at": at, "status": 0, "answer": {}},
            )
            if made:
                answer = do()
                IdempotentCall.objects.filter(pk=row.pk).update(status=answer.status, answer=answer.body)
                return answer, False
    except OperationalError as error:
        if connection.vendor == "sqlite" and "locked" in str(error):
            raise Busy from error
        raise
    if row.request_digest != request_digest:
        raise KeyUsedOtherwise
    return Answer(row.status, row.answer), True


def forget_calls(*, before: datetime.datetime) -> int:
    """Takes away the answers of calls that nobody repeats any more; returns how many there were."""
    return IdempotentCall.objects.filter(at__lt=before).delete()[0]


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).hexdigest()


def _note_use(token: ApiToken, at: datetime.datetime) -> None:
    unnoted = Q(last_used_at__isnull=True) | Q(last_used_at__lt=at - NOTED)
    ApiToken.objects.filter(unnoted, pk=token.pk).update(last_used_at=at)
