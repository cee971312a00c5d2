"""What a rival's program, or a hostile one, tries: it learns nothing, changes nothing and breaks nothing."""

import datetime
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cpl import access, uploads
from cpl import fields as f
from cpl.models import Submission, Upload
from tests.api.programs import KEYS, Program, program_of
from tests.cast import party_of, sign_in
from tests.make import make_answers
from tests.portal.conftest import make_complete, make_submitted
from tests.register.conftest import AT, PDF

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tables")]
SECRET = "Estuary of which nobody shall know"


def make_upload(user: User) -> Upload:
    content = (",".join(field.name for field in f.FORM) + "\n").encode()
    return uploads.receive([("devices.csv", content)], party=party_of(user), by=user, at=AT)


def addresses(submission: Submission, upload: Upload) -> Iterator[tuple[str, str, Any]]:
    ours = f"submissions/{submission.reference}"
    yield "get", ours, None
    yield "put", f"{ours}/answers", {"answers": {}}
    yield "give", f"{ours}/evidence", {"what": "CPA", "file": SimpleUploadedFile("x.pdf", PDF)}
    yield "post", f"{ours}/submit", None
    yield "post", f"{ours}/withdraw", None
    theirs = f"uploads/{upload.reference}"
    yield "get", theirs, None
    yield "get", f"{theirs}/rows", None
    yield "put", f"{theirs}/further", {"answers": {}}
    yield "post", f"{theirs}/take", {"which": "all"}
    yield (
        "give",
        f"{theirs}/evidence",
        {"scheme": "CPA", "identifier": "x", "file": SimpleUploadedFile("x.pdf", PDF)},
    )
    for step in ("submit", "check", "discard"):
        yield "post", f"{theirs}/{step}", None


def state() -> list[Any]:
    return [
        list(Submission.objects.order_by("pk").values()),
        list(Upload.objects.order_by("pk").values()),
        [list(one.evidence.values("what", "sha256")) for one in Submission.objects.order_by("pk")],
    ]


def test_nothing_of_another_organisation_is_there_for_a_rivals_program(maker: User, rival: User) -> None:
    draft = make_complete(maker, make_answers(product_name=SECRET))
    upload, program = make_upload(maker), program_of(rival)
    before = state()
    absent = list(addresses(Submission(pk=987654), Upload(pk=987654)))
    for (method, path, body), (_, nowhere, _) in zip(addresses(draft, upload), absent, strict=True):
        answer = getattr(program, method)(path, body) if method != "get" else program.get(path)
        other = getattr(program, method)(nowhere, body) if method != "get" else program.get(nowhere)
        assert answer.status_code == 404, (method, path, answer.content)
        # Word for word what is said of one that does not exist.
        assert answer.content == other.content, (method, path)
        assert SECRET not in answer.content.decode()
    assert program.get("submissions").json()["items"] == []
    assert state() == before


def test_no_page_shows_a_rival_anything_either(maker: User, rival: User) -> None:
    submitted = make_submitted(maker, make_answers(product_name=SECRET))
    upload, client = make_upload(maker), sign_in(rival)
    file = submitted.evidence.first()
    assert file
    pages = [
        f"submissions/{submitted.pk}/", f"submissions/{submitted.pk}/edit/", f"evidence/{file.pk}/",
        f"submissions/{submitted.pk}/receipt/", f"uploads/{upload.pk}/", f"uploads/{upload.pk}/progress/",
        f"uploads/{upload.pk}/report.xlsx", f"uploads/{upload.pk}/remaining.csv",
        f"uploads/{upload.pk}/rows/0/",
    ]  # fmt: skip
    for page in pages:
        assert client.get(f"/portal/{page}").status_code == 404, page
    before = state()
    posts = [f"submissions/{{}}/{verb}/" for verb in ("submit", "withdraw", "edit", "copy")]
    for post in posts:
        assert client.post(f"/portal/{post.format(submitted.pk)}").status_code == 404, post
    for step in ("confirm", "further", "take", "attach", "submit", "check", "discard"):
        assert client.post(f"/portal/uploads/{upload.pk}/{step}/").status_code == 404, step
    assert SECRET not in client.get("/portal/").content.decode()
    assert state() == before


def test_a_token_acts_for_its_own_organisation_even_where_its_maker_has_two(maker: User, rival: User) -> None:
    program, theirs = program_of(maker), party_of(rival)
    theirs.memberships.create(user=maker)
    draft = make_complete(rival)
    assert program.get(f"submissions/{draft.reference}").status_code == 404
    assert program.post("submissions", {"answers": {}}).status_code == 201
    assert Submission.objects.order_by("pk").last().party.name == "Tidewater Metering Ltd"  # type: ignore[union-attr]


ASSIGNED = [
    "status",
    "party",
    "party_id",
    "on_hold",
    "assigned_to",
    "device_key",
    "created_by",
    "submitted_by",
    "decided_by",
    "id",
    "pk",
    "copied_from",
    "entry",
    "history",
    "saved_by",
]


