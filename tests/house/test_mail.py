"""Mail as files: what a person reads in them."""

import stat

from django.core.mail import EmailMessage, get_connection


def send(folder, settings, **fields) -> str:
    settings.EMAIL_FILE_PATH = str(folder / "mail")
    message = EmailMessage(from_email="CPL <cpl@panel.example>", to=["a@x.example", "b@x.example"], **fields)
    message.attach("release.csv", "1,2", "text/csv")
    assert get_connection("sec_portal.mail.ReadableFiles").send_messages([message]) == 1
    (file,) = (folder / "mail").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    return file.read_text(encoding="utf-8")


def test_a_message_is_read_as_it_was_written(tmp_path, settings):
    text = send(
        tmp_path, settings, subject="Entry 000679 - näheres", body="Expires in 12 months.\n\nThe Panel"
    )
    assert "Subject: Entry 000679 - näheres\n" in text
    assert "To: a@x.example, b@x.example\n" in text
    assert "Attached: release.csv\n" in text
    assert text.endswith("\n\nExpires in 12 months.\n\nThe Panel\n")


def test_a_subject_cannot_add_a_header(tmp_path, settings):
    text = send(tmp_path, settings, subject="One\nBcc: everybody@x.example", body="-")
    assert "Subject: One Bcc: everybody@x.example\n" in text
