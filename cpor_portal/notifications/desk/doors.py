"""Who comes in here, and how the HTML of a mail is let out."""

import re

from django.http import Http404, HttpRequest, HttpResponse

from cpor_portal.accounts.models import User
from cpor_portal.accounts.permissions import is_staff_of_microsoft
from cpor_portal.notifications.views import HTML_PART_POLICY


def staff_of(request: HttpRequest) -> User:
    """Who asks. Raises Http404 unless it is one of Microsoft's people: for partners these pages do not exist."""
    user = request.user
    if not isinstance(user, User) or not is_staff_of_microsoft(user):
        raise Http404
    return user


LINK = re.compile(r"<a\b(?:[^>\"']|\"[^\"]*\"|'[^']*')*>", re.IGNORECASE)
WHERE_TO = re.compile(r"\s(?:href|target|rel)\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s>]+)", re.IGNORECASE)


def html_part(html: str, *, has_links: bool = True) -> HttpResponse:
    """The HTML of a mail alone, under a policy that lets it do nothing. Raises Http404 where there is none.

    Without `has_links` its links look the same and lead nowhere: nobody is led to pages that do not exist for them.
    """
    if not html:
        raise Http404
    shown = html if has_links else LINK.sub(lambda link: WHERE_TO.sub("", link[0]), html)
    return HttpResponse(shown, headers={"Content-Security-Policy": HTML_PART_POLICY})