@pytest.mark.parametrize("member", ASSIGNED)
def test_nothing_is_written_but_what_the_description_offers(maker: User, rival: User, member: str) -> None:
    program = program_of(maker)
    value = party_of(rival).pk if "party" in member else "approved"
    for body in ({"answers": {}, member: value}, {"answers": {member: value}}):
        answer = program.post("submissions", body)
        assert (answer.status_code, member in answer.json()["where"]) == (422, True)
    told = program.post("submissions", {"answers": {}}).json()
    before = state()
    address = f"submissions/{told['reference']}/answers"
    answer = program.put(address, {"answers": {}, member: value}, If_Match=f'"{told["digest"]}"')
    assert answer.status_code == 422
    assert state() == before


HOSTILE: dict[str, bytes] = {
    "no JSON": b"{",
    "nothing but a string": b'"x"',
    "a list": b"[]",
    "deep lists": b'{"answers":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "deep objects": b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
    "a member twice": b'{"answers": {}, "submit": false, "submit": true}',
    "an answer twice": b'{"answers": {"Product.name": "a", "Product.name": "b"}}',
    "not a number": b'{"answers": {"Product.name": NaN}}',
    "endless": b'{"answers": {"Product.name": 1e999}}',
    "many digits": b'{"answers": {"Product.name": ' + b"9" * 5000 + b"}}",
    "a NUL": b'{"answers": {"Product.name": "a\\u0000b"}}',
    "half a character": b'{"answers": {"Product.name": "\\ud800"}}',
    "half a name": b'{"answers": {"\\udfff": "a"}}',
    "no UTF-8": b'{"answers": {"Product.name": "\xff\xfe"}}',
    "a list for text": b'{"answers": {"Product.name": ["a"]}}',
    "an object for text": b'{"answers": {"Product.name": {"$ne": 1}}}',
    "a list for answers": b'{"answers": []}',
    "text for a truth": b'{"answers": {}, "submit": "true"}',
    "one for a truth": b'{"answers": {}, "submit": 1}',
    "a long answer": b'{"answers": {"Product.name": "' + b"x" * 30_000 + b'"}}',
    "many answers": json.dumps({"answers": {str(n): "x" for n in range(5000)}}).encode(),
    "a long name": json.dumps({"answers": {"x" * 100_000: "x"}}).encode(),
    "no kind": b'{"kind": null, "answers": {}}',
    "a kind of kind": b'{"kind": {"a": 1}, "answers": {}}',
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("path", ["submissions", "submissions/check"])
def test_a_hostile_body_is_refused_with_words(maker: User, name: str, path: str) -> None:
    program = program_of(maker)
    answer = program.client.post(
        f"/api/v1/{path}",
        HOSTILE[name],
        content_type="application/json",
        headers={"Authorization": f"Bearer {program.secret}", "Idempotency-Key": "a"},
    )
    assert answer.status_code in (400, 422), answer.content
    told = answer.json()
    assert told["title"] and told["detail"] and told["where"] and told["remedy"]
    assert len(answer.content) < 20_000
    assert not Submission.objects.exists()


@pytest.mark.parametrize(("size", "kind"), [(600_000, "application/json"), (20_000_000, "application/json")])
def test_a_body_that_no_submission_has_is_refused_unread(maker: User, size: int, kind: str) -> None:
    program = program_of(maker)
    answer = program.client.post(
        "/api/v1/submissions",
        b'{"answers": {"Product.name": "' + b"x" * size,
        content_type=kind,
        headers={"Authorization": f"Bearer {program.secret}", "Idempotency-Key": "a"},
    )
    assert (answer.status_code, answer.json()["where"]) == (413, "body")


@pytest.mark.parametrize(
    "kind",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/xml",
        "",
        "multipart/form-data",
        "x" * 500,
    ],
)
def test_another_kind_of_body_is_refused(maker: User, kind: str) -> None:
    program = program_of(maker)
    answer = program.client.post(
        "/api/v1/submissions", b"answers=1", content_type=kind,
        headers={"Authorization": f"Bearer {program.secret}", "Idempotency-Key": "a"},
    )  # fmt: skip
    assert answer.status_code in (400, 415, 422), answer.content
    assert answer.json()["remedy"]


def test_a_hostile_multipart_body_is_refused(maker: User) -> None:
    program = program_of(maker)
    part = b"--x\r\nContent-Disposition: form-data"
    bodies = [
        part + b'; name="submission"\r\n\r\n\xff\xfe\x00\r\n--x--\r\n',
        part + b'; name=""; filename=""\r\n\r\n\r\n--x--\r\n',
        part + b"\r\n\r\n\r\n",
        part + b'; name="a"\r\nContent-Transfer-Encoding: base64\r\n\r\n!\r\n--x--\r\n',
        b"".join(part + b'; name="a%d"\r\n\r\n\r\n' % n for n in range(3000)) + b"--x--",
        b"".join(part + b'; name="a%d"; filename="f"\r\n\r\n1\r\n' % n for n in range(50)) + b"--x--",
        b"nothing at all",
    ]
    for body in bodies:
        for path in ("submissions", "submissions/check", "uploads"):
            answer = program.client.post(
                f"/api/v1/{path}", body, content_type="multipart/form-data; boundary=x",
                headers={"Authorization": f"Bearer {program.secret}", "Idempotency-Key": "a"},
            )  # fmt: skip
            assert answer.status_code in (400, 409, 413, 422), (body[:60], answer.content)
            assert answer.json()["remedy"]
    assert not Submission.objects.exists()


