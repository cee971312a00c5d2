"""Where sign-in leads, and who may make an account: Panel staff alone."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.core.mail import EmailMessage
from django.http import HttpRequest
from django.shortcuts import resolve_url

from notifications.diverting import divert


class AccountAdapter(DefaultAccountAdapter):
    """Nobody signs up, and each role arrives where its work is."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def render_mail(self, *args: Any, **kwargs: Any) -> EmailMessage:
        """In test mode what it writes of accounts goes where everything goes."""
        mail: EmailMessage = super().render_mail(*args, **kwargs)
        divert(mail)
        return mail

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Staff begin at their dashboard, everybody else at their own Party's pages."""
        return resolve_url("admin:index" if getattr(request.user, "is_staff", False) else "/portal/")
