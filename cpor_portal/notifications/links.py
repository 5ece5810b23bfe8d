"""Addresses in mails: whole ones, for their readers are elsewhere."""

from django.conf import settings
from django.urls import reverse


def link_to(name: str, *arguments: object) -> str:
    """The address of the portal's page of this name."""
    return f"{settings.PORTAL_URL}{reverse(name, args=arguments)}"