@pytest.mark.parametrize(
    "reference",
    ["S-1", "s-000001", "S-0000001.", "S-" + "9" * 40, "1", "..", "S-000001'--", "%F0%9F", "S-00000१"],
)
def test_an_odd_reference_is_not_there(maker: User, reference: str) -> None:
    assert program_of(maker).get(f"submissions/{reference}").status_code == 404
    assert program_of(maker).get(f"uploads/{reference}").status_code == 404


NAMES = st.sampled_from([field.name for field in f.NEW_ENTRY])
ODD = (
    "\uff21\uff22\uff23\uff24|\u202e|\u0661\u0662|\ufeff7A01|\r\n| |0|5E12|=1+1|31/02/2031|01/01/0001|"
    "31/12/9999|000001-999999|none|NaN|0x1G|'; DROP TABLE"
)
ODD_TEXT = st.one_of(st.text(max_size=60), st.sampled_from([*ODD.split("|"), "", "A" * 600]))
VALUES = st.one_of(
    ODD_TEXT,
    st.none(),
    st.booleans(),
    st.integers(-(10**19), 10**19),
    st.floats(allow_nan=False, allow_infinity=False),
)
JSON = st.recursive(
    VALUES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
BODIES = st.one_of(
    st.fixed_dictionaries(
        {"answers": st.dictionaries(NAMES, VALUES, max_size=12)},
        optional={
            "kind": st.sampled_from([*f.BY_KIND]),
            "submit": st.booleans(),
            "accept_repairs": st.booleans(),
        },
    ),
    st.dictionaries(st.sampled_from(["answers", "kind", "submit", "words", "which", "x"]), JSON, max_size=4),
)
METHODS = st.sampled_from(["get", "post", "post", "post", "put", "delete", "patch", "head", "options"])
HEADERS = st.dictionaries(
    st.sampled_from(["If-Match", "Accept", "Idempotency-Key", "If-None-Match", "Prefer"]),
    st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=30),
)


def _paths(client: Client) -> list[str]:
    paths = client.get("/api/v1/openapi.json").json()["paths"]
    return [path for path in paths if "submissions" in path or "uploads" in path]


def test_whatever_a_program_sends_it_is_answered_and_nobodys_but_its_own_changes(
    maker: User, rival: User, client: Client, monkeypatch: Any
) -> None:
    """Bounded: 300 calls. Every refusal has its words; what is made is its own Party's."""
    theirs = make_complete(maker)
    own, upload, program = make_complete(rival), make_upload(rival), program_of(rival)
    before = Submission.objects.filter(pk=theirs.pk).values().get()
    paths, seen = _paths(client), set[int]()
    monkeypatch.setattr("cpl.api.throttle.CallsAMinute.allow_request", lambda *_: True)
    references = st.sampled_from(["own", "own", "own", theirs.reference, "S-999999", "é", "0"])

    @settings(
        max_examples=300, deadline=None, database=None, derandomize=True,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )  # fmt: skip
    @given(st.sampled_from(paths), references, METHODS, BODIES, HEADERS, st.just("") | st.text(max_size=20))
    def call(path: str, reference: str, method: str, body: Any, headers: dict[str, str], query: str) -> None:
        ours = own.reference if "submissions" in path else upload.reference
        address = path.replace("{reference}", ours if reference == "own" else reference)
        if query:
            address += "?" + urlencode({"q": query})
        key = {"Idempotency-Key": f"key-{next(KEYS)}"}
        sent: dict[str, Any] = {"headers": {**key, **headers, "Authorization": f"Bearer {program.secret}"}}
        if method not in ("get", "head"):
            sent |= {"data": json.dumps(body), "content_type": "application/json"}
        answer = getattr(program.client, method)(address, **sent)
        seen.add(answer.status_code)
        assert answer.status_code < 500, (method, address, body)
        if answer.status_code >= 400 and answer.status_code != 405 and method != "head":
            assert answer.json()["remedy"], (method, address, answer.content)

    call()
    assert {200, 404, 405, 422} <= seen
    assert program.post("submissions", {"answers": {}}).status_code == 201
    assert Submission.objects.filter(pk=theirs.pk).values().get() == before
    assert not Submission.objects.exclude(party=party_of(rival)).exclude(pk=theirs.pk).exists()


def test_a_member_of_two_organisations_has_a_token_for_each(maker: User, rival: User) -> None:
    party_of(rival).memberships.create(user=maker)
    codes = []
    for party in (*maker.parties.order_by("pk"),):
        _, secret = access.make_token(party, "x", datetime.timedelta(days=1), by=maker, at=AT)
        answer = Program(secret).post("submissions", {"answers": {}})
        codes.append(Submission.objects.get(pk=int(answer.json()["reference"][2:])).party)
    assert codes == [*maker.parties.order_by("pk")]
