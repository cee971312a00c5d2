"""PDFs and pictures are looked into before they are kept, and never by a process that serves pages."""

import subprocess
import sys
import time
from typing import Any

import pytest
from django.contrib.auth.models import User

from cpl import evidence, workflow
from cpl.evidence import NotAccepted
from cpl.formats import pdf
from cpl.models import FileReading
from tests.evidence.hostile import HARMLESS, HOSTILE
from tests.make import make_answers
from tests.papers import make_certificate, make_jpeg, make_pdf, make_png
from tests.register.conftest import AT
from tests.register.conftest import start as start_with_evidence

ROOT = evidence.settings.BASE_DIR


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_pdf_is_refused_with_its_reason_and_in_time(name: str) -> None:
    make, words = HOSTILE[name]
    content, began = make(), time.monotonic()
    found = evidence.inspected_apart(content)
    assert words in found.refused
    assert "attach" in found.refused
    assert (found.pages, found.text) == (None, "")
    assert time.monotonic() - began < evidence.PATIENCE


@pytest.mark.parametrize("name", HARMLESS)
def test_a_harmless_pdf_is_taken(name: str) -> None:
    found = evidence.inspected_apart(HARMLESS[name]())
    assert found.refused == ""
    assert found.pages


def test_the_text_of_every_page_is_read() -> None:
    found = evidence.inspected_apart(make_pdf("Firmware 0A0B0C0D", "£ 5 (five)", pages=3))
    assert found == pdf.Inspection("", 3, "\n".join(["Firmware 0A0B0C0D\n£ 5 (five)"] * 3))


def test_no_more_text_is_kept_than_there_is_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "MOST_TEXT", 100)
    assert len(pdf.inspect(make_pdf("x" * 60, pages=3)).text) == 100


