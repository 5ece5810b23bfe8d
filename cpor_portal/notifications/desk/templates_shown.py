"""The pages at /outbox/templates/: which mails the portal sends, and how each reads in both languages."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cpor_portal.notifications.desk.doors import html_part, staff_of
from cpor_portal.notifications.desk.gallery import Kind, kind_called, sample_in, samples_of, shown
from cpor_portal.notifications.desk.gallery import kinds as every_kind


@require_safe
@never_cache
def kinds(request: HttpRequest) -> HttpResponse:
    """Every kind of mail with a subject as it may read, and whether its reader can do without it."""
    staff_of(request)
    return render(request, "notifications/desk/templates.html", {"rows": [shown(kind) for kind in every_kind()]})


@require_safe
@never_cache
def kind(request: HttpRequest, code: str) -> HttpResponse:
    """One kind in each language: subject, HTML and text. 404 for a kind that there is not."""
    staff_of(request)
    wanted = _kind(code)
    return render(request, "notifications/desk/template.html", {"row": shown(wanted), "samples": samples_of(wanted)})


@require_safe
@never_cache
def kind_html(request: HttpRequest, code: str, lang: str) -> HttpResponse:
    """The HTML of one kind in one language; the claims to which its links would lead do not exist."""
    staff_of(request)
    if lang not in dict(settings.LANGUAGES):
        raise Http404
    return html_part(sample_in(_kind(code), lang).html, has_links=False)


def _kind(code: str) -> Kind:
    try:
        return kind_called(code)
    except ValueError:
        raise Http404 from None
