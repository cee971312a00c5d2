"""Where sign-in leads, and who may make an account: Panel staff alone."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.shortcuts import resolve_url


class AccountAdapter(DefaultAccountAdapter):
    """Nobody signs up, and each role arrives where its work is."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Staff begin at their dashboard, everybody else at their own Party's pages."""
        return resolve_url("admin:index" if getattr(request.user, "is_staff", False) else "/portal/")
