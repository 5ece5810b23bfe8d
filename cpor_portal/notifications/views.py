"""The pages at /mailbox/: what the portal has sent, for whoever tries it out alone.

They exist on the embedded default only (no EMAIL_URL, PORTAL_URL on loopback); whoever is signed in reads them all:
docs/decisions/mailbox.md.
"""

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cpor_portal.notifications.mailbox import Letter, find_letter, letter_names, letters

LETTERS_PER_PAGE = 50
# No script, no form, nothing fetched; links open in a page of their own. Mails carry inline styles.
HTML_PART_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; img-src data:; "
    "style-src 'unsafe-inline'; frame-ancestors 'self'"
)


@require_safe
@never_cache
def mailbox(request: HttpRequest) -> HttpResponse:
    """All mails, newest first; `?to=` keeps those whose recipient contains it. 404 where mail is really sent."""
    _require_mailbox()
    to = request.GET.get("to", "")
    page = Paginator(letter_names(to=to), LETTERS_PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "letters": letters(page.object_list), "to": to}
    return render(request, "notifications/mailbox.html", context)


@require_safe
@never_cache
def message(request: HttpRequest, name: str) -> HttpResponse:
    """One mail: its text, its HTML part in a sandboxed frame, its headers. 404 where there is none."""
    return render(request, "notifications/message.html", {"letter": _letter(name)})


@require_safe
@never_cache
def message_html(request: HttpRequest, name: str) -> HttpResponse:
    """The HTML part alone, under a policy that lets it do nothing. 404 where there is none."""
    html = _letter(name).html
    if not html:
        raise Http404
    return HttpResponse(html, headers={"Content-Security-Policy": HTML_PART_POLICY})


def _require_mailbox() -> None:
    if not settings.MAILBOX_DIR:
        raise Http404


def _letter(name: str) -> Letter:
    _require_mailbox()
    letter = find_letter(name)
    if letter is None:
        raise Http404
    return letter
