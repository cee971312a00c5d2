"""Every public and portal address, asked and posted to with hostile parameters: never a failure of ours.

The addresses are those of the URL configuration and the parameters those that the pages read, so that a new
page is walked too. What is sent is drawn with a fixed seed: a failure comes again.
"""

import random
import re
import zlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.converters import IntConverter, SlugConverter

from cpl import fields as f
from cpl import uploads, workflow
from cpl.models import ApiToken, Evidence, Step, Submission, Upload
from tests.api.programs import make_token
from tests.cast import party_of, sign_in
from tests.make import make_answers, make_withdrawal_answers
from tests.public.making import make_coverage, make_entry, make_import, make_removal, publish
from tests.register.conftest import AT, start, submit

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db, pytest.mark.usefixtures("tables")]
AREAS = {"public": ("",), "portal": ("portal/",), "api": ("api/v1/",)}
# Django's own pages and allauth's have tests of their own, and sign the walker out.
LEFT_OUT = ("admin/", "account/", "static/")
VIEWS = Path(__file__).parents[2] / "cpl"
READ = re.compile(r"""(?:GET|POST|FILES|asked)\.(?:get|getlist|pop)\(\s*["']([\w. /-]+)["']""")
ALWAYS = (
    "q",
    "page",
    "on",
    "known",
    "status",
    "kind",
    "type",
    "party",
    "do",
    "next",
    "sort",
    "name",
    "words",
)
# As they travel: percent-encoded octets, so that no client puts them right.
HOSTILE = (
    "", "%00", "a%00b", "%FF%FE", "%ED%A0%80", "%F0%9F%98%80", "%0D%0ASet-Cookie:%20a=b", "-1", "0", "1", "2",
    "1e309", "NaN", "99999999999999999999", "9" * 400, "%D9%A3", "%C2%B2", "%E2%80%AE", "'%20OR%201=1--",
    "%3Cscript%3Ealert(1)%3C/script%3E", "../../etc/passwd", "2026-02-30", "0001-01-01", "9999-12-31",
    "31/02/2031",
    "[]", "%7B%22a%22:1%7D", "%25s%25n", "{{7*7}}", "x" * 5000, "on", "yes", "all", "good", "//evil.example",
    "CPA", "new_entry", "000001;%20000002-999999", "%20%20", "a%20" * 300,
)  # fmt: skip
FILES = (
    b"", b"PK\x03\x04", b"%PDF-1.4", b"a,b\n1,2\n", b"\xff\xfe\x00", b"\x89PNG\r\n\x1a\n",
    b"Device_Type.name\n\x00\n",
    b"\x1e\xf1\xee\x0b" + b"\x00" * 80,
)  # fmt: skip
WORDS = ("000001", "000999", "x" * 300, "%F0%9F%98%80", "%FF", "latest", "2.052", "..%2F..", "'", "0",
         "supplier",
         "cpl.xlsx", "xlsx", "csv", "S-000001", "U-000001", "statutory", "submit")  # fmt: skip
# How often each address is walked; the whole takes some ten seconds.
ROUNDS = 1
VERBS = (
    "submit",
    "withdraw",
    "take",
    "attach",
    "discard",
    "check",
    "confirm",
    "further",
    "approve",
    "renew",
    "x-1",
)


@pytest.fixture
def known(maker: User) -> dict[str, Any]:
    """Something of the maker's at every address: drafts, a submission, an upload, a token; and a list."""
    # Before there is a list with which it might disagree.
    submit(maker, make_answers())
    entry = make_entry(make_import())
    make_coverage(entry)
    make_removal(make_entry())
    publish()
    draft = start(maker, make_answers(firmware="0A0B0C0E"))
    workflow.start("withdrawal", party=party_of(maker), by=maker, at=AT, answers=make_withdrawal_answers())
    header = ",".join(field.name for field in f.FORM)
    row = ",".join(make_answers().get(field.name, "") for field in f.FORM)
    upload = uploads.receive(
        [("devices.csv", f"{header}\n{row}\n".encode())], party=party_of(maker), by=maker, at=AT
    )
    token, _ = make_token(maker)
    return {"number": [draft.pk, upload.pk, token.pk], "place": [0], "entry": [1]}


@pytest.mark.parametrize("area", AREAS)
@pytest.mark.parametrize("who", ["visitor", "maker", "rival"])
def test_no_page_fails_whatever_it_is_asked(
    who: str, area: str, known: dict[str, Any], maker: User, rival: User, settings: Any
) -> None:
    settings.API_CALLS_A_MINUTE = 10**6
    client = sign_in({"visitor": None, "maker": maker, "rival": rival}[who])
    before = _of_the_maker(maker)
    failures = []
    for method, address, sent in _requests(area, who, known):
        try:
            answer = _ask(client, method, address, sent)
            code = answer.status_code
            if code >= 500 or answer.headers.get("Set-Cookie", "").startswith("a="):
                failures.append(f"{method} {address} {sent!r:.300}: {code}")
        except Exception as error:
            failures.append(f"{method} {address} {sent!r:.300}: {error!r:.300}")
    assert not failures, "\n".join(failures[:20])
    if who != "maker":
        assert _of_the_maker(maker) == before


