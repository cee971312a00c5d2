"""What the admin's pages are told besides what their views say."""

from django.conf import settings
from django.http import HttpRequest


def test_mode(request: HttpRequest) -> dict[str, str]:
    """The address to which all mail goes while the portal is in test mode, for the admin's pages alone."""
    return {"diverted_to": settings.NOTICE_DIVERT_TO} if request.path.startswith("/admin/") else {}
