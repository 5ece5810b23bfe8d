"""How the portal bends allauth's local accounts: nobody signs up, and everybody lands where their work is."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.shortcuts import resolve_url

from cpor_portal.accounts.permissions import home_of


class PortalAccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """People come by import or from the portal admins, never by signing themselves up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """The person's home by role; `next`, a page asked for before, is allauth's business."""
        return resolve_url(home_of(request.user))

    def populate_username(self, request: HttpRequest, user: Any) -> None:
        """People have no user name here; the e-mail address is the login."""
