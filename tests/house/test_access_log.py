"""The web server's log, which more people read than may unsubscribe somebody or choose their password."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from gunicorn.config import Config

from sec_portal.access_log import AccessLog


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("/unsubscribe/eyJ1Ijo1fQ:1tA/", "/unsubscribe/.../"),
        ("/account/password/reset/key/4-cgx9/", "/account/password/reset/key/.../"),
        ("/entries/000679/", "/entries/000679/"),
    ],
)
def test_an_address_that_is_as_good_as_a_key_is_logged_without_it(path, kept):
    config = Config()
    answer = SimpleNamespace(status="200 OK", sent=1, headers=[])
    request = SimpleNamespace(headers=[("REFERER", f"https://cpl.example{path}")])
    environ = {
        "REQUEST_METHOD": "GET", "RAW_URI": f"{path}?next=1", "PATH_INFO": path,
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_REFERER": f"https://cpl.example{path}",
    }  # fmt: skip
    line = config.access_log_format % AccessLog(config).atoms(answer, request, environ, timedelta(seconds=1))
    assert f"GET {kept}?next=1 HTTP/1.1" in line
    assert f"https://cpl.example{kept}" in line