class TestTheProcess:
    def run(self, program: str) -> "subprocess.CompletedProcess[str]":
        """What happens in a process under the limits of the one that reads PDFs."""
        limited = f"from cpl.formats import pdf; pdf._limit()\n{program}"
        return subprocess.run(
            [sys.executable, "-c", limited], cwd=ROOT, capture_output=True, text=True, timeout=60
        )

    def test_it_has_no_more_memory_than_its_limit(self):
        assert "MemoryError" in self.run("bytearray(2 * 1024 ** 3)").stderr

    def test_it_writes_no_more_than_its_limit(self, tmp_path):
        done = self.run(f"open({str(tmp_path / 'x')!r}, 'wb').write(bytes(50_000_000))")
        assert done.returncode != 0
        assert (tmp_path / "x").stat().st_size <= pdf.MOST_OUTPUT

    def test_it_cannot_raise_its_limits_again(self):
        done = self.run(
            "import resource\n"
            "for what in (resource.RLIMIT_AS, resource.RLIMIT_CPU, resource.RLIMIT_FSIZE):\n"
            "    print(resource.getrlimit(what))"
        )
        assert done.stdout.split("\n")[:3] == [
            f"({most}, {most})" for most in (pdf.MEMORY, pdf.SECONDS, pdf.MOST_OUTPUT)
        ]

    def test_it_is_ended_when_it_loops(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(pdf, "SECONDS", 1)
        done = self.run("import resource; resource.setrlimit(resource.RLIMIT_CPU, (1, 1))\nwhile True: pass")
        assert done.returncode < 0

    def test_one_that_dies_or_takes_too_long_refuses_the_file(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(evidence, "PATIENCE", 0.001)
        assert "read safely" in evidence.inspected_apart.__wrapped__(make_pdf("too long")).refused  # type: ignore[attr-defined]
        monkeypatch.setattr(evidence, "PATIENCE", 30)
        monkeypatch.setattr(evidence.sys, "executable", "/bin/false")
        assert "read safely" in evidence.inspected_apart.__wrapped__(make_pdf("dies")).refused  # type: ignore[attr-defined]

    def test_it_knows_none_of_our_secrets(self, monkeypatch: pytest.MonkeyPatch) -> None:
        passed: list[Any] = []
        monkeypatch.setenv("SECRET_KEY", "secret")
        monkeypatch.setattr(evidence.subprocess, "run", lambda *_, **named: passed.append(named["env"]))
        evidence.inspected_apart.__wrapped__(make_pdf("secrets"))  # type: ignore[attr-defined]
        assert set(passed[0]) <= {"PATH", "LD_LIBRARY_PATH"}


class TestPictures:
    @pytest.mark.parametrize(
        "picture", [make_png(), make_jpeg(), make_png(20_000, 3_000), make_jpeg(9000, 9000)]
    )
    def test_a_whole_picture_is_taken(self, picture: bytes, db: None) -> None:
        digest = evidence.take_in(picture)
        assert FileReading.objects.get(sha256=digest).state == FileReading.State.NO_TEXT

    @pytest.mark.parametrize(
        ("picture", "words"),
        [
            (make_png()[:-6], "cut off or damaged"),
            (make_png()[:20], "cut off or damaged"),
            (make_png().replace(b"IDAT", b"IDAX"), "damaged"),
            (make_png()[:8] + make_png()[33:], "damaged"),
            (make_png() + b"PK\x03\x04 an archive", "something else besides"),
            (make_png(40_000, 2), "save it smaller"),
            (make_png(20_000, 20_000), "save it smaller"),
            (make_jpeg(0, 2), "save it smaller"),
            (make_jpeg()[:-2], "its end is missing"),
            (make_jpeg()[:12], "cut off or damaged"),
            (b"\xff\xd8\xff", "cut off or damaged"),
            (b"\xff\xd8\xff\xe0\x00\x00" * 9, "damaged"),
            (make_jpeg() + b"x" * 2000, "something else besides"),
        ],
    )
    def test_another_is_refused_with_its_reason(self, picture: bytes, words: str, db: None) -> None:
        with pytest.raises(NotAccepted, match=words):
            evidence.take_in(picture)
        assert not FileReading.objects.exists()


class TestAttaching:
    def test_a_file_that_is_refused_is_not_kept(self, maker: User, tables: None) -> None:
        draft = start_with_evidence(maker, make_answers())
        content = HOSTILE["a program that is started"][0]()
        with pytest.raises(NotAccepted, match="starts a program"):
            workflow.attach(draft.pk, "CPA", "a.pdf", content, by=maker, at=AT)
        assert draft.evidence.count() == 3
        digest = evidence.hashlib.sha256(content).hexdigest()
        assert not evidence.path_of(digest).exists()

    def test_what_it_says_is_kept_once_for_each_content(
        self, maker: User, tables: None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        draft = start_with_evidence(maker, make_answers())
        content = make_certificate("kept once")
        row = workflow.attach(draft.pk, "CPA", "a.pdf", content, by=maker, at=AT)
        monkeypatch.setattr(evidence, "inspected_apart", lambda _: pytest.fail("read again"))
        workflow.attach(draft.pk, "Zigbee", "b.pdf", content, by=maker, at=AT)
        reading = FileReading.objects.get(sha256=row.sha256)
        assert (reading.state, reading.pages) == ("text", 1)
        assert "kept once" in reading.text

    def test_nobody_else_makes_the_portal_look_into_a_file(
        self, maker: User, rival: User, tables: None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        draft = start_with_evidence(maker, make_answers())
        monkeypatch.setattr(evidence, "take_in", lambda _: pytest.fail("looked into"))
        with pytest.raises(workflow.NotPossible):
            workflow.attach(draft.pk, "CPA", "a.pdf", make_pdf(), by=rival, at=AT)

    def test_a_file_kept_before_files_were_looked_into_is_read_when_asked_for(self, db: None) -> None:
        digest = evidence.keep(make_certificate("older"))
        assert "older" in evidence.look_into(digest).text
        refused = evidence.look_into(evidence.keep(HOSTILE["a script on opening"][0]()))
        assert (refused.state, refused.text) == ("not_read", "")
        assert "JavaScript" in refused.words