def test_the_walk_passes_every_address() -> None:
    """A walk that finds nothing to walk would find no failure either."""
    places = {area: [route for route, _ in _patterns(area)] for area in AREAS}
    assert len(places["portal"]) > 20
    assert len(places["public"]) > 20
    assert len(places["api"]) > 10
    assert {"which", "words", "detach", "party", "lasts"} <= set(_names())


def _requests(area: str, who: str, known: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, str]]]:
    """For each address: one that is there and one that is odd, each asked and posted to, some times over."""
    for route, converters in _patterns(area):
        draw = random.Random(zlib.crc32(f"{who} {route}".encode()))  # noqa: S311
        for there in (True, False) * ROUNDS:
            address = "/" + _filled(route, converters, known, draw, there)
            for method in ("get", "post", "files") if there else ("get", "post"):
                yield method, address, _drawn(draw)
    for method in ("put", "delete", "patch", "options", "head"):
        yield method, {"public": "/", "portal": "/portal/", "api": "/api/v1/entries"}[area], {}


def _ask(client: Client, method: str, address: str, sent: dict[str, str]) -> Any:
    body = "&".join(f"{quote(name)}={value}" for name, value in sent.items())
    if method == "post":
        return client.post(address, body, content_type="application/x-www-form-urlencoded")
    if method == "files":
        return client.post(address, _multipart(sent), content_type="multipart/form-data; boundary=x")
    return getattr(client, method)(f"{address}?{body}")


def _multipart(sent: dict[str, str]) -> bytes:
    """The parameters as fields, and files where the pages take some."""
    parts = [
        f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in sent.items()
    ]
    for place, name in enumerate(("file", "sheet", "ota", "image", "file-CPA", "file-other")):
        head = (
            f'--x\r\nContent-Disposition: form-data; name="{name}"; filename="a\\"<b>.csv"\r\n\r\n'.encode()
        )
        parts.append(head + FILES[(len(sent) + place) % len(FILES)] + b"\r\n")
    return b"".join([*parts, b"--x--\r\n"])


def _drawn(draw: random.Random) -> dict[str, str]:
    names = _names()
    return {name: draw.choice(HOSTILE) for name in draw.sample(names, min(len(names), 14))}


@cache
def _names() -> list[str]:
    """The parameters that the doors read, and some fields of the form."""
    doors = [*(VIEWS / "portal").glob("*.py"), *(VIEWS / "public").glob("*.py")]
    read = {name for door in doors for name in READ.findall(door.read_text())}
    return sorted({*read, *ALWAYS, *(field.name for field in f.BY_NAME.values())})


def _filled(
    route: str, converters: dict[str, Any], known: dict[str, Any], draw: random.Random, there: bool
) -> str:
    for name, converter in converters.items():
        if isinstance(converter, IntConverter):
            real = known.get(name, [1, 2, 3])
            value = str(draw.choice(real) if there else draw.choice([0, 999999, 10**18, 10**30]))
        elif isinstance(converter, SlugConverter):
            value = draw.choice(VERBS)
        else:
            value = WORDS[0] if there and name in ("number", "written") else draw.choice(WORDS)
        route = re.sub(rf"<(?:\w+:)?{name}>", value.replace("\\", ""), route)
    return route


def _patterns(area: str) -> list[tuple[str, dict[str, Any]]]:
    others = [prefix for name, prefixes in AREAS.items() if name != area for prefix in prefixes if prefix]
    return [
        (route, converters)
        for route, converters in _walked(get_resolver())
        if route.startswith(AREAS[area]) and not (area == "public" and route.startswith((*others, *LEFT_OUT)))
    ]


def _walked(found: URLResolver | URLPattern, before: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every route under a resolver, with the converters of its parameters."""
    for one in found.url_patterns:  # type: ignore[union-attr]
        route = before + str(one.pattern)
        if isinstance(one, URLPattern):
            yield route, dict(one.pattern.converters)
        else:
            yield from _walked(one, route)


def _of_the_maker(maker: User) -> list[Any]:
    """What others may begin for themselves is theirs; what the maker has stays as it is."""
    party = party_of(maker)
    return [
        list(Submission.objects.filter(party=party).order_by("pk").values()),
        list(Upload.objects.filter(party=party).order_by("pk").values()),
        list(Evidence.objects.filter(submission__party=party).order_by("pk").values()),
        list(Step.objects.filter(submission__party=party).order_by("pk").values()),
        list(ApiToken.objects.filter(party=party).order_by("pk").values("revoked_at", "name")),
    ]
