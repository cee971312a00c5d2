"""Whether the daily run took place: what the first page, `/healthz` and `/metrics` say of it.

And the ping: after each good run an address outside is asked for, so that somebody notices when none comes.
"""

import datetime
import logging
import urllib.request
from dataclasses import dataclass
from http.client import HTTPException, HTTPMessage
from typing import IO
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import TruncDate
from django.utils import timezone

from notifications.models import Message, Run

log = logging.getLogger(__name__)
# A day, and two hours in which a run may begin later than the day before.
LATE_AFTER = datetime.timedelta(hours=26)
# In seconds.
PING_TIMEOUT = 10
RUN = "notifications.tasks.run"


@dataclass(frozen=True)
class Watch:
    """The last good run, the run that waits for an officer, and whether that is an alarm."""

    at: datetime.datetime
    last_good: Run | None = None
    held: Run | None = None

    @property
    def age(self) -> datetime.timedelta | None:
        """How long ago the last good run ended."""
        return self.at - self.last_good.ended_at if self.last_good and self.last_good.ended_at else None

    @property
    def is_late(self) -> bool:
        """Also where there never was one: whoever waits for notices cannot tell the difference."""
        return self.age is None or self.age > LATE_AFTER

    @property
    def word(self) -> str:
        """For monitors: all but `ok` is an alarm."""
        if self.last_good is None:
            return "never"
        return "late" if self.is_late else "ok"


def watch(at: datetime.datetime) -> Watch:
    """Two queries."""
    held = Run.objects.filter(state=Run.State.HELD).order_by("-pk").first()
    return Watch(at, good_runs().filter(ended_at__lte=at).order_by("-ended_at", "-pk").first(), held)


def good_runs() -> QuerySet[Run]:
    """Those that came to their end, looked at their own day, and told somebody if anybody was to be told.

    One that was asked for another day tells nobody what is due today; nor does one whose every e-mail waits
    for a mail server that is down.
    """
    went_out = Message.objects.filter(run=OuterRef("pk"), sent_at__isnull=False)
    ended = Run.objects.filter(state=Run.State.ENDED, ended_at__isnull=False, on=TruncDate("started_at"))
    return ended.filter(Q(due=0) | Exists(went_out))


def is_good(run: Run | None) -> bool:
    return run is not None and good_runs().filter(pk=run.pk).exists()


def next_run(at: datetime.datetime) -> datetime.datetime | None:
    """When the clock will next ask for a run of a day that had none; nothing if it never asks."""
    done = Run.objects.filter(on__gte=timezone.localdate(at), on=TruncDate("started_at"), state__in=_DONE)
    had = set(done.values_list("on", flat=True))
    entry = next((one for one in settings.CELERY_BEAT_SCHEDULE.values() if one["task"] == RUN), None)
    if entry is None:
        return None
    schedule = entry["schedule"]
    moment = at.astimezone(datetime.UTC).replace(second=0, microsecond=0)
    # Beat's own schedule is in UTC.
    for _ in range(3 * 24 * 60):
        moment += datetime.timedelta(minutes=1)
        asked = moment.hour in schedule.hour and moment.minute in schedule.minute
        if asked and timezone.localdate(moment) not in had:
            return moment
    return None


def ping(address: str = "") -> bool:
    """Asks for HEARTBEAT_URL, if one is set; whether it answered. A failure is logged and stops nothing."""
    address = address or settings.HEARTBEAT_URL
    if not address:
        return False
    try:
        with _OPENER.open(urllib.request.Request(address, method="GET"), timeout=PING_TIMEOUT) as answer:  # noqa: S310
            return 200 <= answer.status < 300
    except (OSError, ValueError, HTTPException) as error:
        # The address is as good as a password: whoever has it can feign that all is well.
        log.error("The ping to %s failed: %s", urlsplit(address).hostname, type(error).__name__)
        return False


class _StayEncrypted(urllib.request.HTTPRedirectHandler):
    """Follows nobody out of https."""

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        if urlsplit(newurl).scheme != "https":
            raise ValueError("led away from https")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


_DONE = (Run.State.ENDED, Run.State.HELD)
_OPENER = urllib.request.build_opener(_StayEncrypted)
