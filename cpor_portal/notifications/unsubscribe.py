"""/mail/unsubscribe/TOKEN/: fewer mails, without signing in, for whoever holds one of the person's mails."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from cpor_portal.accounts.models import MailPace, User
from cpor_portal.accounts.settings import unsubscribe
from cpor_portal.notifications.unsubscribing import person_of


@csrf_exempt  # mail programs post by themselves, without having seen a page (RFC 8058, 3.1); the token is the proof
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, token: str) -> HttpResponse:
    """What will still come, and the button; a POST sets the person to "only what needs action".

    Open to everybody; 404 for a token that is not the portal's. A GET changes nothing: programs open links, too.
    """
    person = person_of(token)
    if person is None:
        raise Http404
    if request.method == "POST":
        unsubscribe(person=person)
    answer = _page(request, person)
    # The address is the permission: it goes into no search engine and to no other site.
    answer["X-Robots-Tag"] = "noindex, nofollow"
    answer["Referrer-Policy"] = "no-referrer"
    return answer


def _page(request: HttpRequest, person: User) -> HttpResponse:
    if not request.user.is_authenticated and settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
        # Nobody has chosen a language here: that of the mail, then. Left active for LocaleMiddleware, further out.
        translation.activate(person.language)
        request.LANGUAGE_CODE = translation.get_language()
    context = {
        "is_done": request.method == "POST",
        "is_so_already": person.mail_pace == MailPace.NEEDS_ACTION,
    }
    return render(request, "notifications/unsubscribe.html", context)
